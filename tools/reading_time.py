"""How long a chapter takes to read: `python tools/reading_time.py` prints the minutes of every chapter.

Three layers. The core is what a page shows at first sight; a core longer than 30 minutes is a fault. "Deeper" is what
it folds: sections whose heading starts with "Deeper:" and dropdowns. Answers of the quiz and folded code are neither.

Counted as prose: words that hold a letter or a digit, also of headings, tables and the captions of figures. A formula
within a line is one word, a line of a displayed equation LINE_OF_MATHS words. A role is what it shows: the words of
its text, or REFERENCE words where the site fills in a number. Labels, options of directives and raw HTML are nothing.
Counted as code: lines that hold more than a comment, in cells that are not folded and in fenced blocks.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import math
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
WORDS_A_MINUTE, LINES_A_MINUTE = 170, 12
LINE_OF_MATHS, REFERENCE = 12, 2  # words
LIMIT = 30.0  # minutes of a core
SYNTAX = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution", "tasklist"}  # _config.yml
FOLDED_CODE = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
SILENT = {"raw", "image", "only", "bibliography", "tableofcontents", "contents", "include", "autosummary"}
CODE = {"code", "code-block", "code-cell", "sourcecode"}
DEEPER = re.compile(r"Deeper:\s*(?P<title>.*?)\s*(?:\(\d+ min\))?$")
ANSWER = re.compile(r"Answer\b")
WORD = re.compile(r"\S*\w\S*")


@dataclass(frozen=True)
class Piece:
    """A part of a chapter, in the order of the page. fold: the title of what it is folded in; empty in the core."""

    minutes: float
    fold: str = ""
    prints: bool = False  # a visible cell of code with an output


@dataclass(frozen=True)
class Reading:
    """The minutes of a chapter. result: those up to the first visible code that prints; None without such code."""

    core: float
    deeper: dict[str, float]
    result: float | None

    @property
    def folded(self) -> float:
        return sum(self.deeper.values())


@functools.cache
def parser() -> MarkdownIt:
    """The book's own Markdown parser, with the syntax that _config.yml allows."""
    return create_md_parser(MdParserConfig(enable_extensions=SYNTAX), RendererHTML)


def prose(words: float) -> float:
    return words / WORDS_A_MINUTE


def words_of(text: str) -> int:
    return len(WORD.findall(text))


def lines_of(code: str) -> int:
    """The lines of code that a reader reads: not the blank ones, not those with a comment only."""
    return sum(1 for line in code.splitlines() if line.strip() and not line.strip().startswith("#"))


def shown(role: str, content: str) -> str:
    """The text of a role: its title, or words in place of what the site writes there."""
    if named := re.fullmatch(r"(.*?)\s*<[^<>]+>", content, re.DOTALL):
        return named[1]
    return content if role in ("term", "abbr", "sub", "sup") else "word " * REFERENCE


def inline_words(tokens: Iterable[Token]) -> int:
    """The words of one run of text."""
    text = ""
    for token in tokens:
        match token.type:
            case "math_inline" | "math_inline_double":
                text += "word"
            case "myst_role":
                text += shown(token.meta["name"], token.content)
            case "softbreak" | "hardbreak":
                text += " "
            case "html_inline" | "image":
                pass
            case _:
                text += token.content
    return words_of(text)


def directive(token: Token) -> tuple[str, str, str, str]:
    """Name, argument, options and body of a fence; the name is empty when it is none but a block of code."""
    if not (match := re.match(r"\{([\w:.-]+)\}\s*(.*)", token.info.strip())):
        return "", token.info, "", token.content
    body, options = token.content, ""
    if block := re.match(r"---\n(.*?\n)---(?:\n|$)", body, re.DOTALL) or re.match(r"((?::[\w-]+:.*\n?)+)", body):
        options, body = block[1], body[block.end() :]
    return match[1], match[2], options, body


def block_minutes(token: Token, fold: str) -> Iterator[Piece]:
    """The pieces of a fence: of a directive, with all that is within it, or of a block of code."""
    name, argument, options, body = directive(token)
    if not name or name in CODE:
        yield Piece(lines_of(body) / LINES_A_MINUTE, fold)
    elif name == "math":
        yield Piece(prose(equation_words(body)), fold)
    elif name not in SILENT:
        if name == "dropdown" or re.search(r"class:.*\bdropdown\b", options):
            if ANSWER.match(argument):
                return
            fold = fold or fold_title(argument)
        yield Piece(prose(0 if name in ("figure", "list-table") else words_of(argument)), fold)
        yield from markdown_pieces(body, fold)


