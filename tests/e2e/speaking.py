"""Says things on a wall from a process of its own, as ``moothall listen`` would take them.

python -m tests.e2e.speaking SLUG TAG       makes the event; then for each line of standard input, a JSON object with
``number`` and ``text`` or ``gone``, takes it or takes it back, and prints the item's number.
"""

import json
import subprocess
import sys
from typing import Any, Self

import django

from tests.e2e.conftest import House


class Speaker:
    """An event on the wall of ``house``, and what is said there."""

    def __init__(self, house: House, slug: str) -> None:
        self.path = f"/events/{slug}/"
        command = [sys.executable, "-m", "tests.e2e.speaking", slug, slug.replace("-", "").capitalize()]
        environment = house.environment | {"DJANGO_SETTINGS_MODULE": "moothall.config.settings"}
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._heard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)

    def say(self, number: int, text: str = "") -> int:
        """Returns the item's number. The same ``number`` again is an edit."""
        return self._tell({"number": number, "text": text or f"This is number {number}."})

    def take_back(self, number: int) -> None:
        self._tell({"number": number, "gone": True})

    def _tell(self, what: dict[str, Any]) -> int:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


def main(slug: str, tag: str) -> None:
    django.setup()
    from tests.events import web

    print(web.make_event(slug, tag, name="A day of tests").pk, flush=True)
    said = {}
    for line in sys.stdin:
        wanted = json.loads(line)
        number = wanted["number"]
        if wanted.get("gone"):
            web.take_back(said[number])
        else:
            said[number] = web.say(number, wanted["text"], tag)
        print(said[number].pk, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
