"""The steps of the ceremonies: each in its turn, words once, and nothing done before the last."""

import gc
from datetime import date
from itertools import permutations

import pytest

from moothall.webuse.seals.ceremonies import KEPT_SECONDS, Entering, HandingOut, OutOfTurn, Step, deal_anew
from moothall.webuse.seals.ceremony import Ceremony, check
from moothall.webuse.seals.public_keys import KeptKey, Role, WrongHolders
from moothall.webuse.seals.words import WrongShares

HOLDERS = {Role.HR: "Hana Reed", Role.IT_SECURITY: "Ivo Tate", Role.MONITORING_OFFICER: "Mo Okafor"}


@pytest.fixture
def out(ceremony: Ceremony) -> HandingOut:
    return HandingOut(ceremony, HOLDERS)


def hand_all(out: HandingOut) -> list[str]:
    """All three have written theirs down."""
    sheets = []
    for _ in Role:
        sheets.append(out.show())
        out.written_down()
    return sheets


def test_each_holder_in_turn_sees_their_words_once_and_all_read_them_in(out: HandingOut, ceremony: Ceremony) -> None:
    for role in Role:
        assert (out.step, out.role, out.holder) == (Step.CALL, role, HOLDERS[role])
        assert out.show() == ceremony.share_of(role)
        with pytest.raises(OutOfTurn, match="Words are shown once"):
            out.show()
        out.written_down()
    for role in Role:
        assert (out.step, out.role) == (Step.READ, role)
        out.read_in(ceremony.share_of(role))
    assert out.step == Step.DONE


@pytest.mark.parametrize("done", range(7))
def test_no_step_can_be_left_out(out: HandingOut, ceremony: Ceremony, done: int) -> None:
    """Whatever has been done, all steps but the next are refused, and change nothing."""
    steps = [out.show, out.written_down] * 3 + [lambda: out.read_in(ceremony.share_of(out.role))]
    for step in steps[:done]:
        step()
    before = (out.step, out.role)
    for wrong in {out.show, out.written_down} - {steps[done]}:
        with pytest.raises(OutOfTurn):
            wrong()
    if done < 6:
        with pytest.raises(OutOfTurn):
            out.read_in(ceremony.shares[0])
    assert (out.step, out.role) == before


def test_a_slip_of_the_pen_is_told_and_can_be_put_right(out: HandingOut, ceremony: Ceremony) -> None:
    first, second, third = hand_all(out)
    words = first.split()
    slips = [" ".join(words[:-1]), " ".join([*words[:3], words[4], words[3], *words[5:]]), "sekret " + first]
    for slip in slips:
        with pytest.raises(WrongShares) as told:
            out.read_in(slip)
        assert not set(str(told.value).split()) & set(words) - {"a", "of", "the", "in", "not", "is"}
        assert (out.step, out.role) == (Step.READ, Role.HR)
    for share in (first.upper(), second, third):
        out.read_in(share)
    assert out.step == Step.DONE


def test_nobody_enters_the_words_of_another_nor_of_another_ceremony(
    out: HandingOut, ceremony: Ceremony, another_ceremony: Ceremony
) -> None:
    first, second, third = hand_all(out)
    with pytest.raises(WrongShares, match="the words of IT security"):
        out.read_in(second)
    out.read_in(first)
    with pytest.raises(WrongShares, match="the words of HR"):
        out.read_in(first)
    with pytest.raises(WrongShares, match="of another sheet"):
        out.read_in(another_ceremony.shares[1])
    out.read_in(second)
    with pytest.raises(WrongShares, match="the words of IT security"):
        out.read_in(second)
    out.read_in(third)
    assert out.step == Step.DONE


def test_three_different_people_or_no_ceremony(ceremony: Ceremony) -> None:
    with pytest.raises(WrongHolders):
        HandingOut(ceremony, {**HOLDERS, Role.HR: " ivo tate"})


