"""From bytes to requests: what is a reject and why, what is a minute of browsing, and what a clock means."""

from datetime import UTC, datetime

import polars as pl
import pytest

from moothall.webuse.engine import reading
from moothall.webuse.engine.reading import Read, Reason, read, shape
from moothall.webuse.formats import combined, squid, squid_logformat
from moothall.webuse.formats.base import Clock, Pattern

LONDON = "Europe/London"
AT = 1_790_000_000
"""A Monday afternoon."""


def line(
    at: float = AT,
    *,
    user: str = "jo",
    client: str = "10.1.0.7",
    result: str = "TCP_MISS/200",
    size: int | str = 5_000,
    method: str = "GET",
    url: str = "http://www.news.example/secret?q=ill",
) -> bytes:
    return f"{at:.3f}    120 {client} {result} {size} {method} {url} {user} HIER_DIRECT/192.0.2.1 text/html\n".encode()


def of_squid(*lines: bytes) -> Read:
    return read(b"".join(lines), squid.PATTERN, LONDON)


def clocked(*times: str, clock: Clock, time_format: str, zone: str = LONDON) -> Read:
    pattern = Pattern(r"^(?P<time>[^|]+)\|(?P<host>[a-z.]+)$", clock, time_format=time_format)
    return read("".join(f"{each}|news.example\n" for each in times).encode(), pattern, zone)


def hours(done: Read) -> list[str]:
    return [f"{datetime.fromtimestamp(each * 3600, UTC):%Y-%m-%d %H}" for each in sorted(done.requests["hour"])]


def minutes(done: Read) -> int:
    return sum(each.bit_count() for each in done.requests["minutes"])


# --- Rejects ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoilt", "reason", "redacted"),
    [
        (b"\n", Reason.EMPTY, ""),
        (b"   \n", Reason.EMPTY, "   "),
        (b"Jo Marsh looked at 3 sites\n", Reason.OTHER, "aa aaaaa aaaaaa aa 9 aaaaa"),
        (b"jo\x00\x01 was here\n", Reason.BINARY, "aa.. aaa aaaa"),
        (b"jo \xff\xfe was here\n", Reason.BINARY, "aa \ufffd\ufffd aaa aaaa"),
        (line(at=12), Reason.TIME, None),
        (line(at=99_999_999_999), Reason.TIME, None),
        (line(size="99999999999999999999"), Reason.NUMBER, None),
        (line(size=2**40 + 1), Reason.NUMBER, None),
    ],
)
def test_a_line_that_cannot_be_read_is_a_reject_with_its_reason_and_its_shape(
    spoilt: bytes, reason: Reason, redacted: str | None
) -> None:
    done = of_squid(line(), spoilt, line(AT + 60))
    assert (done.lines, done.requests["hits"].sum()) == (3, 2)
    assert dict(done.rejects.counts) == {reason: 1}
    (sample,) = done.rejects.samples[reason]
    if redacted is not None:
        assert sample == redacted
    assert "jo" not in sample.lower()
    assert "news" not in sample


def test_a_line_with_two_quotes_is_a_reject() -> None:
    good = b'10.0.0.1 - jo [21/Sep/2026:14:13:20 +0100] "GET http://news.example/ HTTP/1.1" 200 512\n'
    pattern = combined.Combined().recognise([good.decode().strip()])
    assert pattern
    done = read(good + good.replace(b"jo", b'j"o"').replace(b"GET", b'G"ET'), pattern, LONDON)
    assert (done.lines, done.rejects.counts) == (2, {Reason.OTHER: 1})


def test_a_line_longer_than_64_kb_is_a_reject_and_those_around_it_are_read() -> None:
    long = line(url="http://news.example/" + "x" * reading.LONGEST_LINE)
    done = of_squid(line(), long, line())
    assert (done.lines, done.requests["hits"].sum()) == (3, 2)
    assert done.rejects.counts == {Reason.TOO_LONG: 1}
    assert all(len(each) <= reading.SAMPLE_LENGTH for each in done.rejects.samples[Reason.TOO_LONG])


def test_of_many_rejects_three_shapes_are_kept_and_all_are_counted() -> None:
    done = of_squid(*(b"spoilt %d\n" % number for number in range(20)), line())
    assert done.rejects.counts == {Reason.OTHER: 20}
    assert len(done.rejects.samples[Reason.OTHER]) == 3


def test_rejects_of_two_pieces_are_put_together() -> None:
    one, other = of_squid(b"spoilt\n", b"\n").rejects, of_squid(b"x\n", b"y\n", b"z\n").rejects
    one.join(other)
    one.note_overlong(0)
    one.note_overlong(1)
    assert one.counts == {Reason.OTHER: 4, Reason.EMPTY: 1, Reason.TOO_LONG: 1}
    assert one.total == 6
    assert one.samples[Reason.OTHER] == ["aaaaaa", "a", "a"]


def test_a_shape_tells_nobodys_secret() -> None:
    assert shape("Łukasz.Ñandú_7 \x1b[31m 10.1.2.3 ٣") == "aaaaaa.aaaaa_9 .[99a 99.9.9.9 9"


def test_a_line_that_is_not_utf_8_in_its_address_is_read_all_the_same() -> None:
    done = of_squid(line().replace(b"secret", b"caf\xe9"), line())
    assert (done.requests["hits"].sum(), done.rejects.total) == (2, 0)


def test_nothing_at_all_is_nothing() -> None:
    done = of_squid(b"")
    assert (done.lines, done.requests.height, done.rejects.total) == (0, 0, 0)


# --- What is kept of a line -------------------------------------------------------------------------------------------


