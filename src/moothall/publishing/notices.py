"""What the people behind a post are told."""

from django.urls import reverse

from moothall.accounts import queries as account_queries
from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.publishing import queries
from moothall.publishing.models import Delivery, Post, Revision


def path_of(post: Post) -> str:
    return reverse("post", args=[post.pk])


def awaiting_approval(revision: Revision) -> None:
    """Tell the service's approvers, or the desk where none of them may decide on it. Never the author."""
    post = revision.post
    near = account_queries.nearest_holders("post.approve", post.service)
    approvers = [person for person in near if queries.may_approve(person, revision)]
    if not approvers:
        desk = account_queries.holders("post.approve", None)
        approvers = [person for person in desk if queries.may_approve(person, revision)]
    notify(approvers, f"{post.author} asks you to approve “{post}”.", path_of(post))


def approved(revision: Revision, by: User) -> None:
    notify([revision.post.author], f"{by} approved “{revision.post}”.", path_of(revision.post))


def refused(revision: Revision, by: User) -> None:
    notify([revision.post.author], f"{by} did not approve “{revision.post}”. Read why.", path_of(revision.post))


def failed(delivery: Delivery, cause: str) -> None:
    post = delivery.revision.post
    _tell_about(delivery, f"“{post}” did not go out on {delivery.channel}. {cause}")


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
