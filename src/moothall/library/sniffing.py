"""What a file is, by what stands in it. Its name and what the browser says of it are anybody's to choose."""

from dataclasses import dataclass

from moothall.networks.base import MediaKind

HEAD_BYTES = 32
"""How much of a file's beginning is looked at."""

_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""What an MP4 or a QuickTime film may begin with (ISO/IEC 14496-12, QuickTime File Format)."""
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
"""Pictures in the same container: HEIC of Apple's telephones, and AVIF."""


@dataclass(frozen=True)
class Sniffed:
    """A kind of file that we take. ``demuxer`` is FFmpeg's name of a video's container."""

    kind: MediaKind
    demuxer: str = ""


def sniff(head: bytes) -> Sniffed | None:
    """What the file that begins with ``head`` is; ``None``: nothing that we take. It may still be damaged."""
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return Sniffed(MediaKind.IMAGE)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Sniffed(MediaKind.ANIMATION)
    if head.startswith(b"RIFF"):
        return {b"WEBP": Sniffed(MediaKind.IMAGE), b"AVI ": Sniffed(MediaKind.VIDEO, "avi")}.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Sniffed(MediaKind.VIDEO, "matroska")
    if head[4:8] in _BOXES and not is_apple_picture(head):
        return Sniffed(MediaKind.VIDEO, "mov")
    return None


def is_apple_picture(head: bytes) -> bool:
    """Whether it is a HEIC or an AVIF, which networks do not take and we cannot read."""
    return head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS
