"""Dell is on the comms desk, Alice leads the libraries, Bob leads the highways."""

import pytest

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from tests import factories


@pytest.fixture
def libraries(db: None) -> Service:
    return factories.service("Libraries")


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, handle="libraries", slug="libraries", display_name="Libraries")


@pytest.fixture
def practice(libraries: Service) -> Channel:
    """Another account of the libraries."""
    made = factories.channel(service=libraries, network="rehearsal", display_name="Practice")
    factories.connect(made, like="mastodon")
    return made


@pytest.fixture
def dell(db: None) -> User:
    return factories.person((Role.DESK, None), name="Dell Desk")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.LEAD, libraries), name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    return factories.person((Role.LEAD, factories.service("Highways")), name="Bob Barrow")
