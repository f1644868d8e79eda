"""The people of these stories."""

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from tests import factories


@pytest.fixture
def alice(db: None) -> User:
    """Of the desk: she writes lessons, and reviews none."""
    return factories.person((Role.DESK, None), name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    """HR: he writes and reviews them."""
    return factories.person((Role.HR, None), name="Bob Barrow")


@pytest.fixture
def cora(db: None) -> User:
    """The monitoring officer, who does so too."""
    return factories.person((Role.MONITORING_OFFICER, None), name="Cora Crane")


@pytest.fixture
def charlie(db: None) -> User:
    """Reads what is published."""
    return factories.person((Role.ADMINISTRATOR, None), name="Charlie Clay")
