"""A post's way on the pages themselves: the composer, the post's page, approval, the list."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import localtime
from moothall.library import incoming, processing
from moothall.publishing import approving, delivery, queries, sending
from moothall.publishing.models import Delivery, Post
from moothall.publishing.status import Status
from tests import factories
from tests.publishing.conftest import Clock

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def filled(channel: Channel, text: str = "Story time at ten.", **values: Any) -> dict[str, Any]:
    """The composer's form, filled in for one channel."""
    chosen = {"service": channel.service_id, "text": text, f"channel_{channel.pk}": "on", "when": "at_once"}
    return chosen | values


def process_uploads() -> None:
    """As a worker does in the background."""
    for asset in processing.due():
        processing.process(asset.pk)


def status() -> Status:
    return queries.see(Post.objects.get()).status


def test_alice_writes_with_a_picture_bob_approves_and_each_is_told(
    as_alice: Client, as_bob: Client, alice: User, bob: User, channel: Channel
) -> None:
    picture = {"new_picture": factories.upload(), "new_alt": "Children on a carpet"}
    done = as_alice.post("/posts/write/", filled(channel, then="send", **picture), follow=True)
    assert "Picture 1 is still being processed" in text_of(done)
    process_uploads()
    post = Post.objects.get()
    asset = post.attachments.get().asset_id
    again = filled(channel, then="send", media=asset, **{f"alt_{asset}": "Children on a carpet"})
    done = as_alice.post(f"/posts/{post.pk}/edit/", again, follow=True)
    assert "Sent for approval. You will be told what becomes of it." in text_of(done)
    assert done.redirect_chain[-1][0] == f"/posts/{post.pk}/"
    (asked,) = Notice.objects.all()
    assert (asked.user, asked.path) == (bob, f"/posts/{post.pk}/")
    assert asked.text == "Alice Archer asks you to approve “Story time at ten.”."
    assert asked.email_due_at

    assert f'href="/posts/{post.pk}/"' in text_of(as_bob.get("/posts/approvals/"))
    page = text_of(as_bob.get(asked.path))
    assert "Your decision" in page
    assert 'alt="Children on a carpet"' in page
    done = as_bob.post(
        f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "approve", "comment": "Lovely."}, follow=True
    )
    assert "Approved." in text_of(done)
    (told,) = Notice.objects.filter(user=alice)
    assert told.text == "Bob Barrow approved “Story time at ten.”."

    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)
    page = text_of(as_alice.get(f"/posts/{post.pk}/"))
    row = Delivery.objects.get()
    assert row.url in page
    assert "“Lovely.”" in page
    assert status() == Status.SENT
    assert Client().get(row.url.removeprefix(settings.SITE_URL)).status_code == 200


def test_bob_sends_it_back_with_a_comment_and_alice_reads_why(
    as_alice: Client, as_bob: Client, alice: User, channel: Channel
) -> None:
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    silent = as_bob.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "refuse", "comment": ""})
    assert "Say what should change" in text_of(silent)
    as_bob.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "refuse", "comment": "It is at eleven."})
    page = text_of(as_alice.get(f"/posts/{post.pk}/"))
    assert "Bob Barrow: It is at eleven." in page
    assert Notice.objects.filter(user=alice).get().text.endswith("Read why.")


def test_alice_cannot_approve_her_own_on_any_page(alice: User, channel: Channel, signed_in: Any) -> None:
    alice.memberships.create(role=Role.LEAD, service=channel.service)
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    browser = signed_in(alice)
    assert "Your decision" not in text_of(browser.get(f"/posts/{post.pk}/"))
    done = browser.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "approve"}, follow=True)
    assert "You cannot decide on this post now" in text_of(done)
    assert status() == Status.AWAITING_APPROVAL
    assert "No post waits for you" in text_of(browser.get("/posts/approvals/"))


def test_charlie_of_the_highways_finds_nothing_of_it(alice: User, channel: Channel, signed_in: Any) -> None:
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    charlie = signed_in(factories.person((Role.LEAD, factories.service("Highways"))))
    for path in ("", "edit/"):
        assert charlie.get(f"/posts/{post.pk}/{path}").status_code == 404
    for path in ("take-back/", "change/", "revisions/1/decide/"):
        assert charlie.post(f"/posts/{post.pk}/{path}", {"verdict": "approve"}).status_code == 404
    for path in ("/posts/", "/posts/approvals/", "/today/", "/posts/?q=Story"):
        assert "Story time" not in text_of(charlie.get(path))
    assert status() == Status.AWAITING_APPROVAL


