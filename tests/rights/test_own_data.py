"""Everything that Moothall holds about a person, for that person alone."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.urls import reverse
from django.utils.module_loading import import_string

from moothall.accounts.models import User
from moothall.core import clock, own_data, sealing
from moothall.records.actions import capture
from moothall.records.models import Record
from moothall.rights import exporting
from moothall.webuse.models import OwnData
from tests import factories
from tests.rights.making import did_everything

pytestmark = pytest.mark.django_db

ACTS = "Told by the record of acts: it is something that they did."
PASSING = "Kept for minutes, while somebody signs in elsewhere."
RULES = "A rule or duty of their service, told by the record of acts."
TOLD_BY = {
    "account.EmailAddress.user": "moothall.accounts.own_data.account",
    "mfa.Authenticator.user": "moothall.accounts.own_data.account",
    "accounts.Unit.leads": "moothall.accounts.own_data.account",
    "accounts.Membership.user": "moothall.accounts.own_data.roles",
    "accounts.Invitation.invited_by": ACTS,
    "accounts.Notice.user": "moothall.accounts.own_data.notices",
    "webuse.OwnData.user": "moothall.rights.own_data.wishes",
    "webuse.Purpose.made_by": ACTS,
    "webuse.Purpose.ended_by": ACTS,
    "webuse.Purpose.written_by": ACTS,
    "webuse.PurposeApproval.by": ACTS,
    "lessons.Lesson.author": ACTS,
    "lessons.Lesson.written_by": ACTS,
    "lessons.Lesson.reviewer": ACTS,
    "policies.Policy.owner": RULES,
    "policies.Version.published_by": ACTS,
    "policies.Acknowledgement.user": "moothall.policies.own_data.acknowledgements",
    "policies.Met.user": "moothall.policies.own_data.reminders",
    "policies.Reminder.user": "moothall.policies.own_data.reminders",
    "channels.Channel.owner": "moothall.publishing.own_data.channels",
    "channels.Channel.deputy": "moothall.publishing.own_data.channels",
    "channels.Authorisation.user": PASSING,
    "library.Asset.added_by": "moothall.publishing.own_data.media",
    "library.Consent.noted_by": ACTS,
    "publishing.ReadyMade.made_by": ACTS,
    "publishing.Post.author": "moothall.publishing.own_data.posts",
    "publishing.Revision.sent_by": ACTS,
    "publishing.Revision.decided_by": "moothall.publishing.own_data.remarks",
    "publishing.Decision.by": "moothall.publishing.own_data.remarks",
    "publishing.Decision.instead_of": "The other’s decision: it is theirs.",
    "publishing.Comment.by": "moothall.publishing.own_data.remarks",
    "publishing.ApprovalRule.named": RULES,
    "publishing.Absence.user": "moothall.publishing.own_data.absences",
    "publishing.Absence.deputy": "The other’s absence: it is theirs.",
    "publishing.Pause.began_by": ACTS,
    "publishing.Pause.ended_by": ACTS,
    "planning.CalendarFeed.user": "moothall.contributions.own_data.calendars",
    "planning.PostFile.user": "moothall.contributions.own_data.calendars",
    "events.Event.made_by": ACTS,
    "events.ChannelPlan.gone_over_by": ACTS,
    "events.EventFeed.user": "moothall.contributions.own_data.calendars",
    "events.LinkedHandle.person": "moothall.contributions.own_data.handles",
    "events.Judgement.by": ACTS,
    "events.ItemRule.made_by": ACTS,
    "events.Blocked.blocked_by": ACTS,
    "events.Slot.owner": "moothall.contributions.own_data.duties",
    "events.Shift.person": "moothall.contributions.own_data.duties",
    "contributions.Contribution.contributor": "moothall.contributions.own_data.contributions",
    "contributions.Contribution.claimed_by": ACTS,
    "contributions.Contribution.ended_by": ACTS,
    "reports.Report.made_by": ACTS,
    "reports.Report.released_by": ACTS,
    "rights.RightsRequest.asker": "moothall.rights.own_data.requests",
    "rights.RightsRequest.handler": ACTS,
    "rights.RightsEntry.by": ACTS,
}
"""Every place in which a person stands, with the function that tells them, or why none does."""
ON_THEIR_OWN = {"concerns", "incidents"}
"""Rooms that prove for themselves who learns what of them."""


@pytest.fixture
def alice(db: None) -> User:
    return did_everything("Alisande")


@pytest.fixture
def bob(db: None) -> User:
    return did_everything("Bartolomew")


def words_of(found: Any) -> str:
    return json.dumps(found, default=str).casefold()


def room_of(path: str) -> str:
    return path.split(".")[1]


def test_every_place_in_which_a_person_stands_is_told_or_has_its_reason() -> None:
    places = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model is User and not field.auto_created and model._meta.app_label not in ON_THEIR_OWN
    }
    assert places == set(TOLD_BY), "Tell of a new place in its room's own_data.py, or say here why nobody needs to."
    functions = {each for each in TOLD_BY.values() if each.startswith("moothall.")}
    assert functions <= set(configured.OWN_DATA)


def test_alices_export_has_all_of_hers_and_nothing_of_bobs(alice: User, bob: User) -> None:
    found = exporting.export(alice)
    for path, held in zip(configured.OWN_DATA, found["held"], strict=True):
        assert held["entries"] or room_of(path) in ON_THEIR_OWN, f"“{held['title']}” is not among all that Alice did"
    words = words_of(found)
    for said in (
        "alisande.other@exampleshire.example",
        "unit alisande",
        "lead",
        "a notice to alisande",
        "a post by alisande",
        "a remark by alisande",
        "yes, says alisande",
        "no, says alisande",
        "a picture by alisande",
        "channel alisande",
        "seen by alisande",
        "alisande-at-home",
        "handed over by alisande",
        "slot of alisande",
        "alisande.csv",
        "policy for alisande",
        "what do you keep of alisande",
        "we look into it, alisande",
    ):
        assert said in words
    for other in ("not theirs at all", "bartolomew", "calendar-alisande", alice.password.casefold()):
        assert other not in words, "another’s, or a secret"
    for held in own_data.about(bob):
        assert "alisande" not in words_of(list(held.rows)), held.title


def test_each_count_is_that_of_its_rows(alice: User) -> None:
    for held in own_data.about(alice):
        assert held.count == len(list(held.rows)), held.title


def test_whoever_did_nothing_has_an_account_and_no_more() -> None:
    charlie = factories.person(name="Charlie Clay")
    did_everything("Alisande")
    counts = {held.title: held.count for held in own_data.about(charlie)}
    assert {title for title, count in counts.items() if count} == {"Your account"}


@pytest.mark.parametrize("path", configured.OWN_DATA)
def test_nobody_can_name_another(path: str) -> None:
    takes = import_string(path).__code__
    assert takes.co_argcount + takes.co_kwonlyargcount == 1


def test_acts_on_a_case_are_not_in_a_file_that_is_easily_lost(alice: User) -> None:
    capture("case.looked", "case:C-0815", actor=alice)
    capture("post.approved", "post:7", actor=alice, why="Because of Bartolomew", after={"by": "Bartolomew"})
    words = words_of(exporting.export(alice))
    assert "case:c-0815" not in words
    assert "post:7" in words
    assert "bartolomew" not in words


def test_what_others_did_to_ones_account_is_told(alice: User) -> None:
    (held,) = [each for each in own_data.about(alice) if each.title == "Changes to your account"]
    assert "lead" in words_of(list(held.rows))


# --- The file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_there_at_once_kept_by_no_cache_and_on_record(alice: User, bob: User, signed_in: Any) -> None:
    answer = signed_in(alice).get(reverse("everything-about-me"))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"]
    found = json.loads(answer.content)
    assert found["about"]["name"] == "Alisande Person"
    assert "Bartolomew" not in answer.content.decode()
    assert "put together when you ask for it" in found["web use"]
    kept = Record.objects.get(kind="rights.exported")
    assert (kept.actor_id, kept.ref) == (alice.pk, f"user:{alice.pk}")
    assert "Alisande" not in str(kept.after)


def test_it_has_the_answer_about_web_use_once_that_is_there(alice: User, bob: User, signed_in: Any) -> None:
    found = {"purposes": [{"kept": [{"domain": "bbc.co.uk"}]}]}
    OwnData.objects.filter(user=alice).update(
        answered_at=clock.now(), sealed=sealing.seal({"answer": json.dumps(found)})
    )
    assert json.loads(signed_in(alice).get(reverse("everything-about-me")).content)["web use"] == found
    assert "bbc" not in signed_in(bob).get(reverse("everything-about-me")).content.decode()


def test_a_stranger_signs_in_first(client: Any) -> None:
    assert client.get(reverse("everything-about-me")).status_code == 302
