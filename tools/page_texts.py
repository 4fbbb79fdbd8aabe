"""What a page may not leave to its reader: `python tools/page_texts.py` names mentions that are no links, blind folds.

A mention of a chapter, a section or an exercise of this book is a link. Those of other works are left alone: the ones
in a sentence that cites, or speaks of a paper. A fold of code says in its title what is inside, and nobody types the
minutes of a Deeper part, which the site counts. `--fix` writes the links and drops the minutes.
"""

from __future__ import annotations

import argparse
import itertools
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from markdown_it.token import Token
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.reading_time import ROOT, directive, parser

MENTION = re.compile(r"\b(chapter|section|exercise)s?\s+(\d+(?:\.\d+)?)(?!\d|\.\d)", re.IGNORECASE)
OF_ANOTHER_WORK = re.compile(r"\x00|\bpapers?\b", re.IGNORECASE)
TYPED = re.compile(r"^((?:#+ |:{3,}\{admonition\} )Deeper: .*?)[ \t]*\(\d+ min\)[ \t]*$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?:])\s+")
FOLDING = {"hide-input", "hide-cell"}
HEADING = re.compile(r"(?:^\(([\w:-]+)\)=\s+)?^#+ (Exercise )?(\d+(?:\.\d+)?)\b", re.MULTILINE)
CLOSED = re.compile(  # where --fix leaves the text alone: code, links, roles, blocks of code, formulas
    r"^```(?:\w*|\{(?:code|code-block|math|raw)\}[^\n]*)\n.*?^```\s*$|\{[\w:]+\}`[^`]*`|(`+)(?!`).+?(?<!`)\1(?!`)"
    r"|\[[^\[\]]*\]\([^()]*\)|\$[^$]+\$|^(?:#+ |:{3,}\{)[^\n]*$",
    re.DOTALL | re.MULTILINE,
)

#: By word and number, such as ("section", "7.2"): what a link to it is written as, with {} for the words shown.
Targets = dict[tuple[str, str], str]


def sentences(tokens: Iterable[Token]) -> list[str]:
    """The sentences of a run of text without its links, code and roles; a citation leaves \\x00."""
    text, links = "", 0
    for token in tokens:
        links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "myst_role":
            text += "\x00" if token.meta["name"].startswith("cite") else "it"
        elif token.type in ("softbreak", "hardbreak"):
            text += " "
        elif token.type == "text" and not links:
            text += token.content
    return SENTENCE.split(text)


def runs(source: str) -> Iterator[list[Token]]:
    """The runs of text of a Markdown source, also those within directives; headings are none."""
    tokens = parser().parse(source)
    for before, token in itertools.pairwise([tokens[0], *tokens] if tokens else []):
        if token.type == "inline" and before.type != "heading_open":
            yield token.children or []
        elif token.type in ("fence", "colon_fence"):
            name, _, _, body = directive(token)  # a title holds no link: all of it may be one
            if name and name not in ("raw", "math", "code-block", "code"):
                yield from runs(body)


def key(mention: re.Match[str]) -> tuple[str, str]:
    return mention[1].lower(), mention[2].lstrip("0")


def plain_mentions(source: str, known: Targets) -> list[str]:
    """The mentions of this text that should be links. known: what this book has."""
    found = []
    for tokens in runs(source):
        for sentence in sentences(tokens):
            if OF_ANOTHER_WORK.search(sentence):
                continue
            found += [match[0] for match in MENTION.finditer(sentence) if key(match) in known]
    return found


def linked(source: str, known: Targets) -> str:
    """The same text with links in place of plain mentions, and without typed minutes."""
    closed = [match.span() for match in CLOSED.finditer(source)]

    def link(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in closed) or key(match) not in known:
            return match[0]
        around = SENTENCE.split(source[: match.start()])[-1] + SENTENCE.split(source[match.end() :])[0]
        if "{cite" in around or OF_ANOTHER_WORK.search(around):
            return match[0]
        return known[key(match)].format(" ".join(match[0].split()))

    return TYPED.sub(r"\1", MENTION.sub(link, source))


def blind_folds(notebook: NotebookNode) -> list[str]:
    """The first lines of the folded cells whose fold has no title of its own."""
    return [
        cell.source.strip().splitlines()[0]
        for cell in notebook.cells
        if FOLDING & set(cell.metadata.get("tags", [])) and cell.source.strip()
        if not cell.metadata.get("mystnb", {}).get("code_prompt_show")
    ]


def markdown_of(path: Path) -> list[str]:
    """The texts of a page: a Markdown file, or the cells and captions of a notebook."""
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    cells = nbformat.read(path, as_version=4).cells
    captions = [cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "") for cell in cells]
    return [cell.source for cell in cells if cell.cell_type == "markdown"] + list(filter(None, captions))


def pages(root: Path = ROOT) -> list[Path]:
    """The chapters and pages that readers read from top to bottom; not the reference, which is made from the code."""
    return sorted([*root.glob("book/*.md"), *root.glob("book/*.ipynb")])


def targets(path: Path, texts: Iterable[str], root: Path = ROOT) -> Targets:
    """What the headings of a page can be linked by, from a page in book/."""
    file = posixpath.relpath(path.relative_to(root).as_posix(), "book")
    found: Targets = {}
    for text in texts:
        for label, exercise, number in HEADING.findall(text):
            word = "exercise" if exercise else "section" if "." in number else "chapter"
            by_label = f"{{{{ref}}}}`{{}} <{label}>`"
            found[word, number] = by_label if label and word == "section" else f"[{{}}]({file})"
    return found


def known_targets(root: Path = ROOT) -> Targets:
    """Everything of the book that has a number."""
    found: Targets = {}
    for path in [*sorted(root.glob("exercises/*/*.ipynb")), *sorted(root.glob("book/[0-9]*.ipynb"))]:
        found |= targets(path, markdown_of(path), root)
    return found


def faults(path: Path, known: Targets) -> list[str]:
    texts = markdown_of(path)
    found = [f"no link: {mention}" for text in texts for mention in plain_mentions(text, known)]
    found += [f"typed minutes: {match[0]}" for text in texts for match in TYPED.finditer(text)]
    if path.suffix == ".ipynb":
        lines = blind_folds(nbformat.read(path, as_version=4))
        found += [f"a fold without a title (mystnb: code_prompt_show): {line!r}" for line in lines]
    return found


def fix(path: Path, known: Targets) -> None:
    """Write the links of a page, and leave out typed minutes."""
    if path.suffix == ".md":
        path.write_text(linked(path.read_text(encoding="utf-8"), known), encoding="utf-8")
        return
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, known)
        elif figure.get("caption"):
            figure["caption"] = linked(figure["caption"], known)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("page", nargs="*", type=Path, help="pages to look at (default: all of book/)")
    arguments.add_argument("--fix", action="store_true", help="write the links, and drop typed minutes")
    given = arguments.parse_args()
    known = known_targets()
    chosen = [path.resolve() for path in given.page] or pages()
    if given.fix:
        for path in chosen:
            fix(path, known)
    lines = [f"{path.relative_to(ROOT)}: {fault}" for path in chosen for fault in faults(path, known)]
    print("\n".join(lines) or "no faults")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
