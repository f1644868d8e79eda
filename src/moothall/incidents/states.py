"""How an incident moves. The table is the whole of it; ``refuse_move`` refuses anything else."""

from django.core.exceptions import ValidationError
from django.db.models import TextChoices


class State(TextChoices):
    """From the first alarm to the lesson."""

    OPEN = "open", "Open"
    CONTAINED = "contained", "Contained"
    CLOSED = "closed", "Closed"


OPEN, CONTAINED, CLOSED = State

MOVES: dict[State, frozenset[State]] = {
    OPEN: frozenset({CONTAINED, CLOSED}),
    CONTAINED: frozenset({OPEN, CLOSED}),
    CLOSED: frozenset(),
}
"""Contained: nothing gets worse, and there is still something to do. It opens again if that was said too soon."""

RUNNING = (OPEN, CONTAINED)

IS_CLOSED = "This incident is closed, and stays as it is. If it goes on, open a new one."


def refuse_move(before: str, after: str) -> None:
    """Raise ``ValidationError`` unless an incident goes from ``before`` to ``after``."""
    if State(after) in MOVES[State(before)]:
        return
    if before == CLOSED:
        raise ValidationError(IS_CLOSED)
    raise ValidationError("The incident was changed meanwhile. Look at it again.")
