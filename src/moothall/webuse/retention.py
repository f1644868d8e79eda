"""Deleting what is over: rows, sealed names and figures each by the clock that their purpose gives them.

Files go after the transaction that says they count no more; what a kill leaves of them is swept away the next night.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from moothall.core import clock
from moothall.records.actions import capture
from moothall.webuse import house
from moothall.webuse.figure_actions import COUNTED, counted_files
from moothall.webuse.importing.spool import ASIDE, SUFFIX
from moothall.webuse.models import Figure, Hold, Part, Purpose, Refusal, Source, StaleDay, Volume
from moothall.webuse.purpose_queries import in_force
from moothall.webuse.seals.pseudonyms import days_of

UNREAD_LASTS = timedelta(days=7)
"""So long what was put aside is kept, and what is known of files of the spool."""
TABLES = (Figure, Part, Volume, Refusal)


@dataclass(frozen=True)
class Deleted:
    """What a night's deleting came to, as its record says it. Days are those of which something went."""

    files: int = 0
    row_days: int = 0
    name_periods: int = 0
    keys: int = 0
    figures: int = 0
    left_over_files: int = 0
    unread_files: int = 0
    """What a proxy sent in a format that nobody could tell."""
    oldest_row: str = ""
    """The oldest day of which rows are left, looked up afterwards."""
    oldest_name: str = ""

    @property
    def anything(self) -> bool:
        left = (self.left_over_files, self.unread_files)
        return any((self.files, self.name_periods, self.keys, self.figures, *left))


def retain(today: date) -> dict[str, Deleted]:
    """Delete what is over on a local day, of every purpose there ever was, and prove it by a record each."""
    keys = set(Purpose.objects.values_list("key", flat=True)) | set(Part.objects.values_list("purpose_key", flat=True))
    done = {key: _retain(key, today) for key in sorted(keys)}
    if any(each.anything for each in done.values()):
        _vacuum()
    return done


def _retain(key: str, today: date) -> Deleted:
    purpose = _governing(key)
    if purpose is None:
        return Deleted()
    held = held_days(key)
    rows_until = today - timedelta(days=purpose.rows_days)
    names_until = today - timedelta(days=purpose.names_days)
    figures_until = today - timedelta(days=purpose.figures_days)
    over = Part.objects.filter(purpose_key=key, day__lt=rows_until)
    for first, last in held:
        over = over.exclude(day__range=(first, last))
    with transaction.atomic():
        parts = list(over)
        days = {part.day for part in parts}
        over.delete()
        StaleDay.objects.filter(purpose_key=key, day__in=days).delete()  # there is nothing left to count them by
        Refusal.objects.filter(source__purpose_key=key, source__read_at__date__lt=rows_until).delete()
        waiting = [path.name for path in house.folder("spool", key).glob(f"*{SUFFIX}")]
        once = Source.objects.filter(purpose_key=key, comes_once=True, read_at__lt=clock.now() - UNREAD_LASTS)
        once.exclude(name__in=waiting).delete()
        figures, _ = Figure.objects.filter(purpose_key=key, starts__lt=figures_until).delete()
        volumes, _ = Volume.objects.filter(purpose_key=key, day__lt=figures_until).delete()
    files = house.dataset()
    files.delete(part.name for part in parts)
    files.delete(name for day in days for name in counted_files(key, day))
    left_over = _left_over(key)
    files.delete(left_over)
    names = _forget(key, names_until, held)
    destroyed = _destroy_keys(key, rows_until, held)
    done = Deleted(
        files=len(parts),
        row_days=len(days),
        name_periods=names,
        keys=destroyed,
        figures=figures + volumes,
        left_over_files=len(left_over),
        unread_files=_delete_unread(key),
        oldest_row=_iso(Part.objects.filter(purpose_key=key).values_list("day", flat=True).first()),
        oldest_name=_iso(next((days_of(each)[0] for each in house.sealed_names(key).periods()), None)),
    )
    if done.anything:
        capture("webuse.deleted", f"purpose-key:{key}", actor=None, why="Their time is over.", after=asdict(done))
    return done


def _governing(key: str) -> Purpose | None:
    """The version whose clocks hold: that in force, or the last that was."""
    approved = Purpose.objects.filter(key=key, approved_at__isnull=False)
    return approved.filter(superseded_at=None).first() or approved.first()


def held_days(key: str) -> list[tuple[date, date]]:
    """The days that a case keeps, from first to last."""
    return list(Hold.objects.filter(purpose_key=key, lifted_at=None).values_list("first", "last"))


def _touches(period: int, held: list[tuple[date, date]]) -> bool:
    begins, ends = days_of(period)
    return any(first <= ends and begins <= last for first, last in held)


def _forget(key: str, until: date, held: list[tuple[date, date]]) -> int:
    """Forget the names of periods that began before ``until``: none is kept longer than said. Returns of how many."""
    names = house.sealed_names(key)
    over = [each for each in names.periods() if days_of(each)[0] < until and not _touches(each, held)]
    for period in over:
        names.forget(period)
    return len(over)


def _destroy_keys(key: str, until: date, held: list[tuple[date, date]]) -> int:
    """Destroy the keys of periods of which no row is left."""
    ring = house.key_ring(key)
    over = [each for each in ring.periods() if days_of(each)[1] < until and not _touches(each, held)]
    for period in over:
        ring.destroy(period)
    return len(over)


def _left_over(key: str) -> list[str]:
    """Files that no manifest names and that nobody is about to name: of days of which there are no rows at all."""
    counted = set(Part.objects.filter(purpose_key=key).values_list("name", flat=True))
    days = {name.split("/")[1] for name in counted}
    found = []
    for name in house.dataset().settled(key):
        _, day, file = name.split("/")
        is_of_a_day = file.startswith(COUNTED) and day in days
        if name not in counted and not is_of_a_day:
            found.append(name)
    return found


def _delete_unread(key: str) -> int:
    """Delete raw lines that nobody may read any more, or has read within a week. Returns how many files."""
    until = (clock.now() - UNREAD_LASTS).timestamp()
    folder = house.folder("spool", key)
    over = [path for path in (folder / ASIDE).glob("*") if path.stat().st_mtime < until]
    if all(purpose.key != key for purpose in in_force()):
        over += folder.glob(f"*{SUFFIX}")
    for path in over:
        path.unlink()
    return len(over)


def _vacuum() -> None:
    """Give back the room, so that what was deleted is not left on the disk in free pages of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            return
        for model in TABLES:
            cursor.execute(f'VACUUM "{model._meta.db_table}"')


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
