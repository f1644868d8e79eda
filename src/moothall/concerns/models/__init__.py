"""Concerns and what belongs to them. Everything hangs on the concern and is erased with it."""

from moothall.concerns.models.cases import Concern, Seat, Turn, new_reference
from moothall.concerns.models.contacts import PassingOn
from moothall.concerns.models.openings import Opening
from moothall.concerns.models.papers import Attachment, Meeting, Paper

__all__ = ["Attachment", "Concern", "Meeting", "Opening", "Paper", "PassingOn", "Seat", "Turn", "new_reference"]
