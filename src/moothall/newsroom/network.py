"""The Newsroom as a network: the door by which posts enter it."""

import regex
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from moothall.core import clock, pictures
from moothall.networks.base import Account, Draft, Field, Identity, Limits, Media, Problem, Profile, Published
from moothall.networks.checks import problems, refuse_blocked
from moothall.networks.errors import NeedsReconnect, Rejected, Temporary
from moothall.networks.text import graphemes
from moothall.newsroom.models import Entry, Handle, Page, Picture

HANDLE = regex.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
HANDLE_WORDS = "small letters, digits and hyphens, at most 40 of them"
"""The same rule for people; finishes "A handle there has …"."""


class Newsroom:
    slug = "newsroom"
    label = "Newsroom"
    limits = Limits(characters=5_000, images=10, image_bytes=25_000_000, alt_characters=2_000)
    credential_fields: tuple[Field, ...] = ()
    find_is_authoritative = True

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        return problems(draft, limits, self.label, graphemes(draft.text))

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
        try:
            copies = [_copy(media) for media in draft.media]
        except OSError as error:
            raise Temporary("The Newsroom could not store the pictures. Is the disk full?", words=str(error)) from error
        try:
            with transaction.atomic():
                entry, is_new = Entry.objects.get_or_create(
                    page=page,
                    key=key,
                    defaults={"text": draft.text, "language": draft.language, "said_at": draft.dated or clock.now()},
                )
                if is_new:
                    _attach(entry, draft.media, copies)
        except DatabaseError as error:
            raise Temporary("The Newsroom's database did not take the post.", words=type(error).__name__) from error
        return self._published(entry)

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        entry = Entry.objects.filter(page__ref=account.ref, key=key, is_removed=False).first()
        return self._published(entry) if entry and entry.key not in not_these else None

    def delete(self, account: Account, remote_id: str) -> None:
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


def _copy(media: Media) -> str:
    """The Newsroom keeps its own copy: a public file, apart from the staff's media library."""
    picture = pictures.Picture(
        media.path.read_bytes(), media.content_type, media.path.suffix, media.width, media.height
    )
    return pictures.keep(picture, "newsroom")


def _attach(entry: Entry, media: tuple[Media, ...], names: list[str]) -> None:
    Picture.objects.bulk_create(
        Picture(
            entry=entry,
            position=position,
            name=name,
            content_type=each.content_type,
            width=each.width,
            height=each.height,
            alt=each.alt,
        )
        for position, (each, name) in enumerate(zip(media, names, strict=True))
    )
