"""``moothall records verify`` against whoever has the whole database and takes its triggers off.

With the hash of the last record noted elsewhere, whatever is done is told, even where every hash is worked out anew.
Without, it is told unless what is left is a whole chain.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.operating.commands import moothall
from moothall.records import queries
from moothall.records.chain import GENESIS, link
from moothall.records.models import ChainHead, Record
from moothall.records.queries import HASHED
from tests.conftest import without_triggers
from tests.records.making import keep

pytestmark = pytest.mark.django_db

MANY_CHAINS = hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ASIDE = 1_000_000
chains = st.lists(
    st.tuples(st.sampled_from(["post.saved", "person.roles", "case.raised"]), st.sampled_from(["", "Alice", "Bob"])),
    min_size=1,
    max_size=8,
)


def verify(*options: str) -> Result:
    return CliRunner().invoke(moothall, ["records", "verify", *options])


def begin(chain: list[tuple[str, str]]) -> str:
    """A fresh chain; the hash of its last record."""
    with connection.cursor() as cursor, without_triggers(cursor):
        Record.objects.all().delete()
        ChainHead.objects.all().delete()
    for number, (kind, by) in enumerate(chain, start=1):
        keep(kind, f"thing:{number}", by=by, why=f"reason {number}", before={"days": number}, after={"text": by})
    return queries.head()[1]


def everything() -> list[Any]:
    return [*Record.objects.order_by("number").values(), *ChainHead.objects.order_by("pk").values()]


# --- What may be done to a chain --------------------------------------------------------------------------------------

Tampering = Callable[[st.DataObject], None]


def change_a_value(data: st.DataObject) -> None:
    record = _any(data)
    other: dict[str, Any] = {
        "at": record.at + timedelta(microseconds=1),
        "actor_id": 4711,
        "actor_name": "Mallory",
        "kind": "post.forged",
        "ref": "thing:4711",
        "why": "",
        "before": {"days": record.before["days"], "more": None},
        "after": {},
        "previous": "e" * 64,
        "hash": f"{record.number:064x}",
    }
    name = data.draw(st.sampled_from(sorted(other)))
    Record.objects.filter(pk=record.pk).update(**{name: other[name]})


def change_a_value_and_its_hash(data: st.DataObject) -> None:
    record = _any(data)
    record.why = "another reason"
    Record.objects.filter(pk=record.pk).update(why=record.why, hash=_right_hash(record))


def remove_one(data: st.DataObject) -> None:
    Record.objects.filter(pk=_any(data).pk).delete()


def cut_the_tail(data: st.DataObject) -> None:
    Record.objects.filter(number__gte=_any(data).number).delete()


def cut_the_tail_and_say_so_at_the_head(data: st.DataObject) -> None:
    cut_the_tail(data)
    last = Record.objects.order_by("number").last()
    ChainHead.objects.update(number=last.number if last else 0, hash=last.hash if last else GENESIS)


def cut_the_beginning(data: st.DataObject) -> None:
    Record.objects.filter(number__lte=_any(data).number).delete()


def let_two_change_places(data: st.DataObject) -> None:
    one, other = _any(data).number, _any(data).number
    for old, new in ((one, ASIDE), (other, one), (ASIDE, other)):
        Record.objects.filter(number=old).update(number=new)


def let_two_change_what_they_say(data: st.DataObject) -> None:
    one, other = _any(data), _any(data)
    said = ("kind", "ref", "why", "actor_name", "before", "after")
    for record, by in ((one, other), (other, one)):
        Record.objects.filter(pk=record.pk).update(**{name: getattr(by, name) for name in said})


def put_one_in(data: st.DataObject) -> None:
    number, head = _any(data).number, queries.head()
    for later in Record.objects.filter(number__gte=number).order_by("-number").values_list("number", flat=True):
        Record.objects.filter(number=later).update(number=later + 1)
    before = Record.objects.filter(number=number - 1).first()
    forged = Record(number=number, at=datetime.fromisoformat("2026-10-06T12:00:00Z"), actor_name="Mallory")
    forged.kind, forged.ref, forged.before, forged.after = "post.approved", "thing:1", {"days": 0}, {}
    forged.previous = before.hash if before else GENESIS
    forged.hash = _right_hash(forged)
    forged.save(force_insert=True)
    ChainHead.objects.update(number=head[0] + 1)


def move_the_head(data: st.DataObject) -> None:
    ChainHead.objects.update(number=data.draw(st.integers(0, 9)))


def remove_the_head(data: st.DataObject) -> None:
    ChainHead.objects.all().delete()


def work_all_hashes_out_anew(data: st.DataObject) -> None:
    """The best that can be done: after it, the chain is whole."""
    previous, number = GENESIS, 0
    for pk in list(Record.objects.order_by("number").values_list("number", flat=True)):
        number += 1
        Record.objects.filter(number=pk).update(number=number, hash=f"{number:064x}")
        record = Record.objects.get(number=number)
        record.previous = previous
        previous = _right_hash(record)
        Record.objects.filter(number=number).update(previous=record.previous, hash=previous)
    ChainHead.objects.update_or_create(pk=1, defaults={"number": number, "hash": previous})


TAMPERINGS: tuple[Tampering, ...] = (
    change_a_value,
    change_a_value_and_its_hash,
    remove_one,
    cut_the_tail,
    cut_the_tail_and_say_so_at_the_head,
    cut_the_beginning,
    let_two_change_places,
    let_two_change_what_they_say,
    put_one_in,
    move_the_head,
    remove_the_head,
    work_all_hashes_out_anew,
)


def _any(data: st.DataObject) -> Record:
    """One of the records; one is put there where none is left."""
    numbers = list(Record.objects.order_by("number").values_list("number", flat=True))
    if not numbers:
        keep("post.saved", "thing:0", before={"days": 0})
        return Record.objects.get()
    return Record.objects.get(number=data.draw(st.sampled_from(numbers)))


def _right_hash(record: Record) -> str:
    return link(**{name: getattr(record, name) for name in HASHED})


def is_whole() -> bool:
    """Whether what is there could have been kept by Moothall: said in other words than the verifier's."""
    records = list(Record.objects.order_by("number"))
    hashes = [GENESIS, *map(_right_hash, records)]
    return (
        [each.number for each in records] == list(range(1, len(records) + 1))
        and [each.hash for each in records] == hashes[1:]
        and [each.previous for each in records] == hashes[:-1]
        and queries.head() == (len(records), hashes[-1])
    )


