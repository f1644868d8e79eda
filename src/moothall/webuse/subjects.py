"""What figures are about, and the weeks that they are of: the words that the engine and the pages share. Pure."""

from datetime import date, timedelta
from typing import Final

ALL: Final = "all"
BLOCKED: Final = "blocked"
SOCIAL_AT_WORK: Final = "social-at-work"
SOCIAL_OFF_WORK: Final = "social-off-work"
DOMAIN: Final = "domain:"
"""What the subjects that are domains begin with. All other subjects are categories."""


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())
