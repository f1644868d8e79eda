"""Whose approval a post needs: Alice writes, Bob and Bryony approve for the libraries, Dell is of the comms desk."""

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DatabaseTestCase

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock as core_clock
from moothall.core import localtime
from moothall.publishing import approving, queries, rule_actions, rules
from moothall.publishing.models import Absence, ApprovalRule, Delivery, Post, Revision, Verdict
from moothall.publishing.rules import Whose
from moothall.records.models import Record
from tests import factories
from tests.publishing.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def bryony(libraries: Service) -> User:
    return factories.person((Role.APPROVER, libraries), name="Bryony Wold")


@pytest.fixture
def dell(db: None) -> User:
    return factories.person((Role.DESK, None), name="Dell Desk")


@pytest.fixture
def revision(alice: User, channel: Channel) -> Revision:
    return approving.send_for_approval(alice, factories.post(alice, channel))


def today(clock: Clock) -> date:
    return localtime.local(clock.now()).date()


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# --- Rules ------------------------------------------------------------------------------------------------------------


def test_the_usual_is_one_approver_of_the_service(revision: Revision, bob: User) -> None:
    (asked,) = rules.progress(revision).asked
    assert asked.words == "one approval, by any approver of Libraries"
    assert len(approving.approve(bob, revision)) == 1


def test_dell_sets_rules_and_nobody_else_does(libraries: Service, bob: User, alice: User, dell: User) -> None:
    for other in (bob, alice):
        with pytest.raises(PermissionDenied):
            rule_actions.save_rule(other, libraries, 0)
        with pytest.raises(PermissionDenied):
            rule_actions.drop_rule(other, libraries)
    rule_actions.save_rule(dell, libraries, 2, Whose.NAMED, [alice, bob])
    rule_actions.save_rule(dell, libraries, 1, Whose.DESK, [alice, bob])
    assert not ApprovalRule.objects.get().named.exists(), "Names belong to a rule that names."
    rule_actions.drop_rule(dell, libraries)
    assert not ApprovalRule.objects.exists()
    saved, changed, dropped = Record.objects.filter(kind__startswith="approval.")
    assert saved.after == {"needed": 2, "whose": "named", "named": ["Alice Archer", "Bob Barrow"]}
    assert (changed.before, changed.after["whose"]) == (saved.after, "desk")
    assert (dropped.kind, dropped.before) == ("approval.rule_dropped", changed.after)


def test_where_nobody_is_asked_it_goes_out_at_once(alice: User, channel: Channel, dell: User) -> None:
    rule_actions.save_rule(dell, channel.service, 0)
    sent = approving.send_for_approval(alice, factories.post(alice, channel))
    assert Revision.objects.get(pk=sent.pk).verdict == Verdict.APPROVED
    assert Delivery.objects.count() == 1


def test_where_nobody_is_asked_it_waits_for_its_time_all_the_same(alice: User, channel: Channel, dell: User) -> None:
    rule_actions.save_rule(dell, channel.service, 0)
    due = core_clock.now() + timedelta(days=3)
    approving.send_for_approval(alice, factories.post(alice, channel, at=due))
    assert Delivery.objects.get().due_at == due
    assert Post.objects.get().scheduled_for == due


def test_a_new_time_of_the_first_approver_is_what_the_second_approves(
    alice: User, bob: User, bryony: User, dell: User, channel: Channel, clock: Clock
) -> None:
    rule_actions.save_rule(dell, channel.service, 2)
    revision = approving.send_for_approval(
        alice, factories.post(alice, channel, at=core_clock.now() + timedelta(hours=1))
    )
    clock.advance(hours=2)
    with pytest.raises(ValidationError, match="has passed"):
        approving.approve(bob, revision, new_time=core_clock.now() - timedelta(minutes=1))
    later = core_clock.now() + timedelta(hours=5)
    assert approving.approve(bob, revision, new_time=later) == []
    revision.refresh_from_db()
    assert queries.shown(queries.see(queries.posts(bryony).get())).scheduled_for == later
    assert [each.due_at for each in approving.approve(bryony, revision)] == [later]


