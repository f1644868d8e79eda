"""Files of rows: there whole, or not at all."""

import os
import stat
import time
from pathlib import Path

import polars as pl
import pytest

from moothall.webuse.engine import dataset
from moothall.webuse.engine.dataset import Folder

NAME = "network-security/2026-10-06/1-0-99.parquet"
FRAME = pl.DataFrame({"person": [b"a", b"b"], "hits": [1, 2]})


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_is_written_is_read_and_its_size_is_told(tmp_path: Path) -> None:
    rows = Folder(tmp_path)
    size = rows.write(NAME, FRAME)
    assert rows.read([NAME]).collect().equals(FRAME)
    assert (tmp_path / NAME).stat().st_size == size
    assert files(tmp_path) == [NAME]


def test_a_name_written_again_holds_the_later_rows(tmp_path: Path) -> None:
    rows = Folder(tmp_path)
    rows.write(NAME, FRAME)
    rows.write(NAME, FRAME.head(1))
    assert rows.read([NAME]).collect().height == 1


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Folder(tmp_path).write(NAME, FRAME)
    assert files(tmp_path) == []


def test_a_failed_write_leaves_what_was_there_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Folder(tmp_path)
    rows.write(NAME, FRAME)

    def broken(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pl.DataFrame, "write_parquet", broken)
    with pytest.raises(KeyboardInterrupt):
        rows.write(NAME, FRAME.head(1))
    assert files(tmp_path) == [NAME]
    assert rows.read([NAME]).collect().equals(FRAME)


def test_nobody_else_can_enter_a_days_folder(tmp_path: Path) -> None:
    Folder(tmp_path).write(NAME, FRAME)
    assert stat.S_IMODE((tmp_path / NAME).parent.stat().st_mode) == 0o700


def test_a_deleted_file_is_gone_and_its_folder_with_the_last(tmp_path: Path) -> None:
    rows, other = Folder(tmp_path), NAME.replace("1-0-99", "2-0-99")
    rows.write(NAME, FRAME)
    rows.write(other, FRAME)
    rows.delete([NAME, NAME])
    assert files(tmp_path) == [other]
    rows.delete([other])
    assert not (tmp_path / NAME).parent.exists()
    rows.delete([other])


def test_a_file_that_is_gone_is_an_error_once_it_is_read(tmp_path: Path) -> None:
    rows = Folder(tmp_path)
    rows.write(NAME, FRAME)
    found = rows.read([NAME, NAME.replace("1-0-99", "2-0-99")])
    with pytest.raises(FileNotFoundError):
        found.collect()


def test_settled_are_those_that_nobody_has_touched_for_a_day_and_what_a_kill_left(tmp_path: Path) -> None:
    rows = Folder(tmp_path)
    rows.write(NAME, FRAME)
    rows.write(NAME.replace("network-security", "another"), FRAME)
    left = (tmp_path / NAME).with_name(".2-0-99.parquet.77.new")
    left.write_bytes(b"PAR1")
    (tmp_path / "network-security" / "notes.txt").write_text("not ours")
    assert list(rows.settled("network-security")) == []
    before = time.time() - 2 * dataset.SETTLED_SECONDS
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (before, before))
    assert list(rows.settled("network-security")) == [str(left.relative_to(tmp_path)), NAME]
    assert list(rows.settled("never-read")) == []
