"""What a reader does on a page, in a real browser: opens folds, answers the quiz, without a mouse."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.book.site_checks import READY
from tests.book.test_pages import ANSWER, DEEPER, DROPDOWN, QUESTION, build, chapter_pages
from tests.book.test_site import PAGE, browser, origin, serve  # noqa: F401  fixtures

CHAPTER = "book/07-multi-head.html"


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:  # noqa: F811
    """A tab of a reader who was never here, on a desktop."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


class TestQuiz:
    def test_a_keyboard_opens_an_options_reason(self, tab: Page, origin: str) -> None:  # noqa: F811
        tab.goto(f"{origin}/{CHAPTER}")
        option = tab.locator(".quiz").first.locator(".option").nth(1)
        assert not option.locator(".reason").is_visible()
        tab.locator(".quiz .option summary").first.focus()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        assert option.locator(".reason").is_visible()
        assert not tab.locator(".quiz .option").first.locator(".reason").is_visible()

    def test_right_answers_are_counted_kept_and_end_in_a_mark_of_the_chapter(self, tab: Page, origin: str) -> None:  # noqa: F811
        tab.goto(f"{origin}/{CHAPTER}")
        total = tab.locator(".quiz").count()
        tab.locator(".quiz").first.locator(".option:not(.right) summary").first.click()
        assert f"0 of {total}" in count(tab) or f"{total} questions" in count(tab)
        for place in range(total):
            tab.locator(".quiz").nth(place).locator(".option.right summary").click()
        expected = f"Quiz: {total} of {total} answered, {total - 1} at the first try. Done."
        tab.wait_for_function("text => document.querySelector('.quiz-count').innerText.startsWith(text)", arg=expected)
        tab.goto(f"{origin}/book/05-attention.html")
        marked = tab.locator("nav.bd-links a:has(.quiz-done)")
        assert [link.get_attribute("href") for link in marked.all()] == ["07-multi-head.html"]
        tab.goto(f"{origin}/{CHAPTER}")
        assert count(tab).startswith(expected)
        assert tab.locator(".option[open]").count() == 0
        tab.get_by_role("button", name="Start over").click()
        assert tab.locator(".quiz-done").count() == 0

    def test_without_storage_every_option_still_opens(self, tab: Page, origin: str) -> None:  # noqa: F811
        tab.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden') }})")
        tab.goto(f"{origin}/{CHAPTER}")
        option = tab.locator(".quiz .option.right").first
        option.locator("summary").click()
        assert option.locator(".reason").is_visible()

    def test_storage_that_holds_something_else_is_no_fault(self, tab: Page, origin: str) -> None:  # noqa: F811
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.add_init_script("localStorage.setItem('quiz', 'not JSON')")
        tab.goto(f"{origin}/{CHAPTER}")
        tab.locator(".quiz .option.right summary").first.click()
        assert faults == []


