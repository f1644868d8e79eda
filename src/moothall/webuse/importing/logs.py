"""A log as it lies on the disk: plain or compressed, told by its first bytes, and known again by what it says."""

import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

import zstandard

HEAD_BYTES = 4096
TAIL_BYTES = 4096
MOST_BEFORE_A_LINE = 64 * 1024
"""So much of a log is looked at for its first line."""
TELLS = re.compile(rb"^(?!#).*\d{4}.*\d{2}.*$", re.MULTILINE)
"""A line with a time in it: not the names of the fields, with which many logs begin alike."""
STEP = 4 * 2**20
ZSTANDARD_STEP = 16 * 2**10
"""So much of a packed file is unpacked at once."""
Stream = io.BufferedIOBase
GZIP_END, ZSTANDARD_HEADER = 4, 18
"""Bytes."""
GZIP, ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class CannotOpen(Exception):
    """The file cannot be read at all. Its text says why, and what to do."""


class Replaced(CannotOpen):
    """Another file has the name now: the log was rotated at this very moment."""


class EndsEarly(Exception):
    """A compressed file that breaks off. What came before the break was given."""


@dataclass(frozen=True)
class Head:
    """The beginning of a log. ``first_line`` is the hash of its first line that tells a time; ``data`` is all of it."""

    first_line: str
    data: bytes

    def digest(self, length: int) -> str:
        """The hash of the first ``length`` bytes; empty if there are not so many."""
        return digest(self.data[:length]) if length <= len(self.data) else ""

    @property
    def length(self) -> int:
        return min(len(self.data), HEAD_BYTES)

    def lines(self) -> list[str]:
        """Its whole lines, to tell the format by."""
        return self.data.decode("utf-8", "replace").split("\n")[:-1]


@dataclass(frozen=True)
class Log:
    """A file that holds a log."""

    path: Path
    is_whole: bool = False
    """Nobody writes on it any more, so its last line is whole. A compressed file always is."""
    key: str = ""
    """What it is known by in place of its first line, for a file whose name is never given to another."""
    identity: tuple[int, int] | None = None
    """Device and inode of the file that it must be: a log can be renamed, and begun anew, between two looks."""

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Its plain text, from the beginning. Raises ``CannotOpen``."""
        with self._opened() as raw:
            yield _plain(raw)

    def pinned(self) -> "Log":
        """The file that has the name now, and no other after it."""
        if self.identity is not None:
            return self
        with self._opened() as raw:
            status = os.fstat(raw.fileno())
        return replace(self, identity=(status.st_dev, status.st_ino))

    def _opened(self) -> io.BufferedReader:
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise CannotOpen(f"{self.path}: {error.strerror or error}. Give a file that this user may read.") from error
        status = os.fstat(raw.fileno())
        if self.identity not in (None, (status.st_dev, status.st_ino)):
            raw.close()
            raise Replaced(f"{self.path} was renamed meanwhile. Read it again.")
        return raw

    def grows(self) -> bool:
        """Whether more may be written on it, so that a last line without its end waits for the rest."""
        return not (self.is_whole or self.is_compressed())

    def is_compressed(self) -> bool:
        """Whether it is: such a file grows no more."""
        with self._opened() as raw:
            return raw.read(len(ZSTANDARD)).startswith((GZIP, ZSTANDARD))

    def says_it_ends_at(self, offset: int) -> bool:
        """Whether the file says of itself that its plain text has ``offset`` bytes; one that cannot say it, does not.

        A gzip file says it in its last four bytes (RFC 1952), a Zstandard file in its first ones (RFC 8878).
        """
        with self._opened() as raw:
            start, size = raw.read(ZSTANDARD_HEADER), os.fstat(raw.fileno()).st_size
            if start.startswith(GZIP) and size > GZIP_END:
                raw.seek(-GZIP_END, io.SEEK_END)
                return int.from_bytes(raw.read(GZIP_END), "little") == offset % 2**32
        if start.startswith(ZSTANDARD):
            return zstandard.frame_content_size(start) == offset
        return size == offset

    def head(self) -> Head | None:
        """Its beginning; ``None`` as long as it has not one whole line that says something."""
        with self.open() as stream:
            data = read_exactly(stream, MOST_BEFORE_A_LINE)
        if not data:
            return None
        if self.key:
            return Head(digest(self.key.encode()), data)
        is_all = len(data) == MOST_BEFORE_A_LINE or not self.grows()
        first = TELLS.search(data if is_all else data[: data.rfind(b"\n") + 1])
        if first is None:
            return Head(digest(data), data) if is_all else None
        return Head(digest(first[0].rstrip(b"\r")), data)


def position(stream: Stream) -> int:
    """How far the file on the disk is read, in its own bytes."""
    if isinstance(stream, gzip.GzipFile):
        return cast(io.BufferedReader, stream.fileobj).tell()
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, _Zstandard):
        return stream.raw.packed.tell()
    return stream.tell()


def _plain(raw: io.BufferedReader) -> Stream:
    start = raw.read(len(ZSTANDARD))
    raw.seek(0)
    if start.startswith(GZIP):
        return gzip.GzipFile(fileobj=raw)
    if start == ZSTANDARD:
        return io.BufferedReader(_Zstandard(raw), STEP)
    return raw


class _Zstandard(io.RawIOBase):
    """The plain text of a Zstandard file. Unlike the library's own reader it tells the end from a break."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self.packed = raw
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._rest, self._plain = b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain:
            packed = self._rest or self.packed.read(ZSTANDARD_STEP)
            if not packed and self._frame is None:
                return 0
            if not packed:
                raise EOFError("The file breaks off before the end of its last frame")
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            self._plain, self._rest = memoryview(self._frame.decompress(packed)), b""
            if self._frame.eof:
                self._rest, self._frame = self._frame.unused_data, None
        size = min(len(buffer), len(self._plain))
        buffer[:size], self._plain = self._plain[:size], self._plain[size:]
        return size


