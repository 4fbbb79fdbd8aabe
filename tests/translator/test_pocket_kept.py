"""The pocket corpus on the disk: what is read is what was drawn, and nothing that lies there can change it."""

import subprocess
import sys
from pathlib import Path

import pytest

from translator.data.pocket import build, kept

Capture = pytest.CaptureFixture[str]
FEW = {"train": 3000, "valid": 40, "seen": 40, "heldout": 40, "longer": 40}


@pytest.fixture(autouse=True)
def _few_sentences_and_an_own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "SIZES", FEW)
    monkeypatch.setenv("TRANSLATOR_CACHE", str(tmp_path / "cache"))


def get(seed: int = 0) -> kept.Splits:
    """As in a new process."""
    build.corpus.cache_clear()
    return build.corpus(seed)


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "pocket").iterdir())


@pytest.mark.parametrize("seed", [0, 3])
def test_what_is_read_is_what_was_drawn(seed: int, capsys: Capture) -> None:
    drawn = get(seed)
    assert capsys.readouterr().err.startswith("drawing the pocket corpus (once")
    read = get(seed)
    assert capsys.readouterr().err == ""
    assert read == drawn == build.draw(seed)
    assert list(read) == list(drawn)
    assert {name: len(some) for name, some in read.items()} == FEW
    assert any(sentence.unseen for sentence in read["heldout"])


def test_another_seed_another_size_and_another_source_are_other_corpora(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {kept.key(0, FEW), kept.key(1, FEW), kept.key(0, {**FEW, "train": 4000})}
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read_bytes(path) + b"#" * (path.name == "nouns.py"))
    assert len(keys | {kept.key(0, FEW)}) == 4


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_planted_a_damaged_file_is_drawn_anew_and_said(damage: bytes | None, tmp_path: Path, capsys: Capture) -> None:
    drawn = get()
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + b"?" + whole[5001:] if damage is None else damage)
    capsys.readouterr()
    assert get() == drawn
    assert "cannot be used (its contents do not match its checksum); drawing the pocket corpus anew" in (
        capsys.readouterr().err
    )
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_a_warning(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "cache").write_text("a file in the folder's place")
    assert {name: len(some) for name, some in get().items()} == FEW
    assert "warning: the pocket corpus cannot be kept" in capsys.readouterr().err


def test_old_files_do_not_pile_up(tmp_path: Path) -> None:
    for seed in range(kept.KEEP + 2):
        kept.write(tmp_path / "cache" / "pocket" / f"{seed}.npz", {"train": ()})
    get()
    assert len(files(tmp_path)) == kept.KEEP


def test_a_second_process_reads_what_the_first_drew(tmp_path: Path) -> None:
    code = "from translator.data.pocket import build; build.SIZES.update({'train': 500, 'valid': 9, 'seen': 9, "
    code += "'heldout': 9, 'longer': 9}); print(hash(build.corpus(0)['train'][7].text('de') == ''))"
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert [("drawing" in done.stderr) for done in said] == [True, False]
