"""The text view of the notebooks: `make text` writes it, `make notebooks` brings edits back and executes them.

Notebooks are committed as .ipynb. Nobody edits their JSON: each has a MyST twin under .text/ (jupytext.toml).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT / ".text"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
CELL_METADATA = {"tags", "mystnb", "nbgrader", "course", "deletable", "editable"}
OUTPUT_METADATA = {"image/png"}


def notebooks(root: Path = ROOT) -> list[Path]:
    """Every notebook that has a text view: the chapters and the instructor's solutions."""
    found = [*root.glob("book/*.ipynb"), *root.glob("solutions/*/*.ipynb")]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def twin(path: Path, root: Path = ROOT) -> Path:
    """The text view of the notebook `path`."""
    return root / ".text" / path.relative_to(root).with_suffix(".md")


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def is_executed(notebook: NotebookNode) -> bool:
    """True when the code cells carry the counts 1..n, as one run from top to bottom leaves them."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return counts == list(range(1, len(counts) + 1))


def sources(path: Path) -> list[str]:
    """The code of a notebook, cell by cell; empty when there is none yet."""
    return [cell.source for cell in code_cells(nbformat.read(path, as_version=4))] if path.exists() else []


def clean(notebook: NotebookNode, keep_outputs: bool) -> NotebookNode:
    """Drop what differs from run to run (times, versions, widget state); drop outputs unless they are kept."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
        if cell.cell_type != "code":
            continue
        if not keep_outputs:
            cell.outputs, cell.execution_count = [], None
        for output in cell.outputs:
            if "metadata" in output:
                output.metadata = nbformat.from_dict({k: v for k, v in output.metadata.items() if k in OUTPUT_METADATA})
    return notebook


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in a fresh kernel, one thread, and store what they print."""
    os.environ["OMP_NUM_THREADS"] = "1"
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    return client.execute()


def jupytext(*arguments: str) -> None:
    """jupytext's command, in this process: to start it for each notebook would take longer than all its work."""
    from jupytext.cli import jupytext as command

    command(["--quiet", *arguments])


def write_text() -> None:
    """Write the text view of every notebook; refuse to overwrite edits that were not brought back."""
    for path in notebooks():
        text = twin(path)
        if text.exists() and text.stat().st_mtime > path.stat().st_mtime + 1:
            sys.exit(f"{text.relative_to(ROOT)} is newer than its notebook: run `make notebooks` first, or delete it.")
        text.parent.mkdir(parents=True, exist_ok=True)
        jupytext("--to", "md:myst", "--output", str(text), str(path))
        os.utime(text, (path.stat().st_mtime, path.stat().st_mtime))


def read_text(force: bool) -> None:
    """Bring edited texts back into their notebooks and execute those chapters whose code changed."""
    for text in sorted(TEXT.rglob("*.md")):
        path = (ROOT / text.relative_to(TEXT)).with_suffix(".ipynb")
        edited = not path.exists() or text.stat().st_mtime > path.stat().st_mtime + 1
        if not (edited or force):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        before = sources(path)
        # --update keeps the outputs of cells, also of those whose source changed: hence the comparison below.
        jupytext("--to", "ipynb", *(["--update"] if path.exists() else []), "--output", str(path), str(text))
        is_chapter = path.parent == ROOT / "book"
        notebook = clean(nbformat.read(path, as_version=4), keep_outputs=is_chapter)
        if is_chapter and (force or not is_executed(notebook) or sources(path) != before):
            print(f"executing {path.relative_to(ROOT)}", flush=True)
            notebook = clean(execute(notebook, path.parent), keep_outputs=True)
        nbformat.write(notebook, path)
        os.utime(text, (path.stat().st_mtime, path.stat().st_mtime))
        print(f"wrote {path.relative_to(ROOT)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["text", "notebooks"])
    parser.add_argument("--force", action="store_true", help="execute every chapter, changed or not")
    arguments = parser.parse_args()
    if arguments.action == "text":
        write_text()
    else:
        read_text(arguments.force)


if __name__ == "__main__":
    main()
