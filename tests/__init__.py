"""Moothall's tests: they mirror `src/moothall`, and `tests.peers` starts the real servers they speak to."""
