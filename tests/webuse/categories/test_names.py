from pathlib import Path

import pytest

from moothall.webuse.categories import own
from moothall.webuse.categories.hosts import clean
from moothall.webuse.categories.names import (
    BACKGROUND,
    CATEGORIES,
    PRIVATE,
    SOCIAL,
    UNCLASSIFIED,
    can_be_given,
    stronger,
)

DOCS = Path(__file__).parents[3] / "docs/operators/webuse-categories.md"


def test_every_category_is_in_the_manual() -> None:
    lines = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert [
        each.slug
        for each in CATEGORIES.values()
        if not any(f"`{each.slug}`" in line and each.label in line for line in lines)
    ] == []


def test_private_matters_are_the_one_closed_category() -> None:
    assert [each.slug for each in CATEGORIES.values() if each.closed] == [PRIVATE]
    assert CATEGORIES[PRIVATE].label == "Private matters"


def test_security_social_and_background_are_marked() -> None:
    assert {each.slug for each in CATEGORIES.values() if each.security} == {"malware", "phishing"}
    assert [each.slug for each in CATEGORIES.values() if each.social] == [SOCIAL]
    assert [each.slug for each in CATEGORIES.values() if not each.browsing] == [BACKGROUND]


def test_a_list_can_say_anything_but_that_nobody_knows() -> None:
    assert can_be_given("news")
    assert not can_be_given(UNCLASSIFIED)
    assert not can_be_given("gossip")


def test_where_lists_disagree_the_closed_category_holds_and_then_security() -> None:
    assert stronger("news", PRIVATE) == PRIVATE
    assert stronger("malware", PRIVATE) == PRIVATE
    assert stronger("news", "malware") == "malware"
    assert stronger("news", "forums") == "news"


def test_our_own_list_has_each_domain_once_spelled_as_it_is_compared() -> None:
    lines = list(own.lines())
    assert len(lines) > 250
    assert len({each.domain for each in lines}) == len(lines)
    assert [each for each in lines if clean(each.domain) != each.domain or not can_be_given(each.category)] == []


def test_our_own_list_has_domains_in_all_categories_but_those_that_change_daily() -> None:
    assert {each.category for each in own.lines()} == set(CATEGORIES) - {"malware", "phishing", UNCLASSIFIED}


@pytest.mark.parametrize("domain", ["unison.org.uk", "nhs.uk", "samaritans.org", "protect-advice.org.uk", "gmail.com"])
def test_what_is_private_is_closed_from_the_start(domain: str) -> None:
    assert own.entries()[domain] == PRIVATE
