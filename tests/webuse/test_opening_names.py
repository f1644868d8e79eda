"""One name is opened under a warrant with two shares, for its days only, and the record is there before it is given."""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from moothall.core import localtime
from moothall.records.models import Record
from moothall.webuse import holding, house, opening_names
from moothall.webuse.models import Part, Purpose
from moothall.webuse.opening_names import keys_needed, open_under, opened_before
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals.ceremony import Ceremony, hold
from moothall.webuse.seals.names import CannotOpen, seal_names
from moothall.webuse.seals.pseudonyms import period_of, pseudonym
from moothall.webuse.seals.public_keys import NoPublicKey, Role
from moothall.webuse.seals.warrants import Warrant
from moothall.webuse.seals.words import WrongShares
from tests.webuse import kits, purposes, reading

pytestmark = pytest.mark.django_db

HOLDERS = {Role.HR: "Hazel", Role.IT_SECURITY: "Ivy", Role.MONITORING_OFFICER: "Moss"}
DAY = purposes.today() - timedelta(days=3)
AT = int(localtime.from_wall(DAY, time(12)).timestamp())


@pytest.fixture
def ceremony(room: Path) -> Ceremony:
    held = hold()
    house.public_keys().rotate(held, date(2026, 1, 1), HOLDERS)
    return held


@pytest.fixture
def read(ceremony: Ceremony, tmp_path: Path, db: None) -> Purpose:
    """A log that names user0 to user4."""
    purpose = purposes.in_force()
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(kits.squid_lines(100, at=AT, users=5)))
    reading.read(purpose, log)
    return purpose


def of(read: Purpose, name: str = "user3") -> bytes:
    return pseudonym(house.key_ring(read.key).key(period_of(DAY), begun=True), name)


def warrant(read: Purpose, name: str = "user3", **changes: Any) -> Warrant:
    made = Warrant("0a1b2c3d", read.key, of(read, name), DAY, DAY, ("Hazel Marsh", "Moss Pike"))
    return replace(made, **changes)


def openings() -> int:
    return Record.objects.filter(kind=opening_names.OPENED).count()


def test_two_shares_open_the_name_and_the_record_tells_of_no_case(read: Purpose, ceremony: Ceremony) -> None:
    found = open_under(warrant(read), ceremony.shares[1:])
    assert (found.name, found.periods) == ("user3", (period_of(DAY),))
    record = Record.objects.get(kind=opening_names.OPENED)
    assert (record.ref, record.why) == (f"pseudonym:{of(read).hex()}", "")
    assert (record.actor_id, record.actor_name) == (None, "Moothall")
    assert record.after == {
        "purpose": read.key,
        "from": DAY.isoformat(),
        "to": DAY.isoformat(),
        "approved by": ["Hazel Marsh", "Moss Pike"],
        "shares": ["IT security", "monitoring officer"],
    }
    everything = str(list(Record.objects.values()))
    assert "user3" not in everything
    assert "0a1b2c3d" not in everything
    assert not [word for share in ceremony.shares for word in [share[:40]] if word in everything]


def test_when_it_was_opened_before_is_known(read: Purpose, ceremony: Ceremony) -> None:
    assert opened_before(of(read)) == []
    for _ in range(2):
        open_under(warrant(read), ceremony.shares[:2])
    first, second = opened_before(of(read))
    assert first >= second
    assert opened_before(of(read, "user2")) == []


