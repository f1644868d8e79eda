"""Bluesky, or any other server of the AT Protocol that carries Bluesky's posts.

A post is written with ``putRecord`` under the delivery's own key, so that sending twice makes one post, and is looked
for under that key on the server that stores it. Sources: the lexicons ``app.bsky.feed.post``, ``app.bsky.embed.images``
and ``app.bsky.richtext.facet``, and Bluesky's guides "Posts", "Links, mentions and rich text" and "Rate limits".
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from atproto import AtUri, models
from atproto_client.utils.facet_detection import detect_mentions
from atproto_core.exceptions import AtProtocolError

from moothall.core import clock
from moothall.networks import credentials
from moothall.networks.base import Account, Draft, Field, Identity, Limits, Media, Problem, Published
from moothall.networks.bluesky_session import Login, RecordNotFound, Sessions, SignedIn
from moothall.networks.checks import problems, refuse_blocked
from moothall.networks.errors import NeedsReconnect, Rejected
from moothall.networks.images import fit
from moothall.networks.text import graphemes, hashtags, is_handle, links

POSTS = "app.bsky.feed.post"
PROFILES = "app.bsky.actor.profile"
TAG_GRAPHEMES = 64
"""The longest hashtag that Bluesky links, without its sign."""

T = TypeVar("T")


class Bluesky:
    """The adapter for Bluesky. One instance keeps the sign-ins of its process."""

    slug = "bluesky"
    label = "Bluesky"
    limits = Limits(characters=300, bytes=3_000, images=4, image_bytes=1_000_000, alt_characters=2_000)
    credential_fields = (
        Field(
            "server", "Server", "Leave as it is, unless you run a server of your own.", default="https://bsky.social"
        ),
        Field("handle", "Handle", "For example libraries.exampleshire.example, without the @."),
        Field(
            "app_password",
            "App password",
            "Made on Bluesky under Settings, Privacy and security, App passwords. Not the account's own password.",
            secret=True,
        ),
    )
    find_is_authoritative = True
    """The record's key is the delivery's: a second sending writes the same record, and ``find`` reads that record."""

    def __init__(self) -> None:
        self._sessions = Sessions()

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        return problems(draft, limits, self.label, graphemes(draft.text))

    def profile_url(self, handle: str) -> str:
        name = handle.strip().removeprefix("@").lower()
        return f"https://bsky.app/profile/{name}" if is_handle(name) else ""

    def identify(self, account: Account) -> Identity:
        login = _login(account)
        self._sessions.renew(login)
        session = self._ask(login, lambda signed_in: signed_in.client.com.atproto.server.get_session())
        if session.active is False:
            status = session.status or "not active"
            raise NeedsReconnect(f"{login.peer.name} says that this account is {status}.")
        return Identity(
            remote_id=session.did,
            handle=session.handle,
            display_name=self._ask(login, _display_name) or session.handle,
            url=self.profile_url(session.handle),
            limits=self.limits,
        )

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        login = _login(account)
        limits = account.limits or self.limits
        refuse_blocked(self.check(draft, limits))
        pictures = [self._upload(login, media, limits) for media in draft.media]
        record = models.AppBskyFeedPost.Record(
            text=draft.text,
            created_at=_timestamp(draft.dated or clock.now()),
            langs=[draft.language],
            facets=facets(draft.text, lambda handle: self._resolve(login, handle)) or None,
            embed=models.AppBskyEmbedImages.Main(images=pictures) if pictures else None,
        )

        def put(signed_in: SignedIn) -> Published:
            data = models.ComAtprotoRepoPutRecord.Data(repo=signed_in.did, collection=POSTS, rkey=key, record=record)
            written = signed_in.client.com.atproto.repo.put_record(data)
            return _published(written.uri, signed_in)

        return self._ask(login, put, posts=True)

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        def read(signed_in: SignedIn) -> Published | None:
            params = models.ComAtprotoRepoGetRecord.Params(repo=signed_in.did, collection=POSTS, rkey=key)
            try:
                record = signed_in.client.com.atproto.repo.get_record(params)
            except RecordNotFound:
                return None
            return None if record.uri in not_these else _published(record.uri, signed_in)

        return self._ask(_login(account), read)

    def delete(self, account: Account, remote_id: str) -> None:
        uri = AtUri.from_str(remote_id)

        def remove(signed_in: SignedIn) -> None:
            if uri.host != signed_in.did:
                raise Rejected("This post belongs to another account.")
            data = models.ComAtprotoRepoDeleteRecord.Data(repo=uri.host, collection=uri.collection, rkey=uri.rkey)
            signed_in.client.com.atproto.repo.delete_record(data)

        self._ask(_login(account), remove)

    def _ask(self, login: Login, question: Callable[[SignedIn], T], *, posts: bool = False) -> T:
        """Put a question to the server, once more after signing in anew if the session has come to its end.

        A session can end before its time: when the app password is withdrawn, or the server restarts with new keys.
        """
        signed_in = self._sessions.get(login)
        try:
            return _asked(login, signed_in, question, posts)
        except NeedsReconnect:
            pass  # and leave the handler: an error from the second try has nothing to do with the first
        return _asked(login, self._sessions.get(login, instead_of=signed_in), question, posts)

    def _upload(self, login: Login, media: Media, limits: Limits) -> models.AppBskyEmbedImages.Image:
        picture = fit(media, limits.image_bytes, limits.image_types, limits.image_pixels)
        kind = {"Content-Type": picture.content_type}
        upload = self._ask(
            login, lambda signed_in: signed_in.client.com.atproto.repo.upload_blob(picture.data, headers=kind)
        )
        ratio = models.AppBskyEmbedDefs.AspectRatio(width=picture.width, height=picture.height)
        return models.AppBskyEmbedImages.Image(alt=media.alt, image=upload.blob, aspect_ratio=ratio)

    def _resolve(self, login: Login, handle: str) -> str | None:
        """The DID of ``handle``, or ``None`` if the server knows no such account."""
        params = models.ComAtprotoIdentityResolveHandle.Params(handle=handle)
        try:
            return str(
                self._ask(login, lambda signed_in: signed_in.client.com.atproto.identity.resolve_handle(params)).did
            )
        except Rejected:
            return None


def facets(text: str, resolve: Callable[[str], str | None]) -> list[models.AppBskyRichtextFacet.Main]:
    """The links, hashtags and mentions of ``text`` as Bluesky wants them, with UTF-8 offsets, in order.

    ``resolve`` gives the DID of a handle; a mention of nobody stays plain text. Like Bluesky's own app, we link an
    address without ``https://`` if its domain ends in small letters ("Closed.In" is the end of a sentence).
    """
    rich = models.AppBskyRichtextFacet
    found: list[tuple[int, int, rich.Link | rich.Tag | rich.Mention]] = []
    for link in links(text):
        address = link.value if "://" in link.value else f"https://{link.value}"
        ending = address.split("://")[1].split("/")[0].rpartition(".")[2]
        if "://" in link.value or ending == ending.lower():
            found.append((*link.bytes(text), rich.Link(uri=address)))
    for tag in hashtags(text):
        if graphemes(tag.value) <= TAG_GRAPHEMES:
            found.append((*tag.bytes(text), rich.Tag(tag=tag.value)))
    for mention in detect_mentions(text):
        did = resolve(mention.handle.lower())
        if did:
            found.append((mention.byte_start, mention.byte_end, rich.Mention(did=did)))
    return [
        rich.Main(features=[feature], index=rich.ByteSlice(byte_start=start, byte_end=end))
        for start, end, feature in sorted(found, key=lambda each: each[0])
    ]


def _login(account: Account) -> Login:
    server = credentials.server(account, default="https://bsky.social")
    handle = account.credentials.get("handle", account.handle).strip().removeprefix("@").lower()
    if not is_handle(handle):
        raise Rejected(f"“{handle}” is not a Bluesky handle, such as libraries.exampleshire.example.")
    return Login(server, handle, credentials.secret(account, "app_password"))


def _asked(login: Login, signed_in: SignedIn, question: Callable[[SignedIn], T], posts: bool) -> T:
    try:
        return question(signed_in)
    except (AtProtocolError, ValueError) as error:  # an answer without what it should have
        raise login.peer.unreadable(posts=posts) from error


def _display_name(signed_in: SignedIn) -> str:
    """The name on the account's profile, read from its own record: the server may have no AppView."""
    params = models.ComAtprotoRepoGetRecord.Params(repo=signed_in.did, collection=PROFILES, rkey="self")
    try:
        profile = signed_in.client.com.atproto.repo.get_record(params)
    except RecordNotFound:
        return ""
    return str(getattr(profile.value, "display_name", None) or "")


def _published(uri: str, signed_in: SignedIn) -> Published:
    return Published(uri, f"https://bsky.app/profile/{signed_in.handle}/post/{AtUri.from_str(uri).rkey}")


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
