"""Captions files that people upload, WebVTT or SRT: checked, cleaned, and written anew as WebVTT. Pure."""

import html
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from webvtt import Caption, WebVTT
from webvtt.errors import MalformedCaptionError, MalformedFileError

MOST_BYTES = 2**20
MOST_CAPTIONS = 5_000
HEADER = "WEBVTT"

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?=\s|$)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_WORDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Times:
    """From when to when one caption stands, in milliseconds, and the line that says so, counted from 1."""

    line: int
    start: int
    end: int


def clean(content: bytes, seconds: float = 0) -> str:
    """The captions in ``content`` as WebVTT: their times and words, in order, without styles, positions and notes.

    ``seconds``: how long the video is, if that is known. Raises ``ValidationError`` with the line that is wrong.
    """
    if len(content) > MOST_BYTES:
        raise ValidationError("This captions file is larger than 1 MB. Is it another kind of file?")
    lines = _LINE_END.split(_decoded(content))
    is_vtt = lines[0].startswith(HEADER)
    if not is_vtt and not _begins_as_srt(lines):
        raise ValidationError(
            f"Line 1 is neither “{HEADER}” nor the number of an SRT file's first caption. Save the captions as WebVTT "
            "(.vtt) or SRT (.srt) and add that file."
        )
    _check_times(_times(lines), seconds)
    captions = _parsed(lines, "vtt" if is_vtt else "srt")
    made = sorted((each for each in map(_plain, captions) if each.lines), key=lambda each: each.start)
    if not made:
        raise ValidationError("There are no captions in this file.")
    return f"{WebVTT(captions=made).content.rstrip()}\n"


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValidationError(
            f"Line {line} has a character that is not UTF-8. Save the captions with the encoding UTF-8 and add that."
        ) from error


def _begins_as_srt(lines: list[str]) -> bool:
    said = [line.strip() for line in lines if line.strip()][:2]
    return len(said) == 2 and said[0].isdecimal() and "-->" in said[1]


def _times(lines: list[str]) -> list[Times]:
    found = []
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        match = _TIMES.match(line)
        if match is None:
            raise ValidationError(
                f"Line {number} is no time of a caption: “{line.strip()[:60]}”. It should look like "
                "00:00:01.000 --> 00:00:04.000."
            )
        found.append(Times(number, _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])))
    return found


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1_000 + int((fraction or "0").ljust(3, "0"))


def _check_times(times: list[Times], seconds: float) -> None:
    if len(times) > MOST_CAPTIONS:
        raise ValidationError(f"This file has more than {MOST_CAPTIONS} captions.")
    for each in times:
        if each.end <= each.start:
            raise ValidationError(f"Line {each.line}: this caption ends before it begins.")
        if seconds and each.start > seconds * 1_000:
            raise ValidationError(
                f"Line {each.line}: this caption begins after the video has ended. Is this another video's file?"
            )


def _parsed(lines: list[str], form: str) -> list[Caption]:
    """The library's reading. It passes over what it does not understand; ``_times`` has read each time before."""
    first = next(number for number, line in enumerate(lines) if line.strip())
    try:
        return list(WebVTT.from_buffer([line.rstrip() for line in lines[first:]], format=form).captions)
    except (MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise ValidationError(
            "We cannot read these captions. Open them in a captions editor and save them again as WebVTT."
        ) from error


def _plain(caption: Caption) -> Caption:
    """The same times and words, and nothing else."""
    words = [_NOT_WORDS.sub("", html.unescape(line)).strip() for line in caption.text.split("\n")]
    lines = [html.escape(line, quote=False) for line in words if line]
    return Caption(start=caption.start, end=caption.end, text=lines)
