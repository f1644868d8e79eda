"""Fill an empty database with a busy council: 200 channels of 40 services, 100 people, and 50,000 posts of two years.

    python -m bench.crowd POSTS

Every post went out, or waits, on two of its service's channels; of the latest, some are drafts, wait for approval, are
held, failed or are in doubt. Prints as JSON what ``bench.pages`` asks for.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - models need the settings

from moothall.accounts.models import Membership, Service, User  # noqa: E402
from moothall.accounts.roles import Role  # noqa: E402
from moothall.channels import profiles  # noqa: E402
from moothall.channels.models import Channel, Connection, State  # noqa: E402
from moothall.channels.queries import limits_to_keep  # noqa: E402
from moothall.core import sealing  # noqa: E402
from moothall.networks import registry  # noqa: E402
from moothall.networks.base import Account  # noqa: E402
from moothall.networks.keys import make_key  # noqa: E402
from moothall.newsroom.models import Entry, Page  # noqa: E402
from moothall.operating import house  # noqa: E402
from moothall.publishing.models import (  # noqa: E402
    Delivery,
    DeliveryState,
    Post,
    Revision,
    Timing,
    Variant,
    Verdict,
)

SERVICES, CHANNELS, PEOPLE = 40, 200, 100
AT_ONCE = 2_000
"""How many rows are written with one statement."""
NETWORKS = ("mastodon", "bluesky", "newsroom", "rehearsal", "mastodon")
WORDS = [
    "libraries",
    "reading",
    "road",
    "closed",
    "open",
    "today",
    "tomorrow",
    "help",
    "fire",
    "safety",
    "tip",
    "garden",
    "waste",
    "school",
    "bus",
    "archive",
]


def people(services: list[Service]) -> list[User]:
    made = User.objects.bulk_create(
        User(email=f"person{number}@exampleshire.example", name=f"Person {number}", password="!")
        for number in range(PEOPLE)
    )
    grants = [Membership(user=made[0], role=Role.DESK)]
    for number, each in enumerate(made[1:], start=1):
        role = (Role.AUTHOR, Role.APPROVER, Role.LEAD)[number % 3]
        grants.append(Membership(user=each, role=role, service=services[number % SERVICES]))
    Membership.objects.bulk_create(grants)
    Authenticator.objects.create(user=made[0], type=Authenticator.Type.TOTP, data={"secret": "never used"})
    return made


def channels(services: list[Service]) -> list[Channel]:
    made = Channel.objects.bulk_create(
        Channel(
            network=NETWORKS[number % len(NETWORKS)],
            handle=f"channel-{number}@exampleshire.example" if number % 5 in (0, 4) else f"channel-{number}",
            slug=f"channel-{number}",
            display_name=f"Channel {number}",
            service=services[number % SERVICES],
            state=State.LIVE,
        )
        for number in range(CHANNELS)
    )
    now = datetime.now(UTC)
    Connection.objects.bulk_create(
        Connection(
            channel=each,
            sealed=sealing.seal({}),
            remote_id=str(each.pk),
            limits=limits_to_keep(registry.network(each.network).limits),
            connected_at=now,
            checked_at=now,
            check_due_at=now + timedelta(days=1),
        )
        for each in made
    )
    return made


def posts(number: int, by_service: dict[int, list[Channel]], authors: dict[int, list[User]]) -> Iterator[tuple]:
    """Rows of one post each: the post, its channels, its verdict (``None``: a draft), and the deliveries' state."""
    chance = random.Random(7)
    now = datetime.now(UTC)
    fates = [None, Verdict.UNDECIDED, DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.UNCONFIRMED]
    for place in range(number):
        service = place % SERVICES
        chosen = chance.sample(by_service[service], 2)
        goes = now + timedelta(minutes=21 * (400 - number + place))  # the last 400 are still to come
        fate = DeliveryState.SENT if goes < now else DeliveryState.WAITING
        if place > number - 1_500 and place % 9 == 0:
            fate = fates[place // 9 % len(fates)]
        text = f"{place}: " + " ".join(chance.choices(WORDS, k=25))
        author = chance.choice(authors[service])
        yield service, author, text, goes, chosen, fate


def write(rows: list[tuple], services: list[Service], number: int) -> None:
    made = Post.objects.bulk_create(
        Post(
            service=services[service],
            author=author,
            text=text,
            scheduled_for=goes,
            timing=Timing.AT_A_TIME,
            made_at=goes - timedelta(days=1),
            edited_at=goes - timedelta(days=1),
        )
        for service, author, text, goes, _, _ in rows
    )
    Variant.objects.bulk_create(
        Variant(post=post, channel=channel) for post, row in zip(made, rows, strict=True) for channel in row[4]
    )
    sent = [(post, row) for post, row in zip(made, rows, strict=True) if row[5] is not None]
    revisions = Revision.objects.bulk_create(_revision(post, row) for post, row in sent)
    Delivery.objects.bulk_create(
        _delivery(revision, channel, row, number + 2 * place + which)
        for place, (revision, (_, row)) in enumerate(zip(revisions, sent, strict=True))
        if row[5] != Verdict.UNDECIDED
        for which, channel in enumerate(row[4])
    )


def _revision(post: Post, row: tuple) -> Revision:
    variants = [
        {"channel": each.pk, "language": "en", "options": {}, "card": None, "parts": [{"text": row[2], "media": []}]}
        for each in row[4]
    ]
    content = {
        "service": post.service_id,
        "text": row[2],
        "scheduled_for": row[3].isoformat(),
        "timing": Timing.AT_A_TIME,
        "variants": variants,
    }
    verdict = Verdict.UNDECIDED if row[5] == Verdict.UNDECIDED else Verdict.APPROVED
    return Revision(
        post=post,
        number=1,
        content=content,
        scheduled_for=row[3],
        sent_by=row[1],
        sent_at=post.made_at,
        verdict=verdict,
    )


def _delivery(revision: Revision, channel: Channel, row: tuple, salt: int) -> Delivery:
    is_out = row[5] == DeliveryState.SENT
    return Delivery(
        revision=revision,
        channel=channel,
        text=row[2],
        key=make_key(row[3] + timedelta(microseconds=salt), salt),
        due_at=row[3],
        state=row[5],
        tries=int(is_out),
        remote_id=f"r{salt}" if is_out else "",
        url=f"https://social.example/{salt}" if is_out else "",
        sent_at=row[3] if is_out else None,
    )


def newsroom(of: list[Channel]) -> str:
    """Newsroom pages with 5,000 entries; the handle of the first."""
    for each in of:
        if each.network == "newsroom":
            registry.network(each.network).identify(Account(str(each.pk), each.handle))
            profiles.show(each)
    pages = list(Page.objects.order_by("pk"))
    now = datetime.now(UTC)
    Entry.objects.bulk_create(
        Entry(page=pages[number % len(pages)], key=f"k{number:012}", text=f"Entry {number}", said_at=now)
        for number in range(5_000)
    )
    return pages[0].handle


def main() -> None:
    number = int(sys.argv[1])
    house.prepare()
    services = Service.objects.bulk_create(
        Service(name=f"Service {each}", slug=f"service-{each}") for each in range(SERVICES)
    )
    staff, made = people(services), channels(services)
    by_service = {each: made[each::SERVICES] for each in range(SERVICES)}
    authors = {each: [person for person in staff[1:] if staff.index(person) % SERVICES == each] for each in by_service}
    waiting: list[tuple] = []
    for row in posts(number, by_service, authors):
        waiting.append(row)
        if len(waiting) == AT_ONCE:
            write(waiting, services, Delivery.objects.count() * 4)
            waiting.clear()
    write(waiting, services, Delivery.objects.count() * 4)
    lead = next(person for place, person in enumerate(staff) if place and place % 3 == 2)
    sent = Post.objects.filter(revisions__deliveries__state=DeliveryState.SENT).latest("scheduled_for")
    draft = Post.objects.filter(revisions=None).latest("edited_at")
    print(
        json.dumps({"desk": staff[0].pk, "lead": lead.pk, "post": sent.pk, "draft": draft.pk, "page": newsroom(made)})
    )


if __name__ == "__main__":
    main()
