"""The nginx of docs/operators/live-event.md, run for real: streams pass at once, pages come from its cache."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from moothall.events.models import Event
from tests.events.web import PATIENCE, Viewer, Web, make_event, say, stream_request
from tests.peers.needs import require
from tests.peers.nginx import Nginx, installed

pytestmark = pytest.mark.django_db(transaction=True)

DOCS = Path(__file__).parents[2] / "docs/operators/live-event.md"


def documented(web: Web) -> str:
    """The example of the docs, at this port, before this server, and without TLS."""
    (example,) = re.findall(r"^```nginx\n(.*?)^```", DOCS.read_text(), re.DOTALL | re.MULTILINE)
    http = example.partition("http {")[2].rpartition("}")[0]
    for documented_as, here in (
        ("listen 443 ssl;", "listen 127.0.0.1:PORT;"),
        ("/var/cache/nginx/moothall", "FOLDER/cache"),
        ("127.0.0.1:8000", f"127.0.0.1:{web.port}"),
        ("server_name social.example.gov.uk;", ""),
    ):
        assert documented_as in http
        http = http.replace(documented_as, here)
    return http


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def web(event: Event) -> Iterator[Web]:
    with Web() as running:
        yield running


@pytest.fixture
def nginx(web: Web) -> Iterator[Nginx]:
    require(installed(), "nginx is not installed; run: python -m tests.peers.install")
    with Nginx(documented(web)) as server:
        yield server


def through(nginx: Nginx, **known: int) -> Viewer:
    """A viewer whose stream comes by way of nginx."""
    viewer = Viewer(socket.create_connection(("127.0.0.1", nginx.port), timeout=PATIENCE))
    viewer.line.sendall(stream_request(**known))  # type: ignore[arg-type]
    viewer.begins()
    return viewer


def test_a_stream_passes_through_at_once(nginx: Nginx, web: Web) -> None:
    alice = through(nginx, after=0)
    assert "content-type: text/event-stream" in alice.head
    assert "transfer-encoding: chunked" in alice.head, "nginx does not know how long it will be"
    late = []
    for number in range(1, 6):
        item = say(number)
        began = time.monotonic()
        alice.hears(lambda said, item=item: said.kind == "show" and said.data["item"] == item.pk)  # type: ignore[misc]
        late.append(time.monotonic() - began)
    assert sorted(late)[2] < 1, late


def test_who_comes_back_through_nginx_gets_what_they_missed(nginx: Nginx, web: Web) -> None:
    first = say(1)
    alice = through(nginx, after=0)
    number = alice.hears(lambda said: said.kind == "show").number
    alice.close()
    second = say(2)
    back = through(nginx, last=number)
    back.hears(lambda said: said.kind == "show")
    assert [said.data["item"] for said in back.said if said.kind == "show"] == [second.pk]
    assert first.pk != second.pk


@pytest.mark.parametrize("form", ["", "snapshot.json", "screen/", "frame/"])
def test_pages_and_the_snapshot_come_from_its_cache(nginx: Nginx, web: Web, event: Event, form: str) -> None:
    say(1)
    address = f"{nginx.url}{event.get_absolute_url()}{form}"
    answers = [httpx.get(address, headers={"Cookie": f"reader={number}"}) for number in range(5)]
    assert {each.status_code for each in answers} == {200}
    assert answers[0].headers["x-cache"] == "MISS"
    assert {each.headers["x-cache"] for each in answers[1:]} <= {"HIT", "STALE", "UPDATING", "EXPIRED"}
    assert any(each.headers["x-cache"] == "HIT" for each in answers), "whatever cookies the readers have"
    again = httpx.get(address, headers={"If-None-Match": answers[-1].headers["etag"]})
    assert again.status_code == 304


def test_the_cache_shows_the_last_copy_while_moothall_is_away(nginx: Nginx, web: Web, event: Event) -> None:
    item = say(1)
    address = f"{nginx.url}{event.get_absolute_url()}snapshot.json"
    assert httpx.get(address).json()["items"][0]["item"] == item.pk
    web.kill()
    deadline = time.monotonic() + 10
    while (shown := httpx.get(address)).headers["x-cache"] == "HIT" and time.monotonic() < deadline:
        time.sleep(0.2)  # the copy is fresh still
    assert shown.json()["items"][0]["item"] == item.pk
    assert shown.headers["x-cache"] == "STALE"


def test_that_a_wall_is_for_staff_only_is_in_no_cache(nginx: Nginx, web: Web, event: Event) -> None:
    item = say(1)
    address = f"{nginx.url}{event.get_absolute_url()}snapshot.json"
    Event.objects.update(is_public=False)
    assert [httpx.get(address).status_code for _ in range(2)] == [403, 403]
    Event.objects.update(is_public=True)
    assert httpx.get(address).json()["items"][0]["item"] == item.pk


SEVERAL = """
  upstream moothall { server 127.0.0.1:FIRST; server 127.0.0.1:SECOND; }
  server {
    listen 127.0.0.1:PORT;
    location / {
      proxy_pass http://moothall;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
"""


def test_of_several_web_processes_any_goes_on_where_another_was_killed(web: Web, event: Event) -> None:
    require(installed(), "nginx is not installed; run: python -m tests.peers.install")
    with Web() as other, Nginx(SEVERAL.replace("FIRST", str(web.port)).replace("SECOND", str(other.port))) as nginx:
        viewers = [through(nginx, after=0) for _ in range(4)]  # nginx gives them to both in turn
        first = say(1)
        for viewer in viewers:
            viewer.sees({first.pk})
        web.kill()
        second = say(2)
        cut = [viewer for viewer in viewers if viewer.is_over(within=2)]
        assert len(cut) == 2, "half of them were with the one that is gone"
        for viewer in cut:
            back = through(nginx, last=viewer.last)
            back.sees({second.pk})
        for viewer in viewers:
            if viewer not in cut:
                viewer.sees({first.pk, second.pk})
