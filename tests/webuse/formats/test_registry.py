import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.formats import registry
from moothall.webuse.formats.base import Clock, Pattern
from moothall.webuse.formats.w3c import pattern_of
from tests.webuse.formats.written import BLUE_COAT, WRITTEN

GROUPS = {"time", "host", "date", "client", "user", "method", "status", "action", "bytes"}


def test_a_format_is_found_by_its_slug() -> None:
    for each in registry.FORMATS:
        assert registry.by_slug(each.slug) is each
    with pytest.raises(KeyError):
        registry.by_slug("papyrus")


@given(st.lists(st.text(max_size=100), max_size=50))
def test_random_text_is_of_no_format(lines: list[str]) -> None:
    assert registry.told_by(lines) is None


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["#"],
        ["#Fields:"],
        ["#Fields: date time cs-username"],
        ["one,two,three", "1,2,3"],
        ["one\ttwo", "1\t2"],
        ["To whom it may concern", "Sincerely"],
        ["time,login,action", "1,2,3"],
    ],
)
def test_other_files_are_of_no_format(lines: list[str]) -> None:
    assert registry.told_by(lines) is None


def test_a_file_with_a_header_and_no_lines_yet_is_told_all_the_same() -> None:
    told = registry.told_by(["#Software: SGOS 7.3.1.1", BLUE_COAT])
    assert told is not None
    assert told[0].slug == "w3c"


@pytest.mark.parametrize("pattern", [*(each.pattern for each in WRITTEN.values()), pattern_of(BLUE_COAT)])
def test_a_pattern_is_anchored_and_names_only_what_the_engine_knows(pattern: Pattern) -> None:
    assert pattern.regex.startswith("^")
    assert pattern.regex.endswith("$")
    names = re.findall(r"\(\?P<(\w+)>", pattern.regex)
    assert len(names) == len(set(names))
    assert {"time", "host"} <= set(names) <= GROUPS
    assert bool(pattern.time_format) == (pattern.clock is not Clock.EPOCH)
