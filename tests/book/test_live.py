"""The live figures in a browser: their numbers are Python's, and keyboard, small screens and both themes are served."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Locator, Page

from tests.book.site_checks import accessibility_faults, layout_faults
from tests.book.test_site import browser, serve  # noqa: F401 (a fixture)
from tests.conftest import ROOT
from translator.model.attention import attention
from translator.model.positions import SinusoidalPositions

STATIC = ROOT / "book" / "_static"
LIVE = STATIC / "live"
NAMES = ("attention", "masks", "positions", "heads", "decoding")
PAGE = """<!DOCTYPE html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="figures.css"><script type="module" src="live/start.js"></script>
<style>body {{ margin: 0; background: var(--fig-paper); color: var(--fig-ink) }}
main {{ max-width: 700px; margin: auto }}</style></head><body><main><h1>A page</h1>
<div class="live-figure" data-live="{name}"></div></main></body></html>"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(LIVE, folder / "live")
    shutil.copy(STATIC / "figures.css", folder)
    for name in NAMES:
        for theme in ("light", "dark"):
            (folder / f"{name}-{theme}.html").write_text(PAGE.format(name=name, theme=theme), encoding="utf-8")
    yield from serve(folder)


def watch(page: Page, origin: str) -> list[str]:
    """What goes wrong in a page from now on: script errors, and requests that fail or leave the machine."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: None if request.url.startswith((origin, "data:")) else faults.append(request.url)
    )
    return faults


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:  # noqa: F811
    page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=origin)
    faults = watch(page, origin)
    yield page
    page.close()
    assert faults == []


def opened(page: Page, name: str, theme: str = "light") -> Locator:
    page.goto(f"/{name}-{theme}.html")
    figure = page.locator(".live-figure[data-ready]")
    figure.wait_for()
    return figure


def numbers(figure: Locator, name: str, *shape: int) -> torch.Tensor:
    values = [float(number) for number in figure.get_attribute(f"data-{name}").split()]
    return torch.tensor(values, dtype=torch.float64).reshape(shape or (-1,))


def near(found: torch.Tensor, expected: torch.Tensor) -> bool:
    return torch.allclose(found, expected.to(found.dtype), atol=1e-3, rtol=0, equal_nan=True)


def set_slider(page: Page, label: str, value: float) -> None:
    page.get_by_role("slider", name=label).fill(str(value))


# ---- every figure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_reader_meets_no_fault(page: Page, name: str, theme: str) -> None:
    opened(page, name, theme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert list(layout_faults(page)) == []
        assert list(accessibility_faults(page, contrast=True)) == []


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_reached_and_moved_by_keyboard_alone(page: Page, name: str) -> None:
    figure = opened(page, name)
    state = "e => JSON.stringify({...e.dataset})"
    reached, changed = set(), set()
    for _ in range(40):
        page.keyboard.press("Tab")
        tag = page.evaluate("document.activeElement.closest('.live') && document.activeElement.tagName.toLowerCase()")
        if tag is None:
            break
        spot = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.outerHTML")
        reached.add(spot)
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
        for key in ("ArrowRight", "ArrowDown", "Space", "Enter"):
            before = figure.evaluate(state)
            page.keyboard.press(key)
            if figure.evaluate(state) != before:
                changed.add(spot)
    assert tag is None, "focus leaves the figure at its end"
    assert len(reached) >= 2
    assert len(changed) >= min(2, len(reached))


def test_every_figure_says_what_to_try_and_reports_aloud(page: Page) -> None:
    for name in NAMES:
        figure = opened(page, name)
        assert figure.locator(".live-try").inner_text().startswith("Try: ")
        assert len(figure.get_by_role("status").inner_text()) > 20


def test_planted_a_figure_without_a_module_is_seen(browser: Browser, origin: str) -> None:  # noqa: F811
    page = browser.new_page()
    faults = watch(page, origin)
    body = PAGE.format(name="x", theme="light")
    page.route("**/x.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{origin}/x.html")
    page.wait_for_timeout(500)
    page.close()
    assert any("404" in fault for fault in faults)


# ---- attention ----------------------------------------------------------------------------------------------------

KEYS = torch.tensor([[2.2, 1.0], [1.3, 1.9], [2.1, -0.6], [-1.8, 1.2], [-1.2, -1.5], [0.2, -0.4]], dtype=torch.float64)


def expected_attention(
    query: torch.Tensor, d: int, temperature: float, divided: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of vectors whose two features are repeated until products are √(d / 2) times as large."""
    scores = math.sqrt(d / 2) * KEYS @ query / (math.sqrt(d) if divided else 1.0) / temperature
    weights = scores.softmax(-1)
    return [weights, weights @ KEYS]


