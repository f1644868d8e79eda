"""Pseudonyms, their periods and keys: two importers agree, and nobody else reads."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from moothall.webuse.seals import folders
from moothall.webuse.seals.pseudonyms import (
    KeyRing,
    NoKey,
    days_of,
    normalised,
    period_of,
    periods_of,
    pseudonym,
)
from tests.webuse.seals.conftest import python

DAYS = st.dates(date(1960, 1, 1), date(2199, 12, 31))
KEYS = st.binary(min_size=32, max_size=32)
NAMES = st.text(min_size=1, max_size=40)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_period_begins_on_the_first_monday_of_1970() -> None:
    assert period_of(date(1970, 1, 5)) == 0
    assert period_of(date(1970, 2, 1)) == 0
    assert period_of(date(1970, 2, 2)) == 1
    assert period_of(date(1970, 1, 4)) == -1
    assert days_of(0) == (date(1970, 1, 5), date(1970, 2, 1))


@given(DAYS)
def test_a_day_is_in_its_period_which_is_four_whole_weeks(day: date) -> None:
    first, last = days_of(period_of(day))
    assert first <= day <= last
    assert (first.isoweekday(), last.isoweekday(), (last - first).days) == (1, 7, 27)


@given(DAYS)
def test_an_iso_week_never_straddles_two_periods(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    assert {period_of(monday + timedelta(days=n)) for n in range(7)} == {period_of(day)}


def test_a_window_of_dates_has_the_periods_that_it_touches() -> None:
    first, last = days_of(700)
    assert list(periods_of(first, last)) == [700]
    assert list(periods_of(first - timedelta(days=1), last + timedelta(days=1))) == [699, 700, 701]
    assert list(periods_of(last, first)) == []


@given(KEYS, NAMES)
def test_the_same_name_under_the_same_key_is_the_same_pseudonym(key: bytes, name: str) -> None:
    assume(normalised(name))
    assert pseudonym(key, name) == pseudonym(key, normalised(name)) == pseudonym(key, f" {name} ")
    assert len(pseudonym(key, name)) == 16


@given(KEYS, KEYS, NAMES)
def test_under_different_keys_a_name_has_pseudonyms_that_never_match(one: bytes, other: bytes, name: str) -> None:
    assume(one != other and normalised(name))
    assert pseudonym(one, name) != pseudonym(other, name)


@given(KEYS, NAMES, NAMES)
def test_different_names_have_different_pseudonyms(key: bytes, one: str, other: str) -> None:
    assume(normalised(one) and normalised(other) and normalised(one) != normalised(other))
    assert pseudonym(key, one) != pseudonym(key, other)


@given(st.text())
def test_what_is_normalised_stays_as_it_is(name: str) -> None:
    assert normalised(normalised(name)) == normalised(name)


@pytest.mark.parametrize("spelling", ["ADA.Brook", " ada.brook\t", "ａｄａ.brook"])
def test_case_width_and_spaces_make_no_other_person(spelling: str) -> None:
    assert pseudonym(bytes(32), spelling) == pseudonym(bytes(32), "ada.brook")


@pytest.mark.parametrize("nobody", ["", "  ", "\u3000"])
def test_nobody_has_no_pseudonym(nobody: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        pseudonym(bytes(32), nobody)


def test_a_key_is_made_on_first_use_and_stays(ring: KeyRing) -> None:
    assert ring.periods() == []
    key = ring.key(734)
    assert len(key) == 32
    assert KeyRing(ring.folder).key(734) == key
    assert ring.key(735) != key
    assert ring.key(-1) != key
    assert ring.periods() == [-1, 734, 735]


def test_only_the_importer_can_read_a_key(ring: KeyRing) -> None:
    ring.key(734)
    assert mode(ring.folder) == 0o700
    assert mode(ring.folder / "734.key") == 0o600
    assert [path.name for path in ring.folder.iterdir()] == ["734.key"]


@pytest.mark.parametrize("loose", [0o750, 0o704, 0o711, 0o777])
def test_a_folder_that_others_can_look_into_is_refused_with_what_to_do(ring: KeyRing, loose: int) -> None:
    ring.key(734)
    ring.folder.chmod(loose)
    with pytest.raises(NoKey, match=f"chmod 700 {ring.folder}"):
        ring.key(734)


def test_a_key_that_others_can_read_is_refused_with_what_to_do(ring: KeyRing) -> None:
    ring.key(734)
    (ring.folder / "734.key").chmod(0o640)
    with pytest.raises(NoKey, match=r"chmod 600 .*734\.key"):
        ring.key(734)
    assert len(ring.key(735)) == 32


@pytest.mark.parametrize("length", [0, 1, 31, 33])
def test_a_damaged_key_is_refused_and_not_made_anew(ring: KeyRing, length: int) -> None:
    ring.key(734)
    (ring.folder / "734.key").write_bytes(b"x" * length)
    with pytest.raises(NoKey, match=f"has {length} bytes"):
        ring.key(734)


def test_a_key_that_went_missing_is_not_made_anew_beside_what_was_imported_with_it(ring: KeyRing) -> None:
    key = ring.key(734)
    assert ring.key(734, begun=True) == key
    ring.destroy(734)
    with pytest.raises(NoKey, match="from 13 April 2026 to 10 May 2026 is gone"):
        ring.key(734, begun=True)
    assert ring.periods() == []


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(NoKey, match="belong to the user as whom the importer runs"):
        KeyRing(tmp_path / "file" / "keys").key(734)


def test_a_destroyed_key_is_gone_and_a_new_one_is_another(ring: KeyRing) -> None:
    key, kept = ring.key(734), ring.key(735)
    ring.destroy(734)
    assert ring.periods() == [735]
    assert ring.key(735) == kept
    assert ring.key(734) != key


def test_destroying_overwrites_the_bytes_before_the_name_goes(ring: KeyRing) -> None:
    ring.key(734)
    with (ring.folder / "734.key").open("rb") as still_open:
        ring.destroy(734)
        assert still_open.read() == bytes(32)


def test_destroying_takes_along_what_a_killed_importer_left(ring: KeyRing) -> None:
    ring.key(734)
    ring.key(73)
    (ring.folder / f".734.key.0123456789abcdef{folders.UNFINISHED}").write_bytes(b"k" * 32)
    ring.destroy(734)
    assert [path.name for path in ring.folder.iterdir()] == ["73.key"]


def test_a_key_half_destroyed_is_never_used_and_is_destroyed_by_asking_again(ring: KeyRing) -> None:
    ring.key(734)
    (ring.folder / "734.key").write_bytes(bytes(32))
    with pytest.raises(NoKey, match="Destroy it once more"):
        ring.key(734)
    assert ring.periods() == [734]
    ring.destroy(734)
    assert ring.periods() == []


def test_destroying_what_is_not_there_does_nothing(ring: KeyRing) -> None:
    ring.destroy(734)
    ring.key(735)
    ring.destroy(734)
    assert ring.periods() == [735]


RACER = """
import sys
from pathlib import Path
from moothall.webuse.seals.pseudonyms import KeyRing

