"""Mastodon, or another server that speaks its API.

Sources: docs.joinmastodon.org, pages "statuses", "media", "accounts", "instance" and "Rate limits".
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import mastodon

from moothall.networks.base import Account, Draft, Field, Identity, Limits, Media, MediaKind, Problem, Published, Rate
from moothall.networks.checks import moves, problems, refuse_blocked
from moothall.networks.errors import Rejected, Temporary
from moothall.networks.images import at, fit, read
from moothall.networks.mastodon_api import Api
from moothall.networks.mastodon_hearing import HearsMastodon
from moothall.networks.mastodon_oauth import AuthorisesOnMastodon
from moothall.networks.mastodon_profile import ProvesOnMastodon
from moothall.networks.options import option
from moothall.networks.plain import comparable, is_username, without_remote_servers, words
from moothall.networks.text import graphemes, is_handle, with_links_of_length

RATES = (
    Rate("uploads", 30, timedelta(minutes=30), 0, 1, "docs.joinmastodon.org, “Rate limits”"),
    Rate("requests", 300, timedelta(minutes=5), 1, 1, "docs.joinmastodon.org, “Rate limits”"),
    Rate("posts", 300, timedelta(hours=3), 1, 0, "Mastodon’s own source, RateLimiter"),
)
"""What a server takes from an account unless its operators set otherwise, which it does not say beforehand."""
PROCESSING_SECONDS = {MediaKind.IMAGE: 60.0, MediaKind.ANIMATION: 120.0, MediaKind.VIDEO: 600.0}
"""The longest we wait for the server to finish with a picture, which takes it a moment, or a video, which may take it
as long as the video lasts."""
ANIMATION_PIXELS = 921_600
"""The largest GIF that Mastodon takes, 1280 by 720 (its ``Attachmentable``). Its instance document does not say."""
CONTENT_WARNING = Field(
    "content_warning",
    "Content warning",
    "Readers see this first, and the post only when they ask for it. It counts towards the length.",
    required=False,
)
VISIBILITY = Field(
    "visibility",
    "Who sees it",
    "Posts that are not public do not appear in public timelines and searches.",
    required=False,
    choices=(("public", "Everybody"), ("unlisted", "Everybody, but quietly"), ("private", "Followers only")),
    default="public",
)
CLOCK_SKEW = timedelta(minutes=2)
"""By how much more a server's clock may be behind ours than it says, when we look for a post made since a moment."""
PAGE = 40
"""Statuses a page, the most that Mastodon gives."""
PAGES = 25

Default = TypeVar("Default", bound=int | None)


