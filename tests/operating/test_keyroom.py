"""The key room in pages: ceremonies whole and broken off, two shares for one name, and words that stay nowhere."""

import errno
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from moothall.concerns.models import Opening
from moothall.core import clock
from moothall.operating.keyroom import room, serving
from moothall.operating.keyroom.room import Room
from moothall.records.models import Record
from moothall.webuse import house
from moothall.webuse.models import Purpose
from moothall.webuse.seals import actions, folders
from moothall.webuse.seals.ceremonies import KEPT_SECONDS
from moothall.webuse.seals.ceremony import hold
from moothall.webuse.seals.public_keys import Role
from tests.operating.keyroom_world import (
    DAY,
    HOLDERS,
    Answer,
    Browser,
    all_files,
    all_rows,
    approved,
    asked,
    make_key,
    pseudonym_of,
    read_in,
    read_log,
    traces,
    write_down,
)

pytestmark = pytest.mark.django_db

REMINDER = "nobody has seen that two sheets still make this key"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def passing() -> Clock:
    return Clock()


@pytest.fixture
def here(settings: Any, passing: Clock) -> Iterator[Room]:
    """This process as a key room for half an hour."""
    opened = Room(clock.now() + timedelta(minutes=30), 1_800, ("Memory is not locked.",), passing)
    room.set_up(opened)
    settings.DEBUG = True  # what a careless operator could have set
    for name, value in serving.settings_for(opened).items():
        setattr(settings, name, value)
    yield opened
    room._here.clear()


def sends(client: Client) -> Callable[..., Answer]:
    """Sends to the room's pages in this process."""

    def send(method: str, path: str, data: dict[str, str] | None, headers: dict[str, str]) -> Answer:
        response = client.generic(
            method,
            path,
            "&".join(f"{name}={value.replace(' ', '+')}" for name, value in (data or {}).items()),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )
        return Answer(
            response.status_code,
            response.content.decode(),
            {name.lower(): value for name, value in response.headers.items()},
        )

    return send


def stranger(here: Room, secret: str = "") -> Browser:
    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1", raise_request_exception=False)
    return Browser(sends(client), f"/{secret or here.token}/", "http://127.0.0.1")


@pytest.fixture
def screen(here: Room) -> Browser:
    """The one at the table."""
    return stranger(here).go()


@pytest.fixture
def sheets(screen: Browser) -> list[str]:
    """Those of a key that was made just now."""
    return make_key(screen)


@pytest.fixture
def purpose(sheets: list[str], tmp_path: Path) -> Purpose:
    return read_log(tmp_path)


def kinds() -> list[str]:
    found = Record.objects.filter(kind__startswith="webuse.").order_by("number").values_list("kind", flat=True)
    return list(found)


# --- A key ------------------------------------------------------------------------------------------------------------


def test_a_key_is_made_by_three_people_one_after_the_other(screen: Browser) -> None:
    assert "No name is sealed until a key is made" in screen.text
    assert "Memory is not locked." in screen.text
    screen.go("new-key/").submit("Make the key", **HOLDERS)
    fingerprint = screen.page.xpath("//dd")[0].text_content()
    sheets = []
    for holder in HOLDERS.values():
        assert screen.heading == f"{holder}, sit here alone"
        screen.submit("Show my words")
        assert screen.heading == f"{holder}, write these words down"
        sheets.append(screen.words)
        screen.submit("I have written them down")
        assert house.public_keys().all() == ()
    for holder, sheet in zip(HOLDERS.values(), sheets, strict=True):
        assert screen.heading == f"{holder}, enter your words again"
        assert house.public_keys().all() == ()
        screen.submit("These are my words", words=sheet)
    assert screen.heading == "The key seals from now on"
    kept = house.public_keys().newest()
    assert kept.fingerprint == fingerprint
    assert fingerprint in screen.text
    assert list(kept.holders.values()) == list(HOLDERS.values())
    assert kinds() == ["webuse.key_made"]
    screen.go()
    assert fingerprint in screen.text
    assert REMINDER not in screen.text


