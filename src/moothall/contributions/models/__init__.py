"""The tables of the contributions room, one file a subject."""

from moothall.contributions.models.contributions import WORDS_LENGTH, Contribution, People, State, Way
from moothall.contributions.models.mails import TAKEN_BACK, Answer, Mail

__all__ = ["TAKEN_BACK", "WORDS_LENGTH", "Answer", "Contribution", "Mail", "People", "State", "Way"]
