"""Files are whole or not there, and what cannot be written is refused before the work."""

from pathlib import Path

import pytest

from translator.errors import InputError
from translator.files import require_writable, write_json


def test_a_file_that_can_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    new, old = tmp_path / "deep" / "new.json", tmp_path / "old.json"
    old.write_text("old")
    require_writable(new)
    require_writable(old)
    assert not new.exists()
    assert list(new.parent.iterdir()) == []
    assert old.read_text() == "old"
    write_json(new, {})


def test_planted_places_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "x.json", Path("/proc/x.json")):
        with pytest.raises(InputError, match=r"cannot be written .*Name another file"):
            require_writable(path)
