"""How far each log is read. A log is found again by its content, whatever it is called and however it is packed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from moothall.core import clock
from moothall.core.database import writing
from moothall.webuse.engine.segments import Digest
from moothall.webuse.importing import logs
from moothall.webuse.importing.logs import Head, Log
from moothall.webuse.models import Part, Purpose, Refusal, Source, StaleDay


class SomebodyElse(Exception):
    """Another importer has read on in the same log meanwhile. Nothing was counted twice; go on from where it is now."""


@dataclass(frozen=True)
class Step:
    """What moves a source on: from ``start`` to ``end`` in bytes of its plain text, of which ``tail`` are the last."""

    start: int
    end: int
    tail: bytes
    directive: str
    digest: Digest


def find_or_make(purpose: Purpose, log: Log, head: Head, slug: str) -> Source:
    """The source whose text this log begins with, or a new one. ``slug``: its format."""
    with writing():
        Purpose.objects.select_for_update().get(pk=purpose.pk)  # one at a time: two importers must not make it twice
        found = find(purpose.key, log, head)
        if found is None:
            now = clock.now()
            return Source.objects.create(
                purpose_key=purpose.key,
                name=log.path.name,
                format=slug,
                first_line=head.first_line,
                head_length=head.length,
                head=head.digest(head.length),
                comes_once=bool(log.key),
                first_seen_at=now,
                read_at=now,
            )
        found.name = log.path.name
        if found.head_length < head.length:  # it was short when it was first seen
            found.head_length, found.head = head.length, head.digest(head.length)
        found.save(update_fields=["name", "head_length", "head"])
        return found


def find(purpose_key: str, log: Log, head: Head) -> Source | None:
    """The source that this log is, as far as it is read. The one furthest read, if its beginning is that of several."""
    known = Source.objects.filter(purpose_key=purpose_key, first_line=head.first_line).order_by("-offset", "pk")
    return next((source for source in known if _is(source, log, head)), None)


def begun(purpose_key: str, head: Head) -> Source | None:
    """The source that begins as this log does, if there is one. Cheaper than ``find``: nothing else is looked at."""
    known = Source.objects.filter(purpose_key=purpose_key, first_line=head.first_line).order_by("-offset", "pk")
    return next((source for source in known if _begins(source, head)), None)


def _begins(source: Source, head: Head) -> bool:
    """If there is not so much of the log as is known of the source, its first line must do."""
    return head.length < source.head_length or head.digest(source.head_length) == source.head


def _is(source: Source, log: Log, head: Head) -> bool:
    """Whether the log says what was read of the source, or ends before that and says the beginning of it."""
    if not _begins(source, head):
        return False
    if head.length < source.head_length or not source.tail_length:
        return True
    with log.open() as stream:
        before = source.offset - source.tail_length
        if logs.skip(stream, before) < before:
            return True
        tail = logs.read_exactly(stream, source.tail_length)
    return len(tail) < source.tail_length or logs.digest(tail) == source.tail


def move_on(source: Source, step: Step) -> None:
    """Count what was read, and that it was read, at once or not at all. Raises ``SomebodyElse``."""
    digest, now = step.digest, clock.now()
    with writing():
        moved = Source.objects.filter(pk=source.pk, offset=step.start).update(
            offset=step.end,
            tail_length=len(step.tail),
            tail=logs.digest(step.tail),
            directive=step.directive,
            lines=F("lines") + digest.lines,
            rejected=F("rejected") + digest.rejects.total,
            read_at=now,
        )
        if not moved:
            raise SomebodyElse(source.name)
        Part.objects.bulk_create(
            Part(
                purpose_key=source.purpose_key,
                day=each.day,
                name=each.name,
                rows=each.rows,
                hits=each.hits,
                bytes=each.bytes,
                size=each.size,
                made_at=now,
            )
            for each in digest.files
        )
        _note_refusals(source, digest)
        mark_stale(source.purpose_key, {each.day for each in digest.files})
    source.refresh_from_db()


def mark_stale(purpose_key: str, days: Iterable[date | str]) -> None:
    """Say that these days must be counted anew."""
    for day in days:
        stale, is_new = StaleDay.objects.get_or_create(purpose_key=purpose_key, day=day)
        if not is_new:
            StaleDay.objects.filter(pk=stale.pk).update(mark=F("mark") + 1)


def _note_refusals(source: Source, digest: Digest) -> None:
    for reason, lines in digest.rejects.counts.items():
        refusal, _ = Refusal.objects.get_or_create(source=source, reason=reason)
        shapes = [*refusal.shapes, *digest.rejects.samples.get(reason, [])][:3]
        Refusal.objects.filter(pk=refusal.pk).update(lines=F("lines") + lines, shapes=shapes)
