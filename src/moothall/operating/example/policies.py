"""The example council's policies: adopted, acknowledged by most, and one of them changed because of two lessons."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial

from moothall.accounts.models import User
from moothall.core import clock, localtime
from moothall.lessons.models import Lesson
from moothall.operating.example import policy_texts
from moothall.operating.example.people import LEAVER, Cast
from moothall.operating.example.policy_texts import ACCEPTABLE_USE, OPEN_POLICY, SPEAKING
from moothall.operating.example.stories import Act, workday
from moothall.policies import actions, audience, starter_model_actions
from moothall.policies.models import Policy, RestsOn, Version, Whose

COMMUNICATIONS, OFFICER, HR, IT_SECURITY = "maren.oakes", "tobi.lyle", "anneliese.croft", "dominic.yarrow"
A_YEAR = timedelta(days=365)
HOUSE_RULES = (
    ("Code of conduct for employees", "code-of-conduct", Whose.HR),
    ("Disciplinary and grievance procedures", "discipline", Whose.HR),
    ("Dignity at work", "dignity", Whose.HR),
    ("Whistleblowing", "whistleblowing", Whose.HR),
    ("Information security", "information-security", Whose.IT),
)
"""Policies that the council had before: title, the last part of its address, and whose it is."""
NEWCOMER = "joan.pettifer"
"""She meets the policies when she first signs in."""
_NEVER = frozenset({"edwin.marsh", NEWCOMER})
NOT_YET = {1: _NEVER, 2: _NEVER | {"hester.quill", "graham.tolliver", "lowri.vance", LEAVER}}
"""Who has not acknowledged a version, by its number; one of them had left by the second."""


def acts(cast: Cast, now: datetime) -> Iterator[Act]:
    """What is done about the policies, each thing at its time. Two lessons (``lessons.py``) come before the last."""
    for slug, writer, day in ((OPEN_POLICY, COMMUNICATIONS, -57), (ACCEPTABLE_USE, HR, -52), (SPEAKING, OFFICER, -49)):
        yield Act(workday(day, "10:05")(now), partial(_begin, cast, slug, writer))
        yield Act(workday(day + 2, "14:20")(now), partial(_publish, cast, slug, writer))
        yield from _acknowledging(cast, slug, 1, workday(day + 2, "14:20")(now))
    yield Act(workday(-28, "08:30")(now), partial(_meet, cast))
    yield Act(workday(-27, "09:40")(now), partial(_change, cast))
    yield Act(workday(-25, "11:10")(now), partial(_publish, cast, OPEN_POLICY, COMMUNICATIONS))
    yield from _acknowledging(cast, OPEN_POLICY, 2, workday(-25, "11:10")(now))


def _meet(cast: Cast) -> None:
    """All but the newest have met the policies when they signed in."""
    for key, person in cast.items():
        if key != NEWCOMER:
            actions.meet(person)


def _begin(cast: Cast, slug: str, writer: str) -> None:
    """The writer begins with the model, and puts it in the council's own words."""
    model = policy_texts.model(slug)
    policy = Policy(
        slug=slug,
        title=model.title,
        owner=cast[IT_SECURITY if slug == ACCEPTABLE_USE else COMMUNICATIONS],
        audience=[each.value for each in model.audience],
        is_public=slug == OPEN_POLICY,
    )
    actions.save_policy(cast[writer], policy, [*_house_rules(), *starter_model_actions.rests_on(model)])
    draft = Version(policy=policy, text=policy_texts.first(slug), summary=model.summary)
    actions.save_draft(cast[writer], draft)


def _change(cast: Cast) -> None:
    """Two lessons change two things in the open social media policy."""
    draft = Version(
        policy=Policy.objects.get(slug=OPEN_POLICY),
        text=policy_texts.second(),
        summary=policy_texts.model(OPEN_POLICY).summary,
        what_changed=policy_texts.WHAT_CHANGED,
    )
    actions.save_draft(cast[COMMUNICATIONS], draft, Lesson.objects.filter(title__in=policy_texts.BECAUSE))


def _publish(cast: Cast, slug: str, writer: str) -> None:
    """It is in force from today, and reviewed in a year."""
    draft = _draft(slug)
    draft.effective_on = localtime.local(clock.now()).date()
    draft.review_on = draft.effective_on + A_YEAR
    actions.save_draft(cast[writer], draft, draft.because.all())
    actions.publish(cast[writer], draft, _draft(slug).changed_at)


def _draft(slug: str) -> Version:
    return Version.objects.get(policy__slug=slug, published_at=None)


def _acknowledging(cast: Cast, slug: str, number: int, published_at: datetime) -> Iterator[Act]:
    """Most read it within nine days, at their own times; some have not yet."""
    meant = frozenset(policy_texts.model(slug).audience)
    published_on = localtime.local(published_at).date()
    for place, (key, person) in enumerate(cast.items()):
        if key in NOT_YET[number] or not meant & audience.of(person):
            continue
        day = published_on + timedelta(days=1 + place * 5 % 9)
        moment = localtime.from_wall(day, time(9 + place % 8, place * 17 % 60))
        yield Act(moment, partial(_acknowledge, person, slug, number))


def _acknowledge(person: User, slug: str, number: int) -> None:
    actions.acknowledge(person, Version.objects.get(policy__slug=slug, number=number))


def _house_rules() -> list[RestsOn]:
    return [
        RestsOn(title=title, url=f"https://intranet.exampleshire.example/policies/{part}", whose=whose)
        for title, part, whose in HOUSE_RULES
    ]