def test_words_are_shown_once(screen: Browser) -> None:
    screen.go("new-key/").submit("Make the key", **HOLDERS)
    before = screen.page
    screen.submit("Show my words")
    assert screen.words
    screen.go("hand-out/")
    assert not screen.words
    assert "are not shown again" in screen.text
    screen.page, screen.path = before, f"{screen.start}hand-out/"
    screen.submit("Show my words", status=409)
    assert not screen.words
    assert "Words are shown once" in screen.text


@pytest.mark.parametrize("step", range(10))
def test_broken_off_at_any_step_nothing_is_kept(here: Room, screen: Browser, tmp_path: Path, step: int) -> None:
    sheets: list[str] = []
    before = all_rows()
    screen.go("new-key/").submit("Make the key", **HOLDERS)
    for number in range(step):
        if number >= 6:
            screen.submit("These are my words", words=sheets[number - 6])
        elif number % 2:
            screen.submit("I have written them down")
        else:
            sheets.append(screen.submit("Show my words").words)
    if step < 9:
        screen.go().submit("Break it off")
        assert here.work is None
        assert house.public_keys().all() == ()
        assert all_rows() == before
        assert [path for path in (tmp_path / "webuse").rglob("*") if path.is_file()] == []
        assert "Something is under way" not in screen.text
    assert not traces(sheets, all_rows(), *all_files(tmp_path), *screen.seen)
    assert make_key(screen), "Another ceremony may begin."


def test_a_slip_of_the_pen_is_told_without_a_word_of_the_share(screen: Browser) -> None:
    screen.go("new-key/").submit("Make the key", **HOLDERS)
    sheets = write_down(screen)
    for wrong, told in (
        ("sekret " + sheets[0], "at place 1"),
        (sheets[1], "These are the words of IT security"),
        (" ".join(sheets[0].split()[:-1]), "has 32 words"),
        ("", "Fill in"),
    ):
        screen.submit("These are my words", words=wrong)
        assert screen.heading == "Hazel Marsh, enter your words again"
        assert told in screen.text
        assert "sekret" not in screen.answer.text
    assert not traces(sheets, *screen.seen)
    read_in(screen, sheets)
    assert screen.heading == "The key seals from now on"


def test_one_person_holds_no_two_shares(here: Room, screen: Browser) -> None:
    screen.go("new-key/").submit("Make the key", **(HOLDERS | {"hr": "ivy lamb"}))
    assert "could open names alone" in screen.text
    screen.submit("Make the key", **(HOLDERS | {"hr": ""}))
    assert "Fill in “Who holds the share of HR”" in screen.text
    assert here.work is None


def test_one_thing_is_under_way_at_a_time(screen: Browser, sheets: list[str]) -> None:
    screen.go("new-key/").submit("Make the key", **HOLDERS)
    (key,) = house.public_keys().all()
    for other in ("new-key/", "check/", "recover/", f"destroy/{key.key_id.hex()}/", "open/0a1b/", "enter/"):
        screen.go(other)
        assert screen.heading == "Hazel Marsh, sit here alone"
    screen.go()
    assert "Something is under way" in screen.text


