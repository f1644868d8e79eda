"""Reading the library."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Model, Prefetch, Q, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import services_for
from moothall.core import clock, localtime, pictures
from moothall.library.models import ENDS_SOON, Asset, AssetState, Consent
from moothall.networks.base import Media, MediaKind

CONSENTS = (
    ("none", "Nobody noted"),
    ("holds", "Holds"),
    ("ending", "Ends within 30 days"),
    ("lapsed", "Ran out or withdrawn"),
)
"""What ``search`` can ask of an asset's consents, with its words."""


def media(facts: Mapping[str, Any]) -> Media:
    """A frozen asset (``Asset.facts``) as an adapter takes it."""

    def path(name: str) -> Any:
        return pictures.path_of(facts[name]) if facts.get(name) else None

    return Media(
        path=pictures.path_of(facts["name"]),
        content_type=facts["content_type"],
        width=facts["width"],
        height=facts["height"],
        size=facts["size"],
        alt=facts["alt"],
        kind=MediaKind(facts.get("kind", MediaKind.IMAGE)),
        seconds=facts.get("seconds", 0.0),
        still=path("still"),
        captions=path("captions"),
        captions_language=facts.get("captions_language", "en"),
    )


# --- Who sees what ----------------------------------------------------------------------------------------------------


def visible(user: User) -> QuerySet[Asset]:
    """The part of the library that is open to ``user``: their services' assets, and those of no service.

    What was offered to the desk is open to those alone who see every service's.
    """
    services = services_for(user.standing, "media.see")
    if services is None:
        return Asset.objects.all()
    if not services:
        return Asset.objects.none()
    return Asset.objects.filter(Q(service__in=services) | Q(service=None), is_offered=False)


def search(
    user: User, *, q: str = "", service: Service | None = None, kind: str = "", consent: str = ""
) -> QuerySet[Asset]:
    """What ``user`` may see, the newest first, narrowed.

    ``q``: each of its words stands in the description, the file's name, or in a consent (who is pictured, or where
    that is kept). ``consent``: one of ``CONSENTS``.
    """
    found = visible(user)
    for word in q.split():
        pictured = Consent.objects.filter(Q(person__icontains=word) | Q(reference__icontains=word))
        found = found.filter(
            Q(alt__icontains=word) | Q(original_name__icontains=word) | Q(pk__in=pictured.values("asset"))
        )
    if service:
        found = found.filter(service=service)
    if kind:
        found = found.filter(kind=kind)
    if consent:
        found = found.filter(_has(consent, localtime.local(clock.now()).date()))
    return found.select_related("service", "added_by").prefetch_related(Prefetch("consents"))


def _has(consent: str, day: date) -> Q:
    over = Q(pk__in=lapsed(day).values("asset"))
    noted = Q(pk__in=Consent.objects.values("asset"))
    match consent:
        case "none":
            return ~noted
        case "lapsed":
            return over
        case "ending":
            return Q(pk__in=expiring(day, ENDS_SOON.days).values("asset"))
        case _:
            return noted & ~over


def already_here(user: User, digest: str) -> Asset | None:
    """The asset that came of the same upload, if there is one that ``user`` may see and that can be used."""
    same = visible(user).filter(raw_digest=digest, is_offered=False).exclude(state=AssetState.FAILED)
    return same.order_by("added_at", "pk").first()


def uses(asset: Asset) -> dict[str, int]:
    """How many rows of other rooms point to ``asset``, by what they are called; they are asked without being known."""
    found: dict[str, int] = {}
    for field in Asset._meta.get_fields(include_hidden=True):
        pointing: Any = field.remote_field
        model: Any = field.related_model
        if not field.auto_created or not _of_another_room(model):
            continue
        number = model._default_manager.filter(**{pointing.name: asset}).aggregate(n=Count("pk"))["n"]
        if number:
            found[str(model._meta.verbose_name)] = number
    return found


def _of_another_room(model: Any) -> bool:
    """Whether it is a model of another room's own, and not the table between one and the assets."""
    is_model = isinstance(model, type) and issubclass(model, Model)
    return is_model and model._meta.app_label != Asset._meta.app_label and not model._meta.auto_created


# --- The consent ledger -----------------------------------------------------------------------------------------------


def lapsed(day: date) -> QuerySet[Consent]:
    """The consents that no longer hold on ``day``."""
    return Consent.objects.filter(Q(expires_on__lt=day) | Q(withdrawn_at__isnull=False)).select_related("asset")


def lapsed_among(assets: Iterable[int], at: datetime) -> list[Consent]:
    """Those of the consents for ``assets`` (ids) that no longer hold at ``at``."""
    return list(lapsed(localtime.local(at).date()).filter(asset__in=list(assets)))


def without_consent(at: datetime) -> QuerySet[Asset]:
    """The assets that may no longer be shown."""
    return Asset.objects.filter(pk__in=lapsed(localtime.local(at).date()).values("asset"))


def expiring(day: date, within_days: int) -> QuerySet[Consent]:
    """The consents that hold on ``day`` and end within so many days, the first to end first."""
    last = date.fromordinal(day.toordinal() + within_days)
    holding = Consent.objects.filter(withdrawn_at=None, expires_on__gte=day, expires_on__lte=last)
    return holding.select_related("asset").order_by("expires_on", "pk")


def ending_untold(last: date) -> QuerySet[Consent]:
    """The consents that end by ``last`` at the latest, and of which nobody was told."""
    untold = Consent.objects.filter(withdrawn_at=None, told_at=None, expires_on__isnull=False, expires_on__lte=last)
    return untold.select_related("asset__service", "noted_by").order_by("expires_on", "pk")
