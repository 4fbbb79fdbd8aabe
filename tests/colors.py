"""How colours are seen: light, contrast, and distance, by readers with every kind of colour vision."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike

# What the red, green and blue of light turn into for readers who lack one kind of cone (Machado et al. 2009).
VISION: dict[str, ArrayLike] = {
    "all cones": np.eye(3),
    "no red cones": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green cones": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no blue cones": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
TEXT = 4.5  # the contrast of readable text: WCAG 2, level AA


def light(color: str | ArrayLike) -> np.ndarray:
    """The linear red, green and blue of a colour, from 0 to 1."""
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str | ArrayLike, other: str | ArrayLike) -> float:
    """From 1 to 21, by WCAG 2."""
    low, high = sorted(light(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear light, in which distances follow the eye."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(to_xyz @ rgb / [0.9505, 1.0, 1.089], 0.009, 1.0))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def closest(colors: Mapping[str, str], vision: str) -> tuple[float, str, str]:
    """The two colours that a reader with this vision tells apart least, after their distance."""
    seen = {name: lab(np.clip(VISION[vision] @ light(color), 0, 1)) for name, color in colors.items()}
    return min((float(np.linalg.norm(seen[a] - seen[b])), a, b) for a, b in itertools.combinations(seen, 2))
