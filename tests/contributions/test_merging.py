"""Merged contributions: nobody's pictures slip in with another's, and none is lost with another that goes."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.contributions import desk, offering, queries
from moothall.contributions.models import Contribution, People, State, Way
from moothall.core import clock
from moothall.events.models import Event
from moothall.library import processing
from moothall.library.models import Asset
from tests import factories
from tests.events.web import say

pytestmark = pytest.mark.django_db


def pictured(by: User, event: Event, people: str) -> Contribution:
    """Told with a picture of somebody."""
    from moothall.library import offering as library

    asset = library.offer(factories.upload(), once=uuid.uuid4(), alt="Somebody at a gritter")
    processing.process(asset.pk)
    told = offering.Told(once=uuid.uuid4(), words="See here.", event=event, people=people, pictures=[asset])
    return offering.tell(by, told)


def words_alone(by: User, event: Event) -> Contribution:
    return offering.tell(by, offering.Told(once=uuid.uuid4(), words="The gritters are out.", event=event))


def make_post(by: User, of: Contribution, channel: Channel) -> None:
    pictures = [(asset, asset.alt) for asset in desk.pictures_of(of)]
    desk.make_post(by, of, desk.Plan(channel.service, "See here.", [channel], pictures))


def test_who_was_not_asked_is_not_shown_by_way_of_another_contribution(
    charlie: User, alice: User, event: Event, channel: Channel, signed_in: Any
) -> None:
    leading, joined = pictured(charlie, event, People.AGREED), pictured(charlie, event, People.NOT_ASKED)
    desk.merge(alice, joined, leading)
    browser = signed_in(alice)
    page = browser.get(reverse("contribution", args=[leading.pk]))
    assert "Ask first" in page.content.decode()
    ticked = page.context["make"].initial
    assert [ticked[f"use_{asset.pk}"] for asset in (leading.assets.get(), joined.assets.get())] == [True, False]
    with pytest.raises(ValidationError, match="was not asked"):
        make_post(alice, leading, channel)
    browser.post(reverse("people-of-contribution", args=[joined.pk]), {"people": People.AGREED})
    make_post(alice, leading, channel)
    assert Contribution.objects.get(pk=leading.pk).state == State.DRAFTED


def test_words_without_pictures_keep_no_picture_from_being_shown(
    charlie: User, alice: User, event: Event, channel: Channel
) -> None:
    leading, joined = words_alone(charlie, event), pictured(charlie, event, People.AGREED)
    assert leading.people == People.NOT_ASKED
    desk.merge(alice, joined, leading)
    make_post(alice, leading, channel)
    assert Asset.objects.get(contributions=joined).is_offered is False


def test_what_was_merged_outlives_what_it_was_merged_into(charlie: User, dan: User, alice: User, event: Event) -> None:
    leading, joined = words_alone(dan, event), words_alone(charlie, event)
    desk.merge(alice, joined, leading)
    offering.take_back(dan, leading)
    joined.refresh_from_db()
    assert (joined.state, joined.merged_into, joined.ended_at) == (State.WAITING, None, None)
    assert joined in queries.queue()


def test_what_was_merged_into_words_that_are_gone_is_still_at_the_desk(
    charlie: User, alice: User, event: Event
) -> None:
    item = say(1, tag="Exampleshire24")
    own = Contribution.objects.create(
        event=event, door=Way.OWN_ACCOUNT, contributor=charlie, item=item, once=uuid.uuid4(), told_at=clock.now()
    )
    joined = words_alone(charlie, event)
    desk.merge(alice, joined, own)
    type(item).objects.filter(pk=item.pk).update(gone_at=clock.now())
    assert own in queries.queue()


def test_a_form_that_comes_twice_makes_one_post(charlie: User, alice: User, event: Event, channel: Channel) -> None:
    made = words_alone(charlie, event)
    plan = desk.Plan(channel.service, "The gritters are out.", [channel], once=uuid.uuid4())
    desk.claim(alice, made)
    assert desk.make_post(alice, made, plan) == desk.make_post(alice, made, plan)
