"""Sealed names: what is sealed, how it is stored, and what a kill or a torn write leaves of it."""

import contextlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from moothall.webuse.seals.names import (
    LONGEST_NAME,
    CannotOpen,
    DamagedNames,
    SealedName,
    SealedNames,
    key_id_of,
    seal_names,
    unseal,
)
from moothall.webuse.seals.pseudonyms import KeyRing, pseudonym
from tests.webuse.seals.conftest import python

PRIVATE = PrivateKey.generate()
PUBLIC = PRIVATE.public_key
KEY = b"k" * 32
PEOPLE = ("ada.brook", "ben.carter", "cora.dale", "dev.patel")


def sealed(*people: str) -> list[SealedName]:
    return seal_names(PUBLIC, [(pseudonym(KEY, person), person) for person in people])


@pytest.fixture
def store(tmp_path: Path) -> SealedNames:
    return SealedNames(tmp_path / "names")


def file_of(store: SealedNames) -> Path:
    return store.folder / "734.names"


@given(st.text(max_size=200))
def test_a_sealed_name_opens_with_the_private_key(name: str) -> None:
    (record,) = seal_names(PUBLIC, [(bytes(16), name)])
    assert unseal(PRIVATE, record) == name
    assert record.key_id == key_id_of(PUBLIC)


@given(st.text(max_size=27), st.text(max_size=27))
def test_its_length_tells_nothing_of_a_name(one: str, other: str) -> None:
    short, long = seal_names(PUBLIC, [(bytes(16), one), (bytes(16), other)])
    assert len(short.sealed) == len(long.sealed) == 128 + 48


def test_a_name_sealed_twice_comes_out_different() -> None:
    assert sealed("ada.brook") != sealed("ada.brook")


