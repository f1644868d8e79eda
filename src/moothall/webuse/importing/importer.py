"""Importing a log: piece by piece, each counted in one transaction with how far it was read.

Killed at any moment, it has counted a piece or it has not, and the next import goes on from there.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from moothall.webuse.engine.dataset import Dataset
from moothall.webuse.engine.keeping import Lookups
from moothall.webuse.engine.segments import Digest, Segment, digest
from moothall.webuse.formats import registry
from moothall.webuse.formats.base import CannotRead, Clock, Format, Pattern
from moothall.webuse.importing import logs, sources
from moothall.webuse.importing.logs import Chunk, EndsEarly, Log
from moothall.webuse.importing.sources import SomebodyElse, Step
from moothall.webuse.models import Purpose, Source

SEGMENT_BYTES = 32 * 2**20
"""How much of a log is read at once: it bounds the memory, and what a kill costs."""
FIRST_LINES = 200
"""So many lines tell a format."""
UNKNOWN = (
    "Its first lines are of none of the formats that Moothall knows. Say which it is with --format, or give Squid’s "
    "own format string with --logformat."
)

NOTHING = Pattern(r"^\z(?P<time>x)(?P<host>x)$", Clock.EPOCH)
"""Matches no line: for those after a directive that names no time or no host."""

Seal = Callable[[dict[int, dict[bytes, str]]], None]
"""Seals the names behind new pseudonyms, by period, and has them on the disk when it returns."""


class UnknownFormat(Exception):
    """A log whose format cannot be told. Its text says what to do."""


@dataclass(frozen=True)
class Kit:
    """All that an import works with. ``ahead``: how many pieces are under way at once."""

    purpose: Purpose
    lookups: Lookups
    dataset: Dataset
    seal: Seal
    executor: Executor
    ahead: int = 3
    segment_bytes: int = SEGMENT_BYTES


@dataclass
class Progress:
    """How an import goes, for whoever watches: bytes of plain text, lines, and what was refused."""

    bytes: int = 0
    lines: int = 0
    rejected: int = 0
    was_read: int = 0
    """Bytes that an earlier import had read already."""
    position: int = 0
    """How far the file on the disk is read, in its own bytes."""
    ended_early: str = ""
    days: set[str] = field(default_factory=set)


Watch = Callable[[Progress], None]


def reader(log: Log, head: logs.Head, slug: str = "", pattern: Pattern | None = None) -> tuple[Format | None, Pattern]:
    """The format and the pattern for a log. Raises ``UnknownFormat``.

    ``slug`` names the format; ``pattern`` is that of a format string, and then there is no format.
    """
    if pattern is not None:
        return None, pattern
    lines = head.lines()[:FIRST_LINES]
    if not slug:
        told = registry.told_by(lines)
        if told is None:
            raise UnknownFormat(f"{log.path}: {UNKNOWN}")
        return told
    of = registry.by_slug(slug)
    found = of.recognise(lines)
    if found is None:
        raise UnknownFormat(f"{log.path}: its first lines are not {of.label}.")
    return of, found


def import_log(
    kit: Kit, log: Log, slug: str = "", pattern: Pattern | None = None, watch: Watch = lambda progress: None
) -> Progress:
    """Read what is new in a log. Raises ``logs.CannotOpen``, ``UnknownFormat``, and ``OSError`` if a disk is full."""
    log = log.pinned()
    head = log.head()
    if head is None:
        return Progress()
    of, first = reader(log, head, slug, pattern)
    while True:
        source = sources.find_or_make(kit.purpose, log, head, of.slug if of else "logformat")
        try:
            return _Import(kit, log, source, of, first, watch).run()
        except SomebodyElse:
            continue


class _Import:
    """One pass over what is new in one log."""

    def __init__(self, kit: Kit, log: Log, source: Source, of: Format | None, pattern: Pattern, watch: Watch) -> None:
        self._kit, self._log, self._source, self._of, self._watch = kit, log, source, of, watch
        self._directive = source.directive
        self._pattern: Pattern | None = pattern
        if of and source.directive:
            self._directed(of, source.directive.encode())
        self._progress = Progress(was_read=source.offset)
        self._under_way: deque[tuple[int, int, bytes, str, Future[Digest]]] = deque()

    def run(self) -> Progress:
        try:
            self._read()
        finally:
            for *_, future in self._under_way:
                future.cancel()
        return self._progress

    def _read(self) -> None:
        whole = not self._log.grows()
        with self._log.open() as stream:
            start = self._source.offset
            if logs.skip(stream, start) < start:
                return  # a copy of the beginning of what is read already
            try:
                for chunk in logs.chunks(stream, self._kit.segment_bytes, is_whole=whole):
                    self._submit(start, chunk)
                    start += chunk.length
                    self._progress.position = logs.position(stream)
                    while len(self._under_way) >= self._kit.ahead:
                        self._count()
            except EndsEarly as error:
                self._progress.ended_early = str(error)
            while self._under_way:
                self._count()

    def _submit(self, start: int, chunk: Chunk) -> None:
        end = start + chunk.length
        segment = Segment(
            prefix=self._kit.purpose.key,
            stem=f"{self._source.pk}-{start}-{end}",
            runs=tuple(self._runs(chunk.data)),
            overlong=chunk.overlong,
        )
        future = self._kit.executor.submit(digest, segment, self._kit.lookups, self._kit.dataset)
        self._under_way.append((start, end, chunk.data[-logs.TAIL_BYTES :], self._directive, future))

    def _runs(self, data: bytes) -> Iterator[tuple[Pattern, bytes]]:
        """The lines between directives, with the pattern that reads them; without one they are read as rejects."""
        of = self._of
        if of is None or (data[:1] != b"#" and b"\n#" not in data):
            if data:
                yield self._pattern or NOTHING, data
            return
        begin = 0
        while begin < len(data):
            if data[begin : begin + 1] == b"#":
                end = data.find(b"\n", begin) + 1 or len(data)
                self._directed(of, data[begin:end])
            else:
                end = data.find(b"\n#", begin) + 1 or len(data)
                yield self._pattern or NOTHING, data[begin:end]
            begin = end

    def _directed(self, of: Format, line: bytes) -> None:
        """Take note of a line that begins with ``#``."""
        text = line.decode("utf-8", "replace").strip()
        try:
            found = of.follow(text)
        except CannotRead:
            self._pattern, self._directive = None, text
            return
        if found is not None:
            self._pattern, self._directive = found, text

    def _count(self) -> None:
        """Wait for the oldest piece, and count it."""
        start, end, tail, directive, future = self._under_way.popleft()
        done = future.result()
        self._kit.seal(done.names)
        sources.move_on(self._source, Step(start, end, tail, directive, done))
        progress = self._progress
        progress.bytes += end - start
        progress.lines += done.lines
        progress.rejected += done.rejects.total
        progress.days |= {each.day for each in done.files}
        self._watch(progress)