class Mastodon(HearsMastodon, AuthorisesOnMastodon, ProvesOnMastodon):
    """The adapter for Mastodon."""

    slug = "mastodon"
    label = "Mastodon"
    limits = Limits(
        characters=500,
        url_characters=23,
        images=4,
        image_bytes=10_000_000,
        alt_characters=1_500,
        animation_pixels=ANIMATION_PIXELS,
        videos=1,
        video_bytes=40_000_000,
    )
    post_fields = (CONTENT_WARNING, VISIBILITY)
    credential_fields = (
        Field("server", "Server", "The address of the account's server, for example social.exampleshire.example."),
        Field(
            "access_token",
            "Access token",
            "Made on that server under Preferences, Development, New application, with the scopes read:accounts, "
            "read:statuses, write:statuses and write:media.",
            secret=True,
        ),
    )
    find_is_authoritative = True
    """Mastodon makes one status of two requests with one ``Idempotency-Key``, for an hour. A server with its API may
    ignore the key; there, as everywhere, ``find`` reads the account's own statuses from the very server that stores
    them, so what it does not see was not posted. (A request that the server still holds in its hands is not seen
    either: the sender looks only when the request has ended, and a while later.)"""

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        found = problems(draft, limits, self.label, self.length(draft, limits), self.post_fields)
        if draft.card is not None:
            message = (
                f"{self.label} makes a link card of its own, from the page itself. The one written here is left out."
            )
            found.append(Problem("card_left_out", message, blocking=False))
        if option(draft, CONTENT_WARNING) and not draft.text.strip():
            message = (
                f"Without words, {self.label} shows the content warning as the post's words. Pictures stay hidden."
            )
            found.append(Problem("warning_shown", message, blocking=False))
        return found

    def rates(self, account: Account) -> tuple[Rate, ...]:
        return RATES

    def length(self, draft: Draft, limits: Limits) -> int:
        """Mastodon counts the content warning as well, letter by letter (its ``StatusLengthValidator``)."""
        return graphemes(option(draft, CONTENT_WARNING) + countable(draft.text, limits))

    def profile_url(self, handle: str) -> str:
        name, _, server = handle.strip().removeprefix("@").partition("@")
        return f"https://{server.lower()}/@{name}" if is_username(name) and is_handle(server) else ""

    def identify(self, account: Account) -> Identity:
        api = Api(account)
        with api.asking() as client:
            me = client.account_verify_credentials()
            instance = _instance(client)
            return Identity(
                remote_id=_id(me),
                handle=f"@{me['username']}@{_domain(instance, api.server)}",
                display_name=me.get("display_name") or me["username"],
                url=me["url"],
                limits=read_limits(instance, self.limits),
            )

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        limits = account.limits or self.limits
        refuse_blocked(self.check(draft, limits))
        api = Api(account)
        _refuse_without_parent(api, draft)
        attached = [_upload(api, media, limits) for media in draft.media]
        text, warning = _said(draft)
        with api.asking(posts=True) as client:
            status = client.status_post(
                text,
                in_reply_to_id=draft.reply.parent if draft.reply else None,
                media_ids=attached or None,
                sensitive=bool(option(draft, CONTENT_WARNING)),
                spoiler_text=warning or None,
                visibility=option(draft, VISIBILITY),
                language=draft.language.partition("-")[0],
                idempotency_key=key,
            )
            return _published(status)

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        api = Api(account)
        with api.asking() as client:
            me = client.account_verify_credentials()
            # The server dates posts by its own clock. If ours is ahead, it dated this one earlier than we did.
            since = draft.dated - CLOCK_SKEW - api.ahead() if draft.dated else None
            matches = [
                _published(status)
                for status in _statuses(api, client, _id(me), since)
                if _id(status) not in not_these and _is_of(client, status, draft) and _is_in_place(api, status, draft)
            ]
        return matches[-1] if matches else None

    def delete(self, account: Account, remote_id: str) -> None:
        api = Api(account)
        try:
            with api.asking() as client:
                client.status_delete(remote_id)
        except Rejected as error:
            if error.status not in (404, 410):
                raise


def countable(text: str, limits: Limits) -> str:
    """What Mastodon counts of ``text``: all links weigh alike, and of a mention only the name before the server."""
    weighed = text if limits.url_characters is None else with_links_of_length(text, limits.url_characters)
    return without_remote_servers(weighed)


def _said(draft: Draft) -> tuple[str, str]:
    """The words and the content warning. Mastodon makes words of a warning that stands alone; so does every server,
    if we do it, and the post is found again."""
    warning = option(draft, CONTENT_WARNING)
    return (draft.text, warning) if draft.text.strip() else (warning, "")


def read_limits(instance: Mapping[str, Any], default: Limits) -> Limits:
    """The limits in a server's instance document (version 1 or 2); what it leaves out is taken from ``default``."""
    configuration = instance.get("configuration") or {}
    statuses = configuration.get("statuses") or {}
    media = configuration.get("media_attachments") or {}
    kinds = media.get("supported_mime_types") or ()
    # Servers from before there was a configuration, and some that are not Mastodon, have these beside it.
    characters = statuses.get("max_characters") or instance.get("max_toot_chars")
    alt = media.get("description_limit") or instance.get("description_limit")
    return Limits(
        characters=_positive(characters, default.characters),
        url_characters=_positive(statuses.get("characters_reserved_per_url"), default.url_characters),
        images=_positive(statuses.get("max_media_attachments"), default.images),
        image_bytes=_positive(media.get("image_size_limit"), default.image_bytes),
        image_pixels=_positive(media.get("image_matrix_limit"), default.image_pixels),
        image_types=tuple(kind for kind in default.image_types if kind in kinds) or default.image_types,
        alt_characters=_positive(alt, default.alt_characters),
        animations=default.animations and (not kinds or "image/gif" in kinds),
        animation_pixels=default.animation_pixels,
        videos=default.videos if not kinds or "video/mp4" in kinds else 0,
        video_bytes=_positive(media.get("video_size_limit"), default.video_bytes),
        video_pixels=_positive(media.get("video_matrix_limit"), default.video_pixels),
    )


def _positive(value: object, default: Default) -> int | Default:
    return value if isinstance(value, int) and value > 0 else default


