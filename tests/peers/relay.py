"""A line between a client and a server that can go dead: it stays up, takes bytes, and passes none on."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from tests.peers.loops import OnALoop


class Relay(OnALoop):
    """Passes TCP on to ``server``, an address, for as long as one is within it. ``url`` is its own address."""

    url: str

    def __init__(self, server: str) -> None:
        super().__init__()
        parts = urlsplit(server)
        self._to = parts.hostname, parts.port
        self.is_dead = False
        """Whether what comes is swallowed, from either side, on old lines and on new ones."""
        self.lines = 0
        """How many connections there have been."""
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break all lines off."""

        async def abort() -> None:
            for writer in list(self._writers):
                writer.transport.abort()

        self._on_loop(abort())

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _stop(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        try:
            to_reader, to_writer = await asyncio.open_connection(*self._to)
        except OSError:
            writer.close()
            return
        both = {writer, to_writer}
        self._writers |= both
        try:
            await asyncio.gather(self._pass(reader, to_writer), self._pass(to_reader, writer))
        finally:
            self._writers -= both
            for each in both:
                each.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while content := await reader.read(65_536):
                if not self.is_dead:
                    writer.write(content)
                    await writer.drain()
        writer.close()