def test_path_query_and_referrer_never_come_out() -> None:
    done = of_squid(line())
    assert done.requests.schema == pl.Schema(reading.REQUESTS)
    (row,) = done.requests.iter_rows(named=True)
    assert (row["user"], row["client"], row["host"]) == ("jo", "10.1.0.7", "www.news.example")
    assert "secret" not in str(row)


def test_a_users_requests_of_an_hour_are_one_row_with_a_bit_for_each_minute() -> None:
    begin = AT // 3600 * 3600
    done = of_squid(line(begin), line(begin + 59), line(begin + 60), line(begin + 59 * 60))
    (row,) = done.requests.iter_rows(named=True)
    assert (row["hits"], row["bytes"], row["minutes"]) == (4, 20_000, 1 | 2 | 1 << 59)


def test_who_gives_no_name_is_told_apart_by_address_and_who_gives_one_is_not() -> None:
    done = of_squid(*(line(user=user, client=f"10.1.0.{n}") for user in ("-", "jo") for n in (1, 2)))
    assert sorted(done.requests.select("user", "hits").iter_rows()) == [("-", 1), ("-", 1), ("jo", 2)]


@pytest.mark.parametrize(
    ("what", "counts"),
    [
        ({"method": "CONNECT", "url": "news.example:443", "size": 9_999}, 0),
        ({"method": "CONNECT", "url": "news.example:443", "size": 10_000}, 1),
        ({"size": 0}, 1),
        ({"result": "TCP_DENIED/403", "size": 50_000}, 0),
        ({"result": "TCP_DENIED/407", "size": 4_112, "method": "CONNECT", "url": "news.example:443"}, 0),
    ],
)
def test_keep_alives_and_what_was_refused_are_no_minutes_of_browsing(what: dict[str, object], counts: int) -> None:
    done = of_squid(line(**what))  # type: ignore[arg-type]
    assert (minutes(done), done.requests["hits"].sum()) == (counts, 1)


def test_to_be_asked_for_a_name_is_no_refusal() -> None:
    done = of_squid(line(result="TCP_DENIED/407"), line(result="TCP_DENIED/403", user="bo"))
    assert dict(done.requests.select("user", "blocked").iter_rows()) == {"jo": False, "bo": True}


def test_where_the_format_has_no_bytes_tunnels_count_for_no_bytes_and_for_minutes() -> None:
    pattern = squid_logformat.pattern_of("%ts %>a %un %rm %ru %>Hs")
    done = read(f"{AT} 10.0.0.1 jo CONNECT news.example:443 200\n".encode(), pattern, LONDON)
    (row,) = done.requests.iter_rows(named=True)
    assert (row["bytes"], minutes(done)) == (0, 1)


def test_a_terabyte_is_read_and_sums_of_the_largest_still_fit_the_database() -> None:
    done = of_squid(*[line(size=reading.MOST_BYTES)] * 50)
    assert done.rejects.total == 0
    assert done.requests["bytes"].sum() == 50 * reading.MOST_BYTES < 2**63


# --- Clocks -----------------------------------------------------------------------------------------------------------


def test_a_time_with_its_zone_is_that_moment() -> None:
    done = clocked(
        "2026-07-01 12:30:00 +0100",
        "2026-07-01 12:30:00 -0500",
        clock=Clock.WITH_ZONE,
        time_format="%Y-%m-%d %H:%M:%S %z",
    )
    assert hours(done) == ["2026-07-01 11", "2026-07-01 17"]


def test_a_time_in_utc_is_not_moved_by_the_councils_zone() -> None:
    assert hours(clocked("2026-07-01 12:30:00", clock=Clock.UTC, time_format="%Y-%m-%d %H:%M:%S")) == ["2026-07-01 12"]


def test_a_local_time_is_an_hour_earlier_in_utc_in_summer_and_the_same_in_winter() -> None:
    done = clocked("2026-07-01 12:30:00", "2026-12-01 12:30:00", clock=Clock.LOCAL, time_format="%Y-%m-%d %H:%M:%S")
    assert hours(done) == ["2026-07-01 11", "2026-12-01 12"]


def test_an_hour_that_comes_twice_is_taken_for_its_first_coming() -> None:
    done = clocked(
        "2026-10-25 00:59:00",
        "2026-10-25 01:30:00",
        "2026-10-25 02:00:00",
        clock=Clock.LOCAL,
        time_format="%Y-%m-%d %H:%M:%S",
    )
    assert hours(done) == ["2026-10-24 23", "2026-10-25 00", "2026-10-25 02"]


def test_the_hour_that_never_was_is_a_reject() -> None:
    done = clocked(
        "2026-03-29 00:59:00",
        "2026-03-29 01:30:00",
        "2026-03-29 02:00:00",
        clock=Clock.LOCAL,
        time_format="%Y-%m-%d %H:%M:%S",
    )
    assert hours(done) == ["2026-03-29 00", "2026-03-29 01"]
    assert done.rejects.counts == {Reason.TIME: 1}


def test_a_day_that_is_in_no_calendar_is_a_reject() -> None:
    done = clocked("2026-02-30 12:00:00", "2026-02-28 12:00:00", clock=Clock.UTC, time_format="%Y-%m-%d %H:%M:%S")
    assert (hours(done), done.rejects.counts) == (["2026-02-28 12"], {Reason.TIME: 1})


def test_a_time_to_come_is_a_reject() -> None:
    done = read(line(AT) + line(AT + 3_600), squid.PATTERN, LONDON, latest=AT)
    assert (done.requests.height, done.rejects.counts) == (1, {Reason.TIME: 1})
