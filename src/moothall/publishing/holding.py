"""What must not go out now is held, until a person decides on each.

What fell due during a pause is held, and not sent at the moment at which the pause ends; so is what shows somebody
whose consent has run out.
"""

from collections import Counter

from moothall.accounts.models import User
from moothall.accounts.permissions import services_for
from moothall.core import clock, localtime
from moothall.library import queries as library
from moothall.publishing import pausing
from moothall.publishing.delivery import HELD, WAITING, hold, without_consent
from moothall.publishing.models import Delivery


def hold_paused() -> None:
    """Hold what has fallen due while it is paused."""
    now = clock.now()
    for pause in pausing.current():
        due = Delivery.objects.filter(state=WAITING, due_at__lte=now)
        if not pause.is_everything:
            due = due.filter(revision__post__service__in=pause.services.all())
        for each in due.select_related("channel", "revision__post__author"):
            hold(each, f"Posts were paused: {pause.reason}")


def hold_without_consent() -> None:
    """Hold what waits and shows somebody whose consent has run out, before it is due."""
    if not library.lapsed(localtime.local(clock.now()).date()).exists():
        return
    waiting = Delivery.objects.filter(state=WAITING).exclude(media=[])
    found = {each.pk: each for each in waiting.select_related("channel", "revision__post__author")}
    for pk, why in without_consent(found.values(), clock.now()).items():
        hold(found[pk], why)


def held(user: User) -> list[tuple[Delivery, int]]:
    """What is held and ``user`` may decide on: the first held part on each channel, and how many parts go with it.

    What was to go out first comes first.
    """
    waiting = Delivery.objects.filter(state=HELD)
    services = services_for(user.standing, "delivery.decide")
    if services is not None:
        waiting = waiting.filter(revision__post__service__in=services)
    first: dict[tuple[int, int], Delivery] = {}
    parts: Counter[tuple[int, int]] = Counter()
    for each in waiting.select_related("channel", "revision__post__service").order_by("due_at", "part"):
        key = (each.revision_id, each.channel_id)
        first.setdefault(key, each)
        parts[key] += 1
    return [(each, parts[key]) for key, each in first.items()]
