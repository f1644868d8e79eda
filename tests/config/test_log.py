"""What is written to the log, in processes of their own: the log is set up once in each."""

import os
import subprocess
import sys

import pytest

SAYING = """
import logging, django
django.setup()
for name in ("django.request", "django.security.csrf", "moothall.channels.tasks"):
    for level in ("info", "warning", "error"):
        getattr(logging.getLogger(name), level)("%s %s", name, level)
logging.getLogger("django.db.backends").debug("the values of a query")
logging.getLogger("mail.log").info("who wrote to the desk")
"""


def lines(level: str, debug: str) -> list[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "moothall.config.settings", "MOOTHALL_LOG_LEVEL": level}
    done = subprocess.run(
        [sys.executable, "-c", SAYING],
        env=os.environ | settings | {"MOOTHALL_DEBUG": debug},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.splitlines()


@pytest.mark.parametrize("debug", ["true", "false"])
@pytest.mark.parametrize(("level", "heard"), [("DEBUG", 9), ("INFO", 9), ("WARNING", 6), ("ERROR", 3)])
def test_djangos_own_words_are_heard_once_and_from_the_same_level_on(level: str, heard: int, debug: str) -> None:
    said = lines(level, debug)
    assert len(said) == heard
    assert sum("django.request warning" in line for line in said) == (level != "ERROR")
    assert not any("values of a query" in line or "who wrote" in line for line in said)