def test_a_disk_that_is_full_is_told_and_can_be_tried_again(screen: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    screen.go("new-key/").submit("Make the key", **HOLDERS)
    first, second, third = write_down(screen)
    read_in(screen, (first, second))
    with monkeypatch.context() as patch:
        patch.setattr(folders, "replace", full)
        screen.submit("These are my words", status=409, words=third)
    assert "It could not be written or read (No space left on device)" in screen.text
    assert kinds() == []
    screen.go("hand-out/").submit("Try again to take it into use")
    assert screen.heading == "The key seals from now on"
    assert kinds() == ["webuse.key_made"]


def full(*arguments: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


# --- Check and recover ------------------------------------------------------------------------------------------------


def test_two_sheets_are_checked_and_no_third_is_needed(screen: Browser, sheets: list[str]) -> None:
    for first, second in ((0, 1), (2, 0), (1, 2)):
        screen.go("check/").submit("Begin the check")
        screen.submit("Enter this share", words=sheets[first])
        assert f"That of {('HR', 'IT security', 'the monitoring officer')[first]}." in screen.text
        screen.submit("Enter this share", words=sheets[second].upper())
        assert screen.heading == "The two shares are right"
    assert kinds() == ["webuse.key_made"] + ["webuse.key_checked"] * 3
    assert not traces(sheets, *screen.seen)


def test_who_looked_at_no_sheet_for_a_year_is_reminded(
    screen: Browser, sheets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()

    def after(days: int) -> str:
        """What the start says so many days after the ceremony."""
        with monkeypatch.context() as patched:
            patched.setattr(clock, "now", lambda: began + timedelta(days=days))
            return screen.go().text

    assert REMINDER not in after(364)
    assert REMINDER in after(365)
    screen.go("check/").submit("Begin the check")
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(days=365))
    for sheet in sheets[:2]:
        screen.submit("Enter this share", words=sheet)
    assert screen.heading == "The two shares are right"
    assert REMINDER not in after(729)
    assert REMINDER in after(730)


def test_a_wrong_second_share_is_told_and_the_first_need_not_be_entered_again(
    screen: Browser, sheets: list[str]
) -> None:
    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=sheets[0])
    for wrong, told in (
        (sheets[0], "are the same"),
        (hold().shares[1], "come from different ceremonies"),
        ("sekret", "at place 1"),
    ):
        screen.submit("Enter this share", words=wrong)
        assert told in screen.text
        assert "sekret" not in screen.answer.text
    screen.submit("Enter this share", words=sheets[2])
    assert screen.heading == "The two shares are right"


def test_two_shares_of_another_ceremony_are_told_by_their_key(screen: Browser, sheets: list[str]) -> None:
    other = hold()
    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=other.shares[0])
    screen.submit("Enter this share", status=409, words=other.shares[1])
    assert "they are of another ceremony" in screen.text
    assert kinds() == ["webuse.key_made"]


def test_a_first_share_is_forgotten_after_ten_minutes(
    here: Room, screen: Browser, sheets: list[str], passing: Clock
) -> None:
    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=sheets[0])
    passing.seconds += KEPT_SECONDS - 1
    here.tick()
    assert "One share is entered" in screen.go("enter/").text
    passing.seconds += 1
    here.tick()
    assert here.work
    assert sheets[0] not in str(vars(here.work.entering))  # type: ignore[union-attr]
    assert "One share is entered" not in screen.go("enter/").text
    screen.submit("Enter this share", words=sheets[1])
    assert "That of IT security" in screen.text


def test_a_lost_share_is_recovered_by_the_two_other_holders(screen: Browser, sheets: list[str], tmp_path: Path) -> None:
    purpose = read_log(tmp_path)
    screen.go("recover/").submit("Enter the two shares", **(HOLDERS | {"it_security": "Iris Vale"}))
    screen.submit("Enter this share", words=sheets[0])
    screen.submit("Enter this share", words=sheets[2])
    fresh = write_down(screen)
    screen.submit("These are my words", words=sheets[0])
    assert "dealt before today" in screen.text
    read_in(screen, fresh)
    assert screen.heading == "The new shares are dealt"
    assert "Now shred the two old sheets" in screen.text
    (kept,) = house.public_keys().all()
    assert kept.holders[Role.IT_SECURITY] == "Iris Vale"
    assert kept.dealt_on
    assert kinds()[-1] == "webuse.key_dealt"
    for pair in ((fresh[0], fresh[1]), (sheets[0], sheets[2])):
        wanted = approved(purpose)
        enter_for(screen, wanted.reference, *pair)
        assert screen.heading == "The name is opened"
        assert wanted.shown() == "user3"
        Opening.objects.all().delete()
    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=sheets[0])
    screen.submit("Enter this share", words=fresh[1])
    assert "come from different ceremonies" in screen.text


def test_a_recovery_that_is_broken_off_leaves_the_old_shares_as_they_are(screen: Browser, sheets: list[str]) -> None:
    before = house.public_keys().all()
    screen.go("recover/").submit("Enter the two shares", **HOLDERS)
    screen.submit("Enter this share", words=sheets[0])
    screen.submit("Enter this share", words=sheets[1])
    write_down(screen)
    screen.submit("Break the ceremony off")
    assert house.public_keys().all() == before
    assert kinds() == ["webuse.key_made"]


