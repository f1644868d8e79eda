"""A room of the test's own: keys, names, lists and rows in its folder."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> Path:
    """The folder of the room."""
    folder = tmp_path / "webuse"
    settings.WEBUSE_FOLDER = folder
    settings.WEBUSE_ROWS = str(folder / "rows")
    settings.WEBUSE_PEOPLE = 10
    settings.WEBUSE_LOGIN_DOMAIN = "exampleshire.example"
    return folder
