"""Hearing what is said on Bluesky: the firehose of a server or a relay, Jetstream, and Bluesky's own search."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import ModuleType
from typing import NoReturn

import httpx
from websockets.asyncio.client import ClientConnection

from moothall.core import clock, websocket
from moothall.networks import asking, bluesky_frames, bluesky_items, bluesky_jetstream, credentials
from moothall.networks.bluesky_frames import FUTURE_CURSOR, Told
from moothall.networks.bluesky_names import Names, is_blueskys, profiled
from moothall.networks.bounded import mapping, moment, objects, text
from moothall.networks.errors import NetworkError, Rejected, Temporary
from moothall.networks.hearing import CursorLost, RemoteAuthor, RemoteItem, Searched, Signal, Source, Wanted
from moothall.networks.keys import moment_of
from moothall.networks.translate import Peer

JETSTREAM = "https://jetstream2.us-east.bsky.network"
SEARCHING = "https://api.bsky.app"
"""Where Bluesky answers searches that nobody has signed in for."""
PAGE = 100
PAGES = 50
POSTS_AT_ONCE = 25
"""The most that ``app.bsky.feed.getPosts`` takes."""
OVERLAP = timedelta(minutes=10)
"""How long a post may take until a search finds it."""
SETTLED = timedelta(minutes=30)
"""How old a post is that the AppView must know by now, if it still stands."""
READING = {"jetstream": bluesky_jetstream, "firehose": bluesky_frames}
MOVING_ON_SECONDS = 1.0
"""How often a stream that brings nothing for us says how far it is."""
GARBAGE_IN_A_ROW = 100
NAME_SECONDS = 1.0
"""The longest an item waits for its author's handle. It is given again when that is known."""
WAITING = 500
"""How many items may wait for whoever takes them, before the server is held back."""


class HearsBluesky:
    """What the adapter can do beside posting."""

    ways = (("jetstream", "Jetstream, all of Bluesky"), ("firehose", "The stream of one server, or of a relay"))
    places = (("jetstream", JETSTREAM), ("search", SEARCHING))
    """Where one usually listens, by way."""

    async def stream(self, source: Source, wanted: Wanted, cursor: str) -> AsyncGenerator[Signal, None]:
        server = credentials.address(source.address)
        peer = Peer(httpx.URL(server).host)
        reading = Reading(READING[source.way], wanted, server)
        pump: asyncio.Task[None] | None = None
        cursor = cursor or await asyncio.to_thread(beginning, server, source.way)
        try:
            async with websocket.connected(stream_address(server, source.way, cursor)) as connection:
                yield Signal(cursor=cursor)
                pump = asyncio.create_task(reading.pump(connection))
                while True:
                    signal = await reading.next(peer)
                    yield signal
        except asking.STREAM_FAULTS as error:
            raise asking.stream_fault(peer, error) from error
        finally:
            if pump is not None:
                pump.cancel()

    def search(self, source: Source, tag: str, cursor: str) -> Searched:
        """All with the tag since ``cursor``, a moment of theirs. A server without Bluesky's AppView can't be asked."""
        host = _searched(source)
        params = {"q": f"#{tag}", "tag": tag, "sort": "latest", "limit": str(PAGE)}
        before = moment(cursor)
        since = before - OVERLAP if before else None
        found: list[RemoteItem] = []
        newest = cursor
        for _ in range(PAGES):
            page = mapping(_asked(host, "app.bsky.feed.searchPosts", params))
            posts = objects(page.get("posts"), PAGE)
            found += [item for post in posts if (item := viewed(post))]
            times = [when for post in posts if (when := moment(post.get("indexedAt")))]
            newest = max([newest, *(when.isoformat() for when in times)])
            params["cursor"] = text(page.get("cursor"), 1_000)
            if not times or not params["cursor"] or (since and min(times) <= since):
                break
        return Searched(tuple(reversed(found)), newest)

    def standing(self, source: Source, remote_ids: Collection[str]) -> dict[str, RemoteItem | None]:
        host = _searched(source)
        asked = [each for each in remote_ids if each.startswith("at://did:")]
        found: dict[str, RemoteItem | None] = {}
        for begin in range(0, len(asked), POSTS_AT_ONCE):
            some = asked[begin : begin + POSTS_AT_ONCE]
            answer = mapping(_asked(host, "app.bsky.feed.getPosts", [("uris", each) for each in some]))
            if not isinstance(answer.get("posts"), list):
                raise Peer(httpx.URL(host).host).unreadable()
            stand = {item.remote_id: item for post in objects(answer["posts"]) if (item := viewed(post))}
            found |= {each: stand.get(each) for each in some if each in stand or _is_settled(each)}
        return found


def _is_settled(uri: str) -> bool:
    """Whether it is old enough to be known to the AppView, which runs behind: before that, absent is not deleted."""
    made = moment_of(uri.rpartition("/")[2])
    return made is None or made < clock.now() - SETTLED


def _searched(source: Source) -> str:
    """Whom one asks about what is said at this place."""
    server = credentials.address(source.address)
    return SEARCHING if is_blueskys(server) else server


def _asked(host: str, method: str, params: asking.Params) -> object:
    """The answer to a question that nobody has to sign in for."""
    peer = Peer("Bluesky" if is_blueskys(host) else httpx.URL(host).host)
    try:
        return asking.get(peer, f"{host}/xrpc/{method}", params)
    except Temporary:
        raise
    except NetworkError as error:
        message = f"{peer.name} can't be searched. What its stream does not bring is not found."
        raise Rejected(message, words=error.words, status=error.status) from error


