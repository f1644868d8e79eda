"""The tables of the web-use room, one file a subject."""

from moothall.webuse.models.figures import Figure, Grain, Volume
from moothall.webuse.models.imports import Part, Refusal, Source, StaleDay
from moothall.webuse.models.keeping import Hold, OwnData
from moothall.webuse.models.purposes import LawfulBasis, Purpose, PurposeApproval, PurposeState

__all__ = [
    "Figure",
    "Grain",
    "Hold",
    "LawfulBasis",
    "OwnData",
    "Part",
    "Purpose",
    "PurposeApproval",
    "PurposeState",
    "Refusal",
    "Source",
    "StaleDay",
    "Volume",
]
