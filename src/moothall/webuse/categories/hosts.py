"""Host names as they are compared, and the domain that each belongs to. Pure.

Where domains are registered is said by the Public Suffix List. Only its first section is used, the registries
(``co.uk``, ``gov.uk``), not the second one, in which companies list their own customers' names (``github.io``,
``blogspot.com``): so a blog is counted as its host, ``blogspot.com``. That keeps less about the reader, as its name may
say what it is about, and does not splinter figures over the thousands of names of a content network. A list of
categories may name a single blog all the same: matching looks at the whole host.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import idna
from publicsuffixlist import PSLFILE, PublicSuffixList

LONGEST = 253
LONGEST_LABEL = 63
"""Signs of a name and of each of its parts (RFC 1035)."""
INTERNAL = "(internal)"
"""The domain of hosts whose last part is no top-level domain: ``intranet``, ``printer.local``."""
DOCUMENTATION = "example"
"""A top-level domain that no list has (RFC 2606). It is taken for one, so that what a manual says can be tried out."""

_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789-_."
_BEGIN, _END = "// ===BEGIN ICANN DOMAINS===", "// ===END ICANN DOMAINS==="


def clean(host: str) -> str | None:
    """``host`` in small letters and punycode, without a full stop at its end; an address in its shortest form.

    ``None`` if it is neither the name of a host nor an address. A port is not part of a host.
    """
    name = host.strip().lower()
    if ":" in name:
        return _address(name.removeprefix("[").removesuffix("]"))
    if not name.isascii():
        name = _punycode(name)
    name = name.removesuffix(".")
    if not 0 < len(name) <= LONGEST or name.strip(_SIGNS):
        return None
    if name[0] == "." or ".." in name or (len(name) > LONGEST_LABEL and not _short_labels(name)):
        return None
    last = name.rpartition(".")[2]
    if last.isdigit():
        return _address(name)
    return name if last.strip("-_") else None


def is_address(name: str) -> bool:
    """Whether ``name``, which is clean, is an address."""
    return ":" in name or name.rpartition(".")[2].isdigit()


def parents(name: str) -> Iterator[str]:
    """``name``, which is clean, and what it is part of, the longest first. An address is part of nothing."""
    yield name
    if not is_address(name):
        while name := name.partition(".")[2]:
            yield name


def domain(name: str) -> str:
    """The domain that ``name``, which is clean, belongs to: the one that somebody registered.

    A name under which others register is its own (``gov.uk`` has a site, too); an address is its own.
    """
    if is_address(name):
        return name
    if not _is_top_level(name.rpartition(".")[2]):
        return INTERNAL
    return _registered(name) or name


def is_ending(name: str) -> bool:
    """Whether others register their domains directly under ``name``, such as ``uk`` or ``co.uk``."""
    return not is_address(name) and domain(name) != INTERNAL and _registered(name) is None


def _address(text: str) -> str | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)


def _punycode(name: str) -> str:
    """``name`` in ASCII; empty if it cannot be."""
    if len(name) > LONGEST:
        return ""
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""


def _short_labels(name: str) -> bool:
    return all(len(label) <= LONGEST_LABEL for label in name.split("."))


@cache
def _rules() -> tuple[str, ...]:
    """The rules of the list's first section."""
    text = Path(PSLFILE).read_text("utf-8")
    lines = text.partition(_BEGIN)[2].partition(_END)[0].splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("//"))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(_rules())


@cache
def _branches() -> frozenset[str]:
    """The names directly under which there are rules: only there can a name be an ending itself."""
    above = {rule.partition(".")[2] for rule in _rules()}
    return frozenset(name if name.isascii() else _punycode(name) for name in above)


@lru_cache(4096)
def _is_top_level(label: str) -> bool:
    return label == DOCUMENTATION or _suffixes().publicsuffix(label, accept_unknown=False) is not None


def _registered(name: str) -> str | None:
    """The registered domain, ``None`` for an ending. The list is only asked where it branches, as asking it is slow."""
    above = name.partition(".")[2]
    if not above or above in _branches():
        return _suffixes().privatesuffix(name)
    return _registered_above(above) or name


@lru_cache(2**17)
def _registered_above(name: str) -> str | None:
    return _registered(name)