def read_exactly(stream: Stream, size: int) -> bytes:
    """Up to ``size`` bytes, and fewer only at the end or where a compressed file breaks off."""
    pieces: list[bytes] = []
    missing = size
    while missing:
        try:
            piece = stream.read1(min(missing, STEP))  # one that reads on would lose what it has at a break
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
            if pieces:
                break  # the next call meets the same end, with nothing before it
            raise EndsEarly(str(error)) from error
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def skip(stream: Stream, size: int) -> int:
    """Go on by ``size`` bytes; returns by how many there were."""
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        before, end = stream.tell(), stream.seek(0, io.SEEK_END)
        return stream.seek(min(before + size, end)) - before
    skipped = 0
    while skipped < size and (piece := read_exactly(stream, min(STEP, size - skipped))):
        skipped += len(piece)
    return skipped


@dataclass(frozen=True)
class Chunk:
    """Whole lines, and how many bytes of the log they are; or none, where one endless line was passed over."""

    data: bytes
    length: int
    overlong: int = 0


def chunks(stream: Stream, size: int, *, is_whole: bool) -> Iterator[Chunk]:
    """The lines up to the end, about ``size`` bytes at a time.

    A last line without its end is left out, unless the log ``is_whole``: the rest of it may be on its way. A line of
    more than ``size`` bytes is passed over.
    """
    rest = b""
    while piece := read_exactly(stream, size):
        data = rest + piece
        cut = data.rfind(b"\n") + 1
        if cut:
            yield Chunk(data[:cut], cut)
        elif len(data) > size:
            passed, data = _pass_over(stream, len(data))
            if passed:
                yield Chunk(b"", passed, overlong=1)
            cut = 0
        rest = data[cut:]
    if rest and is_whole:
        yield Chunk(rest, len(rest))


def _pass_over(stream: Stream, passed: int) -> tuple[int, bytes]:
    """Go on to the end of an endless line of which ``passed`` bytes are read: its length, and what follows it.

    Nothing if the log ends before it does.
    """
    while piece := read_exactly(stream, STEP):
        line, end, after = piece.partition(b"\n")
        passed += len(line) + len(end)
        if end:
            return passed, after
    return 0, b""


def digest(data: bytes) -> str:
    """A hash to know data by."""
    return blake2b(data, digest_size=32).hexdigest()
