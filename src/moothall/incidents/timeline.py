"""What happened in an incident, in order: what people did and noted here, and the records of its channel meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from moothall.channels import history
from moothall.channels.actions import ref as channel_ref
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.incidents.models import Incident, TimelineEntry
from moothall.publishing.models import Attempt, Delivery, Pause, Post
from moothall.records.models import Record

DELIVERIES = {
    "delivery.sent": ("Went out", ""),
    "delivery.failed": ("Did not go out", "red"),
    "delivery.take_down_asked": ("To be taken down", "amber"),
    "delivery.deleted": ("Taken down", "green"),
}
PAUSES = {"publishing.paused": ("Posts paused", "amber"), "publishing.resumed": ("Pause ended", "green")}
STATEMENTS = "Holding statement: {}"
"""Each kind of record as the timeline has it: its title, and its tone."""


@dataclass(frozen=True)
class Moment:
    """One thing that happened. ``key`` is the same for the same thing, and for no other."""

    at: datetime
    key: str
    title: str
    by: str
    more: str = ""
    tone: str = ""


def of(incident: Incident) -> list[Moment]:
    """Everything, the oldest first. What an entry tells of a record is not told again."""
    entries = list(incident.entries.select_related("by"))
    told = {number for each in entries for number in each.tells}
    moments = [
        *map(_of_entry, entries),
        *_of_channel(incident, told),
        *_of_deliveries(incident, told),
        *_of_pauses(incident, told),
        *_of_statements(incident, told),
    ]
    return sorted(moments, key=lambda each: each.at)


def _of_entry(entry: TimelineEntry) -> Moment:
    return Moment(entry.at, f"entry:{entry.pk}", entry.what, str(entry.by), entry.more)


def _records(incident: Incident, refs: list[str], told: set[int]) -> list[Record]:
    """The records of these things from the opening of the incident to its end."""
    span = (incident.opened_at, incident.closed_at or clock.now())
    found = Record.objects.filter(ref__in=refs, at__range=span).order_by("number")
    return [each for each in found if each.number not in told]


def _moment(record: Record, title: str, tone: str = "", more: str = "") -> Moment:
    return Moment(record.at, f"record:{record.number}", title, record.actor_name, more, tone)


def _of_channel(incident: Incident, told: set[int]) -> list[Moment]:
    if incident.channel is None:
        return []
    return [
        _moment(
            each, f"The account: {_of_a_channel(each.kind).lower()}", history.TONES.get(each.kind, ""), more=each.why
        )
        for each in _records(incident, [channel_ref(incident.channel)], told)
    ]


def _of_a_channel(kind: str) -> str:
    return history.TITLES.get(kind, kind.partition(".")[2].replace("_", " "))


def _of_deliveries(incident: Incident, told: set[int]) -> list[Moment]:
    """What went out on the channel, and what was deleted of posts that stand or stood there."""
    if incident.channel is None:
        return []
    since = incident.opened_at
    here = Delivery.objects.filter(channel=incident.channel)
    going = Attempt.objects.filter(kind=Attempt.Kind.DELETE, delivery__channel=incident.channel, started_at__gte=since)
    wanted = Delivery.objects.filter(
        Q(pk__in=here.filter(sent_at__gte=since).values("pk"))
        | Q(pk__in=here.filter(attempts__started_at__gte=since).values("pk"))
        | Q(revision__post__in=going.values("delivery__revision__post"))
    )
    by_ref = {f"delivery:{each.pk}": each for each in wanted.select_related("channel", "revision__post")}
    moments = []
    for record in _records(incident, list(by_ref), told):
        if record.kind in DELIVERIES:
            title, tone = DELIVERIES[record.kind]
            moments.append(_moment(record, title, tone, more=_which(by_ref[record.ref], incident.channel)))
    return moments


def _which(delivery: Delivery, channel: Channel) -> str:
    where = "" if delivery.channel_id == channel.pk else f" on {delivery.channel}"
    part = f", part {delivery.part}" if delivery.part > 1 else ""
    return f"“{delivery.revision.post}”{where}{part}"


def _of_pauses(incident: Incident, told: set[int]) -> list[Moment]:
    """Pauses that stop, or stopped, what the channel's service says."""
    over = Q(is_everything=True)
    if incident.channel is not None:
        over |= Q(services=incident.channel.service)
    lasted = Pause.objects.filter(Q(ended_at=None) | Q(ended_at__gte=incident.opened_at)).filter(over)
    pauses = {f"pause:{each.pk}": each for each in lasted.distinct()}
    moments = []
    for record in _records(incident, list(pauses), told):
        if record.kind in PAUSES:
            title, tone = PAUSES[record.kind]
            moments.append(_moment(record, title, tone, more=pauses[record.ref].reason))
    return moments


def _of_statements(incident: Incident, told: set[int]) -> list[Moment]:
    """How the holding statements get on, on their way of approval."""
    posts: dict[str, Post] = {f"post:{each.pk}": each for each in incident.statements.all()}
    return [
        _moment(each, STATEMENTS.format(each.words.lower()), more=each.why)
        for each in _records(incident, list(posts), told)
    ]
