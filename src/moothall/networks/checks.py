"""What every network checks about a draft. Pure."""

from collections.abc import Iterable, Iterator

from moothall.networks.base import Draft, Limits, Problem
from moothall.networks.errors import Rejected
from moothall.networks.text import graphemes


def problems(draft: Draft, limits: Limits, network: str, length: int) -> list[Problem]:
    """What ``network`` would refuse or change about ``draft``; ``length`` is its text's, counted the network's way."""
    return [*_text(draft, limits, network, length), *_pictures(draft, limits, network)]


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
    if len(draft.media) > limits.images:
        message = f"{network} takes {_count(limits.images, 'picture')}, and there are {len(draft.media)}."
        yield Problem("too_many_images", message)
    for number, media in enumerate(draft.media, start=1):
        over = graphemes(media.alt) - limits.alt_characters
        if over > 0:
            message = f"The description of picture {number} is {_count(over, 'character')} too long for {network}."
            yield Problem("alt_too_long", message)
        pixels = limits.image_pixels
        too_large = media.size > limits.image_bytes or (pixels is not None and media.width * media.height > pixels)
        if too_large:
            message = f"Picture {number} is larger than {network} takes. It gets a smaller copy."
            yield Problem("smaller_copy", message, blocking=False)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
