"""Lines as the products write them, made from fields, each letter with its field."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from moothall.webuse.formats import combined, squid, w3c
from moothall.webuse.formats.base import Pattern
from moothall.webuse.formats.defender import Defender
from moothall.webuse.formats.squid_logformat import pattern_of
from moothall.webuse.formats.zscaler import Zscaler

USER, OTHER, NOISE = "user", "other", "noise"

Marked = list[tuple[str, str]]
"""Letters, each with what it belongs to."""


@dataclass(frozen=True)
class Request:
    user: str
    host: str
    port: str
    path: str
    client: str
    method: str
    status: str
    size: str

    @property
    def address(self) -> str:
        return f"{self.host}:443" if self.method == "CONNECT" else f"http://{self.host}{self.port}{self.path}"


_LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789._-%+'é\ufffd")
_NAMES = st.text(_LETTERS, min_size=1, max_size=12)
_LABELS = st.from_regex(r"\A[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?\Z")
_HOSTS = st.lists(_LABELS, min_size=1, max_size=4).map(".".join) | st.sampled_from(["[2001:db8::1]", "192.0.2.80"])
_PATHS = st.text(st.sampled_from("abcXYZ019/?#&=:@.,;%-_~é\ufffd"), max_size=30).map(lambda path: f"/{path}")

requests = st.builds(
    Request,
    user=_NAMES | _NAMES.map(lambda name: f"EXAMPLESHIRE\\{name}") | _NAMES.map(lambda name: f"{name}@EXAMPLESHIRE"),
    host=_HOSTS,
    port=st.sampled_from(["", ":8080"]),
    path=_PATHS,
    client=st.sampled_from(["192.0.2.10", "2001:db8::15", "pc7.exampleshire.example"]),
    method=st.sampled_from(["GET", "POST", "CONNECT"]),
    status=st.integers(100, 599).map(str),
    size=st.integers(0, 10**30).map(str),
)


def _marked(user: str, before: str, after: str) -> Marked:
    return (
        [(letter, OTHER) for letter in before] + [(letter, USER) for letter in user] + [(sign, OTHER) for sign in after]
    )


def _squid(request: Request) -> Marked:
    before = f"1791636936.123     87 {request.client} TCP_MISS/{request.status} {request.size} {request.method} "
    return _marked(request.user, f"{before}{request.address} ", " HIER_DIRECT/198.51.100.7 text/html")


def _combined(request: Request) -> Marked:
    after = f' [10/Oct/2026:13:55:36 +0100] "{request.method} {request.address} HTTP/1.1" {request.status} '
    agent = '"http://www.example.com/" "Mozilla/5.0 (X11; \\"Linux\\" x86_64)"'
    return _marked(request.user, f"{request.client} - ", f"{after}{request.size} {agent}")


BLUE_COAT = "#Fields: date time c-ip cs-username sc-filter-result sc-status cs-method cs-uri cs(User-Agent) sc-bytes"


def _w3c(request: Request) -> Marked:
    after = f" OBSERVED {request.status} {request.method} {request.address} "
    agent = '"Mozilla/5.0 (X11; ""Linux"" x86_64)"'
    return _marked(request.user, f"2026-10-10 12:55:36 {request.client} ", f"{after}{agent} {request.size}")


def _zscaler(request: Request) -> Marked:
    address = f"{request.host}{request.port}{request.path}"
    before, after = '"Sat Oct 10 12:55:36 2026","', f'","HTTPS","{address}","Allowed","None","None","72",'
    size = f'"{request.size}","0","0","Business, use","News","News","None","None","0","None","None","Library, 1st",'
    agent = f'"Libraries","{request.client}","198.51.100.7","{request.method}","{request.status}","A ""B"", C",'
    rest = '"None","None","None","Other","None","NA","NA","N/A"'
    return _marked(zscaler_login(request), before, after + size + agent + rest)


def zscaler_login(request: Request) -> str:
    return request.user if "@" in request.user or "\\" in request.user else f"{request.user}@exampleshire.example"


TMG_HEADER = "Log Time\tClient IP\tClient Username\tURL\tHTTP Method\tHTTP Status Code\tRule\tBytes Received\tAction"


def _defender(request: Request) -> Marked:
    after = f"\t{request.address}\t{request.method}\t{request.status}\tAllow web\t{request.size}\tAllowed"
    return _marked(request.user, f"2026-10-10 13:55:36\t{request.client}\t", after)


LOGFORMAT = 'logformat ours %>a [%tl] "%rm %ru" %un %Ss/%03>Hs %<st %{Via}>h "%{User-Agent}>h" %ssl::>sni'


def _logformat(request: Request) -> Marked:
    before = f'{request.client} [10/Oct/2026:13:55:36 +0100] "{request.method} {request.address}" '
    return _marked(request.user, before, f' TCP_MISS/{request.status} {request.size} - "A \\"B\\" C" www.example.com')


@dataclass(frozen=True)
class Written:
    pattern: Pattern
    line: Callable[[Request], Marked]


def _some(line: Callable[[Request], Marked]) -> str:
    request = Request("asha@EXAMPLESHIRE", "www.example.com", "", "/", "192.0.2.10", "GET", "200", "1")
    return "".join(letter for letter, _ in line(request))


def _found(pattern: Pattern | None) -> Pattern:
    assert pattern is not None
    return pattern


WRITTEN = {
    "squid": Written(squid.PATTERN, _squid),
    "combined": Written(combined.pattern(agent=True, squid=False), _combined),
    "w3c": Written(w3c.pattern_of(BLUE_COAT), _w3c),
    "zscaler": Written(_found(Zscaler().recognise([_some(_zscaler)])), _zscaler),
    "defender": Written(_found(Defender().recognise([TMG_HEADER, _some(_defender)])), _defender),
    "logformat": Written(pattern_of(LOGFORMAT), _logformat),
}
