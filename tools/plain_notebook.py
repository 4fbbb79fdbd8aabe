"""A notebook that reads anywhere: MyST's roles, directives and labels become what stock Jupyter, Colab and GitHub show.

Roles become text, or links where the site has an address; admonitions become block quotes, dropdowns <details>, so that
answers are closed; outputs that a reader should predict are cleared, figures get their captions back, live figures are
left out. Pure functions: whoever calls says what a reference refers to (tools/pages/downloads.py asks Sphinx).
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tools.reading_time import DEEPER, Reading, reading, whole

QUOTED = {"admonition", "note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "seealso"}
OPENING = re.compile(r"(?P<fence>`{3,}|:{3,}|~{3,})\s*(?:\{(?P<name>[\w:-]+)\}\s*(?P<argument>.*))?")
LABEL = re.compile(r"\(([\w:-]+)\)=\s*")
OPTION = re.compile(r":([\w-]+):\s*(.*)")
SILENT = re.compile(r"\+\+\+|%")
INLINE = re.compile(
    r"\{(?P<role>[\w:]+)\}`(?P<content>[^`]+)`"
    r"|(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?<!!)\[(?P<text>[^\[\]]+)\]\((?P<target>[^()\s]+)\)",
    re.DOTALL,
)
EQUATION = re.compile(r"\$\$(?P<tex>.+?)\$\$[ \t]*\((?P<label>[\w:-]+)\)", re.DOTALL)
NAMED = re.compile(r"(?P<text>.*?)\s*<(?P<target>[^<>]+)>", re.DOTALL)
TYPED_MINUTES = re.compile(r"\s*\(\d+ min\)$")


class PlainError(ValueError):
    """Something of MyST that has no plain form here yet."""


@dataclass(frozen=True)
class Reference:
    """What a reference shows, and where it leads: an address within the site, such as book/glossary.html#term-head."""

    text: str
    address: str = ""


#: What a role with this target refers to. `[text](file)` asks with the role "doc".
Resolve = Callable[[str, str], Reference]


