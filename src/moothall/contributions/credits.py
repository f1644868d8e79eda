"""Who is named for a post that was made of contributions: those who said that they may be, and nobody else."""

from collections.abc import Iterable

from moothall.contributions.models import Contribution
from moothall.events import wall_log
from moothall.events.models import Item
from moothall.publishing.models import Post


def behind(contribution: Contribution) -> list[Contribution]:
    """``contribution`` and all that was merged into it: what happens to it happens to them."""
    merged = contribution.merged.select_related("contributor").order_by("pk")
    return [contribution, *merged]


def credit(contributions: Iterable[Contribution]) -> str:
    """The names that may be told, each once."""
    names = dict.fromkeys(each.credit for each in contributions if each.credit)
    most = Item._meta.get_field("credit").max_length or 0
    return ", ".join(names)[:most]


def credit_of_post(post: Post) -> str:
    """Who is named for ``post``; empty if it is nobody's contribution, or its contributors stay unnamed."""
    made_of = post.contributions.select_related("contributor").order_by("pk")
    return credit(each for contribution in made_of for each in behind(contribution))


def settle(item: Item) -> None:
    """Give an official item the credit that its post's contributors agreed to, or take it away. In a transaction.

    The wall is told only of a change; an item that is nobody's delivery is left alone.
    """
    if item.delivery is None:
        return
    post = item.delivery.revision.post
    named = credit_of_post(post)
    if item.credit != named and post.contributions.exists():
        item.credit = named
        item.save(update_fields=["credit"])
        wall_log.settle(item, is_new_in_words=True)


def settle_for(contribution: Contribution) -> None:
    """The same for every item of the post that was made of ``contribution``, or of what it was merged into."""
    into = contribution.merged_into or contribution
    if into.post:
        settle_post(into.post)


def settle_post(post: Post) -> None:
    """The same for every item of a post."""
    for item in Item.objects.filter(delivery__revision__post=post).order_by("event_id", "pk"):
        settle(item)
