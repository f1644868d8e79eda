"""A reverse proxy between our code and a server, whose every step a test can program, watch and hold.

    with HoldingProxy(server.url) as proxy:
        rule = proxy.when("POST", "/api/v1/statuses", Plan(hold_answer=True))
        ...                             # a worker, told to use proxy.url, sends a post
        rule.wait(Step.ANSWERED)        # the server has done it; the worker does not know yet
        os.kill(worker, signal.SIGKILL)
        rule.release()

The plans that the tests use most:

    Plan(hold_request=True)                              the request is in, the server has not seen it
    Plan(hold_answer=True)                               the server has done it, the answer is held back
    Plan(forward=False, drop=True)                       the connection breaks before the server has seen it
    Plan(drop=True)                                      the connection breaks after the server has done it
    Plan(forward=False, answer=Answer(429, headers=..))  refused; the server has not seen it
    Plan(forward=False, before_body=True, answer=..)     refused on the head alone, the body thrown away unread
    Plan(answer=Answer(500))                             done by the server, yet the client is told 500
    Plan(delay=0.3)                                      a slow network
    Plan(strip=("Idempotency-Key",))                     a server that ignores a header

Once a request is in, it goes its planned way whether or not its client still lives, as a real server would treat it.
Speaks plain HTTP/1.1 on both sides and reads bodies whole: no TLS, no upgrades, no endless streams.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Self
from urllib.parse import urlsplit

import h11
import httpx

from tests.peers.http1 import Connection, end_to_end


class Step(StrEnum):
    """How far a request has come. All but DROPPED and CLIENT_GONE come in this order."""

    RECEIVED = "the request is in, whole (with `before_body`: its head)"
    FORWARDED = "the whole request has been written to the server"
    ANSWERED = "the server's whole answer is in"
    DELIVERED = "the whole answer has been written to a client that was still connected"
    DROPPED = "the connection was broken off, as planned"
    CLIENT_GONE = "there was no client left to answer"


@dataclass(frozen=True)
class Request:
    """A request as it came in. `path` has no query; `headers` ignores case; `body` is b"" if it was left unread."""

    method: str
    path: str
    query: str
    headers: httpx.Headers
    body: bytes

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Answer:
    """An answer, the server's own or a planned one. The proxy sees to Content-Length itself."""

    status: int
    body: bytes = b""
    headers: httpx.Headers | dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What becomes of a request; without arguments, what any proxy does. See the module's docstring for examples."""

    delay: float = 0  # seconds between the request's arrival and its forwarding
    strip: tuple[str, ...] = ()  # request headers that the server does not get to see
    hold_request: bool = False  # until `Rule.release()`
    forward: bool = True
    hold_answer: bool = False  # until `Rule.release()`
    drop: bool = False  # break the connection off instead of answering
    answer: Answer | None = None  # instead of the server's
    before_body: bool = False

    def __post_init__(self) -> None:
        if not self.forward and not self.drop and self.answer is None:
            raise ValueError("A request that is not forwarded needs `drop` or an `answer`.")
        if self.drop and self.answer is not None:
            raise ValueError("A dropped connection has no `answer`.")
        if self.hold_request and self.hold_answer:
            raise ValueError("Hold the request or the answer: one release cannot serve both.")
        if self.before_body and (self.forward or self.answer is None or self.hold_request or self.hold_answer):
            raise ValueError("`before_body` goes with `forward=False` and an `answer`, and holds nothing.")


@dataclass(frozen=True)
class Event:
    """A request has reached a step; `at` is in seconds of `time.monotonic()`."""

    step: Step
    request: Request
    at: float


