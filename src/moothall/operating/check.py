"""``moothall check``: what is wrong, and what to do about it."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from moothall.accounts import sealing as account_sealing
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel, Connection
from moothall.contributions import mailbox
from moothall.core import clock, sealing
from moothall.events import place_queries
from moothall.networks import registry
from moothall.networks.errors import NetworkError
from moothall.publishing.models import Delivery, DeliveryState

LITTLE_ROOM = 500 * 2**20
LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``trouble`` says what is wrong and what to do; empty: all is well."""

    what: str
    trouble: str = ""
    is_warning: bool = False


def findings() -> Iterator[Finding]:
    """Look at everything, in the order in which trouble causes trouble."""
    yield from _configuration()
    database = _database()
    yield database
    yield _storage()
    yield _front_end()
    yield _mail()
    if settings.DESK_MAILBOX:
        yield _desk_mailbox()
    if database.trouble:
        return
    yield _keys()
    yield _worker()
    yield from _listening()
    yield from _channels()


def _configuration() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding(
            "configuration", "MOOTHALL_DEBUG is on: never on a server that others can reach.", is_warning=True
        )
    elif not settings.SITE_URL.startswith("https://"):
        yield Finding(
            "configuration", "MOOTHALL_URL is not https: sign-in would be readable on the way.", is_warning=True
        )
    else:
        yield Finding("configuration")


def _database() -> Finding:
    what = f"database ({connection.vendor})"
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding(what, f"It cannot be reached: {error}. Check DATABASE_URL, and that the server runs.")
    if missing:
        return Finding(what, f"{len(missing)} migrations are missing. Start Moothall once with: moothall run")
    return Finding(what)


def _storage() -> Finding:
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"moothall")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("storage", f"{folder} cannot be written: {error}. Check MOOTHALL_DATA and who owns it.")
    if free < LITTLE_ROOM:
        return Finding("storage", f"Only {free // 2**20} MB are free at {folder}. Make room.", is_warning=True)
    return Finding("storage")


def _front_end() -> Finding:
    if finders.find("moothall/dist/staff.css"):
        return Finding("front end")
    return Finding("front end", "The style sheets are not built. Run: python -m moothall.core.frontend")


def _mail() -> Finding:
    try:
        mail = get_connection(fail_silently=False)
        mail.open()
        mail.close()
    except OSError as error:  # SMTPException is one too
        return Finding("mail", f"The mail server does not take our connection: {error}. Check MOOTHALL_EMAIL_URL.")
    return Finding("mail")


def _desk_mailbox() -> Finding:
    what = "the desk’s mailbox"
    try:
        with mailbox.opened(mailbox.address(settings.DESK_MAILBOX)):
            return Finding(what)
    except mailbox.TROUBLES as error:
        return Finding(what, f"It cannot be opened ({type(error).__name__}). Look at MOOTHALL_DESK_MAILBOX.")


def _keys() -> Finding:
    closed = 0
    for sealed in Connection.objects.values_list("sealed", flat=True):
        try:
            sealing.open_sealed(sealed)
        except sealing.CannotOpen:
            closed += 1
    if closed:
        return Finding(
            "sealing keys",
            f"{closed} channels' credentials cannot be opened. Put the key they were sealed with back into "
            "MOOTHALL_SEALING_KEYS, or connect those channels again.",
        )
    if people := account_sealing.closed():
        return Finding(
            "sealing keys",
            f"{people} people’s second steps cannot be opened, so they cannot sign in with them. Put the key that they "
            "were sealed with back into MOOTHALL_SEALING_KEYS.",
        )
    return Finding("sealing keys")


def _worker() -> Finding:
    late = Delivery.objects.filter(
        state=DeliveryState.WAITING, try_after=None, due_at__lt=clock.now() - LATE, channel__connection__isnull=False
    ).count()
    if late:
        return Finding("worker", f"{late} deliveries are more than two minutes late. Is “moothall worker” running?")
    return Finding("worker")


def _listening() -> Iterator[Finding]:
    """The places that should be heard now. Between events there is nothing to hear."""
    for heard in place_queries.heard_now(clock.now()):
        what = f"listening to {heard.place}"
        if not heard.is_led:
            yield Finding(what, "Nobody listens. Is “moothall listen” running?")
        elif heard.trouble:
            yield Finding(what, f"{heard.trouble} Moothall keeps trying.", is_warning=True)
        else:
            yield Finding(what)


def _channels() -> Iterator[Finding]:
    for channel in Channel.objects.select_related("connection").order_by("display_name"):
        if not channel.is_driven:
            continue
        yield _channel(channel)


def _channel(channel: Channel) -> Finding:
    if not channel_queries.is_connected(channel):
        advice = "It is live and not connected: nothing goes out. Connect it on its page under Channels."
        return Finding(str(channel), advice, is_warning=True)
    try:
        registry.network(channel.network).identify(channel_queries.account(channel))
    except NetworkError as error:
        return Finding(str(channel), f"{error} Connect it again on its page under Channels.")
    return Finding(str(channel))
