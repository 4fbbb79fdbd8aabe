"""The public home of the course, one setting: `make home URL=https://github.com/NAME/REPO` writes it everywhere.

It fills the marked blocks of the files below and the set-up cells of the notebooks, and can be changed or taken back
(`--unset`) at any time: nothing else holds the address. Without a home no page and no cell shows one.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.notebooks import ROOT, notebooks, twin

# What GitHub allows for the name of an account and of a repository.
FORM = re.compile(r"https://github\.com/([a-zA-Z\d](?:-?[a-zA-Z\d]){0,38})/([\w.-]{1,100})")
PLACEHOLDERS = {"NAME", "OWNER", "REPO"}
DISTRIBUTION = "transformer-from-the-ground-up"
SET_UP = "# Set-up outside the course's repository"  # the set-up cells begin so

Blocks = dict[str, dict[str, str]]  # by file and by the block's name: its text


class HomeError(ValueError):
    """The address, or a file that should hold it, is not what was expected."""


@dataclass(frozen=True)
class Home:
    """A repository on GitHub. Raises HomeError when the URL is not one."""

    url: str

    def __post_init__(self) -> None:
        match = FORM.fullmatch(self.url)
        if match is None or self.url.endswith((".git", "/.", "/..")) or PLACEHOLDERS & set(match.groups()):
            raise HomeError(
                f"{self.url!r} is not the address of a repository on GitHub. Expected https://github.com/NAME/REPO "
                "with the real names, without a slash or .git at its end."
            )

    @property
    def pages(self) -> str:
        """Where GitHub Pages serves the book."""
        account, name = self.url.split("/")[-2:]
        host = f"{account.lower()}.github.io"
        return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def blocks(home: Home | None) -> Blocks:
    """The text of every block, with a home and without one."""
    if home is None:
        return {
            "_config.yml": dict.fromkeys(("buttons", "html", "extensions", "config"), ""),
            "pyproject.toml": {"urls": ""},
            "CITATION.cff": {"address": ""},
            ".github/ISSUE_TEMPLATE/config.yml": {"contact": ""},
            "README.md": {"links": ""},
            "SECURITY.md": {
                "report": "This copy has no public home yet: tell whoever gave it to you, and nobody else. Its "
                "maintainer sets the home with `make home`, which writes the link for private reports here.\n"
            },
            "book/how-to.md": {
                "browser": "**In the browser, nothing installed.** Once the course has a public home, its pages will "
                "also open in Google\nColab.\n"
            },
        }
    url, pages = home.url, home.pages
    return {
        "_config.yml": {
            "buttons": f'repository: {{url: "{url}", branch: main, path_to_book: ""}}\n'
            'launch_buttons: {notebook_interface: jupyterlab, colab_url: "https://colab.research.google.com"}\n',
            "html": "use_repository_button: true\nuse_issues_button: true\nuse_edit_page_button: true\n"
            f'baseurl: "{pages}"\n',
            "extensions": "- sphinxext.opengraph\n",
            "config": f'ogp_site_url: "{pages}"\nogp_social_cards: {{enable: false}}\n',
        },
        "pyproject.toml": {
            "urls": f'[project.urls]\nHomepage = "{pages}"\nRepository = "{url}"\nIssues = "{url}/issues"\n'
            f'Changelog = "{url}/blob/main/CHANGELOG.md"\n'
        },
        "CITATION.cff": {"address": f'url: "{pages}"\nrepository-code: "{url}"\n'},
        ".github/ISSUE_TEMPLATE/config.yml": {
            "contact": "contact_links:\n  - name: A way out of the grader's isolation, or to hidden tests\n"
            f"    url: {url}/security/advisories/new\n    about: Please report it in private.\n"
        },
        "README.md": {
            "links": f"[![test]({url}/actions/workflows/test.yml/badge.svg)]({url}/actions/workflows/test.yml)\n"
            f"[The book]({pages}) · [Issues]({url}/issues)\n"
        },
        "SECURITY.md": {
            "report": f"[Report it in private]({url}/security/advisories/new): GitHub shows the report to the "
            "maintainers only.\nPlease open no public issue before it is fixed.\n"
        },
        "book/how-to.md": {
            "browser": "**In the browser, nothing installed.** The rocket at the top of a chapter opens it in Google "
            "Colab. Run all cells: the\nfirst one installs the course's package there.\n"
        },
    }


def set_up_cell(home: Home | None, version: str) -> str:
    """The first code cell of every notebook that imports the package."""
    top = f"{SET_UP}{' (Colab)' if home else ''}: {{}}\nimport importlib.util\n\n"
    top += 'if importlib.util.find_spec("translator") is None:\n    '
    if home is None:
        advice = "The course's package is missing: %pip install the folder of your copy of the course."
        return top.format("say what is missing.") + f'raise ModuleNotFoundError("{advice}")'
    address = f'home = "git+{home.url}@v{version}"\n    '
    return top.format("install the package if missing.") + address + f'%pip install --quiet "{DISTRIBUTION} @ {{home}}"'


def fill(text: str, name: str, body: str) -> str:
    """`text` with `body` between the lines `# home: name` and `# end of home`, indented like them.

    Markdown has the same two lines as HTML comments. Raises HomeError when the text does not hold them exactly once.
    """
    block = re.compile(
        rf"^(?P<open>(?P<indent> *)(?:#|<!--) home: {re.escape(name)}\b[^\n]*\n)"
        r"(?:(?! *(?:#|<!--) (?:home:|end of home)).*\n)*"
        r"(?P<close> *(?:#|<!--) end of home)",
        re.MULTILINE,
    )
    found = list(block.finditer(text))
    if len(found) != 1:
        raise HomeError(
            f"expected one block from `home: {name}` to `end of home`, found {len(found)}: write these two comment "
            "lines where the address belongs (git knows where they were)"
        )
    (match,) = found
    lines = "".join(f"{match['indent']}{line}" for line in body.splitlines(keepends=True))
    return text[: match.end("open")] + lines + text[match.start("close") :]


def current(root: Path = ROOT) -> Home | None:
    """The home that the checkout names, from the book's configuration."""
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return Home(settings["repository"]["url"]) if "repository" in settings else None


