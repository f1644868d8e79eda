"""Queue slots on their pages. Alice leads the libraries, Bob writes for them, Charlie leads the highways."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import localtime
from moothall.planning import slot_actions
from moothall.planning.slot_forms import SlotsForm
from moothall.publishing.models import QueueSlot
from moothall.records.models import Record
from tests import factories
from tests.planning.clocks import stop_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return factories.connected(service=factories.service("Libraries"), slug="libraries")


@pytest.fixture
def alice(channel: Channel) -> User:
    return factories.person((Role.LEAD, channel.service), name="Alice Reed")


@pytest.fixture
def tab(alice: User, signed_in: Any) -> Client:
    tab: Client = signed_in(alice)
    return tab


def slots() -> list[str]:
    return list(map(str, QueueSlot.objects.all()))


def test_a_lead_adds_slots_sees_the_next_free_ones_and_removes_some(
    channel: Channel, tab: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, 2026, 11, 23, 10)
    assert "Slots a week" in tab.get("/calendar/slots/").content.decode()
    answer = tab.post("/calendar/slots/libraries/", {"weekdays": ["0", "2"], "times": "9:00, 17.30"}, follow=True)
    assert "Added 4 slots." in answer.content.decode()
    assert slots() == ["Monday 09:00", "Monday 17:30", "Wednesday 09:00", "Wednesday 17:30"]
    factories.post(alice, channel, at=datetime(2026, 11, 25, 9, tzinfo=UTC))
    page = tab.get("/calendar/slots/libraries/")
    free = [localtime.short(each) for each in page.context["free"]]
    assert len(free) == 10
    assert free[:3] == ["23 Nov 2026, 17:30", "25 Nov 2026, 17:30", "30 Nov 2026, 09:00"]
    monday = [str(each.pk) for each in QueueSlot.objects.filter(weekday=0)]
    answer = tab.post("/calendar/slots/libraries/remove/", {"slot": monday}, follow=True)
    assert "Removed 2 slots." in answer.content.decode()
    assert slots() == ["Wednesday 09:00", "Wednesday 17:30"]
    added, removed = Record.objects.filter(kind__startswith="channel.slots").order_by("number")
    assert added.after == {"slots": ["Monday 09:00", "Monday 17:30", "Wednesday 09:00", "Wednesday 17:30"]}
    assert removed.before == {"slots": ["Monday 09:00", "Monday 17:30"]}
    assert {each.ref for each in (added, removed)} == {f"channel:{channel.pk}"}


def test_authors_and_other_services_change_no_slots(channel: Channel, signed_in: Any) -> None:
    bob = factories.person((Role.AUTHOR, channel.service))
    charlie = factories.person((Role.LEAD, factories.service("Highways")))
    slot = QueueSlot.objects.create(channel=channel, weekday=0, at=time(9))
    new = {"weekdays": ["1"], "times": "09:00"}
    for person, status in ((bob, 403), (charlie, 404)):
        tab = signed_in(person)
        assert tab.post("/calendar/slots/libraries/", new).status_code == status
        assert tab.post("/calendar/slots/libraries/remove/", {"slot": [slot.pk]}).status_code == status
        with pytest.raises(PermissionDenied):
            slot_actions.add_slots(person, channel, [1], [time(9)])
        with pytest.raises(PermissionDenied):
            slot_actions.remove_slots(person, channel, [slot])
    assert slots() == ["Monday 09:00"]


def test_another_channels_slot_is_not_removed(channel: Channel, tab: Client, alice: User) -> None:
    other = QueueSlot.objects.create(channel=factories.channel(), weekday=0, at=time(9))
    answer = tab.post("/calendar/slots/libraries/remove/", {"slot": [other.pk]}, follow=True)
    assert "That did not work" in answer.content.decode()
    with pytest.raises(ValidationError):
        slot_actions.remove_slots(alice, channel, [other])
    assert QueueSlot.objects.count() == 1
    answer = tab.post("/calendar/slots/libraries/remove/", follow=True)
    assert "Choose the slots to remove first." in answer.content.decode()


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ("", "Give at least one time"),
        (" , ", "Give at least one time"),
        ("25:00", "is no time"),
        ("nine", "is no time"),
    ],
)
def test_what_is_no_time_is_refused_and_stays_to_be_mended(tab: Client, times: str, said: str) -> None:
    page = tab.post("/calendar/slots/libraries/", {"weekdays": ["1"], "times": times}).content.decode()
    assert said in page
    assert slots() == []


def test_days_and_times_are_read_whatever_stands_between(channel: Channel) -> None:
    form = SlotsForm({"weekdays": ["6"], "times": "17:00; 9.15\n09:15 08:05"})
    assert form.is_valid()
    assert form.cleaned_data == {"weekdays": [6], "times": [time(8, 5), time(9, 15), time(17)]}
    assert not SlotsForm({"weekdays": ["7"], "times": "09:00"}).is_valid()


def test_a_slot_is_there_once_and_a_channel_has_only_so_many(channel: Channel, alice: User) -> None:
    slot_actions.add_slots(alice, channel, [0], [time(9)])
    assert len(slot_actions.add_slots(alice, channel, [0, 1], [time(9)])) == 1
    with pytest.raises(ValidationError, match="already"):
        slot_actions.add_slots(alice, channel, [0, 1], [time(9)])
    with pytest.raises(ValidationError, match="at most 168"):
        slot_actions.add_slots(alice, channel, range(7), [time(hour, 30) for hour in range(24)])
    assert QueueSlot.objects.count() == 2
