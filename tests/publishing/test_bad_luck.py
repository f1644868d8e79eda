"""Two editors, double clicks, colleagues who leave: nothing typed is lost, and nothing unread is approved."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel, State
from moothall.core import clock
from moothall.publishing import actions, approving, delivery, queries, sending
from moothall.publishing.content import Content, Wording
from moothall.publishing.models import DeliveryState, Post, Revision
from moothall.publishing.status import Status, statuses
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def libraries() -> Service:
    return factories.service("Libraries")


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, display_name="Libraries")


@pytest.fixture
def bob(libraries: Service) -> User:
    return factories.person((Role.APPROVER, libraries), name="Bob Bailey")


def filled(channel: Channel, text: str, **values: Any) -> dict[str, Any]:
    return {"service": channel.service_id, "text": text, f"channel_{channel.pk}": "on", "when": "at_once"} | values


def test_a_form_that_is_sent_twice_makes_one_post(signed_in: Any, alice: User, channel: Channel) -> None:
    browser: Client = signed_in(alice)
    form = filled(channel, "Story time.", once=str(uuid.uuid4()), then="send")
    browser.post("/posts/write/", form)
    again = browser.post("/posts/write/", form)
    post = Post.objects.get()
    assert again["Location"] == f"/posts/{post.pk}/"
    assert Revision.objects.count() == 1


def test_the_second_editor_is_told_and_replaces_only_by_saying_so_again(
    signed_in: Any, alice: User, bob: User, channel: Channel
) -> None:
    post = factories.post(alice, channel, text="Ten o'clock.")
    read = post.edited_at.isoformat()
    signed_in(bob).post(f"/posts/{post.pk}/edit/", filled(channel, "Eleven o'clock.", seen_at=read))

    browser: Client = signed_in(alice)
    page = browser.post(f"/posts/{post.pk}/edit/", filled(channel, "Half past ten.", seen_at=read))
    assert "Bob Bailey changed this post at" in page.content.decode()
    assert "Half past ten." in page.content.decode()
    assert Post.objects.get().text == "Eleven o'clock."

    shown_again = page.context["form"]["seen_at"].value()
    browser.post(f"/posts/{post.pk}/edit/", filled(channel, "Half past ten.", seen_at=shown_again))
    assert Post.objects.get().text == "Half past ten."


def test_the_approver_reads_what_was_frozen_and_not_what_is_being_written(
    signed_in: Any, alice: User, bob: User, channel: Channel
) -> None:
    post = factories.post(alice, channel, text="Old words.")
    approving.send_for_approval(alice, post)
    Post.objects.filter(pk=post.pk).update(text="Words that nobody froze.")
    page = signed_in(bob).get(f"/posts/{post.pk}/").content.decode()
    assert page.count("Words that nobody froze.") == page.count("<h1") + page.count("<title>")
    assert "<p>Old words.</p>" in page


def test_taking_back_what_was_decided_meanwhile_says_so(alice: User, bob: User, channel: Channel) -> None:
    post = factories.post(alice, channel)
    approving.approve(bob, approving.send_for_approval(alice, post))
    with pytest.raises(ValidationError, match="decided on this post meanwhile"):
        approving.take_back(alice, post)


def test_a_cancelled_post_that_is_written_anew_is_a_draft(alice: User, bob: User, channel: Channel) -> None:
    post = factories.post(alice, channel)
    (due,) = approving.approve(bob, approving.send_for_approval(alice, post), new_time=clock.now() + timedelta(days=1))
    delivery.move(due, delivery.WAITING, delivery.CANCELLED, why="the test")
    actions.save_post(alice, post, Content(channel.service, "New words.", {channel: Wording()}, None))
    seen = queries.see(queries.posts(alice).get())
    assert seen.status == Status.DRAFT
    assert [each.parts[0].text for each in queries.shown(seen).variants] == ["New words."]


def test_what_was_approved_does_not_go_out_on_a_channel_that_is_live_no_more(channel: Channel) -> None:
    (due,) = factories.approved(channel)
    Channel.objects.filter(pk=channel.pk).update(state=State.DORMANT)
    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)
    due.refresh_from_db()
    assert due.state == DeliveryState.FAILED
    assert "is not live any more" in due.trouble


def test_when_the_author_has_left_those_who_can_act_are_told(alice: User, bob: User, channel: Channel) -> None:
    post = factories.post(alice, channel)
    approving.approve(bob, approving.send_for_approval(alice, post))
    User.objects.filter(pk=alice.pk).update(is_active=False)
    Channel.objects.filter(pk=channel.pk).update(state=State.DORMANT)
    Notice.objects.all().delete()
    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)
    assert [notice.user for notice in Notice.objects.all()] == [bob]


def test_many_posts_are_told_apart_in_few_queries(
    alice: User, bob: User, channel: Channel, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        post = factories.post(alice, channel, text=f"Post {number}")
        if number % 3:
            approving.send_for_approval(alice, post)
    with django_assert_max_num_queries(4):
        known = statuses(queries.posts(alice))
    assert sorted(known.values()).count(Status.DRAFT) == 4
    with django_assert_max_num_queries(16):
        found = [queries.see(each) for each in queries.search(alice, status=Status.AWAITING_APPROVAL)]
    assert {seen.status for seen in found} == {Status.AWAITING_APPROVAL}
    assert len(found) == 8


def test_a_time_that_has_passed_is_refused_when_it_is_sent_for_approval(alice: User, channel: Channel) -> None:
    post = factories.post(alice, channel, at=clock.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="has passed"):
        approving.send_for_approval(alice, post)


def test_a_time_left_in_the_form_does_not_matter_if_it_is_not_meant(
    signed_in: Any, alice: User, channel: Channel
) -> None:
    nowhere = {"scheduled_for_0": "2027-03-28", "scheduled_for_1": "01:30", "then": "send"}
    signed_in(alice).post("/posts/write/", filled(channel, "Story time.", **nowhere))
    assert queries.see(queries.posts(alice).get()).status == Status.AWAITING_APPROVAL
