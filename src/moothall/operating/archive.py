"""Backup and restore: one file with the database, every kept file, and a manifest of checksums.

Consistent while Moothall runs: the database is copied at one moment by its own means (SQLite's online backup,
``pg_dump``), and kept files are never changed once written, so those copied afterwards contain all that the database
knows of. Keys are not in it; keep them elsewhere. Nor are sessions and the cache: whoever finds a backup must not be
signed in by it.
"""

import errno
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from psycopg.conninfo import make_conninfo

from moothall import __version__
from moothall.core import clock, pictures
from moothall.operating import house
from moothall.records import queries as record_queries
from moothall.records.actions import OPERATOR, capture

MANIFEST = "manifest.json"
BLOCK = 1 << 20

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what is at hand."""


class CannotArchive(Exception):
    """A backup or a restore that did not happen, or not as it should; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``files`` has the SHA-256 of each, by its name in the archive."""

    engine: str
    made_at: datetime
    files: dict[str, str]

    @classmethod
    def parse(cls, content: bytes) -> "Manifest":
        """Raises ``ValueError`` for anything but a manifest."""
        try:
            read = json.loads(content)
            files = {str(name): str(checksum) for name, checksum in read["files"].items()}
            return cls(str(read["engine"]), datetime.fromisoformat(read["made_at"]), files)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("its manifest is not one of ours") from error


@dataclass(frozen=True)
class Restored:
    """What came back."""

    made_at: datetime
    files: int
    records: int
    kept_aside: list[Path]
    """Where what stood there before was moved to. PostgreSQL's contents are replaced, and not among it."""


# --- Backup -----------------------------------------------------------------------------------------------------------


def back_up(target: Path, progress: Progress) -> int:
    """Write a backup to ``target``, for the owner's eyes only; returns its size in bytes.

    An unfinished one never bears that name.
    """
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            database = Path(folder) / f"database.{connection.vendor}"
            _dump(database)
            with _private(unfinished) as out:
                with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1, dereference=True) as tar:
                    _write(tar, {database.name: database, **_kept_files()}, progress)
                out.flush()
                os.fsync(out.fileno())
        os.replace(unfinished, target)
    except (OSError, sqlite3.Error) as error:
        raise CannotArchive(f"The backup could not be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _kept_files() -> dict[str, Path]:
    """Every kept file by its name in the archive, but not those that are being written at this moment."""
    root = Path(settings.MEDIA_ROOT)
    whole = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith(pictures.UNFINISHED))
    return {f"media/{path.relative_to(root)}": path for path in sorted(whole)}


def _write(tar: tarfile.TarFile, files: dict[str, Path], progress: Progress) -> None:
    sums = {}
    for number, (name, path) in enumerate(files.items()):
        progress(number, len(files), name)
        with path.open("rb") as file:
            hashing = _Hashing(file)
            tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), hashing)
        sums[name] = hashing.sum.hexdigest()
    manifest = {
        "moothall": __version__,
        "engine": connection.vendor,
        "made_at": clock.now().isoformat(),
        "files": sums,
    }
    content = json.dumps(manifest, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
    progress(len(files), len(files), MANIFEST)


class _Hashing:
    """A file that notes the checksum of what is read from it: of the very bytes that go into the archive."""

    def __init__(self, file: IO[bytes]) -> None:
        self.sum = hashlib.sha256()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.sum.update(content)
        return content


def _dump(target: Path) -> None:
    """Copy the database, as it is at one moment and without ``_left_out``, to a file."""
    if connection.vendor == "sqlite":
        # In one step: between two, any write would make SQLite begin anew, and a busy database would never be done.
        with closing(_open_sqlite()) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            _empty_sqlite(copy)
        return
    without = [f"--exclude-table-data=public.{table}" for table in _left_out()]
    to = (f"--file={target}", f"--dbname={_postgres()}")
    _run("pg_dump", "--format=custom", "--no-owner", "--schema=public", *without, *to)


def _left_out() -> tuple[str, str]:
    """The tables that go into a backup empty."""
    return Session._meta.db_table, str(settings.CACHES["default"]["LOCATION"])


def _empty_sqlite(copy: sqlite3.Connection) -> None:
    """Empty ``_left_out`` in a copy, and build it anew: SQLite leaves what is deleted in the file."""
    copy.isolation_level = None
    copy.execute("PRAGMA journal_mode=DELETE")
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in tables.intersection(_left_out()):
        copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - the name is one of ours
    copy.execute("VACUUM")


def _open_sqlite() -> sqlite3.Connection:
    """The database, if there is one: SQLite's way is to make an empty one."""
    return sqlite3.connect(f"{_sqlite_file().absolute().as_uri()}?mode=rw", uri=True)


def _sqlite_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _postgres() -> str:
    """Where PostgreSQL is, without the password, which the programs take from their environment."""
    values = connection.settings_dict
    where = {"dbname": values["NAME"], "user": values["USER"], "host": values["HOST"], "port": values["PORT"]}
    tls = {name: value for name, value in values["OPTIONS"].items() if name.startswith("ssl")}
    return make_conninfo("", **{name: value for name, value in (where | tls).items() if value})


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's client programs to its end."""
    environment = os.environ | {"PGPASSWORD": connection.settings_dict["PASSWORD"] or ""}
    try:
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CannotArchive(f"{program} is not installed. Install PostgreSQL's client programs.") from error
    if done.returncode:
        raise CannotArchive(f"{program} failed: {done.stderr.strip()[:500]}")


# --- Restore ----------------------------------------------------------------------------------------------------------


def restore(source: Path, progress: Progress) -> Restored:
    """Put back what ``source`` holds. Everything is unpacked and verified before anything is touched.

    The first record after it says where the chain ended that was replaced: what a restore took away does not go unseen.
    """
    data = Path(settings.DATA_FOLDER)
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix="restoring-") as folder:
        unpacked = Path(folder)
        manifest = _unpack(source, unpacked, progress)
        if manifest.engine != connection.vendor:
            raise CannotArchive(
                f"This backup is of {manifest.engine}, and DATABASE_URL says {connection.vendor}. "
                "Set DATABASE_URL to a database of the same kind."
            )
        replaced = _head_now()
        aside = _replace(unpacked / f"database.{connection.vendor}", unpacked / "media")
    house.prepare()  # the backup may be of an older Moothall
    if fault := next((fault for fault in record_queries.faults() if fault), None):
        raise CannotArchive(f"Restored, but the records do not verify: record {fault.number}: {fault.what}.")
    number, last = record_queries.head()
    capture(
        "database.restored",
        "database",
        actor=OPERATOR,
        before=replaced,
        after={"made_at": manifest.made_at, "number": number, "hash": last},
    )
    return Restored(manifest.made_at, len(manifest.files), number, aside)


