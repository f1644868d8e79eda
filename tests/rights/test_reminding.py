"""Those who answer are reminded before a clock runs out, when it has, and each week from then on."""

from collections.abc import Callable
from typing import Any

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.rights import actions, tasks
from moothall.rights.states import Kind, State
from tests import factories
from tests.rights.making import asked

pytestmark = pytest.mark.django_db


def swept(person: User) -> list[str]:
    """What they are told by two sweeps on the same day."""
    before = person.notices.count()
    tasks.sweep()
    tasks.sweep()
    return list(person.notices.order_by("pk").values_list("text", flat=True))[before:]


def test_an_objection_that_nobody_answers(alice: User, dora: User, charlie: User, at: Callable[..., None]) -> None:
    asked(alice, Kind.OBJECTION, "I object.")
    at(2026, 10, 29)
    assert swept(dora) == []
    at(2026, 10, 30)
    assert swept(dora) == ["A data request is due on Friday 6 November 2026. Answer it."]
    at(2026, 11, 6)
    assert swept(dora) == []
    for saturday_and_sunday in (7, 8):
        at(2026, 11, saturday_and_sunday)
        assert swept(dora) == []
    at(2026, 11, 9)
    assert swept(dora) == ["A data request is overdue since Friday 6 November 2026. Answer it."]
    at(2026, 11, 13)
    assert swept(dora) == []
    at(2026, 11, 16)
    assert len(swept(dora)) == 1
    assert not alice.notices.exists()
    assert not charlie.notices.exists()


def test_a_complaint_is_first_to_be_acknowledged(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice, Kind.COMPLAINT, "Too much is kept.")
    at(2026, 10, 29)
    assert swept(dora) == ["A data request is due on Thursday 5 November 2026. Acknowledge it."]
    actions.acknowledge(dora, request)
    at(2026, 11, 10)
    assert swept(dora) == []
    at(2026, 11, 22)
    assert swept(dora) == [], "It is a Sunday."
    at(2026, 11, 23)
    assert swept(dora) == ["A data request is due on Sunday 29 November 2026. Answer it, or tell how far it is."]


def test_a_worker_that_was_away_says_what_is_true_now(alice: User, dora: User, at: Callable[..., None]) -> None:
    asked(alice)
    at(2027, 3, 1)
    assert swept(dora) == ["A data request is overdue since Tuesday 13 October 2026. Answer it."]


@pytest.mark.parametrize("end", ["answered", "withdrawn"])
def test_what_has_ended_reminds_nobody(end: str, alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice)
    if end == "answered":
        actions.answer(dora, request, State.ANSWERED, "Nothing.")
    else:
        actions.withdraw(alice, request)
    at(2027, 3, 1)
    assert swept(dora) == []


def test_where_nobody_answers_the_administrators_are_reminded(alice: User, at: Callable[..., None]) -> None:
    administrator = factories.person((Role.ADMINISTRATOR, None))
    asked(alice)
    at(2026, 10, 12)
    assert swept(administrator) == [actions.NOBODY]


def test_nobody_is_woken(alice: User, dora: User, at: Callable[..., None]) -> None:
    at(2026, 12, 4)
    asked(alice, Kind.OBJECTION, "I object.")
    for hour, minute in ((0, 0), (8, 59), (17, 0), (23, 59)):
        at(2026, 12, 29, hour, minute)
        assert swept(dora) == []
    at(2026, 12, 29, 9)
    assert swept(dora) == ["A data request is due on Monday 4 January 2027. Answer it."]


def test_a_bank_holiday_is_none_for_reminders_and_the_clock_runs_on(
    alice: User, dora: User, at: Callable[..., None]
) -> None:
    at(2026, 11, 25)
    request = asked(alice, Kind.OBJECTION, "I object.")
    at(2026, 12, 28)
    assert swept(dora) == [], "It is the day in lieu of Boxing Day."
    at(2026, 12, 29)
    assert swept(dora) == ["A data request is overdue since Friday 25 December 2026. Answer it."]
    request.refresh_from_db()
    assert str(request.due_on) == "2026-12-25"


def test_a_sweep_with_nothing_due_is_two_looks(alice: User, at: Any, django_assert_num_queries: Any) -> None:
    asked(alice)
    with django_assert_num_queries(2):
        tasks.sweep()
