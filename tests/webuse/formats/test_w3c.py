from pathlib import Path

import pytest

from moothall.webuse.formats import registry
from moothall.webuse.formats.base import CannotRead, Clock
from moothall.webuse.formats.w3c import W3C, pattern_of
from tests.webuse.formats.reading import read

COLLECTED = Path(__file__).parents[4] / "shared/data/w3c-elff"
collected = pytest.mark.skipif(not COLLECTED.is_dir(), reason="The collected W3C logs are not here.")


@pytest.mark.parametrize(
    ("fields", "clock"),
    [
        ("date time cs-host", Clock.UTC),
        ("date time localtime cs-host", Clock.UTC),
        ("gmttime cs-uri", Clock.UTC),
        ("localtime cs-uri-host", Clock.WITH_ZONE),
        ("x-timestamp cs-uri", Clock.EPOCH),
        ("date-local time-local cs(Host)", Clock.LOCAL),
    ],
)
def test_the_clock_follows_from_the_fields(fields: str, clock: Clock) -> None:
    assert pattern_of(f"#Fields: {fields}").clock is clock


@pytest.mark.parametrize(
    ("fields", "why"),
    [("date cs-host", "a date and a time are missing"), ("date time c-ip", "one of cs-host, .* is missing")],
)
def test_fields_without_a_time_or_a_host_cannot_be_read(fields: str, why: str) -> None:
    with pytest.raises(CannotRead, match=why):
        W3C().follow(f"#Fields: {fields}")


def test_other_directives_change_nothing() -> None:
    assert [W3C().follow(line) for line in ("#Version: 1.0", "#Date: 2026-10-10 12:55:36", "#", "#Remark: x")] == [
        None
    ] * 4


def test_a_field_that_is_named_twice_is_read_once() -> None:
    pattern = pattern_of("#Fields: date time cs-host cs-username cs-username")
    rows = read(W3C(), pattern, ["2026-10-10 12:55:36 www.example.com asha ben"])
    assert rows[0] is not None
    assert rows[0]["user"] == "asha"


@collected
@pytest.mark.parametrize(
    "name", ["logfile_w3c.0", "logfile_w3c.2", "logfile_w3c.5", "logfile_w3c.6", "logfile_w3c_big.0"]
)
def test_a_collected_log_of_a_server_has_no_hosts(name: str) -> None:
    lines = (COLLECTED / name).read_text().splitlines()
    assert registry.told_by(lines) is None
    with pytest.raises(CannotRead):
        W3C().follow(next(line for line in lines if line.startswith("#Fields")))


@collected
def test_a_collected_log_with_addresses_that_are_only_paths_is_all_rejects() -> None:
    lines = (COLLECTED / "logfile_w3c.1").read_text().splitlines()
    told = registry.told_by(lines)
    assert told is not None
    assert read(*told, lines) == [None]


@collected
def test_a_collected_log_with_quotes_and_local_times_is_read() -> None:
    lines = [line for line in (COLLECTED / "logfile_w3c.3").read_text().splitlines() if line]
    told = registry.told_by(lines)
    assert told is not None
    assert told[1].clock is Clock.LOCAL
    rows = read(*told, lines)
    assert [row and (row["host"], row["client"], row["status"]) for row in rows] == [
        ("xzy.example.com", "70.95.0.0", "200"),
        ("example.hello.com", "-", "301"),
        ("hello.example.com", "173.5.0.0", "404"),
    ]


@collected
def test_a_collected_log_with_every_field_in_quotes_is_read() -> None:
    lines = (COLLECTED / "logfile_w3c.4").read_text().splitlines()
    told = registry.told_by(lines)
    assert told is not None
    for row in read(*told, lines):
        assert row is not None
        assert row["method"] in {"GET", "POST"}