def count(tab: Page) -> str:
    return tab.locator(".quiz-count").first.inner_text()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with a Deeper section that holds a label, a dropdown, and another page that links into them."""
    text = f"## One\n\n{DROPDOWN}\n\n(sec-proof)=\n{DEEPER}\n\n## After\n\n{QUESTION}\n{ANSWER}"
    out, _ = build(tmp_path_factory.mktemp("folds"), page=text, other="{ref}`sec-lemma` {ref}`sec-proof`")
    yield from serve(out)


class TestFolds:
    def test_a_link_into_a_fold_opens_it(self, tab: Page, small: str) -> None:
        tab.goto(f"{small}/other.html")
        tab.get_by_role("link", name="A lemma").click()
        tab.wait_for_url("**/page.html#*")
        assert tab.get_by_role("heading", name="A lemma").is_visible()

    def test_a_link_to_a_folded_section_opens_it_and_one_within_the_page_too(self, tab: Page, small: str) -> None:
        tab.goto(f"{small}/other.html")
        tab.get_by_role("link", name="Deeper").click()
        tab.wait_for_url("**/page.html#*")
        lemma = tab.get_by_role("heading", name="A lemma")
        lemma.wait_for(state="visible")
        tab.goto(f"{small}/page.html")
        assert not lemma.is_visible()
        tab.evaluate("location.hash = 'sec-lemma'")
        lemma.wait_for(state="visible")

    def test_a_keyboard_opens_a_deeper_section(self, tab: Page, small: str) -> None:
        tab.goto(f"{small}/page.html")
        tab.locator("details.deeper > summary").last.focus()
        tab.keyboard.press("Enter")
        assert tab.get_by_role("heading", name="A lemma").is_visible()

    def test_the_printer_gets_every_fold_open_but_no_answer(self, tab: Page, small: str) -> None:
        tab.goto(f"{small}/page.html")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator("details.fold:not([open])").count() == 0
        assert tab.locator("details.option[open]").count() == 0
        tab.evaluate("dispatchEvent(new Event('afterprint'))")
        assert tab.locator("details.fold[open]").count() == 0


class TestPreviews:
    @pytest.mark.parametrize(
        ("selector", "words"),
        {
            "a term": ("article a[href^='glossary.html#term-']", "head"),
            "a source": ("article a[href^='references.html#']", "Attention is all you need"),
            "a figure": ("article p a[href^='#fig-']", "Fig."),
            "a section of another chapter": ("article a[href^='05-attention.html#']", "5."),
        }.values(),
    )
    def test_a_mouse_on_a_link_shows_what_it_leads_to(
        self,
        tab: Page,
        origin: str,  # noqa: F811
        selector: str,
        words: str,
    ) -> None:
        tab.goto(f"{origin}/{CHAPTER}")
        tab.locator(selector).first.hover()
        preview = tab.get_by_role("tooltip")
        preview.wait_for(state="visible")
        assert words.lower() in preview.inner_text().lower()
        assert preview.locator("[id]").count() == 0

    def test_a_keyboard_opens_and_closes_a_preview(self, tab: Page, origin: str) -> None:  # noqa: F811
        tab.goto(f"{origin}/{CHAPTER}")
        link = tab.locator("article a[href^='glossary.html#term-']").first
        tab.locator("article").click(position={"x": 5, "y": 5})
        while not link.evaluate("link => link === document.activeElement"):
            tab.keyboard.press("Tab")
        preview = tab.get_by_role("tooltip")
        preview.wait_for(state="visible")
        assert link.get_attribute("aria-describedby") == preview.get_attribute("id")
        tab.keyboard.press("Escape")
        assert preview.count() == 0
        assert link.get_attribute("aria-describedby") is None


@pytest.mark.parametrize("system", ["light", "dark"])
def test_a_page_follows_the_theme_of_the_system(browser: Browser, origin: str, system: str) -> None:  # noqa: F811
    context = browser.new_context(color_scheme=system)
    tab = context.new_page()
    tab.goto(f"{origin}/book/how-to.html")
    theme = tab.get_attribute("html", "data-theme")
    context.close()
    assert theme == system


TEXT = ("text/", "application/javascript", "application/json", "image/svg")
LIMIT = 1_500_000  # bytes


def weight(browser: Browser, address: str) -> int:  # noqa: F811
    """The bytes that a first visit transfers from a server that compresses text, as public ones do."""
    tab, total = browser.new_page(), 0
    answers: list[Response] = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.goto(address, wait_until="networkidle")
    for answer in answers:
        body = answer.body()
        is_text = answer.headers.get("content-type", "").startswith(TEXT)
        total += len(gzip.compress(body, 6)) if is_text else len(body)
    tab.close()
    return total


@pytest.mark.parametrize("page", chapter_pages())
def test_a_page_weighs_less_than_a_megabyte_and_a_half(browser: Browser, origin: str, page: str) -> None:  # noqa: F811
    assert weight(browser, f"{origin}/{page}.html") < LIMIT


def test_planted_a_heavy_page_is_weighed(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "big.png").write_bytes(bytes(LIMIT))
    (tmp_path / "page.html").write_text(PAGE.replace("{}", "<img src='big.png' alt='a big one'>"), encoding="utf-8")
    for here in serve(tmp_path):
        assert weight(browser, f"{here}/page.html") > LIMIT


# Code that does not fit, words broken before their end, formulas whose comma starts the next line.
CUT_OFF = "() => [...document.querySelectorAll('article pre')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
COMMAS = """() => [...document.querySelectorAll('article mjx-container')].filter((formula) => {
    const next = formula.closest('.math').nextSibling;
    if (!next || next.nodeType !== 3 || !/^[,.;:)]/.test(next.data)) return false;
    const range = document.createRange();
    range.setStart(next, 0);
    range.setEnd(next, 1);
    const sign = range.getBoundingClientRect(), box = formula.getBoundingClientRect();
    return sign.height && sign.left < box.left;
}).length"""


BROKEN = """() => [...document.querySelectorAll('article code .pre')].filter(
    (word) => word.getClientRects().length > 1 && /^[\\w.()]{2,24}$/.test(word.textContent)).length"""


def reading_faults(tab: Page) -> list[str]:
    tab.evaluate(READY)
    found = {"blocks of code are cut off": CUT_OFF, "formulas lost their comma to the next line": COMMAS}
    found["words are broken"] = BROKEN
    return [f"{number} {fault}" for fault, script in found.items() if (number := tab.evaluate(script))]


@pytest.mark.parametrize("page", chapter_pages())
def test_code_fits_on_a_desktop_and_no_comma_starts_a_line(tab: Page, origin: str, page: str) -> None:  # noqa: F811
    tab.goto(f"{origin}/{page}.html")
    assert reading_faults(tab) == []


@pytest.mark.parametrize("page", chapter_pages())
def test_no_comma_starts_a_line_on_a_phone(browser: Browser, origin: str, page: str) -> None:  # noqa: F811
    tab = browser.new_page(viewport={"width": 390, "height": 900})
    tab.goto(f"{origin}/{page}.html")
    tab.evaluate(READY)
    commas = tab.evaluate(COMMAS)
    tab.close()
    assert commas == 0


def test_planted_code_that_is_cut_off_is_seen(tab: Page, tmp_path: Path) -> None:
    code = f"<article><pre style='overflow: auto'>{'x' * 400}</pre></article>"
    (tmp_path / "page.html").write_text(PAGE.replace("{}", code), encoding="utf-8")
    for here in serve(tmp_path):
        tab.goto(f"{here}/page.html")
        assert reading_faults(tab) == ["1 blocks of code are cut off"]


def test_planted_a_broken_word_is_seen(tab: Page, tmp_path: Path) -> None:
    word = "<article><p style='width: 3ch'><code><span class='pre'>namespaces</span></code></p></article>"
    broken = PAGE.replace("{}", word).replace("<body>", "<body style='overflow-wrap: anywhere'>")
    (tmp_path / "page.html").write_text(broken, encoding="utf-8")
    for here in serve(tmp_path):
        tab.goto(f"{here}/page.html")
        assert reading_faults(tab) == ["1 words are broken"]


def test_planted_a_comma_at_the_start_of_a_line_is_seen(tab: Page, tmp_path: Path) -> None:
    style = "display: block; width: 80px; margin-left: 10px"
    formula = f"<span class='math'><mjx-container style='{style}'>x</mjx-container></span>"
    text = f"<article><p style='width: 100px; font-size: 20px'>{formula}, and</p></article>"
    (tmp_path / "page.html").write_text(PAGE.replace("{}", text), encoding="utf-8")
    for here in serve(tmp_path):
        tab.goto(f"{here}/page.html")
        assert tab.evaluate(COMMAS) == 1
