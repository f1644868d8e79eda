"""People of Exampleshire, an event that is on, and the desk."""

from datetime import timedelta

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.events.models import Event
from tests import factories


@pytest.fixture
def event(db: None) -> Event:
    """It began two hours ago, and lasts a day."""
    start = clock.now() - timedelta(hours=2)
    return factories.event("Exampleshire24", name="Exampleshire 24", slug="exampleshire-24", starts_at=start)


@pytest.fixture
def charlie(db: None) -> User:
    """A member of staff without any role: may tell the desk, and nothing more."""
    return factories.person(name="Charlie Reed")


@pytest.fixture
def alice(db: None) -> User:
    """At the desk."""
    return factories.person((Role.DESK, None), name="Alice Marsh")


@pytest.fixture
def dan(db: None) -> User:
    """At the desk too."""
    return factories.person((Role.DESK, None), name="Dan Pike")


@pytest.fixture
def channel(event: Event) -> Channel:
    """The event's official channel, in the newsroom."""
    made = factories.connected(display_name="Exampleshire Council")
    event.official_channels.add(made)
    return made
