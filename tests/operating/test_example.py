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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import override_settings
from PIL import Image

from moothall.accounts.models import Membership, Notice, Service, Unit, User
from moothall.accounts.roles import Role
from moothall.channels import health
from moothall.channels.health import Kind
from moothall.channels.models import Capacity, Channel, Connection, State
from moothall.core import clock, council
from moothall.networks import registry
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.models import Picture as EntryPicture
from moothall.operating import example
from moothall.operating.example.timepiece import showing, work_until
from moothall.publishing import delivery, queries
from moothall.publishing.models import Attachment, Attempt, Delivery, DeliveryState, Post
from moothall.publishing.queries import Status
from moothall.records import queries as record_queries
from moothall.records.models import Record
from moothall.rehearsal.models import Sent
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
    with django_db_blocker.unblock(), undone(), override_settings(MEDIA_ROOT=media):
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
        stands = rows.filter(key=each.key).exists()
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
    assert timedelta(days=20) < loaded.at - moments[0] < timedelta(days=23)
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
    attachments = Attachment.objects.select_related("picture")
    assert len({each.picture.name for each in attachments}) >= 15
    for attachment in attachments:
        assert len(attachment.alt) > 40
        with Image.open(loaded.media / attachment.picture.name) as image:
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
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS moothall_example")
        server.execute("CREATE DATABASE moothall_example")
    return urlunsplit(urlsplit(given)._replace(path="/moothall_example"))


def test_throwing_away_leaves_a_new_empty_house(tmp_path: Path) -> None:
    done = run_on_its_own(THROW_AWAY, tmp_path, debug="true")
    assert done.stdout.strip() == "append-only again", done.stderr


def test_nothing_is_thrown_away_outside_debug(tmp_path: Path) -> None:
    code = "import django; django.setup(); from moothall.operating import example; example.throw_away()"
    done = run_on_its_own(code, tmp_path, debug="false")
    assert "only where MOOTHALL_DEBUG is true" in done.stderr
