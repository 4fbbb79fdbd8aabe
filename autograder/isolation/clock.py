"""A clock for deadlines that stands still while its own process does not run.

Whoever stops a grading (Ctrl-Z) and lets it go on later has not made the student's code any slower.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SLICE = 0.5  # seconds: who waits looks at the clock this often
MOST_AT_ONCE = 1.0  # seconds: between two looks no more than this can pass, unless the process was stopped


class Clock:
    """Seconds in which this process ran, as far as it looked at the clock often enough. Call it for the time."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = now()
        self._seconds = 0.0

    def __call__(self) -> float:
        last, self._last = self._last, self._now()
        self._seconds += min(self._last - last, MOST_AT_ONCE)
        return self._seconds
