"""What the people behind a post are told."""

from django.urls import reverse

from moothall.accounts import queries as account_queries
from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.publishing.models import Delivery, Post, Revision


def path_of(post: Post) -> str:
    return reverse("post", args=[post.pk])


def awaiting_approval(revision: Revision) -> None:
    """Tell the service's approvers, or the desk where it has none. Never the author."""
    post = revision.post
    approvers = account_queries.nearest_holders("post.approve", post.service).exclude(pk=post.author_id)
    notify(approvers, f"{post.author} asks you to approve “{post}”.", path_of(post))


def approved(revision: Revision, by: User) -> None:
    notify([revision.post.author], f"{by} approved “{revision.post}”.", path_of(revision.post))


def refused(revision: Revision, by: User) -> None:
    notify([revision.post.author], f"{by} did not approve “{revision.post}”. Read why.", path_of(revision.post))


def failed(delivery: Delivery, cause: str) -> None:
    post = delivery.revision.post
    notify([post.author], f"“{post}” did not go out on {delivery.channel}. {cause}"[:500], path_of(post))


def unconfirmed(delivery: Delivery) -> None:
    post = delivery.revision.post
    unknown = f"We cannot tell whether “{post}” is live on {delivery.channel}."
    text = f"{unknown} We are looking for it; please don't post it by hand."
    notify([post.author], text[:500], path_of(post))


def needs_a_person(delivery: Delivery) -> None:
    post = delivery.revision.post
    text = f"We could not find out whether “{post}” is live on {delivery.channel}. Look for yourself and tell us."
    notify([post.author], text[:500], path_of(post))
