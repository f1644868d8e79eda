"""What stands in a status of Mastodon's API, as a ``RemoteItem``. Source: docs.joinmastodon.org, entity "Status".

Everything may be missing or of another kind than the documentation says: whatever cannot be read is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import nh3

from moothall.networks.base import MediaKind
from moothall.networks.bounded import mapping, moment, number, objects, storable, text, whole
from moothall.networks.hearing import RemoteAuthor, RemoteItem, RemoteMedia
from moothall.networks.plain import paragraphs

PUBLIC = ("public", "unlisted")
KINDS = {"image": MediaKind.IMAGE, "gifv": MediaKind.ANIMATION, "video": MediaKind.VIDEO}
KEPT = {"p", "br", "a", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "b", "i", "span"}


def alias(server: str, number: str) -> str:
    """A server's own number for a status, as an id that is no other server's."""
    return f"{server}#{number}"


def item(status: Mapping[str, Any], server: str, domain: str) -> RemoteItem | None:
    """The status as ``server``, whose handles end in ``domain``, gives it; ``None`` for a boost, or no status."""
    own_number, remote_id = text(status.get("id"), 100), text(status.get("uri"), 500)
    account = mapping(status.get("account"))
    if not own_number or not remote_id or not text(account.get("acct")) or status.get("reblog"):
        return None
    html = text(status.get("content"))
    return RemoteItem(
        remote_id=remote_id,
        url=text(status.get("url"), 1_000) or remote_id,
        author=_author(account, domain),
        text=paragraphs(nh3.clean(html, tags=KEPT)),
        html=html,
        said_at=moment(status.get("created_at")),
        edited_at=moment(status.get("edited_at")),
        language=text(status.get("language"), 35),
        tags=tuple(filter(None, (text(each.get("name"), 200) for each in objects(status.get("tags"))))),
        media=tuple(_media(status)),
        links=tuple(filter(None, [text(mapping(status.get("card")).get("url"), 1_000)])),
        warning=text(status.get("spoiler_text"), 500),
        reply_to=alias(server, replied) if (replied := text(status.get("in_reply_to_id"), 100)) else "",
        aliases=(alias(server, own_number),),
        is_public=status.get("visibility") in PUBLIC,
        raw=storable(status),
    )


def _author(account: Mapping[str, Any], domain: str) -> RemoteAuthor:
    """An account of the server itself has a handle without a domain there."""
    handle, url = text(account.get("acct"), 300), text(account.get("url"), 1_000)
    return RemoteAuthor(
        remote_id=text(account.get("uri"), 500) or url[:500] or handle,
        handle=handle if "@" in handle else f"{handle}@{domain}",
        name=text(account.get("display_name"), 300),
        url=url,
        picture=text(account.get("avatar_static"), 1_000) or text(account.get("avatar"), 1_000),
        followers=whole(account.get("followers_count")),
    )


def _media(status: Mapping[str, Any]) -> Iterator[RemoteMedia]:
    for each in objects(status.get("media_attachments"), 20):
        kind = KINDS.get(text(each.get("type")))
        url = text(each.get("url"), 1_000) or text(each.get("remote_url"), 1_000)
        if kind and url:
            size = mapping(mapping(each.get("meta")).get("original"))
            alt, preview = text(each.get("description")), text(each.get("preview_url"), 1_000)
            yield RemoteMedia(kind, url, preview, alt, number(size.get("width")), number(size.get("height")))


def host(address: str) -> str:
    """The name of the server at ``address``."""
    return httpx.URL(address).netloc.decode()
