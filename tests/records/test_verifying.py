"""``moothall records verify``."""

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from moothall.operating.commands import moothall
from moothall.records import queries
from moothall.records.actions import capture
from tests.conftest import without_triggers

pytestmark = pytest.mark.django_db


def verify(*options: str) -> Result:
    return CliRunner().invoke(moothall, ["records", "verify", *options])


def test_a_good_chain_is_told_with_its_hash() -> None:
    for number in range(3):
        capture("post.saved", f"post:{number}", actor=None)
    result = verify()
    assert result.exit_code == 0
    assert f"3 records, all in order. Note this hash elsewhere: {queries.head()[1]}" in result.output


def test_no_records_at_all_are_in_order() -> None:
    result = verify()
    assert result.exit_code == 0
    assert "0 records" in result.output


def test_each_fault_has_its_line_and_the_exit_status_says_so() -> None:
    for number in range(4):
        capture("post.saved", f"post:{number}", actor=None)
    with connection.cursor() as cursor, without_triggers(cursor):
        cursor.execute("UPDATE records_record SET why = 'another reason' WHERE number = 1")
        cursor.execute("DELETE FROM records_record WHERE number = 3")
    result = verify()
    assert result.exit_code == 1
    assert "Record 1: its contents were changed." in result.output
    assert "Record 4: record 3 is missing before it." in result.output
    assert "all in order" not in result.output


def test_a_hash_noted_earlier_must_still_be_there() -> None:
    capture("post.saved", "post:1", actor=None)
    noted = queries.head()[1]
    capture("post.saved", "post:2", actor=None)
    assert verify("--expect", noted).exit_code == 0
    result = verify("--expect", "0123" * 16)
    assert result.exit_code == 1
    assert "records were removed from its end" in result.output
