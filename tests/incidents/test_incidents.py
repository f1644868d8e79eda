"""An incident from its opening to its lesson: Dell of the desk may all of it, Alice hers, Bob none of Alice's."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.incidents import actions, navigation, queries
from moothall.incidents.models import Incident, Step
from moothall.incidents.plays import play
from moothall.incidents.states import State
from moothall.lessons.models import Lesson, LessonState
from moothall.records.models import Record
from tests import factories
from tests.incidents.making import LESSON, opened

pytestmark = pytest.mark.django_db


def kinds_of_records(incident: Incident) -> list[str]:
    return list(Record.objects.filter(ref=f"incident:{incident.pk}").order_by("number").values_list("kind", flat=True))


def told(incident: Incident) -> list[str]:
    return list(incident.entries.values_list("what", flat=True))


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_the_play_becomes_the_checklist(alice: User, channel: Channel) -> None:
    incident = opened(alice, channel, known="  A strange link since ten.  ")
    assert [each.what for each in incident.steps.all()] == [each.what for each in play("hacked").steps]
    assert str(incident) == "Hacked account: Libraries on Newsroom"
    assert (incident.state, incident.known, incident.service_id) == (
        "open",
        "A strange link since ten.",
        channel.service_id,
    )
    assert told(incident) == ["Opened: hacked account"]
    record = Record.objects.get(ref=f"incident:{incident.pk}")
    assert (record.kind, record.after) == ("incident.opened", {"kind": "hacked", "channel": "libraries"})


def test_dell_and_alice_open_it_and_bob_and_a_contributor_do_not(
    dell: User, alice: User, bob: User, libraries: Service, channel: Channel
) -> None:
    author = factories.person((Role.AUTHOR, libraries))
    officer = factories.person((Role.MONITORING_OFFICER, None))
    for other in (bob, officer, factories.person((Role.CONTRIBUTOR, libraries))):
        with pytest.raises(PermissionDenied):
            opened(other, channel)
    opened(alice, channel)
    opened(dell, channel, "storm")
    assert queries.visible(author).count() == 2
    assert queries.visible(bob).count() == 0
    assert (queries.running(alice).count(), queries.running(author).count()) == (2, 0)
    assert [navigation.to_run(each) for each in (dell, alice, bob, author)] == [2, 2, 0, 0]


def test_an_author_who_notices_opens_it_and_those_who_run_it_hear_of_all_that_is_written(
    dell: User, alice: User, bob: User, libraries: Service, channel: Channel
) -> None:
    author = factories.person((Role.AUTHOR, libraries), name="Avis Noakes")
    incident = opened(author, channel)
    assert list(queries.channels(author)) == [channel]
    assert not queries.is_for_all(author)
    for tell in (actions.note, actions.say_known):
        Notice.objects.all().delete()
        tell(author, incident, "The link is gone.")
        assert set(Notice.objects.values_list("user", flat=True)) == {dell.pk, alice.pk}
        assert Notice.objects.all()[0].text.startswith("Avis Noakes wrote down something about an incident: Hacked")
    Notice.objects.all().delete()
    actions.note(alice, incident, "We see to it.")
    assert not Notice.objects.exists(), "Those who run it are on it."


def test_it_security_opens_any_and_one_of_no_account_of_ours(channel: Channel, dell: User) -> None:
    its = factories.person((Role.IT_SECURITY, None))
    assert queries.is_for_all(its)
    opened(its, channel)
    opened(its, None, "impostor", impostor_address="https://x.com/ExampleshireHelp")
    assert Notice.objects.filter(user=dell).count() == 2


def test_an_impostor_of_no_account_of_ours_is_the_desks(dell: User, alice: User, channel: Channel) -> None:
    with pytest.raises(PermissionDenied):
        opened(alice, None, "impostor", impostor_address="https://x.com/ExampleshireHelp")
    incident = opened(dell, None, "impostor", impostor_address="https://x.com/ExampleshireHelp")
    assert str(incident) == "Impostor: https://x.com/ExampleshireHelp"
    assert (incident.service_id, list(queries.visible(alice))) == (None, [])
    its = factories.person((Role.IT_SECURITY, None))
    assert list(queries.visible(its)) == [incident]
    assert list(queries.running(its)) == []


@pytest.mark.parametrize(
    ("kind", "has_channel", "address", "field"),
    [("impostor", True, "", "impostor_address"), ("hacked", False, "", "channel"), ("flood", True, "", "kind")],
)
def test_what_is_missing_is_said_by_its_field(
    dell: User, channel: Channel, kind: str, has_channel: bool, address: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        opened(dell, channel if has_channel else None, kind, impostor_address=address)
    assert list(refused.value.message_dict) == [field]
    assert not Incident.objects.exists()


def test_who_comes_second_is_led_to_the_first(dell: User, alice: User, channel: Channel) -> None:
    incident = opened(alice, channel)
    with pytest.raises(actions.AlreadyRunning) as refused:
        opened(dell, channel)
    assert refused.value.incident == incident
    actions.close_without_lesson(dell, incident, "A rehearsal.")
    assert opened(dell, channel) != incident
    one = opened(dell, channel, "impostor", impostor_address="https://x.com/one")
    assert opened(dell, channel, "impostor", impostor_address="https://x.com/two") != one
    with pytest.raises(actions.AlreadyRunning):
        opened(dell, channel, "impostor", impostor_address="https://x.com/ONE")


def test_those_who_have_to_know_are_told(dell: User, alice: User, bob: User, channel: Channel) -> None:
    its = factories.person((Role.IT_SECURITY, None))
    owner = factories.person((Role.AUTHOR, channel.service))
    Channel.objects.filter(pk=channel.pk).update(owner=owner, deputy=bob)
    opened(alice, channel)
    assert set(Notice.objects.values_list("user", flat=True)) == {dell.pk, its.pk, owner.pk}
    Notice.objects.all().delete()
    opened(dell, channel, "storm")
    assert set(Notice.objects.values_list("user", flat=True)) == {alice.pk, owner.pk}


# --- While it goes on -------------------------------------------------------------------------------------------------


def test_steps_are_ticked_with_a_note_and_the_tick_can_be_taken_back(alice: User, dell: User, channel: Channel) -> None:
    incident = opened(alice, channel)
    step = incident.steps.all()[0]
    actions.do_step(alice, step, " Four pictures, in the safe. ")
    step.refresh_from_db()
    assert (step.done_by, step.note) == (alice, "Four pictures, in the safe.")
    with pytest.raises(ValidationError, match="Alice Archer has done this already"):
        actions.do_step(dell, step)
    actions.undo_step(dell, step)
    step.refresh_from_db()
    assert (step.done_by, step.done_at, step.note) == (None, None, "")
    with pytest.raises(ValidationError, match="not ticked"):
        actions.undo_step(dell, step)
    assert told(incident)[1:] == ["Done", "Not done after all"]
    assert incident.entries.all()[1].more == f"{step.what}\nFour pictures, in the safe."


def test_own_steps_notes_and_what_is_known_stay_in_the_timeline(alice: User, channel: Channel) -> None:
    incident = opened(alice, channel, known="A strange link.")
    own = actions.add_step(alice, incident, "Ring the mayor’s office", "Alice")
    assert (own.position, own.added_by) == (len(play("hacked").steps) + 1, alice)
    actions.note(alice, incident, "The network called back.")
    actions.say_known(alice, incident, "A strange link, posted twice.")
    actions.say_known(alice, incident, "A strange link, posted twice.")
    for refused in (
        lambda: actions.note(alice, incident, " "),
        lambda: actions.say_known(alice, incident, ""),
        lambda: actions.add_step(alice, incident, " "),
    ):
        with pytest.raises(ValidationError):
            refused()
    assert list(incident.entries.values_list("what", "more"))[1:] == [
        ("Added a step", "Ring the mayor’s office"),
        ("Note", "The network called back."),
        ("What is known now", "A strange link, posted twice."),
    ]
    assert incident.entries.all()[0].more == "A strange link."
    assert kinds_of_records(incident)[1:] == ["incident.step_added", "incident.noted", "incident.known_changed"]
    assert "called back" not in str(list(Record.objects.values())), "Records keep no free words of it."


def test_bob_writes_nothing_and_who_does_not_run_it_moves_nothing(
    alice: User, bob: User, libraries: Service, channel: Channel
) -> None:
    incident = opened(alice, channel)
    step = incident.steps.all()[0]
    its = factories.person((Role.IT_SECURITY, None))
    author = factories.person((Role.AUTHOR, libraries))
    officer = factories.person((Role.MONITORING_OFFICER, None))
    for other in (bob, officer):
        for tell in (actions.note, actions.say_known):
            with pytest.raises(PermissionDenied):
                tell(other, incident, "x")
    for other in (bob, officer, its, author):
        for act in (
            lambda who: actions.add_step(who, incident, "x"),
            lambda who: actions.do_step(who, step),
            lambda who: actions.undo_step(who, step),
            lambda who: actions.contain(who, incident),
            lambda who: actions.open_again(who, incident),
            lambda who: actions.close_without_lesson(who, incident, "x"),
            lambda who: actions.close_with_lesson(who, incident, **LESSON),
        ):
            with pytest.raises(PermissionDenied):
                act(other)
    assert told(incident) == ["Opened: hacked account"]


# --- Closing ----------------------------------------------------------------------------------------------------------


def test_it_closes_with_a_lesson_that_is_sent_for_review(alice: User, channel: Channel) -> None:
    reviewer = factories.person((Role.MONITORING_OFFICER, None))
    incident = opened(alice, channel, "wrong_account")
    actions.contain(alice, incident)
    lesson = actions.close_with_lesson(alice, incident, **LESSON)
    incident.refresh_from_db()
    assert (incident.state, incident.closed_by, incident.lesson) == ("closed", alice, lesson)
    assert (lesson.title, Lesson.objects.get().state) == (LESSON["title"], LessonState.IN_REVIEW)
    assert Notice.objects.filter(user=reviewer).exists()
    assert kinds_of_records(incident)[1:] == ["incident.contained", "incident.closed"]
    assert told(incident)[1:] == ["Contained", "Closed"]


def test_a_lesson_that_names_somebody_closes_nothing(alice: User, channel: Channel) -> None:
    incident = opened(alice, channel, "wrong_account")
    for words in ({**LESSON, "what_happened": "Alice Archer took the wrong telephone."}, {**LESSON, "title": ""}):
        with pytest.raises(ValidationError):
            actions.close_with_lesson(alice, incident, **words)
    incident.refresh_from_db()
    assert (incident.state, incident.lesson, Lesson.objects.count()) == ("open", None, 0)
    assert told(incident) == ["Opened: wrong account used"]


def test_it_closes_without_one_for_a_reason_and_not_without(alice: User, channel: Channel) -> None:
    incident = opened(alice, channel)
    with pytest.raises(ValidationError, match="nothing to learn"):
        actions.close_without_lesson(alice, incident, "  ")
    actions.close_without_lesson(alice, incident, "It was the owner, on a new telephone.")
    incident.refresh_from_db()
    assert (incident.state, incident.no_lesson_why) == ("closed", "It was the owner, on a new telephone.")
    assert incident.entries.last().more == "No lesson to draw: It was the owner, on a new telephone."  # type: ignore[union-attr]


def test_what_is_closed_stays_as_it_is(dell: User, channel: Channel) -> None:
    incident = opened(dell, channel)
    step = incident.steps.all()[0]
    actions.close_without_lesson(dell, incident, "A rehearsal.")
    for act in (
        lambda: actions.note(dell, incident, "x"),
        lambda: actions.say_known(dell, incident, "x"),
        lambda: actions.add_step(dell, incident, "x"),
        lambda: actions.do_step(dell, step),
        lambda: actions.contain(dell, incident),
        lambda: actions.open_again(dell, incident),
        lambda: actions.close_without_lesson(dell, incident, "x"),
        lambda: actions.close_with_lesson(dell, incident, **LESSON),
    ):
        with pytest.raises(ValidationError, match="closed, and stays as it is"):
            act()
    assert Step.objects.filter(done_at__isnull=False).count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"state": State.CLOSED},
        {"state": State.CLOSED, "closed_at": "2026-01-01T00:00Z"},
        {"state": State.OPEN, "no_lesson_why": "None"},
        {"state": State.CLOSED, "no_lesson_why": "None"},
        {"channel": None},
    ],
)
def test_the_database_itself_keeps_an_incident_whole(dell: User, channel: Channel, values: dict[str, Any]) -> None:
    incident = opened(dell, channel)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(**values)


def test_the_database_itself_has_one_of_a_kind_on_a_channel(dell: User, channel: Channel) -> None:
    opened(dell, channel)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(kind="hacked", channel=channel, opened_by=dell)
