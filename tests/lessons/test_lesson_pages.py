"""The pages of lessons: what each of three people finds on them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from moothall.accounts.models import User
from moothall.core import navigation
from moothall.lessons import actions
from moothall.lessons.models import Lesson, LessonState
from tests import factories
from tests.lessons import making
from tests.lessons.making import WORDS

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 10, 6, 14, 31, tzinfo=UTC)
NEARER = ("6 October", "6 Oct", "Tuesday", "14:31", "15:31", "2026-10-06")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_from_the_form_to_the_shelf(alice: User, bob: User, charlie: User, signed_in: Any) -> None:
    as_alice, as_bob = signed_in(alice), signed_in(bob)
    kept = as_alice.post(reverse("new-lesson"), {**WORDS, "then": "keep"}, follow=True)
    assert "Kept as a draft." in text_of(kept)
    lesson = Lesson.objects.get()
    edited = {**WORDS, "title": "Two browsers are better than one", "then": "send"}
    assert "Sent for review." in text_of(as_alice.post(reverse("edit-lesson", args=[lesson.pk]), edited, follow=True))
    assert "Waiting for your review" in text_of(as_bob.get(reverse("lessons")))
    review = reverse("review-lesson", args=[lesson.pk])
    assert "Two browsers" in text_of(as_bob.get(review))
    unsaid = text_of(as_bob.post(review, {"decision": "send-back", "remark": " "}))
    assert "Say what should change" in unsaid
    as_bob.post(review, {"decision": "send-back", "remark": "Say which."})
    assert "Say which." in text_of(as_alice.get(lesson.get_absolute_url()))
    assert "Sent for review." in text_of(as_alice.post(reverse("send-lesson", args=[lesson.pk]), follow=True))
    assert "Published." in text_of(as_bob.post(review, {"decision": "publish"}, follow=True))
    as_charlie = signed_in(charlie)
    assert "Two browsers" in text_of(as_charlie.get(reverse("lessons")))
    page = text_of(as_charlie.get(lesson.get_absolute_url()))
    assert WORDS["what_happened"].split("'")[0] in page
    assert WORDS["what_changes"].split("'")[0] in page
    assert "Withdraw" not in page


def test_a_lesson_shows_its_month_and_never_its_author(alice: User, bob: User, charlie: User, signed_in: Any) -> None:
    lesson = making.published(alice, bob)
    Lesson.objects.filter(pk=lesson.pk).update(published_at=MOMENT, sent_at=MOMENT, begun_at=MOMENT)
    for reader in (charlie, bob):
        page = text_of(signed_in(reader).get(lesson.get_absolute_url()))
        assert "October 2026" in page
        assert "Alice Archer" not in page
        assert not any(each in page for each in NEARER)


@pytest.mark.parametrize("is_confidential", [True, False])
def test_whoever_reviews_is_told_neither_who_wrote_it_nor_the_day(
    alice: User, bob: User, signed_in: Any, is_confidential: bool
) -> None:
    lesson = making.in_review(alice, is_confidential=is_confidential)
    Lesson.objects.filter(pk=lesson.pk).update(sent_at=MOMENT, begun_at=MOMENT)
    browser = signed_in(bob)
    pages = [
        text_of(browser.get(address))
        for address in (
            reverse("lessons"),
            lesson.get_absolute_url(),
            reverse("review-lesson", args=[lesson.pk]),
            reverse("withdraw-lesson", args=[lesson.pk]),
        )
    ]
    assert "October 2026" in pages[2]
    for page in pages:
        assert "Alice Archer" not in page
        assert "onfidential" not in page
        assert not any(each in page for each in NEARER)


def test_a_draft_is_its_writers_alone(alice: User, bob: User, charlie: User, signed_in: Any) -> None:
    lesson = making.draft(alice)
    for other in (bob, charlie):
        browser = signed_in(other)
        assert WORDS["title"] not in text_of(browser.get(reverse("lessons")))
        for name in ("lesson", "edit-lesson", "withdraw-lesson"):
            assert browser.get(reverse(name, args=[lesson.pk])).status_code == 404
    assert "Go on writing" in text_of(signed_in(alice).get(lesson.get_absolute_url()))


def test_names_are_told_before_and_when_it_is_sent(alice: User, signed_in: Any) -> None:
    factories.person(name="Hazel Marsh")
    browser = signed_in(alice)
    typed = {**WORDS, "what_happened": "Hazel Marsh posted it from Pike Street.", "then": "send"}
    factories.person(name="Rowan Pike")
    said = text_of(browser.post(reverse("new-lesson"), typed, follow=True))
    assert "It names somebody: “Hazel Marsh”." in said
    assert "Kept as a draft." in said
    page = text_of(browser.get(Lesson.objects.get().get_absolute_url()))
    assert "Say it without “Hazel Marsh”" in page
    assert "“Pike”" in page
    assert "Rowan" not in page
    assert "Send for review" not in page


def test_a_review_comes_too_late_where_another_has_decided(alice: User, bob: User, cora: User, signed_in: Any) -> None:
    lesson = making.in_review(alice)
    actions.publish(cora, lesson)
    answer = signed_in(bob).post(reverse("review-lesson", args=[lesson.pk]), {"decision": "publish"}, follow=True)
    assert "waits for no review" in text_of(answer)


def test_nobody_reviews_their_own_on_the_page_either(bob: User, cora: User, signed_in: Any) -> None:
    lesson = making.in_review(bob)
    browser = signed_in(bob)
    assert browser.get(reverse("review-lesson", args=[lesson.pk])).status_code == 403
    assert browser.post(reverse("review-lesson", args=[lesson.pk]), {"decision": "publish"}).status_code == 403
    assert "Review it" not in text_of(browser.get(lesson.get_absolute_url()))
    assert "Review it" in text_of(signed_in(cora).get(lesson.get_absolute_url()))


def test_whoever_withdraws_says_why(alice: User, bob: User, charlie: User, signed_in: Any) -> None:
    lesson, as_charlie = making.published(alice), signed_in(charlie)
    address = reverse("withdraw-lesson", args=[lesson.pk])
    assert as_charlie.post(address, {"why": "No."}).status_code == 403
    browser = signed_in(bob)
    assert "Fill in “Why?”." in text_of(browser.post(address, {"why": ""}))
    assert "Withdrawn." in text_of(browser.post(address, {"why": "It tells."}, follow=True))
    assert as_charlie.get(lesson.get_absolute_url()).status_code == 404
    assert "It tells." in text_of(browser.get(lesson.get_absolute_url()))


def test_a_draft_no_more_is_not_edited(alice: User, signed_in: Any) -> None:
    lesson = making.in_review(alice)
    answer = signed_in(alice).post(reverse("edit-lesson", args=[lesson.pk]), {**WORDS, "title": "New"}, follow=True)
    assert "a draft no more" in text_of(answer)
    assert Lesson.objects.get().state == LessonState.IN_REVIEW


def test_the_rail_counts_what_waits_for_this_reviewer(alice: User, bob: User, cora: User, rf: Any) -> None:
    making.in_review(alice)
    making.in_review(bob)

    def counted(person: User) -> int:
        request = rf.get("/lessons/")
        request.user = person
        links = [link for group in navigation.groups(request) for link in group.items]
        return next(link.count for link in links if link.label == "Lessons")

    assert (counted(alice), counted(bob), counted(cora)) == (0, 1, 2)


def test_what_is_typed_is_harmless(alice: User, bob: User, signed_in: Any) -> None:
    lesson = making.in_review(alice, title="<script>alert(1)</script>", what_happened="<b>bold</b> & more")
    browser = signed_in(bob)
    for name in ("lesson", "review-lesson", "withdraw-lesson"):
        shown = browser.get(reverse(name, args=[lesson.pk])).content.decode()
        assert "<script>alert" not in shown
        assert "<b>bold" not in shown
