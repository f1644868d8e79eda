"""What a Bluesky account says of itself, read from the server that stores it.

Sources: the lexicons ``com.atproto.identity.resolveHandle``, ``com.atproto.repo.describeRepo`` and ``.listRecords``,
``app.bsky.actor.profile`` and ``app.bsky.feed.post``; the specifications "DID" and "Handle" of atproto.com.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx

from moothall.core import http
from moothall.networks import credentials
from moothall.networks.errors import NetworkError, Rejected
from moothall.networks.proving import Profile
from moothall.networks.text import is_handle
from moothall.networks.translate import Answer, Peer

POSTS = 25
WITHIN_SECONDS = 20.0
USUAL = "https://bsky.social"
PLC = "https://plc.directory"


class ProvesOnBluesky:
    """``proving.ProvesOwnership`` for Bluesky and other servers of the AT Protocol."""

    handle_hint = "For example hazel.bsky.social, without the @."

    def profile(self, handle: str, servers: Sequence[str]) -> Profile:
        name = handle.strip().lstrip("@").lower()
        if not is_handle(name):
            raise Rejected("Give the whole handle, such as hazel.bsky.social.")
        with http.client(within=WITHIN_SECONDS, headers={"Accept": "application/json"}) as client:
            home, did = _resolved(client, name, [*servers, USUAL])
            stored_at = _repository(client, home, did)
            said = _records(client, stored_at, did, "app.bsky.actor.profile", 1)
            said += _records(client, stored_at, did, "app.bsky.feed.post", POSTS)
        return Profile(did, name, f"https://bsky.app/profile/{name}", tuple(_words(said)))


def _resolved(client: httpx.Client, name: str, servers: Sequence[str]) -> tuple[str, str]:
    """The first of ``servers`` that knows the handle, and the account's DID."""
    trouble: NetworkError = Rejected(f"Nobody knows {name}.")
    for server in dict.fromkeys(servers):
        try:
            did = _get(client, server, "com.atproto.identity.resolveHandle", handle=name).get("did")
        except NetworkError as error:
            trouble = error
            continue
        if isinstance(did, str) and did.startswith("did:"):
            return server, did
    raise trouble


def _repository(client: httpx.Client, home: str, did: str) -> str:
    """The server that stores the account: ``home``, or the one that its DID document names."""
    try:
        _get(client, home, "com.atproto.repo.describeRepo", repo=did)
    except Rejected:
        return _storing(client, did)
    return home


def _storing(client: httpx.Client, did: str) -> str:
    method, _, rest = did.removeprefix("did:").partition(":")
    if method == "plc":
        document = _json(client, f"{PLC}/{quote(did, safe=':')}")
    elif method == "web" and is_handle(rest):
        document = _json(client, f"https://{rest}/.well-known/did.json")
    else:
        raise Rejected("Nobody can tell which server stores this account.")
    services = document.get("service")
    for each in services if isinstance(services, list) else []:
        if isinstance(each, dict) and str(each.get("id", "")).endswith("#atproto_pds"):
            return credentials.address(str(each.get("serviceEndpoint", "")))
    raise Rejected("Nobody can tell which server stores this account.")


def _records(client: httpx.Client, server: str, did: str, collection: str, limit: int) -> list[Any]:
    found = _get(client, server, "com.atproto.repo.listRecords", repo=did, collection=collection, limit=str(limit))
    records = found.get("records")
    return [each.get("value") for each in records if isinstance(each, dict)] if isinstance(records, list) else []


def _words(records: list[Any]) -> list[str]:
    said = []
    for each in records:
        if isinstance(each, dict):
            said += [str(each.get(name) or "") for name in ("description", "website", "text")]
            said += _links(each.get("facets"))
    return [each for each in said if each]


def _links(facets: Any) -> list[str]:
    """The addresses behind a post's words, which may be shown shortened."""
    features = [feature for each in facets or [] if isinstance(each, dict) for feature in each.get("features") or []]
    return [str(each["uri"]) for each in features if isinstance(each, dict) and "uri" in each]


def _get(client: httpx.Client, server: str, method: str, **query: str) -> dict[str, Any]:
    return _json(client, f"{server}/xrpc/{method}?{httpx.QueryParams(query)}")


def _json(client: httpx.Client, url: str) -> dict[str, Any]:
    peer = Peer(credentials.host(url))
    try:
        answer = client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise peer.unanswered(error) from error
    if answer.status_code in (400, 404):
        raise Rejected(f"{peer.name} knows no account of that name.", status=answer.status_code)
    if answer.status_code != 200:
        raise peer.refusal(Answer(answer.status_code, answer.headers, answer.text))
    try:
        content = json.loads(answer.content)
    except ValueError as error:
        raise peer.unreadable() from error
    if not isinstance(content, dict):
        raise peer.unreadable()
    return content