def test_two_approvals_are_two_peoples(
    revision: Revision, bob: User, bryony: User, dell: User, libraries: Service
) -> None:
    rule_actions.save_rule(dell, libraries, 2)
    assert approving.approve(bob, revision, comment="Good.") == []
    with pytest.raises(ValidationError, match="decided or changed meanwhile"):
        approving.approve(bob, revision)
    assert not queries.may_approve(bob, revision)
    assert not Delivery.objects.exists()
    assert len(approving.approve(bryony, revision)) == 1
    assert [each.words for each in revision.decisions.all()] == ["Bob Barrow", "Bryony Wold"]
    assert Record.objects.get(kind="post.approved").after["approved_by"] == ["Bob Barrow", "Bryony Wold"]


def test_one_refusal_is_enough(revision: Revision, bob: User, bryony: User, dell: User, libraries: Service) -> None:
    rule_actions.save_rule(dell, libraries, 2)
    approving.approve(bob, revision)
    approving.refuse(bryony, revision, "It is at eleven.")
    revision.refresh_from_db()
    assert revision.verdict == Verdict.REFUSED


def test_the_desk_alone_decides_where_the_rule_says_so(
    revision: Revision, bob: User, dell: User, libraries: Service
) -> None:
    rule_actions.save_rule(dell, libraries, 1, Whose.DESK)
    with pytest.raises(PermissionDenied, match="somebody else's approval"):
        approving.approve(bob, revision)
    assert len(approving.approve(dell, revision)) == 1


def test_only_those_who_see_the_posts_can_be_named(
    libraries: Service, alice: User, bob: User, charlie: User, dell: User
) -> None:
    with pytest.raises(ValidationError, match="Charlie Croft cannot see these posts"):
        rule_actions.save_rule(dell, libraries, 1, Whose.NAMED, [charlie])
    with pytest.raises(ValidationError, match="at least one person"):
        rule_actions.save_rule(dell, libraries, 1, Whose.NAMED, [])
    with pytest.raises(ValidationError, match="one alone cannot approve twice"):
        rule_actions.save_rule(dell, libraries, 2, Whose.NAMED, [bob])
    assert not ApprovalRule.objects.exists()


def test_who_is_named_approves_without_any_other_role(
    alice: User, bob: User, channel: Channel, dell: User, signed_in: Any
) -> None:
    carol = factories.person((Role.CONTRIBUTOR, channel.service), name="Carol Crane")
    rule_actions.save_rule(dell, channel, 1, Whose.NAMED, [carol])
    sent = approving.send_for_approval(alice, factories.post(alice, channel))
    assert Notice.objects.get().user == carol
    assert not queries.may_approve(bob, sent)
    browser = signed_in(carol)
    for page in ("/today/", "/posts/approvals/"):
        assert "Story time at ten." in text_of(browser.get(page))
    assert 'href="/posts/approvals/"' in text_of(browser.get("/posts/"))
    assert "0 of 1 approval; waits for Carol Crane" in text_of(browser.get(f"/posts/{sent.post_id}/"))
    browser.post(f"/posts/{sent.post_id}/revisions/1/decide/", {"verdict": "approve"})
    assert Delivery.objects.count() == 1


def test_a_channels_rule_comes_before_its_services(
    alice: User, bob: User, dell: User, channel: Channel, libraries: Service
) -> None:
    other = factories.connected(service=libraries)
    rule_actions.save_rule(dell, other, 1, Whose.DESK)
    sent = approving.send_for_approval(alice, factories.post(alice, channel, other))
    assert approving.approve(bob, sent) == []
    assert [each.whose for each, _ in rules.progress(sent).open] == [Whose.DESK]
    assert len(approving.approve(dell, sent)) == 2


