"""What the words of a post mean to a network: hashtags, links and mentions, and how long a text is.

All of it is pure. Hashtags, links and mentions are found as Twitter's *twitter-text* finds them (its conformance file
``extract.yml`` is our test), which the other networks follow closely. Positions count code points; ``Found.bytes``
gives the UTF-8 offsets that Bluesky wants.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import regex
from twitter_text import extract_urls_with_indices

# A host name as the AT Protocol's "Handle" specification has it. Its library says the same, and takes half a second to
# load, which every command of Moothall's would wait for.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HANDLE = regex.compile(rf"(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}")
_LONGEST_HANDLE = 253

# The letters, marks, digits and joining signs that a hashtag may be made of: twitter-text's list.
_TAG_LETTER = r"\p{L}\p{M}"
_TAG_SIGN = _TAG_LETTER + (
    r"\p{Nd}_\u200C\u200D\uA67E\u05BE\u05F3\u05F4\uFF5E\u301C\u309B\u309C\u30A0\u30FB\u3003\u0F0B\u0F0C\u00B7"
)
_HASHTAG = regex.compile(
    rf"(?:(?<=[\uFE0E\uFE0F])|(?<![{_TAG_SIGN}&]))"  # a variation selector ends an emoji, though it is a mark
    r"[#＃](?![\uFE0F\u20E3])"  # not the keycap emoji
    rf"(?=[{_TAG_SIGN}]*[{_TAG_LETTER}])"
    rf"(?P<value>[{_TAG_SIGN}]++)"
    r"(?![#＃]|://)"
)
_MENTION = regex.compile(
    r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=(?<![A-Za-z0-9_+~.-])RT)|(?<=(?<![A-Za-z0-9_+~.-])RT:))"
    r"[@＠](?P<value>[A-Za-z0-9_]{1,20}+)"
    r"(?![0-9_@＠\p{Latin}]|://)",
    regex.IGNORECASE,
)
# The link finder tries each of a row of dotted names as a beginning and as an end, which takes seconds for a text made
# of them. No address that anybody writes has so many names in a row, so a word with such a row is no link. Nor is one
# with a name of more hyphens than fit in the 63 signs of a name (RFC 1035), unless that stands in the path of an
# address: a headline may, and there the finder goes straight ahead.
_WORD = regex.compile(r"\S++")
_NAME_SIGN = r"[^\s!\"#%&'()*+,./:;<=>?@\[\]^{|}~$\\]"
_ROW_OF_NAMES = regex.compile(rf"(?<!{_NAME_SIGN}|\.)(?:{_NAME_SIGN}++\.++){{17,}}+")
_MANY_HYPHENS = regex.compile(rf"(?<!{_NAME_SIGN})(?:(?![-_]){_NAME_SIGN})*+(?:[-_](?:(?![-_]){_NAME_SIGN})*+){{32,}}+")
_OF_A_PATH = regex.compile(r"[A-Za-z0-9_-]++")
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True)
class Found:
    """Something found in a text: ``text[start:end]``. ``value`` leaves the sign (# or @) out."""

    value: str
    start: int
    end: int

    def bytes(self, text: str) -> tuple[int, int]:
        """Start and end in the UTF-8 form of ``text``."""
        start = len(text[: self.start].encode())
        return start, start + len(text[self.start : self.end].encode())


def fold_tag(tag: str) -> str:
    """What two ways to write one hashtag have in common: no sign, no capitals, one form of each letter (NFKC)."""
    if tag.isascii():  # most are, and their letters have one form
        return tag.strip().lstrip("#").strip().lower()
    # Unicode's "compatibility caseless match" (its standard, section 3.13): some letters need each of the steps.
    once = normalize("NFKC", normalize("NFD", tag).casefold())
    return normalize("NFKC", once.casefold()).strip().lstrip("#").strip()


def links(text: str, *, bare: bool = True) -> list[Found]:
    """The web addresses in ``text``; with ``bare`` also those without ``https://``, if they end in a known domain."""
    return list(_links(text, bare))


@lru_cache(maxsize=256)
def _links(text: str, bare: bool) -> tuple[Found, ...]:
    """Kept for a while: a text is read for its length, its hashtags and its links, and again at each letter typed."""
    searched = _WORD.sub(lambda word: " " * len(word[0]) if _is_slow(word[0]) else word[0], text)
    found = extract_urls_with_indices(searched, extract_urls_without_protocol=bare)
    return tuple(Found(text[slice(*each["indices"])], *each["indices"]) for each in found)


def _is_slow(word: str) -> bool:
    """Whether the link finder would take long over ``word``, which is no link then."""
    if _ROW_OF_NAMES.search(word):
        return True
    return any(not _is_in_path(word, name) for name in _MANY_HYPHENS.finditer(word))


def _is_in_path(word: str, name: regex.Match[str]) -> bool:
    """Whether ``name`` goes on with an address that began before it. What comes before it in ``word`` is not slow."""
    if not _OF_A_PATH.fullmatch(name[0]):
        return False
    before = extract_urls_with_indices(word[: name.start() + 1])
    return bool(before) and before[-1]["indices"][1] == name.start() + 1


def hashtags(text: str) -> list[Found]:
    """The hashtags in ``text``, but not those that are part of a link."""
    return _outside_links(text, _HASHTAG)


def mentions(text: str) -> list[Found]:
    """The mentions of Twitter's kind (``@name``) in ``text``."""
    return _outside_links(text, _MENTION)


def _outside_links(text: str, pattern: regex.Pattern[str]) -> list[Found]:
    matches = list(pattern.finditer(text))
    taken = links(text) if matches else []
    ends = [link.end for link in taken]  # ascending, as links do not overlap

    def is_outside(start: int, end: int) -> bool:
        after = bisect_right(ends, start)  # the first link that ends behind ``start``
        return after == len(taken) or end <= taken[after].start

    return [Found(match["value"], *match.span()) for match in matches if is_outside(*match.span())]


def graphemes(text: str) -> int:
    """How many characters a reader would count in ``text`` (extended grapheme clusters of Unicode)."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return len(_GRAPHEME.findall(text))


def with_links_of_length(text: str, characters: int) -> str:
    """``text`` with a placeholder of so many characters for each link: what is counted where links weigh alike."""
    pieces: list[str] = []
    position = 0
    for link in links(text, bare=False):
        pieces += [text[position : link.start], "x" * characters]
        position = link.end
    return "".join([*pieces, text[position:]])


def is_handle(text: str) -> bool:
    """Whether ``text`` is a handle of the AT Protocol (Bluesky): a host name of at least two parts."""
    return len(text) <= _LONGEST_HANDLE and _HANDLE.fullmatch(text) is not None
