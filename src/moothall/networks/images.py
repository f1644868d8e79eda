"""Making a picture fit a network: pure, and deterministic, so that a post sent twice carries the same bytes twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from moothall.networks.base import Media
from moothall.networks.errors import Rejected, Temporary

QUALITIES = (90, 80, 70, 60)
SHRINK = 0.8
SMALLEST_SIDE = 64
"""Pixels. A picture that does not fit at this size is refused."""

_FORMATS = {"image/jpeg": "JPEG", "image/webp": "WEBP", "image/png": "PNG"}


@dataclass(frozen=True)
class Fitted:
    """A picture as a network will carry it; sizes in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def fit(media: Media, max_bytes: int, types: tuple[str, ...], max_pixels: int | None = None) -> Fitted:
    """``media`` in one of ``types``, of at most ``max_bytes`` and ``max_pixels`` (width times height).

    A picture that fits already is left as it is. Otherwise it is encoded anew, first at falling quality, then at
    falling size. Raises ``Rejected`` if it is no picture or does not fit, and ``Temporary`` if our storage fails.
    """
    data = read(media.path)
    if len(data) <= max_bytes and media.content_type in types and not has_more_pixels(media, max_pixels):
        return Fitted(data, media.content_type, media.width, media.height)
    picture = _opened(data, media.path)
    content_type = _content_type(picture, types)
    for candidate in _sizes(picture, max_pixels):
        for encoded in _encodings(candidate, content_type):
            if len(encoded) <= max_bytes:
                return Fitted(encoded, content_type, *candidate.size)
    raise Rejected(f"The picture {media.path.name} can't be made smaller than {max_bytes:,} bytes.")


def read(path: Path) -> bytes:
    """What is in a file of ours: a picture, a video, captions. Raises ``Temporary`` if our storage fails."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path) from error


def at(path: Path, alt: str = "") -> Media:
    """The JPEG at ``path`` as media: a link card's picture, or one frame of what moves. Raises as ``fit`` does."""
    try:
        with Image.open(path) as image:
            return Media(path, "image/jpeg", image.width, image.height, path.stat().st_size, alt)
    except UnidentifiedImageError as error:
        raise Rejected(f"The picture {path.name} can't be read.") from error
    except OSError as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> Temporary:
    return Temporary(f"The file {path.name} could not be read from Moothall's own storage.")


def has_more_pixels(media: Media, max_pixels: int | None) -> bool:
    """Whether ``media`` is larger (width times height) than that; never, if there is no limit."""
    return max_pixels is not None and media.width * media.height > max_pixels


def within(media: Media, max_pixels: int) -> tuple[int, int]:
    """The largest width and height in the proportions of ``media`` with no more pixels than that."""
    return _scaled(media.width, media.height, (max_pixels / (media.width * media.height)) ** 0.5)


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, int(width * scale)), max(1, int(height * scale))


def _opened(data: bytes, path: Path) -> Image.Image:
    try:
        with Image.open(BytesIO(data)) as image:
            has_alpha = image.has_transparency_data
            return image.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise Rejected(f"The picture {path.name} can't be read.") from error


def _content_type(picture: Image.Image, types: tuple[str, ...]) -> str:
    """The best of ``types`` for ``picture``: one that keeps its transparency, if it has any."""
    transparent_first = ("image/webp", "image/png", "image/jpeg")
    order = transparent_first if picture.mode == "RGBA" else tuple(_FORMATS)
    for content_type in order:
        if content_type in types:
            return content_type
    raise Rejected(f"The network takes none of the kinds of picture that Moothall makes, only {', '.join(types)}.")


def _sizes(picture: Image.Image, max_pixels: int | None) -> Iterator[Image.Image]:
    """``picture`` at its own size, or the largest allowed, and then ever smaller."""
    scale = 1.0
    pixels = picture.width * picture.height
    if max_pixels is not None and pixels > max_pixels:
        scale = (max_pixels / pixels) ** 0.5
    while True:
        size = _scaled(picture.width, picture.height, scale)
        yield picture if scale == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)
        scale *= SHRINK
        if max(picture.size) * scale < SMALLEST_SIDE:
            return


def _encodings(picture: Image.Image, content_type: str) -> Iterator[bytes]:
    if content_type == "image/jpeg" and picture.mode == "RGBA":
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    options: dict[str, int | bool] = {"optimize": True}
    if content_type == "image/webp":
        options = {"method": 4}
    for quality in QUALITIES if content_type != "image/png" else QUALITIES[:1]:
        encoded = BytesIO()
        picture.save(encoded, _FORMATS[content_type], **options, quality=quality)
        yield encoded.getvalue()
