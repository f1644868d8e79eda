"""Lines that were spoilt on the way: each is a reject, or its user stood where users stand."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webuse.formats.reading import groups
from tests.webuse.formats.written import NOISE, USER, WRITTEN, Marked, Written, requests

BETWEEN = ' \t,"'
A_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^/:@\s]+")


def text_of(line: Marked) -> str:
    return "".join(letter for letter, _ in line)


def joined(before: Marked, after: Marked) -> Marked:
    """Two pieces at a seam that nobody can see: a word that it makes out of two is nobody's field."""
    begin, end = len(before), 0
    while begin and before[begin - 1][0] not in BETWEEN:
        begin -= 1
    while end < len(after) and after[end][0] not in BETWEEN:
        end += 1
    word = [(letter, owner if owner == USER else NOISE) for letter, owner in before[begin:] + after[:end]]
    return before[:begin] + word + after[end:]


@st.composite
def spoilt(draw: st.DrawFn, written: Written) -> Marked:
    one, other = written.line(draw(requests)), written.line(draw(requests))
    here, there = draw(st.integers(0, len(one))), draw(st.integers(0, len(other)))
    begin, end = sorted((here, draw(st.integers(0, len(one)))))
    noise = [(letter, NOISE) for letter in draw(st.text(min_size=1, max_size=5))]
    ways = {
        "cut short": one[:here],
        "begun late": one[here:],
        "a piece lost": joined(one[:begin], one[end:]),
        "a piece twice": joined(one[:end], one[begin:]),
        "doubled": joined(one, one),
        "two in one": joined(one, other),
        "torn, then another": joined(one[:here], other),
        "spliced": joined(one[:here], other[there:]),
        "something in between": one[:here] + noise + one[here:],
        "overwritten": one[:here] + noise + one[here + len(noise) :],
    }
    return ways[draw(st.sampled_from(sorted(ways)))]


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_spoilt_line_is_a_reject_or_has_a_true_user(written: Written, data: st.DataObject) -> None:
    lines = data.draw(st.lists(spoilt(written), min_size=1, max_size=25))
    expression = re.compile(written.pattern.regex)
    for line, found in zip(lines, groups(written.pattern, [text_of(each) for each in lines]), strict=True):
        if found is None:
            continue
        where = expression.search(text_of(line))
        assert where is not None
        assert where["user"] == found["user"]
        begin, end = where.span("user")
        assert {owner for _, owner in line[begin:end]} <= {USER, NOISE}, text_of(line)
        assert A_HOST.fullmatch(found["host"])


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.text(max_size=200) | st.binary(max_size=200).map(lambda it: it.decode("utf-8", "replace"))))
def test_what_is_no_line_at_all_is_a_reject(written: Written, lines: list[str]) -> None:
    assert groups(written.pattern, lines) == [None] * len(lines)
