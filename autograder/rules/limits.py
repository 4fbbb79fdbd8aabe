"""What a submission may use. Defaults that suit a light notebook; an assignment's metadata may set others.

The set-up cell of an assignment (its first locked code cell) may carry `course.limits` in its metadata, such as
`{"limits": {"cpu_seconds": 120, "memory_mb": 3072}}`. The same limits hold in self-check and in grading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from autograder.errors import CourseError


@dataclass(frozen=True)
class Limits:
    """The limits of one submission; each is a total over all its processes, save `cell_seconds`."""

    cpu_seconds: int = 60
    wall_seconds: int = 120
    cell_seconds: int = 30
    memory_mb: int = 2048
    processes: int = 32  # threads count too
    output_kb: int = 1000
    disk_mb: int = 64

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def sentence(self) -> str:
        """What a student is told."""
        return (
            f"Your notebook may use {self.cpu_seconds} s of processor time ({self.wall_seconds} s by the clock, "
            f"{self.cell_seconds} s for one cell), {self.memory_mb} MB of memory, {self.processes} processes and "
            f"threads, {self.output_kb} kB of output and {self.disk_mb} MB of files. There is no network."
        )


def limits_from(settings: Mapping[str, Any]) -> Limits:
    """The limits that an assignment's metadata sets. Raises CourseError for a name or a value that makes no sense."""
    known = {field.name for field in fields(Limits)}
    for name, value in settings.items():
        if name not in known:
            raise CourseError(f"course.limits: {name!r} is unknown; known are {', '.join(sorted(known))}.")
        if type(value) is not int or value <= 0:
            raise CourseError(f"course.limits: {name} is {value!r}; it has to be a whole number above 0.")
    return Limits(**settings)
