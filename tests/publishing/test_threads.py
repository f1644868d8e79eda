"""Threads: reading and writing them, numbers at the ends of parts, and cutting a long text."""

import time

import pytest
import regex
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.networks.text import hashtags, links, mentions
from moothall.publishing import threads
from moothall.publishing.threads import CannotSplit, join, parts, split

LETTER = """The libraries of Exampleshire are open again. Come in on Monday at 10.30 and meet Cllr. J. Smith! 🎉

We have 2.5 km of shelves, e.g. Local history. Tickets: https://exampleshire.gov.uk/libraries?from=a.b

Ask @exampleshire, or Mr. Jones in St. Mary's Rd. #LibrariesWeek #Exampleshire"""


def fits(most: int) -> threads.Fits:
    return lambda part: len(part) <= most


# --- The parts of a text ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("One text.", ["One text."]),
        ("One.\n---\nTwo.", ["One.", "Two."]),
        ("\n\nOne.\r\n\r\n---\r\n\r\nTwo.\r\n", ["One.", "Two."]),
        ("One.\n --- \nTwo.", ["One.", "Two."]),
        ("One.\n---\n\n---\nThree.", ["One.", "", "Three."]),
        ("One.\n---", ["One.", ""]),
        ("One --- and\n---- two\n--", ["One --- and\n---- two\n--"]),
        ("One.\n\nStill one.", ["One.\n\nStill one."]),
    ],
)
def test_a_line_that_is_only_three_hyphens_begins_the_next_part(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@given(st.lists(st.text(st.sampled_from("ab -\n#é"), max_size=12), min_size=1))
def test_what_was_divided_and_joined_is_divided_alike(written: list[str]) -> None:
    divided = parts(join(written))
    assert parts(join(divided)) == divided
    if not any("---" in each for each in written):
        assert divided == [each.strip() for each in written]


# --- Numbers ---


def numbered(of: list[str], numbering: str = threads.NUMBERING) -> list[str]:
    """As cutting a text gives its parts their numbers."""
    return threads._with_numbers(threads._without_numbers(of, numbering), numbering)


def test_parts_are_numbered_at_their_ends() -> None:
    assert numbered(["One.", "Two. #Bins"]) == ["One. 1/2", "Two. #Bins 2/2"]
    assert numbered(["Alone."]) == ["Alone."]
    assert numbered(["One.", "Two."], "({n} of {of})") == ["One. (1 of 2)", "Two. (2 of 2)"]


def test_numbers_that_are_there_are_renewed_when_a_part_came_or_went() -> None:
    assert numbered(["One. 1/2", "New.", "Two. 2/2"]) == ["One. 1/3", "New. 2/3", "Two. 3/3"]
    assert numbered(["Two. 2/3", "Three. 3/3"]) == ["Two. 1/2", "Three. 2/2"]


def test_a_score_is_no_number_of_a_part() -> None:
    assert numbered(["The river scored 3/5", "The canal scored 4/5"]) == [
        "The river scored 3/5 1/2",
        "The canal scored 4/5 2/2",
    ]
    assert numbered(["We eat 1/2 of it", "and waste the rest"])[0] == "We eat 1/2 of it 1/2"


def unnumbered(part: str) -> str:
    found = threads._number_of(part, threads.NUMBERING)
    return part[: found.start] if found else part


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("One. 1/2", "One."),
        ("One.\n1/2", "One."),
        ("One.", "One."),
        ("In 3/2", "In 3/2"),
        ("a1/2", "a1/2"),
        ("1/2", ""),
    ],
)
def test_the_number_of_one_part_comes_off(part: str, expected: str) -> None:
    assert unnumbered(part) == expected


# --- Cutting ---


def test_what_fits_stays_one_part_without_a_number() -> None:
    assert split(LETTER, fits(1_000)) == [LETTER]
    assert split("", fits(10)) == [""]


def test_a_long_text_ends_its_parts_with_paragraphs_and_sentences() -> None:
    assert split(LETTER, fits(120)) == [
        "The libraries of Exampleshire are open again. Come in on Monday at 10.30 and meet Cllr. J. Smith! 🎉 1/3",
        "We have 2.5 km of shelves, e.g. Local history. Tickets: https://exampleshire.gov.uk/libraries?from=a.b 2/3",
        "Ask @exampleshire, or Mr. Jones in St. Mary's Rd. #LibrariesWeek #Exampleshire 3/3",
    ]


def test_paragraphs_stay_within_a_part_that_holds_several() -> None:
    text = "One.\n\nTwo.\n\n" + "Three is longer than both. " * 3
    assert split(text, fits(60))[0] == "One.\n\nTwo.\n\nThree is longer than both. 1/2"


