"""Where the room keeps what is not in the database, and what an import works with."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from moothall.accounts.models import Unit, User
from moothall.core import clock, localtime
from moothall.webuse import own_data, unit_lists
from moothall.webuse.categories import store
from moothall.webuse.categories.matching import Matcher, standard
from moothall.webuse.engine.counting import WorkingTime
from moothall.webuse.engine.dataset import Dataset, Folder
from moothall.webuse.engine.days import DayFiles
from moothall.webuse.engine.elsewhere import HeldKeys, Keys, NoCluster
from moothall.webuse.engine.keeping import Lookups, Pseudonyms
from moothall.webuse.figure_actions import Counting
from moothall.webuse.importing.importer import Kit, Seal
from moothall.webuse.mapping import Entry, Placing
from moothall.webuse.models import Part, Purpose
from moothall.webuse.seals import folders
from moothall.webuse.seals.names import SealedNames, seal_names
from moothall.webuse.seals.pseudonyms import KeyRing, NoKey, period_of, pseudonym
from moothall.webuse.seals.public_keys import NoPublicKey, PublicKeys
from moothall.webuse.shown import Structure

CLOCKS_DIFFER = timedelta(days=1)
"""By so much a proxy's clock may be ahead of ours."""


def folder(*parts: str) -> Path:
    """A folder of the room."""
    return Path(settings.WEBUSE_FOLDER).joinpath(*parts)


def dataset() -> Dataset:
    """The rows, in a folder or in a bucket."""
    if not settings.WEBUSE_ROWS.startswith("s3://"):
        return Folder(Path(settings.WEBUSE_ROWS))
    options = {
        "endpoint": settings.WEBUSE_S3_ENDPOINT,
        "access_key_id": settings.WEBUSE_S3_KEY,
        "secret_access_key": settings.WEBUSE_S3_SECRET,
        "region": settings.WEBUSE_S3_REGION,
    }
    bucket: Dataset = _extra("bucket", "MOOTHALL_WEBUSE_ROWS").Bucket(settings.WEBUSE_ROWS, options)
    return bucket


def cluster(keys: Keys) -> AbstractContextManager[Any]:
    """The cluster (``engine.cluster.Cluster``) that the settings name. Raises ``NoCluster``."""
    there: AbstractContextManager[Any] = _extra("cluster", "WEBUSE_CLUSTER").connected(settings.WEBUSE_CLUSTER, keys)
    return there


def _extra(name: str, setting: str) -> Any:
    """A module of the engine that works with a library which is not installed everywhere."""
    try:
        return import_module(f"moothall.webuse.engine.{name}")
    except ModuleNotFoundError as error:
        raise NoCluster(
            f"{setting} takes a library that is not installed here ({error.name}). Run where Moothall's source is: "
            ".venv/bin/pip install --editable '.[cluster]'"
        ) from error


def key_ring(purpose_key: str) -> KeyRing:
    """The keys of a purpose's pseudonyms; only the importer asks for them."""
    return KeyRing(folders.of_purpose(folder("keys"), purpose_key))


def sealed_names(purpose_key: str) -> SealedNames:
    """The names behind a purpose's pseudonyms, sealed."""
    return SealedNames(folders.of_purpose(folder("names"), purpose_key))


def public_keys() -> PublicKeys:
    """The keys that seal."""
    return PublicKeys(folder("public-keys"))


def matcher() -> Matcher:
    """Domains and categories, as this council sees them."""
    (overlay,) = store.layers(folder("overlay")) or [{}]
    return standard(overlay, store.layers(folder("lists")))


def placing() -> Placing:
    """Who belongs where: by the lists and, whom they do not have, by the people of Moothall themselves."""
    staff = User.objects.active().filter(unit__isnull=False).select_related("unit")
    known = [Entry(login, str(person.unit)) for person in staff if (login := own_data.login_of(person))]
    return unit_lists.placing(folder("units"), dict(Unit.objects.values_list("name", "pk")), known)


