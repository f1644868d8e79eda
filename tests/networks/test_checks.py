"""What will be cut, encoded anew or left out is said before it happens, in a sentence."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.networks.base import Card, Draft, Limits, Media, MediaKind
from moothall.networks.bluesky import Bluesky
from moothall.networks.checks import is_web_address, problems
from moothall.networks.mastodon import Mastodon

LIMITS = Limits(
    characters=100,
    image_bytes=1_000_000,
    image_pixels=1_000_000,
    animation_pixels=10_000,
    videos=1,
    video_bytes=100_000_000,
    video_seconds=180.0,
    video_pixels=2_073_600,
)
CARD = Card("https://www.exampleshire.example/fire", "Fire safety")


def media(content_type: str = "image/jpeg", size: int = 1_000, **more: Any) -> Media:
    return replace(Media(Path("never-read"), content_type, 100, 100, size, "Ember"), **more)


def said(*attached: Media, limits: Limits = LIMITS) -> list[tuple[str, str, bool]]:
    found = problems(Draft("Ember", attached), limits, "Mootbook", 5)
    return [(problem.code, problem.message, problem.blocking) for problem in found]


def moving(**more: Any) -> Media:
    return media("image/gif", kind=MediaKind.ANIMATION, **more)


def video(**more: Any) -> Media:
    return media("video/mp4", kind=MediaKind.VIDEO, **more)


@pytest.mark.parametrize(
    ("attached", "code", "message"),
    [
        (
            media(size=3_210_000),
            "smaller_copy",
            "Picture 1 is larger than Mootbook takes. It gets a smaller copy of at most 1 MB.",
        ),
        (
            media(width=4_000, height=1_000),
            "smaller_copy",
            "Picture 1 is larger than Mootbook takes. It gets a smaller copy of 2,000 × 500 pixels.",
        ),
        (
            media(size=1_000_001, width=4_000, height=1_000),
            "smaller_copy",
            "Picture 1 is larger than Mootbook takes. "
            "It gets a smaller copy of at most 1 MB and of 2,000 × 500 pixels.",
        ),
        (
            media("image/avif"),
            "encoded_anew",
            "Mootbook does not take pictures of the kind of picture 1. It is encoded anew.",
        ),
        (moving(width=101), "loses_movement", "Picture 1 loses its movement on Mootbook: its first frame goes out."),
        (
            moving(size=1_000_001),
            "loses_movement",
            "Picture 1 loses its movement on Mootbook: its first frame goes out.",
        ),
        (
            video(captions=Path("never-read.vtt")),
            "captions_left_out",
            "Mootbook takes no captions file. The video goes out without its captions.",
        ),
    ],
)
def test_what_changes_is_said_and_does_not_stop_the_post(attached: Media, code: str, message: str) -> None:
    assert said(attached) == [(code, message, False)]


@pytest.mark.parametrize(
    ("attached", "code", "message"),
    [
        (
            video(size=100_000_001),
            "video_too_large",
            "The video has 100.1 MB, and Mootbook takes 100 MB. Cut it shorter.",
        ),
        (
            video(seconds=185.2),
            "video_too_long",
            "The video lasts 3 minutes 6 seconds, and Mootbook takes 3 minutes. Cut it shorter.",
        ),
        (
            video(width=3_840, height=2_160),
            "video_too_many_pixels",
            "The video has 3,840 × 2,160 pixels, and Mootbook takes 1,920 × 1,080. Use a smaller version.",
        ),
    ],
)
def test_what_is_refused_is_said_with_what_to_do(attached: Media, code: str, message: str) -> None:
    assert said(attached) == [(code, message, True)]


def test_what_fits_is_not_spoken_of() -> None:
    captioned = video(captions=Path("never-read.vtt"), seconds=180.0)
    for attached in (media(), media("image/png"), moving(), video()):
        assert said(attached) == []
    assert said(captioned, limits=replace(LIMITS, captions=True)) == []


def test_a_gif_counts_as_a_picture() -> None:
    assert [code for code, _, _ in said(media(), moving(), limits=replace(LIMITS, images=1))] == ["too_many_images"]
    assert "no moving pictures" in said(moving(), limits=replace(LIMITS, animations=False))[0][1]


def test_the_card_has_no_room_beside_a_picture_on_bluesky() -> None:
    network = Bluesky()
    assert network.check(Draft("Read this.", card=CARD), network.limits) == []
    for attached in (media(), video()):
        [problem] = network.check(Draft("Read this.", (attached,), card=CARD), network.limits)
        assert (problem.code, problem.blocking) == ("card_left_out", False)


def test_mastodon_makes_its_own_card() -> None:
    network = Mastodon()
    [problem] = network.check(Draft("Read this.", card=CARD), network.limits)
    assert (problem.code, problem.blocking) == ("card_left_out", False)


def test_a_content_warning_counts_letter_by_letter() -> None:
    """As Mastodon's validator does: a link weighs 23 in the words, and what it weighs in the warning."""
    network, link = Mastodon(), "https://exampleshire.gov.uk/libraries/opening-hours-in-the-week-of-the-fair"
    warned = Draft(link, options={"content_warning": f" {link} "})
    assert network.length(warned, network.limits) == 23 + len(link)
    over = Draft("x" * 497, options={"content_warning": "Fire"})
    assert [problem.code for problem in network.check(over, network.limits)] == ["too_long"]


def test_a_warning_without_words_is_said_to_become_the_words() -> None:
    network = Mastodon()
    alone = Draft("", (media(),), options={"content_warning": "Fire"})
    assert [problem.code for problem in network.check(alone, network.limits)] == ["warning_shown"]


@given(st.text(max_size=40) | st.text("/:.@[]#?abht ps%\\", max_size=20).map(lambda rest: f"https:{rest}"))
def test_whatever_was_typed_a_web_address_is_one_or_is_not(text: str) -> None:
    if is_web_address(text):
        assert text.lower().startswith(("https://", "http://"))
        assert not set(text) & set(" \n\t\0")
