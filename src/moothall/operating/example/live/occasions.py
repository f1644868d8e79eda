"""The events of the example council, and the posts that its channels wrote beforehand for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from moothall.operating.example.live.official import CLOCK, CLOCK_TAG, DAY, DAY_TAG, NEXT, PILOT, PILOT_TAG, Line
from moothall.operating.example.live.plans import ANY_HOUR_FLOORS, DAY_FLOORS, Floor
from moothall.operating.example.live.told import TOLD_CLOCK, TOLD_DAY, Telling
from moothall.operating.example.stories import Moment, Story, after, on


def full_hour(hours: float) -> Moment:
    """The last full hour that is at least so many hours ago when the example is loaded."""
    return lambda now: (now - timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Occasion:
    """One event, and all that belongs to it. ``found`` is how many things strangers said with its hashtag."""

    name: str
    slug: str
    summary: str
    tag: str
    begins: Moment
    hours: int
    lines: Sequence[Line]
    told: Sequence[Telling] = ()
    found: int = 0
    floors: Sequence[Floor] = ()
    """Its running order. Without one, nobody was on a rota either."""
    is_reported: bool = True
    heard_for: float = 24
    """Hours after its beginning up to which strangers spoke."""
    delay: int = 0
    notice: str = ""


OCCASIONS = (
    Occasion(
        "Six hours of Exampleshire",
        "six-hours",
        "A trial: six hours, four channels, one desk. What it taught us made the day that followed.",
        PILOT_TAG,
        on(-48, "10:00"),
        6,
        PILOT,
        found=14,
        heard_for=6,
    ),
    Occasion(
        "A day of Exampleshire",
        "a-day-of-exampleshire",
        "From six to six: every service says what it does, as it does it, and staff tell what they see.",
        DAY_TAG,
        on(-20, "06:00"),
        24,
        DAY,
        TOLD_DAY,
        found=90,
        floors=DAY_FLOORS,
        delay=10,
    ),
    Occasion(
        "Round the clock",
        "round-the-clock",
        "Twenty-four hours of a council at work, told by those who do it.",
        CLOCK_TAG,
        full_hour(6.7),
        24,
        CLOCK,
        TOLD_CLOCK,
        found=60,
        floors=ANY_HOUR_FLOORS,
        is_reported=False,
        heard_for=6.6,
        notice="Work here? Tell the desk what you see.",
    ),
)
LIVE = OCCASIONS[-1]


def _stories() -> Iterator[Story]:
    """The official posts of all events, written and approved beforehand."""
    for occasion in OCCASIONS:
        for line in occasion.lines:
            yield Story(
                line.author,
                line.channels,
                f"{line.text} #{occasion.tag}",
                partial(_at, occasion.begins, line.hours),
                line.pictures,
            )
    for minutes, author, channel, text in NEXT:
        yield Story(author, (channel,), f"{text} #{CLOCK_TAG}", after(minutes=minutes))


def _at(begins: Moment, hours: float, now: datetime) -> datetime:
    return begins(now) + timedelta(hours=hours)


STORIES = tuple(_stories())