def test_a_sentence_too_long_is_cut_between_clauses_and_then_between_words() -> None:
    text = "Bring your old paint, your batteries and lamps; we take what the bins on your street do not take"
    assert split(text, fits(60)) == [
        "Bring your old paint, your batteries and lamps; 1/2",
        "we take what the bins on your street do not take 2/2",
    ]
    assert split("bring your old paint and batteries", fits(24)) == ["bring your old paint 1/2", "and batteries 2/2"]


def test_a_word_too_long_is_cut_between_graphemes() -> None:
    family = "👨‍👩‍👧"
    assert split(family * 4, fits(len(family) * 2 + 4)) == [f"{family * 2} 1/2", f"{family * 2} 2/2"]


@pytest.mark.parametrize(
    "piece",
    ["https://exampleshire.gov.uk/" + "a" * 60, "exampleshire.gov.uk/" + "a" * 60, "#" + "Long" * 15, "@" + "a" * 60],
)
def test_a_link_or_hashtag_that_does_not_fit_is_named(piece: str) -> None:
    with pytest.raises(CannotSplit, match=r"too long for a part of its own.*Make it shorter"):
        split(f"See this: {piece} soon.", fits(40))


def test_parts_that_are_there_are_kept_and_only_the_long_one_is_cut() -> None:
    text = "Short.\n---\n" + "This one is too long. " * 3 + "\n---\n\n---\nLast."
    assert split(text, fits(50)) == [
        "Short. 1/4",
        "This one is too long. This one is too long. 2/4",
        "This one is too long. 3/4",
        "Last. 4/4",
    ]


def test_without_numbering_there_are_no_numbers() -> None:
    assert split("One is here. Two is here.", fits(14), numbering="") == ["One is here.", "Two is here."]


def test_ten_parts_leave_room_for_longer_numbers() -> None:
    found = split("Nine signs. " * 12, fits(17))
    assert found[-1] == "Nine signs. 12/12"
    assert len(found) == 12


def test_three_hyphens_in_a_sentence_never_come_to_stand_alone() -> None:
    text = "some words here ---\nand some more words ---\nand more"
    for most in range(18, 40):
        found = split(text, fits(most))
        assert parts(join(found)) == found


WORDS = st.sampled_from(["The", "library", "10.30.", "Come!", "Really?", "(Yes.)", "e.g.", "Mr.", "No.", "5", "and,"])
SIGNS = st.sampled_from(
    ["or;", "2.5", "kg…", "wait...", "🎉", "👨‍👩‍👧", "é", "1/2", "-", "–", '"Quoted."', "Rd.", "A."]
)
FOUND = st.sampled_from(["#LibrariesWeek", "@exampleshire", "https://example.org/a.b?c=d#e", "exampleshire.gov.uk"])
PIECES = WORDS | SIGNS | FOUND
GAPS = st.sampled_from([" ", " ", " ", " ", "  ", "\n", "\n\n", "\n---\n"])
TEXTS = st.lists(st.tuples(PIECES, GAPS), max_size=60).map(lambda pairs: "".join(a + b for a, b in pairs))


def found_in(text: str) -> list[str]:
    return [each.value for find in (hashtags, mentions, links) for each in find(text)]


@hypothesis_settings(deadline=None, max_examples=300)
@given(TEXTS, st.integers(50, 120))
def test_nothing_is_lost_doubled_or_broken(text: str, most: int) -> None:
    found = split(text, fits(most))
    assert all(len(part) <= most for part in found)
    whole = [part for part in threads._without_numbers(parts(text), threads.NUMBERING) if part]
    bare = [unnumbered(part) for part in found] if len(found) > 1 else found
    assert " ".join(bare).split() == " ".join(whole).split()
    assert sorted(each for part in bare for each in found_in(part)) == sorted(
        each for part in whole for each in found_in(part)
    )
    assert split(join(found), fits(most)) == found


@hypothesis_settings(deadline=None, max_examples=300)
@given(st.text(), st.integers(12, 60))
def test_no_text_whatever_loses_a_letter(text: str, most: int) -> None:
    try:
        found = split(text, fits(most), numbering="")
    except CannotSplit:
        return
    kept = [part for part in parts(text) if part]
    assert "".join("".join(found).split()) == "".join("".join(kept).split())
    assert all(len(part) <= most for part in found)
    whole = [regex.findall(r"\X", part) for part in kept]
    cut = [grapheme for part in found for grapheme in regex.findall(r"\X", part)]
    assert [each for each in cut if not each.isspace()] == [
        each for graphemes in whole for each in graphemes if not each.isspace()
    ]


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "a" * 100_000,
        "." * 100_000,
        "👨‍👩‍👧" * 10_000,
        "\n\n" * 50_000 + "a",
        "a. " * 30_000,
        ")" * 100_000,
    ],
    ids=["words", "one word", "dots", "families", "lines", "initials", "brackets"],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = time.process_time()
    split(text, fits(300))
    assert time.process_time() - began < 15  # some 1 s; what grows with the square takes minutes
