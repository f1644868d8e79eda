"""From requests to rows: who becomes a pseudonym in a unit, and a host a domain in a category."""

from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Any

import polars as pl
import pytest

from moothall.webuse.categories.matching import Matcher, standard
from moothall.webuse.engine.keeping import ROWS, UNMAPPED, Kept, Lookups, keep
from moothall.webuse.engine.reading import REQUESTS
from moothall.webuse.mapping import Entry, Placing
from moothall.webuse.seals.pseudonyms import period_of, pseudonym

LIBRARIES, HIGHWAYS = 1, 2
UNITS = {"Libraries": LIBRARIES, "Highways": HIGHWAYS}
KEY = b"only for tests, thirty-two bytes"
MATCHER = Matcher([{"news.example": "news", "updates.example": "background", "union.example": "private"}])


class Keys:
    """A key of its own for each period."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def of(self, name: str, period: int) -> bytes:
        self.asked.append((name, period))
        return pseudonym(KEY + bytes([period % 256]), name)


def request(at: str, **values: Any) -> dict[str, Any]:
    """At an hour in UTC, such as ``2026-10-06 09``."""
    hour = int(datetime.strptime(at, "%Y-%m-%d %H").replace(tzinfo=UTC).timestamp()) // 3600
    usual = {
        "hour": hour,
        "user": "jo",
        "client": "10.1.0.7",
        "host": "www.news.example",
        "blocked": False,
        "hits": 1,
        "bytes": 100,
        "minutes": 1,
    }
    return usual | values


def kept(*requests: dict[str, Any], keys: Keys | None = None, matcher: Matcher = MATCHER, **lists: Any) -> Kept:
    placing = Placing(lists.get("people", []), lists.get("networks", []), UNITS)
    frame = pl.DataFrame(list(requests), schema=REQUESTS)
    return keep(frame, Lookups("Europe/London", placing, matcher, keys or Keys()))


def only(of: Kept) -> dict[str, Any]:
    (row,) = of.rows.iter_rows(named=True)
    return row


def test_what_is_kept_has_no_host_no_address_and_no_name() -> None:
    done = kept(request("2026-10-06 09"))
    assert done.rows.schema == pl.Schema(ROWS)
    row = only(done)
    assert (row["domain"], row["category"]) == ("news.example", "news")
    for secret in ("jo", "10.1.0.7", "www"):
        assert secret not in str({**row, "person": row["person"].hex()})


def test_a_closed_category_keeps_no_domain() -> None:
    row = only(kept(request("2026-10-06 09", host="www.union.example")))
    assert (row["domain"], row["category"]) == ("", "private")


def test_what_is_neither_a_name_nor_an_address_is_kept_as_no_domain() -> None:
    row = only(kept(request("2026-10-06 09", host="-_-")))
    assert (row["domain"], row["category"]) == ("(not a domain)", "unclassified")


@pytest.mark.parametrize("user", ["-", "", "anonymous", "PC-0042$", "EXAMPLESHIRE\\-", "Unauthenticated", None])
def test_nobody_has_no_pseudonym(user: str | None) -> None:
    keys = Keys()
    done = kept(request("2026-10-06 09", user=user), keys=keys)
    assert only(done)["person"] is None
    assert (done.names, keys.asked) == ({}, [])


def test_all_spellings_of_a_name_are_one_person() -> None:
    keys = Keys()
    spelt = ("jo", "JO", "EXAMPLESHIRE%5cJo", "Jo@EXAMPLESHIRE", "j%6f")
    done = kept(*(request("2026-10-06 09", user=each, minutes=1 << n) for n, each in enumerate(spelt)), keys=keys)
    row = only(done)
    assert (row["hits"], row["bytes"], row["minutes"]) == (5, 500, 0b11111)
    assert done.names == {period_of(date(2026, 10, 6)): {row["person"]: "jo"}}
    assert set(keys.asked) == {("jo", period_of(date(2026, 10, 6)))}


def test_the_same_person_is_another_in_the_next_four_weeks() -> None:
    first, second = date(2026, 10, 4), date(2026, 10, 5)
    while period_of(first) == period_of(second):
        first, second = second, date.fromordinal(second.toordinal() + 1)
    done = kept(request(f"{first} 09"), request(f"{second} 09"))
    assert done.rows["person"].n_unique() == 2
    assert set(done.names) == {period_of(first), period_of(second)}


def test_an_address_is_a_fall_back_for_whom_no_list_has() -> None:
    networks = [Entry(ip_network("10.1.0.0/16"), "Highways")]
    people = [Entry("jo", "Libraries")]
    done = kept(
        request("2026-10-06 09"),
        request("2026-10-06 09", user="bo"),
        request("2026-10-06 09", user="-"),
        request("2026-10-06 09", user="mo", client="192.0.2.9"),
        request("2026-10-06 09", user="ed", client=None),
        request("2026-10-06 09", user="al", client="no address"),
        people=people,
        networks=networks,
    )
    units = dict(done.rows.select("person", "unit").iter_rows())
    names = {name: person for person, name in done.names[period_of(date(2026, 10, 6))].items()}
    assert {name: units[person] for name, person in names.items()} == {
        "jo": LIBRARIES,
        "bo": HIGHWAYS,
        "mo": UNMAPPED,
        "ed": UNMAPPED,
        "al": UNMAPPED,
    }
    assert units[None] == HIGHWAYS


def test_who_moved_is_in_each_unit_on_its_days() -> None:
    people = [
        Entry("jo", "Libraries", until=date(2026, 10, 6)),
        Entry("jo", "Highways", since=date(2026, 10, 7)),
    ]
    done = kept(request("2026-10-06 12"), request("2026-10-07 12"), people=people)
    assert dict(done.rows.select("day", "unit").iter_rows()) == {
        date(2026, 10, 6): LIBRARIES,
        date(2026, 10, 7): HIGHWAYS,
    }
    assert done.rows["person"].n_unique() == 1


def test_a_day_is_local_and_begins_at_midnight_there() -> None:
    done = kept(request("2026-10-06 22"), request("2026-10-06 23"))  # 23:00 and, the next day, 00:00 in London
    assert sorted(done.rows["day"]) == [date(2026, 10, 6), date(2026, 10, 7)]


def test_the_day_on_which_the_clocks_go_back_has_twenty_five_hours() -> None:
    hours = [request(f"2026-10-{24 + n // 24} {n % 24:02d}") for n in range(22, 50)]
    done = kept(*hours)
    assert dict(done.rows.group_by("day").len().iter_rows())[date(2026, 10, 25)] == 25


def test_the_day_on_which_the_clocks_go_forward_has_twenty_three_hours() -> None:
    hours = [request(f"2026-03-{28 + n // 24} {n % 24:02d}") for n in range(22, 50)]
    done = kept(*hours)
    assert dict(done.rows.group_by("day").len().iter_rows())[date(2026, 3, 29)] == 23


def test_background_has_no_minutes_and_all_its_bytes() -> None:
    row = only(kept(request("2026-10-06 09", host="cdn.updates.example", minutes=0b111)))
    assert (row["category"], row["minutes"], row["bytes"], row["hits"]) == ("background", 0, 100, 1)


def test_what_was_refused_is_a_row_of_its_own() -> None:
    done = kept(request("2026-10-06 09"), request("2026-10-06 09", blocked=True, minutes=0))
    assert sorted(done.rows.select("blocked", "minutes").iter_rows()) == [(False, 1), (True, 0)]


def test_our_own_list_drops_the_site_of_a_union_whatever_others_say() -> None:
    matcher = standard({}, [{"unison.org.uk": "news"}])
    row = only(kept(request("2026-10-06 09", host="www.unison.org.uk"), matcher=matcher))
    assert (row["domain"], row["category"]) == ("", "private")


def test_no_requests_are_no_rows() -> None:
    done = kept()
    assert (done.rows.height, done.names) == (0, {})
