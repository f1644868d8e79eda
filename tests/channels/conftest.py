"""Alice leads the libraries, Bob leads the highways, Charlie is on the comms desk."""

from collections.abc import Iterator
from typing import Any

import pytest

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.networks import registry
from tests import factories
from tests.channels.fakes import Fake


@pytest.fixture
def fake(settings: Any) -> Iterator[type[Fake]]:
    """The fake network, registered like any other."""
    settings.NETWORKS = [*settings.NETWORKS, "tests.channels.fakes.Fake"]
    registry.networks.cache_clear()
    Fake.answer, Fake.asked, Fake.shown = None, [], []
    yield Fake
    registry.networks.cache_clear()


@pytest.fixture
def libraries(db: None) -> Service:
    return factories.service("Libraries")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.LEAD, libraries), name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    return factories.person((Role.LEAD, factories.service("Highways")), name="Bob Barrow")


@pytest.fixture
def charlie(db: None) -> User:
    return factories.person((Role.DESK, None), name="Charlie Croft")
