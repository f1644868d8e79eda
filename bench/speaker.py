"""Says one thing a second on the wall of the event "bench", in a database that is set up.

python -m bench.speaker            makes the event, says one thing, and prints its frame as JSON
python -m bench.speaker TIMES      prints, for each, when its transaction was about to commit (monotonic, seconds)
"""

import json
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.db import transaction  # noqa: E402 - models need the settings

from moothall.core import clock  # noqa: E402
from moothall.events import wall_log  # noqa: E402
from moothall.events.models import Change, Event, Item, ItemState  # noqa: E402
from moothall.events.wall import reading  # noqa: E402
from moothall.operating import house  # noqa: E402

WORDS = (
    "The grit lorries are out again tonight: eleven routes, four hundred miles, and one flask of soup per cab. If you "
    "pass one, give it room. "
)


def event() -> Event:
    now = clock.now()
    values = {
        "name": "A day of the council",
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=23),
    }
    return Event.objects.get_or_create(slug="bench", defaults=values)[0]


def say(of: Event, number: int) -> float:
    """Say something; returns when its transaction was about to commit."""
    with transaction.atomic():
        item = Item.objects.create(
            event=of,
            network="mastodon",
            remote_id=f"seq-{number:06}",
            author_id="https://social.example/users/highways",
            author_handle="highways@social.example",
            author_name="Exampleshire Highways",
            text=f"seq-{number:06} {WORDS}",
            url=f"https://social.example/@highways/{number}",
            said_at=clock.now(),
            came_by="bench",
            state=ItemState.SHOWN,
        )
        wall_log.settle(item)
        return time.monotonic()


def main() -> None:
    if len(sys.argv) < 2:
        house.prepare()
        of = event()
        say(of, 0)
        (frame,), _ = reading.frames_since(of, Change.objects.filter(event=of).latest("pk").pk - 1)
        print(json.dumps({"frame": frame.sent.decode()}))
        return
    of = event()
    start = time.monotonic()
    for number in range(1, int(sys.argv[1]) + 1):
        time.sleep(max(0.0, start + number - time.monotonic()))
        print(say(of, number), flush=True)


if __name__ == "__main__":
    main()
