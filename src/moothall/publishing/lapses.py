"""Published posts that show somebody whose consent has run out since: they are to be taken down."""

from dataclasses import dataclass

from moothall.accounts.models import User
from moothall.accounts.permissions import services_for
from moothall.core import clock
from moothall.library import queries as library
from moothall.publishing import delivery, removing
from moothall.publishing.delivery import DELETED, SENT
from moothall.publishing.models import Delivery, Post


@dataclass(frozen=True)
class Lapse:
    """A post to take down. Counts are of deliveries: the parts of each channel that show the person."""

    post: Post
    why: str
    standing: list[Delivery]
    """What is still published."""
    asked: int
    """How many of these are being taken down now."""
    gone: int

    @property
    def total(self) -> int:
        return len(self.standing) + self.gone


def of(user: User) -> list[Lapse]:
    """What ``user`` may take down, the posts with the most recent deliveries first."""
    now = clock.now()
    shown = Delivery.objects.filter(
        revision__post__attachments__asset__in=library.without_consent(now), state__in=(SENT, DELETED)
    ).exclude(media=[])
    services = services_for(user.standing, "delivery.decide")
    if services is not None:
        shown = shown.filter(revision__post__service__in=services)
    found = {each.pk: each for each in shown.select_related("channel", "revision__post__service").order_by("-sent_at")}
    reasons = delivery.without_consent(found.values(), now)
    asked = set(removing.asked().filter(pk__in=reasons).values_list("pk", flat=True))
    by_post: dict[Post, list[Delivery]] = {}
    for pk in reasons:
        by_post.setdefault(found[pk].revision.post, []).append(found[pk])
    lapses = [_lapse(post, deliveries, reasons, asked) for post, deliveries in by_post.items()]
    return [each for each in lapses if each.standing]


def _lapse(post: Post, deliveries: list[Delivery], reasons: dict[int, str], asked: set[int]) -> Lapse:
    standing = [each for each in deliveries if each.state == SENT]
    being_taken_down = sum(each.pk in asked for each in standing)
    return Lapse(post, reasons[deliveries[0].pk], standing, being_taken_down, len(deliveries) - len(standing))
