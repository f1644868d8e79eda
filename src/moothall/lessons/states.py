"""A lesson's way as a table: who may move it from where to where. Pure.

What is published is everybody's: no writer takes it from the shelf alone, a reviewer who did not write on it does.
"""

from dataclasses import dataclass
from enum import Enum

from moothall.lessons.models import LessonState


class Act(Enum):
    """What is done to a lesson as a whole."""

    SEND = "send"
    SEND_BACK = "send back"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


class Side(Enum):
    """Whoever wrote on a lesson stands on the writers' side, whatever else they may do."""

    WRITER = "writer"
    REVIEWER = "reviewer"


@dataclass(frozen=True)
class Move:
    """These people's act takes a lesson from one state to another."""

    act: Act
    by: Side
    before: LessonState
    after: LessonState


MOVES = (
    Move(Act.SEND, Side.WRITER, LessonState.DRAFT, LessonState.IN_REVIEW),
    Move(Act.SEND_BACK, Side.REVIEWER, LessonState.IN_REVIEW, LessonState.DRAFT),
    Move(Act.PUBLISH, Side.REVIEWER, LessonState.IN_REVIEW, LessonState.PUBLISHED),
    Move(Act.WITHDRAW, Side.WRITER, LessonState.DRAFT, LessonState.WITHDRAWN),
    Move(Act.WITHDRAW, Side.WRITER, LessonState.IN_REVIEW, LessonState.WITHDRAWN),
    Move(Act.WITHDRAW, Side.REVIEWER, LessonState.IN_REVIEW, LessonState.WITHDRAWN),
    Move(Act.WITHDRAW, Side.REVIEWER, LessonState.PUBLISHED, LessonState.WITHDRAWN),
)


def possible(side: Side | None, state: str) -> frozenset[Act]:
    """What somebody on this side, or on none, may do to a lesson in this state."""
    return frozenset(move.act for move in MOVES if move.by == side and move.before == state)


def after(act: Act, side: Side, state: str) -> LessonState | None:
    """Where an act takes a lesson; ``None`` if the table has no such move."""
    found = (move.after for move in MOVES if (move.act, move.by, move.before) == (act, side, state))
    return next(found, None)
