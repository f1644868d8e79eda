"""The addresses of records, with who may use each."""

from types import SimpleNamespace
from typing import Any

from moothall.records.addresses import address_of
from tests.addresses import Page
from tests.records import making

PAGES = [
    Page("records", "records.search"),
    Page("record", "records.search", ("record_address",)),
    Page("export-records", "records.search", post=True),
]


def world(people: SimpleNamespace) -> dict[str, Any]:
    """What stands in these addresses."""
    return {"record_address": address_of(making.keep(by=people.alice.name).number)}