# --- What is found ----------------------------------------------------------------------------------------------------


@given(chains, st.lists(st.sampled_from(TAMPERINGS), max_size=3), st.data())
@MANY_CHAINS
def test_whatever_is_done_to_any_chain_is_found(
    chain: list[tuple[str, str]], done: list[Tampering], data: st.DataObject
) -> None:
    noted = begin(chain)
    before = everything()
    with connection.cursor() as cursor, without_triggers(cursor):
        for tamper in done:
            tamper(data)
    is_same = everything() == before
    assert (verify("--expect", noted).exit_code == 0) == is_same
    assert (verify().exit_code == 0) == is_whole()
    assert (not any(queries.faults())) == is_whole()


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
@given(chain=chains, data=st.data())
@hypothesis_settings(MANY_CHAINS, max_examples=8)
def test_each_way_is_found(tamper: Tampering, chain: list[tuple[str, str]], data: st.DataObject) -> None:
    noted = begin(chain)
    before = everything()
    with connection.cursor() as cursor, without_triggers(cursor):
        tamper(data)
    if everything() != before:
        assert verify("--expect", noted).exit_code == 1


@pytest.fixture
def five() -> str:
    """A chain of five; the hash of its last record."""
    return begin([("post.saved", "Alice")] * 5)


def tampered(sql: str) -> Result:
    with connection.cursor() as cursor, without_triggers(cursor):
        for statement in sql.split(";"):
            cursor.execute(statement)
    return verify()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE records_record SET why = 'better' WHERE number = 2", ["Record 2: its contents were changed."]),
        ("DELETE FROM records_record WHERE number = 2", ["Record 3: record 2 is missing before it."]),
        (
            "UPDATE records_record SET number = 9 WHERE number = 2; UPDATE records_record SET number = 2 "
            "WHERE number = 3; UPDATE records_record SET number = 3 WHERE number = 9",
            ["Record 2: it does not follow the record before it.", "Record 3: it does not follow", "Record 4: it does"],
        ),
        ("DELETE FROM records_record WHERE number > 3", ["Record 5: the chain ends at record 3, not at 5."]),
        ("DELETE FROM records_record", ["Record 5: the chain ends at record 0, not at 5."]),
        ("DELETE FROM records_chainhead", ["Record 0: the chain ends at record 5, not at 0."]),
    ],
    ids=["changed", "removed", "reordered", "cut at the end", "emptied", "without its head"],
)
def test_the_command_says_where_and_how(five: str, sql: str, said: list[str]) -> None:
    result = tampered(sql)
    assert result.exit_code == 1
    for line in said:
        assert line in result.output
    assert "all in order" not in result.output


def test_a_tail_that_is_cut_at_the_head_as_well_is_told_by_the_noted_hash(five: str) -> None:
    hash_of_3 = Record.objects.get(number=3).hash
    result = tampered(
        f"DELETE FROM records_record WHERE number > 3; UPDATE records_chainhead SET number = 3, hash = '{hash_of_3}'"
    )
    assert result.exit_code == 0, "What is left is whole, and nobody could tell by it alone;"
    told = verify("--expect", five)
    assert told.exit_code == 1
    assert "records were removed from its end" in told.output
    assert verify("--expect", hash_of_3).exit_code == 0


def test_records_that_are_put_back_as_they_were_are_no_fault(five: str) -> None:
    assert tampered("UPDATE records_record SET why = 'x' WHERE number = 2").exit_code == 1
    assert tampered("UPDATE records_record SET why = 'reason 2' WHERE number = 2").exit_code == 0
    assert verify("--expect", five).exit_code == 0
