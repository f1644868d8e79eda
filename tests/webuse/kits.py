"""What an import works with in the tests, and what came of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.db.models import Sum

from moothall.core import clock
from moothall.webuse.categories.matching import standard
from moothall.webuse.engine.dataset import Folder
from moothall.webuse.engine.keeping import Lookups
from moothall.webuse.importing.importer import Kit
from moothall.webuse.mapping import Placing
from moothall.webuse.models import Part, Purpose, Refusal, Source
from moothall.webuse.seals.pseudonyms import pseudonym
from tests import factories
from tests.webuse.purposes import WORDS, today

ZONE = "Europe/London"
KEY = b"only for tests, thirty-two bytes"


class SameKey:
    """Pseudonyms under one key for all periods, so that two imports can be compared."""

    def of(self, name: str, period: int) -> bytes:
        return pseudonym(KEY, name)


@dataclass(frozen=True)
class Totals:
    """What counts of all that a purpose has read: by the manifest, by the rows themselves, and by the sources."""

    hits: int
    bytes: int
    row_hits: int
    row_bytes: int
    lines: int
    rejected: int
    refused: int

    def add_up(self) -> bool:
        """Whether the three agree: each line is a hit, or a reject with its reason."""
        return (
            (self.hits, self.bytes) == (self.row_hits, self.row_bytes)
            and self.lines == self.hits + self.rejected
            and self.rejected == self.refused
        )


def purpose(key: str = "network-security") -> Purpose:
    """One that is in force; the same one again for the same key."""
    found = Purpose.objects.filter(key=key).first()
    now = clock.now()
    return found or Purpose.objects.create(
        key=key,
        review_on=today() + timedelta(days=365),
        made_by=factories.person(),
        submitted_at=now,
        approved_at=now,
        **WORDS,
    )


def kit(tmp_path: Path, **changes: Any) -> Kit:
    """A kit whose rows are in ``tmp_path`` and which seals no names. ``changes`` are fields of ``Kit``."""
    values: dict[str, Any] = {
        "lookups": Lookups(ZONE, Placing([], [], {}), standard({}, []), SameKey()),
        "dataset": Folder(tmp_path / "rows"),
        "seal": lambda names: None,
        "executor": ThreadPoolExecutor(1, "segment"),
        **changes,
    }
    values.setdefault("purpose", purpose())
    return Kit(**values)


def lent(of: Kit) -> Callable[[], AbstractContextManager[Kit]]:
    """Lends ``of`` each time."""
    return lambda: nullcontext(of)


def totals(of: Kit) -> Totals:
    """What counts of all that was read for the kit's purpose."""
    key = of.purpose.key
    parts = Part.objects.filter(purpose_key=key).aggregate(hits=Sum("hits"), bytes=Sum("bytes"))
    sources = Source.objects.filter(purpose_key=key).aggregate(lines=Sum("lines"), rejected=Sum("rejected"))
    refused = Refusal.objects.filter(source__purpose_key=key).aggregate(lines=Sum("lines"))
    counted = rows(of)
    return Totals(
        hits=parts["hits"] or 0,
        bytes=parts["bytes"] or 0,
        row_hits=counted["hits"].sum(),
        row_bytes=counted["bytes"].sum(),
        lines=sources["lines"] or 0,
        rejected=sources["rejected"] or 0,
        refused=refused["lines"] or 0,
    )


def rows(of: Kit) -> pl.DataFrame:
    """The rows that count, those of different files that are about the same added up, in order."""
    names = list(Part.objects.filter(purpose_key=of.purpose.key).values_list("name", flat=True))
    if not names:
        return pl.DataFrame(schema={"hits": pl.Int64, "bytes": pl.Int64})
    same = ["day", "hour", "person", "unit", "domain", "category", "blocked"]
    summed = of.dataset.read(names).group_by(same).agg(pl.col("hits", "bytes").cast(pl.Int64).sum())
    return summed.collect().sort(same)


def squid_lines(number: int, *, first: int = 0, at: int = 1_790_000_000, users: int = 40) -> Iterator[bytes]:
    """Lines of Squid's own format, each unlike all others; one in fifty is spoilt. Some five go to the second."""
    for each in range(first, first + number):
        if each % 50 == 49:
            yield b"spoilt %d in 2026 by a cosmic ray, 10 or 12 of them\n" % each
            continue
        size, user, site = 200 + each * 7919 % 90_000, each * 31 % users, each * 17 % 97
        yield (
            f"{at + each // 5}.{each % 1000:03d}    {each % 300} 10.0.{user}.7 TCP_MISS/200 {size} GET "
            f"http://www.site{site}.example/page/{each} user{user} HIER_DIRECT/192.0.2.1 text/html\n"
        ).encode()
