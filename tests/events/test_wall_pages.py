"""The wall's pages: the same for everybody, kept by any cache, whole without a script; a staff wall for staff only."""

import json
import re
import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client

from moothall.accounts.roles import Role
from moothall.events import moderating, wall_log
from moothall.events.models import Change, Event, Item, ItemState
from moothall.events.moderating import Verb
from moothall.events.wall import reading, snapshot, tokens, views
from tests import factories
from tests.events.web import items_on, make_event, say, take_back

pytestmark = pytest.mark.django_db

FORMS = ("", "screen/", "frame/", "snapshot.json", "stream?after=0")


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture(autouse=True)
def no_snapshot_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_kept", {})


def get(form: str = "", by: Client | None = None, **headers: str) -> HttpResponse:
    found: Any = (by or Client()).get(f"/events/a-day/{form}", headers=headers)
    return found


def text(response: Any) -> str:
    found: str = response.content.decode()
    return found


# --- The same for everybody -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["", "screen/", "frame/", "snapshot.json"])
def test_a_public_wall_is_the_same_for_everybody(event: Event, signed_in: Any, form: str) -> None:
    say(1)
    alice = signed_in(factories.person((Role.DESK, None), name="Alice"))
    hers, anybodys = get(form, alice), get(form)
    assert hers.content == anybodys.content
    for answer in (hers, anybodys):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["Cache-Control"] == f"public, max-age={views.FRESH_SECONDS}, stale-while-revalidate=10"


@pytest.mark.parametrize("form", ["", "screen/", "frame/", "snapshot.json"])
def test_what_did_not_change_is_not_sent_again(event: Event, form: str) -> None:
    say(1)
    first = get(form)
    again = get(form, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == first["Cache-Control"]
    say(2)
    assert get(form, if_none_match=first["ETag"]).status_code == 200


def test_any_site_may_embed_the_frame_of_a_public_wall_and_nothing_else(event: Event) -> None:
    framed = get("frame/")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    for form in ("", "screen/"):
        assert "frame-ancestors 'none'" in get(form)["Content-Security-Policy"]
        assert get(form)["X-Frame-Options"] == "DENY"


def test_only_reading_is_possible(event: Event) -> None:
    for form in FORMS:
        assert Client().post(f"/events/a-day/{form}").status_code == 405


# --- For staff only ---------------------------------------------------------------------------------------------------


@pytest.fixture
def staff_event() -> Event:
    return make_event(is_public=False)


@pytest.mark.parametrize("form", ["", "screen/", "frame/", "snapshot.json"])
def test_a_staff_wall_opens_to_staff_alone(staff_event: Event, signed_in: Any, form: str) -> None:
    item = say(1, "For staff alone.")
    alice = signed_in(factories.person((Role.AUTHOR, factories.service("Libraries")), name="Alice"))
    hers = get(form, alice)
    assert hers.status_code == 200
    assert "For staff alone." in text(hers)
    assert item.pk
    assert {"private", "no-cache"} <= set(hers["Cache-Control"].split(", "))
    for accept in ("text/html,*/*", "application/json"):
        strangers = get(form, accept=accept)
        assert strangers.status_code in (302, 403)
        assert "For staff alone." not in text(strangers)
        assert "ETag" not in strangers


def test_charlie_who_left_sees_a_staff_wall_no_more(staff_event: Event, signed_in: Any) -> None:
    charlie = factories.person(name="Charlie")
    browser = signed_in(charlie)
    assert get("", browser).status_code == 200
    charlie.is_active = False
    charlie.save()
    assert get("", browser, accept="text/html").status_code == 302


def test_a_staff_walls_frame_is_for_our_own_pages(staff_event: Event, signed_in: Any) -> None:
    framed = get("frame/", signed_in(factories.person(name="Alice")))
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]


def test_a_staff_page_has_a_token_for_its_stream_and_a_public_one_has_none(staff_event: Event, signed_in: Any) -> None:
    alice = signed_in(factories.person(name="Alice"))
    for form in ("", "screen/", "frame/"):
        found = BeautifulSoup(get(form, alice).content, "html.parser").find(id="wall-items")
        token = json.loads(str(found["data-wall"]))["token"]  # type: ignore[index]
        assert tokens.seconds_left(token, staff_event.pk) > tokens.SECONDS - 60
    token = json.loads(get("snapshot.json", alice).content)["token"]
    say(1)
    assert get(f"stream?after=0&token={token}").status_code == 200
    assert get("stream?after=0").status_code == 403
    Event.objects.update(is_public=True)
    assert "token" not in json.loads(get("snapshot.json").content)


def test_a_token_is_for_one_event_and_for_what_is_left_of_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.make(1)
    assert tokens.seconds_left(token, 2) == 0
    assert tokens.seconds_left(token[:-1], 1) == 0
    assert tokens.seconds_left("", 1) == 0
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + tokens.SECONDS - 100)
    assert 98 <= tokens.seconds_left(token, 1) <= 101
    monkeypatch.setattr(time, "time", lambda: now + tokens.SECONDS + 2)
    assert tokens.seconds_left(token, 1) == 0


