"""What a worker calls the outputs of a cell, made into outputs: text and pictures, no more than may be shown.

Text is text for every reader after this: terminal escapes are gone, other controls are written as numbers.

The worker keeps the limit, too, so that an honest cell's text is cut where it should be; but it is a student's word.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import struct
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.notebooks.plain_text import visible

MOST_OUTPUTS = 200
ERROR_ROOM = 2000  # characters that an error may always have, so that it is never lost
MOST_LINES = 20
MOST_PIXELS = 25_000_000


def error_output(name: str, message: str) -> NotebookNode:
    output: NotebookNode = new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])
    return output


def clean(outputs: Any, left: int) -> tuple[list[NotebookNode], int]:
    """The outputs of a cell, nothing in them that a browser would run, and how many characters are left after them."""
    found: list[NotebookNode] = []
    for output in outputs[:MOST_OUTPUTS] if type(outputs) is list else []:
        with contextlib.suppress(KeyError, TypeError, AttributeError, ValueError, binascii.Error):
            each, size = cleaned(output, left)
            first_error = each.output_type == "error" and not any(o.output_type == "error" for o in found)
            if size <= left or first_error:
                found.append(each)
                left = max(0, left - size)
    return found, left


def cleaned(output: Any, left: int) -> tuple[NotebookNode, int]:
    """One output and its size. Raises one of several errors for what is no output."""
    match output["output_type"]:
        case "stream":
            name = "stderr" if output["name"] == "stderr" else "stdout"
            text = text_of(output["text"])[:left]
            return new_output("stream", name=name, text=text), len(text)
        case "error":
            room = max(left, ERROR_ROOM)
            name, value = text_of(output["ename"])[:100], text_of(output["evalue"])[:room]
            lines = [text_of(line) for line in output["traceback"][-MOST_LINES:]]
            lines = within(lines, max(room - len(value), ERROR_ROOM))
            return new_output("error", ename=name, evalue=value, traceback=lines), len(value) + sum(map(len, lines))
        case "display_data" | "execute_result" as kind:
            data = {"text/plain": text_of(output["data"].get("text/plain", ""))}
            if picture := output["data"].get("image/png"):
                note = picture_fault(base64.b64decode(text_of(picture).strip(), validate=True))
                data |= {"text/plain": note} if note else {"image/png": picture}
            more = {} if kind == "display_data" else {"execution_count": None}
            return new_output(kind, data=data, **more), sum(map(len, data.values()))
    raise ValueError


def within(lines: list[str], room: int) -> list[str]:
    """The last lines, which say what failed, as far as there is room."""
    kept: list[str] = []
    for line in reversed(lines):
        kept.insert(0, line[:room])
        room -= len(kept[0])
    return kept


def picture_fault(png: bytes) -> str:
    """Why a picture is not shown, or empty: a small file can unfold to more pixels than a browser can hold."""
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR" or len(png) < 24:
        return "[a picture that is no PNG file]"
    width, height = struct.unpack(">II", png[16:24])
    if width * height > MOST_PIXELS:
        return f"[a picture of {width} x {height} pixels: too large to be shown]"
    return ""


def text_of(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return visible(value)
