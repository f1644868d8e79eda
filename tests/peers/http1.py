"""HTTP/1.1 over an asyncio connection, either side of it; h11 does the parsing."""

import asyncio
from collections.abc import Iterable

import h11
import httpx

HOP_BY_HOP = {  # RFC 9110, section 7.6.1: these speak of one connection only
    b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
}  # fmt: skip
BODILESS = {204, 304}  # RFC 9110, section 6.4.1

RawHeaders = list[tuple[bytes, bytes]]


def end_to_end(headers: httpx.Headers) -> RawHeaders:
    """The headers to pass on, names in lower case; Content-Length is not among them, since bodies are sent anew."""
    named = [(name.lower(), value) for name, value in headers.raw]
    return [(name, value) for name, value in named if name not in HOP_BY_HOP | {b"content-length"}]


class Connection:
    """One side (`h11.CLIENT` or `h11.SERVER`) of an HTTP/1.1 connection.

    Methods raise `ConnectionError` or `h11.ProtocolError` when the other side dies or speaks no HTTP.
    """

    def __init__(
        self, side: type[h11.CLIENT] | type[h11.SERVER], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._state = h11.Connection(side)
        self._reader, self._writer = reader, writer

    async def head(self) -> h11.Request | h11.Response | h11.ConnectionClosed:
        """The head of the next message, or ConnectionClosed if there is none."""
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Request | h11.Response | h11.ConnectionClosed):
                return event

    async def body(self) -> bytes:
        """The whole body of the message whose head was just read."""
        parts = []
        while isinstance(event := await self._next_event(), h11.Data):
            parts.append(bytes(event.data))
        return b"".join(parts)

    async def request(self, method: str, target: str, headers: RawHeaders, body: bytes) -> None:
        """Send a whole request, asking for the connection to be closed after its answer."""
        framing = [(b"connection", b"close")]
        if body or method not in ("GET", "HEAD", "DELETE"):
            framing.append((b"content-length", str(len(body)).encode()))
        head = h11.Request(method=method, target=target, headers=headers + framing)
        await self._send([head, h11.Data(data=body), h11.EndOfMessage()])

    async def respond(self, status: int, headers: httpx.Headers, body: bytes, head_only: bool) -> None:
        """Send a whole response; with `head_only` (the answer to HEAD), all but its body."""
        kept = end_to_end(headers)
        if head_only and (length := headers.get("content-length")):
            kept.append((b"content-length", length.encode()))
        elif not head_only and status not in BODILESS:
            kept.append((b"content-length", str(len(body)).encode()))
        else:
            body = b""
        await self._send([h11.Response(status_code=status, headers=kept), h11.Data(data=body), h11.EndOfMessage()])

    async def gone(self) -> bool:
        """Whether the other side has hung up. No client of ours closes only its sending half."""
        await asyncio.sleep(0.001)  # the event loop has to go round before it hears what the kernel knows
        return self._reader.at_eof() or self._reader.exception() is not None or self._writer.is_closing()

    async def discard_rest(self, patience: float = 1) -> None:
        """Finish sending, then read on for up to `patience` seconds until the other side hangs up.

        Closing a socket with unread data resets the connection, which can destroy the answer before it is read.
        """
        try:
            self._writer.write_eof()
            async with asyncio.timeout(patience):
                while await self._reader.read(65536):
                    pass
        except (TimeoutError, ConnectionError):
            pass  # It had its time, or it is gone: either way the connection is done with.

    def drop(self) -> None:
        """Close at once, whatever is unsent."""
        self._writer.transport.abort()

    @property
    def reusable(self) -> bool:
        """Whether both sides are done with a message and neither asked to close."""
        return self._state.our_state is h11.DONE and self._state.their_state is h11.DONE

    def next_cycle(self) -> None:
        """Make ready for the next request on a `reusable` connection."""
        self._state.start_next_cycle()

    async def _next_event(self) -> h11.Event:
        while True:
            event = self._state.next_event()
            if isinstance(event, h11.Event):
                return event
            self._state.receive_data(await self._reader.read(65536))

    async def _send(self, events: Iterable[h11.Event]) -> None:
        for event in events:
            if data := self._state.send(event):
                self._writer.write(data)
        await self._writer.drain()
