"""What a reader does on a page, in a real browser: opens folds, answers the quiz, without a mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.book.test_site import browser, origin  # noqa: F401  fixtures

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
