"""Published corpora: a file is what its checksum says or is refused whole, and a fetch goes on where it was cut off."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from translator.data import corpora, downloads, published
from translator.errors import CorpusError

ROOT = Path(__file__).resolve().parents[2]
TEXT = b"".join(b"%d\tline\n" % n for n in range(5000))
SUM = hashlib.sha256(TEXT).hexdigest()
DATA = os.environ.get("TRANSLATOR_DATA", "")


class Server(http.server.BaseHTTPRequestHandler):
    """Serves TEXT by ranges; /short ends too early the first time, /old knows no ranges, /other is another file."""

    asked: list[tuple[str, str | None]] = []  # noqa: RUF012

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append((self.path, wanted))
        if self.path == "/none":
            self.send_error(404)
            return
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and self.path != "/old" else 0
        body = (TEXT.upper() if self.path == "/other" else TEXT)[start:]
        if wanted and self.path != "/old" and not body:
            self.send_error(416)
            return
        self.send_response(206 if wanted and self.path != "/old" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:1000] if self.path == "/short" and not wanted else body)


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_is_fetched_once_and_then_kept(home: str, tmp_path: Path) -> None:
    for _ in range(2):
        path = downloads.fetch(f"{home}/whole", tmp_path / "deep/file", SUM)
    assert path.read_bytes() == TEXT
    assert [asked for asked, _ in Server.asked].count("/whole") == 1
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(home: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"cut off after 1000 of \d+ bytes.*run the command again"):
        downloads.fetch(f"{home}/short", tmp_path / "file", SUM)
    assert not (tmp_path / "file").exists()
    assert downloads.fetch(f"{home}/short", tmp_path / "file", SUM).read_bytes() == TEXT
    assert ("/short", "bytes=1000-") in Server.asked


@pytest.mark.parametrize("left", [b"", TEXT[:77], TEXT], ids=["nothing", "a part", "all but the name"])
@pytest.mark.parametrize("page", ["/whole", "/old"])
def test_whatever_was_left_behind_the_file_becomes_whole(home: str, tmp_path: Path, left: bytes, page: str) -> None:
    (tmp_path / "file.part").write_bytes(left)
    assert downloads.fetch(home + page, tmp_path / "file", SUM).read_bytes() == TEXT


def test_a_file_that_was_damaged_on_this_disk_is_fetched_again(home: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(TEXT[:-1])
    assert downloads.fetch(f"{home}/whole", tmp_path / "file", SUM).read_bytes() == TEXT


@pytest.mark.parametrize(
    ("page", "says"),
    [("/other", "was changed"), ("/none", r"cannot fetch .*\(Not Found\)")],
)
def test_planted_another_file_and_no_file_leave_nothing_half(home: str, tmp_path: Path, page: str, says: str) -> None:
    with pytest.raises(CorpusError, match=says) as error:
        downloads.fetch(home + page, tmp_path / "file", SUM)
    assert "TRANSLATOR_DATA" in str(error.value)
    assert not (tmp_path / "file").exists()


def test_planted_no_network_and_no_folder_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRANSLATOR_DATA", raising=False)
    monkeypatch.setenv("TRANSLATOR_CACHE", str(tmp_path))
    monkeypatch.setattr(published, "HOME", "http://127.0.0.1:9")  # the port that discards: nobody answers
    with pytest.raises(
        CorpusError, match=r"cannot fetch .*Connection refused.*Connect to the network .*TRANSLATOR_DATA"
    ):
        corpora.load("multi30k", "en-de")


def lay(folder: Path, name: str, data: bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)


@pytest.mark.parametrize(
    ("corpus", "pair", "name", "data", "says"),
    [
        ("multi30k", "en-de", "multi30k/other", b"", r"holds no train.en.gz. Put it there"),
        ("multi30k", "en-de", "multi30k/train.en.gz", gzip.compress(TEXT), "damaged, cut off or another edition"),
        ("multi30k", "en-de", "multi30k/train.en.gz", b"", "damaged, cut off or another edition"),
        ("multi30k", "de-zh", "multi30k/other", b"", "take two of en, de, fr"),
        ("tatoeba", "en-zh", "tatoeba/other", b"", "holds no cmn-eng.tsv.gz or cmn.txt"),
        ("tatoeba", "en-zh", "tatoeba/cmn.txt", b"Hi.\t\n", "damaged, cut off or another edition"),
        ("tatoeba", "zh-en", "tatoeba/other", b"", "only en-zh"),
    ],
    ids=["missing", "changed", "empty", "no such pair", "missing tsv", "truncated", "the other direction"],
)
def test_planted_bad_folders_are_refused_each_for_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: str, pair: str, name: str, data: bytes, says: str
) -> None:
    lay(tmp_path, name, data)
    monkeypatch.setenv("TRANSLATOR_DATA", str(tmp_path))
    with pytest.raises(CorpusError, match=says):
        corpora.load(corpus, pair)


def test_an_english_sentence_of_tatoeba_is_in_one_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a text of its own with two translations of every sentence, since the published one may not be there."""
    rows = [f"Sentence {n}.\t句子{n}{side}。\tcredit" for n in range(3000) for side in "甲乙"]
    text = ("\n".join([*rows, rows[0]]) + "\n").encode()
    form = published.File("cmn.txt", hashlib.sha256(text).hexdigest())
    monkeypatch.setattr(published, "TATOEBA", (form,))
    monkeypatch.setenv("TRANSLATOR_DATA", str(tmp_path))
    lay(tmp_path, "tatoeba/cmn.txt", text)
    splits = corpora.load("tatoeba", "en-zh").splits
    sources = {name: {source for source, _ in pairs} for name, pairs in splits.items()}
    assert {name: len(pairs) for name, pairs in splits.items()} == {"train": 2000, "test": 1000, "valid": 1000}
    assert sum(map(len, sources.values())) == len(set().union(*sources.values())) == 3000


@pytest.mark.skipif(not DATA, reason="TRANSLATOR_DATA names no folder with the published corpora")
class TestWhereTheCorporaAre:
    @pytest.mark.parametrize(
        ("corpus", "pair", "train"),
        [("multi30k", "en-de", 29_000), ("multi30k", "fr-en", 29_000), ("tatoeba", "en-zh", 26_341)],
    )
    def test_they_are_read_whole_and_their_terms_are_known(self, corpus: str, pair: str, train: int) -> None:
        found = corpora.load(corpus, pair)
        assert len(found.splits["train"]) == train
        assert found.tests
        assert len(found.terms) > 50

    def test_none_of_their_sentences_is_in_this_project(self) -> None:
        pairs = corpora.load("multi30k", "en-de").splits.values(), corpora.load("multi30k", "en-fr").splits.values()
        known = {side for splits in pairs for split in splits for pair in split for side in pair if len(side) > 30}
        known |= {zh for split in corpora.load("tatoeba", "en-zh").splits.values() for _, zh in split if len(zh) > 12}
        assert len(known) > 100_000
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, listed.decode().split("\0")):
            text = (ROOT / name).read_text(encoding="utf-8", errors="ignore") if (ROOT / name).is_file() else ""
            said = {part.strip() for part in re.split(r"[\n\"'`|<>\t\\]|\s{2,}", text)}
            assert not said & known, f"{name} holds text of a published corpus"
