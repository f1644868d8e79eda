"""A day of 24 hours replayed in a minute or two, with everything that can go wrong: at its end every figure is exact.

The listeners are real processes and are really killed. Two networks are heard: Bluesky, by a stand-in for its firehose,
and the practice network. The clock is the day's own, and goes through the hour that comes twice; what should be there
is counted by the script alone, which knows nothing of how it is taken.
"""

import heapq
import itertools
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Connection
from moothall.contributions import desk, offering
from moothall.contributions.models import Contribution, Way
from moothall.core import clock, sealing
from moothall.events import counting
from moothall.events.listening.listener import Listener
from moothall.events.models import Door, Event, EventTag, Item, LinkedHandle
from moothall.networks.text import fold_tag
from moothall.rehearsal import crowd
from moothall.rehearsal.models import CrowdPost
from moothall.reports import queries
from moothall.reports.figures import figures
from tests import factories
from tests.events.listening.conftest import QUICK, Listeners, eventually, place
from tests.events.listening.fast_day import DatabaseTrouble, FastClock
from tests.events.test_taking import on_the_wall
from tests.peers.bluesky_streams import BlueskyStreams, post
from tests.publishing.killing import fork

SEED = 20261025
BEGINS = datetime(2026, 10, 24, 12, tzinfo=UTC)
"""One o'clock in the afternoon of Exampleshire; in the night there it is two hours from one to two."""
ENDS = BEGINS + timedelta(hours=24)
TROUBLE = BEGINS + timedelta(hours=14, minutes=30)
NIGHT = range(15, 18)
"""The hours of the event in which the council sleeps."""
SAID, BESIDE, TOLD, KILLS, SERVICES = 5_000, 800, 300, 50, 12
SCRIPT_SECONDS, AT_MOST = 60.0, 3.0
DELAY = timedelta(minutes=10)
WRITTEN = ("#ExDay24", "#EXDAY24", "＃exday24", "#exday24!", "#ExampleshireDay")


@dataclass(frozen=True)
class Speaker:
    """An account on one of the networks."""

    network: str
    name: str
    door: Door = Door.PUBLIC
    service: str = ""

    @property
    def author_id(self) -> str:
        return f"did:plc:{self.name}" if self.network == "bluesky" else f"crowd:{self.name}"

    @property
    def handle(self) -> str:
        return f"{self.name}.test" if self.network == "bluesky" else self.name


@dataclass
class Said:
    """A post as the script knows it."""

    by: Speaker
    at: datetime
    text: str
    remote_id: str
    stands: bool = True
    """Whether it is there, and has a hashtag of the event's."""
    frame: int = -1
    crowd: CrowdPost | None = None


