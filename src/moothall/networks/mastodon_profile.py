"""What a Mastodon account says of itself, read as a stranger reads it.

Sources: docs.joinmastodon.org, pages "accounts" (lookup, statuses) and "Account".
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx

from moothall.core import http
from moothall.networks import credentials
from moothall.networks.errors import Rejected
from moothall.networks.plain import is_username, words_and_links
from moothall.networks.proving import Profile
from moothall.networks.translate import Answer, Peer

POSTS = 20
WITHIN_SECONDS = 20.0


class ProvesOnMastodon:
    """``proving.ProvesOwnership`` for Mastodon and the servers that speak its API."""

    handle_hint = "For example hazel@social.example: your name, and your server."

    def profile(self, handle: str, servers: Sequence[str]) -> Profile:
        """The handle itself names the server that may speak for it, and for no account elsewhere."""
        name, _, host = handle.strip().lstrip("@").lower().partition("@")
        if not is_username(name) or not host:
            raise Rejected("Give your name and your server, such as hazel@social.example.")
        home = next((each for each in servers if credentials.host(each) == host), "") or credentials.address(host)
        peer = Peer(credentials.host(home))
        with http.client(within=WITHIN_SECONDS, headers={"Accept": "application/json"}) as client:
            found = _get(client, peer, f"{home}/api/v1/accounts/lookup?acct={quote(name)}")
            account = found if isinstance(found, dict) else {}
            url = str(account.get("url") or "")
            if str(account.get("username", "")).lower() != name or credentials.host(url) != credentials.host(home):
                raise peer.unreadable()
            address = f"{home}/api/v1/accounts/{quote(str(account.get('id', '')), safe='')}/statuses"
            posts = _get(client, peer, f"{address}?limit={POSTS}&exclude_reblogs=true")
        return Profile(url, f"{name}@{host}", url, tuple(_words(account, posts)))


def _words(account: dict[str, Any], posts: Any) -> list[str]:
    said = [words_and_links(str(account.get("note") or ""))]
    for each in account.get("fields") or []:
        if isinstance(each, dict):
            said.append(words_and_links(str(each.get("value") or "")))
    for each in posts if isinstance(posts, list) else []:
        if isinstance(each, dict) and each.get("visibility") in ("public", "unlisted") and not each.get("reblog"):
            said.append(words_and_links(str(each.get("content") or "")))
    return said


def _get(client: httpx.Client, peer: Peer, url: str) -> Any:
    try:
        answer = client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise peer.unanswered(error) from error
    if answer.status_code == 404:
        raise Rejected(f"{peer.name} knows no account of that name.", status=404)
    if answer.status_code in (401, 403):
        raise Rejected(f"{peer.name} lets nobody read accounts who is not signed in there.", status=answer.status_code)
    if answer.status_code != 200:
        raise peer.refusal(Answer(answer.status_code, answer.headers, answer.text))
    try:
        return json.loads(answer.content)
    except ValueError as error:
        raise peer.unreadable() from error
