"""The pause's switch."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.publishing import holding, notices
from moothall.publishing.models import Pause
from moothall.records.actions import capture


@transaction.atomic
def begin(actor: User, reason: str, services: Iterable[Service] = ()) -> Pause:
    """Let nothing go out, of these services or, without any, of all."""
    require(actor, "publishing.pause")
    if not reason.strip():
        raise ValidationError("Say why: contributors see it, and wonder otherwise.")
    chosen = list(services)
    pause = Pause.objects.create(reason=reason.strip(), is_everything=not chosen, began_by=actor)
    pause.services.set(chosen)
    after = {"services": [each.slug for each in chosen] or "all"}
    notices.paused(pause, actor)
    capture("publishing.paused", f"pause:{pause.pk}", actor=actor, why=pause.reason, after=after)
    return pause


def end(actor: User, pause: Pause) -> None:
    """Let posts go out again. What fell due meanwhile stays held, each for a decision of its own.

    That is held first, one by one, while the pause still stops everything: many of them keep nobody else waiting, and
    whoever is cut off in between ends the pause again. Its end then holds the few that fell due since.
    """
    require(actor, "publishing.pause")
    holding.hold_paused()
    with transaction.atomic():
        _end(actor, pause)


def _end(actor: User, pause: Pause) -> None:
    holding.hold_paused()
    if not Pause.objects.filter(pk=pause.pk, ended_at=None).update(ended_at=clock.now(), ended_by=actor):
        raise ValidationError("This pause has ended already.")
    notices.resumed(pause, actor)
    capture("publishing.resumed", f"pause:{pause.pk}", actor=actor)
