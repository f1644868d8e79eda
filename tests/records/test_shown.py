"""What a record holds, in words that people read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.records import refs, shown
from moothall.records.models import Record
from moothall.records.shown import Change

Pair = tuple[dict[str, Any], dict[str, Any]]


def told(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return shown.changes(Record(number=1, kind="post.saved", ref="post:1", before=before, after=after))


@pytest.mark.parametrize(
    ("held", "changes"),
    [
        (({}, {}), []),
        (({"name": "Ivy"}, {"name": "Ivy Lamb"}), [Change("Name", "Ivy", "Ivy Lamb")]),
        (({"is_on": True}, {"is_on": False}), [Change("Is on", "yes", "no")]),
        (({}, {"unit_id": None, "days": 0}), [Change("Unit id", None, "nothing"), Change("Days", None, "0")]),
        (({"text": ""}, {}), [Change("Text", "nothing", None)]),
        (({}, {"at": "2026-07-06T13:30:00Z"}), [Change("At", None, "6 Jul 2026, 14:30")]),
        (({}, {"at": "2026-13-99T13:30:00Z"}), [Change("At", None, "2026-13-99T13:30:00Z")]),
        (({}, {"posts": [1, 2], "none": []}), [Change("Posts", None, "1, 2"), Change("None", None, "nothing")]),
        (({"content": {"text": "Hello"}}, {}), [Change("Content, text", "Hello", None)]),
        (({"roles": []}, {"roles": [["desk", None], ["lead", 3]]}), [Change("Roles", "nothing", "desk; lead, 3")]),
        (({}, {"each": [{"days": 1}, 2]}), [Change("Each, 1, days", None, "1"), Change("Each, 2", None, "2")]),
        (({}, {"none": [None]}), [Change("None", None, "nothing")]),
        (({}, {"case": "C-17", "days": 5}), [Change("Days", None, "5")]),
    ],
)
def test_values_are_told(held: Pair, changes: list[Change]) -> None:
    assert told(*held) == changes


words = st.text(max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(words.filter(lambda name: name != "case"), values, max_size=4))
def test_whatever_a_record_holds_can_be_told(held: dict[str, Any]) -> None:
    assert len(told(held, {})) >= len(held)
    assert all(change.after is None and change.before is not None for change in told(held, {}))


def test_references_have_their_words() -> None:
    assert refs.words("post:12") == "post 12"
    assert refs.words("ready_made:3") == "ready made 3"
    assert refs.words("practice-account:4") == "practice account 4"
    assert refs.words("database") == "database"


def test_each_room_is_asked_once_what_its_things_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    def names(pks: list[int]) -> dict[int, str]:
        asked.append(pks)
        return {1: "One", 9: "Nobody asked for it"}

    monkeypatch.setattr(refs, "_namers", {})
    refs.name_with("thing", names)
    assert refs.names(["thing:1", "thing:2", "thing:1", "other:1", "thing"]) == {"thing:1": "One"}
    assert asked == [[1, 2]]
