"""Backup and restore: one file with the database, every kept file, and a manifest of checksums.

Consistent while Moothall runs: the database is copied at one moment by its own means (SQLite's online backup,
``pg_dump``), and kept files are never changed once written, so those copied afterwards contain all that the database
knows of. Keys are not in it; keep them elsewhere.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from moothall import __version__
from moothall.core import clock
from moothall.records import queries as record_queries

MANIFEST = "manifest.json"
BLOCK = 1 << 20

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what is at hand."""


class CannotArchive(Exception):
    """A backup or a restore that did not happen; the message says why and what to do. Nothing was changed."""


@dataclass(frozen=True)
class Restored:
    """What came back."""

    made_at: datetime
    files: int
    records: int
    kept_aside: Path | None
    """Where what stood there before was moved to; ``None`` on PostgreSQL, where it was replaced."""


# --- Backup -----------------------------------------------------------------------------------------------------------


def back_up(target: Path, progress: Progress) -> int:
    """Write a backup to ``target``; returns its size in bytes. An unfinished one never bears that name."""
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            database = Path(folder) / f"database.{_engine()}"
            _dump(database)
            media = sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
            with tarfile.open(unfinished, "w:gz", compresslevel=1) as tar:
                _write(tar, database, media, progress)
        os.replace(unfinished, target)
    except OSError as error:
        raise CannotArchive(f"The backup could not be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _write(tar: tarfile.TarFile, database: Path, media: list[Path], progress: Progress) -> None:
    sums = {}
    files = [(database, database.name), *((each, f"media/{each.relative_to(settings.MEDIA_ROOT)}") for each in media)]
    for number, (path, name) in enumerate(files):
        progress(number, len(files), name)
        sums[name] = _checksum(path)
        tar.add(path, name, recursive=False)
    manifest = {
        "moothall": __version__,
        "engine": _engine(),
        "made_at": clock.now().isoformat(),
        "files": sums,
    }
    content = json.dumps(manifest, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
    progress(len(files), len(files), MANIFEST)


def _engine() -> str:
    return connection.vendor


def _dump(target: Path) -> None:
    """Copy the database, as it is at one moment, to a file."""
    if connection.vendor == "sqlite":
        name = settings.DATABASES["default"]["NAME"]
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=2_000)
        return
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", _postgres_url()])


def _postgres_url() -> str:
    """Where PostgreSQL is, without the password, which the tools take from the environment."""
    database = settings.DATABASES["default"]
    user, host = quote(database["USER"] or ""), database["HOST"] or "localhost"
    return f"postgresql://{user}@{host}:{database['PORT'] or 5432}/{quote(database['NAME'])}"


def _run(command: list[str]) -> None:
    password = settings.DATABASES["default"].get("PASSWORD") or ""
    try:
        done = subprocess.run(
            command, env=os.environ | {"PGPASSWORD": password}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise CannotArchive(f"{command[0]} is not installed. Install PostgreSQL's client programs.") from error
    if done.returncode:
        raise CannotArchive(f"{command[0]} failed: {done.stderr.strip()[:500]}")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Restore ----------------------------------------------------------------------------------------------------------


def restore(source: Path, progress: Progress) -> Restored:
    """Put back what ``source`` holds. Everything is unpacked and verified before anything is touched."""
    data = Path(settings.DATA_FOLDER)
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix="restoring-") as folder:
        unpacked = Path(folder)
        manifest = _unpack(source, unpacked, progress)
        if manifest["engine"] != _engine():
            raise CannotArchive(
                f"This backup is of {manifest['engine']}, and DATABASE_URL says {_engine()}. "
                "Set DATABASE_URL to a database of the same kind."
            )
        database = unpacked / f"database.{_engine()}"
        aside = _replace(database, unpacked / "media")
    if fault := next((fault for fault in record_queries.faults() if fault), None):
        raise CannotArchive(f"Restored, but the records do not verify: record {fault.number}: {fault.what}.")
    number, _ = record_queries.head()
    return Restored(datetime.fromisoformat(manifest["made_at"]), len(manifest["files"]), number, aside)


def _unpack(source: Path, folder: Path, progress: Progress) -> dict[str, Any]:
    """Unpack into ``folder``, compare every checksum, and return the manifest."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            for number, member in enumerate(tar):
                tar.extract(member, folder, filter="data")
                progress(number, number + 1, member.name)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise CannotArchive(f"{source} is not a whole backup of Moothall: {error}. Use another one.") from error
    for name, checksum in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _checksum(path) != checksum:
            raise CannotArchive(f"{source} is damaged at {name}. Nothing was changed. Use another backup.")
    return manifest


def _replace(database: Path, media: Path) -> Path | None:
    """Put database and kept files in place; what stood there is moved aside, not deleted."""
    stamp = f"{clock.now():%Y%m%d-%H%M%S}"
    connection.close()
    aside: Path | None = None
    if connection.vendor == "sqlite":
        aside = _swap_sqlite(database, stamp)
    else:
        _run(
            [
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                f"--dbname={_postgres_url()}",
                str(database),
            ]
        )
    root = Path(settings.MEDIA_ROOT)
    if root.exists():
        root.rename(root.with_name(f"{root.name}.before-{stamp}"))
    if media.exists():
        shutil.move(media, root)
    root.mkdir(exist_ok=True)
    return aside


def _swap_sqlite(database: Path, stamp: str) -> Path | None:
    with closing(sqlite3.connect(database)) as copy:
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise CannotArchive(f"The database in the backup is damaged: {verdict}. Nothing was changed.")
    target = Path(settings.DATABASES["default"]["NAME"])
    aside = target.with_name(f"{target.name}.before-{stamp}") if target.exists() else None
    for suffix in ("-wal", "-shm", ""):
        old = target.with_name(target.name + suffix)
        if aside and old.exists():
            old.rename(aside.with_name(aside.name + suffix))
    shutil.move(database, target)
    return aside
