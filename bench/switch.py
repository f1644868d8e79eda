"""Pause everything at a moment to come, and print when it was asked for and when it was committed, in Unix time.

python -m bench.switch AT
"""

import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.urls import reverse  # noqa: E402

from moothall.accounts.models import Membership, User  # noqa: E402 - these import models, which need the settings
from moothall.accounts.roles import Role  # noqa: E402
from moothall.publishing import switch  # noqa: E402


def main() -> None:
    desk = User.objects.create(email="desk@exampleshire.example", name="Dell Desk")
    Membership.objects.create(user=desk, role=Role.DESK)
    reverse("posts")  # a web server has its addresses loaded long before somebody asks for a pause
    print("ready", flush=True)
    sys.stdin.readline()
    times = [time.time()]
    with transaction.atomic():
        transaction.on_commit(lambda: times.append(time.time()))  # before all else that waits for the commit
        switch.begin(desk, "The river is in the high street.")
    print(*times)


if __name__ == "__main__":
    main()
