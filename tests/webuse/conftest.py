"""A room of the test's own: keys, names, lists and rows in its folder."""

from pathlib import Path
from typing import Any

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from tests import factories
from tests.webuse.purposes import approver


@pytest.fixture
def alice(db: None) -> User:
    """IT security; she writes entries of the register."""
    return approver(Role.IT_SECURITY, name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    """HR."""
    return approver(Role.HR, name="Bob Barrow")


@pytest.fixture
def cora(db: None) -> User:
    """The monitoring officer."""
    return approver(Role.MONITORING_OFFICER, name="Cora Crane")


@pytest.fixture
def charlie(db: None) -> User:
    """Has other roles, and nothing to say in monitoring."""
    return factories.person((Role.ADMINISTRATOR, None), (Role.DESK, None), name="Charlie Clay")


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> Path:
    """The folder of the room."""
    settings.WEBUSE_PEOPLE = 10
    settings.WEBUSE_LOGIN_DOMAIN = "exampleshire.example"
    return tmp_path / "webuse"
