"""The ceremony: any two of three shares make the key, no one alone does, and what is wrong is told in sentences."""

import json
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from shamir_mnemonic import generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from moothall.webuse.seals.ceremony import Ceremony, check, combine, deal, hold, roles_of, wipe
from moothall.webuse.seals.names import key_id_of
from moothall.webuse.seals.public_keys import (
    DamagedKeys,
    NoPublicKey,
    PublicKeys,
    Role,
    WrongHolders,
    fingerprint_words,
)
from moothall.webuse.seals.words import WrongShares

HOLDERS = {Role.HR: "Hana Reed", Role.IT_SECURITY: "Ivo Tate", Role.MONITORING_OFFICER: "Mo Okafor"}
ONCE = hold()


def changed(words: str, place: int, word: str) -> str:
    each = words.split()
    each[place] = word
    return " ".join(each)


def complaint(shares: list[str], ceremony: Ceremony) -> str:
    """What ``combine`` says, and ``check`` as well, without the library's error, which repeats words of the share."""
    with pytest.raises(WrongShares) as combined:
        combine(shares, ceremony.public_key)
    with pytest.raises(WrongShares) as checked:
        check(shares, ceremony.public_key)
    assert combined.value.__suppress_context__ or combined.value.__context__ is None
    told = str(combined.value)
    assert str(checked.value) == told
    return told


@pytest.mark.parametrize("number", [2, 3])
def test_any_two_shares_and_all_three_make_the_key(number: int) -> None:
    for _ in range(5):
        ceremony = hold()
        for shares in permutations(ceremony.shares, number):
            assert combine(shares, ceremony.public_key).public_key == ceremony.public_key
            check(shares, ceremony.public_key)


@pytest.mark.parametrize("role", Role)
def test_one_share_alone_opens_nothing(ceremony: Ceremony, role: Role) -> None:
    assert "One share alone opens nothing" in complaint([ceremony.share_of(role)], ceremony)
    assert "No share was given" in complaint([], ceremony)


def test_capitals_and_line_breaks_do_not_matter(ceremony: Ceremony) -> None:
    one, other, _ = ceremony.shares
    check([one.upper().replace(" ", "\n"), f"  {other.title()} \n"], ceremony.public_key)


def test_each_role_has_a_share_of_its_own(ceremony: Ceremony) -> None:
    assert tuple(ceremony.share_of(role) for role in Role) == ceremony.shares
    assert len(set(ceremony.shares)) == 3
    assert all(len(words.split()) == 33 for words in ceremony.shares)


@settings(deadline=None)
@given(st.integers(0, 32), st.sampled_from(WORDLIST), st.sampled_from([0, 1]))
def test_a_word_changed_for_another_of_the_list_is_told(place: int, word: str, which: int) -> None:
    shares = list(ONCE.shares[:2])
    if shares[which].split()[place] == word:
        return
    shares[which] = changed(shares[which], place, word)
    told = complaint(shares, ONCE)
    assert told.startswith(f"The {('first', 'second')[which]} share is not as it was written down")


@settings(deadline=None)
@given(st.integers(0, 31))
def test_two_words_that_changed_places_are_told(place: int) -> None:
    words = ONCE.shares[0].split()
    if words[place] == words[place + 1]:
        return
    words[place], words[place + 1] = words[place + 1], words[place]
    assert "changed places" in complaint([" ".join(words), ONCE.shares[1]], ONCE)


def test_a_misspelt_word_is_told_by_its_place_and_not_repeated(ceremony: Ceremony) -> None:
    spoilt = changed(changed(ceremony.shares[1], 6, "sekret"), 32, "wrods")
    told = complaint([ceremony.shares[0], spoilt], ceremony)
    assert told.startswith("The second share has something that is not in the list of words, at place 7, 33.")
    assert "sekret" not in told
    assert "wrods" not in told


def test_a_word_left_out_or_double_is_told(ceremony: Ceremony) -> None:
    words = ceremony.shares[0].split()
    assert "has 32 words" in complaint([" ".join(words[:-1]), ceremony.shares[1]], ceremony)
    assert "has 34 words" in complaint([" ".join([*words, words[-1]]), ceremony.shares[1]], ceremony)
    assert "has 0 words" in complaint(["", ceremony.shares[1]], ceremony)


def test_the_same_share_twice_is_told(ceremony: Ceremony) -> None:
    one, other, _ = ceremony.shares
    assert "The first and the second share are the same" in complaint([one, one], ceremony)
    assert "The first and the third share are the same" in complaint([one, other, one.upper()], ceremony)
    assert "More than three" in complaint([one, other, one, other], ceremony)


def test_shares_of_two_ceremonies_do_not_mix(ceremony: Ceremony, another_ceremony: Ceremony) -> None:
    told = complaint([ceremony.shares[0], another_ceremony.shares[1]], ceremony)
    assert "come from different ceremonies" in told
    told = complaint([ceremony.shares[0], ceremony.shares[1], another_ceremony.shares[2]], ceremony)
    assert told.startswith("The first and the third share come from different ceremonies")


