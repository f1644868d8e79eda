"""Segments and days on the workers of a Dask cluster. Needs ``moothall[cluster]``; imported only where there is one.

Workers need Moothall's engine and the place of the rows: no settings, no database, no folder of keys. What travels to
them is lines, the council's lists and keys of pseudonyms, and from them names: on TLS, or on a private network.
"""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

import zstandard
from distributed import Client, KilledWorker
from distributed import Future as Running

from moothall.webuse.engine.elsewhere import HeldKeys, Keys, MissingKey, NoCluster
from moothall.webuse.engine.keeping import Lookups

PATIENCE = 10.0
"""Seconds in which a scheduler must answer, and a worker have come."""
PACKING_LEVEL = 1
"""Of zstd: lines shrink to some tenth, and are packed faster than a network carries them."""

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Sent(Enum):
    """Stands for what was sent before."""

    LOOKUPS = auto()


class Parcel:
    """A function and its arguments, packed. It says nothing of itself: Dask logs the arguments of what fails."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        plain = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        self._packed = zstandard.ZstdCompressor(PACKING_LEVEL).compress(plain)

    def opened(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What was packed."""
        plain = zstandard.ZstdDecompressor().decompress(self._packed)
        found: tuple[Callable[..., Any], tuple[Any, ...]] = pickle.loads(plain)  # noqa: S301  # it came by Dask, as code
        return found


class Carried:
    """Lookups that are sent, without keys. What a worker remembers of people and hosts never leaves it again."""

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = replace(lookups, pseudonyms=HeldKeys({}), hosts={}, people={})

    def __reduce__(self) -> tuple[type["Carried"], tuple[Lookups]]:
        return Carried, (replace(self.lookups, hosts={}, people={}),)


def work(parcel: Parcel, carried: Carried | None, keys: HeldKeys) -> Any:
    """What a worker does. That a key is missing is an answer, and no failure."""
    function, arguments = parcel.opened()
    mine = replace(carried.lookups, pseudonyms=keys) if carried else None
    try:
        return function(*(mine if each is Sent.LOOKUPS else each for each in arguments))
    except MissingKey as missing:
        return missing


@dataclass(frozen=True)
class _Errand:
    """A parcel, and what else a worker needs for it."""

    client: Client
    parcel: Parcel
    name: str
    carried: Running[Carried] | None
    keys: Keys

    def begin(self) -> Running[Any]:
        key = f"{self.name}-{uuid4().hex}"
        return self.client.submit(work, self.parcel, self.carried, self.keys.held(), key=key, pure=False)


class Task(Future[Result]):
    """Something that a cluster does. Only its ``result`` and ``cancel`` are of use."""

    def __init__(self, errand: _Errand) -> None:
        super().__init__()
        self._errand = errand
        self._running = errand.begin()

    def result(self, timeout: float | None = None) -> Result:
        """Wait for it. Raises what it raised, and ``NoCluster`` if there is nobody left to do it."""
        while isinstance(done := self._done(timeout), MissingKey):
            self._errand.keys.key(done.period)
            self._running = self._errand.begin()
        return done  # type: ignore[no-any-return]  # a cluster knows no types

    def cancel(self) -> bool:
        """Do not begin it, if it is not begun."""
        self._running.cancel()
        return True

    def _done(self, timeout: float | None) -> Any:
        try:
            return self._running.result(timeout)
        except KilledWorker as error:
            raise NoCluster(
                f"Several workers of the cluster died of one and the same piece ({error}). Most likely they have too "
                "little memory: give each at least 2 GB and one thread"
            ) from error
        except CancelledError as error:
            raise NoCluster(
                f"The cluster lost what it was doing ({error}): the scheduler has ended, or all workers have"
            ) from error


class Cluster(Executor):
    """Does the engine's work on a cluster's workers, for one import or one recount.

    If a worker dies, Dask has its tasks done by another, up to three times: their files have names of their own making,
    so the second writes the same rows in the same place. Lookups are sent to all workers once, and not with each task.
    """

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._sent: tuple[Lookups, Running[Carried]] | None = None

    @property
    def workers(self) -> int:
        """How many there are now."""
        return len(self._client.nthreads())

    def submit(
        self, function: Callable[Given, Result], /, *arguments: Given.args, **named: Given.kwargs
    ) -> Future[Result]:
        """Have it done. ``function`` is one of a module that workers have; it takes no named arguments here."""
        lookups = next((each for each in arguments if isinstance(each, Lookups)), None)
        light = tuple(Sent.LOOKUPS if isinstance(each, Lookups) else each for each in arguments)
        sent = self._carried(lookups) if lookups else None
        return Task(_Errand(self._client, Parcel(function, light), function.__name__, sent, self._keys))

    def _carried(self, lookups: Lookups) -> Running[Carried]:
        if self._sent is None or self._sent[0] is not lookups:
            self._sent = lookups, self._client.scatter(Carried(lookups), broadcast=True, hash=False)
        return self._sent[1]


@contextmanager
def connected(address: str, keys: Keys) -> Iterator[Cluster]:
    """The cluster whose scheduler is at ``address``, such as ``tls://10.0.0.5:8786``. Raises ``NoCluster``."""
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"No Dask scheduler answers at {address}, which WEBUSE_CLUSTER names; is it running? Start it there with: "
            "dask scheduler"
        ) from error
    except (TypeError, RuntimeError) as error:  # what Dask raises of its own settings of TLS
        raise NoCluster(f"The Dask scheduler at {address} cannot be spoken to: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise NoCluster(
                f"The Dask scheduler at {address} has no worker. Start one on each machine with: dask worker {address}"
            ) from error
        yield Cluster(client, keys)
