"""``moothall check``: what is wrong, and what to do about it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.contrib.staticfiles import finders

from moothall.channels.models import Capacity, State
from moothall.core import clock, sealing
from moothall.newsroom.models import Page
from moothall.operating import check
from moothall.operating.check import LATE, LITTLE_ROOM, Finding
from moothall.operating.commands import moothall
from moothall.publishing.models import Delivery
from moothall.rehearsal.models import Fault, PracticeAccount
from tests import factories
from tests.operating.conftest import House
from tests.peers.mail import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def served_by_https(settings: Any) -> None:
    settings.SITE_URL = "https://social.exampleshire.example"


def findings() -> dict[str, Finding]:
    return {each.what.split(" (")[0]: each for each in check.findings()}


def troubles() -> dict[str, str]:
    return {what: each.trouble for what, each in findings().items() if each.trouble}


def test_a_good_house_is_all_good() -> None:
    factories.connected(display_name="Libraries")
    if not finders.find("moothall/dist/staff.css"):
        pytest.skip("The style sheets are not built; run: python -m moothall.core.frontend")
    assert troubles() == {}
    what = list(findings())
    assert what[:6] == ["configuration", "database", "storage", "front end", "mail", "sealing keys"]
    assert what[-1] == "Libraries on Newsroom"


def test_debug_and_plain_http_are_looked_at(settings: Any) -> None:
    settings.SITE_URL = "http://social.exampleshire.example"
    assert "is not https" in troubles()["configuration"]
    settings.DEBUG = True
    assert "MOOTHALL_DEBUG is on" in troubles()["configuration"]
    assert findings()["configuration"].is_warning


def test_a_folder_that_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert "cannot be written" in troubles()["storage"]
    assert "MOOTHALL_DATA" in troubles()["storage"]


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": LITTLE_ROOM - 1})
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    assert troubles()["storage"].startswith("Only 499 MB are free")


def test_style_sheets_that_are_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda path: None)
    assert "python -m moothall.core.frontend" in troubles()["front end"]


def test_a_mail_server_that_is_away(settings: Any) -> None:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        assert "mail" not in troubles()
    assert "does not take our connection" in troubles()["mail"]
    assert "MOOTHALL_EMAIL_URL" in troubles()["mail"]


def test_a_sealing_key_that_is_missing(settings: Any) -> None:
    factories.connected(display_name="Libraries")
    settings.SEALING_KEYS = [sealing.new_key()]
    assert troubles()["sealing keys"].startswith("1 channel")
    assert "cannot be opened" in troubles()["Libraries on Newsroom"]


def test_a_worker_that_does_not_run() -> None:
    (row,) = factories.approved(factories.connected())
    assert "worker" not in troubles()
    Delivery.objects.filter(pk=row.pk).update(due_at=clock.now() - LATE - timedelta(seconds=1))
    assert "Is “moothall worker” running?" in troubles()["worker"]


def test_each_channel_that_staff_drive_is_tested_and_no_other() -> None:
    factories.channel(display_name="Never connected")
    factories.connected(display_name="Lost")
    Page.objects.all().delete()
    factories.connected(display_name="Good")
    factories.channel(display_name="Councillor", capacity=Capacity.MEMBER)
    factories.channel(display_name="Sleeping", state=State.DORMANT)
    found = {each.what: each.trouble for each in check.findings() if " on " in each.what}
    assert set(found) == {"Never connected on Newsroom", "Lost on Newsroom", "Good on Newsroom"}
    assert "live and not connected" in found["Never connected on Newsroom"]
    assert found["Good on Newsroom"] == ""


def test_the_command_says_it_in_words_and_by_its_status() -> None:
    factories.connected(display_name="Libraries")
    good = CliRunner().invoke(moothall, ["check"])
    assert "  good  Libraries on Newsroom" in good.output
    factories.channel(display_name="Never connected")
    gap = CliRunner().invoke(moothall, ["check"])
    assert "  look  Never connected on Newsroom: " in gap.output
    assert gap.exit_code == 0
    factories.connected(network="rehearsal", display_name="Lost")
    PracticeAccount.objects.update(fault=Fault.SIGNED_OUT, left=1)
    bad = CliRunner().invoke(moothall, ["check"])
    assert bad.exit_code == 1
    assert " wrong  Lost on Rehearsal: " in bad.output


def test_a_database_that_cannot_be_reached_is_told_and_the_rest_is_checked(house: House) -> None:
    done = house.moothall("check", DATABASE_URL="postgres://moothall@127.0.0.1:9/moothall")
    assert done.returncode == 1
    assert " wrong  database (postgresql): It cannot be reached" in done.stdout
    assert "good  storage" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_database_without_its_tables_says_what_to_do(house: House, tmp_path: Path) -> None:
    done = house.moothall("check", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert done.returncode == 1
    assert "migrations are missing. Start Moothall once with: moothall run" in done.stdout
