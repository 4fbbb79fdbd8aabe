"""What the project says of itself in several places: the same everywhere, and nothing that no workflow runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
VERSION = r"3\.\d+"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))["project"]


def run_by_workflow() -> list[str]:
    return yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]["test"]["strategy"]["matrix"]["python"]


def claimed_by_metadata() -> list[str]:
    return [c.split()[-1] for c in project()["classifiers"] if re.search(rf":: {VERSION}$", c)]


def claimed_by_text(text: str) -> list[str]:
    """Every version of Python that a text names, once, in order."""
    runs = re.findall(rf"Python ((?:{VERSION}(?:, | or | and )?)+)", text)
    return sorted({version for run in runs for version in re.findall(VERSION, run)})


def test_readme_metadata_and_workflow_name_the_same_versions_of_python() -> None:
    assert run_by_workflow() == claimed_by_metadata() == claimed_by_text(read("README.md"))


def test_planted_a_version_in_the_text_alone_is_seen() -> None:
    assert claimed_by_text("With Python 3.11, 3.12 or 3.13, git and make") == ["3.11", "3.12", "3.13"]
    assert claimed_by_text("Python 3.11 and 3.14") == ["3.11", "3.14"]
    assert claimed_by_text("Python 3.11. Also Python 3.15") == ["3.11", "3.15"]


def test_every_workflow_gets_its_system_packages_from_one_place() -> None:
    for path in sorted(ROOT.glob(".github/workflows/*.yml")):
        text = path.read_text(encoding="utf-8")
        assert "apt-get" not in text, f"{path.name}: system packages stand in .ci/run"
        yaml.safe_load(text)
    assert ".ci/run" in read(".github/workflows/test.yml")


def test_forms_for_issues_are_well_formed() -> None:
    for path in sorted(ROOT.glob(".github/ISSUE_TEMPLATE/*.yml")):
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.name == "config.yml":
            assert form["blank_issues_enabled"] is True
            continue
        assert {"name", "description", "body"} <= form.keys()
        assert all(field["type"] and field["attributes"]["label"] for field in form["body"])


def citation_faults(citation: dict[str, Any]) -> list[str]:
    """What the Citation File Format 1.2.0 asks for and a file lacks; and where it differs from the package."""
    required = {"cff-version", "message", "title", "authors"}
    optional = {"abstract", "type", "version", "license", "keywords", "url", "repository-code", "doi", "date-released"}
    faults = [f"{key} is missing" for key in sorted(required - citation.keys())]
    faults += [f"{key} is no key of the format" for key in sorted(citation.keys() - required - optional)]
    if citation.get("cff-version") != "1.2.0":
        faults.append("cff-version is not 1.2.0")
    if citation.get("type", "software") not in ("software", "dataset"):
        faults.append("type is neither software nor dataset")
    people = citation.get("authors") or []
    if not people or any("name" not in who and "family-names" not in who for who in people):
        faults.append("an author has no name")
    if citation.get("version") != project()["version"]:
        faults.append(f"version is not {project()['version']} as in pyproject.toml")
    return faults


def test_the_citation_file_holds_what_its_format_asks_for() -> None:
    assert citation_faults(yaml.safe_load(read("CITATION.cff"))) == []


GOOD = {"cff-version": "1.2.0", "message": "m", "title": "t", "authors": [{"name": "n"}], "version": "0.1.0"}
PLANTED: dict[str, tuple[dict[str, Any], str]] = {
    "no message": ({"message": None}, "message is missing"),
    "an author without a name": ({"authors": [{"email": "a"}]}, "an author has no name"),
    "another format": ({"cff-version": "1.0.0"}, "cff-version is not 1.2.0"),
    "an old version": ({"version": "0.0.1"}, "version is not"),
    "a key of another format": ({"journal": "j"}, "journal is no key of the format"),
}


@pytest.mark.parametrize(("change", "words"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_faults_of_a_citation_are_named(change: dict[str, Any], words: str) -> None:
    changed = {**GOOD, "version": project()["version"], **change}
    (fault,) = citation_faults({key: value for key, value in changed.items() if value is not None})
    assert words in fault
