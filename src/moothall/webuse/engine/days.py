"""One day, from its files of rows to files of its people: what a process, or a machine of a cluster, does by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from moothall.webuse.engine.counting import WorkingTime, count_day
from moothall.webuse.engine.dataset import Dataset


@dataclass(frozen=True)
class DayFiles:
    """A day that is to be counted.

    ``rows`` are the names of its files of rows; ``counted`` says under which name each frame of ``Day`` is kept.
    """

    dataset: Dataset
    at_work: WorkingTime
    rows: tuple[str, ...]
    counted: Mapping[str, str]


def count_files(day: DayFiles) -> pl.DataFrame:
    """Count a day and keep its people. Returns what went through it, with the columns of ``counting.VOLUME``."""
    found = count_day(day.dataset.read(day.rows), day.at_work)
    for what, name in day.counted.items():
        day.dataset.write(name, getattr(found, what))
    return found.volume
