"""Which mail servers say that a mail comes from its sender's domain: ``Authentication-Results`` (RFC 8601). Pure.

What such a header says is partly copied from the mail itself, so nothing is looked for in it: it is taken apart, and
only exact words count. Whether to believe a server is not for here.
"""

import re
from collections.abc import Iterable, Iterator

_AROUND_EQUALS = re.compile(r"\s*=\s*")


def vouchers(values: Iterable[str], sender: str) -> Iterator[str]:
    """The ``authserv-id`` of each server that vouches for ``sender``; ``values`` are the headers, one a server."""
    domain = sender.rpartition("@")[2].lower()
    for value in values:
        server, *results = _plain(value).split(";")
        said = [_words(each) for each in results]
        if not domain or not server.split() or any(words[:1] == ["dmarc=fail"] for words in said):
            continue
        if any(_vouches(words, domain) for words in said):
            yield server.split()[0]


def _plain(value: str) -> str:
    """``value`` in lower case without its comments, and with a mark for each quoted text; empty if one has no end.

    What is quoted was taken from the mail: it is nobody's word but the sender's.
    """
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for sign in value.lower():
        if is_escaped:
            is_escaped = False
        elif sign == "\\" and (depth or is_quoted):
            is_escaped = True
        elif is_quoted:
            is_quoted = sign != '"'
        elif sign == "(":
            depth += 1
        elif depth:
            depth -= sign == ")"
            kept.append(" ")
        else:
            is_quoted = sign == '"'
            kept.append(sign)
    return "" if depth or is_quoted else "".join(kept)


def _words(result: str) -> list[str]:
    """``method=result`` and the properties behind it."""
    return _AROUND_EQUALS.sub("=", result).split()


def _vouches(words: list[str], domain: str) -> bool:
    if words[:1] == ["dmarc=pass"]:
        return f"header.from={domain}" in words
    if words[:1] == ["dkim=pass"]:
        by = [word.removeprefix("header.i=") for word in words if word.startswith("header.i=")]
        return f"header.d={domain}" in words or any(each.rpartition("@")[2] == domain for each in by)
    return False
