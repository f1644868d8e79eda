"""The addresses of concerns, and cases to stand in them: Alice is on each in another part, and Bob is on none."""

import base64
import json
from types import SimpleNamespace
from typing import Any

from moothall.accounts.models import User
from moothall.concerns.models import Attachment, Concern, Opening, Paper, Seat
from moothall.concerns.models.papers import PaperKind
from moothall.concerns.process import Outcome, Part, State
from moothall.concerns.sources import BARBULESCU
from moothall.core import clock, localtime
from tests.addresses import Page

RAISE = "concern.raise"
KEPT, TOLD_OF, ABOUT = ("case_kept",), ("case_investigated",), ("case_about_alice",)
RECEIVED, TO_APPROVE = ("case_received",), ("case_to_approve", "case_opening_to_approve")
PAGES = [
    Page("concerns", RAISE, wrong=200),
    Page("fair-process", RAISE, wrong=200),
    Page("concern-raise", RAISE, wrong=200),
    Page("concern-signal", RAISE, right=403),  # neither is IT security
    Page("concern-contacts", "concern.contacts"),
    Page("case", RAISE, KEPT, wrong=404),
    Page("case-record", RAISE, KEPT, wrong=404),
    Page("case-take", RAISE, RECEIVED, wrong=404, post=True),
    Page("case-triage", RAISE, KEPT, wrong=404),
    Page("case-alert", RAISE, KEPT, wrong=404, post=True),
    Page("case-put-off", RAISE, KEPT, wrong=404),
    Page("case-close", RAISE, KEPT, wrong=404),
    Page("case-waive-appeal", RAISE, ABOUT, wrong=404, post=True),
    Page("case-meeting", RAISE, KEPT, wrong=404),
    Page("case-postpone", RAISE, KEPT, wrong=404),
    Page("case-minutes", RAISE, KEPT, wrong=404),
    Page("case-move", RAISE, (*ABOUT, "step_appeal"), wrong=404),
    Page("case-people", RAISE, KEPT, wrong=404),
    Page("case-name", RAISE, (*KEPT, "part_investigator"), wrong=404),
    Page("case-papers", RAISE, KEPT, wrong=404),
    Page("case-add-evidence", RAISE, KEPT, wrong=404),
    Page("case-report", RAISE, TOLD_OF, wrong=404),
    Page("case-share", RAISE, KEPT, wrong=404, post=True),
    Page("case-hand-in", RAISE, ABOUT, wrong=404),
    Page("case-withdraw-evidence", RAISE, (*KEPT, "case_paper"), wrong=404, post=True),
    Page("case-attachment", RAISE, (*KEPT, "case_attachment"), wrong=404),
    Page("case-letters", RAISE, KEPT, wrong=404),
    Page("case-letter", RAISE, (*KEPT, "case_letter"), wrong=404),
    Page("case-letter-pdf", RAISE, (*KEPT, "case_letter"), wrong=404),
    Page("case-write-letter", RAISE, (*KEPT, "letter_told"), wrong=404),
    Page("case-openings", RAISE, KEPT, wrong=404),
    Page("case-ask-opening", RAISE, TOLD_OF, wrong=404),
    Page("case-opening", RAISE, (*KEPT, "case_opening"), wrong=404),
    Page("case-approve-opening", RAISE, TO_APPROVE, wrong=404, post=True),
    Page("case-refuse-opening", RAISE, TO_APPROVE, wrong=404),
    Page("case-show-name", RAISE, (*TOLD_OF, "case_opening"), wrong=404, post=True),
]


def world(people: SimpleNamespace) -> dict[str, Any]:
    """The cases, each made as it is and not by its way there."""
    kept = _case(people.alice, Part.KEEPER, State.TOLD)
    _seat(kept, people.desk, Part.PERSON)
    to_approve = _case(people.alice, Part.APPROVER_HR, State.TOLD)
    about = _case(people.alice, Part.PERSON, State.DECIDED)
    evidence = _paper(kept, PaperKind.EVIDENCE)
    content = base64.b64encode(b"%PDF-1.7").decode()
    attached = Attachment.objects.create(paper=evidence, name="a.pdf", content_type="application/pdf", content=content)
    return {
        "case_kept": kept.reference,
        "case_investigated": _case(people.alice, Part.INVESTIGATOR, State.TOLD).reference,
        "case_about_alice": about.reference,
        "case_received": _case(people.alice, Part.RECEIVER, State.RAISED).reference,
        "case_to_approve": to_approve.reference,
        "case_paper": evidence.pk,
        "case_attachment": attached.pk,
        "case_letter": _paper(kept, PaperKind.LETTER, letter="told", shared_at=clock.now()).pk,
        "case_opening": _opening(kept, people.alice).reference,
        "case_opening_to_approve": _opening(to_approve, people.desk).reference,
        "step_appeal": "appeal",
        "part_investigator": "investigator",
        "letter_told": "told",
    }


def _case(who: User, part: Part, state: State) -> Concern:
    now = clock.now()
    since = localtime.local(now).date()
    outcome = Outcome.FIRST_WARNING if state == State.DECIDED else ""
    made = Concern.objects.create(
        about="web_use", words="Words.", raised_at=now, state=state, since=since, outcome=outcome
    )
    _seat(made, who, part)
    return made


def _seat(concern: Concern, who: User, part: Part) -> None:
    now = clock.now()
    Seat.objects.create(concern=concern, user=who, part=part, since=now, sees_from=now)


def _paper(concern: Concern, kind: PaperKind, **values: Any) -> Paper:
    return Paper.objects.create(concern=concern, kind=kind, title="Title", text="Text.", at=clock.now(), **values)


def _opening(concern: Concern, by: User) -> Opening:
    today = localtime.local(clock.now()).date()
    return Opening.objects.create(
        concern=concern,
        purpose_key="network-security",
        pseudonym="0" * 32,
        first=today,
        last=today,
        six=json.dumps({question.key: "An answer." for question in BARBULESCU}),
        asked_by=by,
        asked_at=clock.now(),
    )
