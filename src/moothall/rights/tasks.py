"""Background work of this room."""

from moothall.rights import actions


def sweep() -> None:
    """Remind of the clocks that run out. One look into an index where there is none."""
    actions.remind()
