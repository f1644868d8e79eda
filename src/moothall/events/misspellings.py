"""How people are likely to misspell a hashtag. Pure."""

from collections.abc import Iterator

from moothall.networks.text import fold_tag, hashtags

MOST = 12


def is_hashtag(tag: str) -> bool:
    """Whether networks take the whole of ``tag``, without its sign, for one hashtag."""
    return [each.value for each in hashtags(f"#{tag}")] == [tag]


def likely(tag: str) -> list[str]:
    """At most ``MOST`` misspellings, the likeliest kinds first: two letters swapped, one left out, one twice.

    Each is itself a hashtag and none is the same as ``tag`` to a network.
    """
    found: dict[str, str] = {}
    for kind in zip(_swapped(tag), _left_out(tag), _doubled(tag), strict=False):
        for each in kind:
            folded = fold_tag(each)
            if folded != fold_tag(tag) and is_hashtag(each):
                found.setdefault(folded, each)
    return list(found.values())[:MOST]


def _swapped(tag: str) -> Iterator[str]:
    """The first letter is hardly ever swapped."""
    for place in range(1, len(tag) - 1):
        yield tag[:place] + tag[place + 1] + tag[place] + tag[place + 2 :]


def _left_out(tag: str) -> Iterator[str]:
    for place in range(1, len(tag)):
        yield tag[:place] + tag[place + 1 :]


def _doubled(tag: str) -> Iterator[str]:
    for place in range(1, len(tag)):
        yield tag[:place] + tag[place] + tag[place:]
