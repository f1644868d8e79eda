"""Whatever is done to an incident, by whomever, in whatever order: it moves by the table, closes with a lesson or a
reason, and its timeline has everything in order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.incidents import actions, states, switching, timeline
from moothall.incidents.models import Incident
from moothall.incidents.states import MOVES, State
from moothall.publishing.models import Pause
from moothall.records.models import Record
from tests.incidents.making import LESSON, opened, sent

pytestmark = pytest.mark.django_db

Act = Callable[["Walk", User], object]


@dataclass
class Walk:
    """One incident, and what is known of it from outside."""

    incident: Incident
    channel: Channel
    post: int
    notes: list[str] = field(default_factory=list)
    acts: int = 1
    """How many acts went through; the first opened it."""

    def note(self, who: User) -> None:
        text = f"Note {len(self.notes)}"
        actions.note(who, self.incident, text)
        self.notes.append(text)

    def step(self, number: int) -> Any:
        return self.incident.steps.all()[number]


ACTS: dict[str, Act] = {
    "note": lambda walk, who: walk.note(who),
    "known": lambda walk, who: actions.say_known(who, walk.incident, f"Known at {walk.acts}"),
    "do": lambda walk, who: actions.do_step(who, walk.step(walk.acts % 5)),
    "undo": lambda walk, who: actions.undo_step(who, walk.step(walk.acts % 5)),
    "add": lambda walk, who: actions.add_step(who, walk.incident, "Make tea"),
    "contain": lambda walk, who: actions.contain(who, walk.incident),
    "open again": lambda walk, who: actions.open_again(who, walk.incident),
    "pause": lambda walk, who: switching.pause(who, walk.incident, "To be safe."),
    "disconnect": lambda walk, who: switching.disconnect(who, walk.incident, "To be safe."),
    "take down": lambda walk, who: switching.take_down(who, walk.incident, walk.post),
    "statement": lambda walk, who: switching.draft_statement(who, walk.incident, "Please wait.", [walk.channel]),
    "close with a lesson": lambda walk, who: actions.close_with_lesson(who, walk.incident, **LESSON),
    "close with no lesson at all": lambda walk, who: actions.close_with_lesson(
        who, walk.incident, title="", what_happened="", what_changes=""
    ),
    "close for a reason": lambda walk, who: actions.close_without_lesson(who, walk.incident, "A rehearsal."),
    "close for none": lambda walk, who: actions.close_without_lesson(who, walk.incident, "  "),
}
ENDS = ("close with a lesson", "close with no lesson at all", "close for a reason", "close for none")
MORE_OFTEN = [name for name in ACTS if name not in ENDS]
"""Most ways should not end at once."""

steps = st.tuples(st.sampled_from([*ACTS, *MORE_OFTEN * 3]), st.sampled_from(["dell", "alice", "bob"]))


def test_the_table_knows_every_state_and_closed_is_the_end() -> None:
    assert set(MOVES) == set(State)
    assert not MOVES[State.CLOSED]
    for before in State:
        for after in State:
            if after in MOVES[before]:
                states.refuse_move(before, after)
            else:
                with pytest.raises(ValidationError):
                    states.refuse_move(before, after)


@given(way=st.lists(steps, min_size=1, max_size=25))
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_way(channel: Channel, dell: User, alice: User, bob: User, way: list[tuple[str, str]]) -> None:
    people = {"dell": dell, "alice": alice, "bob": bob}
    with transaction.atomic():
        walk = Walk(opened(alice, channel), channel, sent(channel).pk)
        for name, who in way:
            go(walk, name, people[who])
        transaction.set_rollback(True)


def go(walk: Walk, name: str, who: User) -> None:
    """Try one act, and look at all that must hold before, after, and whether or not it was allowed."""
    before, told = state_of(walk), keys(walk)
    try:
        with transaction.atomic():
            ACTS[name](walk, who)
    except (ValidationError, PermissionDenied):
        assert (state_of(walk), keys(walk)) == (before, told), "What was refused has left a trace."
    else:
        assert who.name != "Bob Barrow"
        assert State(before) != State.CLOSED
        walk.acts += name != "known" or len(keys(walk)) > len(told)
    check(walk, State(before), told)


def check(walk: Walk, before: State, told: list[str]) -> None:
    incident = Incident.objects.get(pk=walk.incident.pk)
    after = State(incident.state)
    assert after == before or after in MOVES[before]
    assert (after == State.CLOSED) == (incident.closed_at is not None)
    assert (after == State.CLOSED) == bool(incident.lesson or incident.no_lesson_why)
    assert not (incident.lesson and incident.no_lesson_why)
    assert all(each.done_at is None or each.done_by for each in incident.steps.all())
    assert incident.entries.count() == walk.acts, "Every act writes of itself, once."
    assert Record.objects.filter(ref=f"incident:{incident.pk}").count() == walk.acts
    moments = timeline.of(incident)
    assert [each.at for each in moments] == sorted(each.at for each in moments)
    assert all(incident.opened_at <= each.at <= (incident.closed_at or clock.now()) for each in moments)
    now = [each.key for each in moments]
    assert len(set(now)) == len(now)
    assert [key for key in now if key in set(told)] == told, "Something was lost, or has moved."
    assert [each.more for each in moments if each.title == "Note"] == walk.notes
    pauses = [each for each in moments if "paused" in each.title]
    assert len(pauses) == Pause.objects.count()


def state_of(walk: Walk) -> str:
    return Incident.objects.values_list("state", flat=True).get(pk=walk.incident.pk)


def keys(walk: Walk) -> list[str]:
    return [each.key for each in timeline.of(Incident.objects.get(pk=walk.incident.pk))]
