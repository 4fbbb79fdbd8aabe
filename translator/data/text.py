"""Text in and out, in one way everywhere: UTF-8, a sentence a line, whatever the terminal or the locale says.

A line ends with LF or CR LF and with nothing else: U+2028, form feeds and the like are characters within a sentence.
A byte order mark at the beginning of a file is no text. Lines are read as bytes, so that one that is not UTF-8 spoils
no other.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from translator.errors import CorpusError, InputError


def raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a binary file, as they come, without their ends and without a byte order mark.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        for number, line in enumerate(file):
            if line.endswith(b"\n"):
                line = line[:-2] if line.endswith(b"\r\n") else line[:-1]
            yield line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
    except OSError as error:
        raise InputError(f"{_name(file)} cannot be read ({error.strerror or error}).") from None


def decoded(line: bytes) -> str:
    """The text of one line.

    Raises:
        ValueError: it is not UTF-8; the message names the byte, and counts from 1.
    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1} is 0x{line[error.start]:02x})") from None


def read_lines(path: Path) -> list[str]:
    """All lines of a text file.

    Raises:
        TranslatorError: the file cannot be read, or a line is not UTF-8: the first is named.
    """
    try:
        with open(path, "rb") as file:
            raw = list(raw_lines(file))
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror or error}).") from None
    return [_decoded_of(path, number, line) for number, line in enumerate(raw, 1)]


def _decoded_of(path: Path, number: int, line: bytes) -> str:
    try:
        return decoded(line)
    except ValueError as error:
        raise CorpusError(f"{path}: line {number} is {error}. Convert the file, or correct the line.") from None


def argument_bytes(argument: str) -> bytes:
    """What was typed at the command line: Python decoded it by the locale, which may know ASCII only."""
    return os.fsencode(argument)


def one_line(text: str, *more: str) -> str:
    """A text that can stand on one line: LF, CR and the characters in `more` become spaces."""
    return text.translate({ord(character): " " for character in ("\n", "\r", *more)})


def write_line(file: BinaryIO, *columns: str) -> None:
    """Write one line; several columns are parted by tabs.

    Raises:
        BrokenPipeError: its reader went away.
        InputError: a full disk, or another reason why nothing can be written.
    """
    tab = ("\t",) if len(columns) > 1 else ()
    data = "\t".join(one_line(column, *tab) for column in columns) + "\n"
    _written(file, data.encode("utf-8", "replace"))


def flush(file: BinaryIO) -> None:
    """Hand over what was written. Raises what `write_line` raises."""
    _written(file, b"")


def _written(file: BinaryIO, data: bytes) -> None:
    try:
        file.write(data) if data else file.flush()
    except OSError as error:
        # What is still in its buffer would fail once more when the file is closed, and then without our words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise InputError(f"{_name(file)} cannot be written ({error.strerror or error}).") from None


def _name(file: BinaryIO) -> str:
    return str(getattr(file, "name", "a file"))
