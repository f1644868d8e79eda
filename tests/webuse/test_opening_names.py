"""One name is opened by two shares, for one window of days, and the record is there before it is given."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from moothall.records.models import Record
from moothall.webuse import house, opening_names
from moothall.webuse.models import Purpose
from moothall.webuse.opening_names import open_one, parsed
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals.ceremony import Ceremony, Role, WrongShares, hold
from moothall.webuse.seals.names import CannotOpen, seal_names
from moothall.webuse.seals.pseudonyms import days_of, period_of, pseudonym
from tests.webuse import kits, purposes, reading

pytestmark = pytest.mark.django_db

HOLDERS = {Role.HR: "Hazel", Role.IT_SECURITY: "Ivy", Role.MONITORING_OFFICER: "Moss"}
DAY = date(2026, 9, 21)


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
    log.write_bytes(b"".join(kits.squid_lines(100, users=5)))
    reading.read(purpose, log)
    return purpose


def of(read: Purpose, name: str = "user3") -> bytes:
    return pseudonym(house.key_ring(read.key).key(period_of(DAY), begun=True), name)


def test_two_shares_open_the_name_and_the_record_says_who_and_why(read: Purpose, ceremony: Ceremony) -> None:
    which = of(read)
    found = open_one(read.key, which, DAY, DAY, ceremony.shares[1:], "Concern 7, by the monitoring officer")
    assert (found.name, found.periods) == ("user3", (period_of(DAY),))
    record = Record.objects.get(kind=opening_names.OPENED)
    assert (record.ref, record.why) == (f"pseudonym:{which.hex()}", "Concern 7, by the monitoring officer")
    assert record.after == {"purpose": read.key, "from": "2026-09-21", "to": "2026-09-21"}
    assert "user3" not in str(Record.objects.values())


def test_a_name_that_cannot_be_recorded_is_not_given(
    read: Purpose, ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(opening_names, "capture", full)
    with pytest.raises(OSError, match="No space"):
        open_one(read.key, of(read), DAY, DAY, ceremony.shares[:2], "Concern 7")


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_shares_open_nothing(read: Purpose, ceremony: Ceremony, count: int) -> None:
    with pytest.raises(WrongShares):
        open_one(read.key, of(read), DAY, DAY, ceremony.shares[:count], "Concern 7")
    assert not Record.objects.filter(kind=opening_names.OPENED).exists()
    assert Record.objects.get(kind=opening_names.REFUSED).after["because"] == "WrongShares"


def test_shares_of_another_ceremony_open_nothing(read: Purpose) -> None:
    with pytest.raises(WrongShares):
        open_one(read.key, of(read), DAY, DAY, hold().shares[:2], "Concern 7")


def test_other_weeks_and_other_purposes_have_no_such_name(read: Purpose, ceremony: Ceremony) -> None:
    begins, ends = days_of(period_of(DAY))
    for first, last in ((ends + timedelta(days=1), ends + timedelta(days=9)), (DAY, begins - timedelta(days=1))):
        with pytest.raises(CannotOpen, match="No name is sealed"):
            open_one(read.key, of(read), first, last, ceremony.shares[:2], "Concern 7")
    other = purposes.in_force("another")
    with pytest.raises(CannotOpen, match="No name is sealed"):
        open_one(other.key, of(read), DAY, DAY, ceremony.shares[:2], "Concern 7")
    for mistyped in ("netwerk", "../names"):
        with pytest.raises(NoPurpose):
            open_one(mistyped, of(read), DAY, DAY, ceremony.shares[:2], "Concern 7")


def test_a_name_that_somebody_put_there_is_told_while_the_key_is_there(read: Purpose, ceremony: Ceremony) -> None:
    names, which = house.sealed_names(read.key), of(read)
    names.add(period_of(DAY), seal_names(ceremony.public_key, [(which, "innocent")]))
    with pytest.raises(CannotOpen, match="somebody changed it"):
        open_one(read.key, which, DAY, DAY, ceremony.shares[:2], "Concern 7")


def test_a_name_opens_also_when_the_pseudonyms_key_is_destroyed(read: Purpose, ceremony: Ceremony) -> None:
    which = of(read)
    house.key_ring(read.key).destroy(period_of(DAY))
    assert open_one(read.key, which, DAY, DAY, ceremony.shares[:2], "Concern 7").name == "user3"


def test_names_are_sealed_once_and_to_the_newest_key(read: Purpose, ceremony: Ceremony, tmp_path: Path) -> None:
    names = house.sealed_names(read.key)
    assert len(names.known(period_of(DAY))) == 5
    size = sum(path.stat().st_size for path in names.folder.iterdir())
    newer = hold()
    house.public_keys().rotate(newer, date(2026, 2, 1), HOLDERS)
    log = tmp_path / "later.log"
    log.write_bytes(b"".join(kits.squid_lines(100, first=500, users=6)))
    reading.read(read, log)
    assert len(names.known(period_of(DAY))) == 6
    assert sum(path.stat().st_size for path in names.folder.iterdir()) < 2 * size
    assert open_one(read.key, of(read, "user5"), DAY, DAY, newer.shares[:2], "Concern 7").name == "user5"
    assert open_one(read.key, of(read), DAY, DAY, ceremony.shares[:2], "Concern 7").name == "user3"


def test_before_a_ceremony_or_for_a_purpose_without_names_none_is_kept(tmp_path: Path, room: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(kits.squid_lines(100)))
    first, second = purposes.in_force(), purposes.in_force("totals", names_days=0)
    reading.read(first, log)
    house.public_keys().rotate(hold(), date(2026, 1, 1), HOLDERS)
    reading.read(second, log)
    assert house.sealed_names(first.key).periods() == house.sealed_names(second.key).periods() == []


def test_a_period_whose_key_is_gone_is_not_begun_anew(read: Purpose, tmp_path: Path) -> None:
    for each in house.key_ring(read.key).periods():
        house.key_ring(read.key).destroy(each)
    log = tmp_path / "later.log"
    log.write_bytes(b"".join(kits.squid_lines(100, first=500)))
    with pytest.raises(Exception, match="is gone, and what was imported with it is there"):
        reading.read(read, log)


@pytest.mark.parametrize("text", ["", "user3", "00" * 15, "00" * 17, "zz" * 16])
def test_what_is_no_pseudonym_is_told(text: str) -> None:
    with pytest.raises(CannotOpen, match="32 signs"):
        parsed(text)


def test_a_pseudonym_may_have_spaces_around_it() -> None:
    assert parsed(f" {'0a' * 16}\n") == b"\x0a" * 16
