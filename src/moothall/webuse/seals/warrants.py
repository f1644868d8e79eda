"""What allows to open one name. Knows no key: the web pages may load it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Warrant:
    """Two people approved that one pseudonym be opened, as it was under one purpose in one window of days."""

    reference: str
    purpose_key: str
    pseudonym: bytes
    first: date
    last: date
    approved_by: tuple[str, str]
    """The names of the two, who hold different roles."""