def test_before_the_first_key_there_is_nothing_to_check_or_recover(screen: Browser) -> None:
    for page in ("check/", "recover/"):
        assert "Make one first" in screen.go(page, status=409).text
    assert "no such key" in screen.go("destroy/0a1b2c3d/", status=409).text
    assert screen.go("enter/").heading == screen.go("hand-out/").heading == "Key room"
    assert screen.go("done/").heading == "Key room"


# --- Destroy ----------------------------------------------------------------------------------------------------------


def test_a_key_is_destroyed_when_each_holder_has_said_that_their_sheet_is_shredded(
    screen: Browser, purpose: Purpose
) -> None:
    (old,) = house.public_keys().all()
    make_key(screen)
    screen.go(f"destroy/{old.key_id.hex()}/")
    assert "5 sealed names will be deleted" in screen.text
    assert "sealing_stops" not in screen.answer.text
    ticks = dict.fromkeys((*HOLDERS, "lost"), "on")
    for left_out in ticks:
        screen.go(f"destroy/{old.key_id.hex()}/")
        left: dict[str, Any] = {name: "on" for name in ticks if name != left_out}
        screen.submit("Destroy the key", **left)
        assert screen.heading == "Destroy a key"
        assert actions.names_sealed_to(old) == 5
    screen.submit("Destroy the key", **ticks)
    assert screen.heading == "The key is destroyed"
    assert "5 sealed names were deleted" in screen.text
    assert house.sealed_names(purpose.key).sealed_to(old.key_id) == 0
    written = json.loads(house.public_keys().path.read_text())["keys"]
    assert [bool(each.get("destroyed_on")) for each in written] == [True, False]
    assert kinds()[-1] == "webuse.key_destroyed"
    assert "Destroyed on" in screen.go().text
    assert "destroyed already" in screen.go(f"destroy/{old.key_id.hex()}/", status=409).text


def test_the_key_that_seals_goes_only_if_one_more_thing_is_said(screen: Browser, purpose: Purpose) -> None:
    (key,) = house.public_keys().all()
    screen.go(f"destroy/{key.key_id.hex()}/")
    assert "until the next ceremony no name is sealed" in screen.text
    ticks = dict.fromkeys((*HOLDERS, "lost"), "on")
    screen.submit("Destroy the key", **ticks)
    assert actions.names_sealed_to(key) == 5
    screen.submit("Destroy the key", **ticks, sealing_stops="on")
    assert screen.heading == "The key is destroyed"
    assert "There is none." in screen.go().text


# --- Open -------------------------------------------------------------------------------------------------------------


def enter_for(screen: Browser, reference: str, *shares: str, status: int = 200) -> None:
    """Read what is asked, and enter shares."""
    screen.go(f"open/{reference}/").submit("We have read it and asked: go on")
    for number, share in enumerate(shares, start=1):
        screen.submit("Enter this share", status=status if number == len(shares) else 200, words=share)


def test_two_holders_read_what_is_asked_and_the_name_goes_to_the_case_alone(
    screen: Browser, sheets: list[str], purpose: Purpose
) -> None:
    wanted = approved(purpose)
    screen.go()
    assert f"Opening {wanted.reference}" in screen.text
    screen.go(f"open/{wanted.reference}/")
    for read in (
        purpose.title,
        pseudonym_of(purpose),
        f"{DAY.day} {DAY:%B %Y}",
        f"{wanted.case.hr} and {wanted.case.mo}",
        "An answer to the question of",
        "Ask the two approvers yourselves",
        house.public_keys().newest().fingerprint,
        *HOLDERS.values(),
    ):
        assert str(read) in screen.text
    screen.submit("We have read it and asked: go on")
    assert "An answer to the question of" in screen.text
    screen.submit("Enter this share", words=sheets[2])
    assert "An answer to the question of" in screen.text, "The second holder reads it too."
    screen.submit("Enter this share", words=sheets[0])
    assert screen.heading == "The name is opened"
    assert not [page for page in screen.seen if "user3" in page]
    assert wanted.shown() == "user3"
    record = Record.objects.get(kind="webuse.opened")
    assert record.after["approved by"] == [wanted.case.hr.name, wanted.case.mo.name]
    assert record.after["shares"] == ["monitoring officer", "HR"]
    assert wanted.reference not in str(record.after)
    assert wanted.case.reference not in str(record.after)
    assert f"Opening {wanted.reference}" not in screen.go().text
    assert "was opened already" in screen.go(f"open/{wanted.reference}/", status=409).text


