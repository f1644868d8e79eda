"""Opening an identity: the six answers, two approvers by role, a window, the shares, and a name that is shown once.

The web application asks and approves; it cannot open. Two holders enter their shares in the key room or at the shell,
which come here for what may be opened (``warrant``) and bring the name (``deliver``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from moothall.accounts.models import User
from moothall.concerns import circle, seating
from moothall.concerns.models import Concern
from moothall.concerns.models import Opening as Row
from moothall.concerns.process import Part, State
from moothall.concerns.sources import BARBULESCU
from moothall.core import clock
from moothall.records.actions import capture
from moothall.webuse import purpose_queries
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals.pseudonyms import PSEUDONYM_BYTES
from moothall.webuse.seals.warrants import Warrant

STATES = (State.ALLOCATED, State.TOLD)
"""When an identity may be asked for: an investigator is at work, and has not handed over."""
LONGEST = timedelta(days=28)
"""A pseudonym is the same person for four weeks at most."""
WAITS = timedelta(days=14)
"""So long an approved opening waits for the shares."""
SHOWN_WITHIN = timedelta(days=7)
"""So long a name waits to be shown to the case."""
AGAIN_WITHIN = timedelta(days=90)
APPROVERS = {Part.APPROVER_HR: "hr", Part.APPROVER_MO: "mo"}


class NotApproved(Exception):
    """What may not be opened, or not any more. Its text says why."""


@dataclass(frozen=True)
class Opening:
    """An opening as holders of shares read it before they enter them."""

    reference: str
    purpose_key: str
    pseudonym_hex: str
    first: date
    last: date
    answers: tuple[tuple[str, str], ...]
    """Each question and its answer."""
    approved_by: tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """What an investigator asks for. ``again``: why, if they ask about this pseudonym once more."""

    purpose_key: str
    pseudonym: str
    first: date
    last: date
    answers: Mapping[str, str]
    again: str = ""


def answers_of(row: Row) -> tuple[tuple[str, str], ...]:
    """Each of the six questions with its answer."""
    six = json.loads(row.six)
    return tuple((question.question, six[question.key]) for question in BARBULESCU)


def parsed(text: str) -> bytes:
    """The bytes of a pseudonym as it is written. Raises ``ValidationError``."""
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        found = b""
    if len(found) != PSEUDONYM_BYTES:
        raise ValidationError(f"A pseudonym is {2 * PSEUDONYM_BYTES} signs, 0 to 9 and a to f.")
    return found


def must_say_why_again(user: User, pseudonym: str) -> bool:
    """Whether they have asked about this pseudonym before, in whichever case of theirs."""
    since = clock.now() - AGAIN_WITHIN
    return Row.objects.filter(asked_by=user, pseudonym=pseudonym, asked_at__gte=since).exists()


@transaction.atomic
def ask(user: User, reference: str, asked: Asked) -> Row:
    """Ask for one identity. Raises ``ValidationError`` by field, so that nothing typed is lost."""
    place = circle.at(user, reference, Part.INVESTIGATOR, lock=True)
    if place.state not in STATES:
        raise ValidationError("An identity is asked for while the facts are gathered, and not afterwards.")
    pseudonym = _checked(user, place.concern, asked)
    row = Row.objects.create(
        concern=place.concern,
        purpose_key=asked.purpose_key,
        pseudonym=pseudonym,
        first=asked.first,
        last=asked.last,
        six=json.dumps({question.key: asked.answers[question.key].strip() for question in BARBULESCU}),
        asked_by=user,
        asked_at=clock.now(),
    )
    circle.tell(place.concern, tuple(APPROVERS))
    circle.keep(place, "opening_asked", after={"purpose": asked.purpose_key, "again": bool(asked.again.strip())})
    return row


def _checked(user: User, concern: Concern, asked: Asked) -> str:
    """The pseudonym as it is kept. Raises ``ValidationError`` for whatever is missing, field by field."""
    errors: dict[str, list[str]] = {}
    pseudonym = ""
    try:
        purpose_queries.refuse_unknown(asked.purpose_key)
    except NoPurpose as error:
        errors["purpose_key"] = [str(error)]
    try:
        pseudonym = parsed(asked.pseudonym).hex()
    except ValidationError as error:
        errors["pseudonym"] = error.messages
    if asked.last < asked.first or asked.last - asked.first >= LONGEST:
        errors["last"] = ["Choose a window of at most four weeks, its first day before its last."]
    for question in BARBULESCU:
        if len(asked.answers.get(question.key, "").strip()) < question.min_length:
            errors[question.key] = [f"Answer in at least {question.min_length} characters: it is decided by this."]
    if pseudonym and must_say_why_again(user, pseudonym) and not asked.again.strip():
        errors["again"] = ["You have asked about this pseudonym before. Say why once more: it is on the record."]
    if pseudonym and _waiting_rows().filter(concern=concern, pseudonym=pseudonym).exists():
        errors["pseudonym"] = ["This is asked for already, and waits to be approved or opened."]
    if errors:
        raise ValidationError(errors)
    return pseudonym


@transaction.atomic
def approve(user: User, reference: str, opening: str) -> None:
    """Approve, for the role that one is on the case for. Two different people do, neither of whom asked."""
    row, who = _to_decide(user, reference, opening)
    if getattr(row, who) is not None:
        raise ValidationError("You have approved it already.")
    if user.pk in (row.asked_by_id, row.hr_id, row.mo_id):
        raise ValidationError("Whoever asked, or has approved already, cannot approve.")
    place = circle.at(user, reference)
    if why_not := _not_to_approve(place.concern, user, place.part):
        raise ValidationError(why_not)
    now = clock.now()
    setattr(row, who, user)
    setattr(row, f"{who}_at", now)
    row.expires_at = now + WAITS if row.hr_id and row.mo_id else None
    row.save(update_fields=[who, f"{who}_at", "expires_at"])
    if row.expires_at:
        circle.tell(place.concern, (Part.INVESTIGATOR, Part.KEEPER))
    circle.keep(place, "opening_approved", after={"purpose": row.purpose_key})


def _not_to_approve(concern: Concern, who: User, part: Part) -> str:
    """Why somebody may not approve now, whatever they were named for; empty if they may."""
    holds_it = seating.ROLE[part] in who.standing.organisation  # nobody who has left holds a role
    if not holds_it or circle.holder(concern, part) != who:
        return "Whoever approves has the role for it, and is on the case for that."
    return "You lead the person’s unit: somebody else must approve." if who.pk in seating.managers(concern) else ""


@transaction.atomic
def refuse(user: User, reference: str, opening: str, why: str) -> None:
    """Refuse, with reasons, also what the other has approved. Raises ``ValidationError``."""
    row, _ = _to_decide(user, reference, opening)
    if not why.strip():
        raise ValidationError("Say why.")
    row.refused_by, row.refused_at, row.refused_why = user, clock.now(), why
    row.save(update_fields=["refused_by", "refused_at", "refused_why"])
    place = circle.at(user, reference)
    circle.tell(place.concern, (Part.INVESTIGATOR, Part.KEEPER))
    circle.keep(place, "opening_refused", after={"purpose": row.purpose_key})


def _to_decide(user: User, reference: str, opening: str) -> tuple[Row, str]:
    """The opening, which is still to be decided, and the name of the approver's field."""
    place = circle.at(user, reference, *APPROVERS, lock=True)
    row = place.concern.openings.select_for_update(of=("self",)).filter(reference=opening).first()
    if row is None or row.refused_at or row.opened_at or place.state not in STATES:
        raise ValidationError("There is nothing to decide about this any more.")
    return row, APPROVERS[place.part]


