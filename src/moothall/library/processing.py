"""Processing uploads in the background: pictures here, what moves in a process of its own (``child.py``).

A worker holds an asset under a lease, and says every now and then that it is still there. What ends badly in any way is
tried again when the lease is over, and given up after some tries: a file that kills its worker is among them.
"""

import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from moothall.accounts.actions import notify
from moothall.core import clock, pictures
from moothall.core.database import writing
from moothall.library import child, files, incoming
from moothall.library.models import Asset, AssetState
from moothall.library.outcome import Refused
from moothall.networks.base import MediaKind
from moothall.records.actions import capture

log = logging.getLogger(__name__)

MOST_TRIES = 3
GAVE_UP = (
    f"Processing it broke off {MOST_TRIES} times. Open the file on your computer, save it again under another name and "
    "add that."
)
LOST = "The upload was lost before it was processed. Add the file again."


@dataclass(frozen=True)
class Turn:
    """One worker's hold on one asset."""

    asset: Asset
    lease: str

    def rows(self) -> QuerySet[Asset]:
        """The asset, if the hold still stands."""
        return Asset.objects.filter(pk=self.asset.pk, state=AssetState.PROCESSING, lease=self.lease)

    def go_on(self, per_cent: int) -> bool:
        """Say how far it is, and hold it for longer. ``False``: somebody else has it now."""
        until = clock.now() + settings.PROCESSING_LEASE
        return bool(self.rows().update(progress=min(per_cent, 99), leased_until=until))


def due() -> QuerySet[Asset]:
    """What waits for a worker, the oldest first."""
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Asset.objects.filter(free, state=AssetState.PROCESSING).order_by("added_at", "pk")


def process(pk: int) -> None:
    """Process one asset, unless somebody else does."""
    turn = _claim(pk)
    if turn is None:
        return
    try:
        made = _picture(turn) if turn.asset.kind == MediaKind.IMAGE else _moving(turn)
    except child.BrokenOff:
        turn.rows().update(lease="", leased_until=None, tries=F("tries") - 1)
    except (ValidationError, Refused) as refused:
        words = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
        _fail(turn.rows(), turn.asset, " ".join(words))
    except FileNotFoundError:
        _fail(turn.rows(), turn.asset, LOST)
    except Exception:
        log.exception("Asset %s could not be processed; it is tried again when the lease is over", pk)
    else:
        _finish(turn, made)


def _claim(pk: int) -> Turn | None:
    lease = uuid.uuid4().hex
    with writing():
        taken = (
            due()
            .filter(pk=pk, tries__lt=MOST_TRIES)
            .update(lease=lease, leased_until=clock.now() + settings.PROCESSING_LEASE, tries=F("tries") + 1)
        )
    return Turn(Asset.objects.get(pk=pk), lease) if taken else None


def _picture(turn: Turn) -> dict[str, Any]:
    """The values that a processed picture has."""
    return _cleaned(turn, incoming.path_of(turn.asset.raw))


def _cleaned(turn: Turn, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        clean = pictures.clean_upload(UploadedFile(file, turn.asset.original_name, size=path.stat().st_size))
    return {
        "name": pictures.keep(clean, files.PICTURES),
        "content_type": clean.content_type,
        "width": clean.width,
        "height": clean.height,
        "size": clean.size,
    }


def _moving(turn: Turn) -> dict[str, Any]:
    """The values of a processed GIF or video."""
    source = incoming.path_of(turn.asset.raw)
    if not source.exists():
        raise FileNotFoundError(source)
    is_video = turn.asset.kind == MediaKind.VIDEO
    suffix, content_type = (".mp4", "video/mp4") if is_video else (".gif", "image/gif")
    target, still = files.unfinished(turn.lease, suffix), files.unfinished(turn.lease, ".jpg")
    try:
        made = child.reencode(turn.asset.kind, source, target, still, turn.go_on)
        if not made.moves:
            return {"kind": MediaKind.IMAGE.value, **_cleaned(turn, still)}
        return {
            "size": target.stat().st_size,
            "name": files.keep(target, files.VIDEOS if is_video else files.PICTURES, suffix),
            "still": files.keep(still, files.PICTURES, ".jpg"),
            "content_type": content_type,
            "width": made.width,
            "height": made.height,
            "seconds": made.seconds,
        }
    finally:
        for path in (target, still):
            path.unlink(missing_ok=True)


def _finish(turn: Turn, made: dict[str, Any]) -> None:
    names = [made[field] for field in ("name", "still") if field in made]
    with writing():
        if not all(pictures.path_of(name).exists() for name in names):
            return  # a colleague has just removed the same picture; the next turn makes it anew
        done = turn.rows().update(**made, state=AssetState.READY, progress=100, lease="", leased_until=None, raw="")
        if done:
            capture("media.processed", f"asset:{turn.asset.pk}", actor=None, after=made)
    if done:
        incoming.drop(turn.asset.raw)


def _fail(rows: QuerySet[Asset], asset: Asset, why: str) -> None:
    """Note why an asset cannot be used, tell whoever added it, and forget the upload."""
    with writing():
        done = rows.update(state=AssetState.FAILED, trouble=why, lease="", leased_until=None, raw="")
        if done:
            if asset.added_by:
                notify(
                    [asset.added_by],
                    f"“{asset.original_name}” cannot be used. {why}"[:500],
                    reverse("library-asset", args=[asset.pk]),
                )
            capture("media.refused", f"asset:{asset.pk}", actor=None, why=why)
    if done:
        incoming.drop(asset.raw)


def give_up() -> None:
    """End what was begun too often and never came to an end."""
    for asset in due().filter(tries__gte=MOST_TRIES).select_related("added_by"):
        rows = due().filter(pk=asset.pk, tries__gte=MOST_TRIES, lease=asset.lease)
        _fail(Asset.objects.filter(pk__in=list(rows.values_list("pk", flat=True))), asset, GAVE_UP)
