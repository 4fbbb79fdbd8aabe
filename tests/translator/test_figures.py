"""Laws of the figures: every reader can see them, every part of the map can be lit, a wrong label is refused."""

import itertools
import math
import re
import warnings
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.colors import TEXT, VISION, closest, contrast
from translator import figures
from translator.figures.cross_attention import figure
from translator.figures.style import HEAT

PHONE = 350  # pixels that are left for a figure on a phone 390 pixels wide


@pytest.fixture(autouse=True)
def _style():
    plt.switch_backend("agg")
    figures.use_style()
    yield
    plt.close("all")
    plt.rcdefaults()


def pixels(ax: Axes) -> np.ndarray:
    """What a reader sees: (height, width, 3), from 0 to 255."""
    ax.figure.canvas.draw()
    return np.asarray(ax.figure.canvas.buffer_rgba())[..., :3].astype(int)


# ---- the style ----------------------------------------------------------------------------------------------------


def test_a_notebook_stores_svg_that_is_the_same_each_time_and_shows_on_any_ground():
    setup = "import matplotlib.pyplot as plt\nfrom translator import figures\nfigures.use_style()"
    draw = "figures.heatmap([[0.5, 0.25]], ['a'], ['b', 'c']);"
    notebook = new_notebook(cells=[new_code_cell(source) for source in (setup, draw, draw)])
    NotebookClient(notebook, kernel_name="python3").execute()
    one, two = (cell.outputs[0].data for cell in notebook.cells[1:])
    assert set(one) == {"image/svg+xml", "text/plain"}
    assert one["image/svg+xml"] == two["image/svg+xml"]
    svg = ElementTree.fromstring(one["image/svg+xml"])
    ground = next(element for element in svg.iter() if element.tag.endswith("}path"))
    assert ground.get("style") == "fill: #ffffff"
    assert "metadata" not in one["image/svg+xml"]


@pytest.mark.parametrize("name", figures.COLORS)
def test_every_color_has_the_contrast_of_readable_text_on_white(name):
    assert contrast(figures.COLORS[name], "white") >= TEXT


@pytest.mark.parametrize("vision", VISION)
def test_every_two_colors_stay_apart_for_every_kind_of_color_vision(vision):
    assert closest(figures.COLORS, vision)[0] >= 15, closest(figures.COLORS, vision)


def test_the_style_does_not_depend_on_the_settings_of_the_reader():
    wanted = dict(plt.rcParams)
    plt.rcParams.update({"font.family": "serif", "figure.facecolor": "black", "lines.linewidth": 9, "axes.grid": False})
    figures.use_style()
    assert dict(plt.rcParams) == wanted


# ---- the map ------------------------------------------------------------------------------------------------------


def test_an_unknown_part_is_refused_with_the_names_of_all_parts():
    with pytest.raises(ValueError, match="found hyphens, query; expected any of") as caught:
        figures.transformer_map(("attention", "query", "hyphens"))
    assert all(part in str(caught.value) for part in figures.PARTS)


@pytest.mark.parametrize("part", figures.PARTS)
def test_every_part_is_lit_in_its_color_and_everything_else_is_grey(part):
    dark, lit = pixels(figures.transformer_map(())), pixels(figures.transformer_map((part,)))
    color = np.round(255 * np.array(to_rgb(figures.COLORS[figures.PARTS[part]])))
    assert (dark.max(-1) - dark.min(-1)).max() <= 16, "the map without lit parts is grey"
    assert not (abs(dark - color).max(-1) <= 1).any()
    assert (abs(lit - color).max(-1) <= 1).sum() > 100
    assert (dark != lit).any(-1).mean() < 0.5, "most of the map stays as it was"


def test_no_two_parts_light_the_same_things():
    drawings = [pixels(figures.transformer_map((part,))) for part in figures.PARTS]
    assert not any((one == other).all() for one, other in itertools.combinations(drawings, 2))


def test_lighting_all_parts_leaves_no_label_in_grey():
    ax = figures.transformer_map(figures.PARTS)
    words = [text for text in ax.texts if text.get_text()]
    assert not [text.get_text() for text in words if text.get_color() == figures.COLORS["grey"]]
    assert [text.get_text() for text in words if text.get_weight() != "bold"] == []


