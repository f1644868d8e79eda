"""Putting a day's many small files of rows together: a log that is followed leaves one every few seconds."""

import secrets
from datetime import date

from django.db.models import Count

from moothall.core import clock
from moothall.core.database import writing
from moothall.webuse.engine.dataset import Dataset
from moothall.webuse.engine.keeping import merged
from moothall.webuse.models import Part

MOST_PARTS = 24
"""So many files may a day have; reading more of them takes longer than what is in them."""


class Changed(Exception):
    """The day's files are not those that were read: retention was there meanwhile. They stay as they are."""


def compact(purpose_key: str, dataset: Dataset) -> int:
    """Put together the files of days that have too many. Returns of how many days.

    The old files go after the transaction that says they count no more; killed before, they are swept away at night.
    """
    crowded = Part.objects.filter(purpose_key=purpose_key).values("day").annotate(files=Count("pk")).order_by("day")
    days = [each["day"] for each in crowded if each["files"] > MOST_PARTS]
    for day in days:
        _compact(purpose_key, day, dataset)
    return len(days)


def _compact(purpose_key: str, day: date, dataset: Dataset) -> None:
    parts = list(Part.objects.filter(purpose_key=purpose_key, day=day))
    names = [part.name for part in parts]
    rows = merged(dataset.read(names)).collect(engine="streaming")
    name = f"{purpose_key}/{day.isoformat()}/together-{secrets.token_hex(8)}.parquet"
    together = Part(
        purpose_key=purpose_key,
        day=day,
        name=name,
        rows=rows.height,
        hits=int(rows["hits"].sum()),
        bytes=int(rows["bytes"].sum()),
        size=dataset.write(name, rows),
        made_at=clock.now(),
    )
    try:
        with writing():
            gone, _ = Part.objects.filter(pk__in=[part.pk for part in parts]).delete()
            if gone != len(parts):
                raise Changed
            together.save()
    except Changed:
        dataset.delete([name])
    else:
        dataset.delete(names)
