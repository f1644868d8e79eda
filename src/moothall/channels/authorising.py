"""Connecting a channel by signing in at its own server: there and back again, within ten minutes.

What comes back is believed only with a state that we made for this person, this session of theirs and this channel,
and only once. Each server has an address of its own to come back to, so that no server can pass off another's answer
as its own (RFC 9700, section 4.4).
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import connecting, queries, signing_out
from moothall.channels.models import Authorisation, Channel, ServerApp
from moothall.core import clock, sealing
from moothall.networks import registry
from moothall.networks.base import Account, App, Authorises
from moothall.networks.errors import NetworkError
from moothall.records.actions import capture

LIFETIME = timedelta(minutes=10)
LONGEST_CODE = 2_000


class NotAuthorised(Exception):
    """It came to nothing, and nothing has changed. ``str()`` says why; ``begun`` is what was begun, if anything was."""

    def __init__(self, message: str, begun: Authorisation | None = None) -> None:
        super().__init__(message)
        self.begun = begun


@dataclass(frozen=True)
class WayThere:
    """Where a person goes to sign in."""

    server: str
    url: str
    will_do: tuple[str, ...]


def network_of(channel: Channel) -> Authorises | None:
    """The channel's network, if one can sign in at its servers."""
    network = registry.networks().get(channel.network)
    return network if isinstance(network, Authorises) else None


def begin(actor: User, channel: Channel, session_key: str, typed: str) -> Authorisation:
    """Get ready to sign in at the server that ``typed`` names: register Moothall there, if it is not yet.

    Raises ``ValidationError`` for a channel that is never connected so, and a ``NetworkError`` for a server that will
    not have it.
    """
    require(actor, "channel.connect", channel)
    connecting.refuse_unconnectable(channel)
    network = network_of(channel)
    if network is None:
        raise ValidationError(f"Nobody signs in at {channel.network_label} to connect a channel.")
    server = network.server_address(typed)
    back = redirect_uri(channel.network, server)
    app = _app(actor, channel.network, server, back)
    now = clock.now()
    Authorisation.objects.filter(begun_at__lt=now - LIFETIME).delete()
    state = secrets.token_urlsafe(32)
    secret = {
        "state": state,
        "verifier": secrets.token_urlsafe(64),
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    return Authorisation.objects.create(
        channel=channel,
        user=actor,
        session_hash=_hash(session_key),
        state_hash=_hash(state),
        server=server,
        redirect_uri=back,
        sealed=sealing.seal(secret),
        begun_at=now,
    )


def way_there(actor: User, channel: Channel, session_key: str) -> WayThere | None:
    """Where to go with what was last begun in this session; ``None`` if nothing was, or it was too long ago."""
    network = network_of(channel)
    begun = (
        Authorisation.objects.filter(channel=channel, user=actor, session_hash=_hash(session_key))
        .filter(begun_at__gte=clock.now() - LIFETIME)
        .order_by("-pk")
        .first()
    )
    if network is None or begun is None:
        return None
    try:
        secret = sealing.open_sealed(begun.sealed)
    except sealing.CannotOpen:
        return None
    app = App(secret["client_id"], secret["client_secret"])
    url = network.sign_in_url(begun.server, app, begun.redirect_uri, secret["state"], secret["verifier"])
    return WayThere(begun.server, url, network.will_do)


def finish(actor: User, session_key: str, at: str, answer: Mapping[str, str]) -> Channel:
    """Connect the channel with what a server sent the person back with, to the address that ends with ``at``.

    Raises ``NotAuthorised`` with the reason, and ``PermissionDenied``.
    """
    begun = _taken(actor, session_key, answer.get("state", ""))
    channel, name = begun.channel, _host(begun.server)
    if clock.now() - begun.begun_at > LIFETIME:
        raise NotAuthorised("Signing in took longer than ten minutes. Begin again.", begun)
    if at != server_key(channel.network, begun.server):
        raise NotAuthorised(f"Another server than {name} sent you back. Nothing was connected.", begun)
    if refusal := answer.get("error"):
        raise NotAuthorised(_refused(name, refusal, answer.get("error_description", "")), begun)
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise NotAuthorised(f"{name} sent you back without an answer. Begin again.", begun)
    try:
        _connect(actor, channel, begun, code)
    except NetworkError as error:
        raise NotAuthorised(connecting.cause(error), begun) from error
    except ValidationError as error:
        raise NotAuthorised(error.messages[0], begun) from error
    return channel


def redirect_uri(network: str, server: str) -> str:
    """Where this server sends people back to."""
    return settings.SITE_URL + reverse("register-authorised", args=[server_key(network, server)])


def server_key(network: str, server: str) -> str:
    """What tells the servers' addresses here from one another."""
    return _hash(f"{network} {server}")[:16]


def _taken(actor: User, session_key: str, state: str) -> Authorisation:
    """What was begun with this state. It is gone then: nobody comes back with it again."""
    mine = Authorisation.objects.filter(user=actor, session_hash=_hash(session_key), state_hash=_hash(state))
    begun = mine.select_related("channel__service").first()
    if begun is None or not Authorisation.objects.filter(pk=begun.pk).delete()[0]:
        raise NotAuthorised(
            "This sign-in was not begun here, or has been used already. Nothing was connected. "
            "Open the channel and choose Connect."
        )
    return begun


def _connect(actor: User, channel: Channel, begun: Authorisation, code: str) -> None:
    network = cast(Authorises, registry.network(channel.network))
    try:
        secret = sealing.open_sealed(begun.sealed)
    except sealing.CannotOpen as error:
        raise ValidationError("Moothall’s keys were changed meanwhile. Begin again.") from error
    app = App(secret["client_id"], secret["client_secret"])
    credentials = network.redeem(begun.server, app, begun.redirect_uri, code, secret["verifier"])
    try:
        connecting.connect(actor, channel, credentials)
    except Exception:
        # Nobody will use this token, which may be another account's.
        whole = {**credentials, "client_secret": app.client_secret}
        signing_out.now(channel.network, Account(str(channel.pk), channel.handle, whole))
        raise


def _app(actor: User, network: str, server: str, back: str) -> App:
    """Moothall as the server knows it; registered anew if the server has forgotten it or we ask for something else."""
    adapter = cast(Authorises, registry.network(network))
    kept = ServerApp.objects.filter(network=network, server=server).first()
    opened = queries.app_on(network, server)
    if kept and opened and (kept.redirect_uri, kept.scopes) == (back, adapter.scopes) and adapter.knows(server, opened):
        return opened
    made = adapter.register(server, back)
    values = {
        "client_id": made.client_id,
        "sealed": sealing.seal({"client_secret": made.client_secret}),
        "redirect_uri": back,
        "scopes": adapter.scopes,
        "registered_at": clock.now(),
    }
    try:
        with transaction.atomic():
            if kept is None:
                kept = ServerApp.objects.create(network=network, server=server, **values)
            elif not ServerApp.objects.filter(pk=kept.pk, client_id=kept.client_id).update(**values):
                raise IntegrityError("Somebody else registered Moothall at the same moment.")
            capture("app.registered", f"app:{kept.pk}", actor=actor, after={"network": network, "server": server})
    except IntegrityError:
        return queries.app_on(network, server) or made
    return made


def _refused(name: str, error: str, words: str) -> str:
    if error == "access_denied":
        return f"You did not allow it at {name}, so nothing was connected. Whatever was connected before still is."
    said = " ".join((words or error).split())[:300]
    return f"{name} did not sign you in, so nothing was connected. It said: “{said}”."


def _host(server: str) -> str:
    return server.partition("://")[2]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
