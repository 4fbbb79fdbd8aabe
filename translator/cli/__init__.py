"""Train a Transformer that translates, use it and score it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

from translator.errors import TranslatorError

#: Each a module of this package with `add_arguments(parser)` and `run(options) -> int`; the first line of its docstring
#: is its summary. They import what is heavy (torch, tokenizers) within `run`: `--help` must answer at once.
COMMANDS = ("train", "translate", "evaluate", "export")


def parser() -> argparse.ArgumentParser:
    """Of all commands; what it returns holds the command's `run`."""
    whole = argparse.ArgumentParser(prog="translator", description=__doc__)
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"{__name__}.{name}")
        summary = (module.__doc__ or name).splitlines()[0]
        part = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(part)
        part.set_defaults(run=module.run)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it did what was asked, 1 with one clear line when it could not, 2 when it was not understood, 130 when it
        was interrupted.
    """
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        status = run(options)
        sys.stdout.flush()
        return status
    except TranslatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        _drop_output()
        return 0
    except OSError as error:  # a disk, a folder, a permission: of the machine, not of ours
        print(f"error: {_spoken(error)}", file=sys.stderr)
        _drop_output()
        return 1


def _drop_output() -> None:
    """Lead what standard output still holds nowhere: at exit it would be written, and perhaps fail again."""
    with suppress(OSError):
        sys.stdout.flush()
        return
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _spoken(error: OSError) -> str:
    what = error.strerror or str(error) or type(error).__name__
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{what}. Check the path, its permissions and the space on the disk, and run the command again."