@transaction.atomic
def show(user: User, reference: str, opening: str) -> str:
    """The name, once, to the investigator. Afterwards it is not kept. Raises ``ValidationError``."""
    place = circle.at(user, reference, Part.INVESTIGATOR, lock=True)
    row = place.concern.openings.select_for_update(of=("self",)).filter(reference=opening).first()
    if row is None or not row.name or (row.expires_at and row.expires_at <= clock.now()):
        raise ValidationError("There is no name to show: it was shown already, has expired, or was never opened.")
    name, row.name, row.shown_at = row.name, "", clock.now()
    row.save(update_fields=["name", "shown_at"])
    circle.keep(place, "name_shown", after={"purpose": row.purpose_key})
    return name


def expire() -> int:
    """Throw away names that nobody had shown in time. Returns how many."""
    over = Row.objects.filter(expires_at__lte=clock.now(), opened_at__isnull=False, shown_at=None)
    gone = 0
    for pk in [row.pk for row in over if row.name]:  # a sealed text cannot be asked for in the database
        with transaction.atomic():
            row = over.select_for_update(of=("self",)).select_related("concern").filter(pk=pk).first()
            if row is None or not row.name:
                continue
            Row.objects.filter(pk=pk).update(name="")
            capture("case.name_expired", circle.ref(row.concern), actor=None)
        gone += 1
    return gone


