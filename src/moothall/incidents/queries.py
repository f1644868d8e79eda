"""Reading incidents: whose they are, what stands on their channel, and what is being taken down."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import services_for
from moothall.accounts.queries import holders
from moothall.channels import known
from moothall.channels import queries as channel_queries
from moothall.channels.models import NEVER_DRIVEN, Channel
from moothall.core import clock
from moothall.incidents.kinds import Kind, Switch
from moothall.incidents.models import Contact, Incident, Step
from moothall.incidents.plays import play
from moothall.incidents.states import RUNNING
from moothall.publishing import pausing
from moothall.publishing.models import Attempt, Delivery, DeliveryState, Pause, Post
from moothall.records.models import Record

RECENT = 20
"""How many of a channel's last posts are offered to be taken down."""
SHOWN = 50
"""How many closed incidents the list shows."""
BIGGEST_ID = 2**63 - 1
DELETION = ("delivery.take_down_asked", "delivery.deleted")


def visible(user: User) -> QuerySet[Incident]:
    """The incidents that ``user`` may see: those of their services; those of nobody's channel are the desk's."""
    return _among(user, "incident.see")


def running(user: User) -> QuerySet[Incident]:
    """Those that are not over and that ``user`` may run."""
    return _among(user, "incident.run").filter(state__in=RUNNING)


def _among(user: User, permission: str) -> QuerySet[Incident]:
    found = Incident.objects.select_related("channel__service", "opened_by", "closed_by", "lesson")
    services = services_for(user.standing, permission)
    return found if services is None else found.filter(channel__service__in=services)


def listed(user: User) -> tuple[list[Incident], list[Incident]]:
    """What ``user`` sees on the list: those that are not over, the oldest first, and the last that are."""
    steps = Prefetch("steps", Step.objects.only("incident", "done_at"))
    found = visible(user).prefetch_related(steps)
    going_on = found.filter(state__in=RUNNING).order_by("opened_at", "pk")
    return list(going_on), list(found.exclude(state__in=RUNNING).order_by("-closed_at", "-pk")[:SHOWN])


def same_running(incident: Incident) -> Incident | None:
    """The incident that goes on about the same: of this kind on this channel or, of an impostor, at this address."""
    found = Incident.objects.filter(kind=incident.kind, channel=incident.channel, state__in=RUNNING)
    return found.filter(impostor_address__iexact=incident.impostor_address).first()


def channels(user: User) -> QuerySet[Channel]:
    """The channels about which ``user`` may open an incident."""
    services = services_for(user.standing, "incident.open")
    found = channel_queries.whole_register()
    return found if services is None else found.filter(service__in=services)


def is_for_all(user: User) -> bool:
    """Whether ``user`` opens incidents of the whole organisation, and so those without a channel too."""
    return services_for(user.standing, "incident.open") is None


def may_disconnect(user: User, incident: Incident) -> bool:
    """Whether ``user`` may disconnect the account here: who runs the incident and, if it was hacked, who may open one.

    Each of them only if they may disconnect the account anywhere else.
    """
    if incident.channel is None or not user.may("channel.connect", incident.channel):
        return False
    permission = "incident.open" if incident.kind == Kind.HACKED else "incident.run"
    return user.may(permission, incident)


# --- People to call ---------------------------------------------------------------------------------------------------


def contacts(kind: str = "") -> list[Contact]:
    """Whom to call in incidents of this kind; everybody without one."""
    found: Iterable[Contact] = Contact.objects.all()
    return [each for each in found if not kind or each.is_for(kind)]


def who_may_pause() -> list[User]:
    """Those who can pause posts, by name: for whoever may not."""
    return list(holders("publishing.pause", None))


def who_may_disconnect(incident: Incident) -> list[User]:
    """Those who can disconnect the account, by name: for whoever may not."""
    return list(holders("channel.connect", incident.channel.service)) if incident.channel else []


# --- Pauses -----------------------------------------------------------------------------------------------------------


def pause_over(service: Service | None) -> Pause | None:
    """The pause that stops this service's posts now, if one does; without a service, a pause of everything."""
    if service is not None:
        return pausing.over(service.pk)
    return pausing.current().filter(is_everything=True).first()


def due_of_others(incident: Incident) -> int:
    """How many posts of other services wait to go out on the channel: a pause of its own service does not stop them."""
    if incident.channel is None:
        return 0
    waiting = Delivery.objects.filter(channel=incident.channel, state=DeliveryState.WAITING)
    return waiting.exclude(revision__post__service=incident.channel.service_id).count()


# --- What stands on the channel, and goes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A post that stands on the channel, and the first of its deliveries there."""

    post: Post
    first: Delivery
    is_asked: bool
    """It is to be taken down already."""


