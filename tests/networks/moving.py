"""Tiny pictures that move, as the library hands them to the adapters: re-encoded, with a still."""

from pathlib import Path
from typing import Any

import av
from PIL import Image

from moothall.networks.base import Media, MediaKind

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nEmber barks.\n"
COLOURS = ("#17533b", "#a04b00", "#1d4f91")


def gif(folder: Path, alt: str = "Ember wags her tail", size: tuple[int, int] = (64, 48)) -> Media:
    """Three frames."""
    first, *others = (Image.new("RGB", size, colour) for colour in COLOURS)
    path, still = folder / "ember.gif", folder / "ember-still.jpg"
    first.save(path, save_all=True, append_images=others, duration=100, loop=0)
    first.save(still)
    of_file = (path, "image/gif", *size, path.stat().st_size)
    return Media(*of_file, alt, MediaKind.ANIMATION, seconds=0.3, still=still)


def video(folder: Path, alt: str = "Ember finds a match", *, captions: str = "", **more: Any) -> Media:
    """Half a second of MP4."""
    width, height = 64, 48
    path, still = folder / "ember.mp4", folder / "ember-video.jpg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for colour in COLOURS:
            frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), colour))  # type: ignore[no-untyped-call]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    Image.new("RGB", (width, height), COLOURS[0]).save(still)
    if captions:
        more["captions"] = folder / "ember.vtt"
        more["captions"].write_text(captions)
    of_file = (path, "video/mp4", width, height, path.stat().st_size)
    return Media(*of_file, alt, MediaKind.VIDEO, seconds=0.3, still=still, **more)
