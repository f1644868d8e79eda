"""Every write in the library: permission, change and record in one place."""

import textwrap
import uuid
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.core import clock, languages, pictures
from moothall.library import captions, files, incoming, queries, tasks
from moothall.library.models import Asset, Consent, Crop
from moothall.networks import registry
from moothall.networks.base import MediaKind
from moothall.records.actions import capture

SMALLEST_CROP = 32
"""Pixels on each side."""


def add(
    actor: User, upload: "UploadedFile[Any]", *, service: Service | None, alt: str = "", once: uuid.UUID | None = None
) -> Asset:
    """Take an upload into the library; it is processed in the background.

    What the actor sees there already, from the same file, is returned as it is. ``once`` names the upload: a second
    one of that name is the first. ``service`` ``None``: for every service. Raises ``ValidationError`` with what to do
    if it is nothing that we take.
    """
    require(actor, "media.add", Asset(service=service))
    kind = incoming.check(upload)
    raw = incoming.keep(upload)
    try:
        asset = _added(actor, upload.name or "upload", kind, raw, service, alt.strip(), once)
    except BaseException:
        incoming.drop(raw.name)
        raise
    if asset.raw != raw.name:
        incoming.drop(raw.name)
    return asset


def _added(
    actor: User, name: str, kind: MediaKind, raw: incoming.Raw, service: Service | None, alt: str, once: Any
) -> Asset:
    earlier = Asset.objects.filter(once=once, added_by=actor).first() if once else None
    earlier = earlier or queries.already_here(actor, raw.digest)
    if earlier:
        return earlier
    values = {"kind": kind.value, "service": service, "alt": _description(alt), "raw": raw.name}
    try:
        with transaction.atomic():
            asset = Asset.objects.create(
                **values, original_name=_short(name), raw_digest=raw.digest, once=once, added_by=actor
            )
            tasks.wake(asset)
            after = {"kind": kind, "service": asset.service_id, "name": asset.original_name, "sha256": raw.digest}
            capture("media.added", f"asset:{asset.pk}", actor=actor, after={**after, "alt": asset.alt})
    except IntegrityError:
        sent_twice = Asset.objects.filter(once=once, added_by=actor).first() if once else None
        if sent_twice is None:
            raise
        return sent_twice
    return asset


def _short(name: str) -> str:
    """A file's name that fits, its ending kept."""
    return name if len(name) <= 200 else f"{name[:150]}…{name[-40:]}"


def _description(alt: str) -> str:
    most = Asset._meta.get_field("alt").max_length or 0
    if len(alt) > most:
        raise ValidationError(f"This description is longer than {most:,} characters. Say what matters most.")
    return alt


@transaction.atomic
def describe(actor: User, asset: Asset, alt: str) -> None:
    """Say what an asset shows. Posts that have it keep the words that they took over."""
    asset = _changeable(actor, asset)
    before, asset.alt = asset.alt, _description(alt.strip())
    if asset.alt != before:
        asset.save(update_fields=["alt"])
        capture("media.described", f"asset:{asset.pk}", actor=actor, before={"alt": before}, after={"alt": asset.alt})


def _changeable(actor: User, asset: Asset) -> Asset:
    """The asset, locked, if ``actor`` may change it."""
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    require(actor, "media.add", locked)
    return locked


# --- Captions ---------------------------------------------------------------------------------------------------------


def set_captions(actor: User, asset: Asset, upload: "UploadedFile[Any] | None", *, language: str = "en") -> None:
    """Give a video its captions, from a WebVTT or SRT file; ``None`` takes them away.

    Raises ``ValidationError`` with the line that is wrong.
    """
    require(actor, "media.add", asset)
    if asset.kind != MediaKind.VIDEO:
        raise ValidationError("Only a video has captions. Say what a picture shows in its description.")
    if language not in languages.NAMES:
        raise ValidationError("Choose the language of the captions.")
    if upload is not None and (upload.size or 0) > captions.MOST_BYTES:
        raise ValidationError("This captions file is larger than 1 MB. Is it another kind of file?")
    words = captions.clean(upload.read(), asset.seconds) if upload is not None else ""
    name = files.keep_words(words, files.CAPTIONS, ".vtt") if words else ""
    with transaction.atomic():
        asset = _changeable(actor, asset)
        before = {"captions": asset.captions, "language": asset.captions_language}
        asset.captions, asset.captions_language = name, language
        asset.save(update_fields=["captions", "captions_language"])
        after = {"captions": name, "language": language}
        capture("media.captions", f"asset:{asset.pk}", actor=actor, before=before, after=after)


# --- The consent ledger -----------------------------------------------------------------------------------------------


