"""The practice network as a network."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from moothall.core import clock
from moothall.networks import registry
from moothall.networks.base import (
    Account,
    Draft,
    Field,
    Identity,
    Limits,
    LimitsRates,
    Media,
    Network,
    Problem,
    Profile,
    Published,
    Rate,
)
from moothall.networks.checks import problems, refuse_blocked
from moothall.networks.errors import NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.text import graphemes, with_links_of_length
from moothall.networks.translate import may_write
from moothall.rehearsal.hearing import HearsTheCrowd
from moothall.rehearsal.models import Fault, PracticeAccount, Sent

BUSY_FOR = timedelta(seconds=20)


def _refusal(fault: str) -> NetworkError | None:
    """The error with which a fault meets a post before it is taken; ``None`` if the post is taken."""
    match fault:
        case Fault.BUSY:
            return Temporary("The practice network is busy.", words="Try again later", status=429, retry_after=BUSY_FOR)
        case Fault.REFUSES:
            return Rejected("The practice network refused the post.", words="Not acceptable here", status=422)
        case Fault.SIGNED_OUT:
            return NeedsReconnect("The practice network no longer accepts our credentials.", status=401)
        case Fault.LOST_REQUEST:
            return OutcomeUnknown("The practice network did not answer.")
    return None


class Rehearsal(HearsTheCrowd):
    slug = "rehearsal"
    label = "Rehearsal"
    limits = Limits(characters=500, images=4, image_bytes=10_000_000, videos=1, video_bytes=100_000_000, captions=True)
    find_is_authoritative = True

    @property
    def credential_fields(self) -> tuple[Field, ...]:
        others = tuple((slug, each.label) for slug, each in registry.networks().items() if slug != self.slug)
        return (Field("like", "Behave like", "Practise within the limits of this network.", choices=others),)

    @property
    def post_fields(self) -> tuple[Field, ...]:
        """Those of all other networks: which of them it behaves like, an account says."""
        others = (
            field for slug, each in registry.networks().items() if slug != self.slug for field in each.post_fields
        )
        return tuple({field.name: field for field in others}.values())

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        return problems(draft, limits, self.label, self.length(draft, limits), self.post_fields)

    def rates(self, account: Account) -> tuple[Rate, ...]:
        """Those of the network that the account behaves like. They are told, not enforced: a fault does that."""
        like = _like(account)
        return like.rates(account) if isinstance(like, LimitsRates) else ()

    def length(self, draft: Draft, limits: Limits) -> int:
        """Counted as its limits say, for they are another network's: links may all weigh alike. A content warning
        counts, as it does where there is one."""
        weight = limits.url_characters
        weighed = draft.text if weight is None else with_links_of_length(draft.text, weight)
        return graphemes(draft.options.get("content_warning", "") + weighed)

    def profile_url(self, handle: str) -> str:
        return settings.SITE_URL + reverse("rehearsal")

    def identify(self, account: Account) -> Identity:
        ours, _ = PracticeAccount.objects.get_or_create(
            handle=account.handle, defaults={"display_name": account.handle}
        )
        if ours.left and ours.fault == Fault.SIGNED_OUT:
            raise NeedsReconnect("The practice network no longer accepts our credentials.", status=401)
        limits = (_like(account) or self).limits
        return Identity(str(ours.pk), ours.handle, ours.display_name, self.profile_url(account.handle), limits)

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        like = _like(account)
        limits = account.limits or (like.limits if like else self.limits)
        refuse_blocked(self.check(draft, limits))
        if like:
            refuse_blocked(like.check(draft, limits))
        may_write()
        fault = self._use_up(account)
        if refusal := _refusal(fault):
            raise refusal
        self._take(account, draft, key, is_hidden=fault == Fault.SILENT)
        if fault in (Fault.LOST_ANSWER, Fault.SILENT):
            raise OutcomeUnknown("The practice network took our request and did not answer.")
        return self._published(key)

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        sent = Sent.objects.filter(handle=account.handle, key=key, is_removed=False).first()
        if sent and sent.is_hidden:
            raise Temporary("The practice network will not say whether it has the post.")
        return self._published(key) if sent and key not in not_these else None

    def delete(self, account: Account, remote_id: str) -> None:
        may_write()
        Sent.objects.filter(handle=account.handle, key=remote_id).update(is_removed=True)

    def show_profile(self, account: Account, profile: Profile) -> None:
        PracticeAccount.objects.filter(handle=account.handle).update(display_name=profile.display_name)

    def _use_up(self, account: Account) -> str:
        """The fault that this post meets, counted down."""
        faulty = PracticeAccount.objects.filter(handle=account.handle, left__gt=0)
        ours = faulty.first()
        faulty.update(left=F("left") - 1)
        return ours.fault if ours else ""

    @transaction.atomic
    def _take(self, account: Account, draft: Draft, key: str, *, is_hidden: bool) -> None:
        same = Sent.objects.filter(handle=account.handle, key=key)
        before = "" if same.exists() else _before(account, draft)
        _, is_new = Sent.objects.get_or_create(
            handle=account.handle,
            key=key,
            defaults={
                "text": draft.text,
                "media": [_facts(each) for each in draft.media],
                "options": dict(draft.options),
                "card": _card(draft),
                "reply_to": before,
                "language": draft.language,
                "said_at": draft.dated or clock.now(),
                "is_hidden": is_hidden,
            },
        )
        if not is_new:
            same.update(times=F("times") + 1, is_hidden=is_hidden)

    def _published(self, key: str) -> Published:
        return Published(key, f"{settings.SITE_URL}{reverse('rehearsal')}#{key}")


def _like(account: Account) -> Network | None:
    """The network that the account behaves like; ``None``: none but this one."""
    return registry.networks().get(account.credentials.get("like", ""))


def _facts(media: Media) -> dict[str, Any]:
    return {
        "kind": media.kind.value,
        "alt": media.alt,
        "content_type": media.content_type,
        "width": media.width,
        "height": media.height,
        "size": media.size,
        "seconds": media.seconds,
        "captions": media.captions_language if media.captions else "",
    }


def _card(draft: Draft) -> dict[str, Any] | None:
    card = draft.card
    if card is None:
        return None
    return {"url": card.url, "title": card.title, "description": card.description, "image": card.image is not None}


def _before(account: Account, draft: Draft) -> str:
    """The key of the part of a thread before this one. Raises ``Rejected`` if that part is not there."""
    if draft.reply is None:
        return ""
    standing = Sent.objects.filter(handle=account.handle, key=draft.reply.parent, is_removed=False)
    if not standing.exists():
        raise Rejected("The part of this thread before this one was removed from the practice network.")
    return draft.reply.parent
