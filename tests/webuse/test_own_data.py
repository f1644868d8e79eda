"""Everybody can have what is kept of themselves, and nobody what is kept of another."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.records.actions import capture
from moothall.records.models import Record
from moothall.webuse import house, looking, own_answers, own_data
from moothall.webuse.models import OwnData, Purpose
from moothall.webuse.opening_names import OPENED
from moothall.webuse.seals.pseudonyms import days_of, period_of, pseudonym
from tests import factories
from tests.webuse import purposes, reading

pytestmark = pytest.mark.django_db

AT = 1_790_000_000
DAY = date(2026, 9, 21)


@pytest.fixture
def alice(db: None) -> User:
    return named("Alice", "alice@exampleshire.example")


@pytest.fixture
def bob(db: None) -> User:
    return named("Bob", "bob@exampleshire.example")


def named(name: str, email: str) -> User:
    person = factories.person(name=name)
    person.email = email
    person.save()
    return person


def line(user: str, host: str, after: int = 0, result: str = "TCP_MISS/200") -> str:
    return (
        f"{AT + after}.000 120 10.1.0.7 {result} 900 GET http://{host}/secret {user} HIER_DIRECT/192.0.2.1 text/html\n"
    )


@pytest.fixture
def read(tmp_path: Path) -> Purpose:
    """A log of Alice and Bob."""
    purpose = purposes.in_force()
    log = tmp_path / "access.log"
    log.write_text(
        line("alice", "www.bbc.co.uk")
        + line("EXAMPLESHIRE%5cAlice", "www.bbc.co.uk", 30)
        + line("alice", "www.facebook.com", 61)
        + line("alice", "www.unison.org.uk", 120)
        + line("bob", "www.wikipedia.org", 120)
        + line("alice", "www.bbc.co.uk", 86_400)
    )
    reading.read(purpose, log)
    return purpose


def answered(person: User) -> dict[str, Any]:
    own_data.ask(person)
    own_answers.answer_all()
    wish = own_data.latest(person)
    assert wish
    return own_data.opened(wish)


def test_alice_gets_hers_and_nothing_of_bobs(read: Purpose, alice: User) -> None:
    found = answered(alice)
    (of_purpose,) = found["purposes"]
    assert found["person"] == {"name": "Alice", "login at the proxy": "alice", "unit": ""}
    assert sorted({(row["domain"], row["category"]) for row in of_purpose["kept"]}) == [
        ("", "private"),
        ("bbc.co.uk", "news"),
        ("facebook.com", "social"),
    ]
    assert sum(row["requests"] for row in of_purpose["kept"]) == 5
    key = house.key_ring(read.key).key(period_of(DAY), begun=True)
    assert of_purpose["your pseudonyms"][str(days_of(period_of(DAY))[0])] == pseudonym(key, "alice").hex()
    said = json.dumps(found)
    for secret in ("wikipedia", "secret", "unison", "10.1.0.7", pseudonym(key, "bob").hex()):
        assert secret not in said


def test_minutes_add_up_with_the_rows(read: Purpose, alice: User) -> None:
    (found,) = answered(alice)["purposes"]
    by_day = {each["day"]: each["minutes"] for each in found["derived"]}
    assert sorted(by_day) == ["2026-09-21", "2026-09-22"]
    first = [row for row in found["kept"] if row["hour"].startswith("2026-09-21")]
    for category in ("news", "social", "private"):
        assert by_day["2026-09-21"][category] == sum(row["minutes"] for row in first if row["category"] == category)
    assert by_day["2026-09-21"]["all"] == 3
    assert by_day["2026-09-22"]["all"] == 1


def test_a_purpose_with_two_versions_is_there_once(read: Purpose, alice: User) -> None:
    Purpose.objects.filter(pk=read.pk).update(superseded_at=clock.now())
    values = {name: getattr(read, name) for name in (*purposes.WORDS, "key", "review_on", "made_by", "submitted_at")}
    Purpose.objects.create(number=2, approved_at=clock.now(), **values)
    assert [each["purpose"] for each in answered(alice)["purposes"]] == [read.key]


def test_openings_and_looks_are_in_it(read: Purpose, alice: User, bob: User) -> None:
    unit = Unit.objects.create(name="Libraries", parent=Unit.objects.create(name="Culture"))
    alice.unit = unit
    alice.save()
    looking.keep(bob, looking.ref(unit), "unit", "2026-W39", why="A complaint")
    looking.keep(bob, looking.ref(unit.parent), "unit", "2026-W39")
    looking.keep(bob, looking.ref(Unit.objects.create(name="Highways")), "unit", "2026-W39", why="Not hers")
    key, now = house.key_ring(read.key).key(period_of(DAY), begun=True), clock.now()
    for name, approver in (("alice", "Hugo of HR"), ("bob", "Nobody she knows")):
        opened = {"approved by": [approver, "Moira"], "shares": ["HR"], "from": "2026-09-21", "to": "2026-09-21"}
        for days in (29, 3):
            with mock.patch.object(clock, "now", return_value=now - timedelta(days=days)):
                capture(OPENED, f"pseudonym:{pseudonym(key, name).hex()}", actor=None, after=opened)
    found = answered(alice)
    # That of three days ago is told by whoever looks into the concern, and here when four weeks are over.
    (opening,) = found["purposes"][0]["your name was opened"]
    assert opening["approved by"] == ["Hugo of HR", "Moira"]
    assert opening["shares"] == ["HR"]
    assert [(each["by"], each["at what"]) for each in found["looks at your unit"]] == [
        ("Bob", "The parts of Culture"),
        ("Bob", "This unit"),
    ]
    assert "A complaint" not in str(found), "Why somebody looked is for those who lead the unit."


def test_who_has_never_been_at_the_proxy_gets_an_answer_too(read: Purpose) -> None:
    (found,) = answered(named("Carol", "carol@exampleshire.example"))["purposes"]
    assert (found["kept"], found["derived"]) == ([], [])


@pytest.mark.parametrize(
    ("email", "login"),
    [
        ("alice@exampleshire.example", "alice"),
        ("Alice@ExampleShire.Example", "alice"),
        ("alice@elsewhere.example", ""),
        ("alice@sub.exampleshire.example", ""),
        ("%61lice@exampleshire.example", ""),
        ("alice%40x@exampleshire.example", ""),
        ('"x\\alice"@exampleshire.example', ""),
        ("anonymous@exampleshire.example", ""),
        ("", ""),
    ],
)
def test_whose_the_rows_are_is_told_by_the_address_as_it_is_written(email: str, login: str) -> None:
    assert own_data.login_of(User(email=email, name="Alice")) == login


def test_without_a_domain_of_the_council_nobody_is_known(settings: Any, alice: User) -> None:
    settings.WEBUSE_LOGIN_DOMAIN = ""
    assert own_data.login_of(alice) == ""
    assert own_data.login_of(User(email="alice", name="Alice")) == ""


def test_the_wrong_domain_asks_for_nothing(bob: User, signed_in: Any) -> None:
    bob.email = "bob@elsewhere.example"
    bob.save()
    with pytest.raises(ValidationError, match="does not know your login"):
        own_data.ask(bob)
    page = signed_in(bob).post(reverse("ask-own-data"), follow=True)
    assert "does not know your login" in page.content.decode()
    assert not OwnData.objects.exists()


def test_alice_fetches_her_answer_on_the_page_and_bob_cannot(
    read: Purpose, alice: User, bob: User, signed_in: Any
) -> None:
    browser = signed_in(alice)
    page = browser.post(reverse("ask-own-data"), follow=True).content.decode()
    assert "being put together" in page
    assert browser.get(reverse("own-data")).status_code == 404
    browser.post(reverse("ask-own-data"))
    assert own_answers.answer_all() == 1
    assert "Download your data" in browser.get(reverse("what-we-see")).content.decode()
    answer = browser.get(reverse("own-data"))
    assert "bbc.co.uk" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert signed_in(bob).get(reverse("own-data")).status_code == 404
    assert "Download" not in signed_in(bob).get(reverse("what-we-see")).content.decode()
    assert list(Record.objects.filter(kind="webuse.own_data_asked").values_list("actor_id", flat=True)) == [alice.pk]


def test_the_answer_lies_sealed_in_the_database(read: Purpose, alice: User) -> None:
    answered(alice)
    assert "bbc" not in str(list(OwnData.objects.values()))


def test_an_answer_goes_after_a_day_and_a_wish_waits_for_its_answer(
    read: Purpose, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(alice)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + own_data.LASTS - timedelta(minutes=1))
    assert own_data.latest(alice)
    own_data.ask(bob)
    monkeypatch.setattr(clock, "now", lambda: now + 3 * own_data.LASTS)
    assert own_data.latest(alice) is None
    assert own_answers.answer_all() == 1, "The importer was away for two days"
    assert [each.user for each in OwnData.objects.all()] == [bob]
    assert own_data.latest(bob)


def test_one_that_cannot_be_found_keeps_nobody_waiting(read: Purpose, alice: User, bob: User, signed_in: Any) -> None:
    own_data.ask(alice)
    User.objects.filter(pk=alice.pk).update(email="alice@elsewhere.example")
    own_data.ask(bob)
    assert own_answers.answer_all() == 2
    assert own_answers.answer_all() == 0
    of_bob = own_data.latest(bob)
    assert of_bob
    assert "wikipedia.org" in json.dumps(own_data.opened(of_bob))
    User.objects.filter(pk=alice.pk).update(email="alice@exampleshire.example")
    browser = signed_in(alice)
    page = browser.get(reverse("what-we-see")).content.decode()
    assert own_data.NOT_FOUND in page
    assert "Ask for your data" in page
    assert browser.get(reverse("own-data")).status_code == 404


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_kept_by_the_settings_as_they_are(
    read: Purpose, alice: User, signed_in: Any, settings: Any
) -> None:
    settings.WEBUSE_PEOPLE = 15
    page = signed_in(alice).get(reverse("what-we-see")).content.decode()
    for said in (
        "Security of the network",
        "for 90 days",
        "for at most 30 days",
        "at least 15 people",
        "fewer than 15 people",
        str(Role.MONITORING_OFFICER.label),
    ):
        assert said in page
    assert "ten people" not in page


def test_the_page_says_that_nothing_is_read_before_a_purpose_is_in_force(alice: User, signed_in: Any) -> None:
    page = signed_in(alice).get(reverse("what-we-see")).content.decode()
    assert "No purpose is in force" in page
    assert "What nobody can see" not in page


def test_the_page_tells_who_looked_at_ones_unit(read: Purpose, alice: User, bob: User, signed_in: Any) -> None:
    alice.unit = Unit.objects.create(name="Libraries")
    alice.save()
    browser = signed_in(alice)
    assert "Nobody yet" in browser.get(reverse("what-we-see")).content.decode()
    looking.keep(bob, looking.ref(alice.unit), "unit", "2026-W39", why="A complaint")
    page = browser.get(reverse("what-we-see")).content.decode()
    assert "Bob" in page
    assert "A complaint" not in page, "Why somebody looked is for those who lead the unit."


def test_a_purpose_without_names_says_so(alice: User, signed_in: Any) -> None:
    purposes.in_force("totals", names_days=0)
    assert "your name not at all" in signed_in(alice).get(reverse("what-we-see")).content.decode()


def test_web_pages_load_no_engine() -> None:
    program = (
        "import sys, django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; "
        "import moothall.config.asgi; print([each for each in ('polars', 'pyarrow') if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