@dataclass
class Script:
    """What is said and done in the course of the day, and the tally."""

    event: Event
    clock: FastClock
    stream: BlueskyStreams
    chance: random.Random
    said: list[Said] = field(default_factory=list)
    ended: set[Speaker] = field(default_factory=set)
    states: Counter[str] = field(default_factory=Counter)
    _plan: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def at(self, when: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (when, next(self._numbers), act))

    def __len__(self) -> int:
        return len(self._plan)

    def act(self) -> None:
        """Do what comes next."""
        when, _, do = heapq.heappop(self._plan)
        self.clock.go(when)
        do()

    # --- What is said ---

    def say(self, by: Speaker, has_tag: bool = True) -> None:
        if by in self.ended:
            return
        number = next(self._numbers)
        words = f"Post {number} {self.chance.choice(WRITTEN) if has_tag else '#other'}"
        made = Said(by, clock.now(), words, f"at://{by.author_id}/app.bsky.feed.post/3k{number}", has_tag)
        if by.network == "bluesky":
            made.frame = self.stream.told
            self.stream.say(by.author_id, f"3k{number}", post(words, made.at))
        else:
            made.crowd = crowd.say_in_the_crowd(by.handle, words)
            made.remote_id = f"crowd-{made.crowd.pk}"
        self.said.append(made)
        if has_tag:
            self._what_becomes_of_it(made)

    def _what_becomes_of_it(self, made: Said) -> None:
        for share, act in ((0.1, self.edit), (0.03, self.lose_tag), (0.07, self.delete), (0.08, self.tell_again)):
            if self.chance.random() < share:
                later = clock.now() + timedelta(seconds=self.chance.uniform(1, 3_600))
                if later < ENDS:
                    self.at(later, lambda act=act: act(made))  # type: ignore[misc]

    def edit(self, made: Said, text: str = "") -> None:
        if not made.stands:
            return
        made.text = text or f"{made.text} (corrected)"
        if made.crowd:
            crowd.say_otherwise(made.crowd, made.text)
        else:
            self.stream.say(made.by.author_id, self._key(made), post(made.text, made.at), "update")

    def lose_tag(self, made: Said) -> None:
        self.edit(made, "Never mind.")
        made.stands = False

    def delete(self, made: Said) -> None:
        if not made.stands:
            return
        made.stands = False
        if made.crowd:
            crowd.take_back(made.crowd)
        else:
            self.stream.delete(made.by.author_id, self._key(made))

    def tell_again(self, made: Said) -> None:
        if made.frame >= 0:
            self.stream.tell_again(made.frame)

    def end_account(self, of: Speaker) -> None:
        self.ended.add(of)
        self.stream.end_account(of.author_id)
        for made in self.said:
            made.stands = made.stands and made.by != of

    @staticmethod
    def _key(made: Said) -> str:
        return made.remote_id.rpartition("/")[2]

    # --- What is told ---

    def tell(self, staff: User, alice: User, number: int) -> None:
        told = offering.Told(once=uuid.UUID(int=number + 1), words=f"Something happened {number}", event=self.event)
        made = offering.tell(staff, told)
        if self.chance.random() < 0.1:
            assert offering.tell(staff, told) == made
        what = self.chance.choice(["waiting", "declined", "kept"])
        self.states[what] += 1
        if what != "waiting":
            desk.claim(alice, made)
        if what == "declined":
            desk.decline(alice, made, "We had this one already.")
        elif what == "kept":
            desk.keep(alice, made)

    # --- What must come of it ---

    @property
    def standing(self) -> list[Said]:
        return [each for each in self.said if each.stands]

    def hours(self, doors: set[Door]) -> Counter[int]:
        return Counter((each.at - BEGINS) // timedelta(hours=1) for each in self.standing if each.by.door in doors)


@dataclass
class Cast:
    """Who takes part."""

    official: list[Speaker]
    staff: list[Speaker]
    public: list[Speaker]

    def somebody(self, chance: random.Random, hour: int) -> Speaker:
        ours, theirs = (0, 1) if hour in NIGHT else (0.45, 0.55)
        kind = chance.choices([self.official, self.staff, self.public], [ours * 0.6, ours * 0.4, theirs])[0]
        return chance.choice(kind)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> FastClock:
    return FastClock(BEGINS - timedelta(minutes=2), monkeypatch)


@pytest.fixture
def day(transactional_db: None, fast: FastClock) -> Event:
    made = Event.objects.create(
        name="A day of the council", slug="a-day", starts_at=BEGINS, ends_at=ENDS, zone="Europe/London",
        shows_public_at_once=True, safeguarding_minutes=DELAY // timedelta(minutes=1),
    )  # fmt: skip
    for tag, kind in (("ExDay24", EventTag.Kind.MAIN), ("ExampleshireDay", EventTag.Kind.ALTERNATE)):
        EventTag.objects.create(event=made, tag=tag, folded=fold_tag(tag), kind=kind)
    made.services.set(factories.service(f"Service {number}") for number in range(SERVICES))
    return made


@pytest.fixture
def cast(day: Event) -> Cast:
    made = Cast([], [], [])
    for number in range(SERVICES - 1):  # the last service says nothing all day
        speaker = Speaker(
            ("bluesky", "rehearsal")[number % 3 == 0], f"service{number}", Door.OFFICIAL, f"Service {number}"
        )
        channel = factories.channel(
            network=speaker.network, handle=speaker.handle, service=factories.service(speaker.service)
        )
        Connection.objects.create(
            channel=channel, sealed=sealing.seal({}), remote_id=speaker.author_id, connected_at=clock.now(),
            checked_at=clock.now(), check_due_at=clock.now() + timedelta(days=2),
        )  # fmt: skip
        made.official.append(speaker)
    for number in range(8):
        speaker = Speaker("bluesky", f"colleague{number}", Door.STAFF)
        LinkedHandle.objects.create(
            person=factories.person(), network="bluesky", handle=speaker.handle, author_id=speaker.author_id,
            code="x", proved_at=clock.now(),
        )  # fmt: skip
        made.staff.append(speaker)
    made.public = [Speaker(("bluesky", "rehearsal")[number % 3 == 0], f"charlie{number}") for number in range(40)]
    return made


@pytest.fixture
def stream(cast: Cast, fast: FastClock) -> Iterator[BlueskyStreams]:
    with BlueskyStreams(now=fast.now) as made:
        made.handles = {each.author_id: each.handle for each in (*cast.official, *cast.staff, *cast.public)}
        yield made


@pytest.fixture
def script(day: Event, fast: FastClock, stream: BlueskyStreams, cast: Cast) -> Script:
    """All of the day's plan."""
    chance = random.Random(SEED)
    made = Script(day, fast, stream, chance)
    leaving = [each for each in cast.public if each.network == "bluesky"][:2]
    for number in range(SAID + BESIDE):
        when = BEGINS + chance.random() * (ENDS - BEGINS)
        speaker = cast.somebody(chance, (when - BEGINS) // timedelta(hours=1))
        while speaker in leaving and number < SAID and when > BEGINS + timedelta(hours=10):
            speaker = chance.choice(cast.public)
        made.at(when, lambda by=speaker, has_tag=number < SAID: made.say(by, has_tag))  # type: ignore[misc]
    for each in leaving:
        made.at(BEGINS + timedelta(hours=10), lambda of=each: made.end_account(of))  # type: ignore[misc]
    alice, staff = factories.person((Role.DESK, None), name="Alice"), [factories.person() for _ in range(20)]
    for number in range(TOLD):
        when = BEGINS + chance.random() * (ENDS - BEGINS)
        made.at(when, lambda n=number: made.tell(staff[n % 20], alice, n))  # type: ignore[misc]
    return made


@pytest.mark.crash
def test_24_hours_in_which_everything_goes_wrong_are_counted_exactly(
    day: Event, script: Script, listeners: Listeners
) -> None:
    trouble = DatabaseTrouble()
    heard = [place("bluesky", "firehose", script.stream.url), place("rehearsal", "practice", "crowd")]
    script.at(TROUBLE, lambda: setattr(trouble, "is_on", True))
    script.at(TROUBLE + timedelta(minutes=30), lambda: time.sleep(2))
    script.at(TROUBLE + timedelta(hours=1), lambda: setattr(trouble, "is_on", False))

    taken = play(script, listeners, trouble)
    assert trouble.was_met
    assert sum(after > before for before, after in pairwise([0, *taken])) > KILLS * 0.8, "it was killed at its work"

    script.clock.go(ENDS - timedelta(milliseconds=1))
    for each in ("bluesky", "rehearsal"):  # and then the last words
        script.say(Speaker(each, "last"))
    script.clock.go(ENDS + 2 * DELAY)
    standing = {each.remote_id: each.text for each in script.standing}
    eventually(lambda: set(standing) <= set(Item.objects.values_list("remote_id", flat=True)), within=240)
    script.clock.go(ENDS + 4 * DELAY)  # the delay counts from when the last words were heard
    eventually(lambda: wall_of(day) == standing, within=240)
    for place_heard in heard:
        place_heard.refresh_from_db()
        assert not place_heard.trouble

    assert len({each.remote_id for each in script.said}) == len(script.said)
    assert Item.objects.filter(pk__in=on_the_wall(day)).count() == len(standing), "who followed the wall sees the same"
    assert Item.objects.count() == Item.objects.values("network", "remote_id").distinct().count()
    the_wall_counts_exactly(day, script)
    the_report_counts_exactly(day, script)


def play(script: Script, listeners: Listeners, trouble: DatabaseTrouble) -> list[int]:
    """Let the day go by, and kill the listener now and then. Returns how many items there were at each killing."""

    def work() -> None:
        trouble.let_in()
        Listener(QUICK).run()

    def start() -> int:
        pid = fork(work)
        listeners.running.append(pid)
        return pid

    whole = len(script)
    fatal = sorted(script.chance.sample(range(50, whole - 50), KILLS))
    pid, back_at, done = start(), 0, 0
    taken: list[int] = []
    began = time.monotonic()
    while len(script):
        script.act()
        done += 1
        if pid and fatal and done >= fatal[0]:
            fatal.pop(0)
            let_it_take_something(taken[-1] if taken else 0)
            listeners.kill(pid)
            taken.append(Item.objects.count())
            pid, back_at = 0, done + script.chance.randint(3, 12)
        elif not pid and done >= back_at:
            pid = start()
        time.sleep(max(0.0, began + SCRIPT_SECONDS * done / whole - time.monotonic()))
    if not pid:
        start()
    assert len(taken) == KILLS
    return taken


def let_it_take_something(more_than: int) -> None:
    """The one before may have been killed a moment ago. In the hour of trouble there is nothing to wait for."""
    until = time.monotonic() + AT_MOST
    while Item.objects.count() <= more_than and time.monotonic() < until:
        time.sleep(0.02)


def wall_of(day: Event) -> dict[str, str]:
    return dict(Item.objects.filter(event=day, is_on_wall=True).values_list("remote_id", "text"))


def the_wall_counts_exactly(day: Event, script: Script) -> None:
    standing = script.standing
    ours = script.hours({Door.OFFICIAL, Door.STAFF})
    counts = counting.count(day, clock.now())
    assert counts == counting.Counts(
        items=len(standing),
        contributors=len({each.by for each in standing}),
        services=SERVICES - 1,
        services_wanted=SERVICES,
        hours=len(ours),
        hours_so_far=24,
        official=sum(each.by.door == Door.OFFICIAL for each in standing),
        networks=2,
        reach=0,  # neither network says how many follow whom
        reach_of=0,
    )
    assert counts.hours == 24 - len(NIGHT)
    assert 4_000 < counts.items < 5_000, "some were deleted, and most were not"


def the_report_counts_exactly(day: Event, script: Script) -> None:
    standing = script.standing
    report = figures(queries.rows(day, clock.now()))
    counters = {each["key"]: each["number"] for section in report["sections"] for each in section["counters"]}
    tables = {each["key"]: each for section in report["sections"] for each in section["tables"]}
    assert counters["items"] == len(standing)
    assert counters["told"] == Contribution.objects.count() == TOLD + own_accounts(script)
    doors = Counter(each.by.door for each in standing)
    assert rows(tables["doors"]) == {str(door.label): [doors[door]] for door in Door}
    networks = Counter({"bluesky": "Bluesky", "rehearsal": "Rehearsal"}[each.by.network] for each in standing)
    assert rows(tables["networks"]) == {label: [number] for label, number in networks.items()}
    told = rows(tables["contributions"])
    declined, kept, waiting = (script.states[each] for each in ("declined", "kept", "waiting"))
    assert told[str(Way.WEB.label)] == [TOLD, 0, 0, 0, declined, kept, 0, waiting]
    assert told[str(Way.OWN_ACCOUNT.label)][0] == own_accounts(script)
    the_hours_are_exact(tables["service-hours"], script)


def own_accounts(script: Script) -> int:
    """What staff said with the hashtag on own accounts, even if they deleted it later."""
    return sum(each.by.door == Door.STAFF and "#other" not in each.text for each in script.said)


def the_hours_are_exact(table: dict[str, Any], script: Script) -> None:
    """Also those two that the clocks call the same."""
    labels = [row[0] for row in table["rows"]]
    assert len(labels) == len(set(labels)) == 24
    assert labels[11:15] == ["Sun 00:00", "Sun 01:00 (UTC+1)", "Sun 01:00 (UTC+0)", "Sun 02:00"]
    by_service: Counter[tuple[int, str]] = Counter()
    for each in script.standing:
        if each.by.door != Door.PUBLIC:
            by_service[(each.at - BEGINS) // timedelta(hours=1), each.by.service or "No service known"] += 1
    assert sum(sum(row[1:]) for row in table["rows"]) == by_service.total()
    for hour, row in enumerate(table["rows"]):
        for name, number in zip(table["columns"][1:], row[1:], strict=True):
            assert number == by_service[hour, name], (hour, name)


def rows(table: dict[str, Any]) -> dict[str, list[Any]]:
    return {row[0]: row[1:] for row in table["rows"]}
