"""Animated GIFs: decoded frame by frame and encoded anew, with nothing of the original but its pictures and their pace.

Runs in the re-encoding process, without Django.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from moothall.library.outcome import DAMAGED, Made, Refused

MOST_FRAMES = 1_000
MOST_PIXELS = 200_000_000
"""Of all frames together. Encoding keeps a byte for each that changes."""
SHORTEST_FRAME = 20
"""Milliseconds. Browsers show what claims to be shorter for a tenth of a second; so do we."""
USUAL_FRAME = 100


def reencode(source: Path, target: Path, still: Path, tell: Callable[[int], None]) -> Made:
    """Write the GIF at ``source`` anew to ``target``, and its first frame as a JPEG to ``still``.

    One that does not move leaves only its still, as a PNG. ``tell`` gets per cents. Raises ``Refused``.
    """
    try:
        with Image.open(source, formats=("GIF",)) as image:
            return _reencode(image, target, still, tell)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError, IndexError, EOFError) as error:
        raise Refused(DAMAGED) from error


def _reencode(image: Image.Image, target: Path, still: Path, tell: Callable[[int], None]) -> Made:
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()
    loop = image.info.get("loop")
    paces, see_through = _measured(image)
    tell(20)
    frames = _frames(image)
    first = next(frames)
    if len(paces) == 1:
        first.save(still, "PNG")
        return Made(*first.size, 0, moves=False)
    backed = Image.new("RGBA", first.size, "white")
    backed.alpha_composite(first)
    backed.convert("RGB").save(still, "JPEG", quality=90)
    options = {} if loop is None else {"loop": int(loop)}
    first.save(
        target,
        "GIF",
        save_all=True,
        append_images=_told(frames, len(paces), tell),
        duration=paces,
        disposal=2 if see_through else 0,
        **options,
    )
    return Made(*first.size, sum(paces) / 1_000)


def _measured(image: Image.Image) -> tuple[list[int], bool]:
    """How long each frame stands, in milliseconds, and whether one can be seen through."""
    paces, see_through, pixels = [], False, 0
    for number, frame in enumerate(_frames(image), start=1):
        pixels += frame.width * frame.height
        if number > MOST_FRAMES or pixels > MOST_PIXELS:
            raise _too_large()
        pace = int(image.info.get("duration") or 0)
        paces.append(pace if pace >= SHORTEST_FRAME else USUAL_FRAME)
        see_through = see_through or frame.getchannel("A").getextrema() != (255, 255)
    return paces, see_through


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """Each frame as it is seen, with nothing but its pixels."""
    number = 0
    while True:
        try:
            image.seek(number)
        except EOFError:
            return
        frame = image.convert("RGBA")
        frame.info.clear()  # comments and the like
        yield frame
        number += 1


def _told(frames: Iterator[Image.Image], number: int, tell: Callable[[int], None]) -> Iterator[Image.Image]:
    for done, frame in enumerate(frames, start=1):
        tell(20 + 80 * done // number)
        yield frame


def _too_large() -> Refused:
    return Refused("It is too large or too long for a GIF. Save it as a video (MP4) and add that.")