@pytest.mark.parametrize("d", [2, 64, 512])
@pytest.mark.parametrize("log_temperature", [-0.5, 0.0, 0.75])
@pytest.mark.parametrize("divided", [True, False])
def test_attention_is_that_of_torch(page: Page, d: int, log_temperature: float, divided: bool) -> None:
    figure = opened(page, "attention")
    set_slider(page, "temperature", log_temperature)
    set_slider(page, "width of the vectors", round(math.log2(d)))
    page.get_by_label("divide the scores").set_checked(divided)
    page.get_by_role("button", name="Put the query on coffee").click()
    query = numbers(figure, "query")
    assert query.tolist() == [1.3, 1.9]
    weights, output = expected_attention(query, d, 10**log_temperature, divided)
    assert near(numbers(figure, "weights"), weights)
    assert near(numbers(figure, "output"), output)


def test_with_two_features_and_the_division_it_is_the_attention_of_the_book(page: Page) -> None:
    figure = opened(page, "attention")
    query = numbers(figure, "query")[None]
    output, weights = attention(query, KEYS, KEYS, need_weights=True)
    assert near(numbers(figure, "weights"), weights[0])
    assert near(numbers(figure, "output"), output[0])


def test_the_query_follows_the_pointer_and_the_arrow_keys(page: Page) -> None:
    figure = opened(page, "attention")
    box = page.locator(".live-plane").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4, steps=4)
    page.mouse.up()
    assert near(numbers(figure, "query"), torch.tensor([-1.5, 1.5]))
    page.mouse.move(box["x"], box["y"])
    assert near(numbers(figure, "query"), torch.tensor([-1.5, 1.5])), "a pointer that holds nothing moves nothing"
    page.get_by_role("slider", name="Query").press("ArrowRight")
    page.get_by_role("slider", name="Query").press("Shift+ArrowDown")
    query = numbers(figure, "query")
    assert near(query, torch.tensor([-1.4, 1.0]))
    assert near(numbers(figure, "weights"), expected_attention(query, 2, 1.0, True)[0])


# ---- masks --------------------------------------------------------------------------------------------------------

REAL = torch.arange(6) < 4
CAUSAL = torch.ones(6, 6, dtype=torch.bool).tril()
PRESETS = {
    "nothing hidden": torch.ones(6, 6, dtype=torch.bool),
    "padding": REAL.expand(6, 6),
    "causal": CAUSAL,
    "both": CAUSAL & REAL,
    "sliding window": CAUSAL & ~CAUSAL.tril(-3),
}


def expected_masked(figure: Locator, mask: torch.Tensor) -> torch.Tensor:
    return numbers(figure, "scores", 6, 6).masked_fill(~mask, -torch.inf).softmax(-1)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_masks_as_torch_does(page: Page, preset: str) -> None:
    figure = opened(page, "masks")
    page.get_by_role("radio", name=preset).check()
    assert (numbers(figure, "mask", 6, 6).bool() == PRESETS[preset]).all()
    assert near(numbers(figure, "weights", 6, 6), expected_masked(figure, PRESETS[preset]))


def test_clicked_cells_flip_and_an_empty_row_is_shown_as_not_a_number(page: Page) -> None:
    figure = opened(page, "masks")
    cells = figure.locator("tbody button")
    cells.nth(3).click()  # query 0 sees key 3, too
    mask = CAUSAL.clone()
    mask[0, 3] = True
    assert near(numbers(figure, "weights", 6, 6), expected_masked(figure, mask))
    assert "now sees Paul 0.57, dog 0.43" in figure.get_by_role("status").inner_text()
    for key in (0, 3):
        cells.nth(key).click()
    mask[0] = False
    assert near(numbers(figure, "weights", 6, 6), expected_masked(figure, mask))
    assert cells.nth(0).inner_text() == "NaN"
    assert figure.locator("tbody .live-sum").first.inner_text() == "0/0"
    assert "NaN" in figure.get_by_role("status").inner_text()


