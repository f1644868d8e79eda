"""Following a log that grows: its folder is looked at about once a second, and what has changed is read.

Nothing about the log is remembered here that matters: an import finds it again by what it says, and goes on from where
it was. So rotation, compression and our own absence are all the same case: the log's siblings (``access.log.1``,
``access.log-20261006.gz``) are looked at like the log itself, the oldest first.
"""

import logging
import math
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import close_old_connections, connection

from moothall.webuse.formats.base import Pattern
from moothall.webuse.importing import sources
from moothall.webuse.importing.importer import Kit, Progress, UnknownFormat
from moothall.webuse.importing.lending import Kits, Patience, Refreshing, Stopped
from moothall.webuse.importing.logs import CannotOpen, EndsEarly, Log, Replaced
from moothall.webuse.importing.telling import Telling
from moothall.webuse.models import Source

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds from look to look."""
QUIET = 10.0
"""Seconds for which a rotated log must not change before its last line is taken as it is."""
REFRESH_EVERY = 5.0
ROTATED = re.compile(r"[.-]\d")
"""How the end of a rotated log's name begins. Other siblings are read only if they are known already."""
PACKED = (".gz", ".zst")
NEVER = math.inf


@dataclass(frozen=True)
class _Stamp:
    """What tells that a file has changed. ``modified`` in nanoseconds; ``is_live``: it has the log's own name."""

    size: int
    modified: int
    is_live: bool


@dataclass(frozen=True)
class _File:
    path: Path
    identity: tuple[int, int]
    """Device and inode: the same under whatever name."""
    stamp: _Stamp


UNREAD = _Stamp(-1, 0, is_live=True)


@dataclass
class _Seen:
    """A file as it was when it was last read, or left alone. ``since``: the monotonic second of that."""

    stamp: _Stamp
    since: float
    is_ours: bool
    is_settled: bool


