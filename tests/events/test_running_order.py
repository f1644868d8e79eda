"""The running order and the rota: Alice is of the desk, Bob writes for the libraries, Charlie for the highways."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from moothall.accounts.models import Notice
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.events import rota_actions, running_actions, running_sheet
from moothall.events.models import Shift, Slot
from moothall.publishing import approving
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
STARTS = datetime(2027, 10, 30, 5, tzinfo=UTC)
"""06:00 in the United Kingdom, the day before the clocks go back."""


@pytest.fixture
def town(signed_in: Any) -> SimpleNamespace:
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    alice = factories.person((Role.DESK, None), name="Alice Reed")
    bob = factories.person((Role.AUTHOR, libraries), name="Bob Stone")
    charlie = factories.person((Role.AUTHOR, highways), name="Charlie Way")
    event = factories.event(name="A day", starts_at=STARTS)
    event.services.set([libraries, highways])
    people = {"alice": alice, "bob": bob, "charlie": charlie}
    browsers = {name: signed_in(person) for name, person in people.items()}
    return SimpleNamespace(libraries=libraries, highways=highways, event=event, browsers=browsers, **people)


def slot(town: SimpleNamespace, hour: int = 0, **values: Any) -> Slot:
    values.setdefault("service", town.libraries)
    values.setdefault("theme", f"Hour {hour}")
    begins = STARTS + hour * HOUR
    return running_actions.save_slot(
        town.alice, Slot(event=town.event, starts_at=begins, ends_at=begins + HOUR, **values)
    )


def words(answer: Any) -> str:
    main = BeautifulSoup(answer.content, "html.parser").main
    assert main
    return " ".join(main.get_text(" ").split())


def test_alice_adds_a_slot_and_its_owner_is_told(town: SimpleNamespace) -> None:
    alice = town.browsers["alice"]
    answer = alice.post(
        reverse("new-slot", args=["a-day"]),
        {
            "service": town.libraries.pk,
            "theme": "Opening the doors",
            "starts_at": "2027-10-31T00:00:00+00:00",
            "ends_at": "2027-10-31T01:00:00+00:00",
            "owner": town.bob.pk,
            "sensitivity": "never",
        },
        follow=True,
    )
    assert "Sun 01:00 BST to Sun 01:00 GMT" in words(answer)
    assert "Never tell the place" in words(answer)
    assert "You own the slot “Opening the doors”" in Notice.objects.get(user=town.bob).text
    form = alice.get(reverse("edit-slot", args=["a-day", Slot.objects.get().pk])).content.decode()
    assert 'value="2027-10-31T00:00:00+00:00" selected' in form


def test_the_order_shows_its_gaps_and_the_silent_night(town: SimpleNamespace) -> None:
    slot(town, 0)
    shown = words(town.browsers["charlie"].get(reverse("running-order", args=["a-day"])))
    assert "No slot yet: Highways." in shown
    assert "Nothing in the night" in shown
    assert "Sat 23:00 to Sun 06:00" not in shown, "the event ends at five"
    assert "Sat 23:00 to Sun 05:00 (7 hours)" in shown
    assert "Sun 01:00 BST" in shown
    assert "Sun 01:00 GMT" in shown
    assert "Add a slot" not in shown


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("2027-10-30T06:00:00+00:00", "2027-10-30T06:00:00+00:00", "Choose an end that is later"),
        ("2027-10-30T04:00:00+00:00", "2027-10-30T06:00:00+00:00", "Select a valid choice"),
        ("", "", "Choose “Begins”."),
    ],
)
def test_a_slot_that_cannot_be_is_refused(town: SimpleNamespace, starts: str, ends: str, said: str) -> None:
    values = {"service": town.libraries.pk, "theme": "x", "starts_at": starts, "ends_at": ends, "sensitivity": "none"}
    assert said in words(town.browsers["alice"].post(reverse("new-slot", args=["a-day"]), values))
    assert not Slot.objects.exists()


def test_no_slot_lies_outside_its_event(town: SimpleNamespace) -> None:
    with pytest.raises(ValidationError, match="Choose a time within it"):
        slot(town, 24)
    last = slot(town, 23)
    with pytest.raises(ValidationError, match="Choose a time within it"):
        running_actions.copy_slot(town.alice, last, STARTS + 23.5 * HOUR)
    copy = running_actions.copy_slot(town.alice, last, STARTS)
    assert (copy.theme, copy.starts_at, copy.ends_at) == ("Hour 23", STARTS, STARTS + HOUR)


def test_bob_stages_posts_of_his_service_and_no_others(town: SimpleNamespace) -> None:
    ours, theirs = slot(town, 0), slot(town, 1, service=town.highways)
    mine = factories.post(town.bob, factories.channel(service=town.libraries), text="Good morning", at=STARTS)
    other = factories.post(town.charlie, factories.channel(service=town.highways), text="Gritting")
    bob = town.browsers["bob"]
    page = bob.get(reverse("stage-posts", args=["a-day", ours.pk]))
    assert "Good morning" in words(page)
    assert "Gritting" not in words(page)
    bob.post(reverse("stage-posts", args=["a-day", ours.pk]), {"post": [mine.pk]})
    assert list(ours.posts.all()) == [mine]
    assert bob.get(reverse("stage-posts", args=["a-day", theirs.pk])).status_code == 403
    with pytest.raises(PermissionDenied):
        running_actions.stage(town.bob, theirs, [mine])
    with pytest.raises(ValidationError, match="not open to you"):
        running_actions.stage(town.bob, ours, [mine, other])
    with pytest.raises(ValidationError, match="not a post of Libraries"):
        running_actions.stage(town.alice, ours, [mine, other])
    for page in (
        bob.get(reverse("new-slot", args=["a-day"])),
        bob.post(reverse("remove-slot", args=["a-day", ours.pk])),
    ):
        assert page.status_code == 403


def test_each_post_s_state_is_seen_and_its_words_only_by_whom_they_concern(town: SimpleNamespace) -> None:
    ours = slot(town, 0)
    channel = factories.connected(service=town.libraries)
    post = factories.post(town.bob, channel, text="Good morning", at=STARTS + 2 * HOUR)
    running_actions.stage(town.alice, ours, [post])
    seen = words(town.browsers["charlie"].get(reverse("running-order", args=["a-day"])))
    assert "A post of Libraries" in seen
    assert "Good morning" not in seen
    seen = words(town.browsers["bob"].get(reverse("running-order", args=["a-day"])))
    assert "1 staged post is not approved" in seen
    assert "not within this slot" in seen
    approving.approve(town.alice, approving.send_for_approval(town.bob, post))
    seen = words(town.browsers["bob"].get(reverse("running-order", args=["a-day"])))
    assert "not approved" not in seen


def test_a_colleague_s_posts_stay_when_an_author_saves(town: SimpleNamespace) -> None:
    ours = slot(town, 0)
    post = factories.post(town.bob, factories.channel(service=town.libraries))
    hidden = factories.post(town.charlie, factories.channel(service=town.highways))
    ours.posts.add(hidden)
    running_actions.stage(town.bob, ours, [post])
    assert set(ours.posts.all()) == {post, hidden}


SHEET = """service,starts,ends,theme,owner,place,notes
Libraries,06:00,07:00,Opening the doors,,yes,
highways,2027-10-31 01:15+01:00,2027-10-31 01:15+00:00,Gritting,,never,A long hour
"""


def test_alice_fills_the_order_from_a_spreadsheet(town: SimpleNamespace) -> None:
    upload = reverse("slots-file", args=["a-day"])
    answer = town.browsers["alice"].post(upload, {"file": SimpleUploadedFile("o.csv", SHEET.encode())}, follow=True)
    assert "Added 2 slots." in words(answer)
    first, second = Slot.objects.all()
    assert (first.starts_at, first.ends_at) == (STARTS, STARTS + HOUR)
    assert second.ends_at - second.starts_at == HOUR
    assert town.browsers["alice"].get(reverse("slots-template", args=["a-day"])).status_code == 200


def test_a_wrong_line_is_named_and_nothing_is_made(town: SimpleNamespace) -> None:
    bad = SHEET + "Libraries,01:30,02:00,Night,,yes,\nNobody,25:00,26:00,,,,\n"
    answer = town.browsers["alice"].post(
        reverse("slots-file", args=["a-day"]), {"file": SimpleUploadedFile("o.csv", bad.encode())}
    )
    assert "Line 4: 01:30 comes twice that night." in words(answer)
    assert "Line 5: There is no service “Nobody”." in words(answer)
    assert not Slot.objects.exists()
    with pytest.raises(ValidationError, match="names no column “theme”"):
        running_sheet.slots(town.event, b"service,starts,ends\nx,y,z\n")


def shift(town: SimpleNamespace, person: Any, hour: float, hours: float, task: str = "The desk") -> Shift:
    begins = STARTS + hour * HOUR
    return rota_actions.save_shift(
        town.alice, Shift(event=town.event, person=person, task=task, starts_at=begins, ends_at=begins + hours * HOUR)
    )


def test_the_rota_says_what_is_wrong_with_it(town: SimpleNamespace) -> None:
    shift(town, town.bob, 0, 8)
    shift(town, town.bob, 7, 2, "The wall")
    shown = words(town.browsers["charlie"].get(reverse("rota", args=["a-day"])))
    assert "Bob Stone is on two shifts at once: Sat 13:00 to Sat 14:00 (1 hour)." in shown
    assert "Bob Stone is on for 9 hours without a break." in shown
    assert "Nobody is on" in shown
    assert "Sat 15:00 to Sun 05:00 (15 hours)" in shown
    assert "You are on shift at A day: The desk, Saturday 30 October 2027, 06:00 BST" in Notice.objects.last().text  # type: ignore[union-attr]


def test_bob_hands_over_to_charlie(town: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    now, later = shift(town, town.bob, 0, 6), shift(town, town.charlie, 6, 6)
    monkeypatch.setattr(clock, "now", lambda: STARTS + 5 * HOUR)
    bob, charlie = town.browsers["bob"], town.browsers["charlie"]
    assert "On now Bob Stone : The desk, until Sat 12:00" in words(bob.get(reverse("rota", args=["a-day"])))
    assert charlie.get(reverse("hand-over", args=["a-day", now.pk])).status_code == 403
    empty = bob.post(reverse("hand-over", args=["a-day", now.pk]), {"note": " "})
    assert "Fill in" in words(empty)
    done = bob.post(
        reverse("hand-over", args=["a-day", now.pk]), {"note": "The mayor at noon.\nRing first."}, follow=True
    )
    assert "Charlie Way was told" in words(done)
    assert "Bob Stone hands over to you at A day: The mayor at noon." in set(
        Notice.objects.filter(user=town.charlie).values_list("text", flat=True)
    )
    with pytest.raises(PermissionDenied):
        rota_actions.hand_over(town.charlie, now, "Mine")
    with pytest.raises(ValidationError, match="It stays, with its note"):
        rota_actions.remove_shift(town.alice, now)
    rota_actions.remove_shift(town.alice, later)
    assert Notice.objects.filter(user=town.charlie, text__startswith="You are no longer on shift").exists()
    assert bob.post(reverse("new-shift", args=["a-day"]), {}).status_code == 403
