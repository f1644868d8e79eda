"""Spellings that pass for ours, found; other people's names, left in peace."""

import csv
import re
from pathlib import Path

import pytest
from confusable_homoglyphs.confusables import confusables_data
from hypothesis import assume, given
from hypothesis import strategies as st

from moothall.channels import lookalikes
from moothall.channels.lookalikes import How
from tests.peers.needs import require

COUNCILS = Path(__file__).parents[3] / "shared/data/uk-council-websites/local-authorities.csv"
AUTHORITIES = Path(__file__).parents[3] / "shared/data/uk-local-authorities/uk_local_authorities_current.csv"

OURS = ["libraries", "exampleshire", "archives@social.example", "youth.exampleshire.example", "Ember_FireDog"]
handles = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=30).filter(
    lambda text: lookalikes.spelling(text) == text
)


@pytest.mark.parametrize(
    ("asked", "ours", "how", "words"),
    [
        ("l1braries", "libraries", How.LETTERS, "with “1” in place of “i”"),
        ("Iibraries", "libraries", How.LETTERS, "with “i” in place of “l”"),
        ("lіbraries", "libraries", How.LETTERS, "(cyrillic small letter byelorussian-ukrainian i) in place of “i”"),
        ("libraríes", "libraries", How.LETTERS, "latin small letter i with acute"),
        ("lib\u200braries", "libraries", How.LETTERS, "a hidden sign added"),
        ("exarnpleshire", "exampleshire", How.LETTERS, "with “rn” in place of “m”"),
        ("archive5@social.example", "archives@social.example", How.LETTERS, "with “5” in place of “s”"),
        ("archives@social.example.net", "archives@social.example", How.PLACE, "social.example.net"),
        ("youth.evil.example", "youth.exampleshire.example", How.PLACE, "evil.example"),
        ("youth", "youth.exampleshire.example", How.PLACE, "only the beginning"),
        ("libraries_official", "libraries", How.DRESS, "dressed up"),
        ("the.real.libraries", "libraries", How.DRESS, "dressed up"),
        ("exampleshire__uk", "exampleshire", How.DRESS, "dressed up"),
        ("EmberFireDog2026", "Ember_FireDog", How.DRESS, "dressed up"),
        ("libarries", "libraries", How.NEAR, "spelled differently"),
        ("librariess", "libraries", How.NEAR, "with “s” added"),
        ("exampelshyre", "exampleshire", How.NEAR, "spelled differently"),
    ],
)
def test_a_look_alike_is_pointed_out_with_what_is_different(asked: str, ours: str, how: How, words: str) -> None:
    found = lookalikes.find(asked, OURS)
    assert found is not None
    assert (found.ours, found.how) == (ours, how)
    assert words in found.words


@pytest.mark.parametrize("asked", ["highways", "lib", "ember", "someone.else.example", "", "@", "\u200b", "日本語"])
def test_another_name_is_another_name(asked: str) -> None:
    assert lookalikes.find(asked, OURS) is None


@given(handles, st.lists(handles, max_size=5))
def test_our_own_handle_is_never_a_look_alike(ours: str, others: list[str]) -> None:
    for written in (ours, f"@{ours}", ours.upper(), f" ＠{ours}\u202c"):
        assert lookalikes.find(written, [*others, ours]) is None


@given(handles, st.data())
def test_any_letter_replaced_by_one_that_looks_the_same_is_pointed_out(ours: str, data: st.DataObject) -> None:
    places = [place for place, sign in enumerate(ours) if sign.isalnum() and sign in confusables_data]
    assume(places)
    place = data.draw(st.sampled_from(places))
    instead = data.draw(st.sampled_from([each["c"] for each in confusables_data[ours[place]]]))
    asked = ours[:place] + instead + ours[place + 1 :]
    assume(lookalikes.spelling(asked) != ours)
    found = lookalikes.find(asked, [ours])
    assert found is not None
    assert found.how is How.LETTERS


@given(st.text(max_size=60), handles)
def test_any_text_can_be_asked_about(asked: str, ours: str) -> None:
    found = lookalikes.find(asked, [ours])
    assert found is None or (found.ours == ours and found.words)


def council_names() -> dict[str, set[str]]:
    """What real councils could call themselves: by the names of their sites, and by their names."""
    require(COUNCILS.exists() and AUTHORITIES.exists(), f"No shared data at {COUNCILS.parent.parent}")
    with COUNCILS.open(encoding="utf-8", newline="") as file:
        sites = {re.sub(r"^https?://(www\.)?", "", row["homepage_url"]).split(".")[0] for row in csv.DictReader(file)}
    with AUTHORITIES.open(encoding="utf-8", newline="") as file:
        names = {re.sub(r"[^a-z]", "", row["nice-name"].lower()) for row in csv.DictReader(file)}
    return {"sites": sites, "names": names}


def test_real_councils_are_not_taken_for_each_other() -> None:
    """Some four hundred of them, each against all: only names one slip apart, such as Bolton and Boston, come up."""
    for kind, names in council_names().items():
        assert len(names) > 300
        ordered = sorted(names)
        pairs = [
            (one, found)
            for one in ordered
            if (found := lookalikes.find(one, [other for other in ordered if other != one]))
        ]
        assert len(pairs) <= len(names) * 0.04, (kind, pairs)
        assert {found.how for _, found in pairs} <= {How.NEAR}, (kind, pairs)
