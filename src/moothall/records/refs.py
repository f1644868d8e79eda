"""How the things that records are about are called: the rooms above say it of their own.

A record knows its thing by reference, "user:12". Where no room says what it is called, the reference is all there is.
"""

from collections.abc import Callable, Iterable, Mapping

Namer = Callable[[list[int]], Mapping[int, str]]
"""Ids to names; what is gone is left out."""

_namers: dict[str, Namer] = {}


def name_with(kind: str, namer: Namer) -> None:
    """From now on ``namer`` says what things are called whose references begin with ``kind``."""
    _namers[kind] = namer


def names(refs: Iterable[str]) -> dict[str, str]:
    """What these are called, as far as it is known; one question to each room."""
    asked: dict[str, dict[int, str]] = {}
    for ref in refs:
        kind, _, pk = ref.partition(":")
        if kind in _namers and pk.isdecimal():
            asked.setdefault(kind, {})[int(pk)] = ref
    return {
        by_id[pk]: name
        for kind, by_id in asked.items()
        for pk, name in _namers[kind](list(by_id)).items()
        if pk in by_id
    }


def words(ref: str) -> str:
    """A reference as a page says it: "post 12". ``spellings`` is the way back."""
    kind, _, pk = ref.partition(":")
    return f"{kind.replace('_', ' ').replace('-', ' ')} {pk}".strip()


def spellings(typed: str) -> tuple[str, ...]:
    """The references that may be meant: itself or, of "policy version 3", as records write two words of a kind."""
    kind, _, pk = typed.rpartition(" ")
    if not kind or ":" in typed:
        return (typed,) if typed else ()
    return tuple(dict.fromkeys(f"{kind.lower().replace(' ', sign)}:{pk}" for sign in "_-"))
