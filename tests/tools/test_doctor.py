"""The doctor: healthy here, and each planted illness is named with what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools import doctor


def test_the_environment_of_the_tests_is_healthy() -> None:
    result = subprocess.run([sys.executable, str(doctor.ROOT / "tools" / "doctor.py")], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert "[OK] Python" in result.stdout
    assert "[OK] packages: all" in result.stdout
    assert "[OK] libseccomp" in result.stdout
    assert "which grading uses" in result.stdout


def test_planted_an_old_python_fails() -> None:
    finding = doctor.python((3, 10, 1))
    assert (finding.mark, "3.11" in finding.advice) == ("FAIL", True)


def test_planted_wrong_and_missing_packages_fail_by_name() -> None:
    [finding] = doctor.packages({"numpy": "0.0.1", "no-such-package": "1.0"})
    assert finding.mark == "FAIL"
    assert "numpy" in finding.what
    assert "no-such-package missing" in finding.what


def test_planted_a_data_folder_that_is_none_fails() -> None:
    assert doctor.data("/nowhere/at/all").mark == "FAIL"


def test_planted_a_missing_browser_is_told() -> None:
    finding = doctor.chromium(lambda name: None)
    assert finding.mark == "--"
    assert "apt install chromium" in finding.advice


def test_every_pin_is_read() -> None:
    assert doctor.pins()["nbgrader"]
    lines = (doctor.ROOT / "requirements.txt").read_text().splitlines()
    assert len(doctor.pins()) == sum("==" in line for line in lines)


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LINUX", True)


def missing() -> None:
    raise OSError("libseccomp is missing")


def test_planted_a_missing_filter_library_fails_on_linux(on_linux: None, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = doctor.libseccomp(missing)
    assert (finding.mark, "apt install libseccomp2" in finding.advice) == ("FAIL", True)
    monkeypatch.setattr(doctor, "LINUX", False)
    assert doctor.libseccomp(missing).mark == "--"
    assert doctor.libseccomp(lambda: None).mark == "OK"


def test_planted_a_machine_without_isolation_fails_with_the_reasons(on_linux: None) -> None:
    [finding] = doctor.tiers({"namespaces": "not permitted", "landlock": "no such call"})
    assert (finding.mark, "--unsafe" in finding.advice) == ("FAIL", True)
    assert "namespaces: not permitted; landlock: no such call" in finding.what


def test_the_tiers_are_told_with_the_one_that_is_used() -> None:
    first, second = doctor.tiers({"namespaces": "not permitted", "landlock": ""})
    assert str(first) == "[--] isolation: namespaces does not hold here (not permitted)\n       grading uses landlock"
    assert str(second) == "[OK] isolation: landlock, which grading uses"
    assert [each.mark for each in doctor.tiers({"namespaces": "", "landlock": ""})] == ["OK", "OK"]


def test_planted_the_refusal_of_the_grader_is_read_by_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.processes.engine import Engine, NoIsolation

    def refuse(self: Engine, tiers: tuple[str, ...]) -> str:
        raise NoIsolation("Nothing here\n" + "\n".join(f"  {tier}: it lacks {tier}" for tier in tiers))

    monkeypatch.setattr(Engine, "choose", refuse)
    monkeypatch.setattr("autograder.isolation.client.Zygote.wait_until_ready", lambda self: None)
    [finding] = [each for each in doctor.isolation() if each.what.startswith("isolation: ")]
    assert "namespaces: it lacks namespaces; landlock: it lacks landlock" in finding.what
    assert doctor.reason_of(OSError("broken\nmore"), "landlock") == "broken"


def test_planted_limits_that_the_kernel_does_not_keep_are_told_with_the_reason() -> None:
    told = doctor.together("there is no cgroup v2")
    assert (told.mark, "there is no cgroup v2" in told.what) == ("--", True)
    assert doctor.together("").mark == "OK"
