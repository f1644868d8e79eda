"""What an entry of the monitoring register must say before anybody is asked to approve it."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moothall.webuse import purpose_checks
from tests.webuse.purposes import WORDS

TODAY = date(2026, 6, 1)
NEXT_YEAR = date(2027, 6, 1)


def problems(review_on: date | None = NEXT_YEAR, **changed: str) -> dict[str, str]:
    return purpose_checks.amiss({**WORDS, **changed}, review_on, TODAY)


def test_an_entry_that_says_what_is_asked_lacks_nothing() -> None:
    assert problems() == {}


@pytest.mark.parametrize(
    "phrase",
    [
        "We keep the logs just in case there is trouble one day.",
        "Logs are read “just-in-case”, for the good of the council.",
        "The data may one day be useful to somebody in the council.",
        "It could come in handy when there is a complaint.",
        "To keep an eye on what goes on in the offices.",
        "General monitoring of how the web is used at work.",
        "For any lawful purpose that the council may have.",
        "To see what staff are doing during their working hours.",
        "For future use by whoever has a reason to look.",
        "In case something happens that has to be looked into.",
        "Security.",
    ],
)
def test_just_in_case_is_no_purpose(phrase: str) -> None:
    said = problems(what_for=phrase)["what_for"]
    assert "Monitoring workers (2023)" in said
    assert "article 5(1)(b)" in said


@pytest.mark.parametrize(
    "purpose",
    [
        "To plan the capacity of our lines by the volume of each hour.",
        "To find devices that call domains of ransomware, so that they are cleaned within a day.",
        "To count how much social media training each service needs.",
    ],
)
def test_a_purpose_that_says_what_it_is_for_passes(purpose: str) -> None:
    assert problems(what_for=purpose) == {}


@pytest.mark.parametrize("nothing", ["n/a", "N/A.", "None", "-", "…", "tbc", "Not applicable", "as above", "Same", "x"])
@pytest.mark.parametrize("field", ["rejected", "views", "notice_others", "dpia_reference"])
def test_a_field_that_says_nothing_is_refused(field: str, nothing: str) -> None:
    assert purpose_checks.MISSING[field] in problems(**{field: nothing})[field]


def test_two_fields_that_say_the_same_are_refused_once() -> None:
    copied = WORDS["consulted"].upper().replace(",", " –")
    assert problems(views=copied) == {
        "views": "This says the same as “Who was consulted?”. Say here what is asked here."
    }


@pytest.mark.parametrize(
    ("review_on", "said"),
    [
        (None, "Give the day"),
        (TODAY, "This day has come"),
        (date(2028, 6, 2), "more than two years"),
        (date(2028, 6, 1), ""),
    ],
)
def test_the_review_is_set_and_not_far_off(review_on: date | None, said: str) -> None:
    found = problems(review_on).get("review_on", "")
    assert found.startswith(said) if said and "more" not in said else said in found
    assert bool(found) == bool(said)


@given(st.dictionaries(st.sampled_from(sorted(WORDS)), st.text(max_size=60)), st.dates(TODAY, date(2030, 1, 1)))
@example({"what_for": "\x00"}, NEXT_YEAR)
def test_whatever_is_typed_gets_an_answer_by_field(typed: dict[str, str], review_on: date) -> None:
    found = problems(review_on, **typed)
    assert set(found) <= {*typed, *purpose_checks.MISSING, "review_on", "lawful_basis"}
    assert all(found.values())
