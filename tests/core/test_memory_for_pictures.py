"""Pictures that would take a great deal of memory: refused, read at half their size, and never two at a time."""

import io
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from moothall.core import pictures

MEASURE = """
import resource, sys, django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from moothall.core import pictures
upload = SimpleUploadedFile("picture", sys.stdin.buffer.read())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(pictures.clean_upload(upload).digest)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def uploaded(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("market.jpg", content)


def measured(content: bytes) -> tuple[str, int]:
    """The digest of the picture and the memory that cleaning took, in MB, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", MEASURE], input=content, capture_output=True, check=True)
    digest, most = done.stdout.split()
    return digest.decode(), int(most)


@pytest.mark.parametrize(
    ("image", "kind", "options"),
    [
        (Image.new("P", (5_200, 5_000)), "PNG", {}),
        (Image.new("LA", (5_200, 5_000)), "PNG", {}),
        (Image.new("I;16", (5_200, 5_000)), "PNG", {}),
        (Image.new("L", (5_200, 5_000)), "WEBP", {}),
        (Image.new("L", (5_200, 5_000)), "JPEG", {"progressive": True}),
    ],
    ids=["palette", "grey with alpha", "16 bits of grey", "WebP", "progressive JPEG"],
)
def test_what_can_only_be_decoded_whole_has_the_lower_bound(
    image: Image.Image, kind: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="more than 25 million pixels"):
        pictures.clean_upload(uploaded(written(image, kind, **options)))


def test_a_camera_s_jpeg_of_fifty_million_pixels_is_read_at_half_its_size() -> None:
    content = written(Image.linear_gradient("L").resize((8_160, 6_120)).convert("RGB"), "JPEG")
    digest, most = measured(content)
    assert most < 200, "Whole it would take 200 MB to decode, and as much again to shrink."
    clean = pictures.clean_upload(uploaded(content))
    assert (clean.width, clean.height) == (4_080, 3_060)
    assert clean.digest == digest, "The same upload is the same picture, in whichever process."


def test_a_jpeg_of_more_than_any_camera_takes_is_refused() -> None:
    with pytest.raises(ValidationError, match="more than 60 million pixels"):
        pictures.clean_upload(uploaded(written(Image.new("L", (8_000, 7_600)), "JPEG")))


@pytest.mark.parametrize(("mode", "most"), [("P", 400), ("RGBA", 400)])
def test_the_largest_that_is_let_in_takes_no_more_than_we_say(mode: str, most: int) -> None:
    options = {"transparency": 0} if mode == "P" else {}
    _, taken = measured(written(Image.new(mode, (5_000, 5_000)), "PNG", **options))
    assert taken < most


def test_see_through_edges_are_shrunk_without_a_dark_rim() -> None:
    """A white disc on see-through black: averaged as they are, its edge would be grey."""
    image = Image.new("RGBA", (4_200, 64), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 2_101, 64))
    clean = pictures.clean_upload(uploaded(written(image, "PNG")))
    with Image.open(io.BytesIO(clean.content)) as after:
        row = [after.getpixel((x, 10)) for x in range(after.width)]
    assert all(pixel[:3] == (255, 255, 255) for pixel in row if pixel[3] > 8)  # type: ignore[index, operator]


def test_two_uploads_at_once_are_decoded_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most = [0], [0]
    whole = pictures._flatten

    def watched(image: Image.Image) -> Image.Image:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        time.sleep(0.05)
        at_work[0] -= 1
        return whole(image)

    monkeypatch.setattr(pictures, "_flatten", watched)
    content = written(Image.new("RGB", (40, 30)), "JPEG")
    threads = [threading.Thread(target=pictures.clean_upload, args=[uploaded(content)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_refusal_does_not_keep_the_next_waiting() -> None:
    for _ in range(2):
        with pytest.raises(ValidationError):
            pictures.clean_upload(uploaded(b"no picture"))
    assert pictures.clean_upload(uploaded(written(Image.new("RGB", (4, 3)), "PNG"))).width == 4
