"""What happens to cases by itself: reminders, names that expire, and erasing."""

from moothall.concerns import closing, openings


def sweep() -> None:
    """Look after the clocks of cases. Four queries that find nothing on most days."""
    openings.expire()
    closing.find_keepers()
    closing.erase_due()
    closing.remind_of_what_is_due()