class Rule:
    """A plan for the requests that match, and the events of those that have."""

    def __init__(self, method: str, path: str, plan: Plan, times: int | None) -> None:
        self.plan = plan
        self._method, self._path, self._left = method, path, times
        self._events: queue.Queue[Event] = queue.Queue()
        self._released = threading.Event()

    def wait(self, step: Step, timeout: float = 10) -> Event:
        """The next event of this kind, passing over others before it. Raises `TimeoutError` after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        seen: list[str] = []
        while True:
            try:
                event = self._events.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"No {step.name} within {timeout} s, only: {', '.join(seen) or 'nothing'}") from None
            if event.step is step:
                return event
            seen.append(event.step.name)

    def release(self) -> None:
        """Let go of what this rule holds, and hold nothing from now on."""
        self._released.set()

    async def held(self) -> None:
        """Return once released. Polls, so that `release` works from any thread and needs no event loop."""
        while not self._released.is_set():
            await asyncio.sleep(0.002)

    def take(self, method: str, path: str) -> bool:
        """Whether the rule applies to this request; if so, one of its times is used up."""
        if self._left == 0 or self._method not in ("*", method) or not fnmatchcase(path, self._path):
            return False
        if self._left is not None:
            self._left -= 1
        return True

    def record(self, event: Event) -> None:
        self._events.put(event)


class HoldingProxy:
    """The proxy, from `start()` (or entering the context) to `stop()`, in a thread of its own.

    `url` is its address; `requests` has every request so far, oldest first. `on_event`, if set, is called with each
    event in the proxy's thread, and all requests wait meanwhile: a callback that kills the client with SIGKILL, and
    waits until it is dead, does so exactly at that step.
    """

    url: str

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"Not an http:// address: {upstream!r}")
        self._upstream = (parts.hostname, parts.port or 80)
        self.requests: list[Request] = []
        self.on_event: Callable[[Event], None] | None = None
        self._rules: list[Rule] = []
        self._rules_lock = threading.Lock()
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on a free loopback port."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("The proxy did not start.")

    def stop(self) -> None:
        """Break off every connection, forwarding nothing that is still held."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def when(self, method: str, path: str, plan: Plan, times: int | None = 1) -> Rule:
        """Plan for the next `times` matching requests; None means all.

        `method` may be "*"; `path`, without the query, may have shell wildcards. Of several rules that match, the one
        made first applies until its times are used up; so rules made in a row play out in that order.
        """
        rule = Rule(method, path, plan, times)
        with self._rules_lock:
            self._rules.append(rule)
        return rule

    def reset(self) -> None:
        """Forget all rules, releasing what they hold, and the requests recorded."""
        with self._rules_lock:
            rules, self._rules = self._rules, []
        for rule in rules:
            rule.release()
        self.requests.clear()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stopping.wait()
        server.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client's connection, request after request."""
        client = Connection(h11.SERVER, reader, writer)
        try:
            while await self._exchange(client):
                client.next_cycle()
        except (ConnectionError, h11.ProtocolError):
            pass  # The client died, or spoke nonsense, before its request was whole: there is nothing to carry out.
        except asyncio.CancelledError:
            pass  # The proxy is stopping; Python 3.11 would report a cancelled conversation as an error.
        finally:
            writer.close()

    async def _exchange(self, client: Connection) -> bool:
        """Carry out one request by its plan. Returns whether the connection can take another."""
        head = await client.head()
        if not isinstance(head, h11.Request):
            return False
        path, _, query = head.target.decode().partition("?")
        method = head.method.decode()
        rule = self._rule(method, path)
        body = b"" if rule.plan.before_body else await client.body()
        request = Request(method, path, query, httpx.Headers(head.headers.raw_items()), body)
        self.requests.append(request)
        self._emit(rule, Step.RECEIVED, request)
        answer = await self._carry_out(rule, request)
        if answer is None:
            client.drop()
            self._emit(rule, Step.DROPPED, request)
            return False
        if await client.gone():
            self._emit(rule, Step.CLIENT_GONE, request)
            return False
        await client.respond(answer.status, httpx.Headers(answer.headers), answer.body, head_only=method == "HEAD")
        self._emit(rule, Step.DELIVERED, request)
        if rule.plan.before_body:
            await client.discard_rest()
        return client.reusable

    async def _carry_out(self, rule: Rule, request: Request) -> Answer | None:
        """All that the plan has between the request and its answer. None means: break the connection off."""
        plan = rule.plan
        await asyncio.sleep(plan.delay)
        if plan.hold_request:
            await rule.held()
        answer = await self._forward(rule, request) if plan.forward else None
        if plan.hold_answer:
            await rule.held()
        return None if plan.drop else plan.answer or answer

    async def _forward(self, rule: Rule, request: Request) -> Answer:
        """Ask the server, on a connection of its own; 502 if it does not answer."""
        stripped = {name.lower() for name in rule.plan.strip}
        headers = [(name, value) for name, value in end_to_end(request.headers) if name.decode() not in stripped]
        try:
            server = Connection(h11.CLIENT, *await asyncio.open_connection(*self._upstream))
            try:
                await server.request(request.method, request.target, headers, request.body)
                self._emit(rule, Step.FORWARDED, request)
                head = await server.head()
                if not isinstance(head, h11.Response):
                    return Answer(502, b"The server hung up.")
                answer = Answer(head.status_code, await server.body(), httpx.Headers(head.headers.raw_items()))
            finally:
                server.drop()
        except (OSError, h11.ProtocolError) as error:
            return Answer(502, f"The server did not answer: {error}".encode())
        self._emit(rule, Step.ANSWERED, request)
        return answer

    def _rule(self, method: str, path: str) -> Rule:
        """The rule for this request; a plain one if none was made."""
        with self._rules_lock:
            for rule in self._rules:
                if rule.take(method, path):
                    return rule
        return Rule("*", "*", Plan(), None)

    def _emit(self, rule: Rule, step: Step, request: Request) -> None:
        event = Event(step, request, time.monotonic())
        rule.record(event)
        if self.on_event:
            self.on_event(event)
