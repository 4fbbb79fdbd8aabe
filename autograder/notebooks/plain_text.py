"""What a student wrote, as text for people: nothing in it steers a terminal, a browser or the reader's eye."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME, LONGEST_SENTENCE, MOST_SENTENCES = 60, 300, 30

# A terminal's escape sequences: CSI, OSC, strings (DCS, SOS, PM, APC), and the short ones.
ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]+[0-~]|[0-~])?"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
# Controls, marks that turn the direction of writing, characters without width, halves of characters. The two joiners
# (U+200C, U+200D) stay: Persian and composed pictures need them.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text without terminal escapes; every other character that cannot be seen is written as its number."""
    text = ESCAPE.sub("", text).replace("\r\n", "\n")
    if "\r" in text:  # of a progress bar the last state
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return UNSEEN.sub(lambda found: spelled(found[0]), text)


def spelled(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def quoted(name: str) -> str:
    """A name of the student's choice, for a sentence: in quotes, and no longer than names are."""
    return repr(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")


def few(sentences: Iterable[str], most: int = MOST_SENTENCES) -> list[str]:
    """As many sentences as somebody reads, none too long, and how many more there are: that is a student's choice."""
    found = list(sentences)
    kept = [each if len(each) <= LONGEST_SENTENCE else f"{each[: LONGEST_SENTENCE - 1]}…" for each in found[:most]]
    return kept if len(found) <= most else [*kept, f"And {len(found) - most:,} more."]


def shortened(text: str, most: int) -> str:
    """At most `most` characters of the text, and a note where it was cut."""
    return text if len(text) <= most else f"{text[:most]}\n[cut here: {len(text) - most:,} characters more]"
