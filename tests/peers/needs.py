"""What to do when a server that a test needs is not installed."""

import os

import pytest


def require(condition: object, reason: str) -> None:
    """Go on if `condition` holds; else skip the test, or fail it under CI, where a missing server is a broken build.

    `reason` should say what is missing and how to install it.
    """
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
