"""Accounts of one's own: Charlie links one on a real Bluesky server, and Dan cannot."""

import random
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.contributions.models import Contribution
from moothall.core import clock
from moothall.events import handles, taking
from moothall.events.models import Door, Event, Item, LinkedHandle
from moothall.events.wall.cards import Card
from moothall.networks import registry
from moothall.networks.base import Account, Draft
from moothall.networks.hearing import RemoteAuthor, RemoteItem
from moothall.networks.keys import make_key
from moothall.records.models import Record
from moothall.reports import exports
from tests import factories
from tests.networks.homes import BlueskyHome

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Account:
    """Charlie's account on a server on which a channel of ours lives too."""
    ours, hers = (BlueskyHome(request).account(own_password=True) for _ in range(2))
    factories.connect(factories.channel(network="bluesky", handle=ours.handle), **ours.credentials)
    return hers


def post(account: Account, text: str) -> None:
    registry.network("bluesky").publish(account, Draft(text), make_key(clock.now(), random.randrange(1_000)))


def say(event: Event, account: Account, text: str, number: int = 1) -> list[Item]:
    """What the listener would take of it."""
    author = RemoteAuthor(account.ref, account.handle, "Night Owl")
    remote = RemoteItem(f"at://{account.ref}/app.bsky.feed.post/{number}", "", author, text, said_at=clock.now())
    return taking.take("bluesky", remote, "a test")


def proved(person: User, account: Account, *, named: bool) -> LinkedHandle:
    linked = handles.ask(person, "bluesky", f"@{account.handle}", may_be_named=named)
    post(account, f"It is me: {linked.code}")
    return handles.prove(person, linked)


def everywhere(event: Event, item: Item) -> str:
    """All that leaves the desk about an item."""
    item = Item.objects.get(pk=item.pk)
    return Card(item, event).html + exports.items_csv(event) + str(exports.activities(event))


def test_without_the_code_nothing_counts_and_what_to_do_is_said(charlie: User, account: Account) -> None:
    linked = handles.ask(charlie, "bluesky", account.handle, may_be_named=True)
    with pytest.raises(ValidationError, match="Neither the address nor the code is on the profile"):
        handles.prove(charlie, linked)
    linked.refresh_from_db()
    assert linked.proved_at is None
    post(account, f"{handles.address_of(linked)} is where I work")
    assert handles.prove(charlie, linked).author_id == account.ref, "the address proves it too"


def test_what_it_says_with_the_hashtag_is_staffs_and_nothing_else_is_kept(
    charlie: User, account: Account, event: Event
) -> None:
    proved(charlie, account, named=True)
    assert say(event, account, "My supper, nothing more.") == []
    (item,) = say(event, account, "Out with the gritters. #Exampleshire24", 2)
    assert (item.door, item.credit) == (Door.STAFF, "Charlie Reed")
    assert Contribution.objects.get().contributor == charlie
    assert Item.objects.count() == 1
    assert "Charlie Reed" in everywhere(event, item)


def test_whoever_will_not_be_named_is_named_nowhere_and_may_think_again(
    charlie: User, account: Account, event: Event
) -> None:
    linked = proved(charlie, account, named=False)
    (item,) = say(event, account, "Out with the gritters. #Exampleshire24")
    assert item.door == Door.STAFF
    assert "Charlie Reed" not in everywhere(event, item)
    handles.set_naming(charlie, linked, True)
    assert "Charlie Reed" in everywhere(event, item)
    handles.set_naming(charlie, linked, False)
    assert "Charlie Reed" not in everywhere(event, item)


def test_withdrawn_it_is_the_publics_and_forgotten(charlie: User, account: Account, event: Event) -> None:
    linked = proved(charlie, account, named=True)
    (item,) = say(event, account, "Out with the gritters. #Exampleshire24")
    handles.withdraw(charlie, linked)
    item.refresh_from_db()
    assert (item.door, item.credit) == (Door.PUBLIC, "")
    assert not LinkedHandle.objects.exists()
    assert not Contribution.objects.filter(contributor=charlie).exists()
    assert "Charlie Reed" not in everywhere(event, item)
    kept = list(Record.objects.filter(kind__startswith="handle."))
    assert [each.kind for each in kept] == ["handle.asked", "handle.proved", "handle.withdrawn"]
    assert not any(each.actor_id or account.handle in str(each.after) for each in kept), "the record forgets it as well"


def test_nobody_else_can_have_it(charlie: User, dan: User, account: Account, signed_in: Any) -> None:
    linked = proved(charlie, account, named=False)
    his = handles.ask(dan, "bluesky", account.handle, may_be_named=True)
    post(account, f"And {his.code}")
    with pytest.raises(ValidationError, match="linked"):
        handles.prove(dan, his)
    browser = signed_in(dan)
    assert browser.post(f"/my-accounts/{linked.pk}/withdraw/").status_code == 404
    shown = browser.get(f"/linked/{linked.code}/").content.decode()
    assert "Charlie" not in shown, "it says that somebody here speaks there, and not who"


@pytest.mark.parametrize("handle", ["not a handle", "hazel@nowhere"])
def test_what_is_no_handle_there_says_what_to_give(charlie: User, handle: str) -> None:
    linked = handles.ask(charlie, "bluesky", handle, may_be_named=False)
    with pytest.raises(ValidationError, match="Give the whole handle"):
        handles.prove(charlie, linked)


def test_without_a_handle_or_a_network_nothing_is_asked(charlie: User, signed_in: Any) -> None:
    browser = signed_in(charlie)
    for values in ({"network": "bluesky", "handle": ""}, {"network": "newsroom", "handle": "libraries"}):
        assert "There is a problem" in browser.post("/my-accounts/", values).content.decode()
    assert not LinkedHandle.objects.exists()


def test_a_handle_that_goes_to_another_account_takes_nothing_along(
    charlie: User, account: Account, event: Event, request: pytest.FixtureRequest
) -> None:
    proved(charlie, account, named=True)
    other = BlueskyHome(request).account(own_password=True)
    author = RemoteAuthor(other.ref, account.handle, "Somebody else")
    remote = RemoteItem(f"at://{other.ref}/app.bsky.feed.post/1", "", author, "Hi #Exampleshire24", said_at=clock.now())
    (item,) = taking.take("bluesky", remote, "a test")
    assert (item.door, item.credit) == (Door.PUBLIC, ""), "it is the account that was proved, and not its name"
