"""The rendered site in a real browser: every page, both themes, two widths, with the network watched."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.book.site_checks import image_faults, link_faults, open_faults
from tests.conftest import ROOT

WIDTHS = {"desktop": 1280, "phone": 390}
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def toc_pages() -> list[str]:
    """Every page of the table of contents, in order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages: list[str] = [toc["root"]]

    def walk(entries: list[dict]) -> None:
        for entry in entries:
            pages.append(entry["file"])
            walk(entry.get("sections", []))

    for part in toc["parts"]:
        walk(part["chapters"])
    return pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine: install the package `chromium`")
        pytest.skip("no Chromium on this machine: install the package `chromium`")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root; the pages are ours.
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; yields its origin."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "max-age=3600")  # MathJax and the theme are read once, not with each page
            super().end_headers()

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *where: Any) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # a tab that is closed hangs up
                super().handle_error(*where)

    with Server(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def origin(site: Path) -> Iterator[str]:
    yield from serve(site)


Reader = Callable[[str, str], BrowserContext]


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Reader]:
    """A reader of each theme on each device, who goes from page to page and keeps what was loaded before."""

    @functools.cache
    def of(theme: str, device: str) -> BrowserContext:
        context = browser.new_context(viewport={"width": WIDTHS[device], "height": 900})
        context.add_init_script(f"for (const key of ['mode', 'theme']) localStorage.setItem(key, '{theme}')")
        return context

    yield of
    for context in browser.contexts:
        context.close()


# Two classes, because the workers of `--dist loadscope` share the tests by class. Colours do not depend on the width,
# and what a page holds does not depend on the theme: contrast is looked at on the desktop, phones are loaded in light.
class TestLight:
    @pytest.mark.parametrize("page", toc_pages())
    @pytest.mark.parametrize("device", WIDTHS)
    def test_a_reader_meets_no_fault(self, reader: Reader, origin: str, page: str, device: str) -> None:
        context, contrast = reader("light", device), device == "desktop"
        assert open_faults(context, f"{origin}/{page}.html", origin, contrast=contrast) == []


class TestDark:
    @pytest.mark.parametrize("page", toc_pages())
    def test_a_reader_meets_no_fault(self, reader: Reader, origin: str, page: str) -> None:
        context = reader("dark", "desktop")
        assert open_faults(context, f"{origin}/{page}.html", origin, narrow=WIDTHS["phone"]) == []


@pytest.mark.parametrize("page", toc_pages())
def test_search_finds_the_page_by_a_word_of_its_title(reader: Reader, origin: str, page: str, site: Path) -> None:
    title = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser").select_one("article h1")
    word = max(title.get_text(" ").replace("#", "").split(), key=len)
    tab = reader("light", "desktop").new_page()
    try:
        tab.goto(f"{origin}/search.html?q={word}")
        # Results come one after the other; a word such as "Attention" has many.
        tab.wait_for_selector(f'#search-results ul.search li a[href*="{page}"]', state="attached", timeout=20_000)
    finally:
        tab.close()


def test_every_internal_link_and_anchor_is_alive(site: Path) -> None:
    pages = [site / f"{page}.html" for page in toc_pages()]
    assert [fault for page in pages for fault in link_faults(page, site)] == []


def test_every_figure_has_alternative_text(site: Path) -> None:
    assert [fault for page in toc_pages() for fault in image_faults(site / f"{page}.html")] == []


PAGE = """<!DOCTYPE html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"></head>
<body><main><h1>A page</h1>{}</main></body></html>"""
PLANTED = {
    "request off the machine": '<img alt="a b c" src="http://192.0.2.1/pixel.png">',
    "console": "<script>console.error('broken')</script>",
    "script error": "<script>throw new Error('broken')</script>",
    "TeX error": '<mjx-merror data-mjx-error="Unknown macro"></mjx-merror>',
    "TeX not rendered": '<script>window.MathJax = {startup: {promise: 1}}</script><span class="math">\\frac{1}</span>',
    "scrolls sideways": '<div style="width: 3000px">wide</div>',
    "accessibility: color-contrast": '<p style="color: #bbb; background: #fff">faint words</p>',
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_of_a_page_is_named(browser: Browser, tmp_path: Path, fault: str) -> None:
    (tmp_path / "page.html").write_text(PAGE.replace("{}", PLANTED[fault]), encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 900})
    context.route("http://192.0.2.1/*", lambda route: route.fulfill(status=200, body=""))
    for origin in serve(tmp_path):
        found = open_faults(context, f"{origin}/page.html", origin)
    context.close()
    assert any(fault in each for each in found), found


