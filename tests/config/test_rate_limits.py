"""Who failed to sign in too often stays locked out, whatever else is tried meanwhile."""

import pytest
from django.core.cache import cache, caches
from django.test import Client

from tests.accounts.test_signing_in import is_signed_in, sign_in, somebody

pytestmark = pytest.mark.django_db


def test_a_flood_of_other_attempts_does_not_unlock_anybody(client: Client) -> None:
    cache.clear()
    victim = somebody()
    for _ in range(5):
        sign_in(client, victim, "wrong")
    for number in range(400):  # Django's own bound is 300 entries
        cache.set(f"somebody-else-{number}", [0.0], 300)
    assert "Too many failed login attempts" in sign_in(client, victim).content.decode()
    assert not is_signed_in(client)


def test_beyond_the_bound_little_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(caches["default"], "_max_entries", 500)
    for number in range(600):
        cache.set(f"attempt-{number:04}", number, 300)
    assert 485 <= sum(cache.get(f"attempt-{number:04}") is not None for number in range(600)) <= 501
