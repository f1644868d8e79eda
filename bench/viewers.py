"""So many viewers of one stream, and when each event reached each of them.

    python -m bench.viewers PORT PATH VIEWERS

Bare asyncio protocols on uvloop. Prints "ready" when all are connected and have been sent the head of the answer; then,
at the end of its standard input, a JSON object: for each marker ``seq-000001`` that came, the moments (monotonic, in
seconds) at which it came, and how many viewers were cut off.
"""

import asyncio
import json
import re
import resource
import sys
import time
from array import array

import uvloop

MARK = re.compile(rb"seq-(\d{6})")
AT_ONCE = 200
"""Connections that are being made at one moment."""


class Crowd:
    """What the viewers have seen."""

    def __init__(self) -> None:
        self.seen: dict[int, array[float]] = {}
        self.joined = 0
        self.lost = 0
        self.strange: list[str] = []


class Viewer(asyncio.Protocol):
    __slots__ = ("_crowd", "_last", "_request", "_rest", "_transport")

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self._crowd, self._request = crowd, request
        self._rest = b""
        self._last = -1

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if self._last < 0:
            self._last = 0
            self._crowd.joined += 1
            if not data.startswith(b"HTTP/1.1 200"):
                self._crowd.strange.append(data[:200].decode(errors="replace"))
        # A marker may be cut in two by the packets; an event has its marker several times, and counts once.
        for found in MARK.finditer(self._rest + data):
            number = int(found[1])
            if number > self._last:
                self._last = number
                self._crowd.seen.setdefault(number, array("d")).append(now)
        self._rest = data[-9:]

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.lost += 1


async def main(port: int, path: str, viewers: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = Crowd()
    loop = asyncio.get_running_loop()
    turn = asyncio.Semaphore(AT_ONCE)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()

    async def join(number: int) -> None:
        async with turn:
            source = (f"127.0.{number // 10_000}.1", 0)  # an address has fewer ports than there may be viewers
            await loop.create_connection(lambda: Viewer(crowd, request), "127.0.0.1", port, local_addr=source)

    await asyncio.gather(*(join(number) for number in range(viewers)))
    while crowd.joined < viewers:
        await asyncio.sleep(0.05)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    seen = {number: list(moments) for number, moments in crowd.seen.items()}
    print(json.dumps({"seen": seen, "lost": crowd.lost, "strange": crowd.strange[:3]}))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
