"""Technical signals: which pseudonyms met malware or phishing. They name nobody, and tell nothing else of anybody."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from moothall.records.actions import OPERATOR, capture
from moothall.webuse import house, purpose_queries
from moothall.webuse.categories.names import CATEGORIES
from moothall.webuse.models import Part


@dataclass(frozen=True)
class Signal:
    """That a pseudonym asked a dangerous site for something in an hour (UTC)."""

    pseudonym: str
    hour: str
    domain: str
    requests: int
    blocked: bool


def of_day(purpose_key: str, day: date, why: str) -> list[Signal]:
    """Those of a local day, oldest first. It is recorded before anything is shown. Raises ``NoPurpose``."""
    purpose_queries.refuse_unknown(purpose_key)
    seen = {"day": day.isoformat()}
    capture("webuse.signals_seen", f"purpose-key:{purpose_key}", actor=OPERATOR, why=why, after=seen)
    names = list(Part.objects.filter(purpose_key=purpose_key, day=day).values_list("name", flat=True))
    if not names:
        return []
    dangerous = [slug for slug, category in CATEGORIES.items() if category.security]
    rows = house.dataset().read(names).filter(pl.col("category").is_in(dangerous) & pl.col("person").is_not_null())
    found = rows.group_by("person", "hour", "domain", "blocked").agg(pl.col("hits").sum()).sort("hour", "person")
    return [
        Signal(person.hex(), f"{datetime.fromtimestamp(hour * 3600, UTC):%Y-%m-%d %H:00} UTC", domain, hits, blocked)
        for person, hour, domain, blocked, hits in found.collect().iter_rows()
    ]