def test_planted_a_page_too_wide_for_a_phone_only_is_named(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.replace("{}", '<div style="width: 600px">wide</div>'), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for origin in serve(tmp_path):
        (fault,) = open_faults(context, f"{origin}/page.html", origin, narrow=390)
    context.close()
    assert "390 pixels wide: the page scrolls sideways" in fault


def test_a_good_page_has_no_fault(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.replace("{}", "<p>Words.</p>"), encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 900})
    for origin in serve(tmp_path):
        assert open_faults(context, f"{origin}/page.html", origin) == []
    context.close()


def test_planted_dead_links_and_missing_alternative_text_are_named(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("{}", '<a href="gone.html">x</a><a href="#gone">y</a><img src="page.html" alt="png">'))
    faults = " ".join([*link_faults(page, tmp_path), *image_faults(page)])
    assert "dead link gone.html" in faults
    assert "dead anchor #gone" in faults
    assert "image without alternative text" in faults


SCREEN = 800  # pixels of a desktop's screen
REFERENCE = [page for page in toc_pages() if page.startswith("book/reference")]


def too_long(browser: Browser, address: str, screens: int = 15) -> str:
    """Empty, or by how much a page is longer than a reader wants to scroll on a desktop."""
    tab = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": SCREEN})
    try:
        tab.goto(address, wait_until="load")
        pixels = tab.evaluate("document.documentElement.scrollHeight")
    finally:
        tab.close()
    return f"{pixels / SCREEN:.1f} screens, more than {screens}: split the page" if pixels > screens * SCREEN else ""


@pytest.mark.parametrize("page", REFERENCE)
def test_no_page_of_the_reference_is_longer_than_fifteen_screens(browser: Browser, origin: str, page: str) -> None:
    assert too_long(browser, f"{origin}/{page}.html") == ""


def test_planted_a_page_that_is_too_long_is_named(browser: Browser, tmp_path: Path) -> None:
    tall = '<div style="height: 12500px">tall</div>'
    (tmp_path / "page.html").write_text(PAGE.replace("{}", tall), encoding="utf-8")
    for origin in serve(tmp_path):
        assert "15.7 screens, more than 15" in too_long(browser, f"{origin}/page.html")


def found_by_search(browser: Browser, origin: str, word: str) -> list[str]:
    """The addresses of the pages that the site's search shows for a word, best first."""
    tab = browser.new_page()
    try:
        tab.goto(f"{origin}/search.html?q={word}")
        tab.wait_for_function("/finished|matching/.test(document.querySelector('#search-results')?.innerText)")
        links = tab.eval_on_selector_all("#search-results ul.search li a", "links => links.map(link => link.href)")
    finally:
        tab.close()
    return [link.removeprefix(f"{origin}/") for link in links]


def ranks_the_reference_last(found: list[str]) -> bool:
    is_reference = [link.startswith("book/reference/") for link in found]
    return is_reference == sorted(is_reference)


@pytest.mark.parametrize("word", ["attention", "mask", "encoder", "checkpoint"])
def test_search_shows_chapters_before_the_reference(browser: Browser, origin: str, word: str) -> None:
    found = found_by_search(browser, origin, word)
    assert any(link.startswith("book/reference/") for link in found)
    assert ranks_the_reference_last(found), found


def test_planted_a_reference_page_that_is_found_first_is_seen() -> None:
    assert not ranks_the_reference_last(["book/reference/translator.html", "book/05-attention.html"])
