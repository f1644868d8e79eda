"""Real lists to read: they are too large, and not ours, to be kept here."""

from pathlib import Path

from tests.peers.needs import require

DATA = Path(__file__).parents[4] / "shared/data"
UT1 = DATA / "ut1"
V2FLY = DATA / "v2fly-domains"


def need(path: Path) -> None:
    """Go on if the lists are there."""
    require(path.is_dir(), f"There are no lists at {path}.")
