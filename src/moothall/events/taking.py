"""Taking what was heard: once, whatever brought it and however often; as it stands there now; gone when it is gone.

Every function here may be told the same thing twice and in any order, and leaves the same items behind.
"""

from collections.abc import Iterable
from copy import copy
from datetime import datetime, timedelta
from typing import Any

import nh3
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal as DjangoSignal

from moothall.core import clock
from moothall.events import judging, wall_log
from moothall.events.models import Alias, Door, Event, Item, ItemState
from moothall.events.wall import pictures
from moothall.networks.hearing import RemoteItem
from moothall.networks.text import fold_tag, hashtags
from moothall.publishing.models import Delivery

HTML = {"p", "br", "a", "em", "strong", "b", "i", "blockquote", "ul", "ol", "li", "code", "pre"}
LATE = timedelta(hours=1)
"""What was said during an event is taken so long after it ended."""
OF_WORDS = ("text", "html", "warning", "media", "tags")
OF_CARD = (*OF_WORDS, "author_name", "author_handle")

item_taken = DjangoSignal()
"""Sent with ``item`` in the transaction that takes a new item."""
item_is_ours = DjangoSignal()
"""Sent with ``item`` when it is known whose delivery it is, before the wall is told: who hears it may give a credit."""


def tags_of(remote: RemoteItem) -> set[str]:
    """Its hashtags, folded: those that the network names, and those that its words have."""
    return {fold_tag(tag) for tag in (*remote.tags, *(each.value for each in hashtags(remote.text)))}


def events_for(tags: Iterable[str], said_at: datetime) -> list[Event]:
    """The events that want what was said then with any of these folded hashtags."""
    now = clock.now()
    return list(
        Event.objects.filter(
            tags__folded__in=set(tags), starts_at__lte=said_at, ends_at__gt=max(said_at, now - LATE)
        ).distinct()
    )


@transaction.atomic
def take(network: str, remote: RemoteItem, came_by: str) -> list[Item]:
    """Take what was said, new or edited, into every event that wants it. Returns its items."""
    if not remote.is_public:
        return []
    now = clock.now()
    said_at = min(remote.said_at or now, now)
    tags = tags_of(remote)
    wanting = events_for(tags, said_at)
    taken = [_take_into(event, network, remote, said_at, came_by) for event in wanting]
    for lost in _known(network, remote).exclude(event__in=wanting).exclude(event__tags__folded__in=tags):
        if not _is_older(remote, lost):
            _end(lost)  # it was edited, and has the hashtag no more
    return taken


def gone(network: str, remote_id: str) -> None:
    """What has this remote id, or alias, was deleted on its network."""
    _end_all(Item.objects.filter(network=network).filter(_called(remote_id)))


def author_gone(network: str, author_id: str) -> None:
    """An account is gone, and with it everything that it said."""
    _end_all(Item.objects.filter(network=network, author_id=author_id, gone_at=None))


@transaction.atomic
def _end_all(items: QuerySet[Item]) -> None:
    """Their walls are locked before they are read: a moderator may be deciding about one."""
    for event_id in sorted(set(items.values_list("event_id", flat=True))):
        wall_log.lock(event_id)
    for item in items.distinct():
        _end(item)


@transaction.atomic
def is_ours(item: Item, delivery: Delivery) -> None:
    """``item`` is what ``delivery`` carried there: official, and its service's."""
    wall_log.lock(item.event_id)
    item.refresh_from_db()
    item.delivery, item.door, item.service = delivery, Door.OFFICIAL, delivery.revision.post.service
    if item.state == ItemState.PENDING:
        item.state = ItemState.SHOWN
    item.show_at = min(item.show_at, clock.now())
    item.save()
    Alias.objects.get_or_create(item=item, network=item.network, alias=delivery.remote_id)
    item_is_ours.send(sender=Item, item=item)
    wall_log.settle(item, is_new_in_words=True)


def _called(remote_id: str) -> Q:
    return Q(remote_id=remote_id) | Q(aliases__alias=remote_id)


def _known(network: str, remote: RemoteItem) -> Any:
    """The items that this may be: known by its id, by an alias, or by its address."""
    ids = [remote.remote_id, *remote.aliases]
    called = Q(remote_id__in=ids) | Q(aliases__alias__in=ids)
    if remote.url:
        called |= Q(url=remote.url)
    return Item.objects.filter(called, network=network).distinct()


