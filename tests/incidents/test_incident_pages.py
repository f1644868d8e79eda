"""The pages of incidents, without JavaScript: Dell of the desk, Alice who leads the libraries, Bob who does not."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity, Channel, Connection
from moothall.incidents import actions, switching
from moothall.incidents.kinds import Switch
from moothall.incidents.models import Contact, Incident
from moothall.incidents.plays import PLAYS, play
from moothall.lessons.models import Lesson
from moothall.publishing import switch as pausing_switch
from moothall.publishing.models import Pause, Post
from tests import factories
from tests.incidents.making import LESSON, opened, remove_all, sent, states, text_of
from tests.incidents.pages import PAGES, world

pytestmark = pytest.mark.django_db

IMPOSTOR = "https://x.com/ExampleshireHelp"


# --- Everybody's way in -----------------------------------------------------------------------------------------------


def test_each_address_answers_each_person_as_its_row_says(alice: User, bob: User, dell: User, signed_in: Any) -> None:
    made = world(SimpleNamespace(alice=alice, bob=bob, desk=dell))
    colleague, right = factories.person(), {True: signed_in(alice), False: signed_in(dell)}
    others, strangers = signed_in(bob), signed_in(colleague)
    for page in PAGES:
        address = reverse(page.name, args=[made[each] for each in page.of])
        browser = right[page.needs != "incident.calls"]
        assert browser.get(address).status_code == (405 if page.post else page.right), page
        answer = others.post(address) if page.post else others.get(address)
        assert answer.status_code == page.wrong, page
        assert strangers.get(address).status_code == 403, page


def test_the_list_says_what_goes_on_and_whom_to_call(
    alice: User, bob: User, dell: User, libraries: Service, channel: Channel, signed_in: Any
) -> None:
    Contact.objects.create(name="Ivy Lamb", role="Resets passwords", phone="01632 960114", hours="Day and night")
    author, officer = factories.person((Role.AUTHOR, libraries)), factories.person((Role.MONITORING_OFFICER, None))
    assert "Open an incident</a>" in text_of(signed_in(author).get(reverse("incidents")))
    as_officer = signed_in(officer)
    quiet = text_of(as_officer.get(reverse("incidents")))
    assert "All is quiet" in quiet
    assert 'href="tel:01632960114"' in quiet
    assert "Open an incident</a>" not in quiet
    incident = opened(alice, channel)
    assert "Hacked account: Libraries on Newsroom" in text_of(as_officer.get(reverse("incidents")))
    for who in (alice, dell, author):
        assert "Hacked account: Libraries on Newsroom" in text_of(signed_in(who).get(reverse("incidents")))
    assert "Libraries" not in text_of(signed_in(bob).get(reverse("incidents")))
    actions.close_without_lesson(alice, incident, "A rehearsal.")
    assert "No lesson to draw" in text_of(signed_in(alice).get(reverse("incidents")))


def test_alice_opens_one_from_the_channel(alice: User, bob: User, channel: Channel, signed_in: Any) -> None:
    browser = signed_in(alice)
    address = reverse("incident-new") + "?channel=libraries"
    page = text_of(browser.get(address))
    assert f'<option value="{channel.pk}" selected>' in page
    assert f'<option value="{channel.pk}"' not in text_of(signed_in(bob).get(address))
    done = browser.post(address, {"kind": "hacked", "channel": channel.pk, "known": "A link."}, follow=True)
    assert done.redirect_chain[-1][0] == Incident.objects.get().get_absolute_url()
    assert "Do not answer the intruder" in text_of(done)
    again = browser.post(address, {"kind": "hacked", "channel": channel.pk}, follow=True)
    assert "somebody has opened the incident already" in text_of(again)
    assert Incident.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    alice: User, dell: User, channel: Channel, signed_in: Any
) -> None:
    page = text_of(signed_in(alice).post(reverse("incident-new"), {"kind": "storm", "known": "Four hundred replies."}))
    assert "Choose “Which account?”." in page
    assert "Four hundred replies." in page
    desk = signed_in(dell)
    assert "Choose the account that it is about." in text_of(desk.post(reverse("incident-new"), {"kind": "storm"}))
    typed = {"kind": "impostor", "channel": channel.pk}
    assert "Give the impostor’s address" in text_of(desk.post(reverse("incident-new"), typed))
    desk.post(reverse("incident-new"), {"kind": "impostor", "impostor_address": IMPOSTOR})
    assert Incident.objects.get().channel is None


# --- One incident -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PLAYS)
def test_the_page_has_the_whole_play(kind: str, alice: User, channel: Channel, signed_in: Any) -> None:
    incident = opened(alice, channel, kind, impostor_address=IMPOSTOR)
    answer = signed_in(alice).get(incident.get_absolute_url())
    page = answer.content.decode()
    assert page.count("<h1") == 1
    for number, each in enumerate(play(kind).steps, start=1):
        assert f"{number}. {each.what}" in page
        assert each.why in page
    for switch in play(kind).at_once:
        assert f">{switch.label}</a>" in page
    assert ("At the network" in page) is (kind == "hacked")


def test_who_only_sees_it_has_nothing_to_press(
    libraries: Service, alice: User, channel: Channel, signed_in: Any
) -> None:
    incident = opened(alice, channel)
    browser = signed_in(factories.person((Role.MONITORING_OFFICER, None)))
    page = text_of(browser.get(incident.get_absolute_url()))
    assert "Take a picture of the screen" in page
    assert f'"/incidents/{incident.pk}/' not in page
    assert browser.post(reverse("incident-note", args=[incident.pk]), {"text": "x"}).status_code == 403


def test_who_noticed_says_what_they_know_and_reads_whom_to_call(
    libraries: Service, alice: User, channel: Channel, signed_in: Any
) -> None:
    Contact.objects.create(name="Ivy Lamb", role="Resets passwords", phone="01632 960114", hours="Day and night")
    typed = {"kind": "hacked", "channel": channel.pk, "known": "A link."}
    author = signed_in(factories.person((Role.AUTHOR, libraries)))
    page = text_of(author.post(reverse("incident-new"), typed, follow=True))
    incident = Incident.objects.get()
    assert "The comms desk and the leads of Libraries run this" in page
    for who in (author, signed_in(factories.person((Role.IT_SECURITY, None)))):
        page = text_of(who.get(incident.get_absolute_url()))
        usable = {reverse(f"incident-{each}", args=[incident.pk]) for each in ("known", "note", "disconnect")}
        assert set(re.findall(rf'"(/incidents/{incident.pk}/[^"]+)"', page)) == usable
        assert "Noted" in text_of(who.post(reverse("incident-note", args=[incident.pk]), {"text": "x"}, follow=True))
        address = reverse("incident-disconnect", args=[incident.pk])
        page = text_of(who.get(address))
        assert "Please disconnect Libraries on Newsroom. It is an incident" in page
        assert "Ivy Lamb" in page
        assert alice.email in page
        assert '<form class="moot-form"' not in page
        who.post(address, {"why": "x"})
        assert Connection.objects.filter(channel=channel).exists()
        for name in ("state", "pause", "posts", "statement", "close", "add-step"):
            assert who.post(reverse(f"incident-{name}", args=[incident.pk])).status_code == 403, name
    storm = opened(alice, channel, "storm")
    assert "Disconnect the account" not in text_of(author.get(storm.get_absolute_url()))


@pytest.mark.parametrize("beyond", [2**63, 10**25])
def test_numbers_that_no_database_has_are_refused(
    beyond: int, alice: User, channel: Channel, practice: Channel, signed_in: Any
) -> None:
    incident, browser = opened(alice, channel, "storm"), signed_in(alice)
    take_down = reverse("incident-take-down", args=[incident.pk, beyond])
    assert browser.get(take_down).status_code == browser.post(take_down).status_code == 404
    assert browser.get(reverse("incident", args=[beyond])).status_code == 404
    assert browser.post(reverse("incident-step", args=[incident.pk, beyond])).status_code == 404
    for odd in (str(beyond), f"-{beyond}", "9" * 6_000, "none"):
        typed = {"text": "Please wait.", "channels": [practice.pk, odd]}
        answer = browser.post(reverse("incident-statement", args=[incident.pk]), typed)
        assert answer.status_code == 200
        assert "error" in answer.content.decode()
    assert not Post.objects.exists()


def test_ticking_noting_and_adding_steps(alice: User, channel: Channel, signed_in: Any) -> None:
    incident, browser = opened(alice, channel), signed_in(alice)
    step = reverse("incident-step", args=[incident.pk, 1])
    page = text_of(browser.post(step, {"note": "Four <b>pictures</b>"}, follow=True))
    assert "Four &lt;b&gt;pictures&lt;/b&gt;" in page
    assert f"1 of {len(play('hacked').steps)}" in page
    assert "has done this already" in text_of(browser.post(step, follow=True))
    assert "The tick is taken back." in text_of(browser.post(step, {"undo": "1"}, follow=True))
    browser.post(reverse("incident-note", args=[incident.pk]), {"text": "They rang back."})
    browser.post(reverse("incident-add-step", args=[incident.pk]), {"what": "Ring the mayor", "who": "Alice"})
    page = text_of(browser.get(incident.get_absolute_url()))
    assert "They rang back." in page
    assert "Added by Alice Archer" in page
    empty = text_of(browser.post(reverse("incident-note", args=[incident.pk]), {"text": " "}, follow=True))
    assert "Write the note first." in empty
    assert browser.post(reverse("incident-step", args=[incident.pk, 99])).status_code == 404


def test_what_is_known_and_whether_it_is_contained(alice: User, channel: Channel, signed_in: Any) -> None:
    incident, browser = opened(alice, channel, known="A link."), signed_in(alice)
    known = reverse("incident-known", args=[incident.pk])
    assert "A link." in text_of(browser.get(known))
    assert "Fill in “What is known?”." in text_of(browser.post(known, {"text": " "}))
    assert "Two links." in text_of(browser.post(known, {"text": "Two links."}, follow=True))
    change = reverse("incident-state", args=[incident.pk])
    assert "Go on with what is left to do" in text_of(browser.post(change, {"to": "contained"}, follow=True))
    assert "It is open again." in text_of(browser.post(change, {"to": "open"}, follow=True))
    for nonsense in ({}, {"to": "closed"}, {"to": "flood"}):
        browser.post(change, nonsense)
    incident.refresh_from_db()
    assert incident.state == "open"


# --- Switches ---------------------------------------------------------------------------------------------------------


def test_dell_pauses_on_the_page_and_alice_reads_whom_to_call(
    dell: User, alice: User, channel: Channel, signed_in: Any
) -> None:
    Contact.objects.create(
        name="Ivy Lamb", role="Runs the desk", phone="01632 960114", hours="Nights", kinds=["hacked"]
    )
    Contact.objects.create(name="Ash Thorne", role="Storms", phone="01632 960115", hours="Nights", kinds=["storm"])
    incident = opened(alice, channel)
    address = reverse("incident-pause", args=[incident.pk])
    page = text_of(signed_in(alice).get(address))
    assert "Ivy Lamb" in page
    assert "Ash Thorne" not in page
    assert dell.email in page
    assert '<form class="moot-form"' not in page
    signed_in(alice).post(address, {"scope": "everything", "reason": "x"})
    assert not Pause.objects.exists()
    desk = signed_in(dell)
    page = text_of(desk.get(address))
    assert "Nothing that you wrote is lost." in page
    assert "Fill in “Why”." in text_of(desk.post(address, {"scope": "service", "reason": ""}))
    done = text_of(desk.post(address, {"scope": "service", "reason": "To be safe."}, follow=True))
    assert "Posts of Libraries are paused. Nothing of it goes out" in done
    assert "The pause keeps a holding statement back too." in done
    assert "Paused already" in text_of(desk.get(address))


def test_the_keys_are_deleted_and_the_page_goes_on_with_the_network(
    alice: User, libraries: Service, channel: Channel, signed_in: Any
) -> None:
    listed = factories.channel(service=libraries, network="x", handle="Libraries")
    browser = signed_in(alice)
    page = text_of(browser.get(reverse("incident-disconnect", args=[opened(alice, listed).pk])))
    assert "Moothall holds no key" in page
    assert "log out of all other sessions" in page
    assert "This puts nobody out" in page
    incident = opened(alice, channel)
    address = reverse("incident-disconnect", args=[incident.pk])
    assert "Disconnect this account?" in text_of(browser.get(address))
    done = text_of(browser.post(address, {"why": "It was hacked."}, follow=True))
    assert "its keys are deleted here. Go on with the rest." in done
    assert "no password of its own" in done
    assert "This puts nobody out" not in done
    assert not Connection.objects.filter(channel=channel).exists()
    assert "is not connected" in text_of(browser.post(address, {"why": "Again."}))


def test_a_post_is_chosen_asked_about_and_taken_down(
    alice: User, bob: User, channel: Channel, practice: Channel, signed_in: Any
) -> None:
    post = sent(channel, practice)
    incident, browser = opened(alice, channel, "wrong_post"), signed_in(alice)
    listed = reverse("incident-posts", args=[incident.pk])
    address = reverse("incident-take-down", args=[incident.pk, post.pk])
    assert f'href="{address}"' in text_of(browser.get(listed))
    asked = text_of(browser.get(address))
    assert "It is deleted on 2 accounts." in asked
    assert states() == ["sent", "sent"]
    assert signed_in(bob).post(address).status_code == 404
    done = text_of(browser.post(address, follow=True))
    assert "It is being taken down on 2 channels." in done
    assert 'data-follow="' in done
    assert "asked for by Alice Archer" in done
    remove_all()
    done = text_of(browser.get(incident.get_absolute_url()))
    assert "all 2 done" in done
    assert done.count("deleted by Moothall") == 2
    assert "Nothing that was sent with Moothall stands" in text_of(browser.get(listed))
    assert "does not stand" in text_of(browser.get(address, follow=True))


def test_a_post_of_another_service_is_for_them_to_take_down(alice: User, channel: Channel, signed_in: Any) -> None:
    post = sent(channel)
    Post.objects.update(service=factories.service("Highways"))
    incident, browser = opened(alice, channel, "wrong_post"), signed_in(alice)
    address = reverse("incident-take-down", args=[incident.pk, post.pk])
    page = text_of(browser.get(address))
    assert "This post is of Highways." in page
    assert "Take it down everywhere</button>" not in page
    assert browser.post(address).status_code == 403
    assert states() == ["sent"]


def test_without_keys_or_while_deleting_the_pages_warn(alice: User, channel: Channel, signed_in: Any) -> None:
    post = sent(channel)
    incident, browser = opened(alice, channel, "wrong_post"), signed_in(alice)
    switching.take_down(alice, incident, post.pk)
    disconnect = reverse("incident-disconnect", args=[incident.pk])
    assert "Without its keys Moothall cannot delete them" in text_of(browser.get(disconnect))
    assert "still being taken down" in text_of(browser.get(reverse("incident-close", args=[incident.pk])))
    switching.disconnect(alice, incident, "To be safe.")
    assert "Delete it by hand at the network" in text_of(browser.get(reverse("incident-posts", args=[incident.pk])))


def test_the_statement_is_ready_and_becomes_a_draft(
    alice: User, dell: User, channel: Channel, practice: Channel, signed_in: Any
) -> None:
    incident, browser = opened(alice, channel), signed_in(alice)
    address = reverse("incident-statement", args=[incident.pk])
    page = text_of(browser.get(address))
    assert "Our account libraries on Newsroom may be in somebody else’s hands" in page
    assert "/channels/" in page
    assert f'value="{practice.pk}"' in page
    assert f'value="{channel.pk}"' not in page, "The account that was hacked says nothing."
    pausing_switch.begin(dell, "To be safe.")
    assert "Have it approved when the pause has ended." in text_of(browser.get(address))
    assert "Choose “On which accounts?”." in text_of(browser.post(address, {"text": "Please wait."}))
    done = browser.post(address, {"text": "Please wait.", "channels": [practice.pk]})
    post = Post.objects.get()
    assert done["Location"] == reverse("edit-post", args=[post.pk])
    assert "Holding statement" in text_of(browser.get(incident.get_absolute_url()))
    page = text_of(browser.get(reverse("incident-statement", args=[opened(alice, channel, "storm").pk])))
    assert f'value="{channel.pk}" ' in page


def test_an_impostor_of_nobody_is_warned_of_by_the_service_that_is_chosen(
    dell: User, channel: Channel, signed_in: Any
) -> None:
    incident, browser = opened(dell, None, "impostor", impostor_address=IMPOSTOR), signed_in(dell)
    address = reverse("incident-statement", args=[incident.pk])
    assert "calls itself x.com/ExampleshireHelp is not ours" in text_of(browser.get(address))
    typed = {"text": "Not us.", "channels": [channel.pk]}
    assert "Choose “Which service speaks?”." in text_of(browser.post(address, typed))
    browser.post(address, {**typed, "service": channel.service_id})
    assert Post.objects.get().service == channel.service


def test_the_report_is_ready_and_knows_what_is_ours(alice: User, channel: Channel, signed_in: Any) -> None:
    incident, browser = opened(alice, channel, "impostor", impostor_address=IMPOSTOR), signed_in(alice)
    address = reverse("incident-report", args=[incident.pk])
    page = text_of(browser.get(address))
    assert "Report impersonation" in page
    assert f"The account: {IMPOSTOR}" in page
    assert "No. We have no account of this name or at this address." in page
    assert "/channels/check/?q=https%3A%2F%2Fx.com%2FExampleshireHelp" in page
    step = incident.steps.get(switch=Switch.REPORT)
    browser.post(reverse("incident-step", args=[incident.pk, step.position]), {"note": "Case 4711"})
    step.refresh_from_db()
    assert step.note == "Case 4711"
    assert "It is reported" not in text_of(browser.get(address))
    ours = opened(alice, channel, "impostor", impostor_address=channel.url)
    assert "Our register has this account" in text_of(browser.get(reverse("incident-report", args=[ours.pk])))
    hacked = opened(alice, channel)
    assert browser.get(reverse("incident-report", args=[hacked.pk]))["Location"] == hacked.get_absolute_url()


def test_a_councillors_account_has_an_incident_and_nothing_to_switch_off(
    dell: User, libraries: Service, signed_in: Any
) -> None:
    account = factories.channel(service=libraries, network="bluesky", handle="cllr.example", capacity=Capacity.MEMBER)
    page = text_of(signed_in(dell).get(opened(dell, account).get_absolute_url()))
    assert "Disconnect the account</a>" not in page.split("Checklist")[0]
    assert "App passwords" in page


# --- Closing ----------------------------------------------------------------------------------------------------------


def test_it_closes_on_the_page_with_a_lesson(alice: User, channel: Channel, signed_in: Any) -> None:
    incident, browser = opened(alice, channel, "wrong_account"), signed_in(alice)
    address = reverse("incident-close", args=[incident.pk])
    page = text_of(browser.get(address))
    assert f"{len(play('wrong_account').steps)} steps of the checklist are open" in page
    named = {**LESSON, "what_happened": "Alice Archer slipped.", "then": "lesson"}
    page = text_of(browser.post(address, named))
    assert "It names somebody" in page
    assert "Alice Archer slipped." in page
    assert browser.post(address, {"title": "", "then": "lesson"}).status_code == 200
    assert browser.post(address, LESSON).status_code == 200
    assert not Lesson.objects.exists()
    page = text_of(browser.post(address, {**LESSON, "then": "lesson"}, follow=True))
    assert "Closed. The lesson is on its way" in page
    assert Lesson.objects.get().get_absolute_url() in page
    assert browser.get(address)["Location"] == incident.get_absolute_url()


def test_it_closes_on_the_page_without_one(alice: User, libraries: Service, channel: Channel, signed_in: Any) -> None:
    incident, browser = opened(alice, channel), signed_in(alice)
    address = reverse("incident-close", args=[incident.pk])
    assert "Fill in “Why is there nothing to learn from it?”." in text_of(browser.post(address, {"then": "none"}))
    page = text_of(browser.post(address, {"then": "none", "why": "It was the owner."}, follow=True))
    assert "No lesson to draw: It was the owner." in page
    assert "At once" not in page


def test_a_lesson_that_is_not_published_is_shown_to_those_who_may_read_it(
    alice: User, libraries: Service, channel: Channel, signed_in: Any
) -> None:
    incident = opened(alice, channel, "wrong_account")
    actions.close_with_lesson(alice, incident, **LESSON)
    author = factories.person((Role.AUTHOR, libraries))
    assert LESSON["title"] in text_of(signed_in(alice).get(incident.get_absolute_url()))
    page = text_of(signed_in(author).get(incident.get_absolute_url()))
    assert LESSON["title"] not in page
    assert "You can read it once it is published." in page


# --- People to call ---------------------------------------------------------------------------------------------------


def test_dell_keeps_the_list_of_people_to_call(dell: User, alice: User, channel: Channel, signed_in: Any) -> None:
    browser = signed_in(dell)
    assert "Nobody is on the list" in text_of(browser.get(reverse("incident-calls")))
    typed = {"name": "Ivy Lamb", "role": "Resets passwords", "phone": "ring me", "hours": "Always", "order": 1}
    assert "Give the number in digits" in text_of(browser.post(reverse("new-incident-call"), typed))
    typed |= {"phone": "01632 960114", "kinds": ["hacked", "impostor"]}
    assert "Ivy Lamb, Resets passwords is on the list." in text_of(
        browser.post(reverse("new-incident-call"), typed, follow=True)
    )
    contact = Contact.objects.get()
    assert contact.kind_words == "Hacked account, Impostor"
    assert signed_in(alice).get(reverse("incident-calls")).status_code == 403
    as_alice = signed_in(alice)
    assert "Ivy Lamb" in text_of(as_alice.get(opened(alice, channel).get_absolute_url()))
    assert "Ivy Lamb" not in text_of(as_alice.get(opened(alice, channel, "storm").get_absolute_url()))
    change = reverse("incident-call", args=[contact.pk])
    browser.post(change, {**typed, "name": "Ivy Finch"})
    assert Contact.objects.get().name == "Ivy Finch"
    removed = text_of(browser.post(reverse("remove-incident-call", args=[contact.pk]), follow=True))
    assert "Ivy Finch, Resets passwords is off the list." in removed
    assert not Contact.objects.exists()
    assert browser.get(change).status_code == 404
