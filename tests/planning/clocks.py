"""A clock that stands where a test puts it."""

from datetime import UTC, datetime

import pytest

from moothall.core import clock


def stop_at(patch: pytest.MonkeyPatch, *moment: int) -> datetime:
    """Let it be this moment, in UTC, until the test is over."""
    stopped = datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]
    patch.setattr(clock, "now", lambda: stopped)
    return stopped
