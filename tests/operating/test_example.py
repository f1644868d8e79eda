"""The example council is whole, true and about nobody."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import override_settings
from PIL import Image, ImageChops, ImageStat

from moothall.accounts.models import Membership, Notice, Service, Unit, User
from moothall.accounts.roles import Role
from moothall.channels import health
from moothall.channels.health import Kind
from moothall.channels.models import Capacity, Channel, Connection, State
from moothall.contributions.models import Contribution, Way
from moothall.contributions.models import State as ContributionState
from moothall.core import clock, council
from moothall.events import taking
from moothall.events.models import (
    Blocked,
    Door,
    Event,
    EventTag,
    Item,
    ItemPicture,
    ItemState,
    Place,
    Shift,
    Slot,
)
from moothall.networks import registry
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.models import Picture as EntryPicture
from moothall.operating import example
from moothall.operating.example import artwork
from moothall.operating.example.timepiece import showing, work_until
from moothall.publishing import delivery, queries
from moothall.publishing.models import Attachment, Attempt, Delivery, DeliveryState, Post
from moothall.publishing.status import Status
from moothall.records import queries as record_queries
from moothall.records.models import Record
from moothall.rehearsal.crowd import speak_due
from moothall.rehearsal.hearing import remote_item
from moothall.rehearsal.models import CrowdPost, Sent
from moothall.reports import queries as report_queries
from moothall.reports.models import Report
from tests.peers.needs import require

pytestmark = pytest.mark.django_db

AUTHORITIES = Path(__file__).parents[3] / "shared/data/uk-local-authorities/uk_local_authorities_current.csv"


@dataclass(frozen=True)
class Loaded:
    """What came of loading it: when that began, how many steps it took, where the files are."""

    at: datetime
    steps: int
    media: Path


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The example, loaded once for this file and rolled back after it."""
    media, steps = tmp_path_factory.mktemp("example"), []
    with (
        django_db_blocker.unblock(),
        undone(),
        override_settings(
            MEDIA_ROOT=media,
            INCOMING_ROOT=media / "incoming",
            WEBUSE_FOLDER=media / "webuse",
            WEBUSE_ROWS=str(media / "webuse" / "rows"),
        ),
    ):
        at = clock.now()
        example.load(lambda: steps.append(1))
        yield Loaded(at, len(steps), media)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that comes to nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seen_by_the_desk() -> list[queries.Seen]:
    desk = User.objects.filter(memberships__role=Role.DESK).first()
    assert desk
    return [queries.see(post) for post in queries.posts(desk)]


def test_it_can_be_loaded_at_any_hour() -> None:
    """Soon after midnight, of the night in which the clocks go forward. First, while the database is still empty."""
    with showing(datetime(2027, 3, 28, 0, 20, tzinfo=UTC)):
        example.load()
        assert {each.status for each in seen_by_the_desk()} == set(Status)
        assert Record.objects.latest("number").at <= clock.now()


def test_progress_reaches_its_end(loaded: Loaded) -> None:
    assert loaded.steps == example.STEPS


def test_it_is_refused_a_second_time(loaded: Loaded) -> None:
    assert not example.is_empty()
    with pytest.raises(ValueError, match="already"):
        example.load()


