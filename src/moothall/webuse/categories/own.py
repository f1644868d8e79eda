"""Our own short list: well-known sites, and the private matters that stay closed whatever other lists say.

It is ``own.txt``: the slug of a category in brackets, and below it a domain on each line.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from moothall.webuse.categories.readings import Entry


def lines() -> Iterator[Entry]:
    """The entries as they stand in the file."""
    category = ""
    for line in files(__package__).joinpath("own.txt").read_text("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("["):
            category = text.strip("[]")
        elif text:
            yield Entry(text, category)


@cache
def entries() -> Mapping[str, str]:
    """Domains with the slugs of their categories."""
    return MappingProxyType(dict(lines()))