# ---- positions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), [(0, 0), (5, 12), (63, 1), (40, 47)])
def test_positions_are_those_of_the_package(page: Page, a: int, b: int) -> None:
    figure = opened(page, "positions")
    set_slider(page, "position A", a)
    set_slider(page, "position B", b)
    table = SinusoidalPositions(16, 64).table
    assert near(numbers(figure, "a"), table[a])
    assert near(numbers(figure, "b"), table[b])
    assert near(numbers(figure, "product"), (table[a] @ table[b])[None])
    degrees = [float(hand.get_attribute("transform")[7:-1]) for hand in figure.locator(".live-hand.live-a").all()]
    turned = torch.tensor(degrees).deg2rad()
    assert near(torch.stack([turned.sin(), turned.cos()], -1).flatten(), table[a])
    assert figure.locator(".live-map").first.locator("rect:not(.live-mark)").count() == 64 * 16


# ---- heads --------------------------------------------------------------------------------------------------------

HEADS = json.loads((LIVE / "heads.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", [0, 4, 7])
def test_a_head_is_the_attention_of_its_queries_keys_and_values(page: Page, number: int) -> None:
    figure = opened(page, "heads")
    head = HEADS["heads"][number]
    q, k, v = (torch.tensor(head[name], dtype=torch.float64) for name in "qkv")
    output, weights = attention(q, k, v, need_weights=True)
    page.get_by_role("radio", name=f"{head['layer']}.{head['head']}").check()
    for row in range(len(HEADS["tokens"])):
        figure.locator("tbody tr").nth(row).hover()
        assert near(numbers(figure, "weights"), weights[row])
        assert near(numbers(figure, "output"), output[row])
    shown = torch.tensor(
        [[float(cell) for cell in row.split("\t")[1:]] for row in figure.locator("tbody").inner_text().splitlines()]
    )
    assert (shown - weights).abs().max() <= 0.0051


def test_the_heads_come_from_a_trained_model_and_not_from_a_hand() -> None:
    assert HEADS["command"][:4] == ["python", "-m", "translator", "train"]
    assert {(head["layer"], head["head"]) for head in HEADS["heads"]} == {(i, j) for i in (1, 2) for j in (1, 2, 3, 4)}


# ---- decoding -----------------------------------------------------------------------------------------------------

TREE = json.loads((LIVE / "decoding.json").read_text(encoding="utf-8"))


def search(start: str, width: int) -> list[tuple[float, str]]:
    """Finished sentences, best first: the textbook's beam search, written without a look at the figure's."""
    live, finished = [(0.0, (start,))], []
    while live and not (finished and max(finished)[0] >= live[0][0]):
        ranked = sorted(
            ((total + math.log(p), (*words, word)) for total, words in live for word, p in TREE["next"][words[-1]]),
            reverse=True,
        )
        finished += [one for one in ranked[:width] if one[1][-1] in TREE["ends"]]
        live = [one for one in ranked if one[1][-1] not in TREE["ends"]][:width]
        if width == 1 and finished:
            break
    return sorted(finished, reverse=True)


@pytest.mark.parametrize("start", TREE["starts"])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_search_finds_what_the_textbook_finds(page: Page, start: str, width: int) -> None:
    figure = opened(page, "decoding")
    page.get_by_role("radio", name=start, exact=True).check()
    page.get_by_role("radio", name="greedy" if width == 1 else f"beam of {width}").check()
    expected = search(start, width)
    step = page.get_by_role("button", name="Next step")
    while step.is_enabled():
        step.click()
    assert figure.get_attribute("data-done") == "true"
    found = [text.replace(".", " .").replace("?", " ?") for text in figure.get_attribute("data-finished").split("|")]
    assert found == [" ".join(words) for _, words in expected]
    assert near(numbers(figure, "totals"), torch.tensor([total for total, _ in expected]))


def test_the_examples_show_what_greedy_loses_and_that_a_beam_may_lose_more() -> None:
    assert search("on", 2)[0][0] > search("on", 1)[0][0] + 1
    assert search("next", 2)[0][0] > search("next", 1)[0][0] + 1
    assert search("There", 2)[0][0] < search("There", 1)[0][0]


def test_a_step_can_be_taken_back(page: Page) -> None:
    figure = opened(page, "decoding")
    before = figure.get_attribute("data-kept")
    page.get_by_role("button", name="Next step").click()
    assert figure.get_attribute("data-kept") == "on the"
    page.get_by_role("button", name="Back").click()
    assert figure.get_attribute("data-kept") == before


def test_the_probabilities_are_those_of_the_corpus() -> None:
    from tools.live_data import decoding

    fresh: dict[str, Any] = json.loads(json.dumps(decoding()))
    assert fresh == TREE
    assert all(sum(p for _, p in following) <= 1.0001 for following in TREE["next"].values())
