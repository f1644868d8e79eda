"""One of everything, for the tests that walk all addresses, and the whole table of these addresses."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from moothall.accounts import actions as account_actions
from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity
from moothall.core import clock
from moothall.core.access import PUBLIC
from moothall.newsroom.models import Entry
from moothall.planning import feed_actions
from moothall.planning.models import PostFile
from moothall.publishing import approving, delivery, sending
from moothall.publishing.models import Absence, Delivery, Pause, Post, ReadyMade
from moothall.rehearsal.models import PracticeAccount, Sent
from tests import addresses, factories
from tests.addresses import Page
from tests.concerns import pages as concerns
from tests.incidents import pages as incidents
from tests.lessons import pages as lessons
from tests.live_world import live_world
from tests.policies import pages as policies
from tests.records import pages as records
from tests.rights import pages as rights
from tests.webuse import figures, purposes

ROOMS = (policies, lessons, concerns, rights, incidents, records)
"""Rooms that keep their own part of the table, and of the world, in their ``pages.py``."""
ANYBODY = [*addresses.ANYBODY, *(page for room in ROOMS for page in room.PAGES if page.needs == PUBLIC)]
STAFF = [*addresses.STAFF, *(page for room in ROOMS for page in room.PAGES if page.needs != PUBLIC)]
PAGES = [*ANYBODY, *STAFF]
FAR_OFF = date(2099, 1, 1)


def whole_world() -> SimpleNamespace:
    """One of everything, all of the libraries: what their lead may reach and the lead of the highways may not."""
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    alice = factories.person((Role.LEAD, libraries), name="Alice of the libraries")
    bob = factories.person((Role.LEAD, highways), name="Bob of the highways")
    author, desk = factories.person((Role.AUTHOR, libraries)), factories.person((Role.DESK, None))
    channel = factories.connected(service=libraries, handle="libraries", slug="libraries", capacity=Capacity.SERVICE)
    rehearsal = factories.channel(service=libraries, network="rehearsal")
    factories.connect(rehearsal, like="")
    awaiting = factories.post(author, channel, rehearsal, pictures=1)
    revision = approving.send_for_approval(author, awaiting)
    public_file = _send(author, alice, channel)
    (failed,) = factories.approved(rehearsal)
    Delivery.objects.filter(pk=failed.pk).update(state="unconfirmed")
    entry = Entry.objects.get()
    invited = account_actions.invite(None, email="ivy@exampleshire.example", name="Ivy")
    feed = feed_actions.make(alice, libraries)
    purpose = purposes.in_force()
    found = SimpleNamespace(
        feed=feed.feed.pk,
        feed_token=feed.token,
        alice=alice,
        bob=bob,
        colleague=factories.person(name="A colleague without a role"),
        desk=desk,
        administrator=factories.person((Role.ADMINISTRATOR, None)),
        monitoring_officer=factories.person((Role.MONITORING_OFFICER, None)),
        purpose_key=purpose.key,
        purpose_number=purpose.number,
        handle="libraries",
        channel_slug="libraries",
        server_key="0123456789abcdef",
        entry_key=entry.key,
        public_file=public_file,
        private_file=awaiting.attachments.get().asset.name,
        asset=awaiting.attachments.get().asset_id,
        consent=awaiting.attachments.get().asset.consents.create(person="Fern", reference="C-7").pk,
        network="bluesky",
        ready_made=ReadyMade.objects.create(service=libraries, name="Story time", text="At {time}.").pk,
        csv="csv",
        post_file=PostFile.objects.create(user=alice, name="posts.csv", header=["text"]).token,
        made_post_file=PostFile.objects.create(user=alice, name="made.csv", made_at=clock.now()).token,
        token=invited.link.split("/")[-2],
        invitation=invited.invitation.pk,
        post=awaiting.pk,
        revision=revision.number,
        delivery=failed.pk,
        look_again="look-again",
        cancel="cancel",
        take_down="take-down",
        pause=Pause.objects.create(reason="A flood", began_by=alice, ended_at=clock.now()).pk,
        absence=Absence.objects.create(user=alice, deputy=author, first_day=FAR_OFF, last_day=FAR_OFF).pk,
        channel=channel.pk,
        practice_account=PracticeAccount.objects.create(handle="somebody", display_name="Somebody").pk,
        rehearsed=Sent.objects.create(handle="somebody", key="3k", text="Hello", said_at=entry.said_at).pk,
        person=author.pk,
        service=libraries.pk,
        unit=figures.led_by(alice, purpose.key).pk,
        days_file="days",
        security_file="security",
        social_file="social",
        **live_world(alice, libraries, desk),
    )
    for room in ROOMS:
        vars(found).update(room.world(found))
    return found


def _send(author: User, approver: User, channel: Any) -> str:
    """Send a post with a picture, and return the name of the file that the public then sees."""
    post: Post = factories.post(author, channel, text="Out in the open.", pictures=1)
    approving.approve(approver, approving.send_for_approval(author, post))
    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)
    return Entry.objects.get().pictures.get().name


def address_of(page: Page, world: SimpleNamespace) -> str:
    return reverse(page.name, args=[getattr(world, each) for each in page.of])
