"""What a committed notebook may not hold. `python tools/hygiene.py` names every fault; so does `make test`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.notebooks import CELL_METADATA, METADATA, ROOT, code_cells, is_executed

ABSOLUTE_PATH = re.compile(r"(?<![\w./:<])/(?:home|root|tmp|usr|opt|var|mnt|work|Users|private)/\w|\b[A-Z]:\\\w")
MOST_BYTES = 150_000  # of a figure
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def output_text(output: NotebookNode) -> str:
    """All the text of an output, whatever its kind."""
    data = output.get("data", {})
    parts = [output.get("text", ""), *(str(value) for kind, value in data.items() if not kind.startswith("image/p"))]
    return "\n".join(parts)


def metadata_faults(notebook: NotebookNode) -> Iterator[str]:
    """Stray metadata differs from machine to machine and makes every diff noisy."""
    if dict(notebook.metadata) != METADATA:
        extra = sorted(set(notebook.metadata) - set(METADATA))
        yield f"stray notebook metadata: {extra or 'in kernelspec or language_info'}"
    for number, cell in enumerate(notebook.cells):
        if extra := sorted(set(cell.metadata) - CELL_METADATA):
            yield f"cell {number}: stray metadata {extra}"


def output_faults(notebook: NotebookNode) -> Iterator[str]:
    """Stored errors, warnings, absolute paths and addresses are true on one machine only."""
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            text = output_text(output)
            if output.output_type == "error":
                yield f"cell {number}: a stored error ({output.ename})"
            elif output.get("name") == "stderr":
                yield f"cell {number}: a stored warning or other text on stderr"
            if ABSOLUTE_PATH.search(text):
                yield f"cell {number}: an absolute path in the output"
            if ADDRESS.search(text):
                yield f"cell {number}: a memory address in the output"
            if set(output.get("metadata", {})) - {"image/png"}:
                yield f"cell {number}: stray output metadata"


def figure_faults(notebook: NotebookNode) -> Iterator[str]:
    """A figure has a caption, alternative text, and an assert on its data in the next code cell: nbval skips it.

    The map of the Transformer shows where we are and argues nothing, so it needs no assert.
    """
    cells = code_cells(notebook)
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if not any({"image/png", "image/svg+xml"} & set(output.get("data", {})) for output in cell.outputs):
            continue
        size = sum(len(str(output.get("data", {}).get("image/svg+xml", ""))) for output in cell.outputs)
        if size > MOST_BYTES:
            yield f"figure of {size // 1000} kB, at most {MOST_BYTES // 1000}: rasterize clouds of points"
        shown = cell.metadata.get("mystnb", {})
        first = cell.source.splitlines()[0]
        if not shown.get("figure", {}).get("caption"):
            yield f"figure without a caption: {first!r}"
        if not shown.get("image", {}).get("alt"):
            yield f"figure without alternative text: {first!r}"
        argues = "transformer_map" not in cell.source
        if argues and (following is None or "assert" not in following.source):
            yield f"figure without an assert on its data in the next code cell: {first!r}"


def setup_faults(notebook: NotebookNode) -> Iterator[str]:
    """A chapter that imports the package opens with the cell that installs it where it is missing (Colab)."""
    cells = code_cells(notebook)
    if any(re.search(r"^(from|import) translator", cell.source, re.M) for cell in cells):
        first = cells[0]
        if "pip install" not in first.source or not {"remove-cell", "hide-cell"} & set(first.metadata.get("tags", [])):
            yield "the first code cell is not the tagged set-up cell"


def faults(notebook: NotebookNode, executed: bool) -> list[str]:
    """Everything wrong with a notebook. executed: a chapter (True), or a source or release without outputs (False)."""
    found = [*metadata_faults(notebook), *output_faults(notebook)]
    if executed:
        if not is_executed(notebook):
            counts = [cell.execution_count for cell in code_cells(notebook)]
            found.append(f"not executed once from top to bottom: the counts are {counts}")
        found += [*figure_faults(notebook), *setup_faults(notebook)]
    elif any(cell.outputs or cell.execution_count for cell in code_cells(notebook)):
        found.append("outputs are stored; only chapters keep theirs")
    return found


def all_faults(root: Path = ROOT) -> list[str]:
    """The faults of every committed notebook, each with its file."""
    found: list[str] = []
    for folder, executed in (("book", True), ("solutions", False), ("exercises", False)):
        for path in sorted((root / folder).rglob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            found += [f"{path.relative_to(root)}: {fault}" for fault in faults(notebook, executed)]
    return found


def main() -> int:
    found = all_faults()
    print("\n".join(found) or "no faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
