"""Exampleshire County Council: a council that never was, with people, channels, posts and pictures to try things on.

Nearly everything comes about through the same actions that people use, and through the worker's own code, on a clock
that is put back sixty days and runs up to now. So every record, attempt and Newsroom page is as true as in real use;
only what would reach the world outside is left out: no network is asked but Moothall's own two, no e-mail is sent.
"""

from moothall.operating.example.loading import STEPS, is_empty, is_over, load
from moothall.operating.example.throwing_away import throw_away

__all__ = ["STEPS", "is_empty", "is_over", "load", "throw_away"]
