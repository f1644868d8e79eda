"""Uploads of real files, and the worker's part done at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.library import actions, processing
from moothall.library.models import Asset
from tests import factories


@pytest.fixture
def libraries(db: None) -> Service:
    return factories.service("Libraries")


@pytest.fixture
def alice(libraries: Service) -> User:
    """Author of the libraries."""
    return factories.person((Role.AUTHOR, libraries), name="Alice Marsh")


@pytest.fixture
def bob(libraries: Service) -> User:
    """Contributor of the libraries: sees, and changes nothing."""
    return factories.person((Role.CONTRIBUTOR, libraries), name="Bob Pike")


@pytest.fixture
def charlie(db: None) -> User:
    """Lead of another service."""
    return factories.person((Role.LEAD, factories.service("Highways")), name="Charlie Wold")


def uploaded(content: bytes, name: str = "market.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def add(alice: User, libraries: Service) -> Callable[..., Asset]:
    """A function: Alice adds a file to the libraries' media, and a worker has its turn."""

    def add_one(content: bytes, name: str = "market.jpg", **values: Any) -> Asset:
        asset = actions.add(alice, uploaded(content, name), service=libraries, **values)
        processing.process(asset.pk)
        return Asset.objects.get(pk=asset.pk)

    return add_one
