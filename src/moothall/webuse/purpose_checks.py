"""What an entry of the monitoring register must say before anybody is asked to approve it. Pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from rapidfuzz import fuzz

MISSING = {
    "what_for": "Say what the monitoring is for: which trouble it prevents or finds.",
    "kept": "Say what is kept of the log.",
    "who_sees": "Say who sees what.",
    "rejected": "Name at least one milder option, and say why it is not enough.",
    "consulted": "Say who was consulted: the unions, staff networks, the data protection officer.",
    "views": "Say what they said, and what changed because of it. If they said nothing, say so.",
    "notice": "Say where and when staff were told.",
    "notice_others": "Say where guests and contractors are told; or in a sentence that none use the network.",
    "dpia_reference": "Give the reference under which the impact assessment is filed.",
}
"""The texts that an entry needs, in the order of its form, and what is said where one is not there."""
LABELS = {
    "title": "Title",
    "what_for": "What is the monitoring for?",
    "kept": "What is kept?",
    "who_sees": "Who sees what?",
    "rejected": "Which milder options were rejected, and why?",
    "consulted": "Who was consulted?",
    "views": "What did they say?",
    "notice": "Where and when were staff told?",
    "notice_others": "Where are guests and contractors told?",
    "dpia_reference": "Reference of the impact assessment",
}
"""How pages ask for each text."""
LONGEST_WITHOUT_REVIEW = timedelta(days=731)
FEWEST_WORDS = 5
"""In a purpose: "security" names a department."""
ALIKE = 90
"""From this likeness on, of 100, two texts say the same."""

_NOTHING = re.compile(
    r"(n ?a|none|nil|no|not? applicable|not relevant|nothing|tb[acd]|todo|to do|to follow|see (above|below)|"
    r"as above|as below|same( as (above|below|before))?|ditto|unknown|yes|ok|done|test|\w{0,2})"
)
_JUST_IN_CASE = re.compile(
    r"just in case"
    r"|in case (it|they|this|these|something|anything|anyone|anybody|someone|somebody|we|you)\b"
    r"|\b(may|might|could|can) (ever |later |one day |some day )?(be|become|prove|turn out) (\w+ )?"
    r"(useful|handy|helpful|needed)\b"
    r"|\b(come|comes|coming) in (useful|handy)\b"
    r"|\bkeep(ing|s)? an eye on\b"
    r"|\bgeneral(ised)? (monitoring|surveillance|purposes?|oversight)\b"
    r"|\b(any|all|every|various|whatever|multiple) ((lawful|legitimate|other|business) )?purposes?\b"
    r"|\bfor (any|future|possible|potential) (use|uses|reference|need|needs)\b"
    r"|\bsee what (staff|people|they|employees|workers|everyone|everybody|anyone|teams?) (do|does|is|are|get|gets)\b"
    r"|\byou never know\b|\bbetter safe than sorry\b|\bbecause we can\b"
)
_NO_PURPOSE = (
    "“{}” is no purpose. The ICO’s guidance Monitoring workers (2023) asks for one that is specific, and UK GDPR "
    "article 5(1)(b) allows no other. Say which trouble this prevents or finds, and how you would know that it works."
)


def amiss(texts: Mapping[str, str], review_on: date | None, today: date) -> dict[str, str]:
    """What is wrong with an entry, by field; empty if it can be sent.

    ``texts`` are those of ``LABELS``, and the lawful basis.
    """
    problems = {"lawful_basis": "" if texts["lawful_basis"] else "Choose the lawful basis."}
    problems |= {name: _problem(name, texts[name]) for name in MISSING}
    for name, label in repeated(texts).items():
        problems[name] = problems[name] or f"This says the same as “{label}”. Say here what is asked here."
    problems["review_on"] = review_problem(review_on, today)
    return {name: problem for name, problem in problems.items() if problem}


def _problem(name: str, text: str) -> str:
    words = _plain(text)
    if not words:
        return MISSING[name]
    if _NOTHING.fullmatch(words):
        return f"“{text.strip()}” is no answer. {MISSING[name]}"
    if name != "what_for":
        return ""
    if found := _JUST_IN_CASE.search(words):
        return _NO_PURPOSE.format(found[0])
    if len(words.split()) < FEWEST_WORDS:
        return _NO_PURPOSE.format(text.strip())
    return ""


def repeated(texts: Mapping[str, str]) -> dict[str, str]:
    """The fields that say what another says, with that other's name in words."""
    names = [name for name in LABELS if _plain(texts[name])]
    found: dict[str, str] = {}
    for number, name in enumerate(names):
        for earlier in names[:number]:
            if fuzz.ratio(_plain(texts[name]), _plain(texts[earlier])) >= ALIKE:
                found.setdefault(name, LABELS[earlier])
    return found


def review_problem(review_on: date | None, today: date) -> str:
    """What is wrong with the day of the next review; empty if nothing is."""
    if review_on is None:
        return "Give the day by which the entry is looked at again."
    if review_on <= today:
        return "This day has come. Give a later one: after it, nothing more is read."
    if review_on - today > LONGEST_WITHOUT_REVIEW:
        return "This is more than two years away. Give an earlier day; a year is usual."
    return ""


def _plain(text: str) -> str:
    """The words alone: small letters, no signs, single spaces."""
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold().replace("’", "").replace("'", "")).split())
