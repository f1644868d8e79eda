"""The last word before a request is written: whether we may send now."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import requests
from pytest_django.fixtures import Settings

from moothall.core import http, requests_session
from moothall.networks.errors import Halted
from moothall.networks.translate import Peer, may_write
from tests.core.answering import Server, both, causes, say


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    running = Server()
    running.thread.start()
    settings.OUTBOUND_ALLOWED_HOSTS = (f"127.0.0.1:{running.port}",)
    yield running
    running.stop()


def stop() -> None:
    raise http.Halted


@contextmanager
def halted() -> Iterator[None]:
    with pytest.raises((http.Halted, requests.ConnectionError)) as caught:
        yield
    assert any(isinstance(each, http.Halted) for each in causes(caught.value))
    told = Peer("mastodon.example").unanswered(caught.value, posts=True)
    assert type(told) is Halted
    assert str(told) == "Moothall was told to stop sending."


@both
def test_what_is_stopped_is_not_written(server: Server, call: Any) -> None:
    with http.before_each_request(stop), halted():
        call(server.url(), "POST", data={"status": "Ember"})
    assert server.seen == []
    assert call(server.url()) == (200, b"hello"), "Afterwards all is as it was."


@both
def test_each_request_is_asked_for_on_its_own(server: Server, call: Any) -> None:
    """Over ``requests``' shared connection too, which is there already for the second."""
    asked: list[int] = []

    def two() -> None:
        asked.append(len(server.seen))
        if len(asked) > 2:
            raise http.Halted

    with http.before_each_request(two):
        call(server.url())
        call(server.url())
        with halted():
            call(server.url())
    assert asked == [0, 1, 2], "Each time before the server saw anything of it."
    assert len(server.seen) == 2


def test_one_client_keeps_its_connection_after_it_was_stopped(server: Server) -> None:
    with http.client() as client:
        client.get(server.url())
        with http.before_each_request(stop), pytest.raises(http.Halted):
            client.get(server.url())
        assert client.get(server.url()).status_code == 200


@both
def test_it_is_asked_after_the_connection_was_made(settings: Settings, call: Any) -> None:
    """Somebody who stops the sending while we wait for a slow server to take the call is in time."""
    asked: list[int] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        settings.OUTBOUND_ALLOWED_HOSTS = (f"127.0.0.1:{port}",)

        def look() -> None:
            listening.settimeout(5)
            connection, _ = listening.accept()
            connection.close()
            asked.append(port)
            raise http.Halted

        with http.before_each_request(look), halted():
            call(f"http://127.0.0.1:{port}/")
    assert asked == [port]


def test_a_redirect_is_a_request_too(server: Server) -> None:
    server.answers["/from"] = say(b"", 302, Location="/to")
    asked: list[int] = []
    with http.before_each_request(lambda: asked.append(1)):
        requests_session.session().get(server.url("/from"))
    assert len(asked) == len(server.seen) == 2


def test_the_inner_check_counts_and_other_threads_are_left_alone(server: Server) -> None:
    answers: list[int] = []
    with http.before_each_request(stop):
        with http.before_each_request(lambda: None):
            assert requests_session.session().get(server.url()).status_code == 200
        other = threading.Thread(target=lambda: answers.append(httpx.get(server.url()).status_code))
        ours = threading.Thread(target=lambda: answers.append(requests_session.session().get(server.url()).status_code))
        for thread in (other, ours):
            thread.start()
            thread.join()
        with pytest.raises(http.Halted):
            http.ask_before_sending()
    assert answers == [200, 200]


def test_our_own_networks_ask_too() -> None:
    may_write()
    with http.before_each_request(stop), pytest.raises(Halted, match="told to stop sending"):
        may_write()
    may_write()