def test_a_rule_that_asks_for_less_sends_nothing_until_somebody_lets_it_go(
    alice: User, bob: User, dell: User, charlie: User, revision: Revision, libraries: Service, signed_in: Any
) -> None:
    rule_actions.save_rule(dell, libraries, 2)
    approving.approve(bob, revision)
    with pytest.raises(ValidationError):
        approving.let_go(alice, revision.post)
    rule_actions.save_rule(dell, libraries, 1)
    assert not Delivery.objects.exists()
    with pytest.raises(PermissionDenied):
        approving.let_go(charlie, revision.post)
    browser = signed_in(alice)
    assert "Let it go out" in text_of(browser.get(f"/posts/{revision.post_id}/"))
    browser.post(f"/posts/{revision.post_id}/let-go/")
    assert Delivery.objects.count() == 1


def test_the_rules_are_set_on_their_page_and_read_by_the_author(
    alice: User, bob: User, channel: Channel, dell: User, signed_in: Any
) -> None:
    desk, author = signed_in(dell), signed_in(alice)
    assert author.get("/posts/rules/").status_code == 403
    assert "One approval, by any approver of Libraries" in text_of(desk.get("/posts/rules/"))
    rule = f"/posts/rules/channels/{channel.pk}/"
    wrong = desk.post(rule, {"needed": "2", "whose": "named", "named": [bob.pk]})
    assert "Name at least two people" in text_of(wrong)
    assert "checked" in text_of(wrong)
    desk.post(rule, {"needed": "2", "whose": "named", "named": [bob.pk, dell.pk]})
    words = "Two approvals, by Bob Barrow or Dell Desk"
    assert words in text_of(desk.get("/posts/rules/"))
    assert words in text_of(author.get(f"/posts/{factories.post(alice, channel).pk}/"))
    desk.post(rule, {"needed": "usual"})
    assert not ApprovalRule.objects.exists()
    desk.post(f"/posts/rules/services/{channel.service_id}/", {"needed": "0"})
    assert "No approval" in text_of(desk.get("/posts/rules/"))


# --- Absences ---------------------------------------------------------------------------------------------------------


def test_a_deputy_is_asked_and_approves_in_their_stead(
    alice: User, bob: User, charlie: User, channel: Channel, clock: Clock, signed_in: Any
) -> None:
    rule_actions.set_absence(bob, bob, charlie, today(clock), today(clock))
    assert "instead of Bob Barrow" in Notice.objects.get(user=charlie).text
    sent = approving.send_for_approval(alice, factories.post(alice, channel))
    assert Notice.objects.filter(user=charlie, text__startswith="Alice Archer asks you to approve").exists()
    browser = signed_in(charlie)
    assert "Story time at ten." in text_of(browser.get("/posts/approvals/"))
    assert "You decide instead of Bob Barrow" in text_of(browser.get(f"/posts/{sent.post_id}/"))
    browser.post(f"/posts/{sent.post_id}/revisions/1/decide/", {"verdict": "approve"})
    assert sent.decisions.get().words == "Charlie Croft, instead of Bob Barrow"
    assert "Charlie Croft, instead of Bob Barrow" in text_of(browser.get(f"/posts/{sent.post_id}/"))
    clock.advance(days=1)
    assert browser.get(f"/posts/{sent.post_id}/").status_code == 404, "Bob is back."


def test_a_deputy_is_nobodys_second_voice(
    alice: User, bob: User, bryony: User, dell: User, channel: Channel, clock: Clock
) -> None:
    """Bryony stands in for Bob. She has one yes, not two; and Bob's, once given in his stead, is spent."""
    rule_actions.save_rule(dell, channel.service, 2)
    rule_actions.set_absence(bob, bob, bryony, today(clock), today(clock))
    sent = approving.send_for_approval(alice, factories.post(alice, channel))
    approving.approve(bryony, sent)
    with pytest.raises(ValidationError):
        approving.approve(bryony, sent)
    sent.decisions.update(instead_of=bob)
    with pytest.raises(PermissionDenied):
        approving.approve(bob, sent)
    assert len(approving.approve(dell, sent)) == 1