@transaction.atomic
def note_consent(
    actor: User,
    asset: Asset,
    *,
    person: str,
    reference: str,
    expires_on: date | None = None,
    consent: Consent | None = None,
) -> Consent:
    """Note that somebody has agreed to be seen in an asset.

    With ``consent``, that entry is changed: somebody agreed anew, for longer or after they had withdrawn. The records
    keep what stood there. ``expires_on`` is the last day on which it holds, ``None``: until it is withdrawn.
    """
    asset = _changeable(actor, asset)
    person, reference = person.strip(), reference.strip()
    if not person or not reference:
        raise ValidationError("Say who is pictured, and where their consent is kept.")
    entry = asset.consents.select_for_update().get(pk=consent.pk) if consent else Consent(asset=asset)
    before = _kept(entry) if consent else {}
    entry.person, entry.reference, entry.expires_on = person, reference, expires_on
    entry.withdrawn_at = entry.told_at = None
    entry.noted_by, entry.noted_at = actor, clock.now()
    entry.full_clean(exclude=["asset", "noted_by", "withdrawn_at", "told_at"])
    entry.save()
    capture("consent.noted", f"asset:{asset.pk}", actor=actor, before=before, after=_kept(entry))
    return entry


@transaction.atomic
def withdraw_consent(actor: User, consent: Consent, why: str = "") -> None:
    """Somebody no longer agrees: posts that show them are held from now on, and named to be taken down."""
    asset = _changeable(actor, consent.asset)
    now = clock.now()
    if not Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=now):
        raise ValidationError("This consent is withdrawn already.")
    entry = Consent.objects.get(pk=consent.pk)
    capture("consent.withdrawn", f"asset:{asset.pk}", actor=actor, why=why.strip(), after=_kept(entry))


def _kept(consent: Consent) -> dict[str, Any]:
    return {name: getattr(consent, name) for name in ("pk", "person", "reference", "expires_on", "withdrawn_at")}


# --- Crops ------------------------------------------------------------------------------------------------------------


def crop(actor: User, asset: Asset, network: str, left: int, top: int, width: int, height: int) -> Crop:
    """Let ``network`` get only this part of a picture, a rectangle in its pixels, from now on.

    Posts that are approved already keep what was approved. Raises ``ValidationError``.
    """
    require(actor, "media.add", asset)
    _check_crop(asset, network, left, top, width, height)
    made = pictures.cut(asset.name, (left, top, left + width, top + height))
    values = {
        "left": left,
        "top": top,
        "name": pictures.keep(made, files.PICTURES),
        "content_type": made.content_type,
        "width": made.width,
        "height": made.height,
        "size": made.size,
    }
    with transaction.atomic():
        asset = _changeable(actor, asset)
        kept, _ = Crop.objects.update_or_create(asset=asset, network=network, defaults=values)
        capture("media.cropped", f"asset:{asset.pk}", actor=actor, after={"network": network, **values})
    return kept


def _check_crop(asset: Asset, network: str, left: int, top: int, width: int, height: int) -> None:
    if network not in registry.networks():
        raise ValidationError("Choose the network that this part is for.")
    if asset.kind != MediaKind.IMAGE or not asset.is_ready:
        raise ValidationError("Only a picture that is processed can be cropped.")
    if min(left, top) < 0 or left + width > asset.width or top + height > asset.height:
        raise ValidationError(
            f"This reaches beyond the picture, which is {asset.width} pixels wide and {asset.height} high."
        )
    if width < SMALLEST_CROP or height < SMALLEST_CROP:
        raise ValidationError(f"Choose a part of at least {SMALLEST_CROP} pixels each way.")


@transaction.atomic
def uncrop(actor: User, asset: Asset, network: str) -> None:
    """Let ``network`` get the whole picture again. Its crop's file stays, for posts that are approved with it."""
    asset = _changeable(actor, asset)
    if asset.crops.filter(network=network).delete()[0]:
        capture("media.uncropped", f"asset:{asset.pk}", actor=actor, before={"network": network})


# --- Taking out -------------------------------------------------------------------------------------------------------


def remove(actor: User, asset: Asset) -> None:
    """Take an asset out of the library, with its files. One that is on a post, or in a ready-made text, stays."""
    with transaction.atomic():
        asset = _changeable(actor, asset)
        if queries.uses(asset):
            raise ValidationError("This is on a post or in a ready-made text. Take it off there first.")
        names = [asset.name, asset.still, asset.captions, *asset.crops.values_list("name", flat=True)]
        before = {"name": asset.original_name, "alt": asset.alt, "sha256": asset.raw_digest}
        consents = [_kept(each) for each in asset.consents.all()]
        raw, ref = asset.raw, f"asset:{asset.pk}"
        try:
            asset.delete()
        except ProtectedError as error:
            title = textwrap.shorten(str(asset), 80, placeholder="…")
            raise ValidationError(f"“{title}” was put on a post just now.") from error
        capture("media.removed", ref, actor=actor, before={**before, "consents": consents})
        transaction.on_commit(lambda: files.drop_unused(names))
        transaction.on_commit(lambda: incoming.drop(raw))
