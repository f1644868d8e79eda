"""Addresses of accounts, as people paste them, brought to one form so that two of them can be compared. Pure."""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import regex

SAME_SITE = {
    "twitter.com": "x.com",
    "fb.com": "facebook.com",
    "instagr.am": "instagram.com",
    "threads.net": "threads.com",
}
"""Other names of the same site."""
SITES = (
    "x.com",
    "facebook.com",
    "instagram.com",
    "threads.com",
    "youtube.com",
    "linkedin.com",
    "tiktok.com",
    "bsky.app",
)
"""Sites that serve the same accounts under further names of their own: m.facebook.com, uk.linkedin.com."""
SITE_PREFIX = regex.compile(r"(?:m|mobile|mbasic|touch|web|[a-z]{2}(?:-[a-z]{2})?)\.")

_SCHEME = regex.compile(r"[a-z][a-z0-9+.-]*:(?=/|\\)|acct:", regex.IGNORECASE)
_UNSEEN = regex.compile(r"[\s\p{Cf}]")
_USUAL_PORTS = (None, 80, 443)


@dataclass(frozen=True)
class Address:
    """``host`` without "www." and, where it is not the usual one, with its port; ``path`` without a slash at its end.

    Scheme, query and fragment are left out: networks ignore them. ``decoy`` is what stood before an @ in front of the
    host, which browsers ignore as well, and which therefore only deceives.
    """

    host: str
    path: str
    decoy: str = ""

    def __str__(self) -> str:
        return self.host + self.path

    def is_same(self, other: "Address") -> bool:
        return (self.host, self.path) == (other.host, other.path)

    def is_under(self, other: "Address") -> bool:
        """Whether this is the address of something on the page ``other``, such as a post of that account."""
        return self.host == other.host and bool(other.path) and self.path.startswith(f"{other.path}/")


def parse(text: str) -> Address | None:
    """The address in ``text``, with or without a scheme; ``None`` if there is none to be read."""
    bare = _UNSEEN.sub("", text).replace("\\", "/")
    scheme = _SCHEME.match(bare)
    try:
        parts = urlsplit("//" + bare[scheme.end() if scheme else 0 :].lstrip("/"))
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:  # brackets or a port that no address has
        return None
    if "." not in host and host != "localhost":
        return None
    if port not in _USUAL_PORTS:
        host = f"{host}:{port}"
    return Address(host, _path(host, parts), parts.username or "")


def _host(name: str) -> str:
    """The name as the domain name system has it, in Unicode, without what makes no difference."""
    try:
        name = name.encode("idna").decode()
        name = name.encode().decode("idna")
    except UnicodeError:
        pass  # not a name that can be looked up; compared as it stands
    name = name.lower().rstrip(".").removeprefix("www.")
    name = SAME_SITE.get(name, name)
    inner = SITE_PREFIX.sub("", name, count=1) if SITE_PREFIX.match(name) else name
    inner = SAME_SITE.get(inner, inner)
    return inner if inner in SITES else name


def _path(host: str, parts: SplitResult) -> str:
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if host == "facebook.com" and steps == ["profile.php"]:
        steps = parse_qs(parts.query).get("id", steps)
    if len(steps) > 1 and steps[0] == "users":  # how Mastodon's servers name an account among themselves
        steps = [f"@{steps[1]}", *steps[2:]]
    return "".join(f"/{step}" for step in steps).lower()
