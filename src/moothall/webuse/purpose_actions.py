"""Writes to the monitoring register: permission, change and record in one place."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.queries import holders
from moothall.core import clock, localtime
from moothall.records.actions import capture
from moothall.webuse import purpose_checks, purpose_queries
from moothall.webuse.models import Purpose, PurposeApproval, PurposeState
from moothall.webuse.models.purposes import APPROVALS_NEEDED

FACTS = (
    *("key", "number", *purpose_checks.LABELS, "lawful_basis", "review_on"),
    *("names_days", "rows_days", "figures_days"),
)
APPROVED_STAYS = "An approved entry is never changed. Write its next version: this one holds until that is approved."
MEANWHILE = "This entry was changed or decided on meanwhile. Read it again."


def ref(purpose: Purpose) -> str:
    """By what name records know the entry."""
    return f"purpose:{purpose.pk}"


def facts(purpose: Purpose) -> dict[str, Any]:
    """What records keep of an entry."""
    return {name: getattr(purpose, name) for name in FACTS}


@transaction.atomic
def save_draft(actor: User, purpose: Purpose, *, changes: Purpose | None = None) -> Purpose:
    """Keep a draft, finished or not; or begin one, of a new purpose or of the next version of what it ``changes``.

    Raises ``ValidationError`` where it could not even be kept, and if it is a draft no more.
    """
    require(actor, "purpose.write")
    before: dict[str, Any] = {}
    if purpose.pk:
        old = Purpose.objects.select_for_update().get(pk=purpose.pk)
        if old.state != PurposeState.DRAFT:
            raise ValidationError(APPROVED_STAYS if old.approved_at else MEANWHILE)
        purpose.key, purpose.number, before = old.key, old.number, facts(old)
    else:
        _begin(actor, purpose, changes)
    purpose.full_clean(exclude=("made_by", "ended_by"))
    purpose.save(update_fields=FACTS if before else None)
    purpose.written_by.add(actor)
    after = facts(purpose)
    changed = [name for name in after if before.get(name) != after[name]]
    if changed:
        capture(
            "purpose.changed" if before else "purpose.begun",
            ref(purpose),
            actor=actor,
            before={name: before[name] for name in changed if before},
            after={name: after[name] for name in changed},
        )
    return purpose


def _begin(actor: User, purpose: Purpose, changes: Purpose | None) -> None:
    if changes is not None:
        purpose.key = changes.key
    known = Purpose.objects.select_for_update().filter(key=purpose.key).order_by("-number").first()
    if known is not None and changes is None:
        raise ValidationError({"key": "This short name is taken. Choose another, or change the entry that has it."})
    if purpose_queries.in_the_making(purpose.key).exists():
        raise ValidationError("The next version of this entry is being written already. Change that one.")
    purpose.number = known.number + 1 if known else 1
    purpose.made_by = actor


@transaction.atomic
def submit(actor: User, purpose: Purpose) -> Purpose:
    """Send a draft for approval. Raises ``ValidationError`` by field with all that is amiss."""
    require(actor, "purpose.write")
    purpose = _locked(purpose, PurposeState.DRAFT)
    if problems := amiss(purpose):
        raise ValidationError(problems)
    purpose.submitted_at = clock.now()
    purpose.save(update_fields=["submitted_at"])
    purpose.written_by.add(actor)
    authors = set(purpose.written_by.all())
    approvers = [each for each in holders("purpose.approve", None) if each not in authors]
    notify(
        approvers, f"{actor} asks you to approve “{purpose}” in the monitoring register.", purpose.get_absolute_url()
    )
    capture("purpose.sent_for_approval", ref(purpose), actor=actor, after=facts(purpose))
    return purpose


def amiss(purpose: Purpose) -> dict[str, str]:
    """What keeps an entry from being sent for approval today, by field."""
    texts = {name: getattr(purpose, name) for name in (*purpose_checks.LABELS, "lawful_basis")}
    return purpose_checks.amiss(texts, purpose.review_on, localtime.local(clock.now()).date())


@transaction.atomic
def approve(actor: User, purpose: Purpose, role: str = "") -> Purpose:
    """Say yes to an entry in one of one's roles; with the second yes it is in force, and the version before it no more.

    ``role`` may be left out where only one is possible. Nobody who wrote on the entry approves it.
    """
    require(actor, "purpose.approve")
    purpose = _locked(purpose, PurposeState.AWAITING)
    if purpose.written_by.filter(pk=actor.pk).exists():
        raise PermissionDenied("Other people than its authors approve an entry.")
    given = PurposeApproval(purpose=purpose, by=actor, role=_role(actor, purpose, role), at=clock.now())
    given.save()
    after = {"by": actor.name, "role": given.role}
    if purpose.approvals.count() < APPROVALS_NEEDED:
        capture("purpose.approved_in_part", ref(purpose), actor=actor, after=after)
        return purpose
    if problem := purpose_checks.review_problem(purpose.review_on, localtime.local(given.at).date()):
        raise ValidationError(f"The day of its review: {problem} Send the entry back for that.")
    before = Purpose.objects.filter(key=purpose.key, approved_at__isnull=False, superseded_at=None, ended_at=None)
    before.update(superseded_at=given.at)
    purpose.approved_at = given.at
    purpose.save(update_fields=["approved_at"])
    notify(_authors_but(actor, purpose), f"“{purpose}” is approved, and in force.", purpose.get_absolute_url())
    capture("purpose.approved", ref(purpose), actor=actor, after={**after, **facts(purpose)})
    return purpose


def _role(actor: User, purpose: Purpose, role: str) -> str:
    possible = purpose_queries.roles_of(actor, purpose)
    if not possible:
        raise ValidationError("You have approved it already, or somebody has in each of your roles. Another must.")
    if role:
        chosen = next((each for each in possible if each == role), None)
        if chosen is None:
            raise ValidationError("You cannot approve it in this role. Read the entry again.")
        return chosen.value
    if len(possible) > 1:
        raise ValidationError("Choose the role in which you approve it.")
    return possible[0].value


@transaction.atomic
def send_back(actor: User, purpose: Purpose, why: str) -> Purpose:
    """Make an entry that awaits approval a draft again; what was approved of it has to be approved anew."""
    require(actor, "purpose.write")
    purpose = _locked(purpose, PurposeState.AWAITING)
    if not why.strip():
        raise ValidationError({"why": "Say what should change, so that its authors can act on it."})
    lost = [{"by": each.by.name, "role": each.role} for each in purpose.approvals.select_related("by")]
    purpose.approvals.all().delete()
    purpose.submitted_at = None
    purpose.save(update_fields=["submitted_at"])
    notify(
        _authors_but(actor, purpose), f"{actor} sent “{purpose}” back: {why.strip()}"[:500], purpose.get_absolute_url()
    )
    capture("purpose.sent_back", ref(purpose), actor=actor, why=why.strip(), before={"approvals": lost})
    return purpose


@transaction.atomic
def end(actor: User, purpose: Purpose, why: str) -> Purpose:
    """End an entry in force: nothing more is read for it. One that is not yet approved is withdrawn."""
    require(actor, "purpose.write")
    purpose = _locked(purpose, PurposeState.DRAFT, PurposeState.AWAITING, PurposeState.IN_FORCE)
    if not why.strip():
        raise ValidationError({"why": "Say why. It is kept with the record."})
    was_in_force = purpose.state == PurposeState.IN_FORCE
    purpose.ended_at, purpose.ended_by = clock.now(), actor
    purpose.save(update_fields=["ended_at", "ended_by"])
    if was_in_force:
        people = [each for each in holders("purpose.write", None) if each != actor]
        words = f"{actor} ended “{purpose}” in the monitoring register. No log is read for it any more. {why.strip()}"
        notify(people, words[:500], purpose.get_absolute_url())
    kind = "purpose.ended" if was_in_force else "purpose.withdrawn"
    capture(kind, ref(purpose), actor=actor, why=why.strip())
    return purpose


def _authors_but(actor: User, purpose: Purpose) -> list[User]:
    return list(purpose.written_by.exclude(pk=actor.pk))


def _locked(purpose: Purpose, *states: PurposeState) -> Purpose:
    """The entry as it is now, locked. Raises ``ValidationError`` if it is in none of these states any more."""
    locked = Purpose.objects.select_for_update().get(pk=purpose.pk)
    if locked.state not in states:
        raise ValidationError(MEANWHILE)
    return locked
