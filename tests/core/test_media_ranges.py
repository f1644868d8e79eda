"""A video plays from where its viewer wants: parts of a kept file over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import ranges

CONTENT = bytes(range(100))


@pytest.fixture
def kept(settings: Any) -> Path:
    path = Path(settings.MEDIA_ROOT) / "newsroom/ab/ember.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=0-9", 0, 10), ("bytes=90-", 90, 100), ("bytes=-5", 95, 100), ("bytes=0-", 0, 100)],
)
def test_a_part_is_answered_with_that_part(client: Client, kept: Path, asked: str, begin: int, end: int) -> None:
    answer = client.get("/media/newsroom/ab/ember.mp4", headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == CONTENT[begin:end]
    assert answer["Content-Range"] == f"bytes {begin}-{end - 1}/100"
    assert answer["Content-Type"] == "video/mp4"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("asked", ["", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=1-2", "bytes=one-two"])
def test_anything_else_is_answered_with_the_whole(client: Client, kept: Path, asked: str) -> None:
    answer = client.get("/media/newsroom/ab/ember.mp4", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_part_that_is_not_there_is_said_not_to_be(client: Client, kept: Path, asked: str) -> None:
    answer = client.get("/media/newsroom/ab/ember.mp4", headers={"range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */100")


def test_a_player_gets_a_long_file_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "PIECE", 30)
    got: list[int] = []
    while len(got) < 100:
        part = ranges.wanted(f"bytes={len(got)}-", 100)
        assert part
        got += CONTENT[part.start : part.stop]
    assert bytes(got) == CONTENT


@pytest.mark.django_db
def test_a_private_file_stays_private_in_parts(client: Client, settings: Any) -> None:
    path = Path(settings.MEDIA_ROOT) / "pictures/ef/private.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert client.get("/media/pictures/ef/private.mp4", headers={"range": "bytes=0-1"}).status_code == 404


@given(st.text("bytes=-0123456789, ", max_size=24) | st.from_regex(r"bytes=\d{0,20}-\d{0,20}"), st.integers(0, 200))
def test_whatever_is_asked_the_part_lies_in_the_file(asked: str, size: int) -> None:
    try:
        part = ranges.wanted(asked, size)
    except ranges.NotThere:
        return
    assert part is None or 0 <= part.start < part.stop <= size