def test_what_is_not_approved_is_not_opened(screen: Browser, purpose: Purpose) -> None:
    wanted = asked(purpose)
    assert wanted.reference not in screen.go().text
    assert "waits for its two approvals" in screen.go(f"open/{wanted.reference}/", status=409).text
    assert "no opening with this reference" in screen.go("open/0a1b2c3d/", status=409).text


@pytest.mark.parametrize("change", ["last", "pseudonym", "six", "purpose_key"])
def test_what_was_changed_after_the_holders_read_it_is_not_opened(
    screen: Browser, sheets: list[str], purpose: Purpose, change: str
) -> None:
    wanted = approved(purpose)
    row = Opening.objects.get()
    values = {
        "last": DAY + timedelta(days=1),
        "pseudonym": pseudonym_of(purpose, "user2"),
        "six": row.six.replace("An answer", "Another answer"),
        "purpose_key": "another",
    }
    screen.go(f"open/{wanted.reference}/").submit("We have read it and asked: go on")
    screen.submit("Enter this share", words=sheets[0])
    setattr(row, change, values[change])
    row.save()
    screen.submit("Enter this share", status=409, words=sheets[1])
    assert "was changed since you read it" in screen.text
    assert not Record.objects.filter(kind="webuse.opened").exists()


def test_an_approval_that_is_gone_by_the_second_share_opens_nothing(
    screen: Browser, sheets: list[str], purpose: Purpose
) -> None:
    wanted = approved(purpose)
    screen.go(f"open/{wanted.reference}/").submit("We have read it and asked: go on")
    screen.submit("Enter this share", words=sheets[0])
    Opening.objects.update(refused_at=clock.now())
    screen.submit("Enter this share", status=409, words=sheets[1])
    assert "was refused" in screen.text


def test_shares_of_the_wrong_key_open_nothing_and_that_is_on_record(
    here: Room, screen: Browser, sheets: list[str], purpose: Purpose
) -> None:
    newer = make_key(screen)
    wanted = approved(purpose)
    enter_for(screen, wanted.reference, newer[0], newer[1], status=409)
    assert "they are of another ceremony" in screen.text
    assert here.work is None, "Both shares are forgotten."
    assert Record.objects.get(kind="webuse.opening_refused").after["because"] == "WrongShares"
    enter_for(screen, wanted.reference, sheets[0], sheets[1])
    assert wanted.shown() == "user3"


def test_an_earlier_opening_of_the_same_pseudonym_is_told(screen: Browser, sheets: list[str], purpose: Purpose) -> None:
    wanted = approved(purpose)
    assert "Never" in screen.go(f"open/{wanted.reference}/").text
    enter_for(screen, wanted.reference, sheets[0], sheets[1])
    again = approved(purpose)
    opened_before = screen.go(f"open/{again.reference}/").page.xpath("//dt[.='Opened before']/../dd//time")
    assert len(opened_before) == 1


# --- Nowhere ----------------------------------------------------------------------------------------------------------


def test_after_all_of_it_no_words_are_anywhere(
    screen: Browser,
    sheets: list[str],
    purpose: Purpose,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    wanted = approved(purpose)
    enter_for(screen, wanted.reference, sheets[0], sheets[1])
    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=sheets[1].replace(" ", "  ") + " sekret")
    screen.submit("Break off")
    screen.go("recover/").submit("Enter the two shares", **HOLDERS)
    screen.submit("Enter this share", words=sheets[1])
    screen.submit("Enter this share", words=sheets[2])
    fresh = write_down(screen)
    read_in(screen, fresh)
    everything = [*sheets, *fresh]
    printed = capfd.readouterr()
    texts: list[str | bytes] = [all_rows(), caplog.text, printed.out, printed.err, *screen.seen, *all_files(tmp_path)]
    assert not traces(everything, *texts)
    assert traces(everything[:1], f"Somebody wrote {everything[0][30:80].upper()}."), "The search would find them."
    assert not [text for text in texts if "sekret" in str(text)]


