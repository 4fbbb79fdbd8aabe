"""What a job may see: the Python environment with its libraries, a few devices, and copies of listed packages.

Nothing of the repository is part of it. Where this project is itself installed in the environment, it is left out.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.errors import CourseError

# Not /dev/zero: what is mapped from it is shared memory, which no count of a process's own would show.
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
FACTS = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache")


@dataclass(frozen=True)
class VisibleFiles:
    """The paths of a job. libraries: the folders that Python imports from, in order, without the standard library."""

    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    libraries: tuple[str, ...]
    standard: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def beneath(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths that lie beneath none of the others."""
    unique = sorted({os.path.realpath(path) for path in paths if os.path.exists(path)})
    return [path for path in unique if not any(beneath(path, other) for other in unique if other != path)]


@cache
def own_packages() -> tuple[str, ...]:
    """The top-level packages of this project, which no job may import unless its assignment lists them."""
    names = set()
    for distribution in importlib.metadata.packages_distributions().get("autograder", []):
        top = importlib.metadata.distribution(distribution).read_text("top_level.txt") or ""
        names.update(top.split())
    return tuple(sorted(names | {"autograder"}))


def environment_files(root: Path) -> VisibleFiles:
    """The world of this interpreter's environment. Raises CourseError when the course at `root` would be inside it."""
    inside = (os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix))
    libraries = [p for p in dict.fromkeys(map(os.path.realpath, sys.path)) if os.path.basename(p).endswith("-packages")]
    standard = [p for p in sys.path if p and p not in libraries and beneath(os.path.realpath(p), inside[1])]
    standard = [p for p in standard if os.path.realpath(p) not in libraries]
    readable = outermost([*SYSTEM[:1], *inside, *libraries])
    course = os.path.realpath(root)
    if around := [folder for folder in readable if beneath(course, folder)]:
        raise CourseError(
            f"The course lies in {around[0]}, which submissions can read, as a part of the Python environment. "
            "Move one of the two: a virtual environment beside or inside the course is fine."
        )
    hidden = [os.path.join(folder, name) for folder in libraries for name in own_packages()]
    return VisibleFiles(
        readable=(*readable, *(path for path in SYSTEM[1:] if os.path.exists(path)), *DEVICES),
        hidden=tuple(path for path in hidden if os.path.isdir(path)),
        libraries=tuple(libraries),
        standard=tuple(standard),
    )


def copy_packages(names: Iterable[str], target: Path) -> Path:
    """Read-only copies of Python packages, in a folder of their own. Raises CourseError for one that is not there."""
    for name in names:
        if not name.isidentifier():
            raise CourseError(f"course.packages: {name!r} is not the name of a package.")
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise CourseError(f"course.packages: the package {name!r} is not installed; the assignment asks for it.")
        source = next(iter(spec.submodule_search_locations))
        shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for file in files:
            os.chmod(os.path.join(folder, file), 0o444)
    return target


@cache
def environment_hash() -> str:
    """A hash of the interpreter's version and of every installed distribution's."""
    versions = sorted(f"{d.name.lower()}=={d.version}" for d in importlib.metadata.distributions() if d.name)
    return hashlib.sha256("\n".join([sys.version, *versions]).encode()).hexdigest()
