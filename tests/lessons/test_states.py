"""Whatever three people do to lessons, and in whatever order: the table holds, and no author publishes."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.accounts.models import User
from moothall.lessons import actions, queries
from moothall.lessons.models import Lesson, LessonState
from moothall.lessons.states import MOVES, Act, Side, after, possible
from moothall.records.models import Record
from tests.lessons import making
from tests.lessons.making import WORDS

pytestmark = pytest.mark.django_db

ACTS: dict[str, Callable[[User, Lesson], Lesson]] = {
    "change": lambda who, lesson: actions.change(who, lesson, **WORDS),
    "change for a case": lambda who, lesson: actions.change(who, lesson, **WORDS, for_case=True),
    "send": actions.send_for_review,
    "send for a case": lambda who, lesson: actions.send_for_review(who, lesson, for_case=True),
    "publish": actions.publish,
    "send back": lambda who, lesson: actions.send_back(who, lesson, "Say more."),
    "withdraw": lambda who, lesson: actions.withdraw(who, lesson, "It would tell."),
    "withdraw for a case": lambda who, lesson: actions.withdraw(who, lesson, "It would tell.", for_case=True),
}
KINDS = {
    "lesson.sent": Act.SEND,
    "lesson.sent_back": Act.SEND_BACK,
    "lesson.published": Act.PUBLISH,
    "lesson.withdrawn": Act.WITHDRAW,
}
steps = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 2)), max_size=14)


@given(steps, st.integers(0, 2), st.booleans())
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_acts_leaves_the_table_or_lets_an_author_publish(
    alice: User, bob: User, cora: User, done: list[tuple[str, int]], author: int, is_confidential: bool
) -> None:
    people = (alice, bob, cora)
    lesson = making.draft(people[author], is_confidential=is_confidential)
    writers = {people[author].pk}
    for name, who in done:
        before, person = Lesson.objects.get(pk=lesson.pk), people[who]
        is_known = Record.objects.filter(ref=f"lesson:{lesson.pk}").count()
        try:
            ACTS[name](person, lesson)
        except (PermissionDenied, ValidationError):
            assert Lesson.objects.get(pk=lesson.pk).state == before.state
            assert Record.objects.filter(ref=f"lesson:{lesson.pk}").count() == is_known, "A refusal leaves no record."
            continue
        now = Lesson.objects.get(pk=lesson.pk)
        if name.startswith(("change", "send for")):
            writers.add(person.pk)
        if now.state != before.state:
            record = Record.objects.filter(ref=f"lesson:{lesson.pk}").latest("number")
            sides = (Side.WRITER, Side.REVIEWER)
            assert any(after(KINDS[record.kind], side, before.state) == now.state for side in sides)
        if now.state == LessonState.PUBLISHED:
            assert now.reviewer_id is not None
            assert now.reviewer_id not in writers
        if is_confidential and now.published_at is None:
            named = Record.objects.filter(ref=f"lesson:{lesson.pk}", kind__in=("lesson.sent", "lesson.withdrawn"))
            assert not named.filter(actor_id__in=writers).exists()


def test_every_state_can_be_reached_and_only_what_is_withdrawn_stays() -> None:
    reached = {LessonState.DRAFT, *(move.after for move in MOVES)}
    assert reached == set(LessonState)
    ends = set(LessonState) - {move.before for move in MOVES}
    assert ends == {LessonState.WITHDRAWN}


def test_each_act_of_one_side_leads_from_one_state_to_one_other() -> None:
    ways = [(move.act, move.by, move.before) for move in MOVES]
    assert len(ways) == len(set(ways))
    assert all(move.before != move.after for move in MOVES)
    assert all(move.by == Side.REVIEWER for move in MOVES if move.after == LessonState.PUBLISHED)


def test_somebody_on_no_side_can_do_nothing() -> None:
    assert not any(possible(None, state) for state in LessonState)


def test_the_page_offers_what_the_table_allows(alice: User, bob: User, charlie: User) -> None:
    lesson = making.in_review(alice)
    assert queries.acts_for(alice, lesson) == {Act.WITHDRAW}
    assert queries.acts_for(bob, lesson) == {Act.PUBLISH, Act.SEND_BACK, Act.WITHDRAW}
    assert queries.acts_for(charlie, lesson) == frozenset()
