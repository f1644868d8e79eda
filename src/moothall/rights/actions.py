"""Every write about requests: permission, change and record in one place.

The record of acts keeps that a request was made, and not by whom: it outlives the request, and others search it.
"""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from moothall.accounts import queries as accounts
from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock, localtime
from moothall.records.actions import capture
from moothall.rights import clocks, queries, states
from moothall.rights.models import WORDS_LENGTH, RightsEntry, RightsRequest
from moothall.rights.states import RUNNING, Kind, State
from moothall.webuse.models import Purpose

NEWS = "There is news about what you asked, under What we see about you."
"""What a notice to whoever asked says. E-mails are read by others, on a screen in the office."""
NOBODY = "A data request waits, and nobody is there to answer it. Give somebody the role of data protection officer."
MEANWHILE = "This has ended or was changed meanwhile. Read it again."
NOT_ONES_OWN = "Somebody else than whoever asked answers a request."

What = RightsEntry.What


def ref(request: RightsRequest) -> str:
    """By what name records know a request."""
    return f"rights:{request.pk}"


def today() -> date:
    """The day on our clocks, by which all times of this room are counted."""
    return localtime.local(clock.now()).date()


# --- For whoever asks -------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(actor: User, kind: Kind, words: str, purpose: Purpose | None = None) -> RightsRequest:
    """Object, ask for a correction, complain or ask a question; of an entry of the register or of anything else."""
    require(actor, "rights.ask")
    due_on = clocks.first_due(kind, today())
    request = RightsRequest.objects.create(
        asker=actor,
        kind=kind,
        words=_said(words),
        purpose=purpose,
        made_at=clock.now(),
        due_on=due_on,
        remind_on=clocks.remind_first(kind, due_on),
    )
    _tell_answerers(request, f"A data request has come. It is due on {localtime.day_words(due_on)}.")
    capture("rights.asked", ref(request), actor=None, after={"kind": kind.value, "due_on": due_on})
    return request


@transaction.atomic
def add(actor: User, request: RightsRequest, words: str) -> RightsRequest:
    """Say more about what one asked."""
    request = _of_asker(actor, request)
    _enter(request, What.ADDED, actor, _said(words))
    _tell_answerers(request, "Something was added to a data request.")
    capture("rights.added_to", ref(request), actor=None)
    return request


@transaction.atomic
def withdraw(actor: User, request: RightsRequest) -> RightsRequest:
    """Take back what one asked."""
    request = _of_asker(actor, request)
    _move(request, State.WITHDRAWN)
    if request.handler is not None:
        notify([request.handler], "A data request was withdrawn.", request.get_absolute_url())
    capture("rights.withdrawn", ref(request), actor=None)
    return request


def _of_asker(actor: User, request: RightsRequest) -> RightsRequest:
    require(actor, "rights.ask")
    if request.asker_id != actor.pk:
        raise PermissionDenied("Only whoever asked may do that.")
    return _locked(request)


# --- For whoever answers ----------------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(actor: User, request: RightsRequest) -> RightsRequest:
    """Tell whoever asked that it has come, and take it in hand."""
    request = _of_answerer(actor, request)
    if request.state != State.OPEN:
        raise ValidationError("It has been acknowledged already.")
    _acknowledge(actor, request)
    notify([request.asker], NEWS, request.get_absolute_url())
    capture("rights.acknowledged", ref(request), actor=actor, after={"due_on": request.due_on})
    return request


@transaction.atomic
def tell(actor: User, request: RightsRequest, words: str, *, takes_longer: bool) -> RightsRequest:
    """Tell whoever asked how far it is or, with the reasons, that it takes longer. Acknowledges it, if nobody has."""
    request = _of_answerer(actor, request)
    said = _said(words)
    if request.state == State.OPEN:
        _acknowledge(actor, request)
    before = request.due_on
    if takes_longer or request.kind == Kind.COMPLAINT:
        made_on = localtime.local(request.made_at).date()
        try:
            due_on = clocks.due_if_longer(Kind(request.kind), made_on, before, today())
        except clocks.CannotTakeLonger as error:
            raise ValidationError({"takes_longer": str(error)}) from error
        _set_clock(request, due_on)
    request.handler = actor
    request.save(update_fields=["due_on", "remind_on", "handler"])
    _enter(request, What.LONGER if takes_longer else What.PROGRESS, actor, said)
    notify([request.asker], NEWS, request.get_absolute_url())
    kind = "rights.takes_longer" if takes_longer else "rights.told_how_far"
    capture(kind, ref(request), actor=actor, before={"due_on": before}, after={"due_on": request.due_on})
    return request


