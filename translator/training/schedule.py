"""The learning rate over a run: up in a line, then down. Section 5.3 of Vaswani et al. 2017 has one such shape."""

from __future__ import annotations

import math

from translator.training.settings import Settings


def learning_rate(settings: Settings, step: int, fraction: float) -> float:
    """The rate of update `step` (from 1).

    Adam's first steps rest on few gradients: its second moments are noise, and a large step in a bad direction is
    what warm-up prevents. After it the rate falls, so that the last updates settle instead of jumping about.

    Args:
        settings: peak rate, updates of warm-up and the shape of the decay. "linear" and "cosine" end at zero and give
            the best model of a run whose length is known; "inverse-sqrt" is the paper's, for runs without an end.
        fraction: how much of the run is done, 0 to 1, by updates or by the clock.
    """
    rise = min(1.0, step / settings.warmup) if settings.warmup else 1.0
    fraction = min(max(fraction, 0.0), 1.0)
    fall = {
        "linear": 1.0 - fraction,
        "cosine": 0.5 * (1.0 + math.cos(math.pi * fraction)),
        "inverse-sqrt": math.sqrt(max(settings.warmup, 1) / max(step, settings.warmup, 1)),
        "constant": 1.0,
    }[settings.schedule]
    return settings.learning_rate * rise * fall
