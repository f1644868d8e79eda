"""Comments on a revision, what changed since another, and what an approver sees of a thread."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.publishing import actions, approving, comparing, queries
from moothall.publishing.content import Content, Enclosed, Wording
from moothall.publishing.models import Comment, Delivery, Post, Revision
from tests import factories
from tests.publishing.conftest import send_all

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent_again(author: User, post: Post, content: Content) -> Revision:
    """The post, taken back, changed and sent for approval once more."""
    approving.take_back(author, post)
    actions.save_post(author, post, content)
    return approving.send_for_approval(author, Post.objects.get(pk=post.pk))


# --- Comments ---------------------------------------------------------------------------------------------------------


def test_whoever_sees_the_post_comments_and_those_concerned_are_told(
    alice: User, bob: User, channel: Channel, as_bob: Client, signed_in: Any
) -> None:
    post = factories.post(alice, channel)
    first = approving.send_for_approval(alice, post)
    Notice.objects.all().delete()
    charlie = factories.person((Role.LEAD, factories.service("Highways")))
    with pytest.raises(PermissionDenied):
        approving.comment_on(charlie, first, "Let me see.")
    assert signed_in(charlie).post(f"/posts/{post.pk}/revisions/1/comment/", {"text": "Hm"}).status_code == 404
    said = as_bob.post(f"/posts/{post.pk}/revisions/1/comment/", {"text": "Is it <b>ten</b>?"}, follow=True)
    assert "Is it &lt;b&gt;ten&lt;/b&gt;?" in text_of(said)
    assert Notice.objects.get().user == alice
    signed_in(alice).post(f"/posts/{post.pk}/revisions/1/comment/", {"text": "It is."})
    assert Notice.objects.get(user=bob).text == "Alice Archer commented on “Story time at ten.”."
    assert Comment.objects.count() == 2


def test_a_comment_that_is_too_long_is_not_lost(alice: User, channel: Channel, as_bob: Client) -> None:
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    path = f"/posts/{post.pk}/revisions/1/comment/"
    assert "Write your comment first." in text_of(as_bob.post(path, {"text": " "}))
    long = text_of(as_bob.post(path, {"text": "w" * 2_001}))
    assert "w" * 2_001 in long
    assert "at most 2000 characters" in long
    assert not Comment.objects.exists()


# --- What changed -----------------------------------------------------------------------------------------------------


def test_the_page_shows_what_came_and_what_went_without_colour(
    alice: User, bob: User, channel: Channel, as_bob: Client
) -> None:
    other = factories.connected(service=channel.service, display_name="Archives")
    picture, another = factories.asset(alice), factories.asset(alice, colour="#a8201a")
    post = factories.post(alice, channel, text="Story time at ten.\n---\nBring a cushion.")
    actions.attach(alice, post, picture, "A carpet")
    first = approving.send_for_approval(alice, post)
    approving.comment_on(bob, first, "It is at eleven.")
    second = sent_again(
        alice,
        post,
        Content(
            channel.service,
            "Story time at eleven.",
            {channel: Wording(), other: Wording("Other words.")},
            clock.now() + timedelta(days=1),
            enclosed=[Enclosed(picture, "A green carpet"), Enclosed(another, "A shelf")],
        ),
    )
    page = text_of(as_bob.get(f"/posts/{post.pk}/revisions/2/"))
    assert re.search(r"<ins><span class=\"govuk-visually-hidden\">\[added: </span>eleven<", page)
    assert re.search(r"<del><span class=\"govuk-visually-hidden\">\[removed: </span>ten<", page)
    for words in ("This channel was added", "Part 2, removed", "Picture added", "Picture described otherwise"):
        assert words in page, words
    assert "<del>as soon as it is approved</del>" in page
    change = comparing.compare(first, second)
    assert {each.channel: each.what for each in change.channels} == {channel: "changed", other: "added"}
    assert comparing.compare(second, second).is_nothing


def test_an_approver_is_led_from_what_they_saw_last_to_what_is_new(
    alice: User, bob: User, channel: Channel, as_bob: Client
) -> None:
    post = factories.post(alice, channel)
    first = approving.send_for_approval(alice, post)
    assert "This changed since" not in text_of(as_bob.get(f"/posts/{post.pk}/"))
    approving.refuse(bob, first, "It is at eleven.")
    actions.save_post(alice, post, Content(channel.service, "Story time at eleven.", {channel: Wording()}))
    approving.send_for_approval(alice, post)
    sent_again(alice, post, Content(channel.service, "Story time at noon.", {channel: Wording()}))
    page = text_of(as_bob.get(f"/posts/{post.pk}/"))
    assert "This changed since revision 1." in page
    assert f'href="/posts/{post.pk}/revisions/3/?against=1"' in page
    since_first = text_of(as_bob.get(f"/posts/{post.pk}/revisions/3/?against=1"))
    assert "What changed since revision 1" in since_first
    since_last = text_of(as_bob.get(f"/posts/{post.pk}/revisions/3/"))
    assert "What changed since revision 2" in since_last
    assert "What changed since revision 2" in text_of(as_bob.get(f"/posts/{post.pk}/revisions/3/?against=77"))
    assert as_bob.get(f"/posts/{post.pk}/revisions/4/").status_code == 404
    assert "What changed" not in text_of(as_bob.get(f"/posts/{post.pk}/revisions/1/"))
    everything = text_of(as_bob.get(f"/posts/{post.pk}/revisions/"))
    for number in (1, 2, 3):
        assert f"Revision {number}" in everything


# --- The page of a post -----------------------------------------------------------------------------------------------


def test_a_threads_parts_stand_in_their_order_each_with_its_state(
    alice: User, bob: User, channel: Channel, as_bob: Client
) -> None:
    post = factories.post(alice, channel, text="One.\n---\nTwo.\n---\nThree.", pictures=1)
    sent = approving.send_for_approval(alice, post)
    page = text_of(as_bob.get(f"/posts/{post.pk}/")).split("What will be sent")[1]
    assert page.index("Part 1 of 3") < page.index("One.") < page.index("Part 2 of 3") < page.index("Three.")
    assert 'alt="Picture 1"' in page
    approving.approve(bob, sent)
    Delivery.objects.filter(part__gt=1).update(due_at=clock.now() + timedelta(days=1))
    send_all(channel)
    page = text_of(as_bob.get(f"/posts/{post.pk}/"))
    became, approved = page.split("What was approved")
    assert became.index("Part 1 of 3") < became.index("It is live since") < became.index("Part 2 of 3")
    assert "It goes out once part 2 is live." in became
    assert "Bob Barrow" in approved


def test_a_post_that_waits_says_how_far_it_is(alice: User, bob: User, channel: Channel, signed_in: Any) -> None:
    post = factories.post(alice, channel)
    sent = approving.send_for_approval(alice, post)
    browser = signed_in(alice)
    page = text_of(browser.get(f"/posts/{post.pk}/"))
    assert "0 of 1 approval; waits for any approver of Libraries" in page
    assert "Take it back to change it" in page
    assert ">Edit<" not in page
    assert queries.may_approve(bob, sent)
    done = browser.post(f"/posts/{post.pk}/take-back/", follow=True)
    assert done.redirect_chain[-1][0] == f"/posts/{post.pk}/edit/"
