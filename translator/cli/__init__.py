"""The command line: `python -m translator train | translate | evaluate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from translator.cli import evaluate, train, translate
from translator.errors import TranslatorError

COMMANDS = (train, translate, evaluate)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 with one clear line when it could not, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m translator", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        summary = command.__doc__.splitlines()[0]
        part = commands.add_parser(command.__name__.split(".")[-1], help=summary, description=summary)
        command.add_arguments(part)
        part.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except TranslatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return 0
