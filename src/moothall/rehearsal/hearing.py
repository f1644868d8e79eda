"""Hearing the practice network's crowd."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.urls import reverse

from moothall.networks.base import MediaKind
from moothall.networks.errors import Rejected, Temporary
from moothall.networks.hearing import RemoteAuthor, RemoteItem, RemoteMedia, Signal, Source, Wanted
from moothall.networks.proving import Profile
from moothall.networks.text import fold_tag, hashtags
from moothall.rehearsal.models import CrowdPost

LOOKING_SECONDS = 0.2
ALIVE_SECONDS = 5.0
PAGE = 100
LATEST = 20
"""Posts that prove whose an account is."""


class HearsTheCrowd:
    """What the adapter can do beside posting."""

    ways = (("practice", "The practice network’s crowd"),)
    places = (("practice", "crowd"),)
    handle_hint = "The name of one of the crowd."

    def profile(self, handle: str, servers: Sequence[str]) -> Profile:
        """What one of the crowd said of late. There is nothing else to read of them."""
        said = CrowdPost.objects.filter(handle__iexact=handle, change__isnull=False, is_removed=False)
        latest = list(said.order_by("-change")[:LATEST])
        if not latest:
            raise Rejected(f"Nobody of that name has spoken in the crowd: {handle}.")
        return Profile(author_id(latest[0].handle), latest[0].handle, _page(), tuple(each.text for each in latest))

    async def stream(self, source: Source, wanted: Wanted, cursor: str) -> AsyncGenerator[Signal, None]:
        at = int(cursor) if cursor.isdecimal() else 0
        yield Signal(cursor=str(at))
        quiet = 0.0
        while True:
            posts = await sync_to_async(_after)(at)
            for post in posts:
                at = post.change or at
                if signal := _signal(post, wanted):
                    yield signal
            if posts or quiet >= ALIVE_SECONDS:
                yield Signal(cursor=str(at))
                quiet = 0.0
            if len(posts) < PAGE:
                await asyncio.sleep(LOOKING_SECONDS)
                quiet += LOOKING_SECONDS


def _after(change: int) -> list[CrowdPost]:
    """The next changes. Raises ``Temporary``."""
    close_old_connections()
    try:
        return list(CrowdPost.objects.filter(change__gt=change).order_by("change")[:PAGE])
    except DatabaseError as error:
        connection.close()
        raise Temporary("The practice network's database does not answer.", words=type(error).__name__) from error


def _signal(post: CrowdPost, wanted: Wanted) -> Signal | None:
    item = remote_item(post)
    is_known = item.author.remote_id in wanted.authors
    if post.is_removed:
        return Signal(gone=item.remote_id) if is_known else None
    if not is_known and not {fold_tag(each) for each in item.tags} & set(wanted.tags):
        return None
    wanted.authors.add(item.author.remote_id)
    return Signal(item=item)


def remote_item(post: CrowdPost) -> RemoteItem:
    """What one of the crowd said."""
    name = f"crowd-{post.pk}"
    return RemoteItem(
        remote_id=name,
        url=f"{_page()}#{name}",
        author=RemoteAuthor(author_id(post.handle), post.handle, post.name, _page()),
        text=post.text,
        said_at=post.said_at,
        edited_at=post.edited_at,
        language=post.language,
        tags=tuple(each.value for each in hashtags(post.text)),
        media=tuple(_picture(each) for each in post.media),
        raw={"crowd": post.pk},
    )


def author_id(handle: str) -> str:
    return f"crowd:{handle}"


def _page() -> str:
    return settings.SITE_URL + reverse("rehearsal")


def _picture(facts: dict[str, Any]) -> RemoteMedia:
    size = int(facts.get("width") or 0), int(facts.get("height") or 0)
    url = str(facts.get("url") or "")
    return RemoteMedia(MediaKind.IMAGE, url, url, str(facts.get("alt") or ""), *size)
