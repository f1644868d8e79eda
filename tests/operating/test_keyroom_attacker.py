"""A web process that somebody has taken over: it has all but a second share, and opens nothing.

What it has: the whole database, to read and to write as it likes; every setting and secret; every file that the web
application can reach, sealed names and public keys among them, to write as well; the source; one holder's share. What
it has not: the keys of pseudonyms, for which the importer runs as a user of its own (docs/operators/webuse-keys.md).
"""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from shamir_mnemonic import Share

from moothall.concerns import openings
from moothall.concerns.models import Opening
from moothall.core import clock
from moothall.operating.keyroom import opening, room, serving
from moothall.operating.keyroom.room import Room
from moothall.records.actions import capture
from moothall.records.models import Record
from moothall.webuse import house, opening_names
from moothall.webuse.models import Purpose
from moothall.webuse.opening_names import open_under
from moothall.webuse.seals import ceremony, words
from moothall.webuse.seals.ceremony import Ceremony, hold
from moothall.webuse.seals.names import CannotOpen, SealedName, seal_names, unseal
from moothall.webuse.seals.pseudonyms import period_of
from moothall.webuse.seals.public_keys import DamagedKeys, NoPublicKey, Role, fingerprint_words
from moothall.webuse.seals.warrants import Warrant
from moothall.webuse.seals.words import WrongShares
from tests.operating.keyroom_world import DAY, Wanted, all_files, all_rows, approved, asked, pseudonym_of, read_log

pytestmark = pytest.mark.django_db

HOLDERS = {Role.HR: "Hazel Marsh", Role.IT_SECURITY: "Ivy Lamb", Role.MONITORING_OFFICER: "Moss Pike"}


@pytest.fixture
def held() -> Ceremony:
    made = hold()
    house.public_keys().rotate(made, date(2026, 1, 1), HOLDERS)
    return made


@pytest.fixture
def purpose(held: Ceremony, tmp_path: Path) -> Purpose:
    return read_log(tmp_path)


@pytest.fixture
def share(held: Ceremony) -> str:
    """The one that the attacker has."""
    return held.shares[0]


@pytest.fixture
def sealed(purpose: Purpose) -> SealedName:
    """The name that the attacker wants."""
    found = house.sealed_names(purpose.key).find(period_of(DAY), bytes.fromhex(pseudonym_of(purpose)))
    assert found
    return found


def opened() -> int:
    return Record.objects.filter(kind=opening_names.OPENED).count()


# --- By cryptography --------------------------------------------------------------------------------------------------


def secrets_of_the_web(share: str, held: Ceremony) -> Iterator[bytes]:
    """Everything secret or chosen that the attacker can lay hands on, as bytes of whatever length."""
    yield settings.SECRET_KEY.encode()
    yield from (key.encode() for key in settings.SEALING_KEYS)
    one = words.read(share, "first")
    yield one.value
    yield share.encode()
    yield bytes(held.public_key)
    yield from (value.encode() for value in map(str, vars(held.public_key).values()))
    yield all_rows().encode()
    yield from all_files(Path(settings.WEBUSE_FOLDER) / "names", Path(settings.WEBUSE_FOLDER) / "public-keys")


def test_nothing_that_it_has_is_the_key_nor_makes_it(sealed: SealedName, share: str, held: Ceremony) -> None:
    derived: list[Callable[[bytes], bytes]] = [
        lambda secret: secret[:32],
        lambda secret: secret[-32:],
        lambda secret: hashlib.sha256(secret).digest(),
        lambda secret: hashlib.blake2b(secret, digest_size=32).digest(),
    ]
    tried = [make(secret) for secret in secrets_of_the_web(share, held) for make in derived]
    value = words.read(share, "first").value
    tried += [bytes(a ^ b for a, b in zip(value, other, strict=True)) for other in tried if len(other) == 32]
    tried += [bytes(32), b"\xff" * 32]
    assert len(tried) > 40
    for secret in tried:
        if len(secret) != 32:
            continue
        key = PrivateKey(secret)
        with pytest.raises(CryptoError):
            SealedBox(key).decrypt(sealed.sealed)
        with pytest.raises(CannotOpen):
            unseal(key, sealed)
    with pytest.raises(Exception, match="cannot decrypt"):
        SealedBox(held.public_key).decrypt(sealed.sealed)  # type: ignore[misc]  # that is the point