folder, start = map(Path, sys.argv[1:])
ring = KeyRing(folder)
print("ready", flush=True)
while not start.exists():
    pass
print(" ".join(ring.key(period).hex() for period in range(700, 740)), flush=True)
"""


def test_importers_that_race_for_a_new_key_agree_on_one(ring: KeyRing, tmp_path: Path) -> None:
    start = tmp_path / "start"
    racers = [python(RACER, ring.folder, start) for _ in range(3)]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    start.touch()
    answers = {racer.communicate(timeout=60)[0] for racer in racers}
    assert answers == {" ".join(ring.key(period).hex() for period in range(700, 740)) + "\n"}
    assert len(list(ring.folder.iterdir())) == 40


@pytest.mark.parametrize("key", ["../elsewhere", "a/b", "", ".", "Capital", "-x"])
def test_the_key_of_a_purpose_cannot_lead_elsewhere(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not the key of a purpose"):
        folders.of_purpose(tmp_path, key)


def test_purposes_share_no_pseudonyms(tmp_path: Path) -> None:
    one = KeyRing(folders.of_purpose(tmp_path, "security-2026"))
    other = KeyRing(folders.of_purpose(tmp_path, "capacity"))
    assert pseudonym(one.key(734), "ada.brook") != pseudonym(other.key(734), "ada.brook")
