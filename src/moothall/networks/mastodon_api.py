"""An account's way to its Mastodon server: the client library, behind our guard and with our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import mastodon
import requests

from moothall.core import clock, http, requests_session
from moothall.networks import credentials
from moothall.networks.base import Account
from moothall.networks.errors import NeedsReconnect, NetworkError
from moothall.networks.translate import Answer, Peer, ahead

_LOCKED_OUT = ("Your login is", "requires an authenticated user", "outside the authorized scopes")
"""What Mastodon says with 403 or 422 when the fault lies with the account or its token."""


class Api:
    """One account's way to its server: the client library with our HTTP session, timeouts and errors."""

    def __init__(self, account: Account) -> None:
        self.server = credentials.server(account)
        token = credentials.secret(account, "access_token")
        self._was_given = "client_id" in account.credentials
        self.peer = Peer(credentials.host(self.server), (token,))
        self._answer: requests.Response | None = None
        self._client = mastodon.Mastodon(
            api_base_url=self.server,
            session=self._session(),
            user_agent=http.USER_AGENT,
            request_timeout=http.READ_SECONDS,
            ratelimit_method="throw",
            version_check_mode="none",
            mastodon_version="4.0.0",
        )
        # Not given to the constructor, which would read a token that happens to be a file's name from that file.
        self._client.access_token = token
        # Lest the library asks the server, twice, before each upload: it uploads as every version since 3.1.3 does.
        self._client.mastodon_major = 4

    def _session(self) -> requests.Session:
        session = requests_session.session()
        session.headers["Accept-Language"] = "en"
        session.hooks["response"].append(self._note)
        return session

    def _note(self, answer: requests.Response, **options: Any) -> None:
        # The library's errors leave out the headers, which say how long to wait.
        self._answer = answer

    @contextmanager
    def asking(self, *, posts: bool = False) -> Iterator[mastodon.Mastodon]:
        """Put a question, and read what comes back, within this: whatever goes wrong is one of our four errors."""
        self._answer = None
        try:
            yield self._client
        except mastodon.MastodonNetworkError as error:
            raise self.peer.unanswered(error, posts=posts) from error
        except (mastodon.MastodonError, AttributeError, LookupError, TypeError, ValueError) as error:
            if self._answer is None:
                raise  # nothing was asked: the fault is ours
            if 200 <= self._answer.status_code < 300:
                raise self.peer.unreadable(posts=posts) from error
            raise self._refusal(self._answer, posts) from error

    def ahead(self) -> timedelta:
        """By how much our clock is ahead of the server's, as far as its last answer tells."""
        return ahead(self._answer.headers, clock.now()) if self._answer is not None else timedelta()

    def answered_with_a_list(self) -> bool:
        """Whether the last answer was one. The library makes an empty list of anything that is not."""
        return self._answer is not None and isinstance(self._answer.json(), list)

    def _refusal(self, response: requests.Response, posts: bool) -> NetworkError:
        answer = Answer(response.status_code, response.headers, response.text)
        said = self.peer.words(answer.body)
        if answer.status in (403, 422) and any(sign in said for sign in _LOCKED_OUT):
            message = f"{self.peer.name} does not let this channel's account or token do that."
            return NeedsReconnect(message, words=said, status=answer.status)
        if answer.status == 401:
            message = f"{self.peer.name} refused the access token."
            if "revoked" in said or self._was_given:  # by the server itself: it was good once
                message = f"Moothall's permission was withdrawn on {self.peer.name}. Connect the channel again."
            return NeedsReconnect(message, words=said, status=answer.status)
        return self.peer.refusal(answer, posts=posts)
