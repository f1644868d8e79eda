"""The Newsroom as a network: the door by which posts enter it."""

import regex
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from moothall.core import clock
from moothall.networks.base import Account, Draft, Field, Identity, Limits, MediaKind, Problem, Profile, Published
from moothall.networks.checks import problems, refuse_blocked
from moothall.networks.errors import NeedsReconnect, Rejected, Temporary
from moothall.networks.text import graphemes
from moothall.networks.translate import may_write
from moothall.newsroom.files import keep_copy
from moothall.newsroom.models import Entry, Handle, Page, Picture, Video

HANDLE = regex.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
HANDLE_WORDS = "small letters, digits and hyphens, at most 40 of them"
"""The same rule for people; finishes "A handle there has …"."""


class Newsroom:
    slug = "newsroom"
    label = "Newsroom"
    limits = Limits(
        characters=5_000,
        images=10,
        image_bytes=25_000_000,
        alt_characters=2_000,
        videos=1,
        video_bytes=500_000_000,
        captions=True,
    )
    credential_fields: tuple[Field, ...] = ()
    post_fields: tuple[Field, ...] = ()
    find_is_authoritative = True

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        return problems(draft, limits, self.label, self.length(draft, limits), self.post_fields)

    def length(self, draft: Draft, limits: Limits) -> int:
        return graphemes(draft.text)

    def profile_url(self, handle: str) -> str:
        return settings.SITE_URL + reverse("newsroom-page", args=[handle]) if HANDLE.fullmatch(handle) else ""

    def identify(self, account: Account) -> Identity:
        """There are no credentials to test. The page is made, hidden, if it is not there; it follows a new handle."""
        if not HANDLE.fullmatch(account.handle):
            raise Rejected(f"A Newsroom handle has {HANDLE_WORDS}.")
        page = _settle(account)
        return Identity(str(page.pk), page.handle, page.display_name, self.profile_url(page.handle), self.limits)

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        refuse_blocked(self.check(draft, account.limits or self.limits))
        page = self._page(account)
        may_write()
        try:
            files = _Files(draft)
        except OSError as error:
            raise Temporary("The Newsroom could not store the files. Is the disk full?", words=str(error)) from error
        try:
            with transaction.atomic():
                entry = Entry.objects.filter(page=page, key=key).first() or _add(page, draft, key, files)
        except IntegrityError:
            entry = Entry.objects.get(page=page, key=key)  # another worker with the same key came before us
        except DatabaseError as error:
            raise Temporary("The Newsroom's database did not take the post.", words=type(error).__name__) from error
        return self._published(entry)

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        entry = Entry.objects.filter(page__ref=account.ref, key=key, is_removed=False).first()
        return self._published(entry) if entry and entry.key not in not_these else None

    def delete(self, account: Account, remote_id: str) -> None:
        may_write()
        with transaction.atomic():
            Entry.objects.filter(page__ref=account.ref, key=remote_id).update(is_removed=True)

    def show_profile(self, account: Account, profile: Profile) -> None:
        picture = ""
        if profile.picture is not None:
            picture = profile.picture.relative_to(settings.MEDIA_ROOT).as_posix()
        is_there = Page.objects.filter(ref=account.ref).update(
            display_name=profile.display_name,
            summary=profile.summary,
            capacity=profile.capacity,
            service=profile.service,
            is_shown=profile.is_public,
            is_closed=profile.is_closed,
            picture=picture,
            picture_alt=profile.picture_alt,
        )
        if is_there:
            _settle(account)

    def _page(self, account: Account) -> Page:
        try:
            return Page.objects.get(ref=account.ref)
        except Page.DoesNotExist as error:
            raise NeedsReconnect(f"The Newsroom has no page @{account.handle}. Connect the channel again.") from error

    def _published(self, entry: Entry) -> Published:
        return Published(entry.key, settings.SITE_URL + entry.get_absolute_url())


def _settle(account: Account) -> Page:
    """The account's page, made if it is not there, at the account's handle."""
    try:
        with transaction.atomic():
            page, _ = Page.objects.select_for_update().get_or_create(
                ref=account.ref, defaults={"handle": account.handle, "display_name": account.handle}
            )
            Handle.objects.get_or_create(page=page, handle=account.handle)
            if page.handle != account.handle:
                page.handle = account.handle
                page.save(update_fields=["handle"])
    except IntegrityError as error:
        raise Rejected(
            f"@{account.handle} is, or was, the address of another page of the Newsroom. Choose another handle."
        ) from error
    return page


class _Files:
    """Copies of all the draft's files, by name: made before the entry, which then can be there at once and whole."""

    def __init__(self, draft: Draft) -> None:
        self.media = [(keep_copy(each.path), keep_copy(each.still), keep_copy(each.captions)) for each in draft.media]
        self.card = keep_copy(draft.card.image) if draft.card else ""


def _add(page: Page, draft: Draft, key: str, files: _Files) -> Entry:
    before = _before(page, draft)
    card = draft.card
    entry = Entry.objects.create(
        page=page,
        key=key,
        first_id=before.thread if before else None,
        reply_to=before,
        text=draft.text,
        language=draft.language,
        said_at=draft.dated or clock.now(),
        card_url=card.url if card else "",
        card_title=card.title if card else "",
        card_description=card.description if card else "",
        card_picture=files.card,
    )
    _attach(entry, draft, files)
    return entry


def _before(page: Page, draft: Draft) -> Entry | None:
    """The part of the thread before this one. It is kept from being taken down until this one is there."""
    if draft.reply is None:
        return None
    standing = Entry.objects.select_for_update().filter(page=page, key=draft.reply.parent, is_removed=False)
    before = standing.first()
    if before is None:
        raise Rejected("The part of this thread before this one was removed from the Newsroom.")
    return before


def _attach(entry: Entry, draft: Draft, files: _Files) -> None:
    for position, (each, (name, still, captions)) in enumerate(zip(draft.media, files.media, strict=True)):
        common = {
            "entry": entry,
            "name": name,
            "content_type": each.content_type,
            "width": each.width,
            "height": each.height,
            "alt": each.alt,
            "still": still,
        }
        if each.kind == MediaKind.VIDEO:
            Video.objects.create(**common, captions=captions, captions_language=each.captions_language)
        else:
            Picture.objects.create(**common, position=position)