def test_a_deputy_of_the_author_does_not_approve_in_their_stead(
    bob: User, charlie: User, channel: Channel, clock: Clock
) -> None:
    sent = approving.send_for_approval(bob, factories.post(bob, channel))
    rule_actions.set_absence(bob, bob, charlie, today(clock), today(clock))
    assert not queries.may_approve(charlie, sent)
    with pytest.raises(PermissionDenied):
        approving.approve(charlie, sent)


def test_who_may_note_whose_absence(
    alice: User, bob: User, bryony: User, charlie: User, dell: User, clock: Clock
) -> None:
    now = today(clock)
    with pytest.raises(PermissionDenied):
        rule_actions.set_absence(bryony, bob, charlie, now, now)
    with pytest.raises(ValidationError, match="approves no posts"):
        rule_actions.set_absence(alice, alice, bob, now, now)
    noted = rule_actions.set_absence(dell, bob, charlie, now, now + timedelta(days=7))
    with pytest.raises(PermissionDenied):
        rule_actions.end_absence(bryony, noted)
    rule_actions.end_absence(bob, noted)
    assert not Absence.objects.exists()
    kinds = Record.objects.filter(ref=f"user:{bob.pk}", kind__startswith="absence").values_list("kind", flat=True)
    assert list(kinds) == ["absence.noted", "absence.ended"]


def test_an_absence_that_has_begun_ends_yesterday(bob: User, charlie: User, clock: Clock) -> None:
    began = today(clock)
    noted = rule_actions.set_absence(bob, bob, charlie, began, began + timedelta(days=9))
    clock.advance(days=3)
    assert rules.stands_in_for(charlie, today(clock)) == [bob]
    rule_actions.end_absence(bob, noted)
    noted.refresh_from_db()
    assert noted.last_day == began + timedelta(days=2)
    assert rules.stands_in_for(charlie, today(clock)) == []


def test_what_is_no_deputy_or_no_time_is_said_at_its_field(
    bob: User, bryony: User, charlie: User, clock: Clock, signed_in: Any
) -> None:
    now = today(clock)
    nobody, gone = factories.person(name="Ned New"), factories.person((Role.DESK, None), is_active=False)
    rule_actions.set_absence(bryony, bryony, charlie, now, now)
    for deputy, first, last, said in (
        (nobody, now, now, "sees no posts"),
        (gone, now, now, "sees no posts"),
        (bob, now, now, "somebody else"),
        (bryony, now, now, "is away on some of these days too"),
        (charlie, now + timedelta(days=1), now, "comes before the first"),
        (charlie, now - timedelta(days=9), now - timedelta(days=1), "over already"),
    ):
        with pytest.raises(ValidationError, match=said):
            rule_actions.set_absence(bob, bob, deputy, first, last)
    browser = signed_in(bob)
    sent = {"user": bob.pk, "deputy": charlie.pk, "first_day": str(now), "last_day": str(now - timedelta(days=1))}
    page = text_of(browser.post("/posts/absences/", sent))
    assert "The last day comes before the first." in page
    assert str(now) in page
    browser.post("/posts/absences/", sent | {"last_day": str(now)})
    with pytest.raises(ValidationError, match="noted as away"):
        rule_actions.set_absence(bob, bob, charlie, now, now)
    page = text_of(browser.get("/posts/absences/"))
    assert "Bob Barrow" in page
    assert page.count("End it") == 1, "Bryony's is hers to end."
    browser.post(f"/posts/absences/{Absence.objects.get(user=bob).pk}/end/")
    assert not Absence.objects.filter(user=bob).exists()


def test_nobody_sets_another_persons_absence_by_changing_the_form(
    bob: User, bryony: User, charlie: User, clock: Clock, signed_in: Any
) -> None:
    forged = {"user": bryony.pk, "deputy": bob.pk, "first_day": str(today(clock)), "last_day": str(today(clock))}
    signed_in(bob).post("/posts/absences/", forged)
    assert not Absence.objects.exists()
    assert (
        signed_in(factories.person((Role.CONTRIBUTOR, factories.service("Highways"))))
        .post("/posts/absences/", forged)
        .status_code
        == 200
    )
    assert not Absence.objects.exists()