def working_time() -> WorkingTime:
    """When people are at work."""
    return WorkingTime(settings.TIME_ZONE)


def counting(purpose_key: str) -> Counting:
    """What counting a purpose's days works with. Units are hidden in the order in which they were made."""
    parents = dict(Unit.objects.order_by("pk").values_list("pk", "parent_id"))
    structure = Structure(parents, placing().placed)
    runs = _on_cluster if settings.WEBUSE_CLUSTER else map
    return Counting(purpose_key, dataset(), working_time(), structure, settings.WEBUSE_PEOPLE, _today(), runs)


def _today() -> date:
    return localtime.local(clock.now()).date()


def _on_cluster(count: Callable[[DayFiles], pl.DataFrame], days: Iterable[DayFiles]) -> Iterator[pl.DataFrame]:
    """Count days on the cluster, which is asked for only if there are any. It takes no keys to count pseudonyms."""
    todo = list(days)
    if todo:
        with cluster(HeldKeys({})) as there:
            yield from there.map(count, todo)


class RingPseudonyms:
    """Pseudonyms under a purpose's keys, each read once.

    A period of which rows or names are there has a key, or had one: it is never made anew, for that would count
    everybody twice.
    """

    def __init__(self, purpose_key: str) -> None:
        self._ring = key_ring(purpose_key)
        self._keys: dict[int, bytes] = {}
        days = Part.objects.filter(purpose_key=purpose_key).values_list("day", flat=True).distinct()
        self._begun = {period_of(day) for day in days} | set(sealed_names(purpose_key).periods())

    def of(self, name: str, period: int) -> bytes:
        return pseudonym(self.key(period), name)

    def key(self, period: int) -> bytes:
        """The key of a period. Raises ``NoKey``."""
        key = self._keys.get(period)
        if key is None:
            key = self._keys[period] = self._ring.key(period, begun=period in self._begun)
        return key

    def held(self) -> HeldKeys:
        """All keys that there are, for a cluster. One that cannot be read is missed once a line is of its period."""
        for period in self._ring.periods():
            with suppress(NoKey):
                self.key(period)
        return HeldKeys(self._keys)


def sealer(purpose: Purpose) -> Seal:
    """Seals the names that are not sealed yet. Before a key ceremony, or if the purpose keeps none, no name is kept."""
    try:
        key = public_keys().newest().public_key
    except NoPublicKey:
        return lambda names: None
    if not purpose.names_days:
        return lambda names: None
    store_of_names = sealed_names(purpose.key)
    known: dict[int, set[bytes]] = {}

    def seal(names: dict[int, dict[bytes, str]]) -> None:
        for period, by_pseudonym in names.items():
            there = known.setdefault(period, store_of_names.known(period))
            new = [(each, name) for each, name in by_pseudonym.items() if each not in there]
            store_of_names.add(period, seal_names(key, new))
            there.update(each for each, _ in new)

    return seal


def lookups(pseudonyms: Pseudonyms) -> Lookups:
    """What the council says of users, addresses and hosts, with these pseudonyms."""
    latest = clock.now() + CLOCKS_DIFFER
    return Lookups(settings.TIME_ZONE, placing(), matcher(), pseudonyms, int(latest.timestamp()))


@contextmanager
def kit(purpose: Purpose) -> Iterator[Kit]:
    """What an import for this purpose works with, on this machine or, where there is one, the cluster."""
    pseudonyms = RingPseudonyms(purpose.key)
    if settings.WEBUSE_CLUSTER:
        with cluster(pseudonyms) as there:
            yield Kit(purpose, lookups(pseudonyms), dataset(), sealer(purpose), there, ahead=2 * there.workers)
        return
    with ThreadPoolExecutor(2, "segment") as executor:
        yield Kit(purpose, lookups(pseudonyms), dataset(), sealer(purpose), executor)
