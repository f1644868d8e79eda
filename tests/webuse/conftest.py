"""A room of the test's own: keys, names, lists and rows in its folder."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> Path:
    """The folder of the room."""
    settings.WEBUSE_PEOPLE = 10
    settings.WEBUSE_LOGIN_DOMAIN = "exampleshire.example"
    return tmp_path / "webuse"
