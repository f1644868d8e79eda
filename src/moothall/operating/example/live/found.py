"""What staff and strangers said with an event's hashtag on accounts of their own, on networks that nobody asks."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.core import pictures
from moothall.events import taking
from moothall.events.models import Item, ItemPicture
from moothall.events.wall import pictures as item_pictures
from moothall.networks.base import MediaKind
from moothall.networks.hearing import RemoteAuthor, RemoteItem, RemoteMedia
from moothall.operating.example import artwork
from moothall.operating.example.live import crowd
from moothall.operating.example.live.occasions import Occasion
from moothall.operating.example.people import Cast
from moothall.operating.example.stories import Act

ENOUGH_FOR_PICTURES = 50
"""Of an event of which strangers said so much, they also showed something."""
PICTURE_EVERY = 11
MISSPELT_EVERY = 17


@dataclass(frozen=True)
class Said:
    """One post on an account that is not the council's. ``picture`` is a drawing's name."""

    at: datetime
    network: str
    handle: str
    name: str
    text: str
    picture: str = ""
    alt: str = ""


class Found:
    """All that is found of one event. ``number`` makes each event's chances its own."""

    def __init__(self, occasion: Occasion, number: int, cast: Cast, drawn: Mapping[str, bytes]) -> None:
        self._occasion = occasion
        self._cast = cast
        self._drawn = drawn
        self._chance = random.Random(number)  # noqa: S311 - the same for everybody who loads the example

    def acts(self, begins: datetime) -> Iterator[Act]:
        """Each of them is heard two seconds after it was said."""
        everything = [*self._strangers(begins), *self._staff(begins), *self._unfriendly(begins)]
        for number, said in enumerate(everything):
            yield Act(said.at + timedelta(seconds=2), partial(self._take, said, self._remote(number, said)))

    def _strangers(self, begins: datetime) -> Iterator[Said]:
        people, texts, shown = cycle(crowd.PEOPLE), cycle(crowd.PUBLIC), cycle(crowd.PICTURES)
        number = self._occasion.found
        for each in range(number):
            share = (each + self._chance.random()) / number
            at = begins + timedelta(hours=self._occasion.heard_for * share)
            network, handle, name = next(people)
            if number >= ENOUGH_FOR_PICTURES and each % PICTURE_EVERY == 4:
                picture, text, is_described = next(shown)
                alt = artwork.PICTURES[picture].alt if is_described else ""
                yield Said(at, network, handle, name, text, picture, alt)
            else:
                yield Said(at, network, handle, name, next(texts))

    def _staff(self, begins: datetime) -> Iterator[Said]:
        says = crowd.STAFF_SAY if self._occasion.floors else crowd.STAFF_SAY[:2]
        for number, (key, text) in enumerate(says):
            network, handle, may_be_named = crowd.STAFF[key]
            hours = (number + 0.6) * self._occasion.heard_for / len(says)
            name = self._cast[key].name if may_be_named else handle.partition("@")[0].partition(".")[0]
            yield Said(begins + timedelta(hours=hours), network, handle, name, text)

    def _unfriendly(self, begins: datetime) -> Iterator[Said]:
        if not self._occasion.floors:
            return
        for number, (network, handle, name, text) in enumerate(crowd.UNFRIENDLY):
            hours = (number + 1.3) * self._occasion.heard_for / 6
            yield Said(begins + timedelta(hours=hours), network, handle, name, text)

    def _remote(self, number: int, said: Said) -> RemoteItem:
        author, home = author_id(said.network, said.handle), _home(said.network, said.handle)
        key = f"{self._occasion.slug}-{number}"
        is_bluesky = said.network == "bluesky"
        address = f"{home}/pictures/{key}.jpg"
        return RemoteItem(
            remote_id=f"at://{author}/app.bsky.feed.post/{key}" if is_bluesky else f"{author}/statuses/{key}",
            url=f"{home}/{key}",
            author=RemoteAuthor(author, said.handle, said.name, followers=_followers(said.network, said.handle)),
            text=said.text.format(tag=self._tag(number)),
            said_at=said.at,
            language="cy" if said.text.startswith(("Diolch", "Roeddwn")) else "en",
            media=(RemoteMedia(MediaKind.IMAGE, address, address, said.alt),) if said.picture else (),
            raw={"example": key},
        )

    def _tag(self, number: int) -> str:
        """Now and then somebody misspells it."""
        tag = self._occasion.tag
        return crowd.MISSPELT.get(tag, tag) if number % MISSPELT_EVERY == 3 else tag

    def _take(self, said: Said, remote: RemoteItem) -> None:
        for item in taking.take(said.network, remote, f"{said.network} (example)"):
            if said.picture:
                self._keep_picture(item, said.picture)

    def _keep_picture(self, item: Item, name: str) -> None:
        """The picture that a worker would have fetched: nobody is asked for it."""
        item_pictures.note(item)
        drawn = SimpleUploadedFile(f"{name}.jpg", self._drawn[name], content_type="image/jpeg")
        clean = pictures.shrunk(pictures.clean_upload(drawn), item_pictures.LONGEST_SIDE)
        kept = pictures.keep(clean, item_pictures.FOLDER)
        ItemPicture.objects.filter(item=item).update(name=kept, width=clean.width, height=clean.height, due_at=None)


def author_id(network: str, handle: str) -> str:
    """The remote id of an account on a network that is not asked."""
    if network == "bluesky":
        return f"did:web:{handle}"
    name, _, server = handle.partition("@")
    return f"https://{server}/users/{name}"


def _followers(network: str, handle: str) -> int | None:
    """As many as one may believe of somebody with that handle. Bluesky's streams do not tell."""
    return 20 + sum(map(ord, handle)) % 900 if network == "mastodon" else None


def _home(network: str, handle: str) -> str:
    """Where somebody's posts would be, on hosts that do not exist."""
    server = handle.partition("@")[2] if network == "mastodon" else handle
    return f"https://{server}"
