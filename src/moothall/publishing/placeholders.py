"""Gaps in a ready-made text, filled before it goes out: "Story time is at {time}, in {name of the library}". Pure."""

from collections.abc import Iterable, Mapping

import regex

_GAP = regex.compile(r"\{([^{}\n]{1,80})\}")


def names(*texts: str) -> list[str]:
    """What the gaps of these texts are called, each once, in the order in which they come."""
    found = (_name(match) for text in texts for match in _GAP.finditer(text))
    return list(dict.fromkeys(name for name in found if name))


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with what its gaps are to hold. A gap without a value stays; what fills one is not filled itself."""
    return _GAP.sub(lambda match: values.get(_name(match)) or match.group(), text)


def unfilled(texts: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those of the gaps called ``known`` that are still in ``texts``. Other words in braces are the author's own."""
    wanted = set(known)
    return [name for name in names(*texts) if name in wanted]


def _name(match: "regex.Match[str]") -> str:
    return " ".join(match.group(1).split())