def test_words_are_forgotten_as_they_are_shown_and_all_of_them_at_the_end(ceremony: Ceremony) -> None:
    out = HandingOut(Ceremony(ceremony.public_key, ceremony.key_id, ceremony.shares), HOLDERS)

    def held() -> set[str]:
        return {each for each in gc_strings(out) if len(each.split()) > 30}

    assert len(held()) == 3
    for number, role in enumerate(Role):
        out.show()
        assert len(held()) == 2 - number, f"The words of {role} are still there."
        out.written_down()
    for share in ceremony.shares:
        out.read_in(share)
    assert held() == set()


def gc_strings(thing: object) -> set[str]:
    """All strings that are reached from ``thing``."""
    found, waiting, seen = set(), [thing], set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        if isinstance(each, str):
            found.add(each)
        elif isinstance(each, dict | list | tuple | HandingOut | Entering):
            waiting += gc.get_referents(each) + ([vars(each)] if hasattr(each, "__dict__") else [])
    return found


# --- Two shares -------------------------------------------------------------------------------------------------------


def test_two_shares_are_entered_one_after_the_other_and_taken_once(ceremony: Ceremony) -> None:
    for one, other in permutations(Role, 2):
        entering = Entering()
        entering.enter(ceremony.share_of(one), 0)
        assert not entering.is_enough()
        assert entering.roles == [one]
        entering.enter(ceremony.share_of(other), 1)
        assert entering.is_enough()
        assert entering.take() == [ceremony.share_of(one), ceremony.share_of(other)]
        assert entering.take() == []


def test_a_wrong_second_share_is_told_and_the_first_stays(ceremony: Ceremony, another_ceremony: Ceremony) -> None:
    entering = Entering()
    entering.enter(ceremony.shares[0], 0)
    for wrong, told in (
        (ceremony.shares[0], "are the same"),
        (another_ceremony.shares[1], "different ceremonies"),
        ("open sesame", "The second share has something that is not in the list"),
    ):
        with pytest.raises(WrongShares, match=told):
            entering.enter(wrong, 1)
        assert entering.roles == [Role.HR]
    entering.enter(ceremony.shares[1], 2)
    assert entering.is_enough()


def test_a_share_that_waits_too_long_is_forgotten(ceremony: Ceremony) -> None:
    entering = Entering()
    entering.enter(ceremony.shares[0], 100)
    entering.forget_old(100 + KEPT_SECONDS - 1)
    assert entering.roles == [Role.HR]
    entering.forget_old(100 + KEPT_SECONDS)
    assert entering.roles == []
    assert not gc_strings(entering) & set(ceremony.shares)
    entering.enter(ceremony.shares[1], 100 + KEPT_SECONDS)
    entering.enter(ceremony.shares[2], 100 + 3 * KEPT_SECONDS)
    assert entering.roles == [Role.MONITORING_OFFICER], "The one before it had waited too long."


def test_a_lost_share_is_recovered_from_the_two_others(ceremony: Ceremony, another_ceremony: Ceremony) -> None:
    key = KeptKey(ceremony.public_key, date(2026, 10, 6), HOLDERS)
    for pair in permutations(ceremony.shares, 2):
        again = deal_anew(pair, key)
        assert again.public_key == ceremony.public_key
        check(again.shares[1:], key.public_key)
    with pytest.raises(WrongShares):
        deal_anew(ceremony.shares[:1], key)
    with pytest.raises(WrongShares, match="of another ceremony"):
        deal_anew(another_ceremony.shares[:2], key)


def test_an_old_sheet_is_not_read_in_for_a_new_one(ceremony: Ceremony) -> None:
    key = KeptKey(ceremony.public_key, date(2026, 10, 6), HOLDERS)
    out = HandingOut(deal_anew(ceremony.shares[:2], key), HOLDERS)
    sheets = hand_all(out)
    with pytest.raises(WrongShares, match="dealt before today"):
        out.read_in(ceremony.shares[0])
    for share in sheets:
        out.read_in(share)
    assert out.step == Step.DONE
