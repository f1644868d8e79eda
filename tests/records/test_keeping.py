"""Keeping records: in the act's own transaction, in one unbroken order, and never to be changed."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from moothall.records import queries
from moothall.records.actions import MOOTHALL, capture
from moothall.records.models import Record
from tests import factories

TAMPERING = [
    "UPDATE records_record SET why = 'another reason'",
    "UPDATE records_record SET number = 4711 WHERE number = 1",
    "DELETE FROM records_record",
    "DELETE FROM records_record WHERE number = 1",
]
BY_VENDOR = {
    "sqlite": ["INSERT OR REPLACE INTO records_record SELECT * FROM records_record WHERE number = 1"],
    "postgresql": ["TRUNCATE records_record", "TRUNCATE records_record CASCADE"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("statement", TAMPERING + BY_VENDOR[connection.vendor])
def test_the_database_itself_refuses_to_change_or_lose_a_record(statement: str) -> None:
    kept = capture("post.saved", "post:1", actor=None, why="a good reason")
    capture("post.saved", "post:2", actor=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Record.objects.get(number=1).why == "a good reason"
    assert Record.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.delete()


@pytest.mark.django_db
def test_an_actor_is_kept_by_name_and_outlives_the_account() -> None:
    rowan = factories.person(name="Rowan Pike")
    capture("post.saved", "post:1", actor=rowan)
    capture("delivery.sent", "delivery:1", actor=None)
    pk = rowan.pk
    rowan.delete()
    assert list(Record.objects.values_list("actor_id", "actor_name")) == [(pk, "Rowan Pike"), (None, MOOTHALL)]
    assert not any(queries.faults())


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_record_and_no_gap() -> None:
    capture("post.saved", "post:1", actor=None)
    with transaction.atomic():
        capture("post.saved", "post:2", actor=None)
        capture("post.saved", "post:3", actor=None)
        transaction.set_rollback(True)
    capture("post.saved", "post:4", actor=None)
    assert list(Record.objects.values_list("number", "ref")) == [(1, "post:1"), (2, "post:4")]
    assert not any(queries.faults())


@pytest.mark.django_db(transaction=True)
def test_records_kept_at_the_same_time_make_one_unbroken_chain() -> None:
    """The first record too: nothing is there yet to wait for one another at."""
    workers, each = 6, 15
    start, troubles = threading.Barrier(workers), []

    def work(worker: int) -> None:
        try:
            start.wait()
            for number in range(each):
                with transaction.atomic():
                    capture("post.saved", f"post:{worker}-{number}", actor=None)
        except DatabaseError as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[worker]) for worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert not any(queries.faults())
    assert list(Record.objects.values_list("number", flat=True)) == list(range(1, workers * each + 1))
    for worker in range(workers):
        refs = Record.objects.filter(ref__startswith=f"post:{worker}-").values_list("ref", flat=True)
        assert list(refs) == [f"post:{worker}-{number}" for number in range(each)]
