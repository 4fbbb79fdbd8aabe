"""One public home: the set-up cells of the chapters install from the address that _config.yml names."""

from __future__ import annotations

import re

import yaml

from tests.conftest import ROOT


def test_every_set_up_cell_names_the_home_of_the_configuration() -> None:
    home = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.glob("book/*.ipynb")):
        if named := re.findall(r"git\+(https://[^@\"\\ ]+)@v[\d.]+", path.read_text(encoding="utf-8")):
            found[path.name] = named
    assert "05-attention.ipynb" in found
    assert {address for named in found.values() for address in named} == {home}