def test_a_name_that_cannot_be_recorded_is_not_given(
    read: Purpose, ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(opening_names, "capture", full)
    with pytest.raises(OSError, match="No space"):
        open_under(warrant(read), ceremony.shares[:2])


def test_a_record_that_could_still_be_undone_is_refused(read: Purpose, ceremony: Ceremony) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        open_under(warrant(read), ceremony.shares[:2])


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_shares_open_nothing(read: Purpose, ceremony: Ceremony, count: int) -> None:
    with pytest.raises(WrongShares):
        open_under(warrant(read), ceremony.shares[:count])
    assert openings() == 0
    record = Record.objects.get(kind=opening_names.REFUSED)
    assert record.after["because"] == "WrongShares"
    assert record.after["shares"] == ["HR"][:count]


def test_shares_of_another_ceremony_open_nothing(read: Purpose, ceremony: Ceremony) -> None:
    other = hold()
    for shares in (other.shares[:2], (ceremony.shares[0], other.shares[1]), (ceremony.shares[0], ceremony.shares[0])):
        with pytest.raises(WrongShares):
            open_under(warrant(read), shares)
    assert openings() == 0


def refused(warrant: Warrant, ceremony: Ceremony, told: str) -> None:
    """Refused also to somebody with two good shares, and on record."""
    before = Record.objects.filter(kind=opening_names.REFUSED).count()
    with pytest.raises(CannotOpen, match=told):
        open_under(warrant, ceremony.shares[:2])
    assert Record.objects.filter(kind=opening_names.REFUSED).count() == before + 1
    assert openings() == 0


def test_nothing_is_opened_beyond_the_days_the_purpose_and_the_pseudonym_of_the_warrant(
    read: Purpose, ceremony: Ceremony
) -> None:
    one = timedelta(days=1)
    refused(warrant(read, first=DAY - one, last=DAY - one), ceremony, "Nothing of this pseudonym was kept")
    refused(warrant(read, first=DAY + one, last=DAY + 2 * one), ceremony, "Nothing of this pseudonym was kept")
    refused(warrant(read, first=DAY, last=DAY - one), ceremony, "comes before the first")
    refused(warrant(read, last=DAY + 30 * one), ceremony, "still to come")
    refused(warrant(read, pseudonym=bytes(16)), ceremony, "Nothing of this pseudonym was kept")
    other = purposes.in_force("another")
    refused(warrant(read, purpose_key=other.key), ceremony, "Nothing of this pseudonym was kept")
    for mistyped in ("netwerk", "../names"):
        with pytest.raises(NoPurpose):
            open_under(warrant(read, purpose_key=mistyped), ceremony.shares[:2])
    assert open_under(warrant(read, first=DAY - one, last=DAY + one), ceremony.shares[:2]).name == "user3"


def test_days_that_are_over_are_not_asked_about_unless_a_case_keeps_them(read: Purpose, ceremony: Ceremony) -> None:
    long_ago = purposes.today() - timedelta(days=read.rows_days + 5)
    over = warrant(read, first=long_ago)
    refused(over, ceremony, "nothing is kept any more")
    holding.place(read.key, "CASE-7", long_ago, long_ago + timedelta(days=3), "A concern")
    refused(over, ceremony, "nothing is kept any more")
    holding.place(read.key, "CASE-7", long_ago, long_ago + timedelta(days=4), "A concern")
    assert open_under(over, ceremony.shares[:2]).name == "user3"
    assert open_under(warrant(read, first=long_ago + timedelta(days=5)), ceremony.shares[:2]).name == "user3"


def test_a_name_without_rows_is_not_opened(read: Purpose, ceremony: Ceremony) -> None:
    Part.objects.all().delete()
    refused(warrant(read), ceremony, "Nothing of this pseudonym was kept in these days")


def test_rows_without_a_name_have_none_to_open(read: Purpose, ceremony: Ceremony) -> None:
    house.sealed_names(read.key).forget(period_of(DAY))
    refused(warrant(read), ceremony, "No name is sealed")
    with pytest.raises(CannotOpen, match="No name is sealed"):
        keys_needed(warrant(read))


def test_a_name_that_somebody_put_there_is_told_while_the_key_is_there(read: Purpose, ceremony: Ceremony) -> None:
    names, which = house.sealed_names(read.key), of(read)
    names.add(period_of(DAY), seal_names(ceremony.public_key, [(which, "innocent")]))
    refused(warrant(read), ceremony, "somebody changed it")


def test_a_name_opens_also_when_the_pseudonyms_key_is_destroyed(read: Purpose, ceremony: Ceremony) -> None:
    asked = warrant(read)
    house.key_ring(read.key).destroy(period_of(DAY))
    assert open_under(asked, ceremony.shares[:2]).name == "user3"


def test_what_was_sealed_to_a_destroyed_key_stays_closed(read: Purpose, ceremony: Ceremony) -> None:
    asked = warrant(read)
    assert [key.key_id for key in keys_needed(asked)] == [ceremony.key_id]
    house.public_keys().destroyed(ceremony.key_id, DAY)
    with pytest.raises(NoPublicKey, match="was destroyed on"):
        open_under(asked, ceremony.shares[:2])
    assert openings() == 0


def test_names_are_sealed_once_and_to_the_newest_key(read: Purpose, ceremony: Ceremony, tmp_path: Path) -> None:
    names = house.sealed_names(read.key)
    assert len(names.known(period_of(DAY))) == 5
    size = sum(path.stat().st_size for path in names.folder.iterdir())
    newer = hold()
    house.public_keys().rotate(newer, date(2026, 2, 1), HOLDERS)
    log = tmp_path / "later.log"
    log.write_bytes(b"".join(kits.squid_lines(100, at=AT, first=500, users=6)))
    reading.read(read, log)
    assert len(names.known(period_of(DAY))) == 6
    assert sum(path.stat().st_size for path in names.folder.iterdir()) < 2 * size
    assert open_under(warrant(read, "user5"), newer.shares[:2]).name == "user5"
    assert open_under(warrant(read), ceremony.shares[:2]).name == "user3"


def test_before_a_ceremony_or_for_a_purpose_without_names_none_is_kept(tmp_path: Path, room: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(kits.squid_lines(100, at=AT)))
    first, second = purposes.in_force(), purposes.in_force("totals", names_days=0)
    reading.read(first, log)
    house.public_keys().rotate(hold(), date(2026, 1, 1), HOLDERS)
    reading.read(second, log)
    assert house.sealed_names(first.key).periods() == house.sealed_names(second.key).periods() == []


def test_a_period_whose_key_is_gone_is_not_begun_anew(read: Purpose, tmp_path: Path) -> None:
    for each in house.key_ring(read.key).periods():
        house.key_ring(read.key).destroy(each)
    log = tmp_path / "later.log"
    log.write_bytes(b"".join(kits.squid_lines(100, at=AT, first=500)))
    with pytest.raises(Exception, match="is gone, and what was imported with it is there"):
        reading.read(read, log)
