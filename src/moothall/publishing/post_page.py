"""What a post's page shows, put together for one reader."""

from dataclasses import dataclass
from typing import Any

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.publishing import pausing, queries, removing, rules
from moothall.publishing.actions import EDITABLE
from moothall.publishing.forms import ReleaseForm, SeenForm
from moothall.publishing.models import Decision, Delivery, DeliveryState, Revision, Verdict
from moothall.publishing.queries import Seen
from moothall.publishing.rules import Progress
from moothall.publishing.status import Status
from moothall.records import queries as record_queries


@dataclass(frozen=True)
class Item:
    """One delivery with the forms to decide on it."""

    delivery: Delivery
    seen_form: SeenForm
    release_form: ReleaseForm
    is_being_taken_down: bool
    waits_for: int | None
    """The part of its thread that must stand on the network first."""
    is_cut_off: bool
    """Whether what it was to follow was taken down or cancelled: it is sent no more."""


@dataclass(frozen=True)
class OnChannel:
    """What became of a post on one channel: the deliveries of its parts, in order."""

    channel: Channel
    items: list[Item]

    @property
    def is_thread(self) -> bool:
        return len(self.items) > 1


def by_channel(deliveries: list[Delivery]) -> list[OnChannel]:
    """A post's deliveries, channel by channel. One query."""
    leaving = set(removing.asked().filter(pk__in=[each.pk for each in deliveries]).values_list("pk", flat=True))
    found: dict[Channel, list[Delivery]] = {}
    for each in sorted(deliveries, key=lambda each: (str(each.channel), each.channel_id, each.part)):
        found.setdefault(each.channel, []).append(each)
    return [OnChannel(channel, [_item(each, parts, leaving) for each in parts]) for channel, parts in found.items()]


def _item(delivery: Delivery, parts: list[Delivery], leaving: set[int]) -> Item:
    waits_for = None
    if delivery.state == DeliveryState.WAITING and delivery.part > 1:
        before = next((each for each in parts if each.part == delivery.part - 1), None)
        waits_for = before.part if before and before.state != DeliveryState.SENT else None
    return Item(
        delivery,
        SeenForm(delivery=delivery),
        ReleaseForm(delivery=delivery),
        delivery.pk in leaving,
        waits_for,
        any(removing.cuts_off(each) for each in parts if each.part < delivery.part),
    )


@dataclass(frozen=True)
class Approval:
    """How far a revision's approval is, in words, and what the reader has to do with it."""

    lines: list[str]
    """ "1 of 2 approvals; waits for anyone of the comms desk" """
    decisions: list[Decision]
    instead_of: User | None
    """The absent person in whose stead the reader decides."""
    since: int | None
    """The revision that the reader saw last; the one before, if they saw none."""
    is_complete: bool
    """Although nobody has decided: the rules ask for less than when it was sent."""


def approval(user: User, revision: Revision) -> Approval:
    """How far the approval of an undecided revision is."""
    progress = rules.progress(revision)
    earlier = [each for each in queries.revisions(revision.post) if each.number < revision.number]
    last_seen = queries.dealt_with(user, earlier) or next(iter(earlier), None)
    voice = progress.voice_of(user)
    return Approval(
        lines=_lines(progress),
        decisions=list(revision.decisions.select_related("by", "instead_of")),
        instead_of=voice.instead_of if voice else None,
        since=last_seen.number if last_seen else None,
        is_complete=progress.is_complete,
    )


def _lines(progress: Progress) -> list[str]:
    missing = dict(progress.open)
    return [
        f"{each.needed - missing[each]} of {each.needed} approval{'s' if each.needed > 1 else ''}; "
        f"waits for {each.whose_words}"
        for each in progress.asked
        if each in missing
    ]


def has_passed(revision: Revision) -> bool:
    return revision.scheduled_for is not None and revision.scheduled_for <= clock.now()


def context(user: User, seen: Seen) -> dict[str, Any]:
    """All but the forms that were sent."""
    post, revision = seen.post, seen.revision
    may_write = user.may("post.write", post)
    on_channels = by_channel(seen.deliveries)
    is_waiting = revision is not None and revision.verdict == Verdict.UNDECIDED
    channels = [each.channel for each in post.variants.all()]
    return {
        "seen": seen,
        "post": post,
        "on_channels": on_channels,
        "shown": queries.shown(seen),
        "approval": approval(user, revision) if revision and is_waiting else None,
        "decisions": list(revision.decisions.select_related("by", "instead_of")) if revision else [],
        "comments": _comments(seen),
        "rules": [] if seen.deliveries or is_waiting else [each.words for each in rules.requirements(channels)],
        "pause": pausing.over(post.service_id),
        "may_write": may_write,
        "may_edit": may_write and seen.status in EDITABLE,
        "may_take_back": may_write and seen.status == Status.AWAITING_APPROVAL,
        "may_reopen": may_write and seen.status in (Status.SCHEDULED, Status.FAILED, Status.HELD),
        "may_decide": user.may("delivery.decide", post),
        "stands_on": sum(any(item.delivery.state == "sent" for item in each.items) for each in on_channels),
        "is_moving": any(
            item.delivery.is_moving or item.is_being_taken_down for each in on_channels for item in each.items
        ),
        "records": record_queries.of(f"post:{post.pk}"),
    }


def _comments(seen: Seen) -> list[Any]:
    """Every remark on any revision of the post, the oldest first."""
    return [comment for each in reversed(queries.revisions(seen.post)) for comment in each.comments.all()]
