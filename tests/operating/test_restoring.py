"""A restore leaves a record of what it replaced."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moothall.operating import archive
from moothall.records import queries
from moothall.records.actions import capture
from moothall.records.models import Record

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="It would replace the tests' own database on the server."),
]


@pytest.fixture
def backed_up(tmp_path: Path, settings: Any) -> Path:
    """A backup of a database with one record, after which two more were kept."""
    settings.DATA_FOLDER = tmp_path
    capture("post.saved", "post:1", actor=None)
    target = tmp_path / "backup.tar.gz"
    archive.back_up(target, lambda done, total, what: None)
    for number in (2, 3):
        capture("post.saved", f"post:{number}", actor=None)
    return target


def test_the_chain_goes_on_with_the_end_of_the_one_it_replaced(backed_up: Path) -> None:
    number, last = queries.head()
    kept = Record.objects.get(number=1).hash
    done = archive.restore(backed_up, lambda done, total, what: None)
    assert (number, done.records) == (3, 1)
    record = Record.objects.get(kind="database.restored")
    assert (record.number, record.actor_name, record.actor_id) == (2, "The operator", None)
    assert record.before == {"number": 3, "hash": last}
    assert (record.after["number"], record.after["hash"]) == (1, kept)
    assert record.after["made_at"][:19] == done.made_at.isoformat()[:19]
    assert [fault for fault in queries.faults() if fault] == []


def test_what_cannot_be_read_any_more_is_replaced_all_the_same(backed_up: Path) -> None:
    database = Path(connection.settings_dict["NAME"])
    connection.close()
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    database.write_bytes(b"not a database" * 100)
    archive.restore(backed_up, lambda done, total, what: None)
    assert Record.objects.get(kind="database.restored").before == {}


def test_where_nothing_was_nothing_was_replaced(backed_up: Path) -> None:
    connection.close()
    for path in Path(connection.settings_dict["NAME"]).parent.glob(f"{Path(connection.settings_dict['NAME']).name}*"):
        path.unlink()
    done = archive.restore(backed_up, lambda done, total, what: None)
    assert not [path for path in done.kept_aside if "sqlite" in path.name]
    assert Record.objects.get(kind="database.restored").before == {}
