"""Accounts and pictures for the adapters' tests."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from moothall.networks.base import Media
from tests.networks.homes import BlueskyHome, MastodonHome

MakePicture = Callable[..., Media]


@pytest.fixture
def bluesky_home(request: pytest.FixtureRequest) -> BlueskyHome:
    return BlueskyHome(request)


@pytest.fixture
def mastodon_home(request: pytest.FixtureRequest) -> MastodonHome:
    return MastodonHome(request)


@pytest.fixture
def make_picture(tmp_path: Path) -> MakePicture:
    """Makes pictures of noise, the hardest thing to compress: 3 bytes a pixel."""

    def make(width: int = 60, height: int = 40, alt: str = "Ember, the fire-investigation dog") -> Media:
        noise = random.Random(width * height).randbytes(width * height * 3)
        path = tmp_path / f"{width}x{height}.png"
        Image.frombytes("RGB", (width, height), noise).save(path)
        return Media(path, "image/png", width, height, path.stat().st_size, alt)

    return make
