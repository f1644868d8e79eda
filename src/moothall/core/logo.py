"""The council's logo, as small as pages show it."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from moothall.core.pictures import clean_upload

SHOWN_WITHIN = (480, 160)
"""Pixels, width and height: twice the size at which pages show it, for dense screens."""


def clean_logo(upload: "UploadedFile[bytes]") -> "ContentFile[bytes]":
    """The uploaded logo as a small PNG. Raises ``ValidationError`` for what is no picture."""
    with Image.open(BytesIO(clean_upload(upload).content)) as image:
        image.thumbnail(SHOWN_WITHIN, Image.Resampling.LANCZOS)
        out = BytesIO()
        image.save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name="logo.png")
