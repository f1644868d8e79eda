"""Real films, GIFs and photographs, made for a test."""

import io
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import ExifTags, Image

PLACE = "+51.1789-001.8262/"
"""Where a film says that it was made, as telephones write it (ISO 6709)."""


def film(
    path: Path,
    *,
    seconds: float = 2,
    size: tuple[int, int] = (160, 120),
    rate: int = 10,
    sound: bool = True,
    codecs: tuple[str, str] = ("libx264", "aac"),
) -> Path:
    """A film whose upper left corner is red, with a title, a place and a silent sound track."""
    options = {"movflags": "use_metadata_tags"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options=options) as out:
        out.metadata.update({"title": "Secret garden", "location": PLACE, "comment": "Filmed by Hazel"})
        picture: Any = out.add_stream(codecs[0], rate=rate)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        heard: Any = out.add_stream(codecs[1], rate=48_000, layout="mono") if sound else None
        for number in range(int(seconds * rate)):
            image = Image.new("RGB", size, (40, number * 5 % 200, 80))
            image.paste((255, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
            frame: Any = av.VideoFrame.from_image(image)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(picture.encode(frame))
        for start in range(0, int(seconds * 48_000) if sound else 0, 960):
            out.mux(heard.encode(_silence(start)))
        for stream in (picture, heard):
            if stream:
                out.mux(stream.encode(None))
    return path


def _silence(start: int) -> Any:
    frame: Any = av.AudioFrame(format="fltp", layout="mono", samples=960)
    frame.planes[0].update(bytes(960 * 4))
    frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
    return frame


def turned(content: bytes) -> bytes:
    """The MP4 as a telephone held upright writes it: the same pictures, and "turn me by a quarter clockwise"."""
    straight = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    quarter = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    track = content.index(b"tkhd")
    at = content.index(straight, track)
    return content[:at] + quarter + content[at + len(straight) :]


def gif(*colours: str, size: tuple[int, int] = (40, 30), pace: int = 120, **options: Any) -> bytes:
    frames = [Image.new("RGB", size, colour) for colour in colours]
    out = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": pace} if frames[1:] else {}
    frames[0].save(out, "GIF", **more, **options)
    return out.getvalue()


def photograph(kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """A photograph that says where, when and with what it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Spyglass"
    exif[ExifTags.Base.DateTime] = "2026:10:06 14:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (51.0, 10.0, 44.0), 3: "W", 4: (1.0, 49.0, 34.0)})
    out = io.BytesIO()
    Image.new("RGB", size, "#17533b").save(out, kind, exif=exif)
    return out.getvalue()