def test_two_shares_of_another_ceremony_are_told_by_their_keys(ceremony: Ceremony, another_ceremony: Ceremony) -> None:
    told = complaint(list(another_ceremony.shares[:2]), ceremony)
    assert fingerprint_words(another_ceremony.public_key) in told
    assert fingerprint_words(ceremony.public_key) in told


def test_shares_of_different_ceremonies_with_the_same_number_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """SLIP-39's identifier has 15 bits, so two ceremonies may have the same one."""
    monkeypatch.setattr("shamir_mnemonic.shamir._random_identifier", lambda: 7)
    one, other = hold(), hold()
    assert "do not fit together" in complaint([one.shares[0], other.shares[1]], one)
    assert "different ceremonies" in complaint([one.shares[0], other.shares[0]], one)


@pytest.mark.parametrize(("threshold", "exponent"), [(3, 0), (2, 1)])
def test_a_share_of_something_else_is_refused_before_anything_is_reckoned(
    ceremony: Ceremony, threshold: int, exponent: int
) -> None:
    (wallet,) = generate_mnemonics(1, [(threshold, 3)], b"w" * 32, iteration_exponent=exponent)
    assert "of something else" in complaint([wallet[0], wallet[1]], ceremony)


def test_what_is_told_depends_on_the_mistake_and_on_no_word(ceremony: Ceremony, another_ceremony: Ceremony) -> None:
    def told(of: Ceremony) -> list[str]:
        one, other, third = of.shares
        another_word = next(word for word in WORDLIST if word != one.split()[8])
        mistakes = [changed(one, 8, another_word), changed(one, 8, "sekret"), f"{one} {another_word}", other, ""]
        return [complaint([wrong, other], of) for wrong in mistakes] + [complaint([third], of)]

    assert told(ceremony) == told(another_ceremony)


def test_the_private_key_is_not_in_what_a_ceremony_shows(ceremony: Ceremony) -> None:
    shown = repr(ceremony)
    private = combine(ceremony.shares[:2], ceremony.public_key)
    assert not any(words.split()[8] in shown for words in ceremony.shares)
    assert bytes(private).hex() not in shown
    assert not any(isinstance(value, PrivateKey) for value in vars(ceremony).values())


def test_new_shares_of_the_same_key_make_it_and_do_not_mix_with_the_old(ceremony: Ceremony) -> None:
    private_key = combine(ceremony.shares[:2], ceremony.public_key)
    again = deal(private_key)
    assert again.public_key == ceremony.public_key
    assert not set(again.shares) & set(ceremony.shares)
    for shares in permutations(again.shares, 2):
        check(shares, ceremony.public_key)
    check(ceremony.shares[1:], ceremony.public_key)
    assert "different ceremonies" in complaint([again.shares[0], ceremony.shares[1]], ceremony)
    wipe(private_key)
    check(again.shares[:2], ceremony.public_key)


def test_whose_a_share_is_is_told_by_its_number_and_words_that_are_none_are_nobodys(ceremony: Ceremony) -> None:
    assert roles_of(ceremony.shares) == list(Role)
    assert roles_of(["", ceremony.share_of(Role.MONITORING_OFFICER), "open sesame"]) == [Role.MONITORING_OFFICER]


def test_a_share_with_a_number_above_the_third_is_not_ours(ceremony: Ceremony) -> None:
    (four,) = generate_mnemonics(1, [(2, 4)], b"w" * 32, iteration_exponent=0)
    assert "of something else" in complaint([four[3], four[0]], ceremony)


def test_a_wiped_key_has_no_bytes_left_where_they_lay() -> None:
    private = PrivateKey.generate()
    secret = bytes(private)
    wipe(private)
    assert bytes(private) == secret == bytes(32)


def test_before_the_first_ceremony_nothing_can_be_sealed(tmp_path: Path) -> None:
    keys = PublicKeys(tmp_path / "public")
    assert keys.all() == ()
    with pytest.raises(NoPublicKey, match="Hold one with the three holders"):
        keys.newest()


def test_the_newest_key_seals_and_older_ones_remain(
    tmp_path: Path, ceremony: Ceremony, another_ceremony: Ceremony
) -> None:
    keys = PublicKeys(tmp_path / "public")
    old = keys.rotate(ceremony, date(2026, 10, 6), HOLDERS)
    new = keys.rotate(another_ceremony, date(2027, 10, 6), {**HOLDERS, Role.HR: "Hetty Rowe"})
    again = PublicKeys(tmp_path / "public")
    assert again.newest() == new
    assert again.all() == (old, new)
    assert again.get(ceremony.key_id) == old
    assert old.holders[Role.HR] == "Hana Reed"
    assert new.key_id == key_id_of(another_ceremony.public_key)
    with pytest.raises(NoPublicKey, match="01020304"):
        again.get(b"\x01\x02\x03\x04")


