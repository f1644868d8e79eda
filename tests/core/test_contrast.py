"""Colours that everyone can read."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import contrast
from moothall.core.models import GREEN, check_colour

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the palest grey that WCAG lets stand on white
        ("#777777", "#ffffff", 4.48),
    ],
)
def test_known_ratios(one: str, other: str, expected: float) -> None:
    assert contrast.ratio(one, other) == pytest.approx(expected, abs=0.005)


@given(colours, colours)
def test_a_ratio_is_the_same_both_ways_and_within_bounds(one: str, other: str) -> None:
    assert 1 <= contrast.ratio(one, other) == contrast.ratio(other, one) <= 21


@given(colours)
def test_any_colour_that_is_let_in_can_be_read_in_all_its_shades(colour: str) -> None:
    if contrast.weakest(colour) < contrast.ENOUGH:
        return
    hover, tint = contrast.hover(colour), contrast.tint(colour)
    assert contrast.weakest(hover) >= contrast.ENOUGH
    assert contrast.ratio(hover, tint) >= contrast.ENOUGH


def test_our_own_colour_is_let_in() -> None:
    check_colour(GREEN)


@pytest.mark.parametrize("colour", ["#7fbf9f", "#777777", "#ffffff"])
def test_a_pale_colour_is_refused_with_its_figure(colour: str) -> None:
    with pytest.raises(ValidationError, match=f"contrast of {contrast.weakest(colour):.1f} to 1"):
        check_colour(colour)


@pytest.mark.parametrize("words", ["green", "#fff", "17533b", "#17533b;}", ""])
def test_what_is_no_colour_is_refused(words: str) -> None:
    with pytest.raises(ValidationError, match="six hex digits"):
        check_colour(words)
