"""The hub: everybody gets everything once, whoever is slow gets it later, and nobody costs without bound."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.events.wall import hub as hubs
from moothall.events.wall.hub import Facts, Frame
from tests.events.hub_fakes import EVENT, MOST, SLUG, Line, Time, World, events, frame


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(hubs, "time", made)
    monkeypatch.setattr(hubs, "asyncio", SimpleNamespace(get_running_loop=lambda: made))
    return made


@pytest.fixture
def world(time: Time) -> World:
    return World(time)


def numbers(line: Line) -> list[int]:
    return [number for kind, number, _ in events(line.came) if kind != "reload"]


def kinds(line: Line) -> list[str]:
    return [kind for kind, _, _ in events(line.came)]


# --- Coming -----------------------------------------------------------------------------------------------------------


def test_who_comes_first_waits_for_the_wall_and_all_get_the_same_bytes(world: World) -> None:
    alice, bob = world.comes(), world.comes()
    assert world.wanted == [SLUG], "asked for once, however many wait"
    assert alice.came == b""
    world.opens()
    assert alice.came.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n")
    assert b"date: now\r\n" in alice.came
    assert b"x-accel-buffering: no\r\n" in alice.came
    said = frame(1, 7)
    before = len(alice.came), len(bob.came)
    world.says(said)
    assert alice.came[before[0] :] == bob.came[before[1] :] == said.sent


def test_a_browser_is_told_to_come_back_at_another_moment_than_the_others(world: World) -> None:
    world.comes()
    world.opens()
    waits = {world.comes().came.partition(b"retry: ")[2].split(b"\n")[0] for _ in range(MOST - 1)}
    assert all(hubs.RETRY_MS[0] <= int(each) <= hubs.RETRY_MS[1] for each in waits)
    assert len(waits) > 1


def test_there_is_no_such_wall(world: World) -> None:
    charlie = world.comes()
    world.hub.opened(SLUG, None)
    assert charlie.came.startswith(b"HTTP/1.1 404 ")
    assert not charlie.is_open
    assert len(world.hub) == 0


def test_no_more_viewers_than_the_process_has_files_for(world: World) -> None:
    lines = [world.comes() for _ in range(MOST)]
    one_too_many = world.comes()
    assert one_too_many.came.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 30\r\n" in one_too_many.came
    lines[0].abort()
    world.opens()
    assert world.comes().came.startswith(b"HTTP/1.1 200 ")


def test_names_of_walls_that_nobody_knows_are_not_waited_for_without_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_WAITING", 2)
    first, second = world.comes(slug="a"), world.comes(slug="b")
    assert world.comes(slug="c").came.startswith(b"HTTP/1.1 503 ")
    world.comes(slug="a")
    assert world.wanted == ["a", "b"]
    assert first.is_open
    assert second.is_open


def test_while_the_database_is_away_one_waits_and_not_for_ever(world: World) -> None:
    alice = world.comes()
    world.time.passes(hubs.WAIT_SECONDS - 2)
    assert alice.is_open
    assert alice.came == b""
    world.time.passes(4)
    assert alice.came.startswith(b"HTTP/1.1 503 ")
    world.opens()  # it is back, and Alice is not there any more
    assert alice.came.count(b"HTTP/1.1") == 1


def test_who_leaves_while_waiting_leaves_nothing_behind(world: World) -> None:
    world.comes().abort()
    world.opens()
    world.time.passes(hubs.EMPTY_SECONDS + 2)
    assert world.forgotten == [EVENT]
    assert world.time.is_still
    assert not world.connections


# --- Coming back ------------------------------------------------------------------------------------------------------


def test_who_comes_back_gets_what_they_missed_and_no_more(world: World) -> None:
    world.comes()
    world.opens()
    world.says(frame(1, 1), frame(2, 2))
    world.says(frame(3, 3))
    assert numbers(world.comes(after=1)) == [2, 3]
    assert numbers(world.comes(after=3)) == []
    assert numbers(world.comes()) == [], "a new page has a snapshot already"


def test_what_they_missed_is_as_it_is_now(world: World) -> None:
    world.comes()
    world.opens()
    world.says(frame(1, 1, "before"), frame(2, 2))
    world.says(frame(3, 1, "after"), frame(4, 2, None))
    back = world.comes(after=0)
    assert events(back.came) == [("show", 3, {"item": 1, "words": "after"}), ("remove", 4, {"item": 2, "words": None})]
    assert b"before" not in back.came


def test_who_missed_too_much_or_comes_from_another_time_is_told_to_load_again(world: World) -> None:
    world.comes()
    world.opens()
    for number in range(1, hubs.RECENT + 11):
        world.says(frame(number, number))
    assert kinds(world.comes(after=9)) == ["reload"]
    assert len(kinds(world.comes(after=10))) == hubs.RECENT
    assert kinds(world.comes(after=10**6)) == ["reload"], "the database was put back to an earlier day"


def test_what_is_kept_for_those_who_come_back_is_bounded_whatever_they_claim_to_know(world: World) -> None:
    world.comes()
    wall = world.opens(last=0)
    for number in range(1_000, 50_000, 1_000):
        world.says(frame(number, number))
    for after in range(0, 49_000, 7):
        wall.since(after)
    assert len(wall.missed) <= len(wall.recent) <= hubs.RECENT


# --- Who is slow ------------------------------------------------------------------------------------------------------


def flood(world: World, times: int = 30, first: int = 1) -> int:
    """One item is edited again and again; returns the id of the last change."""
    for number in range(first, first + times):
        world.says(frame(number, 1, f"version {number} " + "x" * 1_000))
    return first + times - 1


def test_a_slow_viewer_holds_little_and_then_gets_only_how_it_is_now(world: World) -> None:
    slow, quick = world.comes(), world.comes()
    world.opens()
    slow.takes = False
    last = flood(world, 500)
    assert len(slow.waits) < hubs.WRITE_BUFFER + 2_000
    assert numbers(quick) == list(range(1, last + 1))
    slow.take_again()
    got = numbers(slow)
    assert got[-1] == last
    assert len(got) < 20, "what was overtaken meanwhile is left out"
    world.says(frame(last + 1, 2))
    assert numbers(slow)[-1] == last + 1


def test_who_stalls_longer_is_cut_off_and_comes_back(world: World) -> None:
    slow = world.comes()
    world.opens()
    slow.takes = False
    last = flood(world)
    world.time.passes(hubs.STALLED_SECONDS - 1)
    assert slow.is_open
    world.time.passes(3)
    assert not slow.is_open
    assert len(world.hub) == 0
    known = numbers(slow)[-1] if numbers(slow) else 0
    assert numbers(world.comes(after=known)) == [last]


def test_who_is_told_to_go_and_does_not_take_even_that_is_cut_off(world: World) -> None:
    slow = world.comes()
    world.opens()
    slow.takes = False
    world.says(frame(1, 1))  # little enough for the buffer
    slow.protocol.shutdown()
    assert slow.is_open, "the rest may still arrive"
    world.time.passes(hubs.STALLED_SECONDS + 1)
    assert not slow.is_open


# --- Time passes ------------------------------------------------------------------------------------------------------


def test_a_wall_that_says_nothing_says_that_it_is_there(world: World) -> None:
    alice = world.comes()
    world.opens()
    world.time.passes(hubs.HEARTBEAT_SECONDS + 2)
    assert alice.came.endswith(hubs.HEARTBEAT)
    beats = alice.came.count(hubs.HEARTBEAT)
    world.time.passes(60)
    assert 3 <= alice.came.count(hubs.HEARTBEAT) - beats <= 4


def test_a_wall_that_nobody_watches_is_forgotten_and_opened_anew(world: World) -> None:
    alice = world.comes()
    world.opens()
    world.time.passes(hubs.EMPTY_SECONDS * 2)
    assert world.forgotten == [], "Alice watches"
    alice.abort()
    world.time.passes(hubs.EMPTY_SECONDS + 2)
    assert world.forgotten == [EVENT]
    assert world.time.is_still, "an empty hub has nothing to do"
    world.comes()
    assert world.wanted == [SLUG, SLUG]


def test_a_token_opens_a_staff_wall_and_only_for_its_time(world: World) -> None:
    world.tokens["good"] = 600.0
    alice, charlie = world.comes(token="good"), world.comes(token="forged")
    world.opens(is_public=False)
    world.says(frame(1, 1))
    assert b"cache-control: private, no-store, no-transform\r\n" in alice.came
    assert numbers(alice) == [1]
    assert charlie.came.startswith(b"HTTP/1.1 403 ")
    assert b"words" not in charlie.came
    world.time.passes(598)
    assert alice.is_open
    world.time.passes(4)
    assert not alice.is_open


def test_a_wall_that_is_for_staff_only_from_now_on_is_cut_off_from_all(world: World) -> None:
    charlie = world.comes()
    world.opens()
    world.hub.know(EVENT, Facts(EVENT, SLUG, is_public=False))
    world.says(frame(1, 1))
    assert not charlie.is_open
    assert numbers(charlie) == []
    assert world.forgotten == [EVENT]


def test_an_event_with_another_address_keeps_its_viewers(world: World) -> None:
    alice = world.comes()
    world.opens()
    world.hub.know(EVENT, Facts(EVENT, "another-name", is_public=True))
    bob = world.comes(slug="another-name")
    world.says(frame(1, 1))
    assert numbers(alice) == numbers(bob) == [1]
    world.comes()
    assert world.wanted == [SLUG, SLUG], "the old address is asked for anew"


def test_the_counters_are_sent_when_they_are_others(world: World) -> None:
    alice = world.comes()
    world.opens()
    for figure in (b"1", b"1", b"2"):
        world.hub.tell_around(EVENT, b"event: counters\ndata: " + figure + b"\n\n")
    assert [data for _, _, data in events(alice.came)] == [1, 2]
    assert [data for _, _, data in events(world.comes().came)] == [2]


# --- Whatever happens -------------------------------------------------------------------------------------------------


class Browser:
    """What a page shows that follows the stream, and loads a snapshot when it is told to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shows: dict[int, str] = {}
        self.last = 0
        self.line = world.comes()

    def look(self, now: dict[int, str], last: int) -> None:
        for kind, number, data in events(self.line.came):
            if kind == "reload":
                self.shows, self.last = dict(now), last
            elif number > self.last:
                self.last = number
                self.shows.pop(data["item"], None)
                if kind == "show":
                    self.shows[data["item"]] = data["words"]

    def returns(self) -> None:
        self.line.abort()
        self.line = self.world.comes(after=self.last)


