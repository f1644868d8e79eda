"""Who is behind a DID: looked up beside the stream, which never waits long for it."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import httpx

from moothall.networks import asking
from moothall.networks.bluesky_items import unknown
from moothall.networks.bounded import mapping, text, whole
from moothall.networks.errors import NetworkError
from moothall.networks.hearing import RemoteAuthor
from moothall.networks.translate import Peer

APPVIEW = "https://public.api.bsky.app"
"""Where Bluesky answers everybody about profiles. (Its page "API Hosts and Auth".)"""
KEPT_SECONDS = 3_600.0
KEPT_UNKNOWN_SECONDS = 60.0
MOST = 20_000
MOST_AT_ONCE = 8
MOST_WAITING = 500
ASKING_SECONDS = 8.0
INVALID = "handle.invalid"


class Names:
    """The authors by DID, those met last. For one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[RemoteAuthor, float]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[RemoteAuthor]] = {}
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    def ask(self, server: str, did: str) -> "RemoteAuthor | asyncio.Task[RemoteAuthor]":
        """The author, or the errand that ends with the author; it raises nothing."""
        kept = self._kept.get(did)
        if kept and kept[1] > time.monotonic():
            return kept[0]
        if did not in self._asking:
            if len(self._asking) >= MOST_WAITING:
                return unknown(did)
            self._asking[did] = asyncio.create_task(self._look_up(server, did))
        return self._asking[did]

    async def _look_up(self, server: str, did: str) -> RemoteAuthor:
        try:
            async with self._turns:
                found = await asyncio.to_thread(look_up, server, did)
        finally:
            self._asking.pop(did, None)
        seconds = KEPT_SECONDS if found.handle != did else KEPT_UNKNOWN_SECONDS
        self._kept[did] = found, time.monotonic() + seconds
        self._kept.move_to_end(did)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return found


def look_up(server: str, did: str) -> RemoteAuthor:
    """Ask the server that has the account, or Bluesky, who ``did`` is. Nameless if neither says.

    A handle counts only if it was found to lead back to the DID: anybody may claim any.
    """
    if not is_blueskys(server):
        try:
            said = mapping(_get(server, "com.atproto.repo.describeRepo", {"repo": did}))
            if said.get("did") == did and said.get("handleIsCorrect") is True:
                return _author(did, said.get("handle"), {})
        except NetworkError:
            pass  # a relay does not tell; Bluesky may
    try:
        profile = mapping(_get(APPVIEW, "app.bsky.actor.getProfile", {"actor": did}))
    except NetworkError:
        return unknown(did)
    return profiled(profile) if profile.get("did") == did else unknown(did)


def is_blueskys(server: str) -> bool:
    """Whether ``server`` is one of the company's own."""
    host = httpx.URL(server).host
    return host.endswith((".bsky.network", ".bsky.app")) or host in ("bsky.network", "bsky.app", "bsky.social")


def profiled(profile: Mapping[str, Any]) -> RemoteAuthor:
    """The author of a profile as Bluesky's AppView gives it."""
    return _author(text(profile.get("did"), 300), profile.get("handle"), profile)


def _author(did: str, handle: object, profile: Mapping[str, Any]) -> RemoteAuthor:
    plain = text(handle, 253).lower()
    if not plain or plain == INVALID:
        plain = did
    return RemoteAuthor(
        remote_id=did,
        handle=plain,
        name=text(profile.get("displayName"), 300),
        url=f"https://bsky.app/profile/{plain}",
        picture=text(profile.get("avatar"), 1_000),
        followers=whole(profile.get("followersCount")),
    )


def _get(server: str, method: str, params: dict[str, str]) -> Any:
    peer = Peer(httpx.URL(server).host)
    return asking.get(peer, f"{server}/xrpc/{method}", params, within=ASKING_SECONDS)
