"""Opening: the one pseudonym in the weeks asked for, and nothing else."""

from pathlib import Path

import pytest

from moothall.webuse.seals.ceremony import Ceremony, combine
from moothall.webuse.seals.names import CannotOpen, SealedNames, seal_names
from moothall.webuse.seals.opening import Opened, keys_needed, open_name
from moothall.webuse.seals.pseudonyms import KeyRing, days_of, periods_of, pseudonym

WINDOW = periods_of(days_of(734)[0], days_of(735)[1])


class House:
    """A council in which the importer sealed Ada's and Ben's names in two periods, the second with a newer key."""

    def __init__(self, folder: Path, old: Ceremony, new: Ceremony) -> None:
        self.ring, self.names = KeyRing(folder / "keys"), SealedNames(folder / "names")
        for period, ceremony in ((734, old), (735, new)):
            pairs = [(self.pseudonym(period, name), name) for name in ("ada.brook", "ben.carter")]
            self.names.add(period, seal_names(ceremony.public_key, pairs))

    def pseudonym(self, period: int, name: str) -> bytes:
        return pseudonym(self.ring.key(period), name)


@pytest.fixture
def house(tmp_path: Path, ceremony: Ceremony, another_ceremony: Ceremony) -> House:
    return House(tmp_path, ceremony, another_ceremony)


def test_adas_name_opens_with_two_shares(house: House, ceremony: Ceremony) -> None:
    ada = house.pseudonym(734, "ada.brook")
    assert keys_needed(house.names, WINDOW, ada) == {ceremony.key_id}
    private = combine(ceremony.shares[1:], ceremony.public_key)
    assert open_name(house.names, WINDOW, ada, {ceremony.key_id: private}) == Opened(ada, "ada.brook", (734,))


def test_only_the_one_name_is_unsealed(house: House, ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(
        "moothall.webuse.seals.opening.unseal", lambda _key, sealed: opened.append(sealed.pseudonym) or "ada.brook"
    )
    ada = house.pseudonym(734, "ada.brook")
    private = combine(ceremony.shares[1:], ceremony.public_key)
    open_name(house.names, WINDOW, ada, {ceremony.key_id: private})
    assert opened == [ada]


def test_a_name_outside_the_window_stays_closed(house: House, ceremony: Ceremony) -> None:
    private = combine(ceremony.shares[:2], ceremony.public_key)
    with pytest.raises(CannotOpen, match="No name is sealed under this pseudonym in these weeks"):
        open_name(house.names, [735], house.pseudonym(734, "ada.brook"), {ceremony.key_id: private})
    with pytest.raises(CannotOpen):
        open_name(house.names, [], house.pseudonym(734, "ada.brook"), {ceremony.key_id: private})


def test_a_name_sealed_to_a_newer_key_says_whose_shares_are_needed(
    house: House, ceremony: Ceremony, another_ceremony: Ceremony
) -> None:
    ada = house.pseudonym(735, "ada.brook")
    old = combine(ceremony.shares[:2], ceremony.public_key)
    with pytest.raises(CannotOpen, match=f"sealed to the key {another_ceremony.key_id.hex()}"):
        open_name(house.names, WINDOW, ada, {ceremony.key_id: old})
    new = combine(another_ceremony.shares[:2], another_ceremony.public_key)
    both = {ceremony.key_id: old, another_ceremony.key_id: new}
    assert open_name(house.names, WINDOW, ada, both).name == "ada.brook"


def test_different_names_under_one_pseudonym_are_told(house: House, ceremony: Ceremony) -> None:
    ada = house.pseudonym(734, "ada.brook")
    house.names.add(736, seal_names(ceremony.public_key, [(ada, "ben.carter")]))
    private = combine(ceremony.shares[:2], ceremony.public_key)
    with pytest.raises(CannotOpen, match="Different names"):
        open_name(house.names, [734, 736], ada, {ceremony.key_id: private})


def test_the_pseudonyms_of_two_periods_cannot_be_joined(house: House) -> None:
    assert not house.names.known(734) & house.names.known(735)
