"""What the people behind a post are told."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from moothall.accounts import queries as account_queries
from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.core import clock, localtime
from moothall.publishing import queries, rules
from moothall.publishing.models import Absence, Comment, Delivery, DeliveryState, Pause, Post, Revision
from moothall.publishing.rules import Progress

SOON_ENOUGH = timedelta(days=1)
"""Whoever has a post planned within this time is told of a pause."""


def path_of(post: Post) -> str:
    return reverse("post", args=[post.pk])


def awaiting_approval(revision: Revision) -> None:
    """Tell those whose approval the rules ask for, and the deputies of those who are away. Never the author."""
    post, progress = revision.post, rules.progress(revision)
    people = {each.pk: each for each in _asked(progress)}
    approvers = _who_may(progress, people.values()) or _who_may(progress, account_queries.holders("post.approve", None))
    notify(approvers, f"{post.author} asks you to approve “{post}”.", path_of(post))


def _who_may(progress: Progress, people: Iterable[User]) -> list[User]:
    post = progress.revision.post
    return [each for each in people if progress.voice_of(each) and queries.may_see(each, post)]


def _asked(progress: Progress) -> list[User]:
    """Whom the rules name, those near the channels' own services, the desk where it is asked, and today's deputies."""
    people: list[User] = []
    for each in progress.asked:
        if each.whose == rules.Whose.NAMED:
            people += User.objects.active().filter(pk__in=each.named)
        elif each.whose == rules.Whose.DESK:
            people += account_queries.holders("post.approve", None)
        else:
            people += account_queries.nearest_holders("post.approve", each.service)
    return [*people, *(each.deputy for each in progress.book.away)]


def commented(comment: Comment) -> None:
    """Tell the post's author and whoever remarked on it before, but not who remarked now."""
    post = comment.revision.post
    before = User.objects.active().filter(pk__in=Comment.objects.filter(revision__post=post).values("by"))
    people = {each.pk: each for each in (post.author, *before) if each.pk != comment.by_id}
    notify(list(people.values()), f"{comment.by} commented on “{post}”.", path_of(post))


def approved(revision: Revision, by: User) -> None:
    notify([revision.post.author], f"{by} approved “{revision.post}”.", path_of(revision.post))


def refused(revision: Revision, by: User) -> None:
    notify([revision.post.author], f"{by} did not approve “{revision.post}”. Read why.", path_of(revision.post))


def failed(delivery: Delivery, cause: str) -> None:
    post = delivery.revision.post
    _tell_about(delivery, f"“{post}” did not go out on {delivery.channel}. {cause}")


def held(delivery: Delivery, why: str) -> None:
    """Once for a thread: nobody needs a notice for each of its parts."""
    before = Delivery.objects.filter(revision=delivery.revision_id, channel=delivery.channel_id, part=delivery.part - 1)
    if before.filter(state=DeliveryState.HELD).exists():
        return
    _tell_about(delivery, f"“{delivery.revision.post}” is held on {delivery.channel}. {why}")


def still_there(delivery: Delivery, cause: str) -> None:
    _tell_about(delivery, f"“{delivery.revision.post}” could not be taken down on {delivery.channel}. {cause}")


def paused(pause: Pause, by: User) -> None:
    """Tell the authors whose posts were to go out within a day."""
    going = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=clock.now() + SOON_ENOUGH)
    what = "is" if pause.is_everything else "of your service is"
    text = f"{by} paused publishing. What you planned {what} kept back: {pause.reason}"
    notify(_authors(pause, going), text[:500], reverse("posts"))


def resumed(pause: Pause, by: User) -> None:
    """Tell the authors whose posts were held meanwhile, or go out within a day."""
    text = f"{by} ended the pause. Posts go out again; those that became due meanwhile are held until you decide."
    soon = Delivery.objects.filter(
        Q(state=DeliveryState.HELD) | Q(state=DeliveryState.WAITING, due_at__lte=clock.now() + SOON_ENOUGH)
    )
    notify(_authors(pause, soon), text, reverse("held"))


def _authors(pause: Pause, of: QuerySet[Delivery]) -> QuerySet[User]:
    """The authors of those of these deliveries that the pause is over."""
    if not pause.is_everything:
        of = of.filter(revision__post__service__in=pause.services.all())
    return User.objects.active().filter(pk__in=of.values("revision__post__author"))


def deputises(absence: Absence) -> None:
    days = f"{localtime.day_words(absence.first_day)} to {localtime.day_words(absence.last_day)}"
    notify([absence.deputy], f"You approve posts instead of {absence.user}, {days}.", reverse("absences"))


def no_longer_deputises(absence: Absence) -> None:
    notify([absence.deputy], f"You no longer approve posts instead of {absence.user}.", reverse("absences"))


def unconfirmed(delivery: Delivery) -> None:
    post = delivery.revision.post
    unknown = f"We cannot tell whether “{post}” is live on {delivery.channel}."
    _tell_about(delivery, f"{unknown} We are looking for it; please don't post it by hand.")


def needs_a_person(delivery: Delivery) -> None:
    post = delivery.revision.post
    unknown = f"We could not find out whether “{post}” is live on {delivery.channel}."
    _tell_about(delivery, f"{unknown} Look for yourself and tell us.")


def _tell_about(delivery: Delivery, text: str) -> None:
    """Tell the author, or, where they have left, those who can act in their stead."""
    post = delivery.revision.post
    people = (
        [post.author] if post.author.is_active else account_queries.nearest_holders("delivery.decide", post.service)
    )
    notify(people, text[:500], path_of(post))