def test_a_records_officer_reads_and_cannot_write(alice: User, channel: Channel, signed_in: Any) -> None:
    post = factories.post(alice, channel)
    officer = signed_in(factories.person((Role.RECORDS_OFFICER, None)))
    assert "Story time at ten." in text_of(officer.get(f"/posts/{post.pk}/"))
    assert "Story time at ten." in text_of(officer.get("/posts/"))
    assert officer.get(f"/posts/{post.pk}/edit/").status_code == 403
    assert officer.get("/posts/write/").status_code == 403
    assert ">Edit<" not in text_of(officer.get(f"/posts/{post.pk}/"))


def test_two_approvers_at_once_make_one_decision(as_bob: Client, alice: User, channel: Channel, signed_in: Any) -> None:
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    other = signed_in(factories.person((Role.DESK, None)))
    as_bob.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "approve"})
    late = other.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "refuse", "comment": "No."}, follow=True)
    assert "decided or changed meanwhile" in text_of(late)
    assert (status(), Delivery.objects.count()) == (Status.SCHEDULED, 1)


def test_an_approval_is_of_the_words_that_were_read(
    as_alice: Client, as_bob: Client, alice: User, channel: Channel
) -> None:
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    assert "Take it back to change it" in text_of(as_alice.get(f"/posts/{post.pk}/"))
    back = as_alice.post(f"/posts/{post.pk}/take-back/", follow=True)
    assert back.redirect_chain[-1][0] == f"/posts/{post.pk}/edit/"
    Post.objects.update(text="Quite other words.")
    approving.send_for_approval(alice, post)
    late = as_bob.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "approve"}, follow=True)
    assert "decided or changed meanwhile" in text_of(late)
    assert status() == Status.AWAITING_APPROVAL


# --- Nothing is lost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["stay", "send"])
def test_a_file_that_is_no_picture_loses_no_word(as_alice: Client, channel: Channel, then: str) -> None:
    bad = SimpleUploadedFile("cushion.jpg", b"no picture at all", content_type="image/jpeg")
    done = as_alice.post("/posts/write/", filled(channel, new_picture=bad, new_alt="A cushion", then=then), follow=True)
    page = text_of(done)
    assert "“cushion.jpg” is no picture" in page
    assert "Your draft is saved, without the new picture." in page
    assert "Story time at ten." in page
    assert "A cushion" in page
    assert Post.objects.get().text == "Story time at ten."
    assert status() == Status.DRAFT


def test_an_empty_file_loses_no_word(as_alice: Client, channel: Channel) -> None:
    empty = SimpleUploadedFile("cushion.jpg", b"", content_type="image/jpeg")
    page = text_of(as_alice.post("/posts/write/", filled(channel, new_picture=empty)))
    assert "empty" in page
    assert "Story time at ten." in page


def test_a_full_disk_loses_no_word(as_alice: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming.os, "open", full)
    values = filled(channel, new_picture=factories.upload(), new_alt="A cushion", then="send")
    page = text_of(as_alice.post("/posts/write/", values, follow=True))
    assert "could not be stored here" in page
    assert Post.objects.get().text == "Story time at ten."
    assert status() == Status.DRAFT


def test_a_missing_description_is_said_and_the_picture_stays(as_alice: Client, channel: Channel) -> None:
    values = filled(channel, new_picture=factories.upload(), then="send")
    page = text_of(as_alice.post("/posts/write/", values, follow=True))
    assert "Describe picture 1, or mark it as decorative." in page
    process_uploads()
    asset = Post.objects.get().attachments.get().asset_id
    again = filled(channel, then="send", media=asset, **{f"alt_{asset}": "Children on a carpet"})
    as_alice.post(f"/posts/{Post.objects.get().pk}/edit/", again)
    assert status() == Status.AWAITING_APPROVAL


def test_line_ends_are_those_that_were_typed(as_alice: Client, channel: Channel) -> None:
    as_alice.post("/posts/write/", filled(channel, "  One.\r\n\r\nTwo. "))
    assert Post.objects.get().text == "  One.\n\nTwo. "