def test_one_is_told_when_its_live_event_is_over(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not example.is_over()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert example.is_over()


def test_every_role_is_held_by_somebody_who_works_there(loaded: Loaded) -> None:
    held = set(Membership.objects.filter(user__is_active=True).values_list("role", flat=True))
    assert held == set(Role)
    assert Membership.objects.filter(role=Role.DESK).count() == 2
    assert not any(person.has_usable_password() for person in User.objects.all())
    assert all(person.email.endswith("@exampleshire.example") for person in User.objects.all())


def test_elected_people_have_channels_and_no_roles(loaded: Loaded) -> None:
    for capacity in (Capacity.MEMBER, Capacity.LEADER):
        channel = Channel.objects.get(capacity=capacity)
        assert channel.owner
        assert not channel.owner.memberships.exists()
        assert not channel.is_driven


def test_twenty_channels_over_every_network_capacity_and_state(loaded: Loaded) -> None:
    channels = Channel.objects.all()
    assert len(channels) == 20
    assert {each.network for each in channels} > set(registry.networks())
    assert {each.capacity for each in channels} == set(Capacity)
    assert {each.state for each in channels} == set(State)
    assert {each.service.slug for each in channels} == set(Service.objects.values_list("slug", flat=True))


def test_only_moothalls_own_networks_are_connected(loaded: Loaded) -> None:
    connected = set(Connection.objects.values_list("channel__network", flat=True))
    assert connected == {"newsroom", "rehearsal"}
    assert Connection.objects.count() == Channel.objects.filter(network__in=connected).count()


def test_register_health_has_something_of_each_kind_to_say(loaded: Loaded) -> None:
    desk = User.objects.filter(memberships__role=Role.DESK).first()
    assert desk
    assert {remark.kind for remark in health.remarks(desk)} == set(Kind) - {Kind.TROUBLE}


def test_every_state_of_a_post_and_of_a_delivery_occurs(loaded: Loaded) -> None:
    seen = seen_by_the_desk()
    assert {each.status for each in seen} == set(Status)
    assert {each.state for each in Delivery.objects.all()} == set(DeliveryState)
    assert sum(each.status == Status.AWAITING_APPROVAL for each in seen) > 3
    assert all(each.revision and each.revision.comment for each in seen if each.status == Status.REFUSED)


def test_what_is_sent_stands_there_once_and_what_is_not_does_not(loaded: Loaded) -> None:
    assert set(Sent.objects.values_list("times", flat=True)) == {1}
    for each in Delivery.objects.select_related("channel"):
        rows = Entry.objects if each.channel.network == "newsroom" else Sent.objects
        stands = rows.filter(key=each.key, is_removed=False).exists()
        if each.state in (DeliveryState.SENT, DeliveryState.UNCONFIRMED):
            assert stands, f"{each} is {each.state}"
        else:
            assert not stands, f"{each} is {each.state}"


def test_trouble_is_told_in_its_attempts(loaded: Loaded) -> None:
    for each in Delivery.objects.filter(state__in=[DeliveryState.FAILED, DeliveryState.UNCONFIRMED]):
        assert each.trouble
        assert each.attempts.filter(kind=Attempt.Kind.SEND, outcome=each.state).exists()
    unsure = Delivery.objects.filter(state=DeliveryState.UNCONFIRMED)
    assert {each.look_at is None for each in unsure} == {True, False}, "one is still looked for, one needs a person"
    in_the_end = Delivery.objects.filter(state=DeliveryState.SENT).exclude(attempts__outcome=DeliveryState.SENT)
    assert not in_the_end.exists()
    assert Delivery.objects.filter(state=DeliveryState.SENT, tries=2).count() == 2


def test_the_newsroom_is_alive(loaded: Loaded) -> None:
    moments = sorted(Entry.objects.values_list("said_at", flat=True))
    assert len(moments) >= 24
    assert moments[-1] <= clock.now()
    assert timedelta(days=47) < loaded.at - moments[0] < timedelta(days=50), "the first event's first post"
    for page in Page.objects.all():
        assert page.entries.exists(), f"{page} is empty"
        assert page.summary
        assert page.picture_alt


def test_posts_go_out_on_their_schedule_and_what_was_cut_off_settles(loaded: Loaded) -> None:
    soon = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=loaded.at + timedelta(minutes=2))
    waiting = list(soon.values_list("pk", flat=True))
    assert len(waiting) >= 3
    cut_off = Delivery.objects.get(state=DeliveryState.SENDING)
    later = clock.now() + timedelta(minutes=4)
    with undone(), override_settings(MEDIA_ROOT=loaded.media), showing(later) as timepiece:
        assert delivery.end_leases() == 1
        work_until(later + timedelta(minutes=4), timepiece)
        states = set(Delivery.objects.filter(pk__in=[*waiting, cut_off.pk]).values_list("state", flat=True))
        assert states == {DeliveryState.SENT}
        assert Sent.objects.get(key=cut_off.key).times == 1


def test_every_picture_is_there_and_described(loaded: Loaded) -> None:
    attachments = Attachment.objects.select_related("asset")
    assert len({each.asset.name for each in attachments}) >= 15
    for attachment in attachments:
        assert len(attachment.alt) > 40
        with Image.open(loaded.media / attachment.asset.name) as image:
            assert image.size == (1200, 800)
    assert all(each.alt for each in EntryPicture.objects.all())
    for channel in Channel.objects.exclude(picture=""):
        assert channel.picture_alt
        assert (loaded.media / channel.picture.name).is_file()
    itself = council.current()
    assert itself.name == "Exampleshire County Council"
    assert itself.logo_alt
    assert (loaded.media / itself.logo.name).is_file()


