"""Only the icons that the pages show: the theme's script carries two thousand, a third of what a page weighs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

SCRIPT = Path("scripts") / "fontawesome.js"
USED = re.compile(r"\bfa-([a-z][a-z0-9-]*)")
ICON = re.compile(  # bars:[448,512,["navicon"],"f0c9","M0 96..."]
    r'(?:"(?P<quoted>[\w-]+)"|(?P<bare>[\w$]+)):\[\d+,\d+,\[(?P<others>[^\]]*)\],"[0-9a-f]*",'
    r'(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?'
)


def subset(script: str, used: set[str]) -> str:
    """The script with the icons of these names (or whose other names these are) and no others."""

    def keep(match: re.Match[str]) -> str:
        names = {match["quoted"] or match["bare"], *re.findall(r'"([\w-]+)"', match["others"])}
        return match[0] if names & used else ""

    return ICON.sub(keep, script)


def names(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in USED.findall(text)}


def write(app: Sphinx, error: Exception | None) -> None:
    """Cut the copied script down. Raises ExtensionError when the theme's script is no longer what is known here."""
    static = Path(app.outdir) / "_static"
    if error or app.builder.format != "html" or not (static / SCRIPT).is_file():
        return
    original = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static" / SCRIPT
    script = original.read_text(encoding="utf-8")
    scripts = [path for path in static.rglob("*.js") if path.name != SCRIPT.name and "mathjax" not in path.parts]
    pages = Path(app.outdir).rglob("*.html")
    small = subset(script, names(path.read_text(encoding="utf-8") for path in [*pages, *scripts]))
    if len(small) > len(script) / 2:
        raise ExtensionError(f"the icons are no longer found in the theme's {SCRIPT}: see tools/pages/icons.py")
    (static / SCRIPT).write_text(small, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write)
