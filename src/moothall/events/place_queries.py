"""Reading the places: what is heard, and what is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from moothall.events.listening import leading
from moothall.events.models import Place
from moothall.networks import registry
from moothall.networks.hearing import SearchesHashtag, StreamsHashtag

SILENT = timedelta(minutes=2)
"""A place that is heard says so at least this often."""
SEARCH = ("search", "Ask now and then")


@dataclass(frozen=True)
class Heard:
    """A place, and how it is now."""

    place: Place
    is_wanted: bool
    """Whether there is an event to listen for."""
    is_led: bool
    """Whether a listener has it in its hands."""
    trouble: str
    """Why it is not heard, in a plain sentence; empty if it is."""

    @property
    def state(self) -> str:
        """One of the words of ``core.states``."""
        if not self.place.is_on:
            return "off"
        if not self.is_wanted:
            return "resting"
        return "heard" if self.is_led and not self.trouble else "not heard"

    @property
    def way_label(self) -> str:
        return dict(ways(self.place.network)).get(self.place.way, self.place.way)

    @property
    def network_label(self) -> str:
        found = registry.networks().get(self.place.network)
        return found.label if found else self.place.network


def places() -> QuerySet[Place]:
    return Place.objects.select_related("channel")


def heard(now: datetime) -> list[Heard]:
    """Every place as it is now."""
    is_wanted = bool(leading.listening_for(now))
    return [_heard(each, is_wanted, now) for each in places()]


def heard_now(now: datetime) -> list[Heard]:
    """The places that should be heard now."""
    return [each for each in heard(now) if each.place.is_on and each.is_wanted]


def _heard(place: Place, is_wanted: bool, now: datetime) -> Heard:
    is_led = bool(place.token) and place.lease_until is not None and place.lease_until > now
    trouble = place.trouble
    if is_led and not trouble and place.heard_at and place.heard_at < now - SILENT:
        trouble = "Nothing has been heard of it for a while."
    return Heard(place, is_wanted, is_led, trouble)


def ways(network: str) -> list[tuple[str, str]]:
    """The ways in which a network can be heard, the usual one first."""
    adapter = registry.networks().get(network)
    found: list[tuple[str, str]] = list(adapter.ways) if isinstance(adapter, StreamsHashtag) else []
    return found + ([SEARCH] if isinstance(adapter, SearchesHashtag) else [])


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every way of every network, as a grouped choice: ``network way``."""
    return [
        (adapter.label, [(f"{slug} {way}", label) for way, label in ways(slug)])
        for slug, adapter in registry.networks().items()
        if ways(slug)
    ]


def usual_address(network: str, way: str) -> str:
    """Where one usually listens in this way; empty if that is for everybody to say."""
    adapter = registry.networks().get(network)
    usual: dict[str, str] = dict(adapter.places) if isinstance(adapter, StreamsHashtag) else {}
    return usual.get(way, "")
