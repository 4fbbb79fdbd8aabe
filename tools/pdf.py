"""`make pdf`: the book as one PDF, printed from the built site by Chromium, with an outline and working links.

Every page is printed for itself and the parts are joined. A link from one page of the book to another becomes a jump
within the file; folds are open; the quizzes' answers stand at the end of their page.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import io
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NullObject

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.doctor import BROWSERS, ROOT

# MathJax has set the formulas, every fold is open, the answers are collected.
PREPARE = """async (ids) => {
    await (window.MathJax?.startup?.promise);
    document.querySelectorAll('article details').forEach((fold) => { fold.open = !fold.matches('.option'); });
    document.querySelectorAll('img[loading]').forEach((image) => image.removeAttribute('loading'));
    const article = document.querySelector('article');
    const quizzes = [...article.querySelectorAll('.quiz')];
    if (quizzes.length) {
        article.insertAdjacentHTML('beforeend', '<section><h2>Answers</h2></section>');
        for (const quiz of quizzes) for (const option of quiz.querySelectorAll('.option')) {
            const line = option.querySelector('.reason').cloneNode(true);
            const mark = option.classList.contains('right') ? '✓' : '✕';
            line.prepend(`${quiz.dataset.question} (${option.dataset.option}) ${mark}`);
            article.lastElementChild.append(line);
        }
    }
    // Chromium remembers the place of an anchor only when the same page links to it.
    const links = document.createElement('div');
    for (const id of ids) {
        const link = document.createElement('a');
        link.href = '#' + id;
        link.textContent = '\\u00a0';
        links.append(link);
    }
    links.style.cssText = 'font-size: 1px; line-height: 1px; overflow: hidden';
    article.append(links);
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
}"""
STYLE = """@media print { .bd-header, .bd-header-article, .bd-sidebar-primary, .bd-sidebar-secondary, .prev-next-footer,
    .bd-footer, .bd-footer-content, .headerlink, .copybtn, .quiz-count, .live-figure, .skip-link, #pst-back-to-top
    { display: none !important } .bd-main .bd-content .bd-article-container { max-width: 100%; overflow: visible }
    pre { white-space: pre-wrap !important } figure, .quiz, .cell_output { break-inside: avoid } }"""


class PdfError(Exception):
    """The book cannot be printed; the message says what is missing."""


@dataclass(frozen=True)
class Part:
    """A printed page of the book."""

    name: str  # such as book/05-attention
    title: str
    depth: int  # in the table of contents
    pdf: bytes


@dataclass(frozen=True)
class Spot:
    """Where an anchor stands in the whole file."""

    page: int
    top: float | None


def contents(toc: dict) -> Iterator[tuple[str, int]]:
    """The pages of the table of contents in their order, with their depth."""

    def walk(entries: list[dict], depth: int) -> Iterator[tuple[str, int]]:
        for entry in entries:
            yield entry["file"], depth
            yield from walk(entry.get("sections", []), depth + 1)

    yield toc["root"], 0
    for part in toc["parts"]:
        yield from walk(part["chapters"], 0)


def anchors(site: Path, names: list[str]) -> dict[str, list[str]]:
    """By page: the ids that other pages of the book link to."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for name in names:
        article = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser").select_one(
            "article"
        )
        for link in article.select("a[href*='#']") if article else ():
            address, fragment = urldefrag(urljoin(f"{name}.html", str(link["href"])))
            target = address.removesuffix(".html")
            if target in found and target != name and fragment:
                found[target].add(unquote(fragment))
    return {name: sorted(ids) for name, ids in found.items()}