def test_the_records_verify_and_are_in_order(loaded: Loaded) -> None:
    assert not [fault for fault in record_queries.faults() if fault]
    moments = list(Record.objects.order_by("number").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()


def test_nobody_is_sent_an_e_mail_about_the_past(loaded: Loaded) -> None:
    assert Notice.objects.filter(read_at=None).exists()
    assert not Notice.objects.exclude(email_due_at=None).exists()
    assert not mail.outbox


def figure(report: Report, key: str) -> int:
    counters = [counter for section in report.figures["sections"] for counter in section["counters"]]
    return next(int(each["number"]) for each in counters if each["key"] == key)


def events() -> dict[str, Event]:
    return {each.slug: each for each in Event.objects.all()}


def test_two_events_are_over_and_one_is_under_way(loaded: Loaded) -> None:
    assert {each.is_example for each in Event.objects.all()} == {True}
    under_way = [each for each in Event.objects.all() if each.starts_at < loaded.at < each.ends_at]
    assert [each.slug for each in under_way] == ["round-the-clock"]
    assert timedelta(hours=6) < loaded.at - under_way[0].starts_at < timedelta(hours=8)
    assert under_way[0].ends_at - under_way[0].starts_at == timedelta(hours=24)
    assert sum(each.ends_at < loaded.at for each in Event.objects.all()) == 2
    assert Event.objects.filter(safeguarding_minutes__gt=0).count() == 1


def test_events_that_are_over_have_reports_that_count_what_is_there(loaded: Loaded) -> None:
    reports = {each.event.slug: each for each in Report.objects.exclude(released_at=None).select_related("event")}
    assert set(reports) == {"six-hours", "a-day-of-exampleshire"}
    for report in reports.values():
        assert report.released_at
        assert report.event.ends_at < report.made_at <= report.released_at < loaded.at
        assert figure(report, "items") == Item.objects.filter(event=report.event, is_on_wall=True).count()
        assert figure(report, "told") == Contribution.objects.filter(event=report.event).count()
        assert figure(report, "staff") > 1
    day = reports["a-day-of-exampleshire"].event
    assert [each.slug for each in report_queries.earlier(day, None)] == ["six-hours"], "it can be compared with that"


def test_things_reach_every_event_by_every_door(loaded: Loaded) -> None:
    for event in Event.objects.all():
        shown = Item.objects.filter(event=event, is_on_wall=True, gone_at=None)
        assert set(shown.values_list("door", flat=True)) == set(Door), event
    told = Contribution.objects.filter(event=events()["round-the-clock"])
    assert set(told.values_list("door", flat=True)) == set(Way)
    ends = set(told.values_list("state", flat=True))
    assert ends == set(ContributionState) - {ContributionState.DRAFTED, ContributionState.REFUSED}
    assert set(told.values_list("may_be_named", flat=True)) == {True, False}
    assert told.filter(assets__isnull=False).exists()


def test_the_wall_of_the_event_under_way_is_full_and_has_all_sorts(loaded: Loaded) -> None:
    event = events()["round-the-clock"]
    shown = Item.objects.filter(event=event, is_on_wall=True)
    assert shown.count() > 60
    assert set(shown.values_list("network", flat=True)) == {"mastodon", "bluesky", "newsroom", "rehearsal"}
    assert shown.filter(is_pinned=True).exists()
    assert shown.filter(is_featured=True).exists()
    covered = set(shown.exclude(service=None).values_list("service__slug", flat=True))
    assert covered == set(event.services.values_list("slug", flat=True))
    assert set(Item.objects.filter(event=event).values_list("state", flat=True)) == set(ItemState)
    assert Blocked.objects.exists()
    assert event.rules.count() == 3
    misspelt = event.tags.get(kind=EventTag.Kind.MISSPELLING).tag
    assert shown.filter(text__contains=f"#{misspelt}").exists()


def test_what_the_wall_shows_is_described_as_it_is(loaded: Loaded) -> None:
    """Some of the public describe their pictures and some do not, but no description is of another picture."""
    drawn = {each.alt: each for each in artwork.PICTURES.values()}
    pictures = ItemPicture.objects.exclude(name="").select_related("item")
    assert {bool(each.alt) for each in pictures if each.item.door == Door.PUBLIC} == {True, False}
    for each in pictures.exclude(alt=""):
        with Image.open(loaded.media / each.name) as shown:
            assert looks_like(shown, Image.open(BytesIO(drawn[each.alt].draw().encoded()))), each.alt


def looks_like(one: Image.Image, other: Image.Image) -> bool:
    """Whether they are the same picture, whatever their sizes."""
    small = [each.convert("RGB").resize((60, 40)) for each in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*small)).mean) < 8


def test_the_event_under_way_has_a_running_order_and_a_rota(loaded: Loaded) -> None:
    event = events()["round-the-clock"]
    assert set(event.slots.values_list("service__slug", flat=True)) == set(
        event.services.values_list("slug", flat=True)
    )
    assert event.slots.filter(posts__isnull=False).exists()
    assert {each.person.name for each in event.shifts.all()} >= {"Tobi Lyle", "Maren Oakes"}
    assert event.shifts.filter(ends_at__lte=loaded.at).exclude(handover="").exists()
    assert event.backup_channels.exists()


