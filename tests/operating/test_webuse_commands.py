"""``moothall webuse``: what an operator does at the shell, and is told when it goes wrong."""

import gzip
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moothall.accounts.models import Unit
from moothall.core import clock
from moothall.operating.commands import moothall
from moothall.records.models import Record
from moothall.webuse import house
from moothall.webuse.models import Figure, Hold, Part, Purpose, Source, Volume
from moothall.webuse.seals.ceremony import hold
from moothall.webuse.seals.pseudonyms import period_of
from moothall.webuse.seals.public_keys import Role
from tests.webuse import kits, purposes, reading
from tests.webuse.purposes import today

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 21)


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> Path:
    """The folder of the web-use room."""
    settings.WEBUSE_FOLDER = tmp_path / "webuse"
    settings.WEBUSE_ROWS = str(tmp_path / "webuse" / "rows")
    return tmp_path / "webuse"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(kits.squid_lines(1_000)))
    return path


@pytest.fixture
def purpose(db: None) -> Purpose:
    return purposes.in_force()


def run(*arguments: object, answers: str = "") -> Result:
    done = CliRunner().invoke(moothall, ["webuse", *map(str, arguments)], input=answers)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def well(*arguments: object, answers: str = "") -> str:
    done = run(*arguments, answers=answers)
    assert done.exit_code == 0, done.output
    return done.output


def badly(*arguments: object, answers: str = "") -> str:
    done = run(*arguments, answers=answers)
    assert done.exit_code in (1, 2), done.output
    return done.output


# --- Importing --------------------------------------------------------------------------------------------------------


def test_without_a_purpose_nothing_is_read_and_it_says_what_to_do(log: Path, room: Path) -> None:
    for options in ([], ["--dry-run"]):
        said = badly("import", log, *options)
        assert "register" in said.lower()
    assert not Source.objects.exists()
    assert not room.exists()


def test_of_several_purposes_one_must_be_named(purpose: Purpose, log: Path) -> None:
    purposes.in_force("another")
    assert "--purpose" in badly("import", log)
    assert "1,000 new lines" in well("import", log, "--purpose", "another")
    assert set(Part.objects.values_list("purpose_key", flat=True)) == {"another"}


def test_a_log_is_read_once_whatever_it_is_called_and_however_it_is_packed(purpose: Purpose, log: Path) -> None:
    assert "1,000 new lines, 20 of them refused." in well("import", log)
    packed = log.with_suffix(".log.1.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    said = well("import", log, packed)
    assert said.count("0 new lines, 0 of them refused.") == 2
    assert said.count("All of it was counted before.") == 2
    with log.open("ab") as more:
        more.write(b"".join(kits.squid_lines(10, first=1_000)))
    assert "10 new lines" in well("import", log)


def test_figures_are_counted_with_the_import(purpose: Purpose, log: Path) -> None:
    well("import", log)
    assert Figure.objects.get(grain="d", subject="all", node=0).people == 40
    assert Volume.objects.get(hour=-1).hits == 980


def test_a_packed_log_that_breaks_off_is_told(purpose: Purpose, log: Path) -> None:
    packed = log.with_suffix(".gz")
    packed.write_bytes(gzip.compress(log.read_bytes())[:-2_000])
    assert "breaks off" in well("import", packed)


def test_a_log_of_no_known_format_is_told_with_what_to_do(purpose: Purpose, log: Path) -> None:
    log.write_text("once upon a time in 2026, on day 12\n" * 10)
    said = badly("import", log)
    assert "--format" in said
    assert "--logformat" in said


def test_a_purpose_whose_review_is_overdue_warns_and_then_refuses(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    purposes.in_force(review_on=today() + timedelta(days=1))
    now = clock.now()
    assert "overdue" not in well("import", log)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=10))
    assert "overdue" in well("import", log)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=40))
    assert "is overdue since" in badly("import", log)


def test_a_damaged_file_of_names_is_told(purpose: Purpose, log: Path, tmp_path: Path) -> None:
    house.public_keys().rotate(hold(), DAY, {role: f"Who holds that of {role}" for role in Role})
    house.key_ring(purpose.key).key(period_of(DAY))
    names = house.sealed_names(purpose.key)
    names.folder.mkdir(parents=True)
    (names.folder / f"{period_of(DAY)}.names").write_bytes(b"x" * 500)
    assert "are damaged" in badly("import", log)
    assert not Part.objects.exists()


