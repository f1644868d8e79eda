"""What stands in a Bluesky post, as a ``RemoteItem``.

Sources: the lexicons ``app.bsky.feed.post``, ``app.bsky.richtext.facet`` and ``app.bsky.embed.*``. Everything may be
missing or of another kind than the lexicon says: whatever cannot be read is left out.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from atproto_core.cid import CID

from moothall.networks.base import MediaKind
from moothall.networks.bounded import mapping, moment, number, objects, storable, text, texts
from moothall.networks.hearing import RemoteAuthor, RemoteItem, RemoteMedia
from moothall.networks.text import fold_tag, hashtags

POSTS = "app.bsky.feed.post"
PICTURES = "https://cdn.bsky.app/img"
VIDEOS = "https://video.bsky.app/watch"


def unknown(did: str) -> RemoteAuthor:
    """An author of whom nothing but the DID is known."""
    return RemoteAuthor(did, did, url=f"https://bsky.app/profile/{did}")


def uri(did: str, key: str) -> str:
    """The remote id of a post."""
    return f"at://{did}/{POSTS}/{key}"


def parts(remote_id: str) -> tuple[str, str]:
    """The DID and the record key of a post; ``ValueError`` if it is no post's remote id."""
    pieces = remote_id.removeprefix("at://").split("/")
    if not remote_id.startswith("at://did:") or len(pieces) != 3 or pieces[1] != POSTS:
        raise ValueError("Not a post")
    return pieces[0], pieces[2]


def item(author: RemoteAuthor, key: str, record: Mapping[str, Any], *, edited_at: datetime | None = None) -> RemoteItem:
    """The post with this key and record, of ``author``."""
    did = author.remote_id
    return RemoteItem(
        remote_id=uri(did, key),
        url=f"https://bsky.app/profile/{did}/post/{key}",
        author=author,
        text=text(record.get("text")),
        said_at=moment(record.get("createdAt")),
        edited_at=edited_at,
        language=next(iter(texts(record.get("langs"))), ""),
        tags=tuple(named_tags(record)),
        media=tuple(_media(did, mapping(record.get("embed")))),
        links=tuple(dict.fromkeys(_links(record))),
        warning=_warning(record),
        reply_to=text(mapping(mapping(record.get("reply")).get("parent")).get("uri"), 500),
        raw=storable(record),
    )


def named_tags(record: Mapping[str, Any]) -> list[str]:
    """The hashtags that the record itself says it has: its facets' and those beside its text."""
    found = [text(each.get("tag")) for each in _features(record, "#tag")]
    return [each for each in dict.fromkeys([*found, *texts(record.get("tags"), 20)]) if each]


def has_tag(record: Mapping[str, Any], wanted: Collection[str]) -> bool:
    """Whether the post has one of these hashtags, which are folded."""
    if any(fold_tag(each) in wanted for each in named_tags(record)):
        return True
    words = text(record.get("text"))
    folded = fold_tag(words)  # reading hashtags takes its time, so look first whether one may be there
    return any(each in folded for each in wanted) and any(fold_tag(each.value) in wanted for each in hashtags(words))


def _features(record: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    for facet in objects(record.get("facets"), 200):
        for feature in objects(facet.get("features")):
            if text(feature.get("$type")).endswith(f"facet{kind}"):
                yield feature


def _links(record: Mapping[str, Any]) -> Iterator[str]:
    embed = mapping(record.get("embed"))
    for each in (mapping(embed.get("external")), mapping(mapping(embed.get("media")).get("external"))):
        if address := text(each.get("uri")):
            yield address
    for feature in _features(record, "#link"):
        if address := text(feature.get("uri")):
            yield address


def _warning(record: Mapping[str, Any]) -> str:
    """The labels that its author put on it, such as "nudity"."""
    labels = objects(mapping(record.get("labels")).get("values"))
    return ", ".join(filter(None, (text(each.get("val"), 128) for each in labels)))[:500]


def _media(did: str, embed: Mapping[str, Any]) -> Iterator[RemoteMedia]:
    if "media" in embed:  # beside a quoted post
        embed = mapping(embed["media"])
    for each in objects(embed.get("images"), 10):
        if link := _blob(each.get("image")):
            yield RemoteMedia(
                MediaKind.IMAGE,
                f"{PICTURES}/feed_fullsize/plain/{did}/{link}@jpeg",
                f"{PICTURES}/feed_thumbnail/plain/{did}/{link}@jpeg",
                text(each.get("alt")),
                *_size(each),
            )
    if link := _blob(embed.get("video")):
        place = f"{VIDEOS}/{did}/{link}"
        alt = text(embed.get("alt"))
        yield RemoteMedia(MediaKind.VIDEO, f"{place}/playlist.m3u8", f"{place}/thumbnail.jpg", alt, *_size(embed))


def _size(embed: Mapping[str, Any]) -> tuple[int, int]:
    ratio = mapping(embed.get("aspectRatio"))
    return number(ratio.get("width")), number(ratio.get("height"))


def _blob(value: object) -> str:
    """The CID of a blob, as text; empty if there is none."""
    reference = mapping(value).get("ref")
    if isinstance(reference, bytes):  # from a repository; JSON has an object with a link
        try:
            return str(CID.from_decoded_bytes(reference).encode())
        except Exception:  # whatever a stranger's bytes make of the decoder
            return ""
    link = text(mapping(reference).get("$link"), 200)
    return link if link.isalnum() else ""
