"""Having a published post taken down: who may ask for it, and what else that settles.

``removing.py`` carries it out.
"""

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock, queue
from moothall.publishing import tasks
from moothall.publishing.deciding import CANCELLABLE, MEANWHILE, rest_of_its_thread
from moothall.publishing.delivery import CANCELLED, DELETED, SENT, WAITING, hold, move
from moothall.publishing.models import Attempt, Delivery, DeliveryState, Post
from moothall.records.actions import capture


@transaction.atomic
def take_down(actor: User, delivery: Delivery) -> None:
    """Have a published delivery deleted on its network, with the later parts of its thread, the last one first.

    It happens in the background, and comes to an end even if a worker dies meanwhile. What of the thread has not gone
    out is cancelled. A part that was being sent again may have gone out: it is in doubt again, and looked for. A pause
    does not keep anything from being taken down.
    """
    require(actor, "delivery.decide", delivery)
    rest = rest_of_its_thread(delivery)
    standing = [each for each in rest if each.state == SENT]
    if not standing:
        raise ValidationError(MEANWHILE)
    for each in rest:
        state = DeliveryState(each.state)
        if state == WAITING and each.is_insisted:
            hold(each, "The thread was taken down while this was being sent again. It may be live.")
        elif state in CANCELLABLE:
            why = f"{actor.name} took the thread down"
            move(each, state, CANCELLED, why=why, actor=actor, only_if={"is_insisted": False})
    for each in standing:
        _ask(actor, each)
    queue.wake_each(tasks.take_down, [standing[-1].pk])


def _ask(actor: User, delivery: Delivery) -> None:
    """Write down that it is to be deleted, unless it was asked for already."""
    if delivery.attempts.filter(kind=Attempt.Kind.DELETE, finished_at=None).exists():
        return
    why = f"{actor.name} asked to take it down"
    Attempt.objects.create(delivery=delivery, kind=Attempt.Kind.DELETE, started_at=clock.now(), message=why)
    Delivery.objects.filter(pk=delivery.pk).update(trouble="")
    capture("delivery.take_down_asked", f"delivery:{delivery.pk}", actor=actor, why=why)


@transaction.atomic
def take_down_everywhere(actor: User, post: Post) -> int:
    """Have all of a post that stands on any network taken down. Returns on how many channels."""
    # All are locked before the first is written about: a worker that moves one of them waits for the same locks.
    locked = Delivery.objects.filter(revision__post=post).select_for_update(of=("self",)).order_by("pk")
    first: dict[tuple[int, int], Delivery] = {}
    for each in locked.select_related("revision__post"):
        if each.state == SENT:
            first.setdefault((each.revision_id, each.channel_id), each)
    if not first:
        raise ValidationError("Nothing of this post stands on any network any more.")
    for each in first.values():
        take_down(actor, each)
    return len(first)


@transaction.atomic
def it_is_gone(actor: User, delivery: Delivery) -> None:
    """A person has deleted it on the network by hand. Their word decides."""
    require(actor, "delivery.decide", delivery)
    open_ones = Attempt.objects.filter(delivery=delivery, kind=Attempt.Kind.DELETE, finished_at=None)

    def finish() -> None:
        open_ones.update(finished_at=clock.now(), outcome=DELETED, message=f"{actor.name} deleted it by hand.")

    if not move(delivery, SENT, DELETED, why=f"{actor.name} deleted it by hand", actor=actor, then=finish, trouble=""):
        raise ValidationError(MEANWHILE)
