"""The categories. Pure.

There are few, so that a figure is about many people. What could show somebody's health, faith, politics, union, love or
money, or whom they write to, has one category only, and nobody can see what is in it: UK GDPR, articles 9 and 5(1)(c).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A kind of site. ``label`` is plain English for pages."""

    slug: str
    label: str
    closed: bool = False
    """Never opened up: the domain is dropped at import, and all closed categories are counted as ``PRIVATE``."""
    security: bool = False
    """Of interest whoever was there: malware and phishing."""
    social: bool = False
    browsing: bool = True
    """Whether it counts as somebody's browsing. Programs fetch updates without anybody asking."""


SOCIAL = "social"
BACKGROUND = "background"
PRIVATE = "private"
UNCLASSIFIED = "unclassified"

CATEGORIES: dict[str, Category] = {
    each.slug: each
    for each in (
        Category(SOCIAL, "Social networks", social=True),
        Category("news", "News"),
        Category("public-service", "Council and government"),
        Category("learning", "Learning and reference"),
        Category("travel", "Maps and travel"),
        Category("shopping", "Shopping"),
        Category("jobs", "Jobs"),
        Category("media", "Video and music"),
        Category("games", "Games"),
        Category("sport", "Sport"),
        Category("forums", "Forums and blogs"),
        Category("search", "Search"),
        Category("work-tools", "Business tools"),
        Category(BACKGROUND, "Updates, adverts and other background", browsing=False),
        Category("gambling", "Gambling"),
        Category("adult", "Adult"),
        Category("malware", "Malware", security=True),
        Category("phishing", "Phishing", security=True),
        Category(PRIVATE, "Private matters", closed=True),
        Category(UNCLASSIFIED, "Not classified"),
    )
}
"""By slug, in the order in which pages name them."""


def can_be_given(slug: str) -> bool:
    """Whether a list may put domains into it: what no list knows is unclassified, and only that."""
    return slug in CATEGORIES and slug != UNCLASSIFIED


def choices() -> str:
    """The slugs that a list can give, for a sentence."""
    return ", ".join(slug for slug in CATEGORIES if can_be_given(slug))


def stronger(one: str, other: str) -> str:
    """The one that holds where two lists disagree: closed before security before all others, and then ``one``."""
    return min(one, other, key=rank)


def rank(slug: str) -> int:
    """0 for a closed category, 1 for a security category, 2 for others."""
    category = CATEGORIES[slug]
    return 0 if category.closed else 1 if category.security else 2
