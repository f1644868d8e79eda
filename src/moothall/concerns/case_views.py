"""What is done with a case as a whole: taking it on, triage, the moves, meetings, delays, and closing it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from moothall.accounts.requests import StaffRequest
from moothall.concerns import closing, facts, keeping, meetings, moving, process, queries, seating
from moothall.concerns.case_forms import (
    MeetingForm,
    MinutesForm,
    MoveForm,
    NoLessonForm,
    PutOffForm,
    TriageForm,
    WhyForm,
)
from moothall.concerns.circle import NotYours, Place
from moothall.concerns.facts import Given
from moothall.concerns.meetings import Minutes
from moothall.concerns.models.cases import Triage
from moothall.concerns.page import done, go_on, on_case, pressed, show, show_form, tried
from moothall.concerns.process import Part, State, Step
from moothall.core import localtime
from moothall.lessons.forms import LessonForm

FORM = require_http_methods(["GET", "HEAD", "POST"])

LEADS = {
    Step.TALK: "Somebody talks with the person first. No warning can come of such a talk.",
    Step.AGREE: "It ends here, without a formal process.",
    Step.ALLOCATE: "From now on the fair process goes step by step. The person is told within five working days.",
    Step.HAND_OVER: "After this the report is not changed any more. The keeper and the decision maker read it.",
    Step.NO_CASE: "It ends here, with no further action.",
    Step.DECIDE: "The decision rests on the papers that the person has, and on what was said at the meeting.",
    Step.APPEAL: "Your appeal goes to somebody who had no part in this so far. It cannot make things worse for you.",
    Step.LET_STAND: "The time to appeal is over, or the person has said that they will not.",
    Step.DECIDE_APPEAL: "It can end as it was decided, or lighter, and never graver. Then it is final.",
}
"""The moves that are made on a page of their own with a button, each with what it means."""


@on_case(Part.RECEIVER)
@require_POST
def take(request: StaffRequest, place: Place) -> HttpResponse:
    """Keep this case from now on."""
    pressed(request, lambda: seating.take(request.user, place.concern.reference))
    return go_on(request, place)


@on_case(Part.KEEPER)
@FORM
def triage(request: StaffRequest, place: Place) -> HttpResponse:
    """Say what kind of thing it is."""
    initial = {"kind": place.concern.triage, "words": place.concern.triage_words}
    form = TriageForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        kind, words = Triage(form.cleaned_data["kind"]), form.cleaned_data["words"]
        if tried(form, lambda: moving.triage(request.user, place.concern.reference, kind, words)):
            return done(request, place)
    return show_form(request, place, form, "Which way does it go?", button="Say so", shows_words=True)


@on_case(Part.KEEPER)
@require_POST
def alert(request: StaffRequest, place: Place) -> HttpResponse:
    """Bring in the safeguarding contact."""
    pressed(request, lambda: moving.alert(request.user, place.concern.reference), "Done. They have it now.")
    return go_on(request, place)


@on_case()
@FORM
def move(request: StaffRequest, place: Place, step: str) -> HttpResponse:
    """A move of the table. What is still missing for it is said, and nothing typed is lost."""
    if step not in LEADS:
        raise Http404
    row = process.move(Step(step))
    if place.part not in row.by:
        raise NotYours("That is for others on this case to do.")
    decided = place.concern.outcome if row.step == Step.DECIDE_APPEAL else ""
    form = MoveForm(request.POST if request.method == "POST" else None, step=row.step, decided=decided)
    if request.method == "POST" and form.is_valid():
        given = Given(form.cleaned_data.get("reasons", ""), form.cleaned_data.get("outcome", ""))
        if tried(form, lambda: moving.make(request.user, place.concern.reference, row.step, given)):
            return done(request, place)
    missing = queries.missing_before(row, facts.facts_of(place.concern))
    heading = str(row.step.label)
    return show_form(request, place, form, heading, button=heading, lead=LEADS[row.step], missing=missing)


@on_case(Part.PERSON)
@require_POST
def waive_appeal(request: StaffRequest, place: Place) -> HttpResponse:
    """The person will not appeal."""
    pressed(request, lambda: moving.waive_appeal(request.user, place.concern.reference), "Done. We have noted it.")
    return go_on(request, place)


@on_case(Part.KEEPER)
@FORM
def put_off(request: StaffRequest, place: Place) -> HttpResponse:
    """Give what is due a later day; then the letter to the person is next."""
    form = PutOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        until, why = form.cleaned_data["until"], form.cleaned_data["why"]
        if tried(form, lambda: moving.put_off(request.user, place.concern.reference, until, why)):
            return done(request, place, said="Done. Tell the person by letter, if they know of the case.")
    lead = "Put it off only with a reason. The person is told of it, and of the new day."
    return show_form(request, place, form, "Put off what is due", button="Put it off", lead=lead)


# --- Meetings ---------------------------------------------------------------------------------------------------------


@on_case(Part.KEEPER)
@FORM
def meeting(request: StaffRequest, place: Place) -> HttpResponse:
    """Plan a meeting; the invitation is the letter that comes next."""
    form = MeetingForm(request.POST if request.method == "POST" else None)
    is_appeal = place.state == State.APPEALED
    if request.method == "POST" and form.is_valid():
        at, where = form.cleaned_data["at"], form.cleaned_data["where"]
        if tried(form, lambda: meetings.plan(request.user, place.concern.reference, at, where)):
            messages.success(request, "Planned. Send the invitation next.")
            return go_on(request, place)
    lead = "The person chooses who comes along. If that companion cannot come, the meeting is moved."
    if not is_appeal:
        first = localtime.day_words(facts.earliest_meeting(place.concern))
        lead += f" The person has the papers {keeping.BEFORE_A_MEETING} working days before: not earlier than {first}."
    heading = "Plan the appeal meeting" if is_appeal else "Plan the meeting"
    return show_form(request, place, form, heading, button="Plan it", lead=lead)


@on_case(Part.KEEPER)
@FORM
def postpone(request: StaffRequest, place: Place) -> HttpResponse:
    """Put off a meeting that was called."""
    hint = "If the companion cannot come, name another time within five working days (section 10)."
    form = WhyForm(request.POST if request.method == "POST" else None, hint=hint)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        if tried(form, lambda: meetings.postpone(request.user, place.concern.reference, why)):
            return done(request, place)
    return show_form(
        request,
        place,
        form,
        "Postpone the meeting",
        button="Postpone it",
        lead="Then plan another one, and send the invitation to that.",
    )


@on_case(Part.KEEPER, Part.DECIDER, Part.APPEAL_OFFICER)
@FORM
def minutes(request: StaffRequest, place: Place) -> HttpResponse:
    """Record who came along, and what was said."""
    form = MinutesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        held = Minutes(data["companion"], data["without_companion"], data["notes"])
        if tried(form, lambda: meetings.record(request.user, place.concern.reference, held)):
            return done(request, place)
    return show_form(request, place, form, "Record the meeting", button="Keep the record")


# --- The end ----------------------------------------------------------------------------------------------------------


@on_case(Part.KEEPER)
@FORM
def close(request: StaffRequest, place: Place) -> HttpResponse:
    """Close the case with what was learned, or say why nothing was. Whatever was typed stays, in both parts."""
    reference, typed = place.concern.reference, request.POST
    is_sent = request.method == "POST"
    is_lesson = is_sent and "lesson" in typed
    lesson_form = LessonForm(typed if is_lesson else None, initial=typed.dict())
    why_form = NoLessonForm(typed if is_sent and not is_lesson else None, initial=typed.dict())
    if is_lesson and lesson_form.is_valid():
        words = lesson_form.cleaned_data
        if tried(lesson_form, lambda: closing.close_with_lesson(request.user, reference, **words)):
            return done(request, place)
    elif why_form.is_valid():
        why = why_form.cleaned_data["why"]
        if tried(why_form, lambda: closing.close_without_lesson(request.user, reference, why)):
            return done(request, place)
    return show(request, place, "close.html", lesson_form=lesson_form, why_form=why_form)
