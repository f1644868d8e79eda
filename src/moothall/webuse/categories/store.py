"""Imported lists of domains, kept as Parquet files in a folder: one file a list, there whole or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import polars as pl

from moothall.webuse.categories import hosts
from moothall.webuse.categories.names import CATEGORIES, rank, stronger
from moothall.webuse.categories.readings import Entry
from moothall.webuse.seals import folders

COLUMNS = {"domain": pl.String, "category": pl.String}
ENDING = ".parquet"
MODE = 0o640


@dataclass(frozen=True)
class Kept:
    """A list that is kept: its slug, how many domains it has in each category, and when it was imported."""

    name: str
    domains: dict[str, int]
    at: datetime


def slug(name: str) -> str:
    """What a list called ``name`` is kept as: small letters, digits and hyphens. ``ValueError`` if nothing is left."""
    spaced = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in name.lower())
    if not spaced.split():
        raise ValueError(f"“{name}” is no name for a list: it needs a letter or a digit.")
    return "-".join(spaced.split())


def keep(folder: Path, name: str, entries: Iterable[Entry]) -> str:
    """Keep a list in place of the one of the same name. Returns its slug. Raises ``ValueError`` and ``OSError``.

    Where a domain is there twice, a closed category holds before a security category, and that before the first.
    """
    kept: dict[str, str] = {}
    for domain, category in entries:
        kept[domain] = stronger(kept[domain], category) if domain in kept else category
    frame = pl.DataFrame([list(kept), list(kept.values())], schema=COLUMNS).sort("domain")
    path = folder / f"{slug(name)}{ENDING}"
    content = BytesIO()
    frame.write_parquet(content, compression="zstd")
    folders.make(folder)
    folders.replace(path, content.getvalue(), MODE)
    return path.stem


def forget(folder: Path, name: str) -> bool:
    """Delete a list; ``False`` if there is none of that name."""
    path = folder / f"{slug(name)}{ENDING}"
    if not path.exists():
        return False
    path.unlink()
    return True


def kept(folder: Path) -> list[Kept]:
    """The lists there are, by name."""
    return [
        Kept(path.stem, _counts(path), datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in _files(folder)
    ]


def layers(folder: Path, asked: Iterable[str] | None = None) -> list[dict[str, str]]:
    """The lists as layers for a matcher: those with a closed category first, then security, then the others by name.

    With ``asked`` only the entries that may say something about one of these hosts: a list of millions of domains takes
    some 200 bytes of memory for each. Categories that we no longer have are left out.
    """
    wanted = None if asked is None else pl.LazyFrame({"domain": list(_parts(asked))}, schema={"domain": pl.String})
    ordered = sorted(_files(folder), key=lambda path: (min(map(rank, _counts(path)), default=2), path.stem))
    return [_layer(path, wanted) for path in ordered]


def _parts(asked: Iterable[str]) -> set[str]:
    """What an entry about one of these hosts can be called."""
    return {part for host in asked if (name := hosts.clean(host)) for part in hosts.parents(name)}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{ENDING}") if not path.name.startswith("."))


def _counts(path: Path) -> dict[str, int]:
    counted = pl.scan_parquet(path, glob=False).group_by("category").len().sort("category").collect()
    return {category: number for category, number in counted.iter_rows() if category in CATEGORIES}


def _layer(path: Path, wanted: pl.LazyFrame | None) -> dict[str, str]:
    frame = pl.scan_parquet(path, glob=False).filter(pl.col("category").is_in(list(CATEGORIES)))
    if wanted is not None:
        frame = frame.join(wanted, on="domain", how="semi")
    found = frame.collect(engine="streaming").cast({"category": pl.Categorical})
    return dict(zip(found["domain"], found["category"], strict=True))
