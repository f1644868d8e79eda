"""What contributors are told of what became of their contributions."""

from django.urls import reverse

from moothall.accounts.actions import notify
from moothall.contributions import answering
from moothall.contributions.credits import behind
from moothall.contributions.models import Contribution, Way
from moothall.publishing.models import Delivery, DeliveryState, Post

LONGEST = 500


def addresses(post: Post) -> list[Delivery]:
    """Where ``post`` stands now, once for each channel."""
    sent = Delivery.objects.filter(revision__post=post, state=DeliveryState.SENT, part=1).exclude(url="")
    return list(sent.select_related("channel").order_by("sent_at", "pk"))


def published(contribution: Contribution) -> None:
    """Here is your post, with where it stands."""
    post = contribution.post
    where = [f"{each.channel}: {each.url}" for each in addresses(post)] if post else []
    for each in behind(contribution):
        _tell(each, f"Here is your post: “{each}”. {' '.join(where)}", "Here is your post.", *where)


def thanked(contribution: Contribution) -> None:
    """What was said on an own account was seen, and needs nothing more."""
    words = f"Thank you for “{contribution}”. The desk has seen it."
    _tell(contribution, words, "Thank you. The desk has seen it.")


def declined(contribution: Contribution) -> None:
    for each in behind(contribution):
        words = "Thank you for telling the desk. This time it does not become a post."
        said = f"The desk says: {contribution.reason}"
        _tell(each, f"Thank you for “{each}”. It does not become a post: {contribution.reason}", words, said)


def kept(contribution: Contribution) -> None:
    for each in behind(contribution):
        words = "Thank you for telling the desk. It is kept for later; you will hear when it becomes a post."
        said = f"The desk says: {contribution.reason}" if contribution.reason else ""
        _tell(each, f"The desk keeps “{each}” for later. {contribution.reason}", words, said)


def merged(contribution: Contribution) -> None:
    words = "Thank you for telling the desk. Somebody told the same story: the desk makes one post of both."
    _tell(contribution, f"Thank you for “{contribution}”. The desk makes one post of it and another.", words)


def _tell(contribution: Contribution, notice: str, *paragraphs: str) -> None:
    """In Moothall, and by e-mail: as an answer to what came by e-mail, with the other notices for the rest."""
    answers = contribution.door == Way.EMAIL and bool(contribution.sender_address)
    if answers:
        answering.answer(contribution, [each for each in paragraphs if each])
    if contribution.contributor:
        text = " ".join(notice.split())
        shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        notify([contribution.contributor], shown, reverse("told"), by_email=not answers)