def _head_now() -> dict[str, object]:
    """Where the chain ends that is about to be replaced; empty if there is none, or none that can be read."""
    if connection.vendor == "sqlite" and not _sqlite_file().exists():
        return {}  # asking would make an empty one
    try:
        number, last = record_queries.head()
    except DatabaseError:
        return {}
    return {"number": number, "hash": last}


def _unpack(source: Path, folder: Path, progress: Progress) -> Manifest:
    """Unpack into ``folder``, compare every checksum, and return the manifest."""
    size = source.stat().st_size
    try:
        with source.open("rb") as raw, gzip.open(raw) as unzipped:
            with tarfile.open(fileobj=unzipped, mode="r:") as tar:
                for member in tar:
                    tar.extract(member, folder, filter="data")
                    progress(raw.tell(), size, member.name)
            while unzipped.read(BLOCK):
                pass  # to the very end, where gzip's own checksum stands
        manifest = Manifest.parse((folder / MANIFEST).read_bytes())
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise CannotArchive(
                f"There is no room to unpack {source} in {folder.parent}. Nothing was changed."
            ) from error
        raise CannotArchive(f"{source} is not a whole backup of Moothall: {error}. Use another one.") from error
    unpacked = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    del unpacked[MANIFEST]
    for name in sorted(unpacked.keys() | manifest.files.keys()):
        if name not in unpacked or manifest.files.get(name) != _checksum(unpacked[name]):
            raise CannotArchive(f"{source} is damaged at {name}. Nothing was changed. Use another backup.")
    return manifest


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace(database: Path, media: Path) -> list[Path]:
    """Put database and kept files in place; what stood there is moved aside, not deleted."""
    stamp = f"{clock.now():%Y%m%d-%H%M%S}"
    connection.close()
    aside = _swap_sqlite(database, stamp) if connection.vendor == "sqlite" else _refill_postgres(database)
    root = Path(settings.MEDIA_ROOT)
    if root.exists():
        aside.append(root.rename(root.with_name(f"{root.name}.before-{stamp}")))
    if media.exists():
        shutil.move(media, root)
    root.mkdir(exist_ok=True)
    return aside


def _swap_sqlite(database: Path, stamp: str) -> list[Path]:
    try:
        with closing(sqlite3.connect(database)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise CannotArchive(f"The database in the backup is damaged: {verdict}. Nothing was changed.")
    target = _sqlite_file()
    aside = target.with_name(f"{target.name}.before-{stamp}")
    kept = [aside] if target.exists() else []
    for suffix in ("-wal", "-shm", ""):
        old = target.with_name(target.name + suffix)
        if old.exists():
            old.rename(aside.with_name(aside.name + suffix))
    shutil.move(database, target)
    return kept


def _refill_postgres(database: Path) -> list[Path]:
    """In one transaction: whatever goes wrong, the database stays as it was.

    All that is there goes first, tables too that the backup knows nothing of because a later Moothall made them.
    """
    script = database.with_suffix(".sql")
    _run("pg_restore", "--no-owner", f"--file={script}", str(database))
    _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        f"--dbname={_postgres()}",
        "--command=DROP SCHEMA public CASCADE",
        f"--file={script}",
    )
    return []
