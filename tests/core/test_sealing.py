"""Secrets at rest: sealed, opened, and sealed anew when keys change."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import sealing
from moothall.core.sealing import CannotOpen, key_problem, new_key, open_sealed, reseal, seal

SECRETS = {"app_password": "abcd-efgh", "server": "https://social.example"}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=4))
def test_what_is_sealed_is_opened_and_cannot_be_read_on_the_way(secrets: dict[str, str]) -> None:
    sealed = seal(secrets)
    assert open_sealed(sealed) == secrets
    for value in secrets.values():
        assert len(value) < 6 or value not in sealed
    assert seal(secrets) != sealed, "The same secrets do not look the same twice."


def test_another_key_opens_nothing(settings: Any) -> None:
    sealed = seal(SECRETS)
    settings.SEALING_KEYS = [new_key()]
    with pytest.raises(CannotOpen, match="None of the sealing keys"):
        open_sealed(sealed)
    with pytest.raises(CannotOpen):
        reseal(sealed)


@pytest.mark.parametrize("damaged", ["", "nonsense", "gAAAAA=="])
def test_what_was_damaged_cannot_be_opened(damaged: str) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(damaged)


def test_a_changed_letter_is_noticed() -> None:
    sealed = seal(SECRETS)
    middle = len(sealed) // 2
    other = "A" if sealed[middle] != "A" else "B"
    with pytest.raises(CannotOpen):
        open_sealed(sealed[:middle] + other + sealed[middle + 1 :])


def test_a_new_key_goes_first_everything_is_sealed_anew_and_the_old_key_goes(settings: Any) -> None:
    old, new = new_key(), new_key()
    settings.SEALING_KEYS = [old]
    sealed = seal(SECRETS)
    settings.SEALING_KEYS = [new, old]
    assert open_sealed(sealed) == SECRETS, "Every key opens."
    resealed = reseal(sealed)
    settings.SEALING_KEYS = [new]
    assert open_sealed(resealed) == SECRETS
    with pytest.raises(CannotOpen):
        open_sealed(sealed)


def test_what_is_no_key_is_told_before_it_is_used() -> None:
    assert key_problem(new_key()) == ""
    for wrong in ("", "short", "x" * 44, "é" * 44):
        assert "moothall keys new" in key_problem(wrong)


def test_keys_are_never_the_same() -> None:
    assert len({new_key() for _ in range(50)}) == 50
    assert sealing.key_problem(new_key()) == ""
