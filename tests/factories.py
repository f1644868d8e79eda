"""Small makers of fictional people, services, channels and posts. Each takes only what the test is about."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from moothall.accounts.models import Membership, Service, User
from moothall.accounts.roles import Role
from moothall.channels import profiles
from moothall.channels import queries as channel_queries
from moothall.channels.models import Capacity, Channel, Connection, State
from moothall.core import clock, pictures, sealing
from moothall.events.models import Event, EventTag
from moothall.library.models import Asset, AssetState
from moothall.networks import registry
from moothall.networks.base import Account
from moothall.networks.text import fold_tag
from moothall.publishing import actions, approving
from moothall.publishing.content import Content, Wording
from moothall.publishing.models import Delivery, Post

_number = itertools.count(1)

NAMES = (
    "Hazel Marsh",
    "Rowan Pike",
    "Ivy Lamb",
    "Alder Finch",
    "Bryony Wold",
    "Ash Thorne",
    "Linden Moor",
    "Fern Hale",
)


def service(name: str = "") -> Service:
    """A service; the same one again for the same name."""
    name = name or f"Service {next(_number)}"
    found, _ = Service.objects.get_or_create(name=name, defaults={"slug": name.lower().replace(" ", "-")})
    return found


def person(*grants: tuple[Role, Service | None], name: str = "", **values: Any) -> User:
    """A member of staff with these roles, pairs of role and service (``None``: the organisation)."""
    number = next(_number)
    name = name or f"{NAMES[number % len(NAMES)]} {number}"
    someone = User(email=f"person{number}@exampleshire.example", name=name, **values)
    someone.set_unusable_password()
    someone.save()
    for role, of in grants:
        Membership.objects.create(user=someone, role=role, service=of)
    return someone


def channel(**values: Any) -> Channel:
    """A live service channel on the Newsroom, unless told otherwise; not connected."""
    number = next(_number)
    values.setdefault("network", "newsroom")
    values.setdefault("handle", f"channel-{number}")
    values.setdefault("slug", f"channel-{number}")
    values.setdefault("display_name", f"Channel {number}")
    values.setdefault("service", None)
    values["service"] = values["service"] or service()
    values.setdefault("capacity", Capacity.SERVICE)
    values.setdefault("state", State.LIVE)
    return Channel.objects.create(**values)


def connect(of: Channel, **credentials: str) -> Connection:
    """Connect a channel for real: its adapter's ``identify`` is called with these credentials."""
    identity = registry.network(of.network).identify(Account(str(of.pk), of.handle, credentials))
    now = clock.now()
    made = Connection.objects.create(
        channel=of,
        sealed=sealing.seal(credentials),
        remote_id=identity.remote_id,
        limits=channel_queries.limits_to_keep(identity.limits),
        connected_at=now,
        checked_at=now,
        check_due_at=now,
    )
    profiles.show(of)
    return made


def connected(**values: Any) -> Channel:
    """A live, connected channel; on the Newsroom unless told otherwise."""
    made = channel(**values)
    connect(made)
    return made


def upload(name: str = "reading.jpg", size: tuple[int, int] = (64, 48), colour: str = "#17533b") -> SimpleUploadedFile:
    """A small real JPEG as a browser would upload it."""
    path = Path(settings.MEDIA_ROOT) / f"upload-{next(_number)}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    content = path.read_bytes()
    path.unlink()
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def asset(by: User, alt: str = "", **values: Any) -> Asset:
    """A picture of the media library, processed; of no service unless told otherwise."""
    upload_values = {name: values.pop(name) for name in ("name", "size", "colour") if name in values}
    clean = pictures.clean_upload(upload(**upload_values))
    return Asset.objects.create(
        state=AssetState.READY,
        progress=100,
        alt=alt,
        name=pictures.keep(clean, "pictures"),
        original_name="reading.jpg",
        content_type=clean.content_type,
        width=clean.width,
        height=clean.height,
        size=clean.size,
        added_by=by,
        **values,
    )


def post(
    author: User, *channels: Channel, text: str = "Story time at ten.", at: datetime | None = None, pictures: int = 0
) -> Post:
    """A draft by ``author`` for these channels, of one service."""
    content = Content(channels[0].service, text, dict.fromkeys(channels, Wording()), at)
    made = actions.save_post(author, None, content)
    for number in range(pictures):
        picture = asset(author, colour=f"#{number:02d}533b", service=made.service)
        actions.attach(author, made, picture, f"Picture {number + 1}")
    return made


def approved(*channels: Channel, text: str = "Story time at ten.", pictures: int = 0) -> list[Delivery]:
    """The deliveries of a post that another person approved, due now, in the order of ``channels``."""
    of = channels[0].service
    author, approver = person((Role.AUTHOR, of)), person((Role.APPROVER, of), (Role.DESK, None))
    made = post(author, *channels, text=text, pictures=pictures)
    deliveries = approving.approve(approver, approving.send_for_approval(author, made))
    by_channel = {each.channel_id: each for each in deliveries}
    return [by_channel[each.pk] for each in channels]


def event(tag: str = "ExDay24", *others: str, **values: Any) -> Event:
    """A live event with this hashtag and ``others`` that count. It began an hour ago and lasts a day, unless told
    otherwise."""
    values.setdefault("name", "A day of the council")
    values.setdefault("slug", "a-day")
    values.setdefault("starts_at", clock.now() - timedelta(hours=1))
    values.setdefault("ends_at", values["starts_at"] + timedelta(hours=24))
    made = Event.objects.create(**values)
    for each in (tag, *others):
        kind = EventTag.Kind.MAIN if each == tag else EventTag.Kind.ALTERNATE
        EventTag.objects.create(event=made, tag=each, folded=fold_tag(each), kind=kind)
    return made
