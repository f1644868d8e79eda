"""What comes of a ceremony is written and on record, and what does not come of it leaves nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moothall.core import clock
from moothall.records.models import Record
from moothall.webuse import house
from moothall.webuse.seals import actions
from moothall.webuse.seals.actions import StillSeals
from moothall.webuse.seals.ceremonies import HandingOut, OutOfTurn, deal_anew
from moothall.webuse.seals.ceremony import Ceremony
from moothall.webuse.seals.names import seal_names
from moothall.webuse.seals.public_keys import KeptKey, NoPublicKey, Role
from moothall.webuse.seals.words import WrongShares

pytestmark = pytest.mark.django_db

HOLDERS = {Role.HR: "Hana Reed", Role.IT_SECURITY: "Ivo Tate", Role.MONITORING_OFFICER: "Mo Okafor"}


def handed_out(held: Ceremony, holders: dict[Role, str] = HOLDERS) -> HandingOut:
    out = HandingOut(held, holders)
    sheets = []
    for _ in Role:
        sheets.append(out.show())
        out.written_down()
    for share in sheets:
        out.read_in(share)
    return out


@pytest.fixture
def key(ceremony: Ceremony) -> KeptKey:
    return actions.take_into_use(handed_out(ceremony))


def test_a_ceremony_that_is_not_done_is_not_taken_into_use(ceremony: Ceremony, tmp_path: Path) -> None:
    out = HandingOut(ceremony, HOLDERS)
    for step in [out.show, out.written_down] * 3:
        for write in (actions.take_into_use, actions.note_dealt):
            with pytest.raises(OutOfTurn):
                write(out)
        step()
    for share in ceremony.shares[:2]:
        with pytest.raises(OutOfTurn):
            actions.take_into_use(out)
        out.read_in(share)
    assert house.public_keys().all() == ()
    assert not Record.objects.filter(kind__startswith="webuse.key").exists()
    assert not (tmp_path / "webuse").exists()


def test_a_key_is_taken_into_use_on_record(ceremony: Ceremony, key: KeptKey) -> None:
    assert house.public_keys().newest() == key
    record = Record.objects.get(kind=actions.MADE)
    assert record.ref == f"key:{ceremony.key_id.hex()}"
    assert record.after == {"holders": {str(role): name for role, name in HOLDERS.items()}}


def test_a_key_that_cannot_be_recorded_is_not_taken_into_use(
    ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(actions, "capture", full)
    with pytest.raises(OSError, match="No space"):
        actions.take_into_use(handed_out(ceremony))
    assert house.public_keys().all() == ()


def test_a_key_that_cannot_be_written_is_not_on_record(ceremony: Ceremony, tmp_path: Path) -> None:
    (tmp_path / "webuse").mkdir()
    (tmp_path / "webuse" / "public-keys").touch()
    with pytest.raises(OSError, match="exists"):
        actions.take_into_use(handed_out(ceremony))
    assert not Record.objects.filter(kind=actions.MADE).exists()


def test_new_shares_change_the_holders_and_not_the_key(ceremony: Ceremony, key: KeptKey) -> None:
    again = actions.note_dealt(handed_out(deal_anew(ceremony.shares[:2], key), {**HOLDERS, Role.HR: "Hetty Rowe"}))
    assert house.public_keys().all() == (again,)
    assert (again.key_id, again.made_on, again.holders[Role.HR]) == (key.key_id, key.made_on, "Hetty Rowe")
    assert again.dealt_on
    record = Record.objects.get(kind=actions.DEALT)
    assert (record.before["holders"]["HR"], record.after["holders"]["HR"]) == ("Hana Reed", "Hetty Rowe")


def test_a_check_is_on_record_with_the_shares_that_were_seen(
    ceremony: Ceremony, another_ceremony: Ceremony, key: KeptKey
) -> None:
    assert actions.checked_at(key) is None
    with pytest.raises(WrongShares):
        actions.check(another_ceremony.shares[:2], key)
    assert actions.checked_at(key) is None
    actions.check(ceremony.shares[1:], key)
    assert Record.objects.get(kind=actions.CHECKED).after == {"shares": ["IT security", "monitoring officer"]}
    checked = actions.checked_at(key)
    assert checked
    assert clock.now() - checked < timedelta(minutes=1)


def seal(held: Ceremony, purpose: str, *names: str) -> None:
    pairs = [(bytes([number]) * 16, name) for number, name in enumerate(names)]
    house.sealed_names(purpose).add(734, seal_names(held.public_key, pairs))


def test_with_a_key_go_its_names_of_all_purposes_and_no_others(
    ceremony: Ceremony, another_ceremony: Ceremony, key: KeptKey
) -> None:
    newer = actions.take_into_use(handed_out(another_ceremony))
    seal(ceremony, "one-purpose", "ada.brook", "ben.carter")
    seal(ceremony, "another", "ada.brook")
    seal(another_ceremony, "another", "cora.dale")
    assert (actions.names_sealed_to(key), actions.names_sealed_to(newer)) == (3, 1)
    assert actions.destroy(key) == 3
    assert (actions.names_sealed_to(key), actions.names_sealed_to(newer)) == (0, 1)
    assert house.public_keys().newest() == newer
    with pytest.raises(NoPublicKey, match="was destroyed on"):
        house.public_keys().get(key.key_id)
    record = Record.objects.get(kind=actions.DESTROYED)
    assert record.ref == f"key:{key.key_id.hex()}"
    assert record.after == {"names": 3, "sealing_stops": False}


def test_the_key_that_seals_is_not_destroyed_unless_it_is_said_that_sealing_stops(
    ceremony: Ceremony, key: KeptKey
) -> None:
    seal(ceremony, "one-purpose", "ada.brook")
    with pytest.raises(StillSeals, match="Take a new key into use first"):
        actions.destroy(key)
    assert actions.names_sealed_to(key) == 1
    assert house.public_keys().newest() == key
    assert actions.destroy(key, sealing_stops=True) == 1
    with pytest.raises(NoPublicKey, match="No name is sealed any more"):
        house.public_keys().newest()
    assert Record.objects.get(kind=actions.DESTROYED).after == {"names": 1, "sealing_stops": True}


def test_what_an_importer_added_meanwhile_goes_when_it_is_destroyed_once_more(
    ceremony: Ceremony, another_ceremony: Ceremony, key: KeptKey
) -> None:
    actions.take_into_use(handed_out(another_ceremony))
    assert actions.destroy(key) == 0
    seal(ceremony, "one-purpose", "ada.brook")
    (again, _) = house.public_keys().all()
    assert actions.destroy(again) == 1
    assert house.public_keys().all()[0] == again, "The day on which it was destroyed stays."