class Follower:
    """Follows the log at ``path``. ``refresh`` counts figures anew; ``slug`` or ``pattern`` say the format, if need be.

    On the first follow of a log its siblings are left alone. Later, those that are known are read to their end, and
    those that are newer than a known one are read whole; so are those that changed since the log was last read, where
    rotation has left none that is known.
    """

    def __init__(
        self,
        kits: Kits,
        path: Path,
        refresh: Callable[[], object] = lambda: None,
        *,
        slug: str = "",
        pattern: Pattern | None = None,
        quiet: float = QUIET,
    ) -> None:
        self._kits, self._path, self._quiet = kits, path, quiet
        self._telling = Telling(slug, pattern)
        self._seen: dict[tuple[int, int], _Seen] = {}
        self._said: set[str] = set()
        self._patience = Patience(log, f"Following {path}")
        self._refreshing = Refreshing(refresh, REFRESH_EVERY)
        self._stopping = threading.Event()
        self._missed_since: float | None = None
        """From this moment on (seconds since 1970) siblings are read though none that is older is known."""

    def run(self, stopping: threading.Event, every: float = EVERY) -> None:
        """Follow until ``stopping`` is set. Whatever goes wrong is said, and tried again later."""
        self._stopping = stopping
        while not stopping.is_set():
            stopping.wait(self._turn(every))
        self._turn(every)

    def _turn(self, every: float) -> float:
        """Look once; returns the seconds to the next look. Once told to stop, only count anew what was read."""
        close_old_connections()
        try:
            if not self._stopping.is_set():
                self.look()
            self._refreshing.if_due(at_once=self._stopping.is_set())
        except Stopped:
            return 0
        except Exception as error:  # whatever it is, the log is still there, and so is how far it was read
            connection.close()
            return self._patience.failed(error)
        self._patience.went_well()
        return every

    def look(self) -> None:
        """Read what is new, the oldest file first. Raises what keeps the log itself from being read."""
        files = list(self._files())
        self._seen = {each.identity: self._seen[each.identity] for each in files if each.identity in self._seen}
        if not any(self._has_news(each) for each in files):
            return
        for live in (
            each for each in files if each.stamp.is_live
        ):  # it is ours, though it be renamed before it is read
            self._seen.setdefault(live.identity, _Seen(UNREAD, 0, is_ours=True, is_settled=False))
        with self._kits() as kit:
            if self._missed_since is None:
                self._missed_since = self._last_read(kit, files)
            after_known = False
            for file in files:
                if self._has_news(file):
                    self._visit(kit, file, after_known)
                seen = self._seen.get(file.identity)
                after_known |= seen is not None and seen.is_ours

    def _files(self) -> Iterator[_File]:
        """The log's siblings, the oldest first, and then the log. A packed one whose original is there is left out."""
        found = []
        with os.scandir(self._path.parent) as entries:
            names = {each.name for each in entries if _is_sibling(each.name, self._path.name)}
        for name in names:
            if name.endswith(PACKED) and name.rpartition(".")[0] in names - {self._path.name}:
                continue
            path = self._path.with_name(name)
            status = _status(path)
            if status is not None and stat.S_ISREG(status.st_mode):
                stamp = _Stamp(status.st_size, status.st_mtime_ns, name == self._path.name)
                found.append(_File(path, (status.st_dev, status.st_ino), stamp))
        yield from sorted(found, key=lambda each: (each.stamp.is_live, each.stamp.modified, each.path.name))

    def _has_news(self, file: _File) -> bool:
        """Whether the file has changed, or its last line has waited long enough."""
        seen = self._seen.get(file.identity)
        if seen is None or seen.stamp != file.stamp:
            return True
        waits = seen.is_ours and not seen.is_settled and not file.stamp.is_live
        return waits and time.monotonic() - seen.since >= self._quiet

    def _visit(self, kit: Kit, file: _File, after_known: bool) -> None:
        if file.stamp.is_live:
            self._read(kit, file)
            return
        try:
            self._visit_sibling(kit, file, after_known)
        except UnknownFormat as error:
            self._say(str(error))  # once more is known of the log itself, it may be read after all
        except (CannotOpen, EndsEarly) as error:
            if file.path.exists():
                self._say(f"{file.path}: {error}")

    def _visit_sibling(self, kit: Kit, file: _File, after_known: bool) -> None:
        seen = self._seen.get(file.identity)
        if seen is not None and seen.stamp == file.stamp:
            self._read(kit, file, is_whole=True)
            return
        of = Log(file.path, is_whole=True, identity=file.identity)
        head = of.head()
        source = sources.begun(kit.purpose.key, head) if head else None
        was_followed = seen is not None and seen.is_ours
        is_newer = after_known or file.stamp.modified / 10**9 > (self._missed_since or NEVER)
        is_missed = head and (was_followed or (is_newer and ROTATED.match(file.path.name[len(self._path.name) :])))
        if source is not None and of.says_it_ends_at(source.offset):
            self._note(file, is_ours=True, is_settled=True)
        elif source is not None or is_missed:
            self._read(kit, file)
        else:
            self._note(file, is_ours=False)

    def _last_read(self, kit: Kit, files: list[_File]) -> float:
        """When the log was last read, if that is so long ago that nothing of what was read is left; else ``NEVER``."""
        for file in files:
            with suppress(CannotOpen, EndsEarly):
                head = Log(file.path, is_whole=not file.stamp.is_live).head()
                if head and sources.begun(kit.purpose.key, head):
                    return NEVER
        known = Source.objects.filter(purpose_key=kit.purpose.key, name__startswith=self._path.name)
        times = [each.read_at.timestamp() for each in known if _is_sibling(each.name, self._path.name)]
        return max(times, default=NEVER)

    def _read(self, kit: Kit, file: _File, *, is_whole: bool = False) -> None:
        of = Log(file.path, is_whole=is_whole, identity=file.identity)
        try:
            grows = of.grows()
            progress = self._telling.import_log(kit, of, self._watch)
        except CannotOpen as error:
            if isinstance(error, Replaced) or not file.path.exists():
                return  # it is being rotated; the next look finds it under its new name
            raise
        if progress.ended_early:
            self._say(f"{file.path} breaks off: {progress.ended_early}")
        self._note(file, is_ours=True, is_settled=not grows)

    def _note(self, file: _File, *, is_ours: bool, is_settled: bool = False) -> None:
        self._seen[file.identity] = _Seen(file.stamp, time.monotonic(), is_ours, is_settled)

    def _watch(self, progress: Progress) -> None:
        self._refreshing.was_read()
        if self._stopping.is_set():
            raise Stopped

    def _say(self, trouble: str) -> None:
        """Say once what is wrong with a sibling; the log itself is followed all the same."""
        if trouble not in self._said:
            self._said.add(trouble)
            log.warning("%s", trouble)


def _is_sibling(name: str, of: str) -> bool:
    return name == of or name.startswith((f"{of}.", f"{of}-"))


def _status(path: Path) -> os.stat_result | None:
    """``None`` if the file is gone."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