def test_a_share_that_it_makes_up_to_go_with_the_one_makes_no_key(share: str, held: Ceremony) -> None:
    one = words.read(share, "first")
    for number, index in itertools.product(range(20), (1, 2)):
        value = hashlib.sha256(bytes([number, index])).digest()
        made_up = Share(
            one.identifier, one.extendable, one.iteration_exponent, one.group_index, 1, 1, index, 2, value
        ).mnemonic()
        with pytest.raises(WrongShares, match="do not fit together"):
            ceremony.combine([share, made_up], held.public_key)


def test_the_digest_in_the_shares_is_not_what_keeps_the_key(share: str, held: Ceremony, sealed: SealedName) -> None:
    """A share that makes the digest right makes a key: the attacker's own, which opens nothing."""
    from_nothing = hold()
    with pytest.raises(WrongShares):
        ceremony.combine(from_nothing.shares[:2], held.public_key)
    key = ceremony.combine(from_nothing.shares[:2], from_nothing.public_key)
    with pytest.raises(CannotOpen):
        unseal(key, sealed)


# --- By the database --------------------------------------------------------------------------------------------------


def forge_approvals(wanted: Wanted) -> None:
    """Write both approvals into the database, past every action and permission."""
    row = Opening.objects.get(reference=wanted.reference)
    row.hr, row.mo = wanted.case.hr, wanted.case.mo
    row.hr_at = row.mo_at = clock.now()
    row.expires_at = clock.now() + timedelta(days=14)
    row.save()


@pytest.mark.parametrize("count", [0, 1])
def test_forged_approvals_and_too_few_shares_open_nothing(purpose: Purpose, held: Ceremony, count: int) -> None:
    wanted = asked(purpose)
    forge_approvals(wanted)
    reading = opening.read(wanted.reference)
    assert reading.opening.approved_by == (wanted.case.hr.name, wanted.case.mo.name), "The forgery itself goes through."
    for shares in (held.shares[:count], held.shares[:1] * 2 * count):
        with pytest.raises(WrongShares):
            opening.open_as_read(reading, shares)
    assert opened() == 0
    assert "user3" not in all_rows()


def test_a_warrant_that_it_writes_itself_needs_two_shares_all_the_same(purpose: Purpose, share: str) -> None:
    forged = Warrant("0a1b", purpose.key, bytes.fromhex(pseudonym_of(purpose)), DAY, DAY, ("Hazel Marsh", "Moss Pike"))
    for shares in ([], [share], [share, share], [share, share.upper()], [share, hold().shares[1]]):
        with pytest.raises(WrongShares):
            open_under(forged, shares)


def test_an_opening_that_was_made_once_cannot_be_made_again_without_the_holders(
    purpose: Purpose, held: Ceremony, share: str
) -> None:
    wanted = approved(purpose)
    opening.open_as_read(opening.read(wanted.reference), held.shares[1:])
    assert wanted.shown() == "user3"
    assert "user3" not in all_rows(), "Once shown, the name is not there any more."
    Opening.objects.update(opened_at=None, shown_at=None, expires_at=clock.now() + timedelta(days=14))
    again = opening.read(wanted.reference)
    for shares in ([], [share]):
        with pytest.raises(WrongShares):
            opening.open_as_read(again, shares)
    capture(opening_names.OPENED, "pseudonym:" + pseudonym_of(purpose), actor=None, after={"forged": True})
    assert len(opening.read(wanted.reference).opened_before) == 2, "And the holders are told that it was opened before."