def fold_title(title: str) -> str:
    """The title of a fold without its mark and its minutes: "Deeper: the Jacobian (4 min)" is "the Jacobian"."""
    match = DEEPER.match(title)
    return match["title"] if match else title


def equation_words(tex: str) -> int:
    return LINE_OF_MATHS * (1 + len(re.findall(r"\\\\", tex.strip().removesuffix("\\\\"))))


def markdown_pieces(source: str, fold: str = "") -> Iterator[Piece]:
    """The pieces of a Markdown text without regard to its sections."""
    for token in parser().parse(source):
        if token.type == "inline":
            yield Piece(prose(inline_words(token.children or ())), fold)
        elif token.type in ("fence", "colon_fence"):
            yield from block_minutes(token, fold)
        elif token.type in ("math_block", "math_block_label", "amsmath"):
            yield Piece(prose(equation_words(token.content)), fold)


def sections(source: str) -> Iterator[tuple[int, str, str]]:
    """The Markdown text cut at its headings: level and title of each (0 and nothing at the top), and its lines."""
    lines = source.splitlines(keepends=True)
    tokens = parser().parse(source)
    starts = [
        (token.map[0], int(token.tag[1:]), following.content)
        for token, following in itertools.pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]
    for (start, level, title), (end, *_) in zip([(0, 0, ""), *starts], [*starts, (len(lines), 0, "")], strict=True):
        if text := "".join(lines[start:end]):
            yield level, title, text


def code_piece(cell: NotebookNode, fold: str) -> Iterator[Piece]:
    """A cell of code: its lines unless they are folded, and the caption of its figure."""
    tags = set(cell.metadata.get("tags", []))
    if not tags & {"hide-cell", "remove-cell"}:
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        yield from markdown_pieces(caption, fold)
    if not tags & FOLDED_CODE:
        yield Piece(lines_of(cell.source) / LINES_A_MINUTE, fold, prints=bool(cell.get("outputs")) and not fold)


def pieces(notebook: NotebookNode) -> Iterator[Piece]:
    """All that is read of a notebook, in its order. A deeper section ends at a heading of its level or a higher one."""
    level, fold = 0, ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from code_piece(cell, fold)
            continue
        if cell.cell_type != "markdown":
            continue
        for heading, title, text in sections(cell.source):
            if heading and fold and heading <= level:
                fold = ""
            if heading and not fold and DEEPER.match(title):
                level, fold = heading, fold_title(title)
            yield from markdown_pieces(text, fold)


def reading(notebook: NotebookNode) -> Reading:
    """How long a chapter takes to read."""
    core, result, deeper = 0.0, None, {}
    for piece in pieces(notebook):
        if piece.fold:
            deeper[piece.fold] = deeper.get(piece.fold, 0.0) + piece.minutes
            continue
        core += piece.minutes
        if piece.prints and result is None:
            result = core
    return Reading(core, deeper, result)


def whole(minutes: float) -> int:
    """Minutes as a page shows them: rounded, and at least one."""
    return max(1, math.floor(minutes + 0.5))


def chapters(root: Path = ROOT) -> list[Path]:
    """The notebooks of the numbered chapters."""
    return sorted((root / "book").glob("[0-9][0-9]-*.ipynb"))


def faults(found: Reading) -> list[str]:
    """What is wrong with the length of a chapter, in a line each."""
    if found.core > LIMIT:
        return [f"the core takes {found.core:.1f} minutes, more than {LIMIT:.0f}: delete, or fold what is not needed"]
    return []


def main() -> int:
    parser_ = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser_.add_argument("notebook", nargs="*", type=Path, help="notebooks to look at (default: every chapter)")
    parser_.add_argument("--folds", action="store_true", help="also the minutes of each fold")
    arguments = parser_.parse_args()
    failed = False
    print(f"{'chapter':24} {'core':>5} {'deeper':>7} {'first result':>13}")
    for path in arguments.notebook or chapters():
        found = reading(nbformat.read(path, as_version=4))
        result = "" if found.result is None else f"{found.result:.1f}"
        print(f"{path.stem:24} {found.core:5.1f} {found.folded:7.1f} {result:>13}")
        if arguments.folds:
            print("".join(f"    {minutes:4.1f}  {title}\n" for title, minutes in found.deeper.items()), end="")
        for fault in faults(found):
            failed = True
            print(f"    TOO LONG: {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
