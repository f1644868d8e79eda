"""What must be known of other machines without the libraries that reach them: trouble with them, and keys on their way.

A worker of a cluster has no folder of keys. The keys of its tasks come with them and are in its memory only.
"""

from collections.abc import Mapping
from typing import Protocol

from moothall.webuse.seals.pseudonyms import pseudonym


class NoCluster(ConnectionError):
    """The cluster, or what it takes, is not there. Its text says what to do."""


class MissingKey(Exception):
    """The key of ``period`` did not come along."""

    def __init__(self, period: int) -> None:
        super().__init__(period)
        self.period = period


class HeldKeys:
    """Pseudonyms under the keys that it holds, by period. It is sent to workers, and says none of them of itself."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)

    def of(self, name: str, period: int) -> bytes:
        """The pseudonym of a user in a period. Raises ``MissingKey``."""
        return pseudonym(self.key(period), name)

    def key(self, period: int) -> bytes:
        """The key of a period. Raises ``MissingKey``."""
        if period not in self._keys:
            raise MissingKey(period)
        return self._keys[period]

    def held(self) -> "HeldKeys":
        """These keys."""
        return self


class Keys(Protocol):
    """Where a cluster's coordinator has its keys from."""

    def key(self, period: int) -> bytes:
        """The key of a period, made if need be."""

    def held(self) -> HeldKeys:
        """Those that are known by now, to be sent."""
