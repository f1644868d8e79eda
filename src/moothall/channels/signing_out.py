"""Telling a network that we are leaving. As well as we can: a network that will not listen holds nobody up."""

import logging
from collections.abc import Mapping
from functools import partial

from django.db import transaction

from moothall.channels import queries
from moothall.channels.models import Connection
from moothall.networks import registry
from moothall.networks.base import Account, SignsOut
from moothall.networks.errors import NeedsReconnect, NetworkError

log = logging.getLogger(__name__)


def after_commit(connection: Connection, *, unless: Mapping[str, str] | None = None) -> None:
    """Sign out of what ``connection`` holds now, once the transaction that takes its place has committed.

    Not where the credentials after it are the same, ``unless``: a server may have given the same token again.
    """
    try:
        account = queries.last_account(connection)
    except NeedsReconnect:
        return  # no key opens what it holds
    token = account.credentials.get("access_token")
    if unless is not None and token and token == unless.get("access_token"):
        return
    transaction.on_commit(partial(now, connection.channel.network, account), robust=True)


def now(network: str, account: Account) -> None:
    """Sign out at once. No transaction may be open."""
    adapter = registry.networks().get(network)
    if not isinstance(adapter, SignsOut):
        return
    try:
        adapter.sign_out(account)
    except NetworkError as error:
        log.warning("Signing out of channel %s came to nothing: %s", account.ref, type(error).__name__)
