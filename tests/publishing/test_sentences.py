"""Where sentences, clauses and paragraphs end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.publishing.sentences import Break, gaps, sentences


@pytest.mark.parametrize(
    "text",
    [
        "It opens at 10.30 on Monday",
        "We took 2.5 tonnes of it",
        "Bring a coat, e.g. Your own",
        "Meet Mr. Jones of St. Mary's Rd. There",
        "Ask Cllr. J. R. Smith about it",
        "The U.K. Government said so",
        "See No. 10 and Fig. 3",
        "On Sun. 4 Oct. 2026 we close",
        "Well... There it is… Somewhere",
        "Open until 5 p.m. and closed after",
        "1. First entry of a list",
        "“Really?” she said",
        "Look! #LibrariesWeek",
        "Tickets. https://exampleshire.gov.uk/a.b",
        "See exampleshire.gov.uk for more",
    ],
)
def test_this_is_one_sentence(text: str) -> None:
    assert sentences(text) == [(0, len(text))]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It is open.", "Come in."),
        ("Is it open?", "Yes!"),
        ("Hooray! 🎉 🎉", "Come in."),
        ("He said “no.”", "We went."),
        ("(It was late.)", "We went."),
        ("We said No.", "They said yes."),
        ("It closes at 5 p.m.", "Come early."),
        ("Enjoy the sun.", "Bring a hat."),
        ("It costs £2.50.", "Pay by card."),
        ("We have 10.", "You have 5."),
        ("آج کھلا ہے۔", "کل بند ہے"),
        ("look!", "it is open"),
    ],
)
def test_these_are_two_sentences(first: str, second: str) -> None:
    text = f"{first} {second}"
    assert [text[start:end] for start, end in sentences(text)] == [first, second]


def test_a_new_line_ends_a_sentence_and_an_empty_one_a_paragraph() -> None:
    kinds = [gap.kind for gap in gaps("- tea\n- cake\n\nFree, for all")]
    assert kinds == [Break.CLAUSE, Break.SENTENCE, Break.CLAUSE, Break.PARAGRAPH, Break.CLAUSE, Break.WORD]


@given(st.text())
def test_between_the_gaps_stands_all_that_is_no_white_space(text: str) -> None:
    found = gaps(text)
    assert all(text[gap.end : gap.start].isspace() for gap in found)
    assert [gap.end for gap in found] == sorted({gap.end for gap in found})
    spans = sentences(text)
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
