"""Files from their public home: fetched once, known by their checksum, gone on with where a fetch was cut off."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

from translator.errors import CorpusError

SECONDS = 30  # without a byte, before a server is given up


def cache() -> Path:
    """Where fetched files are kept: the folder that TRANSLATOR_CACHE names, or one in the user's cache."""
    named = os.environ.get("TRANSLATOR_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(home) / "transformer-from-the-ground-up"


def digest(path: Path) -> str:
    """sha256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(url: str, path: Path, sha256: str) -> Path:
    """The file at `url`, at `path`: what lies there already is checked and not fetched again.

    A fetch that is cut off leaves `path` with ".part" behind its name, and the next one goes on from there. `path`
    itself is the whole file or is not there.

    Raises:
        CorpusError: no network, no such file, or another file than the expected one.
    """
    if path.is_file():
        if digest(path) == sha256:
            return path
        path.unlink()  # damaged on this disk: fetch it again
    part = path.with_name(path.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    print(f"fetching {url}", file=sys.stderr)
    try:
        _download(url, part)
    except (urllib.error.URLError, OSError) as error:
        raise CorpusError(
            f"cannot fetch {url} ({getattr(error, 'reason', error)}). Connect to the network and run the command "
            "again, or set TRANSLATOR_DATA to a folder that holds the corpora."
        ) from None
    found = digest(part)
    if found != sha256:
        part.unlink()
        raise CorpusError(
            f"{url} has checksum {found[:12]}…, expected {sha256[:12]}…: it was changed. Run the command again; if "
            "that does not help, set TRANSLATOR_DATA to a folder that holds the corpora as they were."
        )
    os.replace(part, path)
    return path


def _download(url: str, part: Path) -> None:
    """Append to `part` what it lacks of the file; from the beginning where the server knows no ranges."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=SECONDS)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is missing; the checksum will tell whether it is the file
            return
        raise
    goes_on = answer.status == 206
    with answer, open(part, "ab" if goes_on else "wb") as file:
        shutil.copyfileobj(answer, file)
        size, whole = file.tell(), int(answer.headers.get("Content-Length", 0)) + have * goes_on
    if size < whole:
        raise OSError(f"cut off after {size} of {whole} bytes")
