"""The figures of the site: they follow its theme, keep their words and their alternative text, and can be enlarged."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb
from playwright.sync_api import Browser, Page

from tests.book.site_checks import image_faults, open_faults
from tests.book.test_site import browser, serve, toc_pages  # noqa: F401 (a fixture)
from tests.colors import TEXT, VISION, closest, contrast
from tests.conftest import ROOT
from tools.pages import figures as pages_figures
from translator import figures
from translator.figures.style import LETTERS

STATIC = ROOT / "book" / "_static"
CSS = (STATIC / "figures.css").read_text(encoding="utf-8")
VALUES = {name: (day, night) for name, day, night in re.findall(r"--fig-([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)}
NIGHT = {name: VALUES[name][1] for name in figures.COLORS}
GROUND = VALUES["paper"][1]


def drawn(**more: object) -> str:
    """A figure with a heatmap, a formula, black and white letters, a colour of its own and a raster."""
    figures.use_style()
    figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
    figures.heatmap([[0.1, 0.9], [0.4, -0.9]], ["a", "b"], ["c", "d"], ax=left)
    right.plot([1, 2], [1, 3], color="#31708f", label=r"$\sqrt{d_k}$")
    right.scatter([1, 2], [2, 3], rasterized=True)
    right.legend()
    file = io.BytesIO()
    figure.savefig(file, format="svg", **more)
    plt.close(figure)
    return file.getvalue().decode()


# ---- the palette at night -----------------------------------------------------------------------------------------


def test_by_day_every_color_is_that_of_the_package() -> None:
    by_name = {value.removeprefix("var(--fig-").rstrip(")"): color for color, value in pages_figures.PALETTE.items()}
    assert {name: day for name, (day, _) in VALUES.items()} == by_name


@pytest.mark.parametrize("name", [*figures.COLORS, "ink"])
def test_at_night_every_color_has_the_contrast_of_readable_text(name: str) -> None:
    assert contrast(VALUES[name][1], GROUND) >= TEXT


@pytest.mark.parametrize("vision", VISION)
def test_at_night_every_two_colors_stay_apart_for_every_kind_of_color_vision(vision: str) -> None:
    assert closest(NIGHT, vision)[0] >= 15, closest(NIGHT, vision)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["blue", "orange"])
def test_at_night_every_number_is_readable_on_its_cell(sign: float) -> None:
    figures.use_style()
    ax = figures.heatmap(sign * np.linspace(0.0, 1.0, 200)[None], ["a"], [""] * 200)
    night = np.array(to_rgb(VALUES["heat-blue" if sign > 0 else "heat-orange"][1]))
    letters = {LETTERS["on pale"]: VALUES["on-pale"][1], LETTERS["on full"]: VALUES["on-full"][1]}
    (mesh,) = ax.collections
    for text, strength in zip(ax.texts, mesh.to_rgba(mesh.get_array())[0, :, 3], strict=True):
        cell = strength * night + (1 - strength) * np.array(to_rgb(GROUND))
        assert contrast(cell, letters[text.get_color()]) >= TEXT, (text.get_text(), strength)
    plt.close("all")


@pytest.mark.parametrize("color", ["#e9ebee", "#a4a9b0", "#31708f", "#ffcc00", "#000080"])
def test_a_color_without_a_name_keeps_its_hue_and_its_contrast_with_the_ground_at_night(color: str) -> None:
    night = pages_figures.dark(color)
    assert contrast(night, GROUND) >= min(TEXT, 0.6 * contrast(color, "white"))
    day, dark = (np.array(to_rgb(c)) - np.mean(to_rgb(c)) for c in (color, night))
    if np.linalg.norm(day) > 0.1:
        assert day @ dark / np.linalg.norm(day) / np.linalg.norm(dark) > 0.85


# ---- what becomes of the file -------------------------------------------------------------------------------------


def test_every_part_is_named_once_and_every_reference_leads_to_it() -> None:
    pages = [pages_figures.themed(drawn(), "a"), pages_figures.themed(drawn(dpi=50), "b")]
    names = [name for page in pages for name in re.findall(r' id="([^"]+)"', page)]
    used = {
        name for page in pages for name in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page) for name in name if name
    }
    assert len(set(names)) == len(names) > 20
    assert used == set(names)


def test_the_ground_goes_and_no_color_is_left_that_does_not_follow_the_theme() -> None:
    page = ElementTree.fromstring(pages_figures.themed(drawn(), "a"))
    styles = [element.get("style", "") for element in page.iter()]
    assert not [style for style in styles if re.search(r"(fill|stroke): #", style)]
    assert any("var(--fig-ink)" in style for style in styles)
    assert any("light-dark(#31708f, #" in style for style in styles)
    assert not any(element.tag in ("style", "metadata", "script") for element in page.iter())
    whole = f"{float(page.get('viewBox').split()[2]):.2f}"
    assert not any(f"L {whole} 0" in element.get("d", "") for element in page.iter())


def test_alternative_text_survives_whatever_it_holds(tmp_path: Path) -> None:
    alt = 'A line that "rises" from 0 < x & falls'
    (tmp_path / "page.html").write_text(f"<article>{pages_figures.themed(drawn(), alt)}</article>", encoding="utf-8")
    assert image_faults(tmp_path / "page.html") == []
    assert ElementTree.fromstring(pages_figures.themed(drawn(), alt)).get("aria-label") == alt


def test_planted_a_drawing_without_alternative_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<article>{pages_figures.themed(drawn(), '')}</article>", encoding="utf-8")
    assert image_faults(tmp_path / "page.html") == ["page.html: image without alternative text: drawing 1"]


def test_planted_an_svg_that_is_not_one_of_ours_is_left_alone() -> None:
    assert pages_figures.is_drawn(drawn())
    assert not pages_figures.is_drawn((STATIC / "favicon.svg").read_text(encoding="utf-8"))


def loaded_as_files(html: Path) -> list[str]:
    """The figures that a page loads as files, which know nothing of its theme."""
    article = BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser").find("article")
    sources = [image["src"] for image in article.select('img[src$=".svg"]')]
    return [source for source in sources if pages_figures.is_drawn((html.parent / source).read_text(encoding="utf-8"))]


def test_every_figure_of_the_site_is_part_of_its_page(site: Path) -> None:
    assert [source for page in toc_pages() for source in loaded_as_files(site / f"{page}.html")] == []
    assert (site / "book" / "map.html").read_text(encoding="utf-8").count('class="drawn"') == 5


def test_planted_a_figure_that_is_loaded_as_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "figure.svg").write_text(drawn(), encoding="utf-8")
    (tmp_path / "page.html").write_text('<article><img src="figure.svg" alt="A rising line."></article>')
    assert loaded_as_files(tmp_path / "page.html") == ["figure.svg"]


# ---- in the browser -----------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html lang="en" data-theme="{theme}"><head><title>A page</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="figures.css"><script src="zoom.js"></script>
<style>body {{ background: var(--fig-paper); color: var(--fig-ink) }}</style></head>
<body><main><article><h1>A page</h1><figure>{svg}
<figcaption><span class="caption-number">Fig. 5.2 </span>It rises.</figcaption></figure></article></main></body>
</html>"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("figures")
    svg = pages_figures.themed(drawn(), "A heatmap beside a rising line.")
    for theme in ("light", "dark"):
        (folder / f"{theme}.html").write_text(PAGE.format(theme=theme, svg=svg), encoding="utf-8")
    for name in ("figures.css", "zoom.js"):
        (folder / name).write_bytes((STATIC / name).read_bytes())
    yield from serve(folder)


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:  # noqa: F811
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{origin}/light.html")
    yield page
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_with_a_figure_has_no_fault(browser: Browser, origin: str, theme: str) -> None:  # noqa: F811
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    assert open_faults(context, f"{origin}/{theme}.html", origin, narrow=390) == []
    context.close()


def test_the_switch_of_the_theme_recolors_the_figure_whatever_the_system_prefers(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    colors = "() => [...new Set([...document.querySelectorAll('svg.drawn *')].map(e => getComputedStyle(e).fill))]"
    day = page.evaluate(colors)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    night = page.evaluate(colors)
    for name in ("ink", "paper", "heat-blue"):
        assert [rgb(VALUES[name][0]) in colors for colors in (day, night)] == [True, VALUES[name][0] == "#ffffff"]
        assert [rgb(VALUES[name][1]) in colors for colors in (day, night)] == [False, True]


def rgb(color: str) -> str:
    return "rgb({}, {}, {})".format(*(int(color[i : i + 2], 16) for i in (1, 3, 5)))


def test_a_figure_is_enlarged_by_keyboard_and_focus_comes_back(page: Page) -> None:
    figure = page.locator("figure svg.drawn")
    small = figure.bounding_box()["width"]
    length = page.evaluate("document.documentElement.scrollHeight")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Enlarge Fig. 5.2"
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Fig. 5.2 enlarged")
    large = dialog.get_by_role("img", name="A heatmap beside a rising line.")
    assert large.bounding_box()["width"] > 1.5 * small
    assert "It rises." in dialog.inner_text()
    assert page.evaluate("document.documentElement.scrollHeight") == length
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert figure.bounding_box()["width"] == small
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Enlarge Fig. 5.2"


def test_a_click_enlarges_and_a_second_one_closes(page: Page) -> None:
    page.locator("figure svg.drawn").click()
    assert page.locator("dialog svg.drawn").count() == 1
    page.locator("dialog svg.drawn").click()
    assert page.locator("figure svg.drawn").count() == 1


def test_on_a_phone_the_enlarged_figure_is_larger_than_the_screen_and_scrolls(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator("figure svg.drawn").click()
    assert page.locator("dialog svg.drawn").bounding_box()["width"] > 700
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    frame = page.locator(".zoom-picture")
    assert frame.evaluate("e => e.scrollWidth > e.clientWidth")