# --- Whatever happens -------------------------------------------------------------------------------------------------

PEOPLE = 6
A_RULE = st.tuples(st.integers(0, 2), st.sampled_from(Whose), st.sets(st.integers(0, PEOPLE - 1), min_size=2))
PAIRS = st.sets(st.sampled_from(list(combinations(range(PEOPLE), 2))), max_size=4)


class TestAnyRules(DatabaseTestCase):
    """Random rules, absences and people who press "Approve" in any order, as often as they like."""

    @settings(max_examples=60, deadline=None)
    @given(
        of_service=A_RULE,
        of_channel=st.none() | A_RULE,
        away=PAIRS,
        flipped=st.booleans(),
        presses=st.lists(st.integers(0, PEOPLE - 1), max_size=9),
        sender=st.integers(0, PEOPLE - 1),
    )
    def test_it_is_approved_with_as_many_rights_as_are_asked_for_none_of_them_the_authors_and_none_twice(
        self, of_service: Any, of_channel: Any, away: Any, flipped: bool, presses: list[int], sender: int
    ) -> None:
        service = factories.service()
        one, other = factories.channel(service=service), factories.channel(service=service)
        people = self.people(service)
        self.rule(people, of_service, service=service)
        if of_channel:
            self.rule(people, of_channel, channel=other)
        author = people[0]
        day = localtime.local(factories.clock.now()).date()
        for pair in away:
            user, deputy = reversed(pair) if flipped else pair
            Absence.objects.create(user=people[user], deputy=people[deputy], first_day=day, last_day=day)
        post = factories.post(author, one, other)
        revision = approving.send_for_approval(people[sender], post)
        for number in presses:
            press(people[number], revision)
        self.check(revision, {author.pk, people[sender].pk})

    def people(self, service: Service) -> list[User]:
        roles = [(Role.AUTHOR, service), (Role.APPROVER, service), (Role.LEAD, service), (Role.DESK, None)]
        grants = [*roles, (Role.DESK, None), (Role.APPROVER, service)]
        return [factories.person(grant) for grant in grants]

    def rule(self, people: list[User], rule: Any, **of: Any) -> None:
        needed, whose, named = rule
        made = ApprovalRule.objects.create(needed=needed, whose=whose, **of)
        made.named.set([people[number] for number in named] if whose == Whose.NAMED else [])

    def check(self, revision: Revision, authors: set[int]) -> None:
        revision.refresh_from_db()
        decisions = list(revision.decisions.select_related("by", "instead_of"))
        rights = [each.instead_of or each.by for each in decisions]
        assert len({each.pk for each in rights}) == len(rights), "no right is used twice"
        assert len({each.by_id for each in decisions}) == len(decisions), "nobody decides twice"
        assert not authors & {each.pk for each in rights}, "no right is the author's"
        assert not authors & {each.by_id for each in decisions}, "nor does the author decide"
        for each in decisions:
            if each.instead_of:
                assert Absence.objects.filter(user=each.instead_of, deputy=each.by).exists()
        counts = [
            len({right.pk for right in rights if asked.fits(right)}) >= asked.needed
            for asked in rules.progress(revision).asked
        ]
        assert (revision.verdict == Verdict.APPROVED) is all(counts)
        assert Delivery.objects.filter(revision=revision).exists() is all(counts)


def press(user: User, revision: Revision) -> None:
    """What becomes of a press on "Approve" is what the page said: it is there for those who may."""
    revision.refresh_from_db()
    user = User.objects.get(pk=user.pk)
    may = queries.may_approve(user, revision)
    try:
        approving.approve(user, revision)
    except (PermissionDenied, ValidationError):
        assert not may
    else:
        assert may


def test_a_post_of_the_desk_itself_needs_another_of_the_desk(dell: User, channel: Channel) -> None:
    post: Post = factories.post(dell, channel)
    sent = approving.send_for_approval(dell, post)
    with pytest.raises(PermissionDenied):
        approving.approve(dell, sent)
    assert len(approving.approve(factories.person((Role.DESK, None)), sent)) == 1
