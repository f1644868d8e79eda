"""Real files, processed for real: what comes out is bare, plays everywhere, and is what went in."""

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from moothall.core import pictures
from moothall.library import incoming
from moothall.library.models import Asset
from moothall.library.processing import Turn
from moothall.records import queries as records
from tests.library import films

pytestmark = pytest.mark.django_db

Add = Callable[..., Asset]


def content_of(name: str) -> bytes:
    return pictures.path_of(name).read_bytes()


def test_a_photograph_comes_out_bare(add: Add) -> None:
    asset = add(films.photograph())
    assert (asset.state, asset.progress, asset.kind, asset.raw) == ("ready", 100, "image", "")
    assert (asset.width, asset.height, asset.content_type) == (64, 48, "image/jpeg")
    with Image.open(pictures.path_of(asset.name)) as after:
        assert not after.getexif()
    assert b"Spyglass" in films.photograph()
    assert b"Spyglass" not in content_of(asset.name)


def test_a_gif_keeps_its_frames_their_pace_and_nothing_else(add: Add) -> None:
    asset = add(films.gif("red", "green", "blue", comment=b"by Hazel", loop=0), "dance.gif")
    assert (asset.kind, asset.content_type, asset.seconds) == ("animation", "image/gif", 0.36)
    with Image.open(pictures.path_of(asset.name)) as after:
        assert after.n_frames == 3  # type: ignore[attr-defined]
        assert (after.info["duration"], after.info["loop"]) == (120, 0)
        assert "comment" not in after.info
        colours = []
        for number in range(3):
            after.seek(number)
            colours.append(after.convert("RGB").getpixel((20, 15)))
    assert colours == [(255, 0, 0), (0, 128, 0), (0, 0, 255)]
    with Image.open(pictures.path_of(asset.still)) as still:
        assert (still.format, still.size) == ("JPEG", (40, 30))


def test_a_see_through_gif_stays_so(add: Add) -> None:
    frames = [Image.new("RGBA", (40, 30)) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.paste((200, 0, 0, 255), (number * 10, 0, number * 10 + 10, 30))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, disposal=2)
    asset = add(out.getvalue(), "walk.gif")
    with Image.open(pictures.path_of(asset.name)) as after:
        for number in range(3):
            after.seek(number)
            seen: Any = after.convert("RGBA")
            solid = [x // 10 for x in range(5, 40, 10) if seen.getpixel((x, 15))[3]]
            assert solid == [number], "Each frame stands alone."


def test_a_gif_that_does_not_move_is_a_picture(add: Add) -> None:
    asset = add(films.gif("red"), "logo.gif")
    assert (asset.state, asset.kind, asset.content_type, asset.still) == ("ready", "image", "image/jpeg", "")


def test_a_film_comes_out_as_a_bare_mp4(add: Add, tmp_path: Path) -> None:
    before = films.film(tmp_path / "film.mp4").read_bytes()
    assert films.PLACE.encode() in before
    asset = add(before, "film.mp4")
    assert (asset.state, asset.kind, asset.content_type) == ("ready", "video", "video/mp4"), asset.trouble
    assert (asset.width, asset.height) == (160, 120)
    assert asset.seconds == pytest.approx(2, abs=0.2)
    after = content_of(asset.name)
    for trace in (films.PLACE.encode(), b"Secret garden", b"Hazel"):
        assert trace not in after
    assert after.index(b"moov") < after.index(b"mdat"), "Players start before they have all of it."
    with av.open(str(pictures.path_of(asset.name))) as film:
        assert {stream.codec_context.name for stream in film.streams} == {"h264", "aac"}
        assert film.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert film.duration is not None
        assert film.duration / av.time_base == pytest.approx(2, abs=0.2)
        frame: Any = next(film.decode(video=0))
        red, green, _ = frame.to_image().getpixel((5, 5))
        assert red > 200 > 60 > green
    with Image.open(pictures.path_of(asset.still)) as still:
        assert (still.format, still.size) == ("JPEG", (160, 120))
    assert asset.size == len(after)


@pytest.mark.parametrize(
    ("name", "codecs"),
    [("film.webm", ("libvpx", "libopus")), ("film.mkv", ("libx264", "aac")), ("film.avi", ("mpeg4", "mp2"))],
)
def test_other_containers_become_mp4_too(add: Add, tmp_path: Path, name: str, codecs: tuple[str, str]) -> None:
    rate = 25 if name.endswith("avi") else 10
    asset = add(films.film(tmp_path / name, codecs=codecs, rate=rate).read_bytes(), name)
    assert (asset.state, asset.content_type) == ("ready", "video/mp4"), asset.trouble
    assert asset.seconds == pytest.approx(2, abs=0.3)


def test_a_film_without_sound_is_a_film(add: Add, tmp_path: Path) -> None:
    asset = add(films.film(tmp_path / "film.mp4", sound=False).read_bytes(), "film.mp4")
    assert asset.state == "ready"
    with av.open(str(pictures.path_of(asset.name))) as film:
        assert [stream.type for stream in film.streams] == ["video"]


def test_a_film_from_a_telephone_held_upright_stands_upright(add: Add, tmp_path: Path) -> None:
    content = films.turned(films.film(tmp_path / "film.mp4").read_bytes())
    asset = add(content, "upright.mp4")
    assert (asset.width, asset.height) == (120, 160)
    with Image.open(pictures.path_of(asset.still)) as still:
        red: Any = still.convert("RGB").getpixel((115, 5))
        assert red[0] > 200, "Turned clockwise, the upper left corner is the upper right one."


def test_a_large_film_is_shrunk_and_a_fast_one_slowed(add: Add, tmp_path: Path) -> None:
    content = films.film(tmp_path / "wide.mp4", size=(2400, 400), rate=100, seconds=0.5).read_bytes()
    asset = add(content, "wide.mp4")
    assert (asset.width, asset.height) == (1920, 320)
    with av.open(str(pictures.path_of(asset.name))) as film:
        assert film.streams.video[0].average_rate == Fraction(60)


def test_a_film_that_is_too_long_is_refused_and_says_how_long_it_may_be(
    add: Add, tmp_path: Path, settings: Any
) -> None:
    settings.UPLOAD_VIDEO_SECONDS = 60
    content = films.film(tmp_path / "long.mp4", seconds=62, rate=2, size=(32, 32), sound=False).read_bytes()
    asset = add(content, "long.mp4")
    assert asset.state == "failed"
    assert asset.trouble == "It is longer than 60 seconds. Cut it, and add the parts."


def test_progress_is_written_on_the_way(add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    go_on = Turn.go_on

    def noted(turn: Turn, per_cent: int) -> bool:
        told.append(per_cent)
        return go_on(turn, per_cent)

    monkeypatch.setattr(Turn, "go_on", noted)
    add(films.film(tmp_path / "film.mp4", size=(1280, 720), seconds=6, rate=25).read_bytes(), "film.mp4")
    assert told == sorted(told)
    assert 0 < max(told) < 100


def test_nothing_of_the_upload_is_left_and_its_processing_is_on_record(add: Add, tmp_path: Path) -> None:
    asset = add(films.photograph())
    assert list(incoming.path_of("x").parent.iterdir()) == []
    assert [each.kind for each in records.of(f"asset:{asset.pk}")] == ["media.added", "media.processed"]
