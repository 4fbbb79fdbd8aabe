"""What a reader downloads is a plain notebook: no role, no directive, no open answer."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.conftest import ROOT
from tools.plain_notebook import PlainError, Reference, plain_notebook

SITE = "https://ada.github.io/course/"
KNOWN = {
    ("term", "head"): Reference("head", "book/glossary.html#term-head"),
    ("numref", "fig-split"): Reference("Fig. 7", "book/07.html#fig-split"),
    ("ref", "sec-heads"): Reference("7.2 Heads", "book/07.html#sec-heads"),
    ("cite:t", "vaswani2017attention"): Reference("Vaswani et al. (2017)", "book/references.html"),
    ("eq", "eq-a"): Reference("(3)", "book/07.html#equation-eq-a"),
    ("doc", "../exercises/07/07.ipynb"): Reference("Exercises", "exercises/07/07.html"),
}


def resolve(role: str, target: str) -> Reference:
    if (role, target) not in KNOWN:
        raise PlainError(f"{role} {target} means nothing")
    return KNOWN[role, target]


def plain(*cells: str | NotebookNode, site: str = "") -> list[NotebookNode]:
    whole = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return plain_notebook(new_notebook(cells=whole), resolve, site, "book/07.html").cells


def text(source: str, site: str = "") -> str:
    return plain(source, site=site)[0].source


MARKUP = re.compile(r"\{[\w:]+\}`|^\s*[:`]{3,}\s*\{|^:{3,}|^\([\w:-]+\)=|^\+\+\+", re.MULTILINE)


def faults(notebook: NotebookNode) -> list[str]:
    """What a reader of stock Jupyter would stumble over."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found += [f"MyST in the text: {match[0]!r}" for match in MARKUP.finditer(cell.source)]
        elif "hide-output" in cell.metadata.get("tags", []) and cell.outputs:
            found.append("the output of a cell that asks to predict it")
        elif "mystnb" in cell.metadata:
            found.append("metadata of the site")
    page = BeautifulSoup(HTMLExporter().from_notebook_node(notebook)[0], "html.parser")
    for summary in page.find_all("summary"):
        if summary.parent.has_attr("open"):
            found.append(f"open answer: {summary.get_text()}")
        summary.parent.decompose()
    if match := re.search(r"Answer to \d|live-figure", page.get_text()):
        found.append(f"open answer: {match[0]}")
    if page.find("strong", string=re.compile(r"Yes\b")):
        found.append("open answer: a bold Yes")
    return found


def downloads() -> list[str]:
    chapters = [f"book/{path.name}" for path in sorted((ROOT / "book").glob("*.ipynb"))]
    return [
        *chapters,
        *(f"exercises/{path.stem}/{path.name}" for path in sorted((ROOT / "exercises").glob("*/*.ipynb"))),
    ]


@pytest.mark.parametrize("name", downloads())
def test_the_download_of_a_page_is_a_plain_notebook(site: Path, name: str) -> None:
    notebook = nbformat.read(site / "_sources" / name, as_version=4)
    nbformat.validate(notebook)
    assert faults(notebook) == []
    source = nbformat.read(ROOT / name, as_version=4)
    code = [cell.source for cell in source.cells if cell.cell_type == "code" and cell.source.strip()]
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == code


@pytest.mark.parametrize("name", [name for name in downloads() if name.startswith("exercises")])
def test_the_download_of_a_handout_is_what_was_released(site: Path, name: str) -> None:
    assert (site / "_sources" / name).read_bytes() == (ROOT / name).read_bytes()


def predicted(*tags: str) -> NotebookNode:
    return new_code_cell("1", outputs=[new_output("stream", text="1")], metadata={"tags": list(tags)})


PLANTED = {
    "a role": "See {term}`head`.",
    "a directive": ":::{note}\nx\n:::",
    "a directive in backticks": "```{math}\nx\n```",
    "a label": "(sec-a)=\n## A",
    "an open answer": "- (a) **Yes.** It is.",
    "an answer that is unfolded": "<details open><summary>Answer to 1</summary>\n\nNo.\n\n</details>",
    "a live figure": '<div class="live-figure">live-figure</div>',
    "a predicted output": new_code_cell(
        "1", outputs=[new_output("stream", text="1")], metadata={"tags": ["hide-output"]}
    ),
    "the site's metadata": new_code_cell("1", metadata={"mystnb": {}}),
}


