"""Two concerns of the example council: one waits for its meeting, the other for two shares to open an identity."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from moothall.accounts.models import User
from moothall.concerns import circle, contacts, letters, meetings, moving, openings, papers, posting, raising, seating
from moothall.concerns.facts import Given
from moothall.concerns.letters import LetterKind
from moothall.concerns.models import Concern
from moothall.concerns.models.cases import About, Triage
from moothall.concerns.models.papers import Side
from moothall.concerns.openings import Asked
from moothall.concerns.process import Outcome, Part, Step
from moothall.concerns.raising import Raised
from moothall.concerns.sources import BARBULESCU
from moothall.core import clock, localtime
from moothall.operating.example.people import Cast
from moothall.operating.example.stories import Act, on, workday
from moothall.webuse import signals

CONTACTS = {
    Outcome.SAFEGUARDING: "ruth.amberley",
    Outcome.SECURITY: "dominic.yarrow",
    Outcome.COMPLAINT: "maren.oakes",
}
WORDS = (
    "Under our post about the night works at Wendham bridge the highways account answered a resident with “Learn to "
    "read a map”. It was taken down within ten minutes. Other residents have a picture of it."
)
MATTER = (
    "That on the highways account you answered a resident who asked about the night works at Wendham bridge with the "
    "words “Learn to read a map”."
)
EVIDENCE = (
    (
        Side.AGAINST,
        "Picture of the answer",
        "A resident’s picture of the answer, with the time at which it could be seen: 22:14 to 22:23.",
    ),
    (
        Side.NEITHER,
        "The register and the record of the account",
        "Two people could write on the account that evening. The answer was written by the one on duty and deleted by "
        "the same person nine minutes later.",
    ),
    (
        Side.FOR,
        "What had come in that evening",
        "Some 140 replies came in that evening, nineteen of them abusive. The rota had one person on duty for ten "
        "hours, without a break, and nobody to hand over to.",
    ),
)
REPORT = (
    "The answer was written on the council’s account at 22:14 and deleted at 22:23 by the person on duty, who told the "
    "desk of it the next morning. Nobody else answered in that way."
)
SPEAKS_FOR = (
    "It was deleted within nine minutes and owned up to unasked. The shift was ten hours long, the abuse that evening "
    "was heavy, and help had been asked for twice. Nothing like it is known from four years before."
)
SUPPORT = "Employee assistance, at any hour, on the number on your badge; and your union, if you are in one."

SIGNAL = (
    "One pseudonym asked sites that our list calls dangerous for something, again and again and after the warning page "
    "had been shown. The machine was checked and is clean, so it was no program of its own."
)
ANSWERS = {
    "notice": "All staff had the letter of the spring and the intranet’s page: what is logged, for what, and that a "
    "name can be opened in a case with two approvals.",
    "extent": "One pseudonym, on one day. Hour, site and category are enough; what was read there is not known, and "
    "will not be asked for.",
    "reasons": "Dangerous sites were asked for repeatedly after the warning page. If somebody was deceived, their "
    "passwords may be known to others and the council’s services are at risk.",
    "less_intrusive": "The team in question was reminded and the site is blocked. The requests went on from elsewhere, "
    "so that a reminder to all has not been enough.",
    "consequences": "A talk, help with the machine and new passwords; at worst a formal process. The name serves this "
    "concern alone, and goes if it turns out not to matter.",
    "safeguards": "HR and the monitoring officer approve, two holders open, the name is shown once to this case and "
    "expires. The person is told as soon as it is known who they are.",
}


def acts(cast: Cast, now: datetime) -> Iterator[Act]:
    """What is done about the first concern, up to the invitation to the meeting."""

    def at(days: int, clock_time: str, do: Callable[[str], object]) -> Act:
        return Act(workday(days, clock_time)(now), lambda: do(_first().reference))

    keeper, investigator = cast["anneliese.croft"], cast["meredith.stone"]
    for outcome, key in CONTACTS.items():
        yield Act(on(-52, "10:00")(now), partial(contacts.name, keeper, outcome, cast[key]))
    yield Act(workday(-25, "09:05")(now), lambda: _raise_first(cast))
    yield at(-25, "11:30", lambda ref: seating.take(keeper, ref))
    yield at(-24, "10:00", lambda ref: _name_people(cast, ref))
    yield at(-23, "09:40", lambda ref: _begin(cast, ref))
    yield at(-22, "15:00", lambda ref: _write(cast, ref, LetterKind.TOLD))
    for number, evidence in enumerate(EVIDENCE):
        yield at(-19 + number, "14:10", partial(_add_evidence, investigator, evidence))
    yield at(-14, "16:20", lambda ref: _report(cast, ref))
    yield at(-12, "09:30", lambda ref: papers.share(keeper, ref))
    yield at(-11, "10:15", lambda ref: meetings.plan(keeper, ref, on(5, "10:30")(now), "County Hall, room 2.14"))
    yield at(-11, "11:00", lambda ref: _write(cast, ref, LetterKind.MEETING))


def _first() -> Concern:
    return Concern.objects.get(is_signal=False)


def _raise_first(cast: Cast) -> None:
    raised = Raised(About.ONLINE, WORDS, where="The highways account", person=cast["lowri.vance"])
    raising.raise_concern(cast["tobi.lyle"], raised)


def _name_people(cast: Cast, reference: str) -> None:
    named = {
        Part.INVESTIGATOR: "meredith.stone",
        Part.DECIDER: "owen.thistle",
        Part.APPEAL_OFFICER: "ruth.amberley",
    }
    for part, key in named.items():
        seating.name(cast["anneliese.croft"], reference, part, cast[key])


def _begin(cast: Cast, reference: str) -> None:
    keeper = cast["anneliese.croft"]
    moving.triage(keeper, reference, Triage.MISCONDUCT, "A resident was insulted in the council’s name.")
    why = "The answer was public and is being passed on; the person asked for it to be looked into properly."
    moving.make(keeper, reference, Step.ALLOCATE, Given(reasons=why))


def _add_evidence(investigator: User, evidence: tuple[Side, str, str], reference: str) -> None:
    side, title, text = evidence
    papers.add_evidence(investigator, reference, side=side, title=title, text=text)


def _report(cast: Cast, reference: str) -> None:
    investigator = cast["meredith.stone"]
    papers.write_report(investigator, reference, text=REPORT, speaks_for=SPEAKS_FOR)
    moving.make(investigator, reference, Step.HAND_OVER)


def _write(cast: Cast, reference: str, kind: LetterKind) -> None:
    keeper = cast["anneliese.croft"]
    place = circle.at(keeper, reference)
    facts = replace(
        posting.facts_for(place, kind),
        matter=MATTER,
        support=SUPPORT,
        papers_by="the day before the meeting",
        possible_outcomes="No further action, or a written warning.",
    )
    posting.send(keeper, reference, kind, letters.draft(kind, facts))


def ask_for_an_opening(cast: Cast) -> None:
    """The second concern: a technical signal, and an identity that waits for two shares in the key room."""
    found = _a_signal()
    if found is None:
        return
    pseudonym, day = found
    raised = Raised(About.WEB_USE, SIGNAL, is_signal=True)
    reference = raising.raise_concern(cast["dominic.yarrow"], raised).reference
    keeper, investigator = cast["osric.bell"], cast["ruth.amberley"]
    seating.take(keeper, reference)
    named = {
        Part.INVESTIGATOR: investigator,
        Part.DECIDER: cast["leonard.finch"],
        Part.APPROVER_HR: cast["anneliese.croft"],
        Part.APPROVER_MO: cast["philippa.strand"],
    }
    for part, person in named.items():
        seating.name(keeper, reference, part, person)
    moving.triage(keeper, reference, Triage.MISCONDUCT, "The warning page was passed by again and again.")
    why = "Nobody can be talked with: it is not known who it is."
    moving.make(keeper, reference, Step.ALLOCATE, Given(reasons=why))
    answers = {question.key: ANSWERS[question.key] for question in BARBULESCU}
    row = openings.ask(investigator, reference, Asked("open-web", pseudonym, day, day, answers))
    for part in (Part.APPROVER_HR, Part.APPROVER_MO):
        openings.approve(named[part], reference, row.reference)


def _a_signal() -> tuple[str, date] | None:
    """A pseudonym that met something dangerous of late, and the day."""
    today = localtime.local(clock.now()).date()
    for back in range(1, 15):
        day = today - timedelta(days=back)
        if found := signals.of_day("open-web", day, "To try how an identity is asked for."):
            return found[0].pseudonym, day
    return None
