"""A home for each network in the tests: where accounts are made, and where one sees what really stands there.

The contract (`test_contract.py`) runs over every network of the registry. A new network joins by a class like those
below and a line in `HOMES`.
"""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import uuid4

import httpx
import pytest

from moothall.networks.base import Account
from moothall.newsroom.models import Entry, Page
from moothall.rehearsal.models import Fault, PracticeAccount, Sent
from tests.peers.bluesky import PASSWORD, BlueskyPds
from tests.peers.mastodon import MastodonAccount, MastodonMock


class Home(Protocol):
    """Where the accounts of one network live during the tests."""

    def account(self) -> Account:
        """A new account with nothing on it and credentials that are good."""

    def posts(self, account: Account) -> list[str]:
        """The remote ids of all posts of the account, asked of the server without the adapter."""

    def revoke(self, account: Account) -> bool:
        """Make the account's credentials invalid; False if the network has none."""


class BlueskyHome:
    """Bluesky's own server. Channels sign in with an app password, as they should."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.pds: BlueskyPds = request.getfixturevalue("pds")

    def account(self, own_password: bool = False) -> Account:
        """With `own_password`, sign in with the account's own: quicker, for the server hashes each with care."""
        made = self.pds.create_account(f"t{uuid4().hex[:12]}.test")
        password = made.password
        if not own_password:
            password = self._call(made.handle, made.password, "createAppPassword", {"name": "moothall"})["password"]
        credentials = {"server": self.pds.url, "handle": made.handle, "app_password": password}
        return Account(ref=made.did, handle=made.handle, credentials=credentials)

    def posts(self, account: Account) -> list[str]:
        return [post["uri"] for post in self.pds.posts(account.ref)]

    def records(self, account: Account) -> list[dict[str, Any]]:
        """The posts themselves, as the server keeps them, oldest first."""
        return [post["value"] for post in reversed(self.pds.posts(account.ref))]

    def gates(self, account: Account) -> list[dict[str, Any]]:
        """Who may reply to which post, each as `{"uri": ..., "value": {...}}`."""
        query = {"repo": account.ref, "collection": "app.bsky.feed.threadgate", "limit": "100"}
        answer = httpx.get(f"{self.pds.url}/xrpc/com.atproto.repo.listRecords", params=query).raise_for_status()
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    def revoke(self, account: Account) -> bool:
        self.as_owner(account, "revokeAppPassword", {"name": "moothall"})
        return True

    def as_owner(self, account: Account, method: str, data: dict[str, Any]) -> dict[str, Any]:
        """Call a method of com.atproto.server with the account's own password."""
        return self._call(account.handle, PASSWORD, method, data)

    def _call(self, handle: str, password: str, method: str, data: dict[str, Any]) -> dict[str, Any]:
        server = f"{self.pds.url}/xrpc/com.atproto.server"
        session = httpx.post(f"{server}.createSession", json={"identifier": handle, "password": password}).json()
        sign_in = {"Authorization": f"Bearer {session['accessJwt']}"}
        answer = httpx.post(f"{server}.{method}", json=data, headers=sign_in).raise_for_status()
        result: dict[str, Any] = answer.json() if answer.content else {}
        return result


class MastodonHome:
    """A stand-in for a Mastodon server."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.server: MastodonMock = request.getfixturevalue("mastodon")

    def account(self) -> Account:
        made = self.server.create_account(f"t{uuid4().hex[:12]}")
        credentials = {"server": self.server.url, "access_token": made.access_token}
        return Account(ref=made.id, handle=f"@{made.username}", credentials=credentials)

    def posts(self, account: Account) -> list[str]:
        return [status["id"] for status in self.statuses(account)]

    def statuses(self, account: Account) -> list[dict[str, Any]]:
        """The statuses themselves, newest first."""
        return self.server.statuses(self._theirs(account))

    def revoke(self, account: Account) -> bool:
        self.server.revoke(self._theirs(account))
        return True

    def _theirs(self, account: Account) -> MastodonAccount:
        return MastodonAccount(account.ref, account.handle, account.credentials["access_token"])


class NewsroomHome:
    """Moothall's own public pages."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        """Nothing to start: the contract's tests have the database."""

    def account(self) -> Account:
        handle = f"t{uuid4().hex[:12]}"
        Page.objects.create(ref=handle, handle=handle, display_name=handle)
        return Account(ref=handle, handle=handle)

    def posts(self, account: Account) -> list[str]:
        return list(Entry.objects.filter(page__handle=account.handle, is_removed=False).values_list("key", flat=True))

    def revoke(self, account: Account) -> bool:
        return False


class RehearsalHome:
    """The practice network."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        """Nothing to start: the contract's tests have the database."""

    def account(self) -> Account:
        handle = f"t{uuid4().hex[:12]}"
        PracticeAccount.objects.create(handle=handle, display_name=handle)
        return Account(ref=handle, handle=handle, credentials={"like": "mastodon"})

    def posts(self, account: Account) -> list[str]:
        return list(Sent.objects.filter(handle=account.handle, is_removed=False).values_list("key", flat=True))

    def revoke(self, account: Account) -> bool:
        PracticeAccount.objects.filter(handle=account.handle).update(fault=Fault.SIGNED_OUT, left=100)
        return True


HOMES: dict[str, Callable[[pytest.FixtureRequest], Home]] = {
    "bluesky": BlueskyHome,
    "mastodon": MastodonHome,
    "newsroom": NewsroomHome,
    "rehearsal": RehearsalHome,
}