@pytest.mark.parametrize("case", PLANTED)
def test_planted_notebooks_that_are_not_plain_are_named(case: str) -> None:
    cell = PLANTED[case]
    assert len(faults(new_notebook(cells=[new_markdown_cell(cell) if isinstance(cell, str) else cell]))) >= 1


def test_roles_become_text_or_links_to_the_site() -> None:
    source = "The {term}`heads <head>` of {numref}`fig-split`, {ref}`sec-heads`, {cite:t}`vaswani2017attention`."
    assert text(source) == "The heads of Fig. 7, 7.2 Heads, Vaswani et al. (2017)."
    assert f"The [heads]({SITE}book/glossary.html#term-head) of [Fig. 7]({SITE}book/07.html#fig-split)" in text(
        source, SITE
    )


def test_a_role_may_go_over_the_end_of_a_line() -> None:
    assert text("The {ref}`second\nsection <sec-heads>`.") == "The second section."


def test_links_into_the_book_become_pages_and_others_stay() -> None:
    source = "[exercises](../exercises/07/07.ipynb), [paper](https://arxiv.org/abs/1), [above](#x)"
    assert text(source) == "exercises, [paper](https://arxiv.org/abs/1), [above](#x)"
    assert f"[exercises]({SITE}exercises/07/07.html)" in text(source, SITE)


def test_code_and_blocks_of_code_stay_as_they_are() -> None:
    source = "Write `{term}` or ``{term}`head` ``.\n\n```python\n(a)=\n+++\nx = {}\n```"
    assert text(source) == source


def test_equations_keep_their_numbers() -> None:
    assert text("$$\na = b\n$$ (eq-a)\n\nIn {eq}`eq-a`.") == "$$\na = b \\tag{3}\n$$\n\nIn (3)."


def test_admonitions_become_quotes_and_dropdowns_details() -> None:
    quote = text("::::{admonition} Predict the {term}`head`\n:class: tip\n\n:::{note}\nInner.\n:::\n::::")
    assert quote == "> **Predict the head**\n>\n> > **Note**\n> >\n> > Inner."
    answer = text(":::{admonition} Answer to `x`\n:class: dropdown\n\n- (a) **Yes.**\n:::")
    assert answer == "<details>\n<summary>Answer to <code>x</code></summary>\n\n- (a) **Yes.**\n\n</details>"


def test_labels_become_anchors_and_what_only_the_site_shows_is_gone() -> None:
    raw = '```{raw} html\n<div class="live-figure" data-live="heads"></div>\n```'
    assert text(f"(sec-a)=\n## A\n\n+++\n\n% a remark\n{raw}\n\nB.") == '<a id="sec-a"></a>\n\n## A\n\nB.'


def test_a_figure_gets_its_caption_and_folded_code_stays_folded() -> None:
    mystnb = {"figure": {"caption": "The {term}`head` looks.", "name": "fig-split"}, "image": {"alt": "A picture."}}
    picture = new_output("display_data", data={"image/png": "aGk="})
    figure = new_code_cell("plot()", outputs=[picture], metadata={"mystnb": mystnb, "tags": ["hide-input"]})
    code, caption = plain(figure)
    assert code.outputs[0].metadata["image/png"]["alt"] == "A picture."
    assert code.metadata.jupyter.source_hidden
    assert caption.source.endswith("*Fig. 7: The head looks.*")


def test_what_a_reader_should_predict_is_cleared() -> None:
    cells = [
        new_code_cell("1", outputs=[new_output("stream", text="1")], metadata={"tags": tags})
        for tags in ([], ["hide-output"])
    ]
    assert [len(cell.outputs) for cell in plain(*cells)] == [1, 0]


def test_deeper_parts_keep_their_minutes() -> None:
    assert text("### Deeper: a proof\n\n" + "word " * 340).startswith("### Deeper: a proof (2 min)\n")


def test_with_a_site_the_notebook_names_its_page() -> None:
    assert plain("# A", "B", site=SITE)[1].source.count(f"{SITE}book/07.html") == 1


@pytest.mark.parametrize("source", [":::{grid} 2\nx\n:::", "{term}`nobody`", "[x](../nowhere.md)"])
def test_planted_myst_without_a_plain_form_is_refused(source: str) -> None:
    with pytest.raises(PlainError):
        text(source, SITE)
