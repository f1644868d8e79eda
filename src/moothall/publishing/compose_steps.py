"""The composer's buttons that change what is written: each takes ``Content`` and gives it back."""

from dataclasses import replace

from django.core.exceptions import ValidationError

from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.networks import registry
from moothall.networks.base import Draft
from moothall.publishing import campaigns, cards, threads
from moothall.publishing.content import SOME_PART, Content


def apply(step: str, content: Content) -> Content:
    """``content`` after the button ``step``: "split", "card", "no-card", "up-7", "down-7" or "remove-7", where 7 is an
    asset. Any other button leaves it as it is. Raises ``ValidationError``."""
    name, _, pk = step.partition("-")
    if step == "split":
        return split(content)
    if step == "card":
        return replace(content, card=fetched_card(content))
    if step == "no-card":
        return replace(content, card=None)
    if name in ("up", "down", "remove") and pk.isdecimal():
        return _arranged(content, name, int(pk))
    return content


def split(content: Content) -> Content:
    """The words, and the second language's, cut into a thread of which every part fits every chosen channel."""
    return replace(content, text=_split(content.text, content), second_text=_split(content.second_text, content))


def _split(text: str, content: Content) -> str:
    limits = channel_queries.limits_among(content.variants)
    chosen = [(registry.network(each.network), each, limits[each.pk]) for each in content.variants if each.pk in limits]

    def fits(part: str) -> bool:
        return all(
            network.length(_draft(part, content, channel), of_channel) <= of_channel.characters
            for network, channel, of_channel in chosen
        )

    if not text.strip():
        return text
    try:
        return threads.join(threads.split(text, fits))
    except threads.CannotSplit as error:
        raise ValidationError(str(error)) from error


def _draft(part: str, content: Content, channel: Channel) -> Draft:
    """A part of a thread as ``channel`` will carry it, as far as its length depends on it."""
    tagged = campaigns.tagged(part, content.campaign, source=channel.network)
    return Draft(tagged, language=content.language, options=content.variants[channel].options, reply=SOME_PART)


def fetched_card(content: Content) -> dict[str, str]:
    """The card of the first link in the words. Raises ``ValidationError``, with what to do instead."""
    link = cards.first_link(content.text)
    if link is None:
        raise ValidationError("There is no link in your words yet. Write one, with https://; then fetch its card.")
    try:
        return cards.fetch(link)
    except cards.NoCard as error:
        raise ValidationError(str(error)) from error


def _arranged(content: Content, step: str, pk: int) -> Content:
    enclosed = list(content.enclosed)
    place = next((index for index, each in enumerate(enclosed) if each.asset.pk == pk), None)
    if place is None:
        return content
    moved = enclosed.pop(place)
    if step != "remove":
        enclosed.insert(max(0, place + (-1 if step == "up" else 1)), moved)
    return replace(content, enclosed=enclosed)