def test_no_share_is_written_to_the_server(tmp_path: Path, ceremony: Ceremony) -> None:
    PublicKeys(tmp_path / "public").rotate(ceremony, date(2026, 10, 6), HOLDERS)
    private = combine(ceremony.shares[:2], ceremony.public_key)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert bytes(private) not in written
    assert bytes(private).hex().encode() not in written
    assert not any(words.encode() in written for words in ceremony.shares)
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == ["public-keys.json", "public-keys.lock"]


@pytest.mark.parametrize(
    ("holders", "told"),
    [
        ({Role.HR: "Hana Reed", Role.IT_SECURITY: "Ivo Tate"}, "Nobody holds the share of: monitoring officer"),
        ({**HOLDERS, Role.HR: "  "}, "Nobody holds the share of: HR"),
        ({**HOLDERS, Role.HR: "ivo tate "}, "one person"),
    ],
)
def test_three_different_people_hold_the_shares(
    tmp_path: Path, ceremony: Ceremony, holders: dict[Role, str], told: str
) -> None:
    keys = PublicKeys(tmp_path / "public")
    with pytest.raises(WrongHolders, match=told):
        keys.rotate(ceremony, date(2026, 10, 6), holders)
    assert keys.all() == ()


def test_the_same_key_is_not_kept_twice(tmp_path: Path, ceremony: Ceremony) -> None:
    keys = PublicKeys(tmp_path / "public")
    keys.rotate(ceremony, date(2026, 10, 6), HOLDERS)
    with pytest.raises(ValueError, match="kept already"):
        keys.rotate(ceremony, date(2026, 10, 7), HOLDERS)
    assert len(keys.all()) == 1


def test_new_holders_of_the_same_key_are_noted_and_the_key_stays(
    tmp_path: Path, ceremony: Ceremony, another_ceremony: Ceremony
) -> None:
    keys = PublicKeys(tmp_path / "public")
    old = keys.rotate(ceremony, date(2026, 10, 6), HOLDERS)
    new = keys.rotate(another_ceremony, date(2027, 10, 6), HOLDERS)
    dealt = keys.dealt(old.key_id, date(2027, 11, 1), {**HOLDERS, Role.HR: "Hetty Rowe"})
    assert keys.all() == (dealt, new)
    assert (dealt.made_on, dealt.dealt_on, dealt.holders[Role.HR]) == (old.made_on, date(2027, 11, 1), "Hetty Rowe")
    with pytest.raises(WrongHolders):
        keys.dealt(old.key_id, date(2027, 11, 2), {**HOLDERS, Role.HR: ""})
    with pytest.raises(NoPublicKey):
        keys.dealt(b"\x01\x02\x03\x04", date(2027, 11, 2), HOLDERS)
    assert keys.all() == (dealt, new)


def test_a_destroyed_key_stays_on_the_list_opens_nothing_and_seals_nothing(
    tmp_path: Path, ceremony: Ceremony, another_ceremony: Ceremony
) -> None:
    keys = PublicKeys(tmp_path / "public")
    old = keys.rotate(ceremony, date(2026, 10, 6), HOLDERS)
    new = keys.rotate(another_ceremony, date(2027, 10, 6), HOLDERS)
    gone = keys.destroyed(old.key_id, date(2028, 1, 5))
    assert keys.all() == (gone, new)
    assert keys.newest() == new
    with pytest.raises(NoPublicKey, match="destroyed on 5 January 2028"):
        keys.get(old.key_id)
    with pytest.raises(NoPublicKey):
        keys.destroyed(old.key_id, date(2028, 1, 6))
    keys.destroyed(new.key_id, date(2028, 1, 7))
    with pytest.raises(NoPublicKey, match="No name is sealed any more"):
        keys.newest()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"keys": 1}', b'{"keys": [{}]}', b"\xff\xfe"])
def test_a_damaged_file_is_a_clear_error_and_is_not_written_over(
    tmp_path: Path, ceremony: Ceremony, content: bytes
) -> None:
    keys = PublicKeys(tmp_path)
    keys.path.write_bytes(content)
    with pytest.raises(DamagedKeys, match="from a backup"):
        keys.newest()
    with pytest.raises(DamagedKeys):
        keys.rotate(ceremony, date(2026, 10, 6), HOLDERS)
    assert keys.path.read_bytes() == content


def test_a_key_that_is_not_the_one_its_id_tells_is_refused(tmp_path: Path, ceremony: Ceremony) -> None:
    keys = PublicKeys(tmp_path)
    keys.rotate(ceremony, date(2026, 10, 6), HOLDERS)
    read = json.loads(keys.path.read_text())
    read["keys"][0]["public_key"] = bytes(PrivateKey.generate().public_key).hex()
    keys.path.write_text(json.dumps(read))
    with pytest.raises(DamagedKeys):
        keys.newest()
