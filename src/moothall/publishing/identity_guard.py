"""In whose voice a post speaks, and when an author is asked once more. Pure.

A persona (a fire-investigation dog, say) has a voice of its own. One post that speaks as a persona and as anybody else,
and a post that changes from a persona's voice to another or back, are nearly always a slip of the hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moothall.channels.models import Capacity, Channel

SEPARATOR = "; "


@dataclass(frozen=True, order=True)
class Voice:
    """Somebody whom the public hears: a persona by its name, or the body in one of its other capacities."""

    capacity: str
    name: str = ""

    def __str__(self) -> str:
        """ "Ember the dog (persona)", "corporate" """
        return f"{self.name} ({self.capacity})" if self.name else self.capacity


def voices(channels: Iterable[Channel]) -> list[Voice]:
    """The voices of these channels, each once, in a fixed order. Two accounts of one persona are one voice."""
    found = {Voice(each.capacity, each.display_name if each.capacity == Capacity.PERSONA else "") for each in channels}
    return sorted(found)


def key(of: Sequence[Voice]) -> str:
    """The voices in one line, as a post keeps those that its author has confirmed."""
    return SEPARATOR.join(map(str, of))


def question(confirmed: str, now: Sequence[Voice]) -> str:
    """What to ask an author who speaks with the voices ``now``, in words; empty if there is nothing to ask.

    ``confirmed`` is the ``key`` of the voices that were last accepted; empty for a new post.
    """
    if not now or confirmed == key(now):
        return ""
    names = _listed(now)
    personas = [each for each in now if each.capacity == Capacity.PERSONA]
    if personas and len(now) > 1:
        return f"This post speaks as {names}, in the same breath. Say that you mean it, or choose the channels of one."
    if confirmed and (personas or f"({Capacity.PERSONA})" in confirmed):
        before = confirmed.replace(SEPARATOR, " and ")
        return f"This post spoke as {before} before, and now speaks as {names}. Say that you mean it."
    return ""


def _listed(of: Sequence[Voice]) -> str:
    return " and ".join(map(str, of))
