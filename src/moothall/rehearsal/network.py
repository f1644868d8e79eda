"""The practice network as a network."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from moothall.core import clock
from moothall.networks import registry
from moothall.networks.base import Account, Draft, Field, Identity, Limits, Problem, Profile, Published
from moothall.networks.checks import problems, refuse_blocked
from moothall.networks.errors import NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.text import graphemes, with_links_of_length
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


class Rehearsal:
    slug = "rehearsal"
    label = "Rehearsal"
    limits = Limits(characters=500, images=4, image_bytes=10_000_000)
    find_is_authoritative = True

    @property
    def credential_fields(self) -> tuple[Field, ...]:
        others = tuple((slug, each.label) for slug, each in registry.networks().items() if slug != self.slug)
        return (Field("like", "Behave like", "Practise within the limits of this network.", choices=others),)

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        """The text is counted as its limits say, for they are another network's: links may all weigh alike."""
        weight = limits.url_characters
        weighed = draft.text if weight is None else with_links_of_length(draft.text, weight)
        return problems(draft, limits, self.label, graphemes(weighed))

    def profile_url(self, handle: str) -> str:
        return settings.SITE_URL + reverse("rehearsal")

    def identify(self, account: Account) -> Identity:
        ours, _ = PracticeAccount.objects.get_or_create(
            handle=account.handle, defaults={"display_name": account.handle}
        )
        if ours.left and ours.fault == Fault.SIGNED_OUT:
            raise NeedsReconnect("The practice network no longer accepts our credentials.", status=401)
        like = registry.networks().get(account.credentials.get("like", ""))
        limits = like.limits if like else self.limits
        return Identity(str(ours.pk), ours.handle, ours.display_name, self.profile_url(account.handle), limits)

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        refuse_blocked(self.check(draft, account.limits or self.limits))
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
        media = [
            {
                "alt": each.alt,
                "content_type": each.content_type,
                "width": each.width,
                "height": each.height,
                "size": each.size,
            }
            for each in draft.media
        ]
        _, is_new = Sent.objects.get_or_create(
            handle=account.handle,
            key=key,
            defaults={
                "text": draft.text,
                "media": media,
                "language": draft.language,
                "said_at": draft.dated or clock.now(),
                "is_hidden": is_hidden,
            },
        )
        if not is_new:
            Sent.objects.filter(handle=account.handle, key=key).update(times=F("times") + 1, is_hidden=is_hidden)

    def _published(self, key: str) -> Published:
        return Published(key, f"{settings.SITE_URL}{reverse('rehearsal')}#{key}")