@transaction.atomic
def answer(actor: User, request: RightsRequest, outcome: State, words: str) -> RightsRequest:
    """Answer it, and end it so. Acknowledges it, if nobody has."""
    request = _of_answerer(actor, request)
    if outcome not in states.OUTCOMES[Kind(request.kind)]:
        raise ValidationError({"outcome": "It cannot end so. Choose again."})
    said = _said(words)
    if request.state == State.OPEN:
        _acknowledge(actor, request)
    request.handler = actor
    _move(request, outcome)
    _enter(request, What.ANSWER, actor, said)
    notify([request.asker], NEWS, request.get_absolute_url())
    capture("rights.answered", ref(request), actor=actor, after={"outcome": outcome.value})
    return request


def _of_answerer(actor: User, request: RightsRequest) -> RightsRequest:
    require(actor, "rights.answer")
    if request.asker_id == actor.pk:
        raise PermissionDenied(NOT_ONES_OWN)
    return _locked(request)


def _acknowledge(actor: User, request: RightsRequest) -> None:
    request.handler = actor
    _set_clock(request, clocks.due_once_acknowledged(Kind(request.kind), request.due_on, today()))
    _move(request, State.ACKNOWLEDGED)
    _enter(request, What.ACKNOWLEDGED, actor, "")


def _set_clock(request: RightsRequest, due_on: date) -> None:
    """The clock runs to another day, and who is to be reminded is reminded anew."""
    if due_on != request.due_on:
        request.due_on, request.remind_on = due_on, clocks.remind_first(Kind(request.kind), due_on)


# --- For both ---------------------------------------------------------------------------------------------------------


def _said(words: str) -> str:
    """The words, or a ``ValidationError``."""
    said = words.strip()
    if not said:
        raise ValidationError({"words": "Say it in a few words."})
    if len(said) > WORDS_LENGTH:
        raise ValidationError({"words": f"Say it in {WORDS_LENGTH:,} characters at most."})
    return said


def _locked(request: RightsRequest) -> RightsRequest:
    """The request as it is now, locked. Raises ``ValidationError`` once it has ended."""
    locked = RightsRequest.objects.select_for_update(of=("self",)).select_related("asker", "handler").get(pk=request.pk)
    if locked.state not in RUNNING:
        raise ValidationError(MEANWHILE)
    return locked


def _move(request: RightsRequest, after: State) -> None:
    """Move a locked request along the state table, and save what was changed of it."""
    states.check(Kind(request.kind), State(request.state), after)
    request.state = after
    if after not in RUNNING:
        request.ended_at, request.remind_on = clock.now(), None
    request.save(update_fields=["state", "due_on", "handler", "remind_on", "ended_at"])


def _enter(request: RightsRequest, what: RightsEntry.What, by: User, words: str) -> None:
    RightsEntry.objects.create(request=request, what=what, words=words, by=by, at=clock.now())


def _tell_answerers(request: RightsRequest, words: str) -> None:
    """Tell those who answer; where nobody does, those who give roles."""
    if people := list(queries.answerers(request.asker)):
        notify(people, words, request.get_absolute_url())
    else:
        notify(accounts.holders("people.manage", None), NOBODY, reverse("people"))


# --- By itself --------------------------------------------------------------------------------------------------------


def remind() -> None:
    """Remind those who answer of each clock that runs out, and again when it has; at hours at which they work."""
    if not clocks.may_remind(localtime.local(clock.now())):
        return
    now = today()
    for request in queries.due(now):
        _remind(request, now)


@transaction.atomic
def _remind(request: RightsRequest, now: date) -> None:
    next_on = clocks.remind_next(request.due_on, now)
    still_due = RightsRequest.objects.filter(pk=request.pk, remind_on=request.remind_on, due_on=request.due_on)
    if still_due.update(remind_on=next_on):
        day = localtime.day_words(request.due_on)
        _tell_answerers(
            request,
            f"A data request is due on {day}. {queries.waits_for(request)}."
            if now <= request.due_on
            else f"A data request is overdue since {day}. {queries.waits_for(request)}.",
        )


def erase() -> None:
    """Erase the requests that ended long enough ago, with all that was said about them. Records keep that."""
    for request in queries.to_erase(clocks.last_erased(today())):
        _erase(request)


@transaction.atomic
def _erase(request: RightsRequest) -> None:
    reference = ref(request)
    if RightsRequest.objects.filter(pk=request.pk).delete()[0]:
        capture("rights.erased", reference, actor=None, after={"kind": request.kind})
