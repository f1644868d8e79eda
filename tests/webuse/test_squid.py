"""A real Squid, from a request to a dashboard."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moothall.accounts.models import Unit
from moothall.accounts.roles import Role
from moothall.webuse import clerk, house, unit_lists
from moothall.webuse.importing.follow import Follower
from moothall.webuse.importing.spool import Spool
from moothall.webuse.importing.spooled import Counter, listen
from moothall.webuse.importing.syslog import Door, Listener
from moothall.webuse.models import Figure, Part, Source
from tests import factories
from tests.peers import squid
from tests.peers.needs import require
from tests.peers.processes import free_port
from tests.peers.squid import Squid
from tests.webuse.purposes import in_force

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.flaky(reruns=1),  # they take the time, and the machine may be busy
]

SECONDS = 10
PEOPLE = [f"reader{number}" for number in range(14)]


@pytest.fixture
def libraries(room: Path) -> Unit:
    """A unit of fourteen, and the list that says so."""
    require(squid.installed(), "Squid is not installed; run: python -m tests.peers.install")
    unit = Unit.objects.create(name="Libraries")
    Unit.objects.create(name="Highways")
    lines = "".join(f"{person},Libraries\n" for person in PEOPLE)
    unit_lists.keep(house.folder("units"), "user,unit\n" + lines, {"Libraries": unit.pk})
    return unit


@pytest.fixture
def in_background() -> Iterator[Callable[[Callable[[threading.Event], object]], None]]:
    """A function that runs another, beside the test, until that is over."""
    stopping, threads = threading.Event(), []

    def run(work: Callable[[threading.Event], object]) -> None:
        def and_let_go() -> None:
            try:
                work(stopping)
            finally:
                connection.close()

        threads.append(threading.Thread(target=and_let_go))
        threads[-1].start()

    yield run
    stopping.set()
    for thread in threads:
        thread.join(30)


def shown_within(seconds: float, **what: Any) -> float:
    """How long it took until a figure was there."""
    began = time.monotonic()
    while not Figure.objects.filter(**what).exists():
        assert time.monotonic() - began < seconds, (
            f"{Part.objects.count()} parts, {list(Source.objects.values('lines', 'rejected'))}, "
            f"{list(Figure.objects.values_list('subject', 'node'))}"
        )
        time.sleep(0.1)
    return time.monotonic() - began


def test_what_people_look_at_is_on_the_dashboard_within_ten_seconds(
    libraries: Unit, in_background: Callable[[Callable[[threading.Event], object]], None], signed_in: Any
) -> None:
    purpose = in_force()
    officer = signed_in(factories.person((Role.MONITORING_OFFICER, None)))
    with Squid() as proxy:
        follower = Follower(lambda: house.kit(purpose), proxy.log, lambda: clerk.count(purpose.key))
        in_background(follower.run)
        for person in PEOPLE:
            assert proxy.get(person, "http://www.bbc.co.uk/news/a-story?q=secret") == 200
            assert proxy.get(person, "http://www.refused.example/") == 403
        shown_within(SECONDS, node=libraries.pk, subject="news", grain="w", people__gte=10)
        shown_within(SECONDS, node=libraries.pk, subject="blocked", grain="w", people__gte=10)
        page = officer.get(f"/web-use/units/{libraries.pk}/").content.decode()
    assert "News" in page
    assert "bbc.co.uk" in page
    assert "secret" not in page
    assert "reader1" not in page
    figure = Figure.objects.get(node=libraries.pk, subject="news", grain="w")
    assert figure.people == 15  # fourteen, to the nearest five


def test_squid_can_send_its_log_over_tcp(
    libraries: Unit, in_background: Callable[[Callable[[threading.Event], object]], None]
) -> None:
    purpose, port = in_force(), free_port()
    spool = Spool(house.folder("spool"))
    counter = Counter(lambda: house.kit(purpose), spool, lambda: clerk.count(purpose.key))
    listener = Listener(spool, Door(port=port))
    in_background(lambda stopping: listen(listener, counter, stopping))
    assert listener.is_listening.wait(10)
    with Squid(more=f"access_log tcp:127.0.0.1:{port} logformat=squid") as proxy:
        for person in PEOPLE:
            assert proxy.get(person, "http://www.bbc.co.uk/") == 200
        shown_within(3 * SECONDS, node=libraries.pk, subject="news", grain="w", people__gte=10)
