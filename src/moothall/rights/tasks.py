"""Background work of this room."""

from moothall.rights import actions


def sweep() -> None:
    """Remind of the clocks that run out, and erase what has been kept long enough. Two looks into indexes, mostly."""
    actions.remind()
    actions.erase()
