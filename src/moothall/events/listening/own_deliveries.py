"""What we said ourselves: a delivery that was sent with an event's hashtag is an official item at once."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from moothall.channels.models import Channel, Connection
from moothall.core import clock
from moothall.core.database import writing
from moothall.events import taking
from moothall.events.listening import leading
from moothall.events.models import Event, Item
from moothall.networks.base import MediaKind
from moothall.networks.hearing import RemoteAuthor, RemoteItem, RemoteMedia
from moothall.networks.options import NOT_FOR_ALL, is_for_all
from moothall.networks.text import links
from moothall.publishing.models import Delivery, DeliveryState

CAME_BY = "Moothall"
LATELY = timedelta(minutes=30)
"""Of a delivery that was due longer ago, ``take_sent(everything=True)`` takes care."""
MOST_AT_ONCE = 100


def take_sent(*, everything: bool = False) -> int:
    """Take what was sent since the events of now began. Quick, unless ``everything`` is looked through."""
    now = clock.now()
    tags = leading.listening_for(now)
    if not tags:
        return 0
    begins = Event.objects.filter(pk__in=leading.events_now(now)).order_by("starts_at")[0].starts_at
    sent = Delivery.objects.filter(state=DeliveryState.SENT, sent_at__gte=begins, event_item=None)
    if not everything:
        sent = sent.filter(due_at__gte=now - LATELY)
    for option, choices in NOT_FOR_ALL.items():
        is_for_all = ~Q(**{f"options__{option}__in": choices})
        sent = sent.filter(Q(**{f"options__{option}__isnull": True}) | is_for_all)
    found = [each for each in _with_a_tag(sent, tags)[:MOST_AT_ONCE] if _tags(each) & tags]
    for delivery in found:
        _take(delivery)
    return len(found)


def _with_a_tag(deliveries: QuerySet[Delivery], tags: frozenset[str]) -> QuerySet[Delivery]:
    """Those that may have one: the database knows capitals of ASCII alone, so other letters are left to ``_tags``."""
    if all(each.isascii() for each in tags):
        words = Q()
        for each in tags:
            words |= Q(text__icontains=each)
        deliveries = deliveries.filter(words)
    return deliveries.select_related("channel", "revision__post__service").order_by("sent_at", "pk")


def _tags(delivery: Delivery) -> set[str]:
    return taking.tags_of(remote_item(delivery))


def _take(delivery: Delivery) -> None:
    with writing():
        items = taking.take(delivery.channel.network, remote_item(delivery), CAME_BY)
        fresh = Delivery.objects.filter(pk=delivery.pk, event_item=None).exists()
        if items and fresh:  # one item a delivery: where events share a hashtag, the first one has it
            taking.is_ours(items[0], delivery)


def end_deleted() -> int:
    """What was taken down leaves the walls."""
    deleted = Item.objects.filter(
        event__in=leading.events_now(clock.now()), gone_at=None, delivery__state=DeliveryState.DELETED
    )
    found = list(deleted.values_list("network", "remote_id"))
    for network, remote_id in found:
        with writing():
            taking.gone(network, remote_id)
    return len(found)


def remote_item(delivery: Delivery) -> RemoteItem:
    """What the delivery says, as if its network had told us. The network's own words replace it, if they come."""
    channel = delivery.channel
    return RemoteItem(
        remote_id=delivery.remote_id or delivery.url,
        url=delivery.url,
        author=author(channel),
        text=delivery.text,
        said_at=delivery.sent_at,
        language=delivery.language,
        tags=(),
        media=tuple(_media(facts) for facts in delivery.media),
        links=tuple(link.value for link in links(delivery.text, bare=False)),
        warning=delivery.options.get("content_warning", ""),
        raw={"delivery": delivery.pk},
        is_public=is_for_all(delivery.options),
    )


def author(channel: Channel) -> RemoteAuthor:
    """The channel, as its network knows it."""
    connection = Connection.objects.filter(channel=channel).first()
    picture = f"{settings.SITE_URL}{reverse('media', args=[channel.picture.name])}" if channel.picture else ""
    known = connection.remote_id if connection else ""
    return RemoteAuthor(known or channel.handle, channel.handle, channel.display_name, channel.url, picture)


def _media(facts: dict[str, object]) -> RemoteMedia:
    """A picture or video as the delivery froze it. Only we have the file: strangers may not see it there."""
    still = str(facts.get("still") or "")
    name = str(facts.get("name") or "")

    def address(of: str) -> str:
        return f"{settings.SITE_URL}{reverse('media', args=[of])}" if of else ""

    width, height = facts.get("width"), facts.get("height")
    return RemoteMedia(
        kind=str(facts.get("kind") or MediaKind.IMAGE),
        url=address(name),
        preview=address(still or name),
        alt=str(facts.get("alt") or ""),
        width=width if isinstance(width, int) else 0,
        height=height if isinstance(height, int) else 0,
    )