def test_what_a_spoilt_line_calls_a_name_is_sealed_in_part() -> None:
    (record,) = seal_names(PUBLIC, [(bytes(16), "é" * 5000)])
    assert unseal(PRIVATE, record) == "é" * (LONGEST_NAME // 2)
    (odd,) = seal_names(PUBLIC, [(bytes(16), "x" + "é" * 5000)])
    assert unseal(PRIVATE, odd) == "x" + "é" * (LONGEST_NAME // 2 - 1)


def test_a_pseudonym_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        seal_names(PUBLIC, [(b"short", "ada.brook")])


def test_another_private_key_opens_nothing() -> None:
    (record,) = sealed("ada.brook")
    with pytest.raises(CannotOpen, match="sealed to another key"):
        unseal(PrivateKey.generate(), record)


@pytest.mark.parametrize("place", range(0, 176, 25))
def test_a_changed_byte_is_told(place: int) -> None:
    (record,) = sealed("ada.brook")
    changed = bytearray(record.sealed)
    changed[place] ^= 1
    with pytest.raises(CannotOpen):
        unseal(PRIVATE, SealedName(record.pseudonym, record.key_id, bytes(changed)))


def test_bens_name_put_under_adas_pseudonym_is_told() -> None:
    ada, ben = sealed("ada.brook", "ben.carter")
    with pytest.raises(CannotOpen, match="another pseudonym"):
        unseal(PRIVATE, SealedName(ada.pseudonym, ben.key_id, ben.sealed))


def test_what_is_added_is_known_and_found(store: SealedNames) -> None:
    assert store.known(734) == set()
    assert store.find(734, pseudonym(KEY, "ada.brook")) is None
    store.add(734, sealed("ada.brook", "ben.carter"))
    store.add(734, sealed("cora.dale"))
    store.add(735, sealed("dev.patel"))
    assert store.known(734) == {pseudonym(KEY, person) for person in PEOPLE[:3]}
    found = store.find(734, pseudonym(KEY, "ben.carter"))
    assert found
    assert unseal(PRIVATE, found) == "ben.carter"
    assert store.find(734, pseudonym(KEY, "dev.patel")) is None
    assert store.periods() == [734, 735]


def test_nothing_added_makes_no_file(store: SealedNames) -> None:
    store.add(734, [])
    assert store.periods() == []


def test_a_name_twice_does_no_harm_and_the_last_is_found(store: SealedNames) -> None:
    first, second = sealed("ada.brook"), sealed("ada.brook")
    store.add(734, first)
    store.add(734, second)
    assert store.known(734) == {pseudonym(KEY, "ada.brook")}
    assert store.find(734, pseudonym(KEY, "ada.brook")) == second[0]


def test_the_order_of_the_file_is_not_that_of_the_names(store: SealedNames) -> None:
    store.add(734, sealed(*PEOPLE))
    stored = file_of(store).read_bytes()
    places = sorted(PEOPLE, key=lambda person: stored.index(pseudonym(KEY, person)))
    assert places == sorted(PEOPLE, key=lambda person: pseudonym(KEY, person))


def test_forgotten_names_are_gone(store: SealedNames) -> None:
    store.forget(734)
    store.add(734, sealed("ada.brook"))
    store.add(735, sealed("ben.carter"))
    store.forget(734)
    assert store.known(734) == set()
    assert store.periods() == [735]


def test_the_names_of_one_key_go_and_those_of_another_stay(store: SealedNames) -> None:
    other = PrivateKey.generate().public_key
    store.add(734, sealed("ada.brook", "ben.carter"))
    store.add(734, seal_names(other, [(pseudonym(KEY, "cora.dale"), "cora.dale")]))
    store.add(735, seal_names(other, [(pseudonym(KEY, "dev.patel"), "dev.patel")]))
    ours, theirs = key_id_of(PUBLIC), key_id_of(other)
    assert (store.sealed_to(ours), store.sealed_to(theirs)) == (2, 2)
    file_of(store).chmod(0o660)
    assert store.forget_key(theirs) == 2
    assert (store.sealed_to(ours), store.sealed_to(theirs)) == (2, 0)
    assert store.known(734) == {each.pseudonym for each in sealed("ada.brook", "ben.carter")}
    assert stat.S_IMODE(file_of(store).stat().st_mode) == 0o660
    before = file_of(store).stat()
    assert store.forget_key(theirs) == 0
    assert file_of(store).stat() == before, "What has nothing to go is not written anew."


def test_a_name_that_is_added_while_others_go_is_not_lost(store: SealedNames) -> None:
    other = PrivateKey.generate().public_key
    store.add(734, seal_names(other, [(bytes([each]) * 16, "somebody") for each in range(200)]))
    adding = [python(ADDS_MANY, store.folder, str(each)) for each in range(2)]
    while any(process.poll() is None for process in adding):
        store.forget_key(key_id_of(other))
    assert [process.returncode for process in adding] == [0, 0]
    assert len(store.known(734)) == 400
    assert store.sealed_to(key_id_of(other)) == 0


ADDS_MANY = """
import sys
from pathlib import Path
from nacl.public import PublicKey
from moothall.webuse.seals.names import SealedNames, seal_names
store, which = SealedNames(Path(sys.argv[1])), int(sys.argv[2])
for each in range(200):
    store.add(734, seal_names(PublicKey(bytes(range(32))), [(bytes([which, each]) * 8, "somebody else")]))
"""


def test_the_folder_is_its_owners_alone_and_files_are_not_for_everybody(store: SealedNames) -> None:
    store.add(734, sealed("ada.brook"))
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file_of(store).stat().st_mode) & 0o137 == 0


def test_a_record_torn_at_any_byte_is_left_out_and_cut_off(store: SealedNames) -> None:
    store.add(734, sealed("ada.brook"))
    whole = file_of(store).read_bytes()
    store.add(734, sealed("ben.carter"))
    both = file_of(store).read_bytes()
    ada, ben, cora = (pseudonym(KEY, person) for person in PEOPLE[:3])
    for end in range(len(whole), len(both)):
        file_of(store).write_bytes(both[:end])
        assert store.known(734) == {ada}
        store.add(734, sealed("cora.dale"))
        assert store.known(734) == {ada, cora}
        assert file_of(store).stat().st_size == len(both)
    file_of(store).write_bytes(both)
    assert store.known(734) == {ada, ben}


@pytest.mark.parametrize("zeros", [1, 24, 200, 5000])
def test_a_tail_of_zeros_after_a_power_cut_is_cut_off(store: SealedNames, zeros: int) -> None:
    store.add(734, sealed("ada.brook"))
    with file_of(store).open("ab") as file:
        file.write(bytes(zeros))
    assert len(store.known(734)) == 1
    store.add(734, sealed("ben.carter"))
    assert len(store.known(734)) == 2


def test_a_file_damaged_in_the_middle_is_refused_and_not_cut_off(store: SealedNames) -> None:
    store.add(734, sealed(*PEOPLE))
    damaged = bytearray(file_of(store).read_bytes())
    damaged[20:24] = b"\xff\xff\xff\xff"
    file_of(store).write_bytes(damaged)
    with pytest.raises(DamagedNames, match="from a backup"):
        store.add(734, sealed("ada.brook"))
    with pytest.raises(DamagedNames):
        store.known(734)
    assert file_of(store).read_bytes() == damaged


ADDER = """
import sys
from pathlib import Path
from nacl.public import PublicKey
from moothall.webuse.seals.names import SealedNames, seal_names
from moothall.webuse.seals.pseudonyms import pseudonym

folder, key, who, rounds = sys.argv[1:]
store, public = SealedNames(Path(folder)), PublicKey(bytes.fromhex(key))
for number in range(int(rounds)):
    people = [f"{who}.{number}.{each}" for each in range(20)]
    store.add(734, seal_names(public, [(pseudonym(b"k" * 32, each), each) for each in people]))
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 5, 12])
def test_an_importer_killed_while_it_adds_loses_nothing_that_it_was_told_is_stored(
    store: SealedNames, after: int
) -> None:
    adder = python(ADDER, store.folder, bytes(PUBLIC).hex(), "person", "100000")
    assert adder.stdout
    stored = 0
    while stored < after:
        stored = int(adder.stdout.readline()) + 1
    adder.kill()
    stored += len(adder.stdout.read().splitlines())
    adder.wait()

    told = {pseudonym(KEY, f"person.{number}.{each}") for number in range(stored) for each in range(20)}
    assert told <= store.known(734)
    store.add(734, sealed("ada.brook"))
    for each in list(told)[:20]:
        found = store.find(734, each)
        assert found
        assert unseal(PRIVATE, found).startswith("person.")
    found = store.find(734, pseudonym(KEY, "ada.brook"))
    assert found
    assert unseal(PRIVATE, found) == "ada.brook"


def test_importers_that_add_at_once_lose_none_of_each_others(store: SealedNames) -> None:
    adders = [python(ADDER, store.folder, bytes(PUBLIC).hex(), who, "15") for who in ("one", "other")]
    for adder in adders:
        adder.communicate(timeout=60)
    assert len(store.known(734)) == 2 * 15 * 20


def test_with_everything_but_the_shares_no_name_can_be_opened(store: SealedNames, tmp_path: Path) -> None:
    """Mallory has the public key, the sealed names and the pseudonym keys: all that is on the server."""
    ring = KeyRing(tmp_path / "keys")
    ada = pseudonym(ring.key(734), "ada.brook")
    store.add(734, seal_names(PUBLIC, [(ada, "ada.brook")]))
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()) + bytes(PUBLIC)
    assert b"ada.brook" not in everything

    record = store.find(734, ada)
    assert record
    for start in range(len(everything) - 31):
        with contextlib.suppress(CryptoError):
            SealedBox(PrivateKey(everything[start : start + 32])).decrypt(record.sealed)
            pytest.fail("a private key lies on the server")
    again = seal_names(PUBLIC, [(ada, "ada.brook")])
    assert again[0].sealed != record.sealed, "sealing a guess must not confirm it"


def test_but_whoever_has_the_pseudonym_key_can_confirm_a_guess(store: SealedNames, tmp_path: Path) -> None:
    """What the keys' folder is closed for, and why they are destroyed: a guess at a name can be tested with the key."""
    ring = KeyRing(tmp_path / "keys")
    store.add(734, seal_names(PUBLIC, [(pseudonym(ring.key(734), "ada.brook"), "ada.brook")]))
    assert pseudonym(ring.key(734), "ada.brook") in store.known(734)
    assert pseudonym(ring.key(734), "ben.carter") not in store.known(734)

    ring.destroy(734)
    assert pseudonym(ring.key(734), "ada.brook") not in store.known(734)
    assert pseudonym(os.urandom(32), "ada.brook") not in store.known(734)
