"""What Exampleshire has arranged for its posts: rules, slots, a deputy, ready-made texts, and who agreed to be seen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

from moothall.accounts.models import Service
from moothall.library import actions as library
from moothall.library.models import Asset
from moothall.operating.example.people import Cast
from moothall.operating.example.register import Register
from moothall.planning import ready_made_actions, slot_actions
from moothall.planning.ready_made_actions import Words
from moothall.publishing import pausing, rule_actions, switch
from moothall.publishing.models import ApprovalRule, ReadyMade

WEEKDAYS = range(5)
SLOTS: dict[str, tuple[Sequence[int], Sequence[time]]] = {
    "libraries": (WEEKDAYS, (time(9), time(16, 30))),
    "libraries-practice-mastodon": (WEEKDAYS, (time(9, 15),)),
    "ember": ((1, 4), (time(12),)),
}
"""Weekdays (Monday is 0) and times, by channel."""

READY_MADE = (
    (
        "fire-and-rescue",
        Words(
            service=None,
            kind=ReadyMade.Kind.EVERGREEN,
            name="Safe cooking: turn the handles in",
            text="Turn pan handles in before you turn round. Most fires that we go to began at a hob that nobody was "
            "looking at.",
            rest_days=30,
        ),
    ),
    (
        "fire-and-rescue",
        Words(
            service=None,
            kind=ReadyMade.Kind.EVERGREEN,
            name="Test it Tuesday",
            text="Press the button on your smoke alarm. If it does not make you jump, change the battery today.",
            rest_days=14,
        ),
    ),
    (
        "libraries",
        Words(
            service=None,
            kind=ReadyMade.Kind.EVERGREEN,
            name="Join the library",
            text="A library card is free, takes two minutes, and works in all eleven of our libraries. Bring nothing "
            "but your name.",
            rest_days=60,
        ),
    ),
    (
        "libraries",
        Words(
            service=None,
            kind=ReadyMade.Kind.TEMPLATE,
            name="A library closes for a day",
            text="{library} is closed on {day}: {reason}. Books due that day are not late until the day after. The "
            "nearest open library is {nearest}.",
        ),
    ),
)


def settle(cast: Cast, channels: Register) -> None:
    """What was settled before anybody wrote a post."""
    desk = cast["maren.oakes"]
    rule_actions.save_rule(desk, channels["council"], 1, ApprovalRule.Whose.DESK)
    for slug, (weekdays, times) in SLOTS.items():
        slot_actions.add_slots(desk, channels[slug], weekdays, times)
    for service, words in READY_MADE:
        ready_made_actions.save(desk, None, replace(words, service=Service.objects.get(slug=service)))


def go_away(cast: Cast, today: date) -> None:
    """The head of libraries is away from the day after tomorrow, and has a deputy."""
    owen, devika = cast["owen.thistle"], cast["devika.pell"]
    rule_actions.set_absence(owen, owen, devika, today + timedelta(days=2), today + timedelta(days=12))


def pause(cast: Cast) -> None:
    """The desk stopped the highways' posts for half an hour."""
    highways = Service.objects.get(slug="highways")
    switch.begin(
        cast["maren.oakes"], "An accident at Tallow Bridge. Nothing cheerful until the road is clear.", [highways]
    )


def go_on(cast: Cast) -> None:
    for each in pausing.current():
        switch.end(cast["maren.oakes"], each)


def agree(cast: Cast, today: date) -> None:
    """Who can be recognised in two of the pictures has agreed to it; for one of them it ends soon."""
    desk = cast["maren.oakes"]
    for name, person, reference, days in (
        ("story-time.jpg", "Two readers of story time", "LIB-0417", 400),
        ("music.jpg", "The string quartet", "LIB-0420", 20),
    ):
        asset = Asset.objects.filter(original_name=name).earliest("added_at")
        library.note_consent(desk, asset, person=person, reference=reference, expires_on=today + timedelta(days=days))
