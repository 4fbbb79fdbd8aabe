"""Repair: give the submission the cells of the release again, whatever happened to them, and say what was done.

Nothing that the student wrote is thrown away: a cell that is not the release's stays in place as a plain cell.
"""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.notebooks.handout import Handout
from autograder.notebooks.plain_text import few, quoted
from autograder.notebooks.submission import NOTES, notes

PICTURES = ("image/png", "image/jpeg", "image/gif")


def grade_id(cell: NotebookNode) -> str | None:
    """The id that a submitted cell claims; None when its metadata is anything but that."""
    metadata = cell.metadata.get("nbgrader")
    name = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def own_cell(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's own: same text and pictures, no metadata (tags could keep a cell from running).

    A raw cell becomes a text cell: what "raw" means would be up to whoever shows it.
    """
    plain: NotebookNode = new_code_cell(cell.source) if cell.cell_type == "code" else new_markdown_cell(cell.source)
    plain.id = cell.id
    if cell.cell_type == "markdown" and (pictures := attached_pictures(cell)):
        plain.attachments = pictures
    return plain


def attached_pictures(cell: NotebookNode) -> NotebookNode:
    """The attachments of a text cell that are pictures which a browser does not run (SVG may hold script)."""
    attachments = cell.get("attachments", {}).items()
    kept = {name: {kind: data for kind, data in each.items() if kind in PICTURES} for name, each in attachments}
    return NotebookNode({name: NotebookNode(each) for name, each in kept.items() if each})


def released_cell(template: NotebookNode, source: str, checksum: str) -> NotebookNode:
    """The release's cell with this source; flags, points and type are always the release's."""
    cell = NotebookNode(template)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.metadata = NotebookNode(template.metadata)
    cell.metadata.nbgrader = NotebookNode(template.metadata.nbgrader, checksum=checksum)
    cell.source = source
    return cell


def last_copies(cells: list[NotebookNode], handout: Handout) -> dict[str, int]:
    """For each released id that occurs, the index of the cell that stands for it: the last one that claims it."""
    return {name: index for index, cell in enumerate(cells) if (name := grade_id(cell)) in handout.cells}


def repair(
    notebook: NotebookNode, handout: Handout, sources: dict[str, str], checksums: dict[str, str]
) -> tuple[NotebookNode, list[str]]:
    """The notebook with exactly the release's cells in the release's order, and a sentence for each thing mended.

    sources, checksums: by grade_id, from the gradebook; a locked cell's source is always taken from there.
    """
    done: list[str] = []
    extra: list[str] = []  # on cells that are not the release's: they may be thousands, and come last
    chosen = last_copies(notebook.cells, handout)
    kept: list[NotebookNode] = []
    for index, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if name not in handout.cells:
            if name is not None:
                extra.append(f"The cell {quoted(name)} is not part of the assignment; it counts as an extra cell.")
            kept.append(own_cell(cell))
        elif chosen[name] != index:
            extra.append(f"The cell {name!r} was there more than once; the last copy counts.")
            kept.append(own_cell(cell))
        else:
            template = handout.cells[name]
            locked = not template.metadata.nbgrader.solution
            if cell.cell_type != template.cell_type:
                done.append(f"The cell {name!r} had become a {cell.cell_type} cell; its type was restored.")
            # The release's text differs from the gradebook's by the hidden tests, so compare with the release.
            if locked and cell.source != template.source:
                done.append(f"The text of the locked cell {name!r} had been changed; it was restored.")
            kept.append(released_cell(template, sources[name] if locked else cell.source, checksums[name]))
            if not locked and kept[-1].cell_type == cell.cell_type == "markdown":
                kept[-1].attachments = attached_pictures(cell)
    notebook.cells = in_order(kept, handout, sources, checksums, done)
    # Title, language and kernel are the release's: pages and kernels go by them.
    notebook.metadata = NotebookNode({**copy.deepcopy(handout.notebook.metadata), NOTES: notes(notebook)})
    return notebook, few([*done, *extra])


def in_order(
    cells: list[NotebookNode], handout: Handout, sources: dict[str, str], checksums: dict[str, str], done: list[str]
) -> list[NotebookNode]:
    """Put missing cells back and move locked cells that stand before what they follow in the release."""
    position = -1  # of the released cell before this one
    for name, template in handout.cells.items():
        at = next((i for i, cell in enumerate(cells) if grade_id(cell) == name), None)
        if at is None:
            done.append(f"The cell {name!r} was missing; it was put back.")
            cells.insert(position + 1, released_cell(template, sources[name], checksums[name]))
            position += 1
        elif at < position and not template.metadata.nbgrader.solution:
            done.append(f"The cell {name!r} had been moved; it was put back in its place.")
            cells.insert(position, cells.pop(at))  # the pop shifts what follows by one
        else:
            position = max(position, at)
    return cells
