"""Ask for pages within one process, and say how long each took and how many queries it made.

    python -m bench.asked FACTS TIMES

``FACTS`` is what ``bench.crowd`` printed. Prints JSON: ``{page: {"ms": [...], "queries": n, "kb": n}}``.
"""

import json
import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402 - models need the settings
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from moothall.accounts.models import User  # noqa: E402
from moothall.events.wall.serving import spare_the_collector  # noqa: E402

WARM_UP = 2


def pages(facts: dict[str, int | str]) -> dict[str, tuple[str, str]]:
    """The ten most used pages: who asks, and for what."""
    return {
        "today": ("lead", "/today/"),
        "posts": ("desk", "/posts/"),
        "posts_search": ("desk", "/posts/?q=fire&status=failed"),
        "post": ("desk", f"/posts/{facts['post']}/"),
        "write": ("desk", "/posts/write/"),
        "edit": ("desk", f"/posts/{facts['draft']}/edit/"),
        "approvals": ("desk", "/posts/approvals/"),
        "calendar_week": ("desk", "/calendar/?view=week"),
        "calendar_month": ("desk", "/calendar/?view=month"),
        "newsroom_page": ("", f"/@{facts['page']}/"),
    }


def ask(client: Client, path: str, times: int) -> dict[str, object]:
    found: list[float] = []
    for number in range(WARM_UP + times):
        began = time.perf_counter()
        answer = client.get(path)
        taken = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        if number >= WARM_UP:
            found.append(taken)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    return {"ms": found, "queries": len(queries), "kb": len(answer.content) / 1000}


def main() -> None:
    facts, times = json.loads(sys.argv[1]), int(sys.argv[2])
    spare_the_collector()  # as the process that serves pages does
    clients = {"": Client(SERVER_NAME="127.0.0.1")}
    for who in ("desk", "lead"):
        clients[who] = Client(SERVER_NAME="127.0.0.1")
        clients[who].force_login(User.objects.get(pk=facts[who]))
    found = {name: ask(clients[who], path, times) for name, (who, path) in pages(facts).items()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