# --- For the key room and the shell -----------------------------------------------------------------------------------


def _waiting_rows() -> QuerySet[Row]:
    """What is neither refused, opened nor too old."""
    return Row.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), refused_at=None, opened_at=None)


def waiting() -> list[Opening]:
    """Approved openings that wait for shares, the oldest first."""
    rows = _waiting_rows().filter(hr__isnull=False, mo__isnull=False).select_related("hr", "mo", "concern")
    return [_as_read(row) for row in rows if not _why_not(row)]


def find(reference: str) -> Opening:
    """The approved opening with this reference. Raises ``NotApproved``."""
    return _as_read(_row(reference))


def warrant(opening: Opening) -> Warrant:
    """What may be opened by it, looked up anew at this moment. Raises ``NotApproved``."""
    row = _row(opening.reference)
    return Warrant(
        reference=row.reference,
        purpose_key=row.purpose_key,
        pseudonym=bytes.fromhex(row.pseudonym),
        first=row.first,
        last=row.last,
        approved_by=_as_read(row).approved_by,
    )


@transaction.atomic
def deliver(opening: Opening, name: str) -> None:
    """Bring the name to the case, sealed, where it is shown once. Raises ``NotApproved``."""
    row = _row(opening.reference)
    now = clock.now()
    changed = Row.objects.filter(pk=row.pk, opened_at=None).update(
        name=name, opened_at=now, expires_at=now + SHOWN_WITHIN
    )
    if not changed:
        raise NotApproved("This was opened already.")
    circle.tell(row.concern, (Part.INVESTIGATOR,))
    capture("case.opened", circle.ref(row.concern), actor=None, after={"purpose": row.purpose_key})


def _row(reference: str) -> Row:
    row = Row.objects.filter(reference=reference.strip().lower()).select_related("hr", "mo", "concern").first()
    if row is None:
        raise NotApproved("There is no opening with this reference.")
    if why_not := _why_not(row):
        raise NotApproved(why_not)
    return row


def _why_not(row: Row) -> str:
    """Why it may not be opened; empty if it may. Everything is asked anew, whatever a row may say of itself."""
    if row.refused_at or row.opened_at:
        return "This opening was refused." if row.refused_at else "This was opened already."
    approvers = [row.hr_id, row.mo_id]
    if None in approvers or row.expires_at is None:
        return "This opening waits for its two approvals."
    if row.expires_at <= clock.now():
        return "The approvals are too old. Ask for them again."
    for part, approver in ((Part.APPROVER_HR, row.hr), (Part.APPROVER_MO, row.mo)):
        if approver is None or _not_to_approve(row.concern, approver, part):
            return "Somebody who approved it may not approve any more. Ask for the approval again."
    if len({*approvers, row.asked_by_id}) < len(approvers) + 1:
        return "It was approved by whoever asked for it, or twice by one person."
    if row.concern.state not in STATES:
        return "The case has gone on: this name is no longer needed."
    return ""


def _as_read(row: Row) -> Opening:
    names = tuple(user.name if user else "" for user in (row.hr, row.mo))
    return Opening(
        row.reference, row.purpose_key, row.pseudonym, row.first, row.last, answers_of(row), (names[0], names[1])
    )