def test_attention_is_lit_by_default_and_one_name_needs_no_tuple():
    assert (pixels(figures.transformer_map()) == pixels(figures.transformer_map("attention"))).all()


@pytest.mark.parametrize("lit", [(), figures.PARTS], ids=["grey", "lit"])
def test_no_label_leaves_the_map_or_touches_another(lit):
    ax = figures.transformer_map(lit)
    ax.figure.canvas.draw()
    labels = {text: text.get_window_extent() for text in ax.texts if text.get_text()}
    width, height = ax.figure.canvas.get_width_height()
    for text, box in labels.items():
        assert 0 <= box.x0 < box.x1 <= width, text
        assert 0 <= box.y0 < box.y1 <= height, text
    overlaps = [
        (a.get_text(), b.get_text()) for a, b in itertools.combinations(labels, 2) if labels[a].overlaps(labels[b])
    ]
    assert overlaps == []


def test_every_label_is_legible_on_a_phone():
    ax = figures.transformer_map()
    width = ax.figure.get_figwidth() * 72  # points
    assert min(text.get_fontsize() for text in ax.texts if text.get_text()) / width * PHONE >= 10


def test_the_map_fits_into_axes_of_another_size():
    figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3.5))
    assert figures.transformer_map("encoder", ax=left) is left
    assert plt.get_fignums() == [figure.number]
    assert not right.texts
    figure.canvas.draw()
    labels = [text.get_window_extent() for text in left.texts if text.get_text()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(labels, 2))


# ---- the heatmap --------------------------------------------------------------------------------------------------

ROWS, COLUMNS = ["er", "bellt"], ["the", "dog", "barks"]


@pytest.mark.parametrize("shape", [(3, 2), (2, 2), (6,), (1, 2, 3)])
def test_a_matrix_that_does_not_fit_its_labels_is_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"found a matrix of shape {shape}, expected (2, 3)")):
        figures.heatmap(torch.zeros(shape), ROWS, COLUMNS)
    assert plt.get_fignums() == []


def test_every_number_and_label_stands_at_its_row_and_column():
    matrix = torch.tensor([[0.125, 0.5, 0.375], [0.0, 0.25, 0.75]], dtype=torch.bfloat16, requires_grad=True)
    ax = figures.heatmap(matrix, ROWS, COLUMNS, title="head 1")
    written = {(int(y), int(x)): float(text.get_text()) for text in ax.texts for x, y in [text.get_position()]}
    assert written == {(i, j): pytest.approx(matrix[i, j].item(), abs=0.0051) for i in range(2) for j in range(3)}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ROWS
    assert [tick.get_text() for tick in ax.get_xticklabels()] == COLUMNS
    assert (ax.get_ylabel(), ax.get_xlabel(), ax.get_title()) == ("query", "key", "head 1")


def cells(ax: Axes, ground: str = "white") -> np.ndarray:
    """(rows, columns, 3): the colours of a heatmap's cells on a ground."""
    (mesh,) = ax.collections
    rgba = mesh.to_rgba(mesh.get_array())
    return rgba[..., 3:] * rgba[..., :3] + (1 - rgba[..., 3:]) * to_rgb(ground)


def test_a_larger_weight_is_darker_and_zero_is_the_ground():
    brightness = cells(figures.heatmap([[0.0, 0.2, 0.8]], ["a"], COLUMNS))[0].sum(-1)
    assert brightness[0] == 3.0
    assert brightness[0] > brightness[1] > brightness[2]


def test_the_sign_of_a_score_shows_in_its_color():
    negative, zero, positive = cells(figures.heatmap([[-2.0, 0.0, 1.0]], ["a"], COLUMNS))[0]
    assert negative[0] > negative[2], "orange"
    assert tuple(zero) == (1.0, 1.0, 1.0)
    assert positive[0] < positive[2], "blue"


