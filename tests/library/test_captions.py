"""Captions files: what people's programs write, what is wrong with some, and what is kept."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from webvtt import WebVTT

from moothall.accounts.models import User
from moothall.core import pictures
from moothall.library import actions, captions
from moothall.library.models import Asset
from moothall.library.queries import media
from tests.library import films
from tests.library.conftest import uploaded

VTT = """WEBVTT - Story time

NOTE made by Hazel

STYLE
::cue { background: url(https://tracker.example/) }

intro
00:00.000 --> 00:01.500 line:0 position:10%
<v Hazel>Good <i>morning</i> &amp; welcome.

00:00:01.500 --> 00:00:02.000
Once upon a time
there was a library.
"""
SRT = "1\r\n00:00:00,000 --> 00:00:01,500\r\nGood <i>morning</i>.\r\n\r\n2\r\n00:00:01,500 --> 00:00:02,000\r\nBye.\r\n"


def test_webvtt_is_kept_as_its_times_and_words() -> None:
    assert captions.clean(VTT.encode()) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\nGood morning &amp; welcome.\n\n"
        "00:00:01.500 --> 00:00:02.000\nOnce upon a time\nthere was a library.\n"
    )


def test_srt_becomes_webvtt() -> None:
    made = captions.clean("\ufeff".encode() + SRT.encode())
    assert made == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGood morning.\n\n00:00:01.500 --> 00:00:02.000\nBye.\n")
    assert captions.clean(made.encode()) == made


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Line 1 is neither “WEBVTT” nor the number"),
        (b"Hello there\n", "Line 1 is neither “WEBVTT” nor the number"),
        (b"<html><body>captions</body></html>", "Line 1 is neither"),
        (b"WEBVTT\n", "There are no captions in this file"),
        (b"WEBVTT\n\n00:01.000 -> 00:02.000\nHello\n", "There are no captions in this file"),
        (b"WEBVTT\n\n00:01.000 --> later\nHello\n", "Line 3 is no time of a caption: “00:01.000 --> later”"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nA --> B\n", "Line 4 is no time of a caption"),
        (b"WEBVTT\n\n00:03.000 --> 00:02.000\nHello\n", "Line 3: this caption ends before it begins"),
        (
            b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n\n10:00.000 --> 10:02.000\nBye\n",
            "Line 6: this caption begins after",
        ),
        (b"1\n00:00:01,000 --> 00:00:02,000\nCaf\xe9\n", "Line 3 has a character that is not UTF-8"),
        (b"\xff\xfe1\x00", "Line 1 has a character that is not UTF-8"),
        (b"WEBVTT" + b" " * 2**20, "larger than 1 MB"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        captions.clean(content, seconds=60)
    assert caught.value.messages[0].startswith(said) or said in caught.value.messages[0]


moments = st.integers(min_value=0, max_value=3_600_000)
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="<>&-"), min_size=1, max_size=60
).filter(lambda each: each.strip() and not each.strip().isdecimal())


def stamp(moment: int, mark: str) -> str:
    minutes, milliseconds = divmod(moment, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1_000:02}{mark}{milliseconds % 1_000:03}"


cues = st.lists(st.tuples(moments, st.integers(1, 9_000), words), min_size=1, max_size=6)


@given(cues, st.sampled_from(["vtt", "srt"]), st.sampled_from(["\n", "\r\n"]))
def test_no_time_and_no_word_is_lost(given_cues: list[tuple[int, int, str]], form: str, end: str) -> None:
    mark = "." if form == "vtt" else ","
    blocks = [
        f"{number}{end}{stamp(start, mark)} --> {stamp(start + length, mark)}{end}{said}{end}"
        for number, (start, length, said) in enumerate(given_cues, start=1)
    ]
    made = captions.clean(((f"WEBVTT{end}{end}" if form == "vtt" else "") + end.join(blocks)).encode())
    read = [(each.start, each.end, each.text) for each in WebVTT.from_string(made, strict=True)]
    expected = sorted(
        ((stamp(start, "."), stamp(start + length, "."), said.strip()) for start, length, said in given_cues),
        key=lambda each: each[0],
    )
    assert read == expected


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"WEBVTT\n\n{text}".encode()))
def test_any_bytes_are_taken_or_refused_in_a_sentence(content: bytes) -> None:
    try:
        said = captions.clean(content)
    except ValidationError as error:
        said = error.messages[0]
    assert said.startswith(("WEBVTT\n", "Line ", "There are no captions", "We cannot read these captions"))


@given(st.text(max_size=120))
def test_no_tag_and_no_style_ever_comes_through(said: str) -> None:
    content = f"WEBVTT\n\nSTYLE\n::cue {{}}\n\n00:01.000 --> 00:02.000\nHello {said}\n"
    try:
        made = captions.clean(content.encode("utf-8", "replace"))
    except ValidationError:
        return
    assert not re.search(r"<|>(?!\s)|STYLE\n", made.replace("-->", ""))


@pytest.mark.django_db
def test_alice_gives_a_film_its_captions(add: Callable[..., Asset], alice: User, tmp_path: Path) -> None:
    film = add(films.film(tmp_path / "film.mp4").read_bytes(), "film.mp4")
    with pytest.raises(ValidationError, match="Line 2: this caption begins after the video has ended"):
        actions.set_captions(alice, film, uploaded(b"1\n01:00:00,000 --> 01:00:02,000\nLate\n", "a.srt"))
    actions.set_captions(alice, film, uploaded(SRT.encode(), "story.srt"), language="cy")
    film = Asset.objects.get()
    assert pictures.path_of(film.captions).read_text().startswith("WEBVTT\n")
    sent = media(film.facts("Story time"))
    assert sent.captions == pictures.path_of(film.captions)
    assert (sent.captions_language, sent.kind, sent.alt) == ("cy", "video", "Story time")
    actions.set_captions(alice, film, None)
    assert Asset.objects.get().captions == ""
    with pytest.raises(ValidationError, match="Only a video has captions"):
        actions.set_captions(alice, add(films.photograph()), uploaded(SRT.encode()))