def test_settings_that_it_changes_and_code_that_it_calls_open_nothing(
    purpose: Purpose, share: str, sealed: SealedName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its own process it may replace whatever it likes: what is missing is the other share, and no check."""
    monkeypatch.setattr(opening_names, "refuse", lambda warrant: None)
    monkeypatch.setattr(words, "refuse_strangers", lambda shares: None)
    monkeypatch.setattr(ceremony, "NEEDED", 1)
    forged = Warrant("0a1b", purpose.key, sealed.pseudonym, DAY, DAY, ("", ""))
    with pytest.raises(WrongShares, match="do not fit together"):
        open_under(forged, [share])


# --- By the files -----------------------------------------------------------------------------------------------------


def test_a_public_key_that_it_puts_in_the_place_of_ours_opens_nothing_that_was_sealed(
    purpose: Purpose, held: Ceremony, sealed: SealedName
) -> None:
    own = hold()
    path = house.public_keys().path
    kept = json.loads(path.read_text())
    kept["keys"][0] |= {"id": own.key_id.hex(), "public_key": bytes(own.public_key).hex()}
    path.write_text(json.dumps(kept))
    forged = Warrant("0a1b", purpose.key, sealed.pseudonym, DAY, DAY, ("", ""))
    with pytest.raises(NoPublicKey):
        open_under(forged, own.shares[:2])
    kept["keys"][0] |= {"id": held.key_id.hex()}
    path.write_text(json.dumps(kept))
    with pytest.raises(DamagedKeys):
        open_under(forged, own.shares[:2])


def test_but_it_can_have_later_names_sealed_to_its_own_key_which_the_fingerprint_tells(
    purpose: Purpose, held: Ceremony, sealed: SealedName
) -> None:
    """Said in the docs: holders compare the fingerprint with their sheets whenever a name is opened, and each year."""
    own = hold()
    house.public_keys().rotate(own, DAY, HOLDERS)
    house.sealed_names(purpose.key).add(
        period_of(DAY), seal_names(house.public_keys().newest().public_key, [(sealed.pseudonym, "whoever")])
    )
    forged = Warrant("0a1b", purpose.key, sealed.pseudonym, DAY, DAY, ("", ""))
    told = {key.fingerprint for key in opening_names.keys_needed(forged)}
    assert told == {fingerprint_words(own.public_key)}
    assert fingerprint_words(held.public_key) not in told, "The holders' sheets have another."


# --- By the room ------------------------------------------------------------------------------------------------------


def test_it_cannot_come_into_a_room_whose_address_it_does_not_know(purpose: Purpose, here: Room) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    assert here.token not in all_rows()
    for path in ("/", "/open/", f"/{settings.SECRET_KEY}/", "/home/", "/new-key/", "/static/../enter/"):
        assert client.get(path).status_code == 404
    assert client.get(f"/{here.token}/", headers={"Host": "moothall.example"}).status_code == 400


@pytest.fixture
def here(settings: Any) -> Iterator[Room]:
    """This process as a key room that the attacker talks to."""
    opened_room = Room(clock.now() + timedelta(minutes=30), 1_800)
    room.set_up(opened_room)
    for name, value in serving.settings_for(opened_room).items():
        setattr(settings, name, value)
    yield opened_room
    room._here.clear()


def test_what_it_can_do_is_to_lie_to_the_holders_and_to_read_what_was_delivered(
    purpose: Purpose, held: Ceremony
) -> None:
    """Said in the docs, so it is shown here: this is why holders ask the approvers themselves."""
    wanted = asked(purpose)
    forge_approvals(wanted)
    row = Opening.objects.get()
    row.six = row.six.replace("An answer", "A forged answer")
    row.save()
    reading = opening.read(wanted.reference)
    assert "A forged answer" in str(reading.opening.answers)
    opening.open_as_read(reading, held.shares[:2])
    assert Opening.objects.get().name == "user3", "With the sealing keys it reads it, until it is shown."
    assert opened() == 1, "But it is on record."
    assert openings.waiting() == []
