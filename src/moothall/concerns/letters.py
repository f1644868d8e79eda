"""The letters of the fair process: a first draft from what is known, and what keeps a letter from being sent. Pure.

A draft is there to be read and changed by the person who signs it. What is not known yet stands in it as a gap in
square brackets, such as "[the date of the meeting]".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files

from django.db.models import TextChoices


class LetterKind(TextChoices):
    """What a letter is for. Its text is ``letter_texts/<value>.txt``."""

    ACKNOWLEDGEMENT = "acknowledgement", "We have your concern"
    INFORMAL_INVITATION = "informal_invitation", "Invitation to an informal talk"
    INFORMAL_IMPROVEMENT = "informal_improvement", "Informal outcome: improvement agreed"
    INFORMAL_NOTHING = "informal_nothing", "Informal outcome: nothing further"
    TOLD = "told", "A concern has been raised that is about you"
    PRECAUTION = "precaution", "A council account is paused for you"
    MEETING = "meeting", "Invitation to a disciplinary meeting"
    DELAY = "delay", "It takes longer than we said"
    NO_ACTION = "no_action", "Outcome: no further action"
    FIRST_WARNING = "first_warning", "Outcome: first written warning"
    FINAL_WARNING = "final_warning", "Outcome: final written warning"
    DISMISSAL = "dismissal", "Outcome: dismissal"
    APPEAL_RIGHT = "appeal_right", "How to appeal"
    APPEAL_MEETING = "appeal_meeting", "Invitation to an appeal meeting"
    APPEAL_OUTCOME = "appeal_outcome", "Outcome of the appeal"
    CLOSING = "closing", "The matter is closed, and when its papers are erased"


OUTCOMES = (LetterKind.NO_ACTION, LetterKind.FIRST_WARNING, LetterKind.FINAL_WARNING, LetterKind.DISMISSAL)
"""The letters that a decision ends in, each with its appeal."""


def _line(gap: str) -> str:
    """A fact of one line, and the words of the gap that stands where it is missing."""
    return field(default="", metadata={"gap": gap})


def _text(gap: str) -> str:
    """A fact of as many lines as it needs. In a template it stands on a line of its own."""
    return field(default="", metadata={"gap": gap, "lines": True})


@dataclass(frozen=True)
class Facts:
    """What a letter may need, in words. Dates are words too: "Tuesday 6 October 2026".

    The words of one fact serve several letters: ``outcome`` is the decision, or that of the appeal.
    """

    council: str = _line("the name of the council")
    date: str = _line("the date of this letter")
    reference: str = _line("the reference of the case")
    addressee: str = _line("the name of the addressee")
    from_name: str = _line("the name of the sender")
    from_role: str = _line("the role of the sender")
    contact: str = _line("whom to ask, and how to reach them")
    support: str = _text("who can support the person, and how to reach them")

    matter: str = _text("what it is about, in a few neutral words")
    raised_on: str = _line("the date when the concern was raised")
    investigator: str = _line("who looks into it")
    facts_by: str = _line("the date by which the facts are gathered")
    talked_on: str = _line("the date of the talk")

    account: str = _line("the account that is paused")
    pause_reason: str = _text("the reason for the pause")
    paused_from: str = _line("the date from which the account is paused")
    review_on: str = _line("the date of the next look at it")

    meeting_when: str = _line("the date and time of the meeting")
    meeting_where: str = _line("the place of the meeting")
    papers_by: str = _line("the date for names and papers")
    possible_outcomes: str = _text("the possible outcomes")
    evidence: tuple[str, ...] = field(default=(), metadata={"gap": "the list of the papers"})

    delayed: str = _text("what is late")
    old_date: str = _line("the date that was given before")
    new_date: str = _line("the new date")
    delay_reason: str = _text("the reason for the delay")

    decided_by: str = _line("the name and role of the decision maker")
    decided_on: str = _line("the date of the decision")
    outcome: str = _text("the outcome")
    reasons: str = _text("the reasons")
    in_favour: str = _text("what spoke for the person")
    improvement: str = _text("what needs to change")
    help: str = _text("what helps with it")
    improvement_by: str = _line("the date by which it needs to change")
    warning_until: str = _line("the date until which the warning stands")
    consequences: str = _text("what happens if it does not change")
    notice: str = _text("the notice, or why there is none")
    last_day: str = _line("the last day of the employment")

    appeal_to: str = _line("the name and role of the appeal officer")
    appeal_how: str = _line("the address for the appeal")
    appeal_by: str = _line("the last day for an appeal")
    appealed_on: str = _line("the date of the appeal")
    grounds: str = _text("the grounds of the appeal")

    closed_on: str = _line("the date of the closing")
    erased_on: str = _line("the date when the papers are erased")


@dataclass(frozen=True)
class Must:
    """Something that a letter must tell, and the words by which it is known to be there."""

    tell: str
    """Goes on from "The letter does not say "."""
    words: tuple[str, ...]


_NOT_DECIDED = Must("that nothing has been decided", ("nothing has been decided",))
_NO_WARNING = Must("that this is not a warning", ("this is not a warning",))
_NO_JUDGEMENT = Must("that no judgement has been made", ("no judgement has been made",))
_ERASED = Must("when the papers are erased", ("and then erased",))
_REASONS = Must("the reasons for the decision", ("what was found, and why",))
_SUPPORT = Must("where support is to be found", ("you do not have to go through this alone",))
_WITNESSES = Must("that witnesses may be brought", ("you may bring witnesses",))
_COMPANION = (
    Must(
        "that the person has the right to be accompanied, by whom, and by which law",
        (
            "you have the right to be accompanied",
            "a colleague or by a trade-union representative",
            "section 10 of the employment relations act 1999",
        ),
    ),
    Must(
        "that another time can be named if the companion cannot come",
        ("if your companion cannot come", "within the five working days after it"),
    ),
)
_APPEAL = Must(
    "that there is a right to appeal within ten working days, to somebody who was not involved before",
    ("you have the right to appeal", "within ten working days", "who has not been involved before"),
)
_WARNING = (
    _REASONS,
    Must("what needs to change, and by when", ("what needs to change, and by when",)),
    Must("how long the warning stands", ("this warning stands until",)),
    Must("what happens if it does not change", ("what happens if it does not change",)),
    _APPEAL,
    _ERASED,
)

MUST_TELL: Mapping[LetterKind, tuple[Must, ...]] = {
    LetterKind.ACKNOWLEDGEMENT: (
        _NO_JUDGEMENT,
        Must("who can see the concern", ("only the people who deal with it can see your concern",)),
    ),
    LetterKind.INFORMAL_INVITATION: (
        _NOT_DECIDED,
        Must("that this is not a disciplinary meeting", ("this is not a disciplinary meeting",)),
    ),
    LetterKind.INFORMAL_IMPROVEMENT: (_NO_WARNING, _ERASED),
    LetterKind.INFORMAL_NOTHING: (
        Must("that nothing further is to do", ("nothing further to do",)),
        _NO_WARNING,
        _ERASED,
    ),
    LetterKind.TOLD: (
        _NO_JUDGEMENT,
        Must("what the concern says", ("what the concern says",)),
        Must("who looks into it", ("who looks into it",)),
        Must("what happens now", ("what happens now",)),
        Must("that the person can hand in what speaks for them", ("hand in whatever speaks for you",)),
        _SUPPORT,
        Must("that it is kept in confidence", ("we keep it in confidence",)),
    ),
    LetterKind.PRECAUTION: (
        Must("that this is a precaution and not a penalty", ("this is a precaution and not a penalty",)),
        Must("that it is without prejudice", ("it is without prejudice",)),
        Must("when it is looked at again", ("we look at it again by",)),
    ),
    LetterKind.MEETING: (
        Must("what is alleged", ("what is alleged",)),
        _NOT_DECIDED,
        Must("when and where the meeting is", ("when and where",)),
        Must("which papers there are", ("they are all that the decision can rest on",)),
        *_COMPANION,
        _WITNESSES,
        Must("what can come of it", ("what can come of it",)),
    ),
    LetterKind.DELAY: (
        Must("what the reason is", ("the reason is",)),
        Must("the new date", ("we now expect to be done by",)),
    ),
    LetterKind.NO_ACTION: (
        Must("that there is no further action", ("there is no further action",)),
        Must("that it will not be held against the person", ("will not be held against you",)),
        Must("the reasons for the decision", ("the reasons are",)),
        _APPEAL,
        _ERASED,
    ),
    LetterKind.FIRST_WARNING: (Must("what was decided", ("it is a first written warning",)), *_WARNING),
    LetterKind.FINAL_WARNING: (Must("what was decided", ("it is a final written warning",)), *_WARNING),
    LetterKind.DISMISSAL: (
        Must("that whoever decided is authorised to", ("who is authorised to decide on a dismissal",)),
        _REASONS,
        Must("what the notice is", ("your notice",)),
        Must("when the employment ends", ("your employment ends on",)),
        _APPEAL,
        _SUPPORT,
        _ERASED,
    ),
    LetterKind.APPEAL_RIGHT: (_APPEAL,),
    LetterKind.APPEAL_MEETING: (
        Must("when and where the meeting is", ("when and where",)),
        Must("that the appeal is heard by somebody who was not involved before", ("who has not been involved before",)),
        *_COMPANION,
        _WITNESSES,
    ),
    LetterKind.APPEAL_OUTCOME: (
        Must("the reasons for the decision", ("the reasons are",)),
        Must("that this decision is final", ("this decision is final",)),
        _ERASED,
    ),
    LetterKind.CLOSING: (Must("when the papers are erased", ("will be erased on",)),),
}

_FACT = re.compile(r"\{(\w+)\}")
_GAP = re.compile(r"\[[^\[\]]*\]|[\[\]]")
_ROUND = str.maketrans("[]", "()")
_FIELDS = {each.name: each.metadata for each in fields(Facts)}
_TEXTS = "letter_texts"


def draft(kind: LetterKind, facts: Facts) -> str:
    """The letter as plain text, a paragraph a line, with a gap wherever a fact is missing.

    Square brackets in a fact become round ones, so that a gap is always a gap. What a fact says is never read as a
    template, and a fact of one line stays on it.
    """
    return _FACT.sub(lambda found: _words(facts, found[1]), _template(kind.value))


def gaps(text: str) -> list[str]:
    """What is still in square brackets, each once, in the order of the letter; half a pair of brackets counts."""
    return list(dict.fromkeys(" ".join(found.split()) for found in _GAP.findall(text)))


def problems(kind: LetterKind, text: str) -> list[str]:
    """What must be put right before this text can be sent as such a letter; empty if nothing."""
    plain = _plain(text)
    filling = [f"Fill in {gap}." for gap in gaps(text)]
    missing = [must for must in MUST_TELL[kind] if not all(words in plain for words in must.words)]
    return filling + [f"The letter does not say {must.tell}." for must in missing]


@cache
def _template(name: str) -> str:
    """The text of that name, with the parts that several letters share put in; facts are still in braces."""
    text = files(__package__).joinpath(_TEXTS, f"{name}.txt").read_text("utf-8").strip()
    return _FACT.sub(lambda found: found[0] if found[1] in _FIELDS else _template(f"_{found[1]}"), text)


def _words(facts: Facts, name: str) -> str:
    value = getattr(facts, name)
    about = _FIELDS[name]
    if isinstance(value, tuple):
        words = "\n".join(f"- {line}" for each in value if (line := _one_line(each)))
    elif "lines" in about:
        words = "\n".join(map(_one_line, value.splitlines())).strip()
    else:
        words = _one_line(value)
    return words.translate(_ROUND) or f"[{about['gap']}]"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Without what an editor or a keyboard changes: case, line ends, kinds of space and of apostrophe."""
    return _one_line(text).replace("’", "'").casefold()
