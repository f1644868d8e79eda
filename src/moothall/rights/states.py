"""How a request moves: which there are, and the state table, to be read aloud. Pure.

A person objects, asks for a correction, complains or asks. Somebody acknowledges that, and so takes it in hand, and
answers. Until then whoever asked may withdraw it.
"""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What is asked."""

    OBJECTION = "objection", "Objection"
    CORRECTION = "correction", "Correction"
    COMPLAINT = "complaint", "Data protection complaint"
    QUESTION = "question", "Question"


class State(TextChoices):
    """Where a request is."""

    OPEN = "open", "Open"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ANSWERED = "answered", "Answered"
    UPHELD = "upheld", "Upheld"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.ACKNOWLEDGED, State.WITHDRAWN}),
    State.ACKNOWLEDGED: frozenset({State.ANSWERED, State.UPHELD, State.REFUSED, State.WITHDRAWN}),
    State.ANSWERED: frozenset(),
    State.UPHELD: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
OUTCOMES: dict[Kind, tuple[State, ...]] = {
    Kind.OBJECTION: (State.UPHELD, State.REFUSED),
    Kind.CORRECTION: (State.UPHELD, State.REFUSED),
    Kind.COMPLAINT: (State.UPHELD, State.REFUSED),
    Kind.QUESTION: (State.ANSWERED,),
}
"""How each kind can end by an answer: a question is neither upheld nor refused."""
RUNNING = frozenset(state for state, after in MOVES.items() if after)
"""Somebody has to do something."""


class WrongMove(Exception):
    """A move that the state table does not know: a mistake in the code, never in the data."""


def moves(kind: Kind, state: State) -> frozenset[State]:
    """Where a request of this kind can go from ``state``."""
    answers = {each for outcomes in OUTCOMES.values() for each in outcomes}
    return MOVES[state] - (answers - set(OUTCOMES[kind]))


def check(kind: Kind, before: State, after: State) -> None:
    """Raise ``WrongMove`` unless the table has this move."""
    if after not in moves(kind, before):
        raise WrongMove(f"No {kind} goes from {before} to {after}.")
