"""Every write about an incident itself: permission, change, timeline and record in one place.

What its switches do is in ``switching.py``.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.queries import holders
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.incidents import queries, states
from moothall.incidents.kinds import Kind, Switch
from moothall.incidents.models import Incident, Step, TimelineEntry
from moothall.incidents.plays import play
from moothall.lessons import actions as lessons
from moothall.lessons.models import Lesson
from moothall.records.actions import capture

OPENED = "{actor} opened an incident: {incident}. Its page says what to do."
NEWS = "{actor} wrote down something about an incident: {incident}."


class AlreadyRunning(ValidationError):
    """The same incident goes on already: ``incident``. Nothing was written."""

    def __init__(self, incident: Incident) -> None:
        super().__init__("This is known: somebody has opened the incident already. Here it is.")
        self.incident = incident


def ref(incident: Incident) -> str:
    """By what name records know the incident."""
    return f"incident:{incident.pk}"


# --- Opening ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_incident(
    actor: User, kind: str, channel: Channel | None, *, known: str = "", impostor_address: str = ""
) -> Incident:
    """Open an incident: its play becomes its checklist, and those who have to know are told.

    Raises ``ValidationError`` by field, and ``AlreadyRunning`` where somebody was quicker.
    """
    if channel is not None:
        channel = Channel.objects.select_for_update(of=("self",)).select_related("service").get(pk=channel.pk)
    incident = Incident(kind=kind, channel=channel, known=known.strip(), opened_by=actor)
    incident.impostor_address = impostor_address.strip() if kind == Kind.IMPOSTOR else ""
    require(actor, "incident.open", incident)
    incident.full_clean(validate_constraints=False)
    if same := queries.same_running(incident):
        raise AlreadyRunning(same)
    incident.save()
    Step.objects.bulk_create(
        Step(incident=incident, position=number, what=each.what, who=each.who, why=each.why, switch=each.switch or "")
        for number, each in enumerate(play(kind).steps, start=1)
    )
    write(incident, actor, f"Opened: {incident.get_kind_display().lower()}", incident.known, at=incident.opened_at)
    notify(
        _who_hears(incident, actor), OPENED.format(actor=actor, incident=incident)[:500], incident.get_absolute_url()
    )
    after = {"kind": kind, "channel": channel.slug if channel else None}
    capture("incident.opened", ref(incident), actor=actor, after=after)
    return incident


def _who_hears(incident: Incident, actor: User) -> list[User]:
    """Those who run it, the account's owner and deputy, and the roles that the play names."""
    channel = incident.channel
    people = {each.pk: each for each in _who_runs(incident)}
    near = [channel.owner, channel.deputy] if channel else []
    roles = User.objects.active().filter(memberships__service=None, memberships__role__in=play(incident.kind).tells)
    for each in (*near, *roles):
        if each is not None and each.may("incident.see", incident):
            people[each.pk] = each
    return [each for each in people.values() if each != actor]


def _who_runs(incident: Incident) -> Iterable[User]:
    return holders("incident.run", incident.channel.service if incident.channel else None)


# --- While it goes on -------------------------------------------------------------------------------------------------


def write(
    incident: Incident, actor: User, what: str, more: str = "", *, tells: Iterable[int] = (), **values: Any
) -> TimelineEntry:
    """Write what somebody did into the timeline."""
    return TimelineEntry.objects.create(
        incident=incident, by=actor, what=what[:200], more=more.strip(), tells=list(tells), **values
    )


def locked(actor: User, incident: Incident, permission: str = "incident.run") -> Incident:
    """The incident as it is now, locked, if ``actor`` may run it, or has another permission, and it is not over."""
    incident = Incident.objects.select_for_update(of=("self",)).select_related("channel__service").get(pk=incident.pk)
    require(actor, permission, incident)
    if not incident.is_running:
        raise ValidationError(states.IS_CLOSED)
    return incident


@transaction.atomic
def note(actor: User, incident: Incident, text: str) -> None:
    """Write a note into the timeline. Whoever noticed may, and those who run the incident hear of it."""
    incident = locked(actor, incident, "incident.open")
    write(incident, actor, "Note", _said(text, "Write the note first."))
    _tell_who_runs(actor, incident)
    capture("incident.noted", ref(incident), actor=actor)


@transaction.atomic
def say_known(actor: User, incident: Incident, text: str) -> None:
    """Replace what is known. What was known before stays in the timeline. Whoever noticed may, as with notes."""
    incident = locked(actor, incident, "incident.open")
    if text.strip() == incident.known:
        return
    incident.known = _said(text, "Say what is known, even if it is little.")
    incident.save(update_fields=["known"])
    write(incident, actor, "What is known now", incident.known)
    _tell_who_runs(actor, incident)
    capture("incident.known_changed", ref(incident), actor=actor)


def _tell_who_runs(actor: User, incident: Incident) -> None:
    """Tell those who run it what somebody else wrote. They themselves stand around one table, and need no notices."""
    if not actor.may("incident.run", incident):
        said = NEWS.format(actor=actor, incident=incident)[:500]
        notify(_who_runs(incident), said, f"{incident.get_absolute_url()}#timeline")


