"""Where the rows are: Parquet files in a folder, one folder a purpose and day. A file is there whole, or not at all.

Which files count is said elsewhere, by the manifest in the application database: a file that it does not name is a
leftover of something that was cut off, and is swept away.
"""

import io
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import polars as pl

from moothall.webuse.seals import folders

COMPRESSION_LEVEL = 1
"""Of zstd: a third of the time of the default, and the files are hardly larger."""


SETTLED_SECONDS = 24 * 3600
"""An import names a file in the manifest within seconds of writing it."""


class Dataset(Protocol):
    """A place for files of rows. ``name`` is like ``purpose/2026-10-06/12-0.parquet``."""

    def write(self, name: str, frame: pl.DataFrame) -> int:
        """Keep ``frame`` for good, in place of what had this name. Returns its size in bytes."""

    def read(self, names: Iterable[str]) -> pl.LazyFrame:
        """The rows of these files together. Raises ``FileNotFoundError`` once they are read and one is gone."""

    def delete(self, names: Iterable[str]) -> None:
        """Delete files for good; one that is gone already is no fault."""

    def settled(self, purpose_key: str) -> Iterator[str]:
        """The files of a purpose that nobody has touched for a day, whether they count or not."""


class Folder:
    """A dataset in a folder of this machine, or one that several machines share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, name: str, frame: pl.DataFrame) -> int:
        """Written under a temporary name, brought to the disk, then renamed. Raises ``OSError`` if the disk is full.

        A day's folder is for its owner alone.
        """
        path = self._path / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = packed(frame)
        folders.replace(path, content, 0o600)
        return len(content)

    def read(self, names: Iterable[str]) -> pl.LazyFrame:
        return pl.scan_parquet([self._path / name for name in names], glob=False)

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            path = self._path / name
            path.unlink(missing_ok=True)
            with suppress(OSError):  # there are others in it, or it is gone
                path.parent.rmdir()

    def settled(self, purpose_key: str) -> Iterator[str]:
        until = time.time() - SETTLED_SECONDS
        for path in sorted((self._path / purpose_key).glob("*/*")):
            if path.is_file() and path.stat().st_mtime < until:
                yield str(path.relative_to(self._path))


def packed(frame: pl.DataFrame) -> bytes:
    """The frame as a Parquet file."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=COMPRESSION_LEVEL)
    return buffer.getvalue()
