"""How a policy is written, published, changed and withdrawn, and what stays as it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.lessons.models import Lesson, LessonState
from moothall.policies import actions, own_data, queries
from moothall.policies.models import Acknowledgement, Policy, RestsOn, Version, VersionState, Whose
from moothall.records.models import Record
from moothall.records.words import what_was_done
from tests import factories
from tests.policies import making
from tests.policies.making import DAY

pytestmark = pytest.mark.django_db


def kinds(policy: Policy) -> list[str]:
    return list(Record.objects.filter(ref=f"policy:{policy.pk}").order_by("number").values_list("kind", flat=True))


@pytest.fixture
def alice(db: None) -> User:
    """HR."""
    return making.writer(name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    """The desk."""
    return factories.person((Role.DESK, None), name="Bob Barrow")


@pytest.fixture
def charlie(db: None) -> User:
    """Leads a service, and has nothing to say in policies."""
    return factories.person((Role.LEAD, factories.service()), name="Charlie Clay")


# --- Writing and publishing -------------------------------------------------------------------------------------------


def test_from_the_first_words_to_force(alice: User, bob: User) -> None:
    policy = making.policy(by=alice)
    draft = making.draft(policy, bob)
    assert (draft.number, draft.state) == (1, VersionState.DRAFT)
    assert queries.current(policy, queries.today()) is None
    done = actions.publish(bob, draft, draft.changed_at)
    assert done.state == VersionState.PUBLISHED
    assert queries.current(policy, queries.today()) == done
    assert kinds(policy) == ["policy.begun", "policy.draft_begun", "policy.published"]
    assert Notice.objects.get(user=alice).text == "Bob Barrow published version 1 of “Social media”."
    record = Record.objects.get(kind="policy.published")
    assert record.after["version"] == 1
    assert len(record.after["sha256"]) == 64
    assert "You may speak" not in str(record.after)


def test_only_those_who_write_policies_do_any_of_it(alice: User, charlie: User) -> None:
    policy = making.policy(by=alice)
    draft = making.draft(policy)
    acts = (
        lambda: making.policy("another", by=charlie),
        lambda: actions.save_policy(charlie, policy, []),
        lambda: actions.save_draft(charlie, draft),
        lambda: actions.publish(charlie, draft, draft.changed_at),
        lambda: actions.withdraw(charlie, policy, "No"),
    )
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert kinds(policy) == ["policy.begun", "policy.draft_begun"]


def test_what_a_version_lacks_is_said_by_field(alice: User) -> None:
    policy = making.policy(by=alice)
    draft = making.draft(policy, text="", summary=" ", effective_on=queries.today(), review_on=queries.today())
    with pytest.raises(ValidationError) as refused:
        actions.publish(alice, draft, draft.changed_at)
    assert set(refused.value.message_dict) == {"text", "summary", "review_on"}
    assert queries.draft_of(policy) == draft


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"review_on": None}, "review_on"),
        ({"effective_on": None, "review_on": None}, "effective_on"),
        ({"effective_on_in": -1}, "effective_on"),
        ({"earlier_stand": True}, "earlier_stand"),
    ],
)
def test_days_that_cannot_be(alice: User, values: dict[str, Any], field: str) -> None:
    given = {name: value for name, value in values.items() if name != "effective_on_in"}
    if "effective_on_in" in values:
        given["effective_on"] = queries.today() + timedelta(days=values["effective_on_in"])
    draft = Version(policy=making.policy(by=alice), text="Words", summary="Words", effective_on=queries.today())
    draft.review_on = queries.today() + 300 * DAY
    for name, value in given.items():
        setattr(draft, name, value)
    assert field in actions.amiss(actions.save_draft(alice, draft))


def test_the_short_name_is_one_policys_and_stays(alice: User) -> None:
    policy = making.policy("social-media", by=alice)
    for slug in ("social-media", "welcome", "Not So"):
        with pytest.raises(ValidationError) as refused:
            making.policy(slug, by=alice)
        assert "slug" in refused.value.message_dict
    policy.slug, policy.title = "other", "Speaking in public"
    actions.save_policy(alice, policy, [])
    assert Policy.objects.get().slug == "social-media"


def test_nothing_is_published_that_was_not_read(alice: User, bob: User) -> None:
    policy = making.policy(by=alice)
    read = making.draft(policy)
    changed = Version.objects.get(pk=read.pk)
    changed.text = "Something else."
    actions.save_draft(bob, changed)
    with pytest.raises(ValidationError, match="meanwhile"):
        actions.publish(alice, read, read.changed_at)
    assert queries.last_published(policy) is None


def test_nobodys_words_vanish_unseen(alice: User, bob: User) -> None:
    policy = making.policy(by=alice)
    began_from = making.draft(policy).changed_at
    by_bob = Version.objects.get()
    by_bob.text = "Bob’s words."
    actions.save_draft(bob, by_bob, seen=began_from)
    by_alice = Version.objects.get()
    by_alice.text = "Alice’s words."
    with pytest.raises(ValidationError, match="while you wrote"):
        actions.save_draft(alice, by_alice, seen=began_from)
    assert Version.objects.get().text == "Bob’s words."


def test_one_draft_at_a_time(alice: User, bob: User) -> None:
    policy = making.policy(by=alice)
    making.draft(policy, alice)
    with pytest.raises(ValidationError, match="while you wrote"):
        making.draft(policy, bob)


# --- What is published stays ------------------------------------------------------------------------------------------


def test_a_published_version_is_frozen(alice: User) -> None:
    version = making.in_force(by=alice)
    version.text = "The opposite."
    with pytest.raises(ValidationError, match="never changed"):
        actions.save_draft(alice, version)
    rows = Version.objects.filter(pk=version.pk)
    for change in ({"text": "The opposite."}, {"effective_on": queries.today() + DAY}, {"published_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    assert "You may speak" in rows.get().text


def test_the_lessons_of_a_published_version_are_frozen_too(alice: User) -> None:
    policy = making.policy(by=alice)
    making.publish(policy)
    first, second = making.lesson("First"), making.lesson("Second")
    version = making.publish(policy, because=(first,))
    acts = (
        lambda: version.because.add(second),
        lambda: version.because.clear(),
        lambda: Version.because.through.objects.filter(version=version).update(lesson=second),
    )
    for act in acts:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert list(version.because.all()) == [first]


def test_what_was_published_is_not_renamed_afterwards(alice: User) -> None:
    policy = making.policy(by=alice)
    actions.save_policy(alice, policy, [RestsOn(title="Code", url="https://intranet.example/code", whose=Whose.HR)])
    version = making.publish(policy)
    policy.title, policy.audience = "Speak as you like", ["guests"]
    actions.save_policy(alice, policy, [])
    version = Version.objects.get(pk=version.pk)
    assert (str(version), version.audience_words) == ("Social media, version 1", "All staff")
    assert [(each.title, each.get_whose_display()) for each in version.rests_on] == [("Code", "HR")]
    draft = making.draft(policy)
    assert (str(draft), draft.audience_words) == ("Speak as you like, version 2", "Guests and volunteers")
    assert draft.rests_on == []
    given = factories.person()
    Acknowledgement.objects.create(user=given, version=version)
    held = next(iter(own_data.acknowledgements(given).rows))
    assert (held["policy"], held["for"]) == ("Social media, version 1", "All staff")
    changes: list[dict[str, Any]] = [{"published_title": "X"}, {"published_audience": "X"}, {"published_links": []}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(**change)
    changed = Record.objects.filter(kind="policy.changed").latest("number")
    assert what_was_done(changed) == "changed what a policy is about, or for whom"


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (["all_staff"], "All staff"),
        (["all_staff", "councillors"], "All staff and councillors"),
        (["contractors", "all_staff", "councillors"], "All staff, councillors and contractors"),
        (["all_staff", "contractors", "guests"], "All staff, contractors, and guests and volunteers"),
        (["authors", "desk"], "Those who write and approve posts, and the comms desk"),
        ([], ""),
    ],
)
def test_for_whom_it_is_in_words(audience: list[str], words: str) -> None:
    assert Policy(audience=audience).audience_words == words


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_the_old_version_holds_until_the_day_of_the_new_one(alice: User) -> None:
    policy, today = making.policy(by=alice), queries.today()
    first = making.publish(policy)
    second = making.publish(policy, effective_on=today + 10 * DAY)
    assert queries.current(policy, today) == first
    assert queries.current(policy, today + 9 * DAY) == first
    assert queries.current(policy, today + 10 * DAY) == second
    assert [each.version for each in queries.in_force(today + 10 * DAY)] == [second]


def test_a_later_version_is_not_in_force_before_an_earlier_one(alice: User) -> None:
    policy, today = making.policy(by=alice), queries.today()
    making.publish(policy)
    making.publish(policy, effective_on=today + 10 * DAY)
    draft = making.draft(policy, effective_on=today + 9 * DAY)
    assert set(actions.amiss(draft)) == {"effective_on"}
    draft.effective_on = today + 10 * DAY
    third = actions.save_draft(alice, draft)
    actions.publish(alice, third, third.changed_at)
    assert queries.current(policy, today + 10 * DAY) == third


def test_the_next_version_says_what_changed_and_why(alice: User) -> None:
    policy, lesson = making.policy(by=alice), making.lesson()
    making.publish(policy)
    assert set(actions.amiss(making.draft(policy, what_changed=""))) == {"what_changed"}
    Version.objects.get(published_at=None).delete()
    second = making.publish(policy, because=(lesson,), what_changed="The composer names the account.")
    newest, oldest = queries.history(policy)
    assert (newest, list(newest.because.all())) == (second, [lesson])
    assert list(oldest.because.all()) == []
    Lesson.objects.update(state=LessonState.WITHDRAWN)
    assert list(queries.history(policy)[0].because.all()) == []


def test_a_lesson_that_is_not_published_is_no_reason(alice: User) -> None:
    policy, lesson = making.policy(by=alice), making.lesson()
    making.publish(policy)
    draft = making.draft(policy, because=(lesson,))
    Lesson.objects.update(state=LessonState.WITHDRAWN)
    assert set(actions.amiss(draft)) == {"because"}


# --- About it, and the end --------------------------------------------------------------------------------------------


def test_owner_audience_and_links_change_and_every_change_is_on_record(alice: User, bob: User) -> None:
    policy = making.policy(by=alice)
    policy.owner, policy.audience = bob, ["all_staff", "guests"]
    links = [RestsOn(title="Code of conduct", url="https://intranet.example/code", whose=Whose.HR)]
    actions.save_policy(alice, policy, links)
    record = Record.objects.get(kind="policy.changed")
    assert record.before == {"owner_id": alice.pk, "audience": ["all_staff"], "rests_on": []}
    assert record.after["rests_on"] == [["hr", "Code of conduct", "https://intranet.example/code"]]
    assert Notice.objects.get(user=bob).text == "Alice Archer made you the owner of “Social media”."
    assert policy.audience_words == "All staff, and guests and volunteers"
    actions.save_policy(alice, policy, links)
    assert Record.objects.filter(kind="policy.changed").count() == 1


def test_what_a_policy_cannot_be(alice: User) -> None:
    left = factories.person(is_active=False)
    policy = making.policy(by=alice)
    cannot: list[dict[str, Any]] = [
        {"audience": []},
        {"audience": ["everybody"]},
        {"audience": "staff"},
        {"owner": left},
    ]
    for values in cannot:
        changed = Policy.objects.get(pk=policy.pk)
        for name, value in values.items():
            setattr(changed, name, value)
        with pytest.raises(ValidationError) as refused:
            actions.save_policy(alice, changed, [])
        assert set(refused.value.message_dict) == set(values)
    with pytest.raises(ValidationError):
        actions.save_policy(alice, policy, [RestsOn(title="A trick", url="javascript:alert(1)")])


def test_a_withdrawn_policy_holds_no_more_and_stays(alice: User, bob: User) -> None:
    version = making.in_force(by=alice)
    policy = version.policy
    with pytest.raises(ValidationError):
        actions.withdraw(bob, policy, " ")
    policy = actions.withdraw(bob, policy, "It is part of another one now.")
    assert queries.current(policy, queries.today()) is None
    assert queries.in_force(queries.today()) == []
    assert Notice.objects.filter(user=alice, text__contains="part of another").exists()
    assert Record.objects.get(kind="policy.withdrawn").why == "It is part of another one now."
    for act in (
        lambda: actions.save_policy(alice, policy, []),
        lambda: making.draft(policy),
        lambda: actions.withdraw(alice, policy, "Again"),
    ):
        with pytest.raises(ValidationError, match="withdrawn"):
            act()
    assert queries.history(policy) == [version]


def test_reviews_that_fall_due_are_listed_for_a_month_before(alice: User) -> None:
    today = queries.today()
    version = making.publish(making.policy(by=alice), review_on=today + 40 * DAY)
    making.in_force("another", by=alice)
    assert queries.reviews_due(today) == []
    assert queries.reviews_due(today + 10 * DAY) == [version]
    assert "is to be reviewed by" in queries.warn_of_review(version, today + 10 * DAY)
    assert "was to be reviewed by" in queries.warn_of_review(version, today + 41 * DAY)
    assert queries.warn_of_review(version, today) == ""
