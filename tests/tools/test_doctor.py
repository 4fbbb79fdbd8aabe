"""The doctor: healthy here, and each planted illness is named with what to do."""

from __future__ import annotations

import subprocess
import sys

from tools import doctor


def test_the_environment_of_the_tests_is_healthy() -> None:
    result = subprocess.run([sys.executable, str(doctor.ROOT / "tools" / "doctor.py")], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert "[OK] Python" in result.stdout
    assert "[OK] packages: all" in result.stdout


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
