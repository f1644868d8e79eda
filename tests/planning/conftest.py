"""Alice writes for the libraries, Bob for the highways, Charlie for nobody; Dana is on the comms desk."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.core import clock as core_clock
from tests import factories


class Clock:
    """The time as Moothall sees it: the real one, until a test sets it or moves it on."""

    def __init__(self) -> None:
        self.fixed: datetime | None = None

    def now(self) -> datetime:
        return self.fixed or timezone.now()

    def set(self, moment: datetime) -> None:
        self.fixed = moment

    def advance(self, **by: float) -> None:
        self.fixed = self.now() + timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    turned = Clock()
    monkeypatch.setattr(core_clock, "now", turned.now)
    return turned


@pytest.fixture
def libraries(db: None) -> Service:
    return factories.service("Libraries")


@pytest.fixture
def highways(db: None) -> Service:
    return factories.service("Highways")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.AUTHOR, libraries), name="Alice Archer")


@pytest.fixture
def bob(highways: Service) -> User:
    return factories.person((Role.AUTHOR, highways), name="Bob Barrow")


@pytest.fixture
def charlie(db: None) -> User:
    return factories.person(name="Charlie Croft")


@pytest.fixture
def dana(db: None) -> User:
    return factories.person((Role.DESK, None), name="Dana Dell")