def _take_into(event: Event, network: str, remote: RemoteItem, said_at: datetime, came_by: str) -> Item:
    wall_log.lock(event.pk)
    item: Item | None = _known(network, remote).filter(event=event).first()
    is_new = item is None
    if item is None:
        item = Item(event=event, network=network, seen_at=clock.now(), said_at=said_at, came_by=came_by)
    elif item.is_gone:
        return item
    before = copy(item)
    if not _is_older(remote, item):
        _write(item, remote)
    if not is_new:
        _keep_what_is_the_same(item, before)
    if is_changed := is_new or _differs(item, before, OF_CARD):
        _judge(event, item, None if is_new else before)
        item.save()
    for alias in {each for each in remote.aliases if each}:
        Alias.objects.get_or_create(item=item, network=network, alias=alias)
    if not is_new and item.media != before.media:
        pictures.note_edited(item)
    if is_changed:
        wall_log.settle(item, is_new_in_words=True)
    if is_new:
        item_taken.send(sender=Item, item=item)
    return item


def _is_older(remote: RemoteItem, item: Item) -> bool:
    """Whether this is how it stood before an edit that we know: said twice, or seen by a search that is behind."""
    return item.edited_at is not None and (remote.edited_at is None or remote.edited_at < item.edited_at)


def _differs(item: Item, before: Item, names: Iterable[str]) -> bool:
    return any(getattr(item, name) != getattr(before, name) for name in names)


def _keep_what_is_the_same(item: Item, before: Item) -> None:
    """Each server has copies of its own of one post's pictures, and some do not say who its author is: no edit."""
    item.author_name = item.author_name or before.author_name
    item.author_picture = before.author_picture or item.author_picture
    if _has_name(before) and not _has_name(item):
        item.author_handle = before.author_handle
    is_same = item.edited_at == before.edited_at and not _differs(item, before, ("text", "warning", "tags"))
    if is_same and _shown(item) == _shown(before):
        item.html, item.media = before.html, before.media


def _has_name(item: Item) -> bool:
    """Whether its author's handle is known, and not only their id."""
    return item.author_handle != item.author_id[:300]


def _shown(item: Item) -> list[tuple[str, str]]:
    return [(str(each.get("kind")), str(each.get("alt"))) for each in item.media]


def _write(item: Item, remote: RemoteItem) -> None:
    """What the network says of it now. Lengths are the columns': a stranger may send anything."""
    author = remote.author
    item.remote_id, item.url = remote.remote_id, web_address(remote.url)
    item.author_id, item.author_handle = author.remote_id, author.handle.lstrip("@")[:300]
    item.author_name, item.author_url = author.name[:300], web_address(author.url)
    item.author_picture = web_address(author.picture)
    item.author_followers = author.followers
    item.text, item.html = remote.text, clean(remote.html)
    item.warning, item.language = remote.warning[:500], remote.language[:35]
    item.tags = sorted(tags_of(remote))
    item.media = [
        {
            "kind": each.kind,
            "url": web_address(each.url),
            "preview": web_address(each.preview),
            "alt": each.alt,
            "width": each.width,
            "height": each.height,
        }
        for each in remote.media
    ]
    item.links = [address for address in map(web_address, remote.links) if address]
    item.edited_at = remote.edited_at
    item.raw = dict(remote.raw)


def clean(html: str) -> str:
    """``html`` with nothing in it but words, structure and links to the web."""
    return nh3.clean(
        html,
        tags=HTML,
        attributes={"a": {"href"}},
        url_schemes={"https", "http"},
        url_relative="deny",  # it would lead to a page of ours, or, with two slashes, anywhere
        link_rel="nofollow noopener ugc",
    )


def web_address(url: str) -> str:
    """``url`` if it is an address of the web that fits; else nothing."""
    return url if url.startswith(("https://", "http://")) and len(url) <= 1_000 else ""


def _judge(event: Event, item: Item, before: Item | None) -> None:
    """A new item begins by the rules. An edited one that somebody allowed is another thing than they looked at."""
    who = judging.speaker(event, item.network, item.author_id, item.author_handle)
    if item.delivery_id is None:
        item.door, item.service, item.credit = who.door, who.service, who.credit
    found = judging.verdict(event, item)
    if before is None or (item.door == Door.OFFICIAL and item.state == ItemState.PENDING):
        item.state, item.reason, item.show_at = found.state, found.reason, found.show_at
    elif not _is_edited(item, before):
        return
    elif item.state == ItemState.SHOWN and item.door != Door.OFFICIAL and found.state != ItemState.SHOWN:
        item.state, item.reason = found.state, found.reason or "It was edited since somebody looked at it"


def _is_edited(item: Item, before: Item) -> bool:
    """Whether it says something else than before. A name that was not known before is nothing that was said."""
    is_renamed = bool(before.author_name) and item.author_name != before.author_name
    is_called_otherwise = _has_name(before) and item.author_handle != before.author_handle
    return is_renamed or is_called_otherwise or _differs(item, before, OF_WORDS)


def _end(item: Item) -> None:
    """It is gone: the wall takes it off, and of its words nothing is kept."""
    if item.is_gone:
        return
    item.gone_at = clock.now()
    item.text = item.html = item.warning = ""
    item.raw, item.media, item.links = {}, [], []
    item.save()
    wall_log.settle(item)
