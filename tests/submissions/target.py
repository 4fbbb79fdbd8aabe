"""The course that is attacked: one small assignment, a gradebook, another student's work; secrets in all of them."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.lifecycle import ROOT, Course
from autograder.notebooks.assignment import Assignment
from autograder.release.gate import release
from tests.assignments import assignment_of

NAME = "target"
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
LIMITS = {
    "cpu_seconds": 8,
    "wall_seconds": 30,
    "cell_seconds": 4,
    "memory_mb": 512,
    "processes": 16,
    "output_kb": 100,
    "disk_mb": 16,
}
SETUP = "import math\nimport random\n\nimport torch\nfrom torch import nn\n\nSEED = 1234\ntorch.manual_seed(SEED)"
HEADS = {
    "row-softmax": "def row_softmax(scores):\n",
    "affine": (
        "class Affine(nn.Module):\n"
        "    def __init__(self, width, height):\n"
        "        super().__init__()\n"
        "        self.weight = nn.Parameter(torch.ones(height, width))\n"
        "        self.bias = nn.Parameter(torch.zeros(height))\n\n"
        "    def forward(self, x):\n"
    ),
    "largest": "def largest(numbers):\n",
}
RIGHT = {
    "row-softmax": (
        "    shifted = (scores - scores.amax(-1, keepdim=True)).exp()\n"
        "    return shifted / shifted.sum(-1, keepdim=True)"
    ),
    "affine": "        return x @ self.weight.T + self.bias",
    "largest": (
        "    best = numbers[0]\n"
        "    for number in numbers:\n"
        "        best = number if number > best else best\n"
        "    return best"
    ),
}
WRONG = {
    "row-softmax": "    return torch.zeros_like(scores)",
    "affine": "        return torch.zeros(*x.shape[:-1], self.bias.numel()) + 0 * self.weight.sum()",
    "largest": "    return 42",
}
# `word` stands for a secret: nothing that a submission shows may hold it.
TESTS = {
    "test-row-softmax": """draw = torch.Generator().manual_seed(SEED)
scores = torch.randn(3, 5, generator=draw)
assert tuple(row_softmax(scores).shape) == (3, 5), "one weight for each score"
### BEGIN HIDDEN TESTS
hidden = "word"
expected = torch.softmax(scores, dim=-1)
torch.testing.assert_close(row_softmax(scores), expected, msg="the weights differ from softmax")
assert abs(row_softmax(scores)[0].sum().item() - 1) < 1e-4, "the weights of a row should add up to 1"
### END HIDDEN TESTS""",
    "test-affine": """draw = torch.Generator().manual_seed(SEED)
layer = Affine(4, 2)
x = torch.randn(3, 4, generator=draw)
assert tuple(layer(x).shape) == (3, 2), "one row of outputs for each row of x"
### BEGIN HIDDEN TESTS
hidden = "word"
reference = nn.Linear(4, 2)
layer.load_state_dict({"weight": reference.weight.detach(), "bias": reference.bias.detach()})
torch.testing.assert_close(layer(x), reference(x), msg="the outputs differ from x W + b")
layer(x).sum().backward()
reference(x).sum().backward()
assert torch.allclose(layer.weight.grad, reference.weight.grad, atol=1e-5), "the gradient of the weight differs"
### END HIDDEN TESTS""",
    "test-largest": """draw = torch.Generator().manual_seed(SEED)
numbers = torch.randint(-100, 100, (7,), generator=draw).tolist()
assert largest([1, 3, 2]) == 3, "largest([1, 3, 2]) should be 3"
### BEGIN HIDDEN TESTS
hidden = "word"
assert largest(numbers) == max(numbers), "the largest number is another one"
assert largest([-5, -7]) == -5, "it fails when every number is negative"
### END HIDDEN TESTS""",
}
POINTS = {"test-row-softmax": 4, "test-affine": 3, "test-largest": 3}
FORBIDDEN = {"row-softmax": ["softmax", "log_softmax"], "affine": ["linear", "Linear"], "largest": ["max", "sorted"]}


def wrong(cell: str, call: str = "") -> str:
    """A wrong answer; `call` is a statement that the function runs first."""
    indent = " " * (8 if cell == "affine" else 4)
    return HEADS[cell] + (f"{indent}{call}\n" if call else "") + WRONG[cell]


def right(cell: str) -> str:
    return HEADS[cell] + RIGHT[cell]


def nbgrader_cell(source: str, name: str, points: int | None = None, answer: bool = False, **metadata: Any) -> Any:
    nbgrader = {"grade_id": name, "schema_version": 3, "task": False}
    nbgrader |= {"grade": points is not None, "solution": answer, "locked": not answer}
    if points is not None:
        nbgrader["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": nbgrader, **metadata})


def source_notebook(word: str) -> Any:
    """The instructor's notebook, with its solutions and hidden tests."""
    cells = [new_markdown_cell("# Target", id="title"), nbgrader_cell(SETUP, "setup", course={"limits": LIMITS})]
    for cell in HEADS:
        indent = " " * (8 if cell == "affine" else 4)
        text = f"{HEADS[cell]}{indent}### BEGIN SOLUTION\n{RIGHT[cell]}\n{indent}### END SOLUTION"
        cells.append(nbgrader_cell(text, cell, answer=True, course={"forbidden": FORBIDDEN[cell]}))
        test = f"test-{cell}"
        cells.append(nbgrader_cell(TESTS[test].replace("word", word), test, points=POINTS[test]))
    return new_notebook(cells=cells, metadata=KERNEL)


@dataclass(frozen=True)
class Target:
    """The attacked course. word: the secret that its tests, its gradebook and the other student's notebook hold."""

    course: Course
    assignment: Assignment
    word: str

    @property
    def released(self) -> Path:
        return self.course.root / "exercises" / NAME / f"{NAME}.ipynb"


def make_target(root: Path) -> Target:
    """Release the assignment into a new course folder and let another student hand in, with the secret in the text."""
    word = f"secret-{secrets.token_hex(8)}"
    root.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    source = root / "solutions" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(source_notebook(word), source)
    course = Course(root, "gradebook")
    release(course, with_bank=False)
    released = root / "exercises" / NAME / f"{NAME}.ipynb"
    neighbour = nbformat.read(released, as_version=4)
    neighbour.cells.append(new_markdown_cell(word))
    for folder in ("submitted", "autograded"):
        place = course.folder / folder / "neighbour" / NAME / f"{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(neighbour, place)
    return Target(course, assignment_of(source, released), word)