def test_a_dry_run_shows_what_would_be_kept_and_keeps_nothing(purpose: Purpose, log: Path, room: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b"/page/0 ", b"/page/\x1b[2J "))
    said = well("import", log, "--dry-run")
    assert "as Squid access.log" in said
    assert said.count("kept: 2026-09-21") == 10
    assert "a pseudonym" in said
    assert "\x1b[2J" not in said
    assert "Nothing was kept." in said
    assert not Source.objects.exists()
    assert not Part.objects.exists()
    assert not room.exists()


def test_a_dry_run_says_why_a_line_would_be_refused(purpose: Purpose, log: Path) -> None:
    log.write_bytes(b"spoilt in 2026 on 12\n" + log.read_bytes())
    assert "refused: not as this format writes it" in well("import", log, "--dry-run")


def test_a_dry_run_of_an_empty_file_says_so(purpose: Purpose, log: Path) -> None:
    log.write_bytes(b"")
    assert "no whole line yet" in well("import", log, "--dry-run")


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_lists_of_people_and_networks_are_kept_with_what_is_wrong_with_them(tmp_path: Path, purpose: Purpose) -> None:
    Unit.objects.create(name="Libraries")
    people, networks, directory = (tmp_path / name for name in ("people.csv", "net.csv", "staff.ldif"))
    people.write_text("user,unit\njo,Libraries\n-,Libraries\nbo,Lending\n")
    networks.write_text("network,unit\n10.1.0.0/16,Libraries\n10.1.0.0/99,Libraries\n")
    directory.write_text("dn: uid=al,dc=example\nuid: al\ndepartment: Libraries\n\ndn: uid=ed,dc=example\nuid: ed\n")
    said = well("units", "import", people, networks, directory)
    assert "people.csv: 2 entries are kept" in said
    assert "people.csv, line 3: “-” names no user." in said
    assert "there is no unit “Lending”. Add it under Services and units." in said
    assert "net.csv: 1 entries are kept" in said
    assert "staff.ldif: 1 entries are kept" in said
    assert "“ed” has no unit" in said
    placing, unit = house.placing(), Unit.objects.get().pk
    assert [placing.unit_of_user(name, DAY) for name in ("jo", "al", "bo")] == [unit, unit, None]
    assert placing.unit_of_address("10.1.2.3", DAY) == unit


def test_a_list_without_an_entry_leaves_the_one_before_in_its_place(tmp_path: Path, purpose: Purpose) -> None:
    Unit.objects.create(name="Libraries")
    people = tmp_path / "people.csv"
    people.write_text("user,unit\njo,Libraries\n")
    well("units", "import", people)
    people.write_text("user;unit\n;;;\n")
    assert "The list before it holds." in badly("units", "import", people)
    assert house.placing().unit_of_user("jo", DAY)


def test_lists_of_categories_are_kept_named_and_forgotten(tmp_path: Path, purpose: Purpose) -> None:
    ut1 = tmp_path / "ut1" / "social_networks"
    ut1.mkdir(parents=True)
    (ut1 / "domains").write_text("chatter.example\n10.9.8.7\nnot a domain\n")
    v2fly = tmp_path / "bluesky"
    v2fly.write_text("domain:skies.example\nkeyword:sky\n# a comment\n")
    overlay = tmp_path / "own.csv"
    overlay.write_text("domain,category,why\nintranet.exampleshire.example,work-tools,ours\nx y,news,\n")
    said = well("categories", "import", tmp_path / "ut1", v2fly, overlay)
    assert "social_networks: 2 domains are kept" in said
    assert "social_networks: 1 not used" in said
    assert "bluesky: 1 domains are kept" in said
    assert "It is a keyword, not a domain." in said
    assert "own.csv: 1 domains are kept" in said
    matcher = house.matcher()
    hosts = ("www.chatter.example", "skies.example", "intranet.exampleshire.example")
    found = [match.category for host in hosts if (match := matcher.classify(host))]
    assert found == ["social", "social", "work-tools"]
    listed = well("categories", "list")
    for name in ("overlay", "social-networks", "bluesky", "Social networks"):
        assert name in listed
    assert "is forgotten" in well("categories", "forget", "bluesky")
    assert "There is no list “bluesky”" in badly("categories", "forget", "bluesky")
    assert "There is no list “!”" in badly("categories", "forget", "!")


