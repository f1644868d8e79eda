"""Searching records finds what it should in the order it should, whatever is asked and however the clock went."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.core import localtime
from moothall.records import queries, refs
from moothall.records.forms import RecordFilter
from moothall.records.models import Record
from moothall.records.queries import MOST_NAMES, Filters
from moothall.records.secret import SECRET_KINDS
from moothall.records.words import of_noun
from tests.records.making import keep

pytestmark = pytest.mark.django_db

BEGINNING = datetime(2026, 10, 23, 12, tzinfo=UTC)
"""The clocks go back two nights later."""
KINDS = ("post.saved", "post.approved", "channel.connected", "case.raised", "case.decided", "webuse.looked")
NAMES = ("Alice Archer", "Bob Barrow", "alice archer", "Charlie Clay", "")
WHY = ("", "A flood at the library", "the 50% rule_x", "Because")

acts = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(NAMES),
        st.integers(1, 3),
        st.sampled_from(WHY),
        st.integers(-30, 60),  # hours: the clock may be set back
    ),
    max_size=14,
)
days = st.none() | st.dates(date(2026, 10, 22), date(2026, 10, 29))
asked = st.builds(
    Filters,
    kinds=st.sampled_from([(), ("post.approved",), of_noun("post"), of_noun("webuse"), ("case.raised",)]),
    who=st.sampled_from(["", "alice", "ARCHER", "Bob Barrow", "moothall", "nobody", "%"]),
    about=st.sampled_from([(), (), ("post:1",), ("post:9",), ("post:1", "post:2")]),
    since=days,
    until=days,
    words=st.sampled_from(["", "", "flood", "50%", "rule_", "u_e"]),
)


def lets_through(filters: Filters, record: Record) -> bool:
    """The rule in other words."""
    day = localtime.local(record.at).date()
    return (
        not record.kind.startswith(SECRET_KINDS)
        and (not filters.kinds or record.kind in filters.kinds)
        and filters.who.lower() in record.actor_name.lower()
        and (not filters.about or record.ref in filters.about)
        and (filters.since is None or day >= filters.since)
        and (filters.until is None or day <= filters.until)
        and filters.words.lower() in record.why.lower()
    )


@given(acts, asked, st.integers(1, 5))
@hypothesis_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_page_after_another_holds_all_that_is_asked_for_once_and_in_order(
    done: list[tuple[str, str, int, str, int]], filters: Filters, most: int
) -> None:
    first = queries.head()[0]
    moment = BEGINNING
    for kind, who, thing, why, hours in done:
        moment += timedelta(hours=hours)
        keep(kind, f"post:{thing}", by=who, why=why, at=moment)
    kept = [record for record in Record.objects.all() if lets_through(filters, record)]
    wanted = [each.number for each in sorted(kept, key=lambda each: (each.at, each.number), reverse=True)]
    found: list[int] = []
    last: Record | None = None
    while page := queries.search(filters, older_than=last, most=most):
        found += [record.number for record in page]
        last = page[-1]
        assert len(page) <= most
    assert found == wanted
    assert queries.head()[0] == first + len(done)


def test_many_people_of_one_name_are_all_found() -> None:
    for number in range(MOST_NAMES + 5):
        keep(by=f"Hazel Marsh {number}", at=BEGINNING + timedelta(minutes=number))
    keep(by="Rowan Pike")
    found = queries.search(Filters(who="marsh"), most=100)
    assert [each.actor_name for each in found] == [
        f"Hazel Marsh {number}" for number in reversed(range(MOST_NAMES + 5))
    ]
    few = queries.search(Filters(who="marsh 1"), most=100)
    assert len(few) == 11


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "records_newest"),
        (Filters(since=date(2026, 1, 1), until=date(2026, 1, 7)), "records_newest"),
        (Filters(kinds=of_noun("event")), "records_newest_of_a_kind"),
        (Filters(who="marsh"), "records_newest_of_an_actor"),
        (Filters(who="marsh", kinds=of_noun("event")), "records_newest_of_an_actor"),
    ],
    ids=["all", "days", "a noun", "somebody", "somebody's acts of a kind"],
)
def test_the_first_page_and_every_other_walk_an_index_and_sort_nothing(filters: Filters, index: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by how many rows there are, and here are few.")
    last = keep(by="Hazel Marsh", at=BEGINNING)
    for older_than in (None, last):
        with CaptureQueriesContext(connection) as ran:
            queries.search(filters, older_than=older_than, most=51)
        walks = [each["sql"] for each in ran if "LIMIT" in each["sql"]]
        assert walks
        for sql in walks:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + sql)
                plan = " ".join(row[3] for row in cursor.fetchall())
            assert f"USING INDEX {index} " in f"{plan} " or f"USING COVERING INDEX {index} " in f"{plan} ", plan
            assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ({}, Filters()),
        ({"kind": "records"}, Filters(kinds=("records.exported",))),
        ({"kind": "post.approved"}, Filters(kinds=("post.approved",))),
        ({"kind": "case"}, Filters()),
        ({"kind": "case.raised"}, Filters()),
        ({"about": " post  12 "}, Filters(about=("post:12",))),
        ({"about": "Ready made 3"}, Filters(about=("ready_made:3", "ready-made:3"))),
        ({"about": "database"}, Filters(about=("database",))),
        ({"about": "unit:all"}, Filters(about=("unit:all",))),
        ({"about": "policy-version:3"}, Filters(about=("policy-version:3",))),
        ({"since": "2026-10-06", "until": "no day"}, Filters(since=date(2026, 10, 6))),
        ({"until": "9999-12-31"}, Filters()),
        ({"who": " Hazel ", "words": " flood "}, Filters(who="Hazel", words="flood")),
    ],
)
def test_what_is_typed_becomes_a_question(typed: dict[str, str], filters: Filters) -> None:
    assert RecordFilter(typed).filters() == filters


@pytest.mark.parametrize(
    "ref",
    ["policy-version:3", "purpose-key:security", "ready_made:3", "post:12", "unit:all", "pseudonym:0aF3", "starter"],
)
def test_what_a_page_shows_can_be_typed(ref: str) -> None:
    record = keep(ref=ref)
    for typed in (ref, refs.words(ref)):
        assert queries.search(RecordFilter({"about": typed}).filters(), most=9) == [record]