doings = st.lists(
    st.tuples(
        st.sampled_from(["say", "say", "remove", "stop", "take", "lose", "wait"]),
        st.integers(0, 9),
    ),
    min_size=30,
    max_size=80,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings)
def test_whatever_happens_all_see_the_same_in_the_end(
    time: Time, monkeypatch: pytest.MonkeyPatch, done: list[tuple[str, int]]
) -> None:
    monkeypatch.setattr(hubs, "RECENT", 4)
    world = World(time)
    browsers = [Browser(world) for _ in range(3)]
    world.opens()
    now: dict[int, str] = {}
    last = 0
    for what, which in done:
        browser = browsers[which % 3]
        if what in ("say", "remove"):
            last += 1
            words = None if what == "remove" else f"{last} " + "x" * 9_000
            now.pop(which, None)
            if words:
                now[which] = words
            world.says(Frame(last, which, frame(last, which, words).sent))
        elif what == "stop":
            browser.line.takes = False
        elif what == "take":
            browser.line.take_again()
        elif what == "lose":
            browser.look(now, last)
            browser.returns()
        else:
            time.passes(which * 4)
    for browser in browsers:
        browser.line.take_again()
        browser.look(now, last)
        browser.returns()
        browser.look(now, last)
        assert browser.shows == now
        browser.line.abort()
