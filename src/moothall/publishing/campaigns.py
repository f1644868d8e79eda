"""Links that tell the council's own statistics which campaign and which network a visitor came by.

The parameters are those of Google Analytics ("Collect campaign data with custom URLs"), which Matomo and others read
as well. Pure.
"""

from urllib.parse import quote_plus, unquote_plus

import regex

from moothall.networks.text import links

_REST_OF_WORD = regex.compile(r"[^\s\w]*+(?=\s|\Z)")


def tagged(text: str, campaign: str, source: str, medium: str = "social") -> str:
    """``text`` with the campaign in each of its links that begin with http:// or https://; as it is without one.

    A link keeps its query and its fragment, and what it says of its campaign already. One that runs on into other
    letters stays as it is: there is no telling where it ends.
    """
    if not campaign.strip():
        return text
    wanted = _parameters(campaign, source, medium)
    pieces: list[str] = []
    position = 0
    for link in links(text, bare=False):
        if _REST_OF_WORD.match(text, link.end):
            pieces += [text[position : link.start], _with(link.value, wanted)]
            position = link.end
    return "".join([*pieces, text[position:]])


def tagged_address(url: str, campaign: str, source: str, medium: str = "social") -> str:
    """``url``, a web address and nothing else, with the campaign; as it is without one."""
    return _with(url, _parameters(campaign, source, medium)) if campaign.strip() else url


def _parameters(campaign: str, source: str, medium: str) -> dict[str, str]:
    return {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}


def _with(url: str, wanted: dict[str, str]) -> str:
    address, hash_sign, fragment = url.partition("#")
    path, question_mark, query = address.partition("?")
    there = {unquote_plus(pair.partition("=")[0]).lower() for pair in query.split("&")}
    pairs = [query] if query else []
    pairs += [f"{name}={_quoted(value)}" for name, value in wanted.items() if name not in there]
    return path + (question_mark or "?" if pairs else question_mark) + "&".join(pairs) + hash_sign + fragment


def _quoted(value: str) -> str:
    """``value`` for a query. No full stop or tilde: at the end of a link, networks take them for the sentence's."""
    return quote_plus(value.strip(), safe="").replace(".", "%2E").replace("~", "%7E")
