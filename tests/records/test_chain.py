"""Whatever is done to a chain behind Moothall's back is found."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.records import queries
from moothall.records.actions import capture
from moothall.records.chain import GENESIS, link
from moothall.records.models import ChainHead, Record
from tests import factories
from tests.conftest import without_triggers

pytestmark = pytest.mark.django_db

ONE_TEST_MANY_CHAINS = hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
lengths = st.integers(1, 12)
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
values = st.dictionaries(
    words,
    st.recursive(st.none() | st.booleans() | st.integers(-(2**60), 2**60) | words, st.lists, max_leaves=4),
    max_size=3,
)
"""What a record may hold of a thing: JSON without fractions, which no record has."""


@contextmanager
def tampering() -> Iterator[Any]:
    """A cursor that may do what the triggers forbid."""
    with connection.cursor() as cursor, without_triggers(cursor):
        yield cursor


def keep(number: int) -> None:
    """A fresh chain of so many records."""
    with tampering() as cursor:
        cursor.execute("DELETE FROM records_record")
        cursor.execute("DELETE FROM records_chainhead")
    for each in range(1, number + 1):
        capture("post.saved", f"post:{each}", actor=None, why=f"reason {each}", after={"text": f"Post {each}"})


def found() -> list[queries.Fault]:
    return [fault for fault in queries.faults() if fault]


@given(st.lists(st.tuples(words, words, values, values), max_size=6))
@ONE_TEST_MANY_CHAINS
def test_whatever_is_kept_verifies(acts: list[tuple[str, str, dict[str, Any], dict[str, Any]]]) -> None:
    keep(0)
    actor = factories.person()
    for name, why, before, after in acts:
        actor.name = name
        capture("post.saved", "post:1", actor=actor, why=why, before=before, after=after)
    assert found() == []
    assert queries.head()[0] == len(acts) == Record.objects.count()


@given(lengths, st.data())
@ONE_TEST_MANY_CHAINS
def test_a_changed_record_is_found(length: int, data: st.DataObject) -> None:
    keep(length)
    number = data.draw(st.integers(1, length))
    column, value = data.draw(
        st.sampled_from(
            [
                ("actor_name", "Somebody else"),
                ("actor_id", 4711),
                ("why", "another reason"),
                ("kind", "post.approved"),
                ("ref", "post:99"),
                ("after", '{"text": "Never said"}'),
                ("before", '{"text": "Never said"}'),
                ("at", datetime(2020, 1, 1, tzinfo=UTC)),
                ("hash", "f" * 64),
                ("previous", "f" * 64),
            ]
        )
    )
    with tampering() as cursor:
        cursor.execute(f"UPDATE records_record SET {column} = %s WHERE number = %s", [value, number])
    assert found()
    assert found()[0].number in (number, number + 1)


@given(lengths, st.data())
@ONE_TEST_MANY_CHAINS
def test_a_removed_record_is_found(length: int, data: st.DataObject) -> None:
    keep(length)
    number = data.draw(st.integers(1, length))
    with tampering() as cursor:
        cursor.execute("DELETE FROM records_record WHERE number = %s", [number])
    (fault,) = found()
    at_the_end = number == length
    assert fault.number == (length if at_the_end else number + 1)
    assert ("the chain ends at" if at_the_end else f"record {number} is missing") in fault.what


@given(lengths, st.data())
@ONE_TEST_MANY_CHAINS
def test_a_gap_that_was_closed_by_renumbering_is_found(length: int, data: st.DataObject) -> None:
    keep(length + 1)
    number = data.draw(st.integers(1, length))
    with tampering() as cursor:
        cursor.execute("DELETE FROM records_record WHERE number = %s", [number])
        for later in range(number + 1, length + 2):
            cursor.execute("UPDATE records_record SET number = %s WHERE number = %s", [later - 1, later])
        cursor.execute("UPDATE records_chainhead SET number = %s", [length])
    assert found()


@given(st.integers(2, 12), st.randoms(use_true_random=False))
@ONE_TEST_MANY_CHAINS
def test_records_in_another_order_are_found(length: int, chance: random.Random) -> None:
    keep(length)
    one, other = chance.sample(range(1, length + 1), 2)
    with tampering() as cursor:
        for old, new in ((one, 1000), (other, one), (1000, other)):
            cursor.execute("UPDATE records_record SET number = %s WHERE number = %s", [new, old])
    assert found()


@given(lengths, st.data())
@ONE_TEST_MANY_CHAINS
def test_an_inserted_record_is_found_even_if_its_own_hash_is_right(length: int, data: st.DataObject) -> None:
    keep(length)
    number = data.draw(st.integers(1, length))
    with tampering() as cursor:
        for later in range(length, number - 1, -1):
            cursor.execute("UPDATE records_record SET number = %s WHERE number = %s", [later + 1, later])
    before = Record.objects.filter(number=number - 1).first()
    forged: dict[str, Any] = {
        "number": number,
        "at": datetime(2026, 10, 6, tzinfo=UTC),
        "actor_id": None,
        "actor_name": "Moothall",
        "kind": "post.approved",
        "ref": "post:1",
        "why": "",
        "before": {},
        "after": {},
        "previous": before.hash if before else GENESIS,
    }
    Record.objects.create(hash=link(**forged), **forged)
    ChainHead.objects.update(number=length + 1)
    assert found()


def test_a_chain_shortened_at_its_end_together_with_its_head_is_told_by_a_hash_noted_elsewhere() -> None:
    keep(3)
    _, noted = queries.head()
    with tampering() as cursor:
        cursor.execute("DELETE FROM records_record WHERE number = 3")
    ChainHead.objects.update(number=2, hash=Record.objects.get(number=2).hash)
    assert found() == [], "The chain itself is whole again;"
    assert not queries.has_hash(noted), "what was noted is no longer in it."
    assert queries.has_hash(queries.head()[1])
    assert queries.has_hash(GENESIS)


def test_an_emptied_chain_is_found() -> None:
    keep(3)
    with tampering() as cursor:
        cursor.execute("DELETE FROM records_record")
    (fault,) = found()
    assert "ends at record 0, not at 3" in fault.what


def test_records_kept_during_the_walk_are_no_fault() -> None:
    keep(5)
    walk = queries.faults()
    first = next(walk)
    capture("post.saved", "post:6", actor=None)
    rest = list(walk)
    assert [first, *rest] == [None] * 7


def test_a_record_says_what_was_done_in_words() -> None:
    record = capture("post.sent_for_approval", "post:1", actor=None)
    assert record.words == "Sent for approval"
    assert str(record) == f"{record.number} post.sent_for_approval post:1"
    assert list(queries.of("post:1")) == [record]
