"""Locks that outlast the file they were taken on, and files that belong to whom Moothall runs as."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from moothall.webuse.seals import folders


def test_who_waited_for_a_file_that_was_replaced_gets_the_one_in_its_place(tmp_path: Path) -> None:
    path, got = tmp_path / "file", threading.Event()
    inodes: list[int] = []

    def wait() -> None:
        with folders.locked(path) as opened:
            inodes.append(os.fstat(opened).st_ino)
        got.set()

    with folders.locked(path):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.wait(0.2)
        folders.replace(path, b"the new one", 0o640)
    assert got.wait(10)
    waiting.join()
    assert inodes == [path.stat().st_ino]


def test_what_root_makes_belongs_to_the_owner_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, int, int]] = []

    def chown(path: Any, uid: int, gid: int) -> None:
        given.append((Path(path).name, uid, gid))

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", chown)
    folders.make(tmp_path / "one" / "two")
    with folders.locked(tmp_path / "one" / "lock"):
        folders.replace(tmp_path / "one" / "file", b"", 0o640)
    owner = (tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    assert [name for name, *_ in given[:3]] == ["one", "two", "lock"]
    assert given[3][0].startswith(".file.")
    assert {rest for _, *rest in map(tuple, given) for rest in [tuple(rest)]} == {owner}


def test_others_leave_it_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "chown", lambda *arguments: pytest.fail("It is not ours to give."))
    folders.make(tmp_path / "one")
    folders.replace(tmp_path / "one" / "file", b"", 0o640)
