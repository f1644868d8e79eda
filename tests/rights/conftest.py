"""Three people: Alice asks, Dora answers, Charlie has nothing to do with it."""

from collections.abc import Callable
from datetime import date, time

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import clock, localtime
from tests import factories
from tests.rights.making import A_DAY, officer


@pytest.fixture
def alice(db: None) -> User:
    return factories.person(name="Alice Archer")


@pytest.fixture
def dora(db: None) -> User:
    """The data protection officer."""
    return officer()


@pytest.fixture
def charlie(db: None) -> User:
    """Has every other role of the organisation, and nothing to do with data requests."""
    others = [role for role in Role.for_organisation() if role != Role.DATA_PROTECTION_OFFICER]
    return factories.person(*[(role, None) for role in others], name="Charlie Clay")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that sets the clock to noon of a day, or another time. It shows Tuesday 6 October 2026 before that."""

    def set_to(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> None:
        moment = localtime.from_wall(date(year, month, day), time(hour, minute))
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(A_DAY.year, A_DAY.month, A_DAY.day)
    return set_to
