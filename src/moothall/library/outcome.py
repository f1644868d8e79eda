"""What re-encoding comes to. Django is not needed here: the re-encoding process has none."""

from dataclasses import dataclass

DAMAGED = "It is damaged or incomplete. Open it on your computer, save it again and add that."


class Refused(Exception):
    """The file cannot be used; the message is a sentence or two for the person who added it."""


@dataclass(frozen=True)
class Made:
    """What was written. A GIF of one frame does not move: then there is only its still."""

    width: int
    height: int
    seconds: float
    moves: bool = True
