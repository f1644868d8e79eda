"""A page of the libraries, and a way to post to it as the deliveries do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from moothall.core import clock, pictures
from moothall.networks.base import Account, Draft, Media, Profile, Published
from moothall.networks.keys import make_key
from moothall.newsroom.models import Entry
from moothall.newsroom.network import Newsroom
from tests import factories

Say = Callable[..., Entry]

LIBRARIES = Account("1", "libraries")


def profile(name: str, **values: Any) -> Profile:
    """How a live service channel presents itself, unless told otherwise."""
    usual: dict[str, Any] = {"summary": "", "capacity": "service", "service": name}
    return Profile(name, **{**usual, "is_public": True, "is_closed": False, **values})


def media(*alts: str) -> tuple[Media, ...]:
    """A picture for each description, stored as uploads are."""
    made = []
    for number, alt in enumerate(alts):
        clean = pictures.clean_upload(factories.upload(size=(60 + number, 40)))
        path = pictures.path_of(pictures.keep(clean, "pictures"))
        made.append(Media(path, clean.content_type, clean.width, clean.height, clean.size, alt))
    return tuple(made)


@pytest.fixture
def newsroom(db: None) -> Newsroom:
    ours = Newsroom()
    ours.identify(LIBRARIES)
    ours.show_profile(LIBRARIES, profile("Libraries", summary="Books, maps and people."))
    return ours


@pytest.fixture
def say(newsroom: Newsroom) -> Say:
    """A function: post to @libraries, and get the entry that came of it."""
    number = iter(range(1_000_000))

    def post(text: str, *alts: str, at: datetime | None = None, account: Account = LIBRARIES) -> Entry:
        draft = Draft(text, media(*alts), dated=at or clock.now())
        done: Published = newsroom.publish(account, draft, make_key(clock.now(), next(number)))
        return Entry.objects.get(page__handle=account.handle, key=done.remote_id)

    return post


def text_of(answer: Any) -> str:
    words: str = answer.content.decode()
    return words
