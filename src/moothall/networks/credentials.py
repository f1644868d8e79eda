"""Reading what a person filled in to connect a channel."""

import re
from urllib.parse import urlsplit

from moothall.core import http
from moothall.networks.base import Account
from moothall.networks.errors import NeedsReconnect, Rejected

HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+", re.IGNORECASE)
"""What may be the name of a host, in any script, or an address of IPv4 or IPv6."""


def server(account: Account, default: str = "") -> str:
    """The address of the channel's server, as ``https://host`` or ``https://host:port``. Raises ``Rejected``."""
    return address(account.credentials.get("server", "").strip() or default)


def address(typed: str) -> str:
    """The same for what a person typed: a host name, an address, or the address of a page; all will do.

    Plain ``http`` is for hosts that the operator allows: elsewhere the channel's secret would travel in clear. Raises
    ``Rejected``.
    """
    typed = typed.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not HOST.fullmatch(host) or parts.scheme not in ("https", "http") or parts.username is not None:
        raise Rejected(f"“{typed}” is not the address of a server.")
    if parts.scheme == "http" and not http.is_allowed(host, port or 80):
        raise Rejected(f"Use https:// for {host}: without it, the channel's secret could be read on the way.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def secret(account: Account, name: str) -> str:
    """A token or password. Raises ``NeedsReconnect`` if it is missing or can't be one."""
    value = account.credentials.get(name, "").strip()
    if not value:
        raise NeedsReconnect("This channel has no credentials yet. Connect it again.")
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise NeedsReconnect("This channel's credentials have characters that can't be in them. Connect it again.")
    return value


def host(server: str) -> str:
    """The name of a server by which people know it."""
    return urlsplit(server).netloc
