"""The translator in the page: its numbers are the package's, and a reader can drive it."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from playwright.sync_api import Browser, Page

from tests.book.site_checks import accessibility_faults, layout_faults
from tests.book.test_site import WIDTHS, browser, origin  # noqa: F401  (fixtures)
from tests.conftest import ROOT
from translator.data.tokenizer import Tokenizer
from translator.decoding import textbook
from translator.decoding.batch import cross_attention
from translator.decoding.search import greedy, limits
from translator.export.browser import read
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS

STATIC = ROOT / "book" / "_static" / "live-translator"
LANGUAGES = ("de", "zh")
SENTENCES = (
    "I know the lady who played the guitar.",
    "The gentleman will read us the poem on Friday.",
    "Does he sometimes read the poem?",
)
TOLERANCE = 1e-3
LOAD = """async (language) => {
    const { load } = await import('/_static/live-translator/files.js');
    window.model = await import('/_static/live-translator/model.js');
    window.pair = await load(new URL(`/_static/live-translator/en-${language}/`, location));
}"""
LOGITS = """([source, target]) => {
    const { memory } = pair.model.encode(source), { logits, cross } = pair.model.decode(target, memory);
    return [Array.from(logits.data), cross];
}"""


@pytest.fixture(scope="module", params=LANGUAGES)
def pair(request: pytest.FixtureRequest) -> tuple[str, Transformer, Tokenizer]:
    """A language, and what lies beside the page for it, as the package reads it."""
    folder = STATIC / f"en-{request.param}"
    return request.param, read(folder), Tokenizer.load(folder / "tokenizer.json")


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:  # noqa: F811
    page = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 900})
    page.goto(f"{origin}/book/translator.html")
    yield page
    page.close()


def largest_difference(page: Page, model: Transformer, source: list[int], target: list[int]) -> float:
    """Between the page's logits and the package's, and between what the heads of cross-attention looked at."""
    found, looked = page.evaluate(LOGITS, [source, target])
    with torch.inference_mode():
        ours = model(torch.tensor([source]), torch.tensor([target]))[0]
    weights = cross_attention(model, source, target[1:])  # (layers, heads, Lt, Ls)
    theirs = torch.tensor(looked)[..., : weights.size(2), :]
    return max(
        float((torch.tensor(found).view_as(ours) - ours).abs().max()),
        float((theirs[:, :, : weights.size(2)] - weights).abs().max()),
    )


def test_its_logits_and_weights_are_the_package_s(page: Page, pair: tuple[str, Transformer, Tokenizer]) -> None:
    language, model, tokenizer = pair
    page.evaluate(LOAD, language)
    for ids in tokenizer.encode(SENTENCES):
        source = [*ids, EOS]
        (translation,) = greedy(model, [source])
        assert largest_difference(page, model, source, [BOS, *translation, EOS]) < TOLERANCE


def test_planted_a_model_that_computes_something_else_is_noticed(page: Page) -> None:
    model, tokenizer = read(STATIC / "en-de"), Tokenizer.load(STATIC / "en-de" / "tokenizer.json")
    page.evaluate(LOAD, "de")
    page.evaluate("() => { pair.model.config.heads = 8; }")
    (ids,) = tokenizer.encode(SENTENCES[:1])
    with pytest.raises((AssertionError, RuntimeError, ValueError)):
        assert largest_difference(page, model, [*ids, EOS], [BOS, 7, 8]) < TOLERANCE


def test_greedy_and_beam_search_find_what_the_package_finds(
    page: Page, pair: tuple[str, Transformer, Tokenizer]
) -> None:
    language, model, tokenizer = pair
    page.evaluate(LOAD, language)
    for ids in tokenizer.encode(SENTENCES):
        source = [*ids, EOS]
        (translation,) = greedy(model, [source])
        assert page.evaluate("source => model.greedy(pair.model, source).ids", source) == [BOS, *translation, EOS]
        best = textbook.beam(model, source, width=3, alpha=0.6, limit=limits(model, [source])[0])[0]
        found = page.evaluate(
            "source => { const { finished: [best] } = model.beam(pair.model, source, 3, 0.6); "
            "return [best.ids, best.score]; }",
            source,
        )
        assert found[0] == [BOS, *best.ids, EOS]
        assert found[1] == pytest.approx(best.score, abs=TOLERANCE)


@pytest.mark.parametrize(
    "text", [*SENTENCES, "  It's 12,5 %…  naïve Ångström  ", "她 在公园里读3本书。", "</s> <pad>", "🦆\tduck"]
)
def test_its_tokens_are_the_tokenizer_s(page: Page, pair: tuple[str, Transformer, Tokenizer], text: str) -> None:
    language, _, tokenizer = pair
    page.evaluate(LOAD, language)
    found = page.evaluate("text => pair.tokenizer.encode(text)", text)
    assert [found] == tokenizer.encode([text])
    assert page.evaluate("ids => pair.tokenizer.decode(ids)", found) == tokenizer.decode([found])[0]


def translated(page: Page) -> None:
    """Press Translate by keyboard and wait for the result."""
    page.locator(".tr-go").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tr-output")


def test_a_reader_translates_points_and_searches_by_keyboard(page: Page) -> None:
    model, tokenizer = read(STATIC / "en-de"), Tokenizer.load(STATIC / "en-de" / "tokenizer.json")
    source = [*tokenizer.encode([page.input_value(".translator-page input[type=text]")])[0], EOS]
    (ids,) = greedy(model, [source])
    translated(page)
    assert page.inner_text(".tr-output") == tokenizer.decode([ids])[0]
    mean = cross_attention(model, source, [*ids, EOS])[-1].mean(0)  # (Lt, Ls)
    page.locator("button.tr-token").nth(2).focus()
    shown = [
        float(w) for w in page.locator(".tr-sources .tr-token").evaluate_all("all => all.map(e => e.dataset.weight)")
    ]
    assert shown == pytest.approx(mean[2].tolist(), abs=TOLERANCE)
    with torch.no_grad():
        after = model(torch.tensor([source]), torch.tensor([[BOS, *ids[:2]]]))[0, -1]
    after[[0, BOS]] = -math.inf
    likely = after.softmax(-1).topk(5)
    bars = page.locator(".tr-bar").evaluate_all("all => all.map(e => [Number(e.dataset.id), Number(e.dataset.p)])")
    assert [p for _, p in bars] == pytest.approx(likely.values.tolist(), abs=TOLERANCE)
    assert bars[0][0] == likely.indices[0]
    page.get_by_role("button", name="Grow the tree").press("Enter")
    ranked = page.locator(".tr-ranking li").first
    assert ranked.inner_text().startswith(tokenizer.decode([ids])[0])
    page.locator(".tr-head").nth(1).press("Enter")
    head = cross_attention(model, source, [*ids, EOS])[0, 1]
    shown = [
        float(w) for w in page.locator(".tr-sources .tr-token").evaluate_all("all => all.map(e => e.dataset.weight)")
    ]
    assert shown == pytest.approx(head[2].tolist(), abs=TOLERANCE)


def test_the_model_is_fetched_on_request_and_unknown_words_are_named(browser: Browser, origin: str) -> None:  # noqa: F811
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{origin}/book/translator.html", wait_until="networkidle")
    assert not [url for url in asked if "safetensors" in url]
    page.fill(".translator-page input[type=text]", "The dog eats a pizza.")
    page.get_by_label("Chinese").check()
    translated(page)
    assert "“pizza”" in page.inner_text(".tr-status >> nth=0")
    assert [url.rsplit("/", 2)[1] for url in asked if url.endswith("model.safetensors")] == ["en-zh"]
    assert [url for url in asked if not url.startswith(origin)] == []
    page.close()


def test_a_model_that_cannot_be_fetched_is_said_in_one_line(page: Page) -> None:
    page.route("**/*.safetensors", lambda route: route.abort())
    page.locator(".tr-go").press("Enter")
    page.wait_for_function("() => document.querySelector('.tr-status').textContent.includes('could not be used')")


@pytest.mark.parametrize("device", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("where", ["translator", "index"])
def test_its_results_fit_and_can_be_read(browser: Browser, origin: str, where: str, theme: str, device: str) -> None:  # noqa: F811
    context = browser.new_context(viewport={"width": WIDTHS[device], "height": 900})
    context.add_init_script(f"for (const key of ['mode', 'theme']) localStorage.setItem(key, '{theme}')")
    page = context.new_page()
    page.goto(f"{origin}/book/{where}.html")
    translated(page)
    if where == "translator":
        page.get_by_role("button", name="Grow the tree").press("Enter")
    assert list(layout_faults(page)) == []
    assert list(accessibility_faults(page, contrast=True)) == []
    context.close()


def test_all_weights_together_are_below_four_megabytes() -> None:
    assert sum(file.stat().st_size for file in STATIC.rglob("*") if file.suffix != ".js") < 4_000_000
    code = (STATIC / name for name in ("model.js", "files.js"))
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in code) <= 400


def test_the_home_page_shows_a_wrong_answer_and_its_feedback_as_they_are() -> None:
    text = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    cell = ROOT / "bank" / "05-attention" / "test-match-weights"
    assert (cell / "wrong" / "unscaled.py").read_text(encoding="utf-8").strip() in text
    expected: dict[str, Any] = tomllib.loads((cell / "expected.toml").read_text(encoding="utf-8"))
    (quoted,) = [line[2:] for line in text.splitlines() if line.startswith("> ")]
    message = re.sub(r"\{ref\}`([^<`]+) <[^>`]+>`", r"\1", quoted)  # the page links the section
    assert all(words in message for words in expected["wrong"]["unscaled"]["message"])
    source = nbformat.read(ROOT / "solutions" / "05-attention" / "05-attention.ipynb", as_version=4)
    assert any(message in cell.source for cell in source.cells)


def test_the_home_page_cites_the_version_that_is_built() -> None:
    project = tomllib.loads(Path(ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Version {project['version']}." in (ROOT / "book" / "index.md").read_text(encoding="utf-8")