def filled_texts(home: Home | None, root: Path) -> dict[Path, str]:
    """The new text of every file that holds a block."""
    texts: dict[Path, str] = {}
    for name, bodies in blocks(home).items():
        text = (root / name).read_text(encoding="utf-8")
        for block, body in bodies.items():
            try:
                text = fill(text, block, body)
            except HomeError as error:
                raise HomeError(f"{name}: {error}") from None
        texts[root / name] = text
    return texts


def filled_notebooks(home: Home | None, root: Path) -> dict[Path, str]:
    """The new text of every notebook with a set-up cell. Nothing is executed: the cell prints nothing."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    texts: dict[Path, str] = {}
    for path in notebooks(root):
        notebook = nbformat.read(path, as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith(SET_UP)]
        if not cells:
            continue
        text = twin(path, root)
        if text.exists() and text.stat().st_mtime > path.stat().st_mtime + 1:
            raise HomeError(f"{text.relative_to(root)} is newer than its notebook: run `make notebooks` first.")
        for cell in cells:
            cell.source = set_up_cell(home, version)
        texts[path] = nbformat.writes(notebook) + "\n"
    return texts


def set_home(home: Home | None, root: Path = ROOT) -> list[Path]:
    """Write the home, or its absence, everywhere. Returns the files that changed; on HomeError none has."""
    texts = filled_texts(home, root) | filled_notebooks(home, root)
    changed = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in changed:
        path.write_text(texts[path], encoding="utf-8")
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("url", nargs="?", help="such as https://github.com/NAME/REPO, with the real names")
    choice.add_argument("--unset", action="store_true", help="the course has no public home")
    choice.add_argument("--show", action="store_true", help="print the home that is set")
    arguments = parser.parse_args()
    try:
        if arguments.show:
            home = current()
            print(home.url if home else "no public home is set: make home URL=https://github.com/NAME/REPO")
            return 0
        changed = set_home(None if arguments.unset else Home(arguments.url))
    except HomeError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"wrote {path.relative_to(ROOT)}" for path in changed) or "nothing to change")
    if any("solutions" in path.parts for path in changed):
        print("A source of exercises changed: run `make release`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
