"""What is offered to the desk: anybody on the staff may, whatever their part of the library. Nobody is named by it."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.library import files, incoming, queries, tasks
from moothall.library.models import Asset
from moothall.records.actions import capture

FORGOTTEN = timedelta(days=3)
"""A picture whose contribution has not come by then never will: the phone gave it up."""
TIDIED_AT_ONCE = 50


def offer(upload: "UploadedFile[Any]", *, once: uuid.UUID, alt: str = "") -> Asset:
    """Take an upload that was told to the desk; it is processed in the background like any other.

    ``once`` names it: a second one of that name is the first. Neither the row nor its record says who sent it: that is
    the contribution's to say. Raises ``ValidationError`` with what to do if it is nothing that we take.
    """
    earlier = Asset.objects.filter(once=once, is_offered=True).first()
    if earlier:
        return earlier
    kind = incoming.check(upload)
    raw = incoming.keep(upload)
    most = Asset._meta.get_field("alt").max_length or 0
    suffix = (upload.name or "").rpartition(".")[2].lower()[:5]
    values = {"kind": kind.value, "raw": raw.name, "raw_digest": raw.digest, "alt": alt.strip()[:most]}
    try:
        with transaction.atomic():
            asset = Asset.objects.create(
                **values, original_name=f"told-the-desk.{suffix}", once=once, is_offered=True, added_by=None
            )
            tasks.wake(asset)
            capture("media.offered", f"asset:{asset.pk}", actor=None, after={"kind": kind, "sha256": raw.digest})
    except IntegrityError as error:
        incoming.drop(raw.name)
        asset_sent_twice = Asset.objects.filter(once=once, is_offered=True).first()
        if asset_sent_twice is None:
            raise ValidationError("This picture could not be taken. Choose it again.") from error
        return asset_sent_twice
    except BaseException:
        incoming.drop(raw.name)
        raise
    return asset


@transaction.atomic
def accept(actor: User, asset: Asset, service: Service) -> Asset:
    """What was offered is used for ``service`` now, and is in its part of the library from now on."""
    asset = Asset.objects.select_for_update().get(pk=asset.pk)
    if asset.is_offered:
        require(actor, "media.add", service)
        asset.is_offered, asset.service = False, service
        asset.save(update_fields=["is_offered", "service"])
        capture("media.accepted", f"asset:{asset.pk}", actor=actor, after={"service": service.pk})
    return asset


def drop_forgotten() -> None:
    """Delete what was offered and never told of."""
    old = Asset.objects.filter(is_offered=True, added_at__lt=clock.now() - FORGOTTEN).order_by("pk")
    for asset in old[:TIDIED_AT_ONCE]:
        if not queries.uses(asset):
            remove_offered(asset)


@transaction.atomic
def remove_offered(asset: Asset) -> None:
    """Delete what was offered and is not wanted, with its files."""
    names = [asset.name, asset.still, asset.captions]
    raw, ref = asset.raw, f"asset:{asset.pk}"
    before = {"sha256": asset.raw_digest}
    asset.delete()
    capture("media.removed", ref, actor=None, before=before)
    transaction.on_commit(lambda: files.drop_unused(names))
    transaction.on_commit(lambda: incoming.drop(raw))
