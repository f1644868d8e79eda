"""A dataset in an S3-compatible bucket. Needs ``moothall[cluster]``; imported only where the rows are in one."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import polars as pl
from obstore.exceptions import BaseError
from obstore.store import S3Store

from moothall.webuse.engine.dataset import SETTLED_SECONDS, packed


class Bucket:
    """A dataset in a bucket. A file is put there by one request, so it is there whole, or not at all.

    ``address`` is like ``s3://bucket/prefix``. What ``options`` does not say (``endpoint``, ``access_key_id``,
    ``secret_access_key``, ``region``) is found as AWS's own tools do. It can be sent to a worker, options and all.
    """

    def __init__(self, address: str, options: Mapping[str, str]) -> None:
        parts = urlsplit(address)
        prefix = parts.path.strip("/")
        self._root = f"s3://{parts.netloc}/{prefix}".rstrip("/")
        given = {name: value for name, value in options.items() if value}
        is_plain = given.get("endpoint", "").startswith("http://")
        self._store = S3Store(
            parts.netloc,
            prefix=prefix or None,
            config=given,  # type: ignore[arg-type]  # its keys are ours to get right
            client_options={"allow_http": is_plain},
        )
        self._options = {f"aws_{name}": value for name, value in given.items()}
        self._options["aws_allow_http"] = str(is_plain).lower()

    def write(self, name: str, frame: pl.DataFrame) -> int:
        """Put in one piece, whatever its size: of pieces a kill would leave some behind, where no list shows them."""
        content = packed(frame)
        with self._trouble_said():
            self._store.put(name, content, use_multipart=False)
        return len(content)

    def read(self, names: Iterable[str]) -> pl.LazyFrame:
        paths = [f"{self._root}/{name}" for name in names]
        return pl.scan_parquet(paths, glob=False, storage_options=self._options)

    def delete(self, names: Iterable[str]) -> None:
        """A bucket that keeps old versions keeps these too: it must keep none."""
        with self._trouble_said():
            self._store.delete(list(names))

    def settled(self, purpose_key: str) -> Iterator[str]:
        until = time.time() - SETTLED_SECONDS
        with self._trouble_said():
            found = [file for files in self._store.list(purpose_key) for file in files]
        for file in sorted(found, key=lambda file: file["path"]):
            if file["last_modified"].timestamp() < until:
                yield file["path"]

    @contextmanager
    def _trouble_said(self) -> Iterator[None]:
        try:
            yield
        except BaseError as error:
            first = str(error).partition("\n")[0]
            raise OSError(f"The bucket {self._root} did not take it: {first}") from error
