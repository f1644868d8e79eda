"""A colleague tells the desk something on a phone; the desk makes a post of it; it is published, and they hear."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.contributions import following
from moothall.contributions.models import Contribution, People, State
from moothall.events.models import Event, Item
from moothall.library import processing
from moothall.library.models import Asset
from moothall.publishing import approving, queries, tasks
from moothall.publishing.models import Post
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]


def told_by(person: User, event: Event, **values: object) -> Contribution:
    """What ``person`` told by the form, as a browser without a script sends it."""
    client = Client()
    client.force_login(person)
    once = uuid.uuid4()
    data = {"once": once, "words": "The gritters are out on the A40.", "naming": "no", **values}
    answer = client.post(reverse("tell-event", args=[event.slug]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Contribution.objects.get(once=once)


def test_the_form_is_for_the_event_that_is_on(charlie: User, event: Event, client: Client) -> None:
    client.force_login(charlie)
    page = client.get(reverse("tell"), follow=True).content.decode()
    assert "Exampleshire 24" in page
    assert "capture" not in page  # a phone offers its camera and its photos alike


def test_told_made_a_post_approved_sent_and_heard(
    charlie: User, alice: User, dan: User, event: Event, channel: Channel, signed_in: SignedIn
) -> None:
    made = told_by(charlie, event, photo=factories.upload(), alt="A gritter at dawn", people=People.AGREED)
    assert made.event == event
    assert made.contributor == charlie
    asset = made.assets.get()
    assert asset.is_offered
    assert asset.added_by is None  # the library does not say who told the desk
    processing.process(asset.pk)

    desk = signed_in(alice)
    assert "The gritters are out" in desk.get(reverse("desk")).content.decode()
    desk.post(reverse("claim-contribution", args=[made.pk]))
    made.refresh_from_db()
    assert made.claimed_by == alice
    page = desk.get(reverse("contribution", args=[made.pk])).content.decode()
    assert "#Exampleshire24" in page
    assert "A gritter at dawn" in page

    answer = desk.post(
        reverse("make-post", args=[made.pk]),
        {
            "once": uuid.uuid4(),
            "text": "The gritters are out on the A40. #Exampleshire24",
            "service": channel.service_id,
            "channels": [channel.pk],
            f"use_{asset.pk}": "on",
            f"alt_{asset.pk}": "A gritter at dawn",
            "then": "send",
        },
    )
    assert answer.url == reverse("desk")
    post = Post.objects.get()
    assert post.attachments.get().alt == "A gritter at dawn"
    assert not Asset.objects.get().is_offered
    made.refresh_from_db()
    assert (made.state, made.post) == (State.DRAFTED, post)

    revision = queries.latest_revision(post)
    assert revision is not None
    approving.approve(dan, revision)
    tasks.drain.func(channel.pk)
    following.sweep()
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    assert made.ended_at
    notice = charlie.notices.get()
    assert notice.text.startswith("Here is your post")
    assert "http" in notice.text
    own = Client()
    own.force_login(charlie)
    assert "Here is your post" in own.get(reverse("told")).content.decode()


def test_whoever_is_not_to_be_named_is_in_no_record(charlie: User, alice: User, event: Event) -> None:
    told_by(charlie, event, photo=factories.upload(), people=People.NOBODY)
    records = Record.objects.exclude(kind__startswith="person")
    assert records.filter(kind="contribution.offered").exists()
    assert not records.filter(actor_id=charlie.pk).exists()
    assert Item.objects.count() == 0
