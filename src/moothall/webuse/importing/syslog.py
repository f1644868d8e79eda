"""Listening for what proxies send over TCP or TLS: Squid's own ``tcp:`` and syslog.

Nothing is counted here: what comes is appended to files of the spool, one for each connection and some seconds, and
those are imported like any log (``spooled.py``). TCP does not tell a proxy what has been written here, so what it had
sent and nobody had yet read when the machine stopped is gone; what is in the spool is counted once.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import cast

from moothall.webuse.importing.framing import Framer
from moothall.webuse.importing.lending import Patience
from moothall.webuse.importing.spool import Spool, SpoolFile

log = logging.getLogger(__name__)

LOOPBACK: tuple[IPv4Network | IPv6Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
MOST_SPOOLED = 256 * 2**20
"""Bytes that may lie in the spool. With more, nothing is read from the proxies: they wait, and lose nothing."""
RESUME_BELOW = 0.8
"""The share of that below which reading goes on."""
SYNC_EVERY = 0.5
SYNC_AFTER = 2**20
"""Seconds and bytes after which what came is brought to the disk."""
TEND_EVERY = 0.1
"""Seconds."""


@dataclass(frozen=True)
class Door:
    """Where to listen, and to whom. ``port`` 0: any that is free. With ``tls`` nothing else is understood."""

    host: str = "127.0.0.1"
    port: int = 0
    allowed: Sequence[IPv4Network | IPv6Network] = LOOPBACK
    tls: ssl.SSLContext | None = None

    def admits(self, address: str) -> bool:
        """Whether whoever comes from this address may send."""
        found = ip_address(address.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self.allowed)


def tls(certificate: Path, key: Path, client_ca: Path | None = None) -> ssl.SSLContext:
    """TLS with the certificate (PEM, with its chain) and key in these files.

    With ``client_ca`` only those may send who show a certificate that it signed. Raises ``OSError`` (``ssl.SSLError``
    among it) for files that cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Listener:
    """Takes what comes in at ``door`` into ``spool``."""

    def __init__(self, spool: Spool, door: Door, most_spooled: int = MOST_SPOOLED) -> None:
        self.spool, self.door = spool, door
        self._most = most_spooled
        self._connections: set[_Connection] = set()
        self._left: list[SpoolFile] = []
        """Files whose connection is closed and that could not be closed yet."""
        self._is_paused = False
        self._patience = Patience(log, "Writing down what proxies send")
        self._held_until = 0.0
        self._synced_at = 0.0
        self.port = 0
        """Where it listens, once it does."""
        self.is_listening = threading.Event()

    async def serve(self, stopping: threading.Event) -> None:
        """Listen until ``stopping`` is set. Raises ``OSError`` if it cannot listen there."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), self.door.host, self.door.port, ssl=self.door.tls)
        self.port = server.sockets[0].getsockname()[1]
        log.info("Listening for proxies at %s, port %s", self.door.host, self.port)
        async with server:
            self.is_listening.set()
            while not stopping.is_set():
                await self._tend()
                await asyncio.sleep(TEND_EVERY)
            for each in list(self._connections):
                each.close()
                self.leave(each)
        self._held_until = 0.0
        await self._tend()

    def join(self, connection: "_Connection") -> None:
        """A proxy is there."""
        self._connections.add(connection)
        if self._is_paused:
            connection.pause(True)

    def leave(self, connection: "_Connection") -> None:
        """It has gone; what it sent stays."""
        self._connections.discard(connection)
        if connection.file is not None:
            self._left.append(connection.file)
            connection.file = None

    def take(self, connection: "_Connection", lines: list[bytes]) -> None:
        """Write down what a proxy sent. What cannot be written waits in memory, and nothing more is read."""
        if connection.file is None:
            connection.file = self.spool.begin(connection.sender)
        self.spool.grew(connection.file.add(lines))
        try:
            if not self._is_in_trouble():
                connection.file.write()
        except OSError as error:
            self._in_trouble(error)
        self._pause_or_resume()

    def _is_in_trouble(self) -> bool:
        return self._held_until > asyncio.get_running_loop().time()

    def _in_trouble(self, error: OSError) -> None:
        self._held_until = asyncio.get_running_loop().time() + self._patience.failed(error)
        self._pause_or_resume()

    async def _tend(self) -> None:
        """Bring to the disk what came, and close files that are full or old."""
        if self._is_in_trouble():
            return
        try:
            await self._sync()
            self._close_files()
        except OSError as error:
            self._in_trouble(error)
            return
        if self._held_until:
            self._held_until = 0.0
            self._patience.went_well()
        self._pause_or_resume()

    async def _sync(self) -> None:
        loop = asyncio.get_running_loop()
        files = [each.file for each in self._connections if each.file is not None]
        for file in [*files, *self._left]:
            file.write()
        if loop.time() - self._synced_at < SYNC_EVERY and sum(each.unsynced for each in files) < SYNC_AFTER:
            return
        self._synced_at = loop.time()
        for file in files:
            if file.unsynced:
                await loop.run_in_executor(None, file.sync)

    def _close_files(self) -> None:
        while self._left:
            self.spool.finish(self._left[0])
            del self._left[0]
        for each in self._connections:
            if each.file is not None and (each.file.is_full() or self._is_paused):
                self.spool.finish(each.file)
                each.file = None

    def _pause_or_resume(self) -> None:
        """Read from the proxies only while there is room, and while what came can be written."""
        limit = self._most * (RESUME_BELOW if self._is_paused else 1)
        pause = self.spool.bytes > limit or self._is_in_trouble()
        if pause == self._is_paused:
            return
        self._is_paused = pause
        log.info("Reading from the proxies %s", "waits for what came to be counted" if pause else "goes on")
        for each in self._connections:
            each.pause(pause)


class _Connection(asyncio.Protocol):
    """One proxy that sends."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._framer = Framer()
        self._transport: asyncio.Transport | None = None
        self.sender = ""
        self.file: SpoolFile | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.sender = transport.get_extra_info("peername")[0]
        if not self._listener.door.admits(self.sender):
            log.warning("%s is in none of the networks from which a proxy may send", self.sender)
            cast(asyncio.Transport, transport).abort()
            return
        self._transport = cast(asyncio.Transport, transport)
        self._listener.join(self)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None and (lines := self._framer.feed(data)):
            self._listener.take(self, lines)

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is None:
            return
        if lines := self._framer.end():
            self._listener.take(self, lines)
        self._listener.leave(self)

    def pause(self, pause: bool) -> None:
        """Read no more for now, or read again."""
        if self._transport is None or self._transport.is_closing():
            return
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close(self) -> None:
        """Hear no more. A line of which only the beginning came is the proxy's to send again."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
