"""`make course`, the book's plain command, and that nothing secret gets into the site."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.demo.samples import read_samples
from autograder.notebooks.source import read_source
from autograder.release.leaks import leaks, needles, read_allowed
from tests.conftest import sh, tree

# The least book that holds a solution.
TABLE_OF_CONTENTS = """format: jb-book
root: book/index
chapters:
  - file: exercises/05-attention/05-attention
  - file: solutions/05-attention/05-attention
"""


def test_the_book_builds_by_its_plain_command(built: Path) -> None:
    """From nothing it was built as CI builds it; here a page is missing, which the plain command has to write."""
    page = built / "_build" / "html" / "book" / "05-attention.html"
    page.unlink()
    sh(built, ".venv/bin/jupyter-book build .")
    assert page.is_file()


def test_make_course_grades_the_samples_as_their_cases_say_and_leaves_the_class_alone(built: Path) -> None:
    before = tree(built / "gradebook"), tree(built / "exercises")
    output = sh(built, ".venv/bin/python -m autograder course")
    for sample in read_samples(built / "samples"):
        assert sample.student in output
    assert "index.html" in output
    assert (tree(built / "gradebook"), tree(built / "exercises")) == before


def test_the_built_site_holds_no_secret_even_beside_texts_and_submissions(built: Path, site: Path) -> None:
    """The text view of the solutions, graded submissions and the bank lay in the tree while the site was built."""
    secret = []
    for path in sorted(built.glob("solutions/*/*.ipynb")):
        name = path.parent.name
        assert (built / ".text" / "solutions" / name / f"{name}.md").is_file()
        assert leaks(built / "gradebook" / "autograded" / "ada" / name, needles(read_source(path)))
        secret += needles(read_source(path), read_allowed(built / "bank" / name / "allowed.toml"))
    assert secret
    assert leaks(site, secret) == []


def test_planted_a_solution_in_the_table_of_contents_is_found_in_the_site(clone: Path) -> None:
    (clone / "_toc.yml").write_text(TABLE_OF_CONTENTS, encoding="utf-8")
    config = clone / "_config.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("  - solutions\n", ""), encoding="utf-8")
    for page in (clone / "book").glob("*"):  # a book this small names many pages that are not there
        if page.suffix in (".ipynb", ".md") and page.stem != "index":
            page.unlink()
    shutil.rmtree(clone / "bank")
    sh(clone, ".venv/bin/jupyter-book build .")
    secret = needles(read_source(clone / "solutions" / "05-attention" / "05-attention.ipynb"))
    found = leaks(clone / "_build" / "html", secret)
    assert any(leak.startswith("solutions/05-attention/05-attention.html") for leak in found)
    assert any(leak.startswith("_sources/") for leak in found)
