"""Telling the format of one proxy's next log, where it alone is too short to tell it by."""

from moothall.webuse.engine.reading import read
from moothall.webuse.formats.base import Pattern
from moothall.webuse.importing.importer import Kit, Progress, UnknownFormat, Watch, import_log, reader
from moothall.webuse.importing.logs import Head, Log


class Telling:
    """Imports the logs of one proxy. ``slug`` or ``pattern`` say the format, if anybody said it."""

    def __init__(self, slug: str = "", pattern: Pattern | None = None) -> None:
        self._slug, self._pattern = slug, pattern
        self._told: Pattern | None = None
        """That of the last log which told its own."""

    def import_log(self, kit: Kit, log: Log, watch: Watch, *, at_any_rate: bool = False) -> Progress:
        """Import what is new in ``log``. Raises ``UnknownFormat``.

        What does not tell its format is read like the log before, if any of its lines fits, or ``at_any_rate``.
        """
        head = log.head()
        if head is None:
            return Progress()
        try:
            _, self._told = reader(log, head, self._slug, self._pattern)
        except UnknownFormat:
            if self._told is None or not (at_any_rate or _fits(head, self._told, kit.lookups.zone)):
                raise
            return import_log(kit, log, pattern=self._told, watch=watch)
        return import_log(kit, log, self._slug, self._pattern, watch)


def _fits(head: Head, pattern: Pattern, zone: str) -> bool:
    found = read(head.data, pattern, zone)
    return found.rejects.total < found.lines