@dataclass(frozen=True)
class Going:
    """One delivery of a post that is taken down: what of it is done, and by which records."""

    delivery: Delivery
    is_asked: bool
    records: list[Record]

    @property
    def is_gone(self) -> bool:
        return self.delivery.state == DeliveryState.DELETED

    @property
    def look(self) -> str:
        """Its state in a word or two."""
        if self.is_gone:
            return DeliveryState.DELETED.value
        if self.is_asked:
            return "being taken down"
        return DeliveryState.FAILED.value if self.delivery.trouble else DeliveryState.SENT.value


@dataclass(frozen=True)
class TakingDown:
    """One post that is taken down, with every place where it stands or stood."""

    post: Post
    rows: list[Going]

    @property
    def gone(self) -> int:
        return sum(row.is_gone for row in self.rows)

    @property
    def is_moving(self) -> bool:
        return any(row.is_asked and not row.is_gone for row in self.rows)


def standing(channel: Channel) -> list[Standing]:
    """The last posts that stand on a channel, the newest first."""
    found = (
        Delivery.objects.filter(channel=channel, state=DeliveryState.SENT)
        .annotate(is_asked=_asked_for())
        .select_related("revision__post__service", "revision__post__author")
        .order_by("-due_at", "-revision", "part")
    )
    posts: dict[int, Standing] = {}
    for each in found[: 4 * RECENT]:
        post = each.revision.post
        posts.setdefault(post.pk, Standing(post, each, each.is_asked))
    return list(posts.values())[:RECENT]


def stands_on(channel: Channel, post_id: int) -> Post | None:
    """This post, if it stands on the channel. No database has ids beyond ``BIGGEST_ID``."""
    if post_id > BIGGEST_ID:
        return None
    found = Delivery.objects.filter(channel=channel, state=DeliveryState.SENT, revision__post=post_id)
    first = found.select_related("revision__post__service", "revision__post__author").first()
    return first.revision.post if first else None


def places(post: Post) -> list[Channel]:
    """The channels on which a post stands."""
    there = Delivery.objects.filter(revision__post=post, state=DeliveryState.SENT)
    return list(Channel.objects.filter(pk__in=there.values("channel")).select_related("service"))


def taking_down(incident: Incident) -> list[TakingDown]:
    """The channel's posts whose taking down was asked for during the incident, wherever they stand or stood."""
    if incident.channel is None:
        return []
    since = Attempt.objects.filter(
        delivery=OuterRef("pk"),
        kind=Attempt.Kind.DELETE,
        started_at__range=(incident.opened_at, incident.closed_at or clock.now()),
    )
    asked = Delivery.objects.filter(Exists(since), channel=incident.channel).values("revision__post")
    rows = list(
        Delivery.objects.filter(revision__post__in=asked, state__in=(DeliveryState.SENT, DeliveryState.DELETED))
        .annotate(is_asked=_asked_for())
        .select_related("channel", "revision__post__service")
        .order_by("revision__post", "channel__display_name", "channel", "part")
    )
    kept = _records([each.pk for each in rows])
    posts: dict[int, TakingDown] = {}
    for each in rows:
        post = each.revision.post
        taken = posts.setdefault(post.pk, TakingDown(post, []))
        taken.rows.append(Going(each, each.is_asked, kept.get(f"delivery:{each.pk}", [])))
    return list(posts.values())


def _asked_for() -> Exists:
    open_ones = Attempt.objects.filter(delivery=OuterRef("pk"), kind=Attempt.Kind.DELETE, finished_at=None)
    return Exists(open_ones)


def _records(deliveries: Iterable[int]) -> dict[str, list[Record]]:
    """The records of these deliveries' deletion."""
    refs = [f"delivery:{pk}" for pk in deliveries]
    found: dict[str, list[Record]] = {}
    for each in Record.objects.filter(ref__in=refs, kind__in=DELETION).order_by("number"):
        found.setdefault(each.ref, []).append(each)
    return found


# --- What may be done -------------------------------------------------------------------------------------------------


def switches(incident: Incident) -> tuple[list[Switch], list[Switch]]:
    """What one click can do here: what the play wants at once, and what else there is to act on."""
    usable = {Switch.PAUSE, Switch.STATEMENT}
    channel = incident.channel
    if channel is not None and channel.capacity not in NEVER_DRIVEN and known.is_drivable(channel.network):
        usable |= {Switch.DISCONNECT, Switch.TAKE_DOWN}
    if incident.impostor_address:
        usable.add(Switch.REPORT)
    at_once = [each for each in play(incident.kind).at_once if each in usable]
    return at_once, [each for each in Switch if each in usable and each not in at_once]
