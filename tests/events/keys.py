"""Keys of deliveries while a test's clock stands."""

import itertools
from datetime import timedelta

import pytest

from moothall.networks.keys import make_key
from moothall.publishing import approving


def differ(patch: pytest.MonkeyPatch) -> None:
    """Let no two deliveries have the same key. Keys are made of the moment and a little chance: one that stands still
    would let two of them meet now and then, as no real clock does."""
    number = itertools.count()
    patch.setattr(approving, "make_key", lambda at, chance: make_key(at + timedelta(microseconds=next(number)), chance))
