"""Whom a text names: whole words, whatever their capitals, accents and order; and what only looks like a name."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.lessons import names
from moothall.lessons.names import Text

PEOPLE = ["Hazel Marsh", "Cllr Zoë O’Neill-Hart OBE", "Dr Ann (she/her) Mary Wold", "Ivy", "Mr J"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We asked Hazel Marsh about it.", ["Hazel Marsh"]),
        ("We asked HAZEL MARSH about it.", ["HAZEL MARSH"]),
        ("hazel marsh’s post went out.", ["hazel marsh’s"]),
        ("Marsh, Hazel (Libraries)", ["Marsh, Hazel"]),
        ("Hazel K. Marsh was there", ["Hazel K. Marsh"]),
        ("write to @hazel_marsh or hazel.marsh", ["hazel_marsh", "hazel.marsh"]),
        ("Hazel\nMarsh", ["Hazel\nMarsh"]),
        ("Councillor Zoe O'Neill Hart said so", ["Zoe O'Neill Hart"]),
        ("Zoe\u0308 O’Neill-Hart", ["Zoë O’Neill-Hart"]),
        ("Ann Mary Wold, or Ann Wold", ["Ann Mary Wold", "Ann Wold"]),
        ("The hazel by the marsh", []),
        ("Hazelnuts and Marshes, hazel marshland", []),
        ("Hazel and somebody called Marsh", []),
        ("Ivy climbed the wall, as ivy does", []),
        ("", []),
    ],
)
def test_full_names_are_found_as_they_stand(text: str, said: list[str]) -> None:
    assert Text(text).names(PEOPLE) == said


def test_what_is_said_twice_is_told_once() -> None:
    assert Text("Hazel Marsh. Hazel Marsh! hazel marsh").names(PEOPLE) == ["Hazel Marsh", "hazel marsh"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Marsh knew, and so did Ivy.", ["Marsh", "Ivy"]),
        ("The marsh was wet.", []),
        ("Somebody by the name of O’Neill Hart", ["O’Neill Hart"]),
        ("Marshall Street", []),
    ],
)
def test_surnames_are_told_only_where_they_have_a_capital(text: str, said: list[str]) -> None:
    assert Text(text).surnames(PEOPLE) == said


def test_addresses_are_found_whatever_stands_around_them() -> None:
    text = "Mail <Hazel.Marsh@Exampleshire.example>, or a-b+c@mail.example. Not @hazel, not hazel@home."
    assert Text(text).addresses() == ["hazel.marsh@exampleshire.example", "a-b+c@mail.example"]


def test_of_many_people_only_those_are_taken_apart_whose_last_name_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    whole = names._parts

    def counted(name: str) -> list[list[str]]:
        taken.append(name)
        return whole(name)

    monkeypatch.setattr(names, "_parts", counted)
    people = [f"Person{number} Surname{number}" for number in range(1_000)] + PEOPLE
    text = Text("Surname7 asked Hazel Marsh.")
    found = text.may_hold(people)
    assert text.names(found) == ["Hazel Marsh"]
    assert text.surnames(found) == ["Surname7", "Marsh"]
    assert "Person8 Surname8" not in taken
    assert len(set(taken)) < 10


pieces = st.sampled_from(
    ["ann", "Wold", "O'Neill", "o’neill", "Smith-Jones", "OBE", "Dr", "M.", "J", "Zoë", "(she)", "Bob's"]
)
spoken = st.lists(pieces, max_size=5).map(" ".join)


@given(st.lists(spoken, max_size=6), spoken)
def test_nobody_who_can_be_found_is_left_out(people: list[str], said: str) -> None:
    text = Text(said)
    assert text.names(text.may_hold(people)) == text.names(people)
    assert text.surnames(text.may_hold(people)) == text.surnames(people)


words = st.text(string.ascii_lowercase, min_size=2, max_size=8)
signs = st.sampled_from([" ", ", ", ". ", "\n", " – ", ": “", "/"])


@given(words, words, st.lists(words, max_size=5), st.lists(words, max_size=5), signs, st.booleans(), st.booleans())
def test_a_name_is_found_anywhere_in_either_order_and_any_capitals(
    first: str, last: str, before: list[str], after: list[str], sign: str, turned: bool, loud: bool
) -> None:
    name = f"{last}{sign}{first}" if turned else f"{first}{sign}{last}"
    said = name.upper() if loud else name
    text = sign.join([*before, said, *after])
    assert Text(text).names([f"{first.title()} {last.title()}"])


@given(words, words, st.lists(words, max_size=12))
def test_nothing_is_found_unless_both_its_words_are_there(first: str, last: str, text: list[str]) -> None:
    if first not in text or last not in text:
        assert Text(" ".join(text)).names([f"{first} {last}"]) == []