def test_a_list_of_which_nothing_can_be_used_leaves_the_one_before_in_its_place(
    tmp_path: Path, purpose: Purpose
) -> None:
    overlay = tmp_path / "own.csv"
    overlay.write_text("domain,category\nstaffunion.example,private\n")
    well("categories", "import", overlay)
    overlay.write_text("domein,category\nstaffunion.example,private\n")
    said = badly("categories", "import", overlay)
    assert "There is no column “domain”" in said
    assert "The list before it holds." in said
    assert house.matcher().classify("staffunion.example") == ("", "private")


def test_a_list_of_which_nobody_said_what_is_in_it_is_told(tmp_path: Path) -> None:
    unknown = tmp_path / "unheard-of"
    unknown.write_text("somewhere.example\n")
    assert "--as" in badly("categories", "import", unknown)
    assert "is not a category" in badly("categories", "import", unknown, "--as", "fun")
    assert "1 domains are kept" in well("categories", "import", unknown, "--as", "games")


# --- What is kept -----------------------------------------------------------------------------------------------------


def test_signals_name_pseudonyms_that_met_danger_and_are_on_the_record(
    purpose: Purpose, tmp_path: Path, log: Path
) -> None:
    bad = tmp_path / "malware"
    bad.mkdir()
    (bad / "domains").write_text("site3.example\n")
    well("categories", "import", bad)
    well("import", log)
    said = well("signals", "--purpose", purpose.key, "--day", DAY, "--why", "Alert 12")
    lines = said.strip().splitlines()
    assert lines[-1].endswith("moothall webuse keys open")
    assert len(lines) > 1
    assert all("site3.example" in each and "2026-09-21" in each for each in lines[:-1])
    assert "user" not in said
    assert Record.objects.get(kind="webuse.signals_seen").why == "Alert 12"
    assert "0 in all" in well("signals", "--purpose", purpose.key, "--day", "2026-09-01", "--why", "Alert 12")
    assert "no purpose “mistyped”" in badly("signals", "--purpose", "mistyped", "--day", DAY, "--why", "Alert 12")
    assert "Say why" in badly("signals", "--purpose", purpose.key, "--day", DAY, "--why", "")


def test_days_are_held_for_a_case_and_let_go(purpose: Purpose) -> None:
    window = ["--from", "2026-09-01", "--to", "2026-09-30"]
    of = ["--purpose", purpose.key]
    assert "Kept for CASE-7" in well("hold", "CASE-7", *of, *window, "--why", "A concern")
    assert Hold.objects.get().last == date(2026, 9, 30)
    assert "Nothing is kept for CASE-8" in badly("lift", "CASE-8", *of)
    assert "No longer kept" in well("lift", "CASE-7", *of)
    assert "Nothing is kept for CASE-7" in badly("lift", "CASE-7", *of)
    backwards = ["--from", "2026-09-30", "--to", "2026-09-01"]
    assert "comes before the first" in badly("hold", "CASE-7", *of, *backwards, "--why", "A concern")
    assert "no purpose “mistyped”" in badly("hold", "CASE-7", "--purpose", "mistyped", *window, "--why", "A concern")
    assert Hold.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_over_goes_when_it_is_told_to(log: Path, tmp_path: Path) -> None:
    purpose = kits.purpose()
    log.write_bytes(b"".join(kits.squid_lines(200, at=1_500_000_000)))
    reading.read_and_count(purpose, log)
    said = well("retain")
    assert "network-security: 1 files of rows of 1 days" in said
    assert "The oldest rows are none." in said
    assert not Part.objects.exists()
    assert "0 files of rows of 0 days" in well("retain")


def test_who_may_send_is_a_network(purpose: Purpose) -> None:
    assert "Write it like 10.20.0.0/16" in badly("listen", "--allow", "10.20.0.0/99")
    assert "--key-file" in badly("listen", "--certificate", __file__)
