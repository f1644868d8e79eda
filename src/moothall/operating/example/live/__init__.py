"""The live events of the example council: two that are over, with their reports, and one that is under way."""

from moothall.operating.example.live.occasions import STORIES
from moothall.operating.example.live.playing import acts

__all__ = ["STORIES", "acts"]
