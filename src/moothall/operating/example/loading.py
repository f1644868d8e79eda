"""Putting the example council into an empty database."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from moothall.accounts.actions import mark_read
from moothall.accounts.models import Notice, User
from moothall.core import clock, localtime
from moothall.events.models import Event
from moothall.operating.example import (
    arranged,
    artwork,
    concerns,
    council,
    incidents,
    lessons,
    live,
    people,
    policies,
    register,
    web_use,
)
from moothall.operating.example.at_hand import AT_HAND
from moothall.operating.example.people import ADMINISTRATOR, PEOPLE, Cast
from moothall.operating.example.register import CHANNELS, Register
from moothall.operating.example.said import SAID
from moothall.operating.example.stories import Act, Telling, after, on
from moothall.operating.example.timepiece import Timepiece, showing, work_until
from moothall.records.actions import capture
from moothall.records.models import Record

STORIES = SAID + AT_HAND + live.STORIES
STEPS = len(artwork.PICTURES) + len(CHANNELS) + len(STORIES) + web_use.STEPS
"""How often ``load`` calls ``step``."""

BEGINNING = on(-62, "09:00")
REGISTERING = on(-60, "09:30")
LEAVING = on(-40, "17:00")
SETTLING = on(-50, "10:00")
AGREEING = after(minutes=-100)
PAUSING = after(minutes=-90)
GOING_ON = after(minutes=-62)
GOING_AWAY = on(-1, "17:20")
RETIRING = on(-35, "11:00")
INVITING = on(-2, "11:20")
READING = on(-1, "17:30")
CHECKING = after(minutes=-180)

Step = Callable[[], None]


def is_empty() -> bool:
    """Whether nobody and nothing is here yet."""
    return not (User.objects.exists() or Record.objects.exists())


def is_over() -> bool:
    """Whether the example council is here, and its live event has ended: its wall moves no more."""
    ours = Event.objects.filter(is_example=True)
    return ours.exists() and not ours.filter(ends_at__gt=clock.now()).exists()


def load(step: Step = lambda: None) -> None:
    """Load the example council. ``step`` is called ``STEPS`` times, for a progress bar.

    Raises ``ValueError`` if the database is not empty. All or nothing, in one transaction: a worker that runs beside it
    sees none of the past as due.
    """
    if not is_empty():
        raise ValueError("There is data here already.")
    drawn = {}
    for name, picture in artwork.PICTURES.items():
        drawn[name] = picture.draw().encoded()
        step()
    now = clock.now()
    with transaction.atomic():
        with showing(BEGINNING(now)) as timepiece:
            cast = _live_through(drawn, now, timepiece, step)
        web_use.load(step)
        concerns.ask_for_an_opening(cast)
        _keep_quiet()
        capture("example.loaded", "example", actor=None, why="Everything before this record is made up.")


def _live_through(drawn: dict[str, bytes], now: datetime, timepiece: Timepiece, step: Step) -> Cast:
    """Everything that happened, each thing at its time, up to ``now``. Returns who took part."""
    cast = _gather(timepiece)
    channels = _register(cast, now, timepiece, step)
    acts = [
        *_chores(cast, channels, now),
        *_stories(cast, channels, drawn, now, step),
        *live.acts(cast, channels, drawn, now),
        *web_use.acts(cast, now),
        *lessons.acts(cast, now),
        *incidents.acts(cast, now),
        *policies.acts(cast, now),
        *concerns.acts(cast, now),
    ]
    for act in sorted(acts, key=lambda each: each.at):
        work_until(act.at, timepiece)
        act.do()
    work_until(now, timepiece)
    return cast


def _gather(timepiece: Timepiece) -> Cast:
    """The administrator comes and sets things up, then all the others."""
    first = people.invite(ADMINISTRATOR, None, clock.now())
    council.introduce(first)
    council.build(first)
    cast = {ADMINISTRATOR: first}
    for key in PEOPLE:
        if key != ADMINISTRATOR:
            timepiece.move_to(clock.now() + timedelta(minutes=9))
            cast[key] = people.invite(key, first, clock.now())
    return cast


def _register(cast: Cast, now: datetime, timepiece: Timepiece, step: Step) -> Register:
    timepiece.move_to(REGISTERING(now))
    channels = {}
    for slug in CHANNELS:
        timepiece.move_to(clock.now() + timedelta(minutes=7))
        channels[slug] = register.enter(slug, cast, now.date())
        step()
    return channels


def _chores(cast: Cast, channels: Register, now: datetime) -> Iterator[Act]:
    """What is not about posts."""
    yield Act(LEAVING(now), lambda: people.leave(cast))
    today = localtime.local(now).date()
    yield Act(SETTLING(now), lambda: arranged.settle(cast, channels))
    yield Act(AGREEING(now), lambda: arranged.agree(cast, today))
    yield Act(PAUSING(now), lambda: arranged.pause(cast))
    yield Act(GOING_ON(now), lambda: arranged.go_on(cast))
    yield Act(GOING_AWAY(now), lambda: arranged.go_away(cast, today))
    yield Act(RETIRING(now), lambda: register.retire(channels, cast))
    yield Act(INVITING(now), lambda: people.invite_in_vain(cast[ADMINISTRATOR], clock.now()))
    for person in cast.values():
        yield Act(READING(now), partial(mark_read, person))
    yield Act(CHECKING(now), lambda: register.look_after(channels))


def _stories(cast: Cast, channels: Register, drawn: dict[str, bytes], now: datetime, step: Step) -> Iterator[Act]:
    for number, story in enumerate(STORIES):
        first, *others = Telling(story, number, cast, channels, drawn).acts(now)
        yield Act(first.at, _both(first.do, step))
        yield from others


def _both(one: Callable[[], object], other: Step) -> Callable[[], None]:
    def do() -> None:
        one()
        other()

    return do


def _keep_quiet() -> None:
    """Nobody gets an e-mail about the past."""
    Notice.objects.update(email_due_at=None)
