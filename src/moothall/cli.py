"""The ``moothall`` command: settings first, then the commands themselves (``operating/commands.py``)."""

import os
import sys
from importlib import import_module

import django

from moothall.config.environment import WrongSettings
from moothall.core.sealing import new_key

WITHOUT_SETTINGS: tuple[list[str], ...] = (["keys", "new"], [])
"""What must work where nothing is configured yet, beside every ``--help``."""
ALONE = {"web": "moothall.operating.web", "webuse": "moothall.operating.webuse_commands"}
"""Commands that begin without what only the others need: it takes a second, or a sixth of a process's memory."""
HELP = {"--help", "-h", "--version"}


def main() -> None:
    """The console script."""
    if HELP.intersection(sys.argv) or sys.argv[1:] in WITHOUT_SETTINGS:
        for name, value in (("MOOTHALL_SECRET_KEY", new_key() * 2), ("MOOTHALL_SEALING_KEYS", new_key())):
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.config.settings")
    try:
        django.setup()
    except WrongSettings as error:
        print(f"Wrong settings: {error}", file=sys.stderr)
        sys.exit(2)
    # Only now: the commands import models, which need the settings.
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in ALONE:
        command = getattr(import_module(ALONE[name]), name)
        command(sys.argv[2:], prog_name=f"moothall {name}")
    else:
        import_module("moothall.operating.commands").moothall(prog_name="moothall")


if __name__ == "__main__":
    main()