def test_the_crowd_speaks_by_itself_and_reaches_the_wall(loaded: Loaded) -> None:
    """An hour on, the crowd has said what it was to say, and what the listener hears of it stands on the wall."""
    event = events()["round-the-clock"]
    assert Place.objects.filter(network="rehearsal", way="practice", is_on=True).exists()
    planned = CrowdPost.objects.filter(change=None)
    gaps = [(b - a).total_seconds() for a, b in pairwise(planned.order_by("said_at").values_list("said_at", flat=True))]
    assert all(20 <= each <= 60 for each in gaps[:200])
    assert planned.latest("said_at").said_at < event.ends_at
    later = loaded.at + timedelta(hours=1)
    with undone(), showing(later):
        due = planned.filter(said_at__lte=later).count()
        spoken = 0
        while let_out := speak_due():
            spoken += let_out
        assert spoken == due
        assert 60 < due < 180
        assert speak_due() == 0
        taken = [
            item
            for post in CrowdPost.objects.filter(change__isnull=False, said_at__gt=loaded.at)
            for item in taking.take("rehearsal", remote_item(post), "crowd")
        ]
        assert len(taken) == due
        assert all(each.is_on_wall for each in taken)
        assert {each.door for each in taken} == {Door.STAFF, Door.PUBLIC}
    assert planned.count() > 400, "nothing is said before its time"


def test_official_posts_of_the_event_go_out_by_themselves(loaded: Loaded) -> None:
    ahead = Delivery.objects.filter(state=DeliveryState.WAITING, text__contains="#ExRoundTheClock")
    assert ahead.filter(due_at__lte=loaded.at + timedelta(minutes=20)).count() >= 4
    assert ahead.count() >= 20


def everything_written() -> Iterator[str]:
    """All words of the example that somebody can read."""
    yield from (council.current().name, council.current().strapline)
    for kind, fields in (
        (User, ("name", "job_title")),
        (Unit, ("name",)),
        (Service, ("name", "summary")),
        (Channel, ("display_name", "handle", "purpose", "voice", "recovery_contact", "picture_alt")),
        (Post, ("text",)),
        (Attachment, ("alt",)),
        (Delivery, ("text",)),
        (Record, ("why",)),
        (Event, ("name", "summary", "wall_notice")),
        (Slot, ("theme", "notes")),
        (Shift, ("task", "handover")),
        (Item, ("text", "author_name", "author_handle", "credit")),
        (ItemPicture, ("alt",)),
        (Contribution, ("words", "place")),
        (CrowdPost, ("handle", "name", "text")),
    ):
        for row in kind._default_manager.values_list(*fields):
            yield from row


def test_no_real_council_is_named(loaded: Loaded) -> None:
    require(AUTHORITIES.is_file(), f"The list of local authorities is missing: {AUTHORITIES}")
    with AUTHORITIES.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row[column].strip() for row in rows for column in ("official-name", "nice-name")} - {""}
    assert len(names) > 300
    real = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in sorted(names)) + r")\b")
    named = {found for text in everything_written() for found in real.findall(text)}
    assert not named


THROW_AWAY = """
import django; django.setup()
from pathlib import Path
from django.conf import settings
from django.db import DatabaseError
from moothall.operating import example, house
from moothall.records.actions import capture
from moothall.records.models import Record
house.prepare()
capture("test.was_here", "test", actor=None)
(Path(settings.MEDIA_ROOT) / "pictures").mkdir()
(Path(settings.MEDIA_ROOT) / "pictures/old.jpg").touch()
assert not example.is_empty()
example.throw_away()
assert example.is_empty()
assert not list(Path(settings.MEDIA_ROOT).iterdir())
capture("test.is_new", "test", actor=None)
try:
    Record.objects.all().delete()
except DatabaseError:
    print("append-only again")
"""


def run_on_its_own(code: str, data: Path, *, debug: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "MOOTHALL_DATA": str(data),
        "MOOTHALL_DEBUG": debug,
        "DATABASE_URL": own_database(data),
    }
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def own_database(data: Path) -> str:
    """An empty database of the same kind as the tests'."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{data / 'moothall.sqlite3'}"
    given, name = os.environ["DATABASE_URL"], f"moothall_example_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


def test_throwing_away_leaves_a_new_empty_house(tmp_path: Path) -> None:
    done = run_on_its_own(THROW_AWAY, tmp_path, debug="true")
    assert done.stdout.strip() == "append-only again", done.stderr


def test_nothing_is_thrown_away_outside_debug(tmp_path: Path) -> None:
    code = "import django; django.setup(); from moothall.operating import example; example.throw_away()"
    done = run_on_its_own(code, tmp_path, debug="false")
    assert "only where MOOTHALL_DEBUG is true" in done.stderr