def _upload(api: Api, media: Media, limits: Limits) -> str:
    """Upload a picture or a video and wait until the server has processed it. Returns its id.

    No post is made here, so no fault leaves a doubt: trouble is ``Temporary`` or ``Rejected``.
    """
    data, content_type = _file(media, limits)
    with api.asking() as client:
        attachment = client.media_post(
            data, mime_type=content_type, description=media.alt or None, file_name=content_type.replace("/", ".")
        )
        identifier = _id(attachment)
    seconds = PROCESSING_SECONDS[media.kind]
    deadline = time.monotonic() + seconds
    while not attachment.get("url"):
        if time.monotonic() > deadline:
            what = "a video" if media.kind == MediaKind.VIDEO else "a picture"
            raise Temporary(f"{api.peer.name} has not finished with {what} within {seconds:.0f} seconds.")
        time.sleep(1)
        with api.asking() as client:
            attachment = client.media(identifier)
    return identifier


def _file(media: Media, limits: Limits) -> tuple[bytes, str]:
    """What is uploaded of ``media``, and its type: as it is if it moves, and otherwise as a picture that fits."""
    if media.kind == MediaKind.VIDEO or (media.kind == MediaKind.ANIMATION and moves(media, limits)):
        return read(media.path), media.content_type
    still = at(media.still, media.alt) if media.still else media
    picture = fit(still, limits.image_bytes, limits.image_types, limits.image_pixels)
    return picture.data, picture.content_type


def _refuse_without_parent(api: Api, draft: Draft) -> None:
    """Raise ``Rejected`` if the part that ``draft`` replies to is gone: some servers would post it on its own."""
    if draft.reply and not _stands(api, draft.reply.parent):
        raise Rejected(f"The part of this thread before this one was removed from {api.peer.name}.")


def _stands(api: Api, remote_id: str) -> bool:
    try:
        with api.asking() as client:
            return bool(_id(client.status(remote_id)))
    except Rejected as error:
        if error.status in (404, 410):
            return False
        raise


def _statuses(
    api: Api, client: mastodon.Mastodon, account_id: str, since: datetime | None
) -> Iterator[Mapping[str, Any]]:
    """The account's own statuses, newest first, back to ``since``."""
    before: str | None = None
    for _ in range(PAGES):
        page = client.account_statuses(account_id, limit=PAGE, max_id=before, exclude_reblogs=True)
        if not api.answered_with_a_list():
            raise ValueError("Not a page of statuses")
        for status in page:
            if since is None or status["created_at"] >= since:
                yield status
        if not page or (since is not None and page[-1]["created_at"] < since):
            return
        before = _id(page[-1])
    raise Temporary(f"There are more than {PAGES * PAGE:,} posts to look through.")


def _is_of(client: mastodon.Mastodon, status: Mapping[str, Any], draft: Draft) -> bool:
    """Whether ``status`` carries the words, the warning, the pictures and their descriptions of ``draft``."""
    shown = [comparable(each.get("description") or "") for each in status.get("media_attachments") or []]
    if shown != [comparable(media.alt) for media in draft.media]:
        return False
    text, warning = _said(draft)
    if comparable(status.get("spoiler_text") or "") != comparable(warning):
        return False
    wanted = comparable(text)
    return comparable(words(status.get("content") or "")) == wanted or comparable(_source(client, status)) == wanted


def _is_in_place(api: Api, status: Mapping[str, Any], draft: Draft) -> bool:
    """Whether ``status`` stands where ``draft`` belongs: on its own, or as a reply to the part before.

    A reply whose parent was removed since no longer says what it replied to.
    """
    parent = status.get("in_reply_to_id")
    if draft.reply is None or parent is not None:
        return str(parent or "") == (draft.reply.parent if draft.reply else "")
    return not _stands(api, draft.reply.parent)


def _source(client: mastodon.Mastodon, status: Mapping[str, Any]) -> str:
    """The text as it was sent: some servers take it for Markdown, and their HTML does not show its signs."""
    try:
        return str(client.status_source(_id(status)).get("text") or "")
    except mastodon.MastodonNotFoundError:  # Mastodon before 3.5
        return ""


def _instance(client: mastodon.Mastodon) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = client.instance_v2()
    except mastodon.MastodonNotFoundError:  # Mastodon before 4.0, and many servers that are not Mastodon
        document = client.instance_v1()
    return document


def _domain(instance: Mapping[str, Any], server: str) -> str:
    """The server's name as it is part of handles."""
    named = str(instance.get("domain") or instance.get("uri") or server)
    return named.removeprefix("https://").removeprefix("http://").strip("/")


def _published(status: Mapping[str, Any]) -> Published:
    return Published(_id(status), str(status.get("url") or status.get("uri") or ""))


def _id(entity: Mapping[str, Any]) -> str:
    """The id of an account, status or attachment; ``ValueError`` if there is none, for which the library has None."""
    if not entity["id"]:
        raise ValueError("An entity without an id")
    return str(entity["id"])