def beginning(server: str, way: str) -> str:
    """Where to begin where we have never been, so that what is said before our first cursor is not lost.

    Jetstream's cursor is a moment. A PDS has few posts, and gives all that it keeps; a relay has the whole network's,
    and is heard from now on.
    """
    if way == "jetstream":
        return str(int(clock.now().timestamp() * 1_000_000))
    try:
        asking.get(Peer(httpx.URL(server).host), f"{server}/xrpc/com.atproto.server.describeServer", {})
    except Temporary:
        raise
    except NetworkError:
        return ""
    return "0"


def stream_address(server: str, way: str, cursor: str) -> str:
    """The address of the stream, from ``cursor`` on."""
    base = server.replace("http", "ws", 1)
    number = int(cursor) if cursor.isdecimal() else None
    if way == "firehose":
        path = f"{base}/xrpc/com.atproto.sync.subscribeRepos"
        return path if number is None else f"{path}?cursor={number}"
    path = f"{base}/subscribe?wantedCollections={bluesky_items.POSTS}"
    if number is None:
        return path
    return f"{path}&cursor={max(number - bluesky_jetstream.REWIND_MICROSECONDS, 1)}"


def viewed(post: object) -> RemoteItem | None:
    """A post as Bluesky's AppView gives it; ``None`` if it cannot be read."""
    view = mapping(post)
    author = profiled(mapping(view.get("author")))
    try:
        did, key = bluesky_items.parts(text(view.get("uri"), 600))
    except ValueError:
        return None
    record = mapping(view.get("record"))
    return bluesky_items.item(author, key, record) if did == author.remote_id and record else None


@dataclass
class Reading:
    """One connection's messages on their way to become signals, in order. It waits for names, never the server."""

    format: ModuleType
    wanted: Wanted
    server: str
    names: Names = field(default_factory=Names)
    waiting: "asyncio.Queue[Waiting | BaseException]" = field(default_factory=lambda: asyncio.Queue(WAITING))
    said_so_at: float = 0.0
    garbage: int = 0

    async def pump(self, connection: ClientConnection) -> None:
        """Read until the connection ends."""
        try:
            async for message in websocket.messages(connection):
                for each in self.read(message):
                    await self.waiting.put(each)
        except Exception as error:
            await self.waiting.put(error)

    def read(self, message: bytes) -> list["Waiting"]:
        """What follows from one message. Raises ``CursorLost`` or ``Temporary`` if it ends the stream."""
        if not message:
            return [Waiting(Signal())]
        if not self.format.may_matter(message, self.wanted):
            return self._moving_on(message)
        try:
            told: Told = self.format.read(message, self.wanted)
        except ValueError:
            self._count_garbage()
            return []
        self.garbage = 0
        if told.error:
            self._end(told)
        return self._waiting(told)

    def _moving_on(self, message: bytes) -> list["Waiting"]:
        """Now and then, how far the stream is: decoding every message for it would cost more than all else."""
        now = time.monotonic()
        if now - self.said_so_at < MOVING_ON_SECONDS:
            return []
        self.said_so_at = now
        return [Waiting(Signal(cursor=self.format.cursor_of(message)))]

    def _count_garbage(self) -> None:
        self.garbage += 1
        if self.garbage >= GARBAGE_IN_A_ROW:
            raise Temporary("The server sends nothing that makes sense.")

    def _end(self, told: Told) -> NoReturn:
        if told.error == FUTURE_CURSOR:
            raise CursorLost("The server has begun its stream anew.", words=told.words)
        raise Temporary("The server ended its stream.", words=f"{told.error} {told.words}".strip())

    def _waiting(self, told: Told) -> list["Waiting"]:
        """A message's signals. The last one alone says how far the stream is: a half-taken message is read again."""
        found: list[Waiting] = []
        for each in told.said:
            self.wanted.authors.add(each.did)  # its deletion may be the next message
            asked = self.names.ask(self.server, each.did)
            author, errand = (
                (asked, None) if isinstance(asked, RemoteAuthor) else (bluesky_items.unknown(each.did), asked)
            )
            item = bluesky_items.item(author, each.key, each.record, edited_at=each.edited_at)
            found.append(Waiting(Signal(item=item), errand))
        found += [Waiting(Signal(gone=each)) for each in told.gone]
        if told.gone_author in self.wanted.authors:
            found.append(Waiting(Signal(gone_author=told.gone_author)))
        if told.has_missed:
            found.append(Waiting(Signal(has_missed=True)))
        found.append(Waiting(Signal(cursor=told.cursor)))
        return found

    async def next(self, peer: Peer) -> Signal:
        """The next signal. Raises what ended the stream."""
        each = await self.waiting.get()
        if isinstance(each, BaseException):
            raise each
        if each.author is None or each.signal.item is None:
            return each.signal
        done, _ = await asyncio.wait([each.author], timeout=NAME_SECONDS)
        if done:
            return each.named()
        each.author.add_done_callback(lambda _: self._give_again(each))
        return each.signal

    def _give_again(self, each: "Waiting") -> None:
        """Its author's handle is known now."""
        if not self.waiting.full():
            self.waiting.put_nowait(Waiting(each.named()))


@dataclass(frozen=True)
class Waiting:
    """A signal, and the errand that ends with the author of its item."""

    signal: Signal
    author: asyncio.Task[RemoteAuthor] | None = None

    def named(self) -> Signal:
        """The signal with the author that was found."""
        if self.signal.item is None or self.author is None or self.author.cancelled() or self.author.exception():
            return self.signal
        return replace(self.signal, item=replace(self.signal.item, author=self.author.result()))