def test_the_first_row_stands_on_top_and_the_first_column_on_the_left():
    seen = pixels(figures.heatmap([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], ROWS, COLUMNS, values=False))
    down, across = np.argwhere(abs(seen - 255 * np.array(to_rgb(HEAT["blue"]))).max(-1) < 2).mean(0)
    assert down < len(seen) / 2
    assert across < len(seen[0]) / 2


def test_many_cells_are_stored_as_one_picture():
    few, many = (figures.heatmap(torch.rand(n, n), ["r"] * n, ["c"] * n, values=False) for n in (20, 40))
    assert not few.collections[0].get_rasterized()
    assert many.collections[0].get_rasterized()


def test_the_score_of_a_masked_key_is_drawn_as_minus_infinity_and_does_not_flatten_the_others():
    ax = figures.heatmap(torch.tensor([[1.0, -1.0, -math.inf]]), ["a"], COLUMNS)
    assert [text.get_text() for text in ax.texts] == ["1.00", "−1.00", "−∞"]
    assert ax.collections[0].norm.vmax == 1.0


@pytest.mark.parametrize("smallest", [0.0, -1.0])
def test_every_number_is_readable_on_the_color_of_its_cell(smallest):
    matrix = torch.linspace(smallest, 1.0, 60).reshape(2, 30)
    ax = figures.heatmap(matrix, ROWS, COLUMNS * 10)
    colors = cells(ax)
    for text in ax.texts:
        column, row = text.get_position()
        assert contrast(colors[int(row), int(column)], text.get_color()) >= TEXT


def test_a_mask_is_drawn_without_numbers_and_without_a_color_bar():
    ax = figures.heatmap(torch.tensor([[True, False, False], [True, True, False]]), ROWS, COLUMNS)
    assert not ax.texts
    assert ax.figure.axes == [ax]


def test_without_numbers_a_color_bar_gives_the_scale():
    ax = figures.heatmap(torch.rand(2, 3), ROWS, COLUMNS, values=False)
    assert not ax.texts
    assert len(ax.figure.axes) == 2


def test_the_heatmap_is_drawn_where_it_is_told_to():
    _, (left, right) = plt.subplots(1, 2)
    assert figures.heatmap(torch.rand(2, 3), ROWS, COLUMNS, ax=right) is right
    assert right.collections
    assert not left.collections


def test_drawing_twice_gives_the_same_picture():
    matrix = torch.rand(2, 3)
    draws = [lambda: figures.heatmap(matrix, ROWS, COLUMNS), lambda: figures.transformer_map(figures.PARTS)]
    for draw in draws:
        assert (pixels(draw()) == pixels(draw())).all()


# ---- attention of a translation -----------------------------------------------------------------------------------

LONG = "Donaudampfschifffahrtsgesellschaft"


def outside(picture: Figure) -> list[str]:
    """The texts that the edge of the picture cuts off."""
    canvas = picture.bbox
    boxes = {text: text.get_window_extent() for text in picture.findobj(Text) if text.get_text() and text.get_visible()}
    assert len(boxes) > 8
    return [
        text.get_text()
        for text, box in boxes.items()
        if box.x0 < canvas.x0 or box.y0 < canvas.y0 or box.x1 > canvas.x1 or box.y1 > canvas.y1
    ]


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (["</s>"], ["</s>"]),
        ([*"ab", "</s>"], [*"ab", LONG]),
        ([LONG, "</s>"], [LONG] * 3 + ["</s>"]),
        (["die"] * 30, [*"abcdefghijkl", "sentences"]),
    ],
)
def test_no_text_of_the_attention_figure_leaves_it(rows, columns, layers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # where there is no room, matplotlib says so
        picture = figure(torch.rand(layers, len(rows), len(columns)), rows, columns)
    assert outside(picture) == []
    titles = [ax.get_title() for ax in picture.axes if ax.get_title()]
    assert titles == [f"decoder layer {layer + 1}" for layer in range(layers)]


def test_planted_a_text_beyond_the_edge_is_found():
    picture = figure(torch.rand(1, 3, 3), [*"abc"], [*"def"])
    picture.text(0.99, 0.5, "clipped")
    assert outside(picture) == ["clipped"]
