"""What may be wrong with a rendered page: pure functions, from an open page or a folder of HTML to a list of faults."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext, Page, Request

# A long chapter has a hundred blocks of code and as many formulas, the reference as many functions, each kind made
# alike by one program. Three of a kind stand for all: axe's time grows with the elements of a page, and four fifths of
# a chapter's are in these.
LEAVE_THREE = """() => ['div.highlight pre', 'mjx-container', 'dl.py'].forEach(kind =>
    [...document.querySelectorAll(kind)].slice(3).forEach(element => element.remove()))"""
# No preload: axe would fetch stylesheets again, by wrong addresses.
WCAG = {
    "preload": False,
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
}
TEX_FAULT = "() => [...document.querySelectorAll('mjx-merror')].map(e => e.dataset.mjxError || e.innerText)"
RAW_TEX = "() => [...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container')).length"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
READY = "() => !document.querySelector('.math') || (window.MathJax && MathJax.startup && MathJax.startup.promise)"


def open_faults(context: BrowserContext, url: str, origin: str, contrast: bool = True, narrow: int = 0) -> list[str]:
    """Open `url` and name what a reader would suffer from: network, console, mathematics, layout, accessibility.

    contrast: whether axe also looks at the contrast of every word, which takes most of its time.
    narrow: a width in pixels; the layout is looked at there, too, without loading the page again.
    """
    page = context.new_page()
    found: list[str] = []

    def outside(request: Request) -> None:
        if not request.url.startswith((origin, "data:", "blob:")):
            found.append(f"request off the machine: {request.url}")

    page.on("request", outside)
    page.on("console", lambda message: found.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(f"script error: {error}"))
    page.on("requestfailed", lambda request: found.append(f"request failed: {request.url}"))
    try:
        page.goto(url, wait_until="load")
        page.evaluate(READY)
        found += layout_faults(page)
        if narrow:
            wide = page.viewport_size
            page.set_viewport_size({"width": narrow, "height": wide["height"]})
            found += [f"{narrow} pixels wide: {fault}" for fault in layout_faults(page)]
            page.set_viewport_size(wide)
        found += accessibility_faults(page, contrast)
    finally:
        page.close()
    return found


def layout_faults(page: Page) -> Iterator[str]:
    """Formulas and width of a loaded page, at its present width and theme."""
    yield from (f"TeX error: {text}" for text in page.evaluate(TEX_FAULT))
    if raw := page.evaluate(RAW_TEX):
        yield f"TeX not rendered: {raw} formulas"
    if (pixels := page.evaluate(TOO_WIDE)) > 0:
        yield f"the page scrolls sideways by {pixels} pixels"


def accessibility_faults(page: Page, contrast: bool) -> Iterator[str]:
    """What axe finds; it comes last, since it leaves only three elements of the frequent kinds on the page."""
    options = {**WCAG, "rules": {"color-contrast": {"enabled": contrast}}}
    page.evaluate(LEAVE_THREE)
    for violation in Axe().run(page, options=options).response["violations"]:
        targets = [node["html"][:120] for node in violation["nodes"][:3]]
        yield f"accessibility: {violation['id']}: {violation['help']}: {targets}"


@dataclass(frozen=True)
class Contents:
    """What a page holds that can be asked without a browser. images: of the article, source and alternative text."""

    ids: frozenset[str]
    links: tuple[str, ...]
    images: tuple[tuple[str, str], ...]


@functools.cache
def contents(html: Path) -> Contents:
    """A page is parsed once, though every link to it asks for its anchors."""
    soup = BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser")
    names = {tag["name"] for tag in soup.find_all("a", attrs={"name": True})}
    sources = (("a", "href"), ("img", "src"), ("script", "src"), ("link", "href"))
    links = [tag[attribute] for name, attribute in sources for tag in soup.find_all(name, attrs={attribute: True})]
    article = soup.find("article") or soup
    images = [(image.get("src", ""), image.get("alt") or "") for image in article.find_all("img")]
    images += [(f"drawing {n}", svg.get("aria-label", "")) for n, svg in enumerate(article.select("svg.drawn"), 1)]
    return Contents(frozenset({tag["id"] for tag in soup.find_all(id=True)} | names), tuple(links), tuple(images))


def image_faults(html: Path) -> list[str]:
    """Pictures of the article without alternative text, or with only a file name as such."""
    bad = [source for source, text in contents(html).images if len(text.split()) < 3]
    return [f"{html.name}: image without alternative text: {source}" for source in bad]


def link_faults(html: Path, site: Path) -> list[str]:
    """Internal links whose file or anchor is not there."""
    found: list[str] = []
    for address in contents(html).links:
        link = urlsplit(address)
        if link.scheme or link.netloc or (not link.path and not link.fragment):
            continue
        target = (html.parent / unquote(link.path)).resolve() if link.path else html
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file():
            found.append(f"{html.relative_to(site)}: dead link {address}")
        elif link.fragment and target.suffix == ".html" and unquote(link.fragment) not in contents(target).ids:
            found.append(f"{html.relative_to(site)}: dead anchor {address}")
    return found