@contextmanager
def served(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def print_page(tab: Page, address: str, ids: list[str]) -> bytes:
    tab.goto(address, wait_until="load")
    tab.add_style_tag(content=STYLE)
    tab.evaluate(PREPARE, ids)
    margin = {side: "15mm" for side in ("top", "bottom", "left", "right")}
    return tab.pdf(format="A4", margin=margin, print_background=False, outline=True, tagged=True)


def printed(site: Path, toc: dict, origin: str) -> Iterator[Part]:
    """Print every page of the table of contents. Raises PdfError without a browser."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        raise PdfError("no Chromium on this machine: install the package `chromium`")
    pages = list(contents(toc))
    ids = anchors(site, [name for name, _ in pages])
    with sync_playwright() as playwright:
        flags = (
            ["--no-sandbox"] if os.geteuid() == 0 else []
        )  # Chromium's sandbox does not start as root; ours are pages
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--disable-gpu", *flags])
        context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
        context.add_init_script("for (const key of ['mode', 'theme']) localStorage.setItem(key, 'light')")
        tab = context.new_page()
        tab.emulate_media(media="print")
        for name, depth in pages:
            pdf = print_page(tab, f"{origin}{name}.html", ids[name])
            title = tab.eval_on_selector("article h1", "h1 => h1.firstChild.textContent.trim()")
            yield Part(name, str(title), depth, pdf)
        browser.close()


def spots(reader: PdfReader, first: int) -> dict[str, Spot]:
    """The anchors of one part. first: the number of its first page in the whole file."""
    found = {}
    for name, destination in reader.named_destinations.items():
        number = reader.get_destination_page_number(destination)
        top = destination.get("/Top")
        if number is not None:
            found[unquote(str(name)).lstrip("/")] = Spot(first + number, float(top) if top is not None else None)
    return found


def join(parts: list[Part], origin: str) -> bytes:
    """One file of all parts, with an outline; links to the origin become jumps. Links that lead nowhere stay out."""
    writer, places, starts = PdfWriter(), {}, {}
    parents: list = []
    for part in parts:
        reader = PdfReader(io.BytesIO(part.pdf))
        starts[part.name] = len(writer.pages)
        places[part.name] = spots(reader, starts[part.name])
        for page in reader.pages:
            writer.add_page(page)
        parents = parents[: part.depth]
        above = parents[-1] if parents else None
        parents.append(writer.add_outline_item(title=part.title, page_number=starts[part.name], parent=above))
    owners = [name for name, first in starts.items() for _ in range(pages_of(name, starts, len(writer.pages)))]
    for page, owner in zip(writer.pages, owners, strict=True):
        kept = ArrayObject()
        for reference in page.get("/Annots", []):
            annotation = reference.get_object()
            spot = target(annotation, owner, origin, places, starts)
            if spot:
                annotation.pop("/A", None)
                annotation[NameObject("/Dest")] = destination(writer, spot)
            if spot or leaves_the_book(annotation, origin):
                kept.append(reference)
        page[NameObject("/Annots")] = kept
    writer.compress_identical_objects()
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def pages_of(name: str, starts: dict[str, int], total: int) -> int:
    following = [first for first in starts.values() if first > starts[name]]
    return min(following, default=total) - starts[name]


def target(
    annotation: DictionaryObject, owner: str, origin: str, places: dict[str, dict[str, Spot]], starts: dict[str, int]
) -> Spot | None:
    """Where a link within the book leads; None for one that leaves it."""
    action = annotation.get("/A", DictionaryObject()).get_object()
    name = annotation.get("/Dest") or action.get("/D")
    if isinstance(name, str):
        return places[owner].get(unquote(name).lstrip("/"))
    uri = action.get("/URI")
    if uri is None or not str(uri).startswith(origin):
        return None
    address, fragment = urldefrag(str(uri)[len(origin) :])
    page = address.removesuffix(".html")
    if page not in starts:
        return None
    return places[page].get(unquote(fragment), Spot(starts[page], None))


def leaves_the_book(annotation: DictionaryObject, origin: str) -> bool:
    """Whether it is a link to elsewhere. Those to files of the site, such as an enlarged picture, are not kept."""
    uri = annotation.get("/A", DictionaryObject()).get_object().get("/URI")
    return uri is not None and not str(uri).startswith(origin)


def destination(writer: PdfWriter, spot: Spot) -> ArrayObject:
    top = FloatObject(spot.top) if spot.top is not None else NullObject()
    page = writer.pages[spot.page].indirect_reference
    return ArrayObject([page, NameObject("/XYZ"), NullObject(), top, NullObject()])


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make pdf", description=__doc__)
    arguments.add_argument("--site", type=Path, default=ROOT / "_build" / "html", help="the built site")
    arguments.add_argument("--out", type=Path, default=ROOT / "_build" / "book.pdf", help="the file to write")
    given = arguments.parse_args()
    began = time.monotonic()
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    if not (given.site / f"{toc['root']}.html").is_file():
        print(f"{given.site} holds no built book: run `make book` first", file=sys.stderr)
        return 1
    try:
        with served(given.site) as origin:
            parts = list(printed(given.site, toc, origin))
            whole = join(parts, origin)
    except PdfError as error:
        print(error, file=sys.stderr)
        return 1
    given.out.write_bytes(whole)
    pages = len(PdfReader(io.BytesIO(whole)).pages)
    print(f"wrote {given.out}: {pages} pages, {len(whole) / 1e6:.1f} MB, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
