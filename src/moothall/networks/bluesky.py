"""Bluesky, or any other server of the AT Protocol that carries Bluesky's posts.

A post is written with ``putRecord`` under the delivery's own key, so that sending twice makes one post, and is looked
for under that key on the server that stores it. Sources: the lexicons ``app.bsky.feed.post`` and
``app.bsky.richtext.facet``, and Bluesky's guides "Posts", "Links, mentions and rich text" and "Rate limits".
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from atproto import AtUri, models
from atproto_client.models.blob_ref import BlobRef
from atproto_client.utils.facet_detection import detect_mentions
from atproto_core.exceptions import AtProtocolError

from moothall.core import clock
from moothall.networks import credentials
from moothall.networks.base import Account, Draft, Field, Identity, Limits, Problem, Published, Rate, Reply
from moothall.networks.bluesky_embeds import REPLY_CONTROLS, Rules, embed, rules
from moothall.networks.bluesky_hearing import HearsBluesky
from moothall.networks.bluesky_profile import ProvesOnBluesky
from moothall.networks.bluesky_session import Login, RecordNotFound, Sessions, SignedIn
from moothall.networks.checks import problems, refuse_blocked
from moothall.networks.errors import NeedsReconnect, Rejected
from moothall.networks.text import graphemes, hashtags, is_handle, links

POSTS = "app.bsky.feed.post"
GATES = "app.bsky.feed.threadgate"
PROFILES = "app.bsky.actor.profile"
RATES = (
    Rate("points", 5_000, timedelta(hours=1), 3, 0, "docs.bsky.app, “Rate limits”"),
    Rate("points", 35_000, timedelta(days=1), 3, 0, "docs.bsky.app, “Rate limits”"),
)
"""Creating a record costs three points. Where a post says who may reply, that is another record, not counted here."""
TAG_GRAPHEMES = 64
"""The longest hashtag that Bluesky links, without its sign."""

T = TypeVar("T")


class Bluesky(HearsBluesky, ProvesOnBluesky):
    """The adapter for Bluesky. One instance keeps the sign-ins of its process."""

    slug = "bluesky"
    label = "Bluesky"
    limits = Limits(
        characters=300,
        bytes=3_000,
        images=4,
        image_bytes=1_000_000,
        alt_characters=2_000,
        animations=False,
        videos=1,
        video_bytes=100_000_000,
        video_seconds=180.0,
        captions=True,
    )
    post_fields = (REPLY_CONTROLS,)
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
        found = problems(draft, limits, self.label, self.length(draft, limits), self.post_fields)
        if draft.card is not None and draft.media:
            message = (
                f"{self.label} shows pictures, a video or a link card, and one of these only. The card is left out."
            )
            found.append(Problem("card_left_out", message, blocking=False))
        return found

    def rates(self, account: Account) -> tuple[Rate, ...]:
        return RATES

    def length(self, draft: Draft, limits: Limits) -> int:
        return graphemes(draft.text)

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
        record = models.AppBskyFeedPost.Record(
            text=draft.text,
            created_at=_timestamp(draft.dated or clock.now()),
            langs=[draft.language],
            reply=self._reply(login, draft.reply) if draft.reply else None,
            facets=facets(draft.text, lambda handle: self._resolve(login, handle)) or None,
            embed=embed(draft, limits, lambda data, content_type: self._upload(login, data, content_type)),
        )
        gate = rules(draft)
        if gate is None:
            return self._ask(login, lambda signed_in: _put(signed_in, record, key), posts=True)
        # Post and gate are made in one commit, as Bluesky's own app makes them: neither can be there without the other,
        # wherever we are cut off. One after the other would leave the thread open for a while or, the gate first, hide
        # from readers that there is one (the AppView marks the post that it finds for a gate). A commit that *creates*
        # is refused the second time, so we look before; it is the key that keeps two of them from making two posts.
        found = self.find(account, draft, key, frozenset())
        return found or self._ask(login, lambda signed_in: _create(signed_in, record, gate, key), posts=True)

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
            for collection in (uri.collection, GATES):  # a gate that is not there is no error
                data = models.ComAtprotoRepoDeleteRecord.Data(repo=uri.host, collection=collection, rkey=uri.rkey)
                signed_in.client.com.atproto.repo.delete_record(data)

        self._ask(_login(account), remove)

    def sign_out(self, account: Account) -> None:
        self._sessions.end(_login(account))

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

    def _upload(self, login: Login, data: bytes, content_type: str) -> BlobRef:
        kind = {"Content-Type": content_type}
        return self._ask(
            login, lambda signed_in: signed_in.client.com.atproto.repo.upload_blob(data, headers=kind)
        ).blob

    def _reply(self, login: Login, reply: Reply) -> models.AppBskyFeedPost.ReplyRef:
        """The part before and the first part, each named by what is in it now."""
        parent = self._ref(login, reply.parent)
        root = parent if reply.root == reply.parent else self._ref(login, reply.root)
        return models.AppBskyFeedPost.ReplyRef(root=root, parent=parent)

    def _ref(self, login: Login, remote_id: str) -> models.ComAtprotoRepoStrongRef.Main:
        uri = AtUri.from_str(remote_id)
        params = models.ComAtprotoRepoGetRecord.Params(repo=uri.host, collection=uri.collection, rkey=uri.rkey)
        try:
            record = self._ask(login, lambda signed_in: signed_in.client.com.atproto.repo.get_record(params))
        except RecordNotFound as error:
            raise Rejected(f"A part of this thread before this one was removed from {login.peer.name}.") from error
        if record.cid is None:
            raise login.peer.unreadable()
        return models.ComAtprotoRepoStrongRef.Main(uri=record.uri, cid=record.cid)

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
    return Login(server, handle, credentials.secret(account, "app_password"), account.keeper)


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


def _put(signed_in: SignedIn, record: models.AppBskyFeedPost.Record, key: str) -> Published:
    data = models.ComAtprotoRepoPutRecord.Data(repo=signed_in.did, collection=POSTS, rkey=key, record=record)
    return _published(signed_in.client.com.atproto.repo.put_record(data).uri, signed_in)


def _create(signed_in: SignedIn, record: models.AppBskyFeedPost.Record, allow: Rules, key: str) -> Published:
    """The post and its gate, both or neither. A gate has the key of its post."""
    uri = f"at://{signed_in.did}/{POSTS}/{key}"
    gate = models.AppBskyFeedThreadgate.Record(created_at=record.created_at, post=uri, allow=[*allow])
    create = models.ComAtprotoRepoApplyWrites.Create
    writes = [create(collection=POSTS, rkey=key, value=record), create(collection=GATES, rkey=key, value=gate)]
    data = models.ComAtprotoRepoApplyWrites.Data(repo=signed_in.did, writes=[*writes])
    signed_in.client.com.atproto.repo.apply_writes(data)
    return _published(uri, signed_in)


def _published(uri: str, signed_in: SignedIn) -> Published:
    return Published(uri, f"https://bsky.app/profile/{signed_in.handle}/post/{AtUri.from_str(uri).rkey}")


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
