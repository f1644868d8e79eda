"""Who may do what with a request, and what comes of it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.records.models import Record
from moothall.rights import actions, queries
from moothall.rights.models import RightsEntry, RightsRequest
from moothall.rights.states import Kind, State
from tests import factories
from tests.rights.making import asked, officer
from tests.webuse import purposes

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    return list(person.notices.order_by("pk").values_list("text", flat=True))


def test_alice_asks_dora_answers_and_charlie_never_knows(
    alice: User, dora: User, charlie: User, at: Callable[..., None]
) -> None:
    request = actions.ask(alice, Kind.OBJECTION, "I am a union representative.")
    assert (request.state, request.due_on) == (State.OPEN, date(2026, 11, 6))
    assert told(dora) == ["A data request has come. It is due on Friday 6 November 2026."]
    at(2026, 10, 8)
    actions.acknowledge(dora, request)
    assert told(alice) == [actions.NEWS]
    at(2026, 10, 20)
    done = actions.answer(dora, request, State.UPHELD, "We leave your requests out from now on.")
    assert (done.state, done.handler, done.remind_on) == (State.UPHELD, dora, None)
    assert [each.what for each in done.entries.all()] == ["acknowledged", "answer"]
    assert told(alice) == [actions.NEWS, actions.NEWS]
    assert told(charlie) == []
    acts: list[Callable[[], object]] = [
        lambda: actions.add(charlie, request, "Words"),
        lambda: actions.withdraw(charlie, request),
        lambda: actions.acknowledge(charlie, request),
        lambda: actions.tell(charlie, request, "Words", takes_longer=False),
        lambda: actions.answer(charlie, request, State.REFUSED, "Words"),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert not queries.visible(charlie).exists()
    assert not queries.to_answer(charlie).exists()


def test_notices_and_records_tell_nobody_what_it_is_about(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = actions.ask(alice, Kind.COMPLAINT, "My manager reads my mail.")
    actions.add(alice, request, "On Mondays.")
    actions.tell(dora, request, "We have asked him.", takes_longer=False)
    actions.answer(dora, request, State.REFUSED, "He does not.")
    said = " ".join(Notice.objects.values_list("text", flat=True)).lower()
    for word in ("alice", "complain", "mail", "manager", "refus"):
        assert word not in said
    kept = Record.objects.filter(ref=actions.ref(request))
    assert list(kept.values_list("kind", "actor_id")) == [
        ("rights.asked", None),
        ("rights.added_to", None),
        ("rights.told_how_far", dora.pk),
        ("rights.answered", dora.pk),
    ]
    for word in ("Alice", "mail", "Mondays", "asked him"):
        assert word not in str(list(kept.values()))


def test_the_words_lie_sealed_in_the_database(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice, words="My manager reads my mail.")
    actions.answer(dora, request, State.ANSWERED, "He does not.")
    with connection.cursor() as cursor:
        for model in (RightsRequest, RightsEntry):
            cursor.execute(f"SELECT words FROM {model._meta.db_table}")
            lies_there = str(cursor.fetchall())
            assert "manager" not in lies_there
            assert "He does not" not in lies_there
    assert RightsRequest.objects.get().words == "My manager reads my mail."


def test_nobody_answers_what_they_asked_themselves(dora: User, at: Callable[..., None]) -> None:
    request = asked(dora)
    with pytest.raises(PermissionDenied, match="Somebody else"):
        actions.answer(dora, request, State.ANSWERED, "Nothing.")
    assert not queries.to_answer(dora).exists()
    assert told(dora) == [], "there is nobody to answer her, and she gives no roles"
    other = officer("Odile Orr")
    actions.answer(other, request, State.ANSWERED, "Your account, and the web-use data.")


def test_where_nobody_answers_the_administrators_are_told(alice: User, at: Callable[..., None]) -> None:
    administrator = factories.person((Role.ADMINISTRATOR, None))
    request = asked(alice)
    assert told(administrator) == [actions.NOBODY]
    assert "Alice" not in actions.NOBODY
    assert not queries.visible(administrator).filter(pk=request.pk).exists()


def test_it_can_be_about_a_purpose(alice: User, dora: User) -> None:
    purpose = purposes.in_force()
    request = actions.ask(alice, Kind.OBJECTION, "I object.", purpose)
    assert queries.visible(dora).get(pk=request.pk).purpose == purpose


def test_an_objection_takes_longer_once_and_with_reasons(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice, Kind.OBJECTION, "I object.")
    at(2026, 11, 6)
    with pytest.raises(ValidationError, match="few words"):
        actions.tell(dora, request, " ", takes_longer=True)
    longer = actions.tell(dora, request, "We have to ask the proxy’s makers.", takes_longer=True)
    assert (longer.state, longer.due_on) == (State.ACKNOWLEDGED, date(2027, 1, 6))
    assert longer.remind_on == date(2026, 12, 30)
    with pytest.raises(ValidationError, match="given longer once"):
        actions.tell(dora, request, "And again.", takes_longer=True)
    after = actions.tell(dora, request, "They have answered.", takes_longer=False)
    assert after.due_on == date(2027, 1, 6)
    assert [each.what for each in after.entries.all()] == ["acknowledged", "longer", "progress"]


def test_after_the_first_month_it_is_too_late_to_say_so(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice, Kind.CORRECTION, "I joined in 2019.")
    at(2026, 11, 7)
    with pytest.raises(ValidationError, match="first month is over"):
        actions.tell(dora, request, "Still looking.", takes_longer=True)
    assert RightsRequest.objects.get().state == State.OPEN, "nothing of it was kept"


def test_a_complaint_is_heard_of_each_month(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice, Kind.COMPLAINT, "Too much is kept.")
    assert request.due_on == date(2026, 11, 5)
    assert queries.waits_for(request) == "Acknowledge it"
    at(2026, 10, 31)
    request = actions.acknowledge(dora, request)
    assert request.due_on == date(2026, 11, 30)
    at(2026, 11, 20)
    request = actions.tell(dora, request, "We have asked IT.", takes_longer=False)
    assert request.due_on == date(2026, 12, 20)
    with pytest.raises(ValidationError, match="acknowledged already"):
        actions.acknowledge(dora, request)


def test_alice_withdraws_and_it_has_ended(alice: User, dora: User, at: Callable[..., None]) -> None:
    request = actions.acknowledge(dora, asked(alice))
    actions.withdraw(alice, request)
    assert told(dora)[-1] == "A data request was withdrawn."
    acts: list[Callable[[], object]] = [
        lambda: actions.withdraw(alice, request),
        lambda: actions.add(alice, request, "Wait"),
        lambda: actions.answer(dora, request, State.ANSWERED, "Too late."),
    ]
    for act in acts:
        with pytest.raises(ValidationError, match="has ended"):
            act()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [(Kind.QUESTION, State.REFUSED), (Kind.OBJECTION, State.ANSWERED), (Kind.COMPLAINT, State.WITHDRAWN)],
)
def test_each_kind_has_its_own_ends(kind: Kind, wrong: State, alice: User, dora: User) -> None:
    with pytest.raises(ValidationError, match="cannot end so"):
        actions.answer(dora, asked(alice, kind), wrong, "So it ends.")


@pytest.mark.parametrize("words", ["", " \n", "x" * 10_001])
def test_words_are_some_and_not_too_many(words: str, alice: User) -> None:
    with pytest.raises(ValidationError):
        asked(alice, words=words)
    assert not RightsRequest.objects.exists()
