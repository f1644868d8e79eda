"""The council's own list, which comes before all others: CSV with the columns domain, category and, if wanted, why."""

from moothall.webuse import columns
from moothall.webuse.categories import hosts
from moothall.webuse.categories.matching import closed_by_us
from moothall.webuse.categories.names import CATEGORIES, can_be_given, choices
from moothall.webuse.categories.readings import Entry, Reading, Refused, Unfit

REQUIRED = ("domain", "category")
OPTIONAL = ("why",)
FILE = "overlay"
"""What ``Refused.file`` says: there is but one file."""


def read(text: str) -> Reading:
    """The entries of the list, and the lines that are not used: here each reason says what to do about its line."""
    entries: dict[str, str] = {}
    first: dict[str, int] = {}
    refused = []
    for row in columns.rows(text, REQUIRED, OPTIONAL):
        try:
            if row.problem:
                raise Unfit(row.problem)
            domain, category = _entry(row.cells["domain"], row.cells["category"])
            if domain in first:
                raise Unfit(f"Line {first[domain]} has “{domain}” already. Take one of them away.")
        except Unfit as unfit:
            refused.append(Refused(FILE, row.number, str(unfit)))
        else:
            first[domain] = row.number
            entries[domain] = category
    return Reading(tuple(Entry(*each) for each in entries.items()), tuple(refused))


def _entry(written: str, slug: str) -> Entry:
    category = slug.lower()
    if not can_be_given(category):
        raise Unfit(f"“{slug}” is not a category. Use one of these: {choices()}.")
    domain = hosts.clean(written)
    if domain is None:
        raise Unfit(f"“{written}” is not a domain. Write it like example.org.uk: no https://, path, port or star.")
    if "." not in domain and hosts.is_ending(domain):
        raise Unfit(f"“{domain}” is all there is under .{domain}. Name a domain.")
    if closed_by_us(domain) and not CATEGORIES[category].closed:
        raise Unfit(f"Moothall keeps “{domain}” closed: it is a private matter. Take this line away.")
    return Entry(domain, category)
