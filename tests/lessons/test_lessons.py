"""A lesson on its way: written by one, reviewed by another, read by all, and nobody named."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from moothall.accounts.models import Notice, User
from moothall.lessons import actions, queries
from moothall.lessons.models import Lesson, LessonState
from moothall.lessons.states import Act
from moothall.records.models import Record
from tests import factories
from tests.lessons import making
from tests.lessons.making import WORDS

pytestmark = pytest.mark.django_db


def kept(lesson: Lesson) -> list[tuple[str, int | None, str, dict[str, Any]]]:
    records = Record.objects.filter(ref=f"lesson:{lesson.pk}").order_by("number")
    return [(each.kind, each.actor_id, each.why, each.after) for each in records]


def told(person: User) -> list[str]:
    return list(person.notices.order_by("pk").values_list("text", flat=True))


def test_from_the_first_words_to_the_shelf(alice: User, bob: User, cora: User, charlie: User) -> None:
    lesson = actions.draft(alice, **WORDS)
    assert list(queries.readable(charlie)) == list(queries.readable(bob)) == []
    sent = actions.send_for_review(alice, lesson)
    assert list(queries.waiting_for(bob)) == list(queries.waiting_for(cora)) == [sent]
    assert list(queries.readable(charlie)) == []
    back = actions.send_back(bob, sent, "Say which browsers.")
    assert (back.state, back.remark) == (LessonState.DRAFT, "Say which browsers.")
    actions.change(alice, back, **{**WORDS, "what_changes": "Firefox for one, Edge for the other."})
    again = actions.send_for_review(alice, back)
    assert again.remark == ""
    done = actions.publish(cora, again)
    assert list(queries.readable(charlie)) == list(queries.published()) == [done]
    assert done.what_changes.startswith("Firefox")
    assert kept(done) == [
        ("lesson.sent", alice.pk, "", {"title": WORDS["title"]}),
        ("lesson.sent_back", bob.pk, "Say which browsers.", {"title": WORDS["title"]}),
        ("lesson.sent", alice.pk, "", {"title": WORDS["title"]}),
        ("lesson.published", cora.pk, "", {"title": WORDS["title"]}),
    ]
    assert told(bob) == told(cora) == ["A lesson waits for your review."] * 2
    assert told(alice) == [
        f"Your lesson “{WORDS['title']}” was sent back: Say which browsers.",
        f"Your lesson “{WORDS['title']}” is published.",
    ]


def test_who_may_write_a_lesson_of_its_own(alice: User, charlie: User) -> None:
    assert actions.draft(alice, **WORDS).author == alice
    with pytest.raises(PermissionDenied):
        actions.draft(charlie, **WORDS)


def test_a_higher_room_asks_its_own_rules(charlie: User) -> None:
    drawn = actions.draft(charlie, **WORDS, for_case=True)
    assert actions.send_for_review(charlie, drawn).state == LessonState.IN_REVIEW
    secret = actions.draft(charlie, **WORDS, is_confidential=True)
    assert actions.send_for_review(charlie, secret).state == LessonState.IN_REVIEW


def test_a_lesson_lacks_nothing(alice: User) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.draft(alice, **{**WORDS, "what_changes": " "} | {"title": ""})
    assert set(refused.value.message_dict) == {"title"}
    assert not Lesson.objects.exists()
    lesson = actions.draft(alice, **WORDS)
    with pytest.raises(ValidationError):
        actions.change(alice, lesson, **{**WORDS, "what_changes": ""})


def test_nobody_reviews_what_they_wrote_on(bob: User, cora: User) -> None:
    lesson = making.in_review(bob)
    assert list(queries.waiting_for(bob)) == []
    assert told(bob) == [], "Only others are asked."
    with pytest.raises(PermissionDenied):
        actions.publish(bob, lesson)
    with pytest.raises(PermissionDenied):
        actions.send_back(bob, lesson, "No.")
    assert actions.publish(cora, lesson).reviewer == cora


def test_whoever_goes_on_with_another_s_lesson_has_written_on_it_too(alice: User, bob: User, cora: User) -> None:
    lesson = making.draft(alice)
    with pytest.raises(PermissionDenied):
        actions.change(bob, lesson, **WORDS)
    actions.change(bob, lesson, **WORDS, for_case=True)
    actions.send_for_review(alice, lesson)
    with pytest.raises(PermissionDenied):
        actions.publish(bob, lesson)
    assert told(bob) == []
    assert actions.publish(cora, lesson).state == LessonState.PUBLISHED


def test_the_database_too_refuses_an_author_who_reviews(bob: User) -> None:
    lesson = making.in_review(bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lesson.objects.filter(pk=lesson.pk).update(reviewer=bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lesson.objects.filter(pk=lesson.pk).update(state=LessonState.PUBLISHED)


def test_only_a_draft_is_changed(alice: User) -> None:
    lesson = making.in_review(alice)
    with pytest.raises(ValidationError):
        actions.change(alice, lesson, **WORDS)
    with pytest.raises(ValidationError):
        actions.send_for_review(alice, lesson)


def test_withdrawing_takes_it_from_the_shelf_and_says_why(alice: User, bob: User, charlie: User) -> None:
    lesson = making.published(alice, bob)
    with pytest.raises(PermissionDenied):
        actions.withdraw(charlie, lesson, "I know who it was.")
    with pytest.raises(ValidationError):
        actions.withdraw(bob, lesson, " ")
    actions.withdraw(bob, lesson, "People could tell whom it is about.")
    assert list(queries.readable(charlie)) == []
    assert list(queries.readable(alice)) == list(queries.readable(bob)) == [lesson]
    assert kept(lesson)[-1][:3] == ("lesson.withdrawn", bob.pk, "People could tell whom it is about.")
    assert "was withdrawn" in told(alice)[-1]
    with pytest.raises(ValidationError):
        actions.publish(bob, lesson)


def test_no_author_takes_from_the_shelf_what_is_published(alice: User, bob: User, cora: User) -> None:
    for author, reviewer in ((alice, bob), (bob, cora)):
        lesson = making.published(author, reviewer)
        for for_case in (False, True):
            with pytest.raises(ValidationError):
                actions.withdraw(author, lesson, "I like it no more.", for_case=for_case)
        assert Act.WITHDRAW not in queries.acts_for(author, lesson)
        assert actions.withdraw(reviewer, lesson, "They asked.").state == LessonState.WITHDRAWN


def test_a_draft_that_is_withdrawn_was_never_seen(alice: User, bob: User) -> None:
    lesson = making.draft(alice)
    with pytest.raises(ValidationError):
        actions.withdraw(bob, lesson, "Not for them: they cannot even see it.")
    actions.withdraw(alice, lesson, "Nothing to learn from it.")
    assert list(queries.readable(bob)) == []


# --- What came of a concern -------------------------------------------------------------------------------------------


def test_until_it_is_published_no_record_and_no_notice_says_whose_a_confidential_lesson_is(
    alice: User, bob: User, cora: User
) -> None:
    lesson = making.in_review(alice, is_confidential=True, for_case=False)
    actions.send_back(bob, lesson, "That could be anybody in Fostering.")
    actions.send_for_review(alice, lesson)
    assert kept(lesson) == [
        ("lesson.sent", None, "", {}),
        ("lesson.sent_back", bob.pk, "", {}),
        ("lesson.sent", None, "", {}),
    ]
    others = list(Notice.objects.exclude(user=alice).values_list("text", flat=True))
    assert set(others) == {"A lesson waits for your review."}
    actions.publish(cora, lesson)
    actions.withdraw(bob, lesson, "They know all the same.")
    assert kept(lesson)[3:] == [
        ("lesson.published", cora.pk, "", {"title": WORDS["title"]}),
        ("lesson.withdrawn", bob.pk, "", {"title": WORDS["title"]}),
    ]


def test_one_that_is_withdrawn_before_anybody_read_it_leaves_no_name(alice: User) -> None:
    lesson = making.draft(alice, is_confidential=True)
    actions.withdraw(alice, lesson, "It would tell.")
    assert kept(lesson) == [("lesson.withdrawn", None, "", {})]


def test_a_confidential_lesson_asks_its_reviewers_in_the_same_words_as_any_other(alice: User, bob: User) -> None:
    making.in_review(alice)
    making.in_review(alice, is_confidential=True)
    one, other = told(bob)
    assert one == other


# --- Nobody is named --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "what_happened", "what_changes"])
def test_a_lesson_that_names_somebody_is_not_sent(alice: User, field: str) -> None:
    factories.person(name="Cllr Hazel Marsh")
    factories.person(name="Rowan Pike")
    lesson = making.draft(alice, **{field: "What marsh, hazel did"})
    with pytest.raises(ValidationError, match="“marsh, hazel”") as refused:
        actions.send_for_review(alice, lesson)
    assert "Rowan" not in str(refused.value), "Nobody is named who was not."
    assert Lesson.objects.get().state == LessonState.DRAFT
    assert kept(lesson) == []


def test_an_address_names_somebody_too_and_so_does_whoever_has_left(alice: User) -> None:
    gone = factories.person(name="Fern Hale", is_active=False)
    lesson = making.draft(alice, what_happened=f"Fern Hale wrote from {gone.email.upper()} to a.stranger@mail.example.")
    named = queries.named_in(lesson)
    assert named.surely == ["Fern Hale", gone.email]
    with pytest.raises(ValidationError):
        actions.send_for_review(alice, lesson)


def test_nor_is_one_published_that_names_somebody_by_now(alice: User, bob: User) -> None:
    lesson = making.in_review(alice, what_happened="A lorry of Bramble Carter stood in the picture.")
    factories.person(name="Bramble Carter")
    with pytest.raises(ValidationError, match="Bramble Carter"):
        actions.publish(bob, lesson)
    assert Lesson.objects.get().state == LessonState.IN_REVIEW


def test_a_surname_alone_is_pointed_out_and_stops_nothing(alice: User) -> None:
    factories.person(name="Hazel Marsh")
    lesson = making.draft(alice, what_happened="At the bus stop in Marsh Lane, Hazel bushes hid the sign.")
    assert queries.named_in(lesson).perhaps == ["Marsh"]
    assert actions.send_for_review(alice, lesson).state == LessonState.IN_REVIEW


def test_a_name_is_not_pointed_out_twice(alice: User) -> None:
    factories.person(name="Hazel Marsh")
    lesson = making.draft(alice, what_happened="Hazel Marsh did it.")
    assert queries.named_in(lesson) == queries.Named(["Hazel Marsh"], [])


# --- Dates ------------------------------------------------------------------------------------------------------------


def test_a_lesson_tells_its_month_on_our_clocks(alice: User) -> None:
    lesson = making.published(alice)
    lesson.published_at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert lesson.month is not None
    assert (lesson.month.month, lesson.month.day) == (7, 1), "It is half past midnight here."
    assert making.draft(alice).month is None
