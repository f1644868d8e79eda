"""How long to wait before trying again. Pure."""

from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=30)


def backoff(tries: int, *, first: timedelta = FIRST, longest: timedelta = LONGEST) -> timedelta:
    """The wait after ``tries`` (1 or more) tries in vain: it triples each time, up to ``longest``."""
    wait: timedelta = first * 3 ** min(tries - 1, 20)
    return min(wait, longest)
