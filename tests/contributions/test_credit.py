"""Named or not: Charlie told the desk, and wherever what came of it shows, his name stands only while he agrees."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import Notice, User
from moothall.channels.models import Channel
from moothall.contributions import desk, following, offering
from moothall.contributions.models import Contribution
from moothall.core import clock, pdf
from moothall.events import handles, moderating
from moothall.events.listening import own_deliveries
from moothall.events.models import Change, Event, Item, LinkedHandle
from moothall.events.wall import reading
from moothall.publishing import approving, tasks
from moothall.records.models import Record
from moothall.reports import actions as report_actions
from moothall.reports import exports
from tests import factories
from tests.events.web import NETWORK, say

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]
CHARLIE, EDDIE = "Charlie Reed", "Eddie Rowe"


def told_by(person: User, event: Event, *, named: bool) -> Contribution:
    told = offering.Told(once=uuid.uuid4(), words="The gritters are out.", event=event, may_be_named=named)
    return offering.tell(person, told)


def published(made: Contribution, alice: User, dan: User, channel: Channel) -> Item:
    """The desk makes a post of it, another approves, it goes out, and the wall has it."""
    desk.claim(alice, made)
    post = desk.make_post(alice, made, desk.Plan(channel.service, "The gritters are out. #Exampleshire24", [channel]))
    approving.approve(dan, approving.send_for_approval(alice, post))
    tasks.drain.func(channel.pk)
    own_deliveries.take_sent(everything=True)
    following.sweep()
    return Item.objects.get(delivery__revision__post=post)


def everything_public(event: Event, item: Item, public: Client) -> str:
    """Whatever anybody may read that says something of the item."""
    pages = ["wall", "wall-screen", "wall-frame", "wall-snapshot"]
    read = [public.get(reverse(name, args=[event.slug])).content.decode() for name in pages]
    first = Change.objects.filter(event=event).earliest("pk").pk - 1
    frames, _ = reading.frames_since(event, first)
    read += [frame.sent.decode() for frame in frames]
    read += [exports.items_csv(event), str(exports.activities(event))]
    assert all("The gritters are out" in each for each in read), "each of them tells of it"
    return "\n".join([*read, exports.slots_csv(event)])


@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
def test_the_name_follows_the_mind_of_whoever_told(
    named: bool, charlie: User, alice: User, dan: User, event: Event, channel: Channel, client: Client
) -> None:
    made = told_by(charlie, event, named=named)
    item = published(made, alice, dan, channel)
    assert (CHARLIE in everything_public(event, item, client)) is named
    offering.set_naming(charlie, made, not named)
    assert (CHARLIE in everything_public(event, item, client)) is not named
    offering.set_naming(charlie, made, named)
    assert (CHARLIE in everything_public(event, item, client)) is named


def test_of_two_that_were_merged_each_is_named_or_not(
    charlie: User, alice: User, dan: User, event: Event, channel: Channel, client: Client
) -> None:
    eddie = factories.person(name=EDDIE)
    first, second = told_by(charlie, event, named=True), told_by(eddie, event, named=False)
    desk.merge(alice, second, first)
    item = published(first, alice, dan, channel)
    read = everything_public(event, item, client)
    assert CHARLIE in read
    assert EDDIE not in read
    offering.set_naming(eddie, Contribution.objects.get(pk=second.pk), True)
    assert EDDIE in everything_public(event, item, client)


@pytest.mark.parametrize("merged", [False, True], ids=["by itself", "merged into another"])
def test_the_name_of_an_own_account_follows_into_the_post_that_was_made_of_it(
    merged: bool, charlie: User, alice: User, dan: User, event: Event, channel: Channel, client: Client
) -> None:
    linked = LinkedHandle.objects.create(
        person=charlie,
        network=NETWORK,
        handle="charlie@social.example",
        may_be_named=True,
        proved_at=clock.now(),
        author_id="https://social.example/users/charlie",
        code="x",
    )
    own = Contribution.objects.get(item=say(1, tag="Exampleshire24"))
    leading = own
    if merged:
        leading = told_by(factories.person(name=EDDIE), event, named=False)
        desk.merge(alice, own, leading)
    item = published(leading, alice, dan, channel)
    assert item.credit == CHARLIE
    assert CHARLIE in exports.items_csv(event)
    handles.set_naming(charlie, linked, may_be_named=False)
    item.refresh_from_db()
    assert item.credit == ""
    assert CHARLIE not in exports.items_csv(event)
    assert CHARLIE not in client.get(reverse("wall", args=[event.slug])).content.decode()
    handles.set_naming(charlie, linked, may_be_named=True)
    item.refresh_from_db()
    assert item.credit == CHARLIE
    handles.withdraw(charlie, linked)
    item.refresh_from_db()
    assert item.credit == ""


def test_the_report_and_the_records_keep_the_same_silence(
    charlie: User,
    alice: User,
    dan: User,
    event: Event,
    channel: Channel,
    signed_in: SignedIn,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = told_by(charlie, event, named=False)
    item = published(made, alice, dan, channel)
    moderating.decide(alice, event, [item.pk], moderating.Verb.FEATURE)
    Event.objects.filter(pk=event.pk).update(ends_at=clock.now() - timedelta(seconds=1))
    event.refresh_from_db()
    report_actions.release(alice, report_actions.make(alice, event))
    for browser in (client, signed_in(dan)):
        page = browser.get(reverse("event-report", args=[event.slug])).content.decode()
        assert "The gritters are out" in page, "what the desk picked is quoted"
        assert CHARLIE not in page
    paper: list[str] = []
    monkeypatch.setattr(pdf, "make", lambda html, files: paper.append(html) or b"%PDF-")
    assert client.get(reverse("event-report-pdf", args=[event.slug])).status_code == 200
    assert CHARLIE not in paper[0]
    told = Notice.objects.exclude(user=charlie)
    assert not any(CHARLIE in each.text for each in told)
    about_it = Record.objects.filter(ref=f"contribution:{made.pk}")
    assert about_it.exists()
    assert not any(CHARLIE in f"{each.actor_name} {each.before} {each.after} {each.why}" for each in about_it)