# --- Time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "at", "said"),
    [
        ("", "", "Give the date and the time, or choose"),
        ("2027-06-01", "", "Give both the date and the time."),
        ("", "09:00", "Give both the date and the time."),
        ("2027-03-28", "01:30", "01:30 does not exist on Sunday 28 March 2027. Choose 02:30, say."),
        ("2027-02-30", "09:00", "Give the date as a day, a month and a year."),
    ],
)
def test_a_time_that_is_none_is_asked_for_again(
    as_alice: Client, channel: Channel, day: str, at: str, said: str
) -> None:
    values = filled(channel, when="at_a_time", scheduled_for_day=day, scheduled_for_time=at)
    page = text_of(as_alice.post("/posts/write/", values))
    assert said in page
    assert "Story time at ten." in page
    assert not Post.objects.exists()


def test_a_time_chosen_is_uk_time_and_shown_again_as_chosen(as_alice: Client, channel: Channel) -> None:
    values = filled(channel, when="at_a_time", scheduled_for_day="2027-06-01", scheduled_for_time="09:00")
    as_alice.post("/posts/write/", values)
    post = Post.objects.get()
    assert post.scheduled_for
    assert localtime.words(post.scheduled_for) == "Tuesday 1 June 2027, 09:00 (UK time)"
    assert "Tuesday 1 June 2027, 09:00 (UK time)" in text_of(as_alice.get(f"/posts/{post.pk}/"))
    assert re.search(r'value="09:00"', text_of(as_alice.get(f"/posts/{post.pk}/edit/")))


def test_when_the_time_has_passed_the_page_asks_the_approver_for_another(
    as_bob: Client, alice: User, channel: Channel, clock: Clock
) -> None:
    post = factories.post(alice, channel, at=clock.now() + timedelta(hours=1))
    approving.send_for_approval(alice, post)
    decide = f"/posts/{post.pk}/revisions/1/decide/"
    assert "A new time for it" not in text_of(as_bob.get(f"/posts/{post.pk}/"))
    clock.advance(hours=2)
    assert "A new time for it" in text_of(as_bob.get(f"/posts/{post.pk}/"))
    assert "has passed. Pick a new time" in text_of(as_bob.post(decide, {"verdict": "approve"}))
    half = as_bob.post(decide, {"verdict": "approve", "new_time_day": "2027-06-01", "new_time_time": ""})
    assert "Give both the date and the time." in text_of(half)
    as_bob.post(decide, {"verdict": "approve", "at_once": "on"})
    assert Delivery.objects.get().due_at <= clock.now()


# --- The list and the rest --------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_in_the_address(as_alice: Client, alice: User, channel: Channel) -> None:
    factories.post(alice, channel, text="Story time.")
    waiting = factories.post(alice, channel, text="Map day.")
    approving.send_for_approval(alice, waiting)
    for query, there, gone in (
        ("q=map", "Map day.", "Story time."),
        ("status=draft", "Story time.", "Map day."),
        (f"service={channel.service_id}&status=awaiting_approval", "Map day.", "Story time."),
    ):
        page = text_of(as_alice.get(f"/posts/?{query}"))
        assert there in page, query
        assert gone not in page, query
    assert as_alice.get("/posts/?service=999&status=nonsense&page=77").status_code == 200


def test_a_long_list_costs_no_more_questions(
    as_alice: Client, alice: User, channel: Channel, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        factories.post(alice, channel, text=f"Post {number}.")
    for path, most in (("/posts/", 25), ("/today/", 35)):
        with django_assert_max_num_queries(most):
            as_alice.get(path)


def test_what_people_write_is_shown_as_words(as_alice: Client, as_bob: Client, alice: User, channel: Channel) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    as_alice.post(
        "/posts/write/", filled(channel, hostile, then="send", new_picture=factories.upload(), new_alt=hostile)
    )
    post = Post.objects.get()
    as_bob.post(f"/posts/{post.pk}/revisions/1/decide/", {"verdict": "refuse", "comment": hostile})
    for path in ("/posts/", "/today/", "/notices/", f"/posts/{post.pk}/", f"/posts/{post.pk}/edit/"):
        page = as_alice.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_today_shows_each_person_what_needs_them(
    as_alice: Client, as_bob: Client, alice: User, channel: Channel
) -> None:
    assert "Nothing needs you now." in text_of(as_bob.get("/today/"))
    post = factories.post(alice, channel)
    assert "Your drafts" in text_of(as_alice.get("/today/"))
    approving.send_for_approval(alice, post)
    assert "Waits for your approval" in text_of(as_bob.get("/today/"))
    assert "Waits for your approval" not in text_of(as_alice.get("/today/"))