def _said(text: str, otherwise: str, field: str = "text") -> str:
    if not text.strip():
        raise ValidationError({field: otherwise})
    return text.strip()


@transaction.atomic
def add_step(actor: User, incident: Incident, what: str, who: str = "") -> Step:
    """Add a step of one's own, at the end."""
    incident = locked(actor, incident)
    last = incident.steps.aggregate(last=Max("position"))["last"] or 0
    step = Step(incident=incident, position=last + 1, what=_said(what, "Say what is to be done.", "what"))
    step.who, step.added_by = who.strip(), actor
    step.full_clean()
    step.save()
    write(incident, actor, "Added a step", step.what)
    capture("incident.step_added", ref(incident), actor=actor, after={"step": step.position})
    return step


@transaction.atomic
def do_step(actor: User, step: Step, note: str = "") -> None:
    """Tick a step."""
    incident = locked(actor, step.incident)
    step = Step.objects.get(pk=step.pk)
    if step.done_at is not None:
        raise ValidationError(f"{step.done_by} has done this already.")
    tick(step, actor, note)
    write(incident, actor, "Done", _with_note(step))
    capture("incident.step_done", ref(incident), actor=actor, after={"step": step.position})


@transaction.atomic
def undo_step(actor: User, step: Step) -> None:
    """Take a tick back. Who had set it, and when, stays in the timeline."""
    incident = locked(actor, step.incident)
    step = Step.objects.get(pk=step.pk)
    if step.done_at is None:
        raise ValidationError("This is not ticked any more.")
    step.done_by, step.done_at, step.note = None, None, ""
    step.save(update_fields=["done_by", "done_at", "note"])
    write(incident, actor, "Not done after all", step.what)
    capture("incident.step_undone", ref(incident), actor=actor, after={"step": step.position})


def tick(step: Step, actor: User, note: str = "") -> None:
    step.done_by, step.done_at, step.note = actor, clock.now(), note.strip()[:500]
    step.save(update_fields=["done_by", "done_at", "note"])


def tick_switch(incident: Incident, actor: User, switch: Switch, note: str) -> Step | None:
    """Tick the step that a switch has just done, and return it, if it is still open. The switch writes of it."""
    step = incident.steps.filter(switch=switch, done_at=None).first()
    if step is not None:
        tick(step, actor, note)
    return step


def _with_note(step: Step) -> str:
    return f"{step.what}\n{step.note}" if step.note else step.what


# --- From state to state ----------------------------------------------------------------------------------------------


@transaction.atomic
def contain(actor: User, incident: Incident) -> None:
    """Say that nothing gets worse any more."""
    _move(actor, locked(actor, incident), states.CONTAINED, "Contained")


@transaction.atomic
def open_again(actor: User, incident: Incident) -> None:
    """Say that it is not contained after all."""
    _move(actor, locked(actor, incident), states.OPEN, "Not contained after all")


def _move(actor: User, incident: Incident, after: states.State, what: str) -> None:
    before = incident.state
    states.refuse_move(before, after)
    incident.state = after
    incident.save(update_fields=["state"])
    write(incident, actor, what)
    kind = "incident.contained" if after == states.CONTAINED else "incident.opened_again"
    capture(kind, ref(incident), actor=actor, before={"state": before}, after={"state": after.value})


@transaction.atomic
def close_with_lesson(actor: User, incident: Incident, *, title: str, what_happened: str, what_changes: str) -> Lesson:
    """Close it, and send the lesson drawn from it for review.

    Raises ``ValidationError`` for a lesson that is none, and then nothing has changed.
    """
    incident = locked(actor, incident)
    lesson = lessons.draft(actor, title=title, what_happened=what_happened, what_changes=what_changes, for_case=True)
    lessons.send_for_review(actor, lesson)
    incident.lesson = lesson
    _close(actor, incident, "A lesson was drawn from it, and sent for review.")
    return lesson


@transaction.atomic
def close_without_lesson(actor: User, incident: Incident, why: str) -> None:
    """Close it, saying why there is no lesson to draw."""
    incident = locked(actor, incident)
    incident.no_lesson_why = _said(why, "Say why there is nothing to learn from it. It is kept.", "why")
    _close(actor, incident, f"No lesson to draw: {incident.no_lesson_why}")


def _close(actor: User, incident: Incident, more: str) -> None:
    before = incident.state
    states.refuse_move(before, states.CLOSED)
    incident.state, incident.closed_by, incident.closed_at = states.CLOSED, actor, clock.now()
    incident.save(update_fields=["state", "closed_by", "closed_at", "lesson", "no_lesson_why"])
    write(incident, actor, "Closed", more, at=incident.closed_at)
    capture(
        "incident.closed",
        ref(incident),
        actor=actor,
        before={"state": before},
        after={"state": states.CLOSED.value, "has_lesson": incident.lesson is not None},
    )
