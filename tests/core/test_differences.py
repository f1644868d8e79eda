"""What changed between two texts."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from moothall.core.differences import words

TEXTS = st.lists(st.sampled_from(["the", "red", "fox", " ", " ", "\n", ".", "é", "e\u0301", "🎉", "a" * 30])).map(
    "".join
)


def test_a_word_put_in_and_a_word_taken_out() -> None:
    assert words("Bins go out on Monday.", "Bins go out early on Monday") == [
        ("same", "Bins go out "),
        ("added", "early "),
        ("same", "on Monday"),
        ("removed", "."),
    ]


def test_words_replaced_in_a_row_are_one_replacement() -> None:
    assert words("The red cat sat.", "The blue dog sat.") == [
        ("same", "The "),
        ("removed", "red cat"),
        ("added", "blue dog"),
        ("same", " sat."),
    ]


def test_nothing_changed_or_everything() -> None:
    assert words("", "") == []
    assert words("Same.", "Same.") == [("same", "Same.")]
    assert words("", "New.") == [("added", "New.")]


@given(TEXTS | st.text(), TEXTS | st.text())
def test_nothing_is_lost(before: str, after: str) -> None:
    found = words(before, after)
    assert "".join(piece for kind, piece in found if kind != "added") == before
    assert "".join(piece for kind, piece in found if kind != "removed") == after
    assert all(piece for _, piece in found)
    assert all(one[0] != other[0] for one, other in pairwise(found))


def test_long_texts_are_compared_by_lines_and_in_time() -> None:
    began = time.process_time()
    page = [f"Line {number} of the minutes." for number in range(1_500)]
    found = words("\n".join([*page, "The end."]), "\n".join(["Minutes.", *page[:500], *page[501:], "At last."]))
    assert ("removed", "Line 500 of the minutes.\n") in found
    assert words("a b " * 50_000, "b c " * 50_000)[0] == ("removed", "a b " * 50_000)
    assert time.process_time() - began < 15
