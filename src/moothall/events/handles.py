"""Linking accounts of one's own, proving that they are one's own, and withdrawing that. Nobody does it for another."""

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import Signal as DjangoSignal
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import queries as channel_queries
from moothall.channels.known import PRACTICE
from moothall.channels.models import Channel, State
from moothall.core import clock
from moothall.events import judging, wall_log
from moothall.events.models import Door, Item, ItemState, LinkedHandle
from moothall.networks import registry
from moothall.networks.errors import NetworkError
from moothall.networks.proving import ProvesOwnership
from moothall.records.actions import capture

MOST_ACCOUNTS = 10
"""That one person may link."""

door_changed = DjangoSignal()
"""Sent with ``item`` when an account was linked, renamed or withdrawn: who said it may be another now."""


def networks() -> dict[str, ProvesOwnership]:
    """The networks on which an account can be proved, by slug."""
    return {slug: each for slug, each in registry.networks().items() if isinstance(each, ProvesOwnership)}


def offered() -> dict[str, ProvesOwnership]:
    """Those of which one may choose. On the practice network only its made-up crowd speaks."""
    return {slug: each for slug, each in networks().items() if slug != PRACTICE}


def address_of(linked: LinkedHandle) -> str:
    """The address of ours to which the profile may link."""
    return settings.SITE_URL + reverse("linked-back", args=[linked.code])


@transaction.atomic
def ask(actor: User, network: str, handle: str, *, may_be_named: bool) -> LinkedHandle:
    """Say that an account is one's own; it counts once it is proved. Saying it again changes nothing but the name."""
    require(actor, "handle.link")
    if network not in networks():
        raise ValidationError("Choose the network of your account.")
    plain = judging.plain_handle(handle)
    if not plain or len(plain) > 300:
        raise ValidationError("Give the handle of your account.")
    own = LinkedHandle.objects.filter(person=actor)
    earlier = own.filter(network=network, handle=plain).first()
    if earlier:
        return earlier
    if own.count() >= MOST_ACCOUNTS:
        raise ValidationError(f"You can link {MOST_ACCOUNTS} accounts. Withdraw one first.")
    code = f"moothall-{secrets.token_hex(8)}"
    linked = LinkedHandle.objects.create(
        person=actor, network=network, handle=plain, code=code, may_be_named=may_be_named
    )
    _keep("asked", linked)
    return linked


def prove(actor: User, linked: LinkedHandle) -> LinkedHandle:
    """Look for the link or the code, and if it is there the account counts as theirs.

    No transaction is open while the network is asked. Raises ``ValidationError`` with what to do.
    """
    require(actor, "handle.link")
    own = LinkedHandle.objects.get(pk=linked.pk, person=actor)
    network = networks()[own.network]
    try:
        profile = network.profile(own.handle, _servers(own.network))
    except NetworkError as error:
        raise ValidationError(f"{error} Nothing is changed; try again.") from error
    if not profile.author_id or not profile.shows(own.code, address_of(own)):
        raise ValidationError(
            f"Neither the address nor the code is on the profile of {own.handle} or in its latest public posts. It may "
            "take a minute until others see it."
        )
    try:
        with transaction.atomic():
            return accept(actor, own, profile.author_id)
    except IntegrityError as error:
        raise ValidationError("Somebody else has linked this account. Ask them to withdraw it.") from error


def accept(actor: User, own: LinkedHandle, author_id: str) -> LinkedHandle:
    """Count the account with this remote id as theirs, for its proof was seen. Raises ``ValidationError`` if it is
    linked already."""
    require(actor, "handle.link")
    linked = LinkedHandle.objects.select_for_update().get(pk=own.pk)
    same = LinkedHandle.objects.filter(network=linked.network, author_id=author_id, proved_at__isnull=False)
    if same.exclude(pk=linked.pk).exists():
        raise ValidationError("This account is linked already, under another handle.")
    linked.author_id, linked.proved_at = author_id, clock.now()
    linked.save(update_fields=["author_id", "proved_at"])
    reconsider(_said_by(linked))
    _keep("proved", linked)
    return linked


def _servers(network: str) -> list[str]:
    """The servers of this network on which our own channels live."""
    found = []
    for channel in Channel.objects.filter(network=network, state=State.LIVE, connection__isnull=False):
        try:
            server = channel_queries.account(channel).credentials.get("server", "")
        except NetworkError:
            continue
        if server.startswith(("https://", "http://")):
            found.append(server.rstrip("/"))
    return list(dict.fromkeys(found))


@transaction.atomic
def set_naming(actor: User, linked: LinkedHandle, may_be_named: bool) -> None:
    """Whether one's name may stand beside what the account says."""
    require(actor, "handle.link")
    own = LinkedHandle.objects.select_for_update().get(pk=linked.pk, person=actor)
    if own.may_be_named == may_be_named:
        return
    own.may_be_named = may_be_named
    own.save(update_fields=["may_be_named"])
    reconsider(_said_by(own))
    _keep("naming", own, may_be_named=may_be_named)


@transaction.atomic
def withdraw(actor: User, linked: LinkedHandle) -> None:
    """The account is no longer linked: we forget that it ever was, and what it said becomes the public's."""
    require(actor, "handle.link")
    own = LinkedHandle.objects.select_for_update().get(pk=linked.pk, person=actor)
    said = list(_said_by(own))
    withdrawn = LinkedHandle(pk=own.pk, network=own.network)
    own.delete()
    reconsider(said)
    _keep("withdrawn", withdrawn)


def _keep(act: str, linked: LinkedHandle, **more: bool) -> None:
    """Record the act and neither whose it is nor which account: the record outlives the link, which is forgotten."""
    capture(f"handle.{act}", f"handle:{linked.pk}", actor=None, after={"network": linked.network, **more})


def _said_by(linked: LinkedHandle) -> Iterable[Item]:
    if not linked.author_id:
        return []
    said = Item.objects.filter(network=linked.network, author_id=linked.author_id, delivery=None)
    return said.select_related("event").order_by("event_id", "pk")


def reconsider(items: Iterable[Item]) -> None:
    """Whose account said these may have changed: door, credit and, unless a person decided, what the wall shows."""
    for item in items:
        wall_log.lock(item.event_id)
        item.refresh_from_db()
        who = judging.speaker(item.event, item.network, item.author_id, item.author_handle)
        if (who.door, who.credit) == (item.door, item.credit):
            continue
        was, item.door, item.credit = item.door, who.door, who.credit
        if who.service:
            item.service = who.service
        if was != who.door:
            _judge_again(item)
        item.save()
        wall_log.settle(item, is_new_in_words=True)
        door_changed.send(sender=Item, item=item)


def _judge_again(item: Item) -> None:
    """By the rules of its new door, unless a person decided on it."""
    if item.judgements.filter(by__isnull=False, undone_at=None).exists():
        return
    found = judging.verdict(item.event, item)
    if item.door == Door.PUBLIC or item.state == ItemState.PENDING:
        item.state, item.reason, item.show_at = found.state, found.reason, found.show_at
