"""`make doctor`: a line for each thing that a reader, student or instructor needs, and what to do without it.

[OK] it is there. [FAIL] something does not work without it. [--] it is optional and not there.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LINUX = platform.system() == "Linux"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    mark: str  # "OK", "FAIL" or "--"
    what: str
    advice: str = ""

    def __str__(self) -> str:
        return f"[{self.mark}] {self.what}" + (f"\n       {self.advice}" if self.advice else "")


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    text = ".".join(map(str, version))
    if version < (3, 11):
        return Finding("FAIL", f"Python {text}", "Python 3.11 is needed: make PYTHON=python3.11 course")
    return Finding("OK", f"Python {text} on {platform.system()} {platform.machine()}")


def pins(root: Path = ROOT) -> dict[str, str]:
    """The exact pins of requirements.txt, by name."""
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if re.fullmatch(r"[\w.-]+==[\w.]+", line))


def packages(expected: dict[str, str]) -> Iterator[Finding]:
    """Each pinned package, whose version may carry a local suffix such as +cpu."""
    wrong = []
    for name, version in expected.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found.split("+")[0] != version:
            wrong.append(f"{name} {found} (expected {version})")
    if wrong:
        yield Finding("FAIL", f"packages: {'; '.join(wrong)}", "delete .venv and run make course again")
    else:
        yield Finding("OK", f"packages: all {len(expected)} pins of requirements.txt")


def own_packages() -> Finding:
    """The project's packages, as a notebook's kernel would import them."""
    command = [sys.executable, "-c", "import autograder, translator"]
    if subprocess.run(command, cwd=Path.home(), capture_output=True).returncode:
        return Finding("FAIL", "packages translator and autograder", "delete .venv and run make course again")
    return Finding("OK", "packages translator and autograder")


def chromium(which: Callable[[str], str | None] = shutil.which) -> Finding:
    found = next(filter(None, map(which, BROWSERS)), None)
    if found:
        return Finding("OK", f"Chromium ({Path(found).name}), for the tests of the site")
    return Finding("--", "Chromium: the tests of the site are skipped", "on Debian or Ubuntu: apt install chromium")


def libseccomp(find: Callable[[], object]) -> Finding:
    """The library that makes the grader's system-call filter. find: raises OSError where it is missing."""
    try:
        find()
    except OSError:
        advice = "nothing is graded without it; on Debian or Ubuntu: apt install libseccomp2"
        return Finding("FAIL" if LINUX else "--", "libseccomp, for the grader's sandbox", advice)
    return Finding("OK", "libseccomp, for the grader's sandbox")


def tiers(lacking: dict[str, str]) -> Iterator[Finding]:
    """The tiers of isolation. lacking: each tier, best first, with what it lacks here, or an empty text."""
    if all(lacking.values()):
        why = "; ".join(f"{tier}: {reason}" for tier, reason in lacking.items())
        advice = "grade on Linux with user namespaces or Landlock; `grade --unsafe` is for a class that you trust"
        yield Finding("FAIL" if LINUX else "--", f"isolation: none, so that nothing is graded ({why})", advice)
        return
    used = next(tier for tier, reason in lacking.items() if not reason)
    for tier, reason in lacking.items():
        if reason:
            yield Finding("--", f"isolation: {tier} does not hold here ({reason})", f"grading uses {used}")
        else:
            yield Finding("OK", f"isolation: {tier}" + (", which grading uses" if tier == used else ""))


def isolation() -> Iterator[Finding]:
    """Whether this machine can shut submitted code in: each tier is entered once, as a grading would."""
    try:
        from autograder.isolation import groups, syscalls
        from autograder.isolation.jail import TIERS
        from autograder.processes.engine import CourseError, Engine
    except ImportError:
        yield Finding("--", "isolation: unknown, packages are missing")
        return
    yield libseccomp(syscalls.library)
    lacking = dict.fromkeys(TIERS, "")
    try:
        with Engine(ROOT) as engine:
            for tier in TIERS:
                try:
                    engine.choose((tier,))
                except CourseError as error:
                    lacking[tier] = reason_of(error, tier)
    except (CourseError, OSError) as error:
        lacking = {tier: reason_of(error, tier) for tier in TIERS}
    yield from tiers(lacking)
    if LINUX:
        yield together(groups.lacking_here())


def reason_of(error: Exception, tier: str) -> str:
    """What the grader's refusal says of this tier; the first line where it says nothing of it."""
    lines = str(error).splitlines() or [type(error).__name__]
    named = [line.partition(": ")[2] for line in lines if line.startswith(f"  {tier}: ")]
    return (named or lines)[0]


def together(lacking: str) -> Finding:
    """Who keeps the memory that several processes of one submission use. lacking: why the kernel does not."""
    if lacking:
        advice = (
            "one process is limited by the kernel in any case; systemd-run --user --scope -p Delegate=yes make grade"
        )
        return Finding("--", f"limits: several processes of one submission are counted ({lacking})", advice)
    return Finding("OK", "limits: the kernel keeps those of a whole submission (cgroup v2)")


def gpu() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding("--", "GPU: unknown, PyTorch is missing")
    if torch.cuda.is_available():
        return Finding("OK", f"GPU: {torch.cuda.get_device_name(0)}")
    return Finding("--", "GPU: none; every chapter runs on a CPU")


def data(folder: str | None = None) -> Finding:
    folder = folder or os.environ.get("TRANSLATOR_DATA", "")
    if not folder:
        return Finding("--", "data: TRANSLATOR_DATA is not set; the book needs no corpus, training on real text will")
    if not Path(folder).is_dir():
        return Finding("FAIL", "data: TRANSLATOR_DATA names no folder", "unset it, or name the folder of the corpora")
    return Finding("OK", "data: TRANSLATOR_DATA names a folder")


def report() -> list[Finding]:
    return [python(), *packages(pins()), own_packages(), chromium(), *isolation(), gpu(), data()]


def main() -> int:
    findings = report()
    print("\n".join(map(str, findings)))
    return 1 if any(finding.mark == "FAIL" for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
