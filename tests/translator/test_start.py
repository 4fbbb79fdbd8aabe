"""How a command starts: at once, with one import of torch, and it ends in a line where the machine fails it."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from translator import cli

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "numpy", "tokenizers", "safetensors", "rich", "sacrebleu", "matplotlib")


def python(*arguments: str, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, text=True, stderr=subprocess.PIPE, **how)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in cli.COMMANDS), ["train"], ["nope"]])
def test_help_and_mistakes_are_answered_without_torch(arguments: list[str]) -> None:
    code = f"""if True:
        import runpy, sys
        sys.argv[1:] = {arguments}
        try:
            runpy.run_module("translator", run_name="__main__")
        except SystemExit as end:
            print([name for name in {HEAVY} if name in sys.modules], end.code)"""
    done = python("-c", code, stdout=subprocess.PIPE)
    assert done.stdout.endswith(f"[] {0 if '--help' in arguments else 2}\n"), done.stderr


def test_a_command_runs_in_the_process_that_was_started(tmp_path: Path) -> None:
    """It must not start itself anew: that would import torch twice, and a signal would reach the wrong one."""
    code = """if True:
        import os, runpy, subprocess, sys
        def never(*arguments, **how):
            raise AssertionError("another process")
        os.execv = os.execve = os.execvpe = os.posix_spawn = os.fork = subprocess.Popen = never
        sys.argv[1:] = ["translate", "nowhere", "a"]
        runpy.run_module("translator", run_name="__main__")"""
    done = python("-c", code)
    assert "holds no training run" in done.stderr
    assert "another process" not in done.stderr


def test_every_option_says_what_it_does_and_what_it_is_by_default() -> None:
    (commands,) = [a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    assert list(commands.choices) == list(cli.COMMANDS)
    for action in commands.choices["train"]._actions:
        assert action.help, action.option_strings
        assert action.required or action.dest == "help" or "(default: " in action.help, action.option_strings


def test_all_output_goes_through_a_full_disk_with_a_line(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        return
    code = "import sys; from translator import cli; from translator.cli import translate\n"
    code += "translate.run = lambda options: print('x' * 100) or 0\n"
    code += "sys.exit(cli.main(['translate', 'run', 'a']))"
    with open("/dev/full", "w") as full:
        done = python("-c", code, stdout=full)
    assert done.stderr == (
        "error: No space left on device. Check the path, its permissions and the space on the disk, "
        "and run the command again.\n"
    )
    assert done.returncode == 1


def test_a_failure_of_the_machine_is_a_line_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from translator.cli import translate

    def fail(options: argparse.Namespace) -> int:
        (tmp_path / "gone" / "file").read_text()
        return 0

    monkeypatch.setattr(translate, "run", fail)
    assert cli.main(["translate", "run", "a"]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path}/gone/file: No such file or directory. Check")
    assert error.count("\n") == 1