# --- What stands there ------------------------------------------------------------------------------------------------


def test_what_is_hidden_held_pending_or_gone_is_nowhere(event: Event) -> None:
    alice = factories.person((Role.DESK, None), name="Alice")
    shown = say(1, "Welcome words.")
    hidden, held, gone = say(2, "Hidden words."), say(3, "Held words."), say(4, "Gone words.")
    moderating.decide(alice, event, [hidden.pk], Verb.HIDE, "Rude")
    moderating.decide(alice, event, [held.pk], Verb.HOLD)
    take_back(gone)
    Event.objects.update(shows_public_at_once=False)
    say(5, "Pending words.")
    for form in (*FORMS, "?page=2", "?still"):
        found = text(get(form))
        for secret in ("Hidden words", "Held words", "Gone words", "Pending words"):
            assert secret not in found, form
    assert items_on(text(get())) == {shown.pk}
    assert [each["item"] for each in json.loads(get("snapshot.json").content)["items"]] == [shown.pk]
    assert "Welcome words" in text(get("stream?after=0"))
    assert f'"item":{hidden.pk}}}' in text(get("stream?after=0")), "those who saw it are told to take it off"


def test_pinned_first_then_featured_then_the_newest(event: Event) -> None:
    alice = factories.person((Role.DESK, None), name="Alice")
    first, second, third, fourth = (say(number) for number in range(1, 5))
    moderating.decide(alice, event, [first.pk], Verb.FEATURE)
    moderating.decide(alice, event, [second.pk], Verb.PIN)
    shown = [int(each) for each in re.findall(r'data-item="(\d+)"', text(get()))]
    assert shown == [second.pk, first.pk, fourth.pk, third.pk]


def test_older_posts_are_on_the_next_page(event: Event) -> None:
    items = [say(number) for number in range(snapshot.SHOWN + 3)]
    first, second = text(get()), text(get("?page=2"))
    assert items_on(first) == {item.pk for item in items[3:]}
    assert items_on(second) == {item.pk for item in items[:3]}
    assert '<a href="?page=2">Earlier posts</a>' in first
    assert "Earlier posts" not in second
    for strange in ("0", "-1", "x", "9999999", "1e3", "٣"):
        assert get(f"?page={strange}").status_code == 200


def test_without_a_script_the_page_loads_itself_again_until_one_says_no(event: Event) -> None:
    refresh = f'<noscript><meta http-equiv="refresh" content="{views.RELOAD_SECONDS}"></noscript>'
    assert refresh in text(get())
    assert '<a href="?still">Stop that</a>' in text(get())
    assert "http-equiv" not in text(get("?still"))
    assert "http-equiv" not in text(get("?page=2"))
    assert 'http-equiv="refresh"' in text(get("screen/"))


def test_the_screen_has_a_code_to_tell_the_desk_by(event: Event, settings: Any) -> None:
    page = BeautifulSoup(get("screen/").content, "html.parser")
    code = page.find(attrs={"role": "img"})
    assert code
    address = settings.SITE_URL.split("://")[1] + "/tell/a-day/"
    assert code["aria-label"] == f"QR code for {address}"
    assert code.find("svg")
    assert address in page.get_text()


def test_the_snapshot_says_where_the_stream_goes_on(event: Event) -> None:
    say(1)
    found = json.loads(get("snapshot.json").content)
    assert found["last"] == reading.last_change(event.pk) > 0
    assert set(found) == {"last", "items", "around"}
    assert set(found["around"]) == {"wall-figures", "wall-now"}
    assert set(found["items"][0]) == {"item", "rank", "at", "say", "html"}
    later = say(2)
    stream = text(get(f"stream?after={found['last']}"))
    assert f'"item":{later.pk},' in stream
    assert stream.count("event: show") == 1
    assert stream.startswith("retry: ")


def test_one_that_cannot_be_shown_keeps_the_others_from_nobody(event: Event, caplog: pytest.LogCaptureFixture) -> None:
    broken, whole = say(1), say(2)
    Item.objects.filter(pk=broken.pk).update(media=[None])
    frames, last = reading.frames_since(event, 0)
    assert last == Change.objects.latest("pk").pk
    assert [b"event: show" in frame.sent for frame in frames] == [False, True]
    assert items_on(text(get())) == {whole.pk}
    assert f"Item {broken.pk} cannot be shown" in caplog.text


def test_what_waited_for_its_time_comes_when_it_is_due(event: Event) -> None:
    Event.objects.update(safeguarding_minutes=5)
    item = say(1)
    assert items_on(text(get())) == set()
    Item.objects.update(show_at=item.said_at)
    assert wall_log.settle_due() == 1
    assert items_on(text(get())) == {item.pk}
    assert Item.objects.get().state == ItemState.SHOWN
