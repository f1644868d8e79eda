"""The tables of the policies room, one file a subject."""

from moothall.policies.models.policies import LINK, Audience, Policy, RestsOn, Version, VersionState, Whose
from moothall.policies.models.readers import Acknowledgement, Met, Reminder, ReminderRound, ReviewNotice
from moothall.policies.models.starter import Starter, StarterQuestion

__all__ = [
    "LINK",
    "Acknowledgement",
    "Audience",
    "Met",
    "Policy",
    "Reminder",
    "ReminderRound",
    "RestsOn",
    "ReviewNotice",
    "Starter",
    "StarterQuestion",
    "Version",
    "VersionState",
    "Whose",
]
