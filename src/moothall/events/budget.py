"""The arithmetic of what a channel may still post: sliding windows over what is planned and what was sent.

All of it is pure. Moments are aware. What a network counts is its ``Rate``; what leaves us is a ``Load``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from moothall.networks.base import Rate

NEARLY = 0.8
"""From this share of a limit on the desk is warned."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Load:
    """One thing that leaves us at a moment: a post, or one part of a thread, with so many pictures or videos."""

    at: datetime
    uploads: int = 0


class Room(StrEnum):
    """How much room a limit leaves. The names are those of ``core.states``."""

    PLENTY = "room"
    TIGHT = "tight"
    NONE = "no_room"


@dataclass(frozen=True)
class Stretch:
    """The stretch, as long as a limit's, in which most of it is used; ``begins`` is ``None`` where nothing is."""

    used: int
    begins: datetime | None


def cost(rate: Rate, load: Load) -> int:
    """How much of ``rate`` that takes."""
    return rate.a_post + rate.an_upload * load.uploads


def tightest(rate: Rate, loads: Iterable[Load]) -> Stretch:
    """The fullest of all stretches ``[t, t + rate.per)``, the first of these if there are several."""
    in_order = sorted((each for each in loads if cost(rate, each)), key=lambda each: each.at)
    fullest, used, first = Stretch(0, None), 0, 0
    for each in in_order:
        used += cost(rate, each)
        while each.at - in_order[first].at >= rate.per:
            used -= cost(rate, in_order[first])
            first += 1
        if used > fullest.used:
            fullest = Stretch(used, in_order[first].at)
    return fullest


def used(rate: Rate, loads: Iterable[Load], now: datetime) -> int:
    """How much was used in the stretch that ends now."""
    return sum(cost(rate, each) for each in loads if now - rate.per < each.at <= now)


def room_again(rate: Rate, loads: Sequence[Load], now: datetime, wanted: int = 1) -> datetime | None:
    """When so much is free again if nothing more is sent; ``None``: it is now, or it is more than there ever is."""
    recent = sorted((each for each in loads if now - rate.per < each.at <= now), key=lambda each: each.at)
    taken = sum(cost(rate, each) for each in recent)
    if taken + wanted <= rate.number:
        return None
    for each in recent:
        taken -= cost(rate, each)
        if taken + wanted <= rate.number:
            return each.at + rate.per
    return None


def expected(rate: Rate, an_hour: int, uploads: int = 1) -> int:
    """How much so many posts an hour take in one stretch, evenly spread, each with so many pictures."""
    return ceil(an_hour * (rate.per / HOUR)) * (rate.a_post + rate.an_upload * uploads)


def room(rate: Rate, used: int) -> Room:
    """What is left when so much is used."""
    if used > rate.number:
        return Room.NONE
    return Room.TIGHT if used >= NEARLY * rate.number else Room.PLENTY


def room_for_more(rate: Rate, used: int) -> Room:
    """The same of what was sent: a limit that is reached leaves no room for another post."""
    return Room.NONE if used >= rate.number else room(rate, used)


def worst(rooms: Iterable[Room]) -> Room:
    """The one with the least room."""
    order = list(Room)
    return max(rooms, key=order.index, default=Room.PLENTY)