@dataclass(frozen=True)
class Plain:
    """The converter of one notebook. site: the address that ends in a slash, or nothing when the book has no home."""

    resolve: Resolve
    site: str = ""

    def link(self, text: str, address: str) -> str:
        return f"[{text}]({self.site}{address})" if self.site and address else text

    def inline(self, text: str) -> str:
        """A run of text without its roles."""

        def replace(match: re.Match[str]) -> str:
            if match["code"]:
                return match[0]
            if match["target"]:
                return self.markdown_link(match["text"], match["target"])
            content = " ".join(match["content"].split())
            named = NAMED.fullmatch(content)
            found = self.resolve(match["role"], named["target"] if named else content)
            return self.link(named["text"] if named else found.text, found.address)

        def equation(match: re.Match[str]) -> str:
            number = self.resolve("eq", match["label"]).text.strip("()")
            return f"$${match['tex'].rstrip()} \\tag{{{number}}}\n$$"

        return INLINE.sub(replace, EQUATION.sub(equation, text))

    def markdown_link(self, text: str, target: str) -> str:
        """Links that leave the book, and those within the page, stay; a file of the book becomes its page."""
        if re.match(r"[a-z]+:|#", target):
            return f"[{text}]({target})"
        return self.link(text, self.resolve("doc", target).address)

    def markdown(self, source: str) -> str:
        """A Markdown text without anything of MyST's. Raises PlainError for a directive that it does not know."""
        found, run = [], []
        for kind, lines in blocks(source):
            if kind == "text":
                run += lines
                continue
            found += [self.inline("\n".join(run)), *self.block(lines)]
            run = []
        return re.sub(r"\n{3,}", "\n\n", "\n".join([*found, self.inline("\n".join(run))])).strip("\n")

    def block(self, lines: list[str]) -> Iterator[str]:
        """A fence, or a label."""
        if label := LABEL.fullmatch(lines[0]):
            yield f'<a id="{label[1]}"></a>\n'
            return
        opening = OPENING.match(lines[0])
        assert opening is not None
        if not opening["name"]:
            yield "\n".join(lines)
        else:
            options, body = split_options(lines[1:-1])
            yield self.directive(opening["name"], opening["argument"].strip(), options, "\n".join(body))

    def directive(self, name: str, argument: str, options: dict[str, str], body: str) -> str:
        if name == "raw":
            return ""
        if name == "math":
            return f"$$\n{body}\n$$"
        if name in ("code", "code-block"):
            return f"```{argument}\n{body}\n```"
        if name == "dropdown" or (name in QUOTED and "dropdown" in options.get("class", "").split()):
            return f"<details>\n<summary>{self.summary(argument)}</summary>\n\n{self.markdown(body)}\n\n</details>\n"
        if name in QUOTED:
            title = self.inline(argument) if name == "admonition" else name.capitalize()
            lines = [f"**{title}**", "", *self.markdown(body).splitlines()]
            return "\n".join(f"> {line}".rstrip() for line in lines) + "\n"
        raise PlainError(f"the directive {{{name}}} has no plain form: teach it to tools/plain_notebook.py")

    def summary(self, title: str) -> str:
        """A title as HTML, in which nobody reads Markdown."""
        text = html.escape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", self.inline(title)), quote=False)
        return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def blocks(source: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a text in runs: ("block", a fence with all within it, or a label) and ("text", a line)."""
    lines = source.splitlines()
    place = 0
    while place < len(lines):
        line = lines[place]
        opening = OPENING.match(line)
        end = place + 1
        if opening:
            fence = opening["fence"]
            while end < len(lines) and not closes(lines[end], fence):
                end += 1
            end += 1
            yield "block", lines[place:end]
        elif LABEL.fullmatch(line):
            yield "block", [line]
        elif not SILENT.match(line):
            yield "text", [line]
        place = end


def closes(line: str, fence: str) -> bool:
    """Whether the line ends the block that `fence` opened: the same signs, at least as many, and nothing else."""
    line = line.strip()
    return len(line) >= len(fence) and not line.strip(fence[0])


def split_options(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    while lines and (match := OPTION.match(lines[0])):
        options[match[1]] = match[2]
        lines = lines[1:]
    return options, lines


def with_minutes(source: str, found: Reading) -> str:
    """The minutes of each Deeper part at the end of its heading."""

    def add(match: re.Match[str]) -> str:
        title = TYPED_MINUTES.sub("", match[2])
        spent = found.deeper.get(DEEPER.sub(r"\g<title>", title))
        return f"{match[1]}{title}" + (f" ({whole(spent)} min)" if spent else "")

    return re.sub(r"^(#+ |:{3,}\{admonition\} )(Deeper: .*)$", add, source, flags=re.MULTILINE)


def caption(cell: NotebookNode, plain: Plain) -> Iterator[NotebookNode]:
    """The caption that the site shows under the figure of a cell."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if text := figure.get("caption"):
        name = figure.get("name", "")
        number = f"{plain.resolve('numref', name).text}: " if name else ""
        source = f'<a id="{name}"></a>\n\n*{number}{plain.inline(text)}*' if name else f"*{plain.inline(text)}*"
        yield new_markdown_cell(source, id=f"{cell.id[:55]}-caption")


def code_cell(cell: NotebookNode) -> None:
    """Fold what the site folds, clear what a reader should predict; drop what only the site understands."""
    tags = set(cell.metadata.get("tags", []))
    if "hide-output" in tags:
        cell.outputs, cell.execution_count = [], None
    if alternative := cell.metadata.get("mystnb", {}).get("image", {}).get("alt"):
        for output in cell.outputs:
            for kind in [kind for kind in output.get("data", {}) if kind.startswith("image/")]:
                output.metadata[kind] = {**output.metadata.get(kind, {}), "alt": alternative}
    if tags & {"hide-input", "hide-cell", "remove-input", "remove-cell"}:
        cell.metadata["jupyter"] = {"source_hidden": True}
    cell.metadata.pop("mystnb", None)


def plain_notebook(notebook: NotebookNode, resolve: Resolve, site: str = "", address: str = "") -> NotebookNode:
    """A copy of the notebook for readers without the site. address: that of its page within the site."""
    plain, found = Plain(resolve, site), reading(notebook)
    result = copy.deepcopy(notebook)
    result.cells = []
    for cell in copy.deepcopy(notebook.cells):
        captions = list(caption(cell, plain)) if cell.cell_type == "code" else []
        if cell.cell_type == "code":
            code_cell(cell)
        elif cell.cell_type == "markdown":
            cell.source = plain.markdown(with_minutes(cell.source, found))
        if cell.source.strip():
            result.cells += [cell, *captions]
    if site:
        note = f"*This notebook belongs to [a page of the book]({site}{address}), where more of it moves.*"
        result.cells.insert(1, new_markdown_cell(note, id="page-of-the-book"))
    return result
