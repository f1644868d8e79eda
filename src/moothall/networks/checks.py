"""What every network checks about a draft: what it would refuse, and what it would change or leave out. Pure."""

import math
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from moothall.networks import options
from moothall.networks.base import Card, Draft, Field, Limits, Media, MediaKind, Problem
from moothall.networks.errors import Rejected
from moothall.networks.images import has_more_pixels, within
from moothall.networks.text import graphemes


def problems(
    draft: Draft, limits: Limits, network: str, length: int, post_fields: tuple[Field, ...] = ()
) -> list[Problem]:
    """What ``network`` would refuse or change about ``draft``; ``length`` is its text's, counted the network's way."""
    return [
        *_text(draft, limits, network, length),
        *_pictures(draft, limits, network),
        *_videos(draft, limits, network),
        *_card(draft.card),
        *options.problems(draft, post_fields, network),
    ]


def refuse_blocked(found: Iterable[Problem]) -> None:
    """Raise ``Rejected`` with the first of the problems that would make the network refuse: it need not be asked."""
    for problem in found:
        if problem.blocking:
            raise Rejected(problem.message)


def _text(draft: Draft, limits: Limits, network: str, length: int) -> Iterator[Problem]:
    if not draft.text.strip() and not draft.media:
        yield Problem("empty", "Write something or add a picture.")
    if length > limits.characters:
        over = length - limits.characters
        message = f"{_count(over, 'character')} too long for {network}, which takes {limits.characters:,}."
        yield Problem("too_long", message)
    size = len(draft.text.encode())
    if limits.bytes is not None and size > limits.bytes:
        message = f"Too long for {network} in bytes: {size:,}, and it takes {limits.bytes:,}. Emoji take up to 30 each."
        yield Problem("too_many_bytes", message)


def _pictures(draft: Draft, limits: Limits, network: str) -> Iterator[Problem]:
    pictures = [media for media in draft.media if media.kind != MediaKind.VIDEO]
    if len(pictures) > limits.images:
        message = f"{network} takes {_count(limits.images, 'picture')}, and there are {len(pictures)}."
        yield Problem("too_many_images", message)
    for number, media in enumerate(pictures, start=1):
        yield from _description(media, f"picture {number}", limits, network)
        if media.kind == MediaKind.ANIMATION:
            if not moves(media, limits):
                why = "" if limits.animations else f" {network} shows no moving pictures of this kind."
                message = f"Picture {number} loses its movement on {network}: its first frame goes out.{why}"
                yield Problem("loses_movement", message, blocking=False)
        elif media.size > limits.image_bytes or has_more_pixels(media, limits.image_pixels):
            message = (
                f"Picture {number} is larger than {network} takes. It gets a smaller copy {_at_most(media, limits)}."
            )
            yield Problem("smaller_copy", message, blocking=False)
        elif media.content_type not in limits.image_types:
            message = f"{network} does not take pictures of the kind of picture {number}. It is encoded anew."
            yield Problem("encoded_anew", message, blocking=False)


def moves(media: Media, limits: Limits) -> bool:
    """Whether an animated GIF goes out as it is. It cannot be made smaller without losing what moves."""
    fits = media.size <= limits.image_bytes and not has_more_pixels(media, limits.animation_pixels)
    return limits.animations and fits


def _at_most(media: Media, limits: Limits) -> str:
    """To what size a picture that is too large is brought: its quality goes down before its size does."""
    said = []
    if media.size > limits.image_bytes:
        said.append(f"of at most {_bytes(limits.image_bytes)}")
    if limits.image_pixels is not None and has_more_pixels(media, limits.image_pixels):
        said.append("of {:,} × {:,} pixels".format(*within(media, limits.image_pixels)))
    return " and ".join(said)


def _videos(draft: Draft, limits: Limits, network: str) -> Iterator[Problem]:
    videos = [media for media in draft.media if media.kind == MediaKind.VIDEO]
    if not videos:
        return
    if len(videos) > limits.videos:
        takes = _count(limits.videos, "video") if limits.videos else "no videos"
        message = f"{network} takes {takes}, and there {'is' if len(videos) == 1 else 'are'} {len(videos)}."
        yield Problem("too_many_videos", message)
    if len(videos) < len(draft.media):
        yield Problem(
            "video_with_pictures", f"{network} takes a video or pictures, not both. Take one or the other off."
        )
    for video in videos if limits.videos else ():
        yield from _description(video, "the video", limits, network)
        yield from _video(video, limits, network)


def _video(video: Media, limits: Limits, network: str) -> Iterator[Problem]:
    if video.size > limits.video_bytes:
        message = f"The video has {_bytes(video.size)}, and {network} takes {_bytes(limits.video_bytes)}."
        yield Problem("video_too_large", f"{message} Cut it shorter.")
    if limits.video_seconds is not None and video.seconds > limits.video_seconds:
        message = f"The video lasts {_lasts(video.seconds)}, and {network} takes {_lasts(limits.video_seconds)}."
        yield Problem("video_too_long", f"{message} Cut it shorter.")
    if limits.video_pixels is not None and has_more_pixels(video, limits.video_pixels):
        most = "{:,} × {:,}".format(*within(video, limits.video_pixels))
        message = f"The video has {video.width:,} × {video.height:,} pixels, and {network} takes {most}."
        yield Problem("video_too_many_pixels", f"{message} Use a smaller version.")
    if video.captions is not None and not limits.captions:
        message = f"{network} takes no captions file. The video goes out without its captions."
        yield Problem("captions_left_out", message, blocking=False)


def _description(media: Media, name: str, limits: Limits, network: str) -> Iterator[Problem]:
    over = graphemes(media.alt) - limits.alt_characters
    if over > 0:
        message = f"The description of {name} is {_count(over, 'character')} too long for {network}."
        yield Problem("alt_too_long", message)


def _card(card: Card | None) -> Iterator[Problem]:
    if card is not None and not is_web_address(card.url):
        yield Problem("card_address", "The link card leads to no web address. It must begin with https:// or http://.")


def is_web_address(text: str) -> bool:
    """Whether a reader may be led there."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and text.isprintable() and " " not in text


def _bytes(size: int) -> str:
    """ "1.6 MB", rounded up: what is a little too large is said to be larger than the limit."""
    if size < 1_000_000:
        return f"{math.ceil(size / 1_000)} kB"
    return f"{math.ceil(size / 100_000) / 10:,.1f}".removesuffix(".0") + " MB"


def _lasts(seconds: float) -> str:
    """ "2 minutes 5 seconds", rounded up likewise."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    said = [_count(amount, unit) for amount, unit in ((minutes, "minute"), (rest, "second")) if amount]
    return " ".join(said)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
