"""The list of concerns, the fair process in plain words, and a case as each part on it sees it."""

from itertools import groupby

from dateutil.relativedelta import relativedelta
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moothall.accounts.requests import StaffRequest
from moothall.accounts.roles import Role
from moothall.concerns import facts, keeping, papers, queries
from moothall.concerns.circle import FULL, Place
from moothall.concerns.models.papers import MeetingKind, PaperKind
from moothall.concerns.page import on_case, show, unkept
from moothall.concerns.process import Outcome, Part, State
from moothall.concerns.seating import OVER
from moothall.concerns.sources import BARBULESCU, SOURCES
from moothall.core.access import needs

PAGE_SIZE = 50


@needs("concern.raise")
@require_safe
def concerns(request: StaffRequest) -> HttpResponse:
    """What waits, the cases one is on, what one raised, and what is about oneself."""
    lines = queries.lines(request.user)
    of_their_own = (Part.REPORTER, Part.PERSON)
    context = {
        "waiting": [line for line in lines if line.todo],
        "on": [line for line in lines if line.place.part not in of_their_own],
        "raised": [
            (line, queries.words_for_reporter(line.place.state)) for line in lines if line.place.part == Part.REPORTER
        ],
        "about_me": [
            (line, queries.WORDS_FOR_PERSON[line.place.state][0]) for line in lines if line.place.part == Part.PERSON
        ],
        "may_signal": Role.IT_SECURITY in request.user.standing.organisation,
        "may_name_contacts": request.user.may("concern.contacts"),
    }
    return unkept(render(request, "concerns/concerns.html", context))


@needs("concern.raise")
@require_safe
def fair_process(request: StaffRequest) -> HttpResponse:
    """The fair process in plain words, with its clocks and where it comes from."""
    context = {
        "clocks": [(what, days) for days, what in keeping.WORKING_DAYS.values()],
        "kept": _kept(),
        "before_a_meeting": keeping.BEFORE_A_MEETING,
        "to_appeal": keeping.TO_APPEAL,
        "questions": BARBULESCU,
        "sources": SOURCES,
    }
    return render(request, "concerns/process.html", context)


def _kept() -> list[tuple[str, str]]:
    """For how long cases are kept: the outcomes of one length together, and the time in words."""
    rows = groupby(keeping.KEPT.items(), key=lambda pair: pair[1])
    return [("; ".join(str(outcome.label) for outcome, _ in group), _in_words(time)) for time, group in rows]


def _in_words(time: relativedelta) -> str:
    for number, unit in ((time.years, "year"), (time.months, "month"), (time.days, "day")):
        if number:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "0 days"


# --- A case -----------------------------------------------------------------------------------------------------------


@on_case()
@require_safe
def case(request: StaffRequest, place: Place) -> HttpResponse:
    """The case, as whoever this is sees it."""
    pages = {
        Part.RECEIVER: _for_receiver,
        Part.CONTACT: _for_contact,
        Part.REPORTER: _for_reporter,
        Part.PERSON: _for_person,
        Part.APPROVER_HR: _for_approver,
        Part.APPROVER_MO: _for_approver,
    }
    return pages.get(place.part, _overview)(request, place)


def _overview(request: StaffRequest, place: Place) -> HttpResponse:
    concern = place.concern
    context = {
        "steps": queries.next_steps(place),
        "also": queries.also(place),
        "may_alert": place.part == Part.KEEPER and place.state not in OVER,
        "people": queries.seats_in_order(concern),
        "meetings": concern.meetings.all(),
        "turns": concern.turns.select_related("by"),
        "outcome": Outcome(concern.outcome).label if concern.outcome else "",
    }
    return show(request, place, "case.html", **context)


def _for_receiver(request: StaffRequest, place: Place) -> HttpResponse:
    return show(request, place, "case_receiver.html")


def _for_contact(request: StaffRequest, place: Place) -> HttpResponse:
    return show(request, place, "case_contact.html")


def _for_reporter(request: StaffRequest, place: Place) -> HttpResponse:
    context = {"state_words": queries.words_for_reporter(place.state), "letters": papers.seen_by(place)}
    return show(request, place, "case_reporter.html", **context)


def _for_person(request: StaffRequest, place: Place) -> HttpResponse:
    concern, seen = place.concern, papers.seen_by(place)
    stands, comes_next = queries.WORDS_FOR_PERSON[place.state]
    parts = (Part.KEEPER, Part.INVESTIGATOR, Part.DECIDER, Part.APPEAL_OFFICER)
    context = {
        "stands": stands,
        "comes_next": comes_next,
        "letters": [paper for paper in seen if paper.kind == PaperKind.LETTER],
        "shared": [paper for paper in seen if paper.kind in (PaperKind.EVIDENCE, PaperKind.REPORT)],
        "handed_in": [paper for paper in seen if paper.kind == PaperKind.FROM_PERSON],
        "meetings": [each for kind in MeetingKind if (each := facts.standing_meeting(concern, kind))],
        "people": [seat for seat in queries.seats_in_order(concern) if seat.part in parts],
        "may_hand_in": place.state in papers.TELLING,
        "appeal_until": queries.appeal_until(concern),
        "waits_for_letter": place.state == State.DECIDED and facts.appeal_until(concern) is None,
        "appeal_waived": concern.appeal_waived and place.state == State.DECIDED,
    }
    return show(request, place, "case_person.html", **context)


def _for_approver(request: StaffRequest, place: Place) -> HttpResponse:
    rows = place.concern.openings.select_related("hr", "mo", "asked_by", "refused_by")
    context = {"openings": [(row, queries.opening_words(row), queries.can_decide(place, row)) for row in rows]}
    return show(request, place, "case_approver.html", **context)


@on_case(*FULL)
@require_safe
def record(request: StaffRequest, place: Place) -> HttpResponse:
    """Who looked, who did what, and who was refused a look."""
    entries = Paginator(queries.record_of(place.concern), PAGE_SIZE).get_page(request.GET.get("page"))
    return show(request, place, "record.html", entries=entries)
