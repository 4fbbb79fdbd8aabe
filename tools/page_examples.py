"""What the page "A translator in your browser" offers: sentences that no model was trained on, and the known words.

Writes book/_static/live-translator/examples.json from the pocket corpus: every fortieth sentence of the split
`heldout`, and all words of the training split.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from translator.data.corpora import load
from translator.files import write_atomically

WORD = re.compile(r"[^\W\d_][^\W\d_']*")


def examples(count: int) -> dict[str, list[str]]:
    """`sentences`, so many, and `words`, sorted and in lower case."""
    corpus = load("pocket", "en-de")
    heldout = [source for source, _ in corpus.splits["heldout"]]
    words = {word.lower() for source, _ in corpus.splits["train"] for word in WORD.findall(source)}
    return {"sentences": heldout[:: len(heldout) // count][:count], "words": sorted(words)}


def main() -> None:
    """Parse and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("book/_static/live-translator/examples.json"))
    options = parser.parse_args()
    text = json.dumps(examples(50), ensure_ascii=False, separators=(",", ":"))
    write_atomically(options.out, (text + "\n").encode())


if __name__ == "__main__":
    main()
