"""A ceremony, which takes a moment, once for all tests; and other Python processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from moothall.webuse.seals.ceremony import Ceremony, hold


@pytest.fixture(scope="session")
def ceremony() -> Ceremony:
    return hold()


@pytest.fixture(scope="session")
def another_ceremony() -> Ceremony:
    return hold()


def python(program: str, *arguments: str | Path) -> "subprocess.Popen[str]":
    """A real process that runs ``program``; its output can be read."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