def test_what_fails_unforeseen_is_told_without_what_was_typed(
    screen: Browser, sheets: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(shares: list[str], *rest: Any) -> None:
        raise ValueError(f"cannot read {shares[0]}")

    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=sheets[0])
    monkeypatch.setattr(actions, "check", fails)
    screen.submit("Enter this share", status=500, words=sheets[1])
    assert "Something went wrong" in screen.text
    assert not traces(sheets, *screen.seen)


# --- The door ---------------------------------------------------------------------------------------------------------


def test_a_stranger_is_told_nothing(here: Room) -> None:
    for secret in ("x", here.token[:-1], f"{here.token}x", "healthz", "%00"):
        answer = stranger(here, secret).send("GET", f"/{secret}/", None, {})
        assert (answer.status, answer.text) == (404, "")
    assert stranger(here).send("GET", f"/{here.token}", None, {}).status == 404
    assert stranger(here).send("GET", "/", None, {}).status == 404
    assert not here.browser, "Nobody came in."


def test_the_address_is_good_for_one_browser(here: Room) -> None:
    first, second = stranger(here).go(), stranger(here)
    second.go(status=403)
    assert "Somebody came in with this address before you" in second.text
    second.go("new-key/", status=403)
    assert first.go().heading == "Key room"


def test_the_first_page_is_the_only_way_in(here: Room) -> None:
    stranger(here).go("new-key/", status=403)
    assert not here.browser


def test_the_cookies_are_the_rooms_alone(here: Room) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(f"/{here.token}/")
    client.get(f"/{here.token}/new-key/")
    assert len(client.cookies) == 2
    for cookie in client.cookies.values():
        assert cookie["path"] == f"/{here.token}/"
        assert (cookie["samesite"], cookie["httponly"]) == ("Strict", True)


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "", "http://127.0.0.1:8000", "http://localhost"]
)
def test_what_another_page_sends_is_not_read(here: Room, screen: Browser, origin: str) -> None:
    screen.go("new-key/")
    screen.origin = origin
    screen.submit("Make the key", status=403, **HOLDERS)
    assert here.work is None


def test_what_was_sent_without_the_forms_own_token_is_not_read(here: Room, screen: Browser) -> None:
    screen.go("new-key/")
    screen.submit("Make the key", status=403, csrfmiddlewaretoken="x" * 64, **HOLDERS)
    assert "did not come from a page of this room" in screen.text
    assert here.work is None


def test_an_old_browser_that_says_only_where_it_comes_from_may_send(here: Room, screen: Browser) -> None:
    screen.go("new-key/")
    send = screen.send

    def with_referer(method: str, path: str, data: dict[str, str] | None, headers: dict[str, str]) -> Answer:
        return send(method, path, data, {"Referer": f"http://127.0.0.1{path}"} if headers else {})

    screen.send = with_referer
    screen.submit("Make the key", **HOLDERS)
    assert here.work


def test_another_name_for_this_machine_is_refused(here: Room) -> None:
    client = Client(SERVER_NAME="rebound.example", raise_request_exception=False)
    assert client.get(f"/{here.token}/").status_code == 400
    assert not here.browser


def test_other_methods_are_refused(here: Room, screen: Browser) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        assert screen.send(method, screen.start, None, {}).status == 405
    assert screen.send("POST", screen.start, {}, {"Origin": screen.origin}).status in (403, 405)


def test_a_closed_room_is_gone(here: Room, screen: Browser, sheets: list[str]) -> None:
    screen.go("check/").submit("Begin the check")
    screen.submit("Enter this share", words=sheets[0])
    screen.go().submit("Close the room")
    assert screen.heading == "The room is closed"
    assert here.is_closed
    assert here.work is None
    assert screen.send("GET", screen.start, None, {}).status == 404


def test_a_room_closes_when_its_time_is_over(here: Room, screen: Browser, passing: Clock) -> None:
    passing.seconds += 1_799
    assert "This room closes by itself at" in screen.go().text
    passing.seconds += 1
    assert screen.send("GET", screen.start, None, {}).status == 404
    assert here.is_closed


def test_a_process_that_is_no_room_has_no_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "moothall.operating.keyroom.urls"
    with pytest.raises(room.NoRoom):
        room.current()
