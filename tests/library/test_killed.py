"""kill -9 in the middle of processing: another worker begins anew, nothing is lost, and nothing is tried for ever.

Real workers in forked processes, and the real re-encoding process that each of them starts.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from moothall.accounts.models import Notice
from moothall.accounts.roles import Role
from moothall.core import pictures, queue
from moothall.library import actions, child, incoming, processing
from moothall.library.models import Asset
from moothall.operating import worker
from moothall.records import queries as records
from tests import factories
from tests.library import films
from tests.library.conftest import uploaded
from tests.publishing.killing import fork, is_running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

PATIENCE = 90.0


@pytest.fixture
def in_a_hurry(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SWEEP_SECONDS = 0.1
    settings.PROCESSING_LEASE = timedelta(seconds=3)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)


@pytest.fixture
def workers(in_a_hurry: None) -> Iterator[Callable[[], int]]:
    """A function: start a worker, and return its process id. Those still there at the end are killed."""
    started: list[int] = []

    def start() -> int:
        started.append(fork(lambda: worker.Worker(threads=2).run()))
        return started[-1]

    yield start
    for pid in started:
        kill(pid)


def kill(pid: int) -> None:
    if is_running(pid):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # buried already
        os.waitpid(pid, 0)


def eventually(holds: Callable[[], object], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, (
            f"{what}: {list(Asset.objects.values('state', 'progress', 'tries', 'trouble'))}"
        )
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    """The re-encoding processes that a worker has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(facts[1]) == pid and facts[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def add(content: bytes, name: str) -> Asset:
    libraries = factories.service("Libraries")
    return actions.add(factories.person((Role.AUTHOR, libraries)), uploaded(content, name), service=libraries)


def test_a_worker_that_is_killed_in_mid_film_loses_nothing(workers: Callable[[], int], tmp_path: Path) -> None:
    content = films.film(tmp_path / "film.mp4", size=(1280, 720), seconds=10, rate=25).read_bytes()
    asset = add(content, "film.mp4")
    first = workers()
    eventually(lambda: 0 < Asset.objects.get().progress < 100, "It never began")
    (re_encoding,) = children_of(first)
    kill(first)
    assert incoming.path_of(asset.raw).read_bytes() == content
    eventually(lambda: not is_running(re_encoding), "The re-encoding process outlived its worker")
    DBTaskResult.objects.all().delete()  # the queue forgets, too
    workers()
    eventually(lambda: Asset.objects.get().is_ready, "Nobody took it up")
    done = Asset.objects.get()
    assert (done.tries, done.raw, done.progress) == (2, "", 100)
    assert pictures.path_of(done.name).stat().st_size == done.size
    assert list(incoming.path_of("x").parent.iterdir()) == []
    assert [each.kind for each in records.of(f"asset:{asset.pk}")] == ["media.added", "media.processed"]


def test_a_file_that_kills_its_worker_each_time_is_given_up(
    in_a_hurry: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PROCESSING_LEASE = timedelta(seconds=0.3)
    asset = add(films.photograph(), "poison.jpg")

    def dies(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(pictures, "clean_upload", dies)
    started = 0
    until = time.monotonic() + PATIENCE
    while Asset.objects.get().is_processing and time.monotonic() < until:
        pid = fork(lambda: worker.Worker(threads=2).run())
        started += 1
        eventually(lambda pid=pid: not is_running(pid) or not Asset.objects.get().is_processing, "It lives")  # type: ignore[misc]
        kill(pid)
    done = Asset.objects.get()
    assert (done.state, done.tries, done.trouble) == ("failed", 3, processing.GAVE_UP)
    assert started == 4, "Three died of it; the fourth gave it up and lived."
    assert not incoming.path_of(asset.raw).exists()
    assert "poison.jpg" in Notice.objects.get().text


def test_a_re_encoding_process_that_dies_takes_no_worker_with_it(
    in_a_hurry: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    asset = add(films.film(tmp_path / "film.mp4").read_bytes(), "film.mp4")
    ended = child._end_of

    def shot(said: dict[str, Any]) -> Any:
        raise child.Died("shot")

    monkeypatch.setattr(child, "_end_of", shot)
    processing.process(asset.pk)
    assert (Asset.objects.get().state, Asset.objects.get().tries) == ("processing", 1)
    processing.process(asset.pk)
    assert Asset.objects.get().tries == 1, "It is under its lease still."
    Asset.objects.update(leased_until=None)
    monkeypatch.setattr(child, "_end_of", ended)
    processing.process(asset.pk)
    assert Asset.objects.get().is_ready


def test_a_worker_that_is_asked_to_stop_breaks_off_and_it_counts_as_no_try(
    in_a_hurry: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = add(films.film(tmp_path / "film.mp4").read_bytes(), "film.mp4")
    monkeypatch.setattr(queue, "is_stopping", lambda: True)
    processing.process(asset.pk)
    left = Asset.objects.get()
    assert (left.state, left.tries, left.leased_until) == ("processing", 0, None)
    assert incoming.path_of(left.raw).exists()


def test_an_upload_that_is_gone_says_so(in_a_hurry: None) -> None:
    for content, name in ((films.photograph(), "a.jpg"), (films.gif("red", "blue"), "b.gif")):
        asset = add(content, name)
        incoming.drop(asset.raw)  # as after a backup was restored, which has no unprocessed uploads
        processing.process(asset.pk)
        asset.refresh_from_db()
        assert (asset.state, asset.trouble) == ("failed", processing.LOST)


def test_pictures_and_posts_do_not_wait_behind_a_film(workers: Callable[[], int], tmp_path: Path) -> None:
    film = add(films.film(tmp_path / "film.mp4", size=(1280, 720), seconds=10, rate=25).read_bytes(), "film.mp4")
    more = add(films.film(tmp_path / "more.mp4", size=(1280, 720), seconds=9, rate=25).read_bytes(), "more.mp4")
    workers()
    eventually(lambda: Asset.objects.filter(pk=film.pk, progress__gt=0).exists(), "It never began")
    picture = add(films.photograph(), "a.jpg")
    (sent,) = factories.approved(factories.connected())

    def both() -> bool:
        sent.refresh_from_db()
        return sent.state == "sent" and Asset.objects.get(pk=picture.pk).is_ready

    eventually(both, "They waited")
    assert Asset.objects.get(pk=film.pk).is_processing
    assert Asset.objects.get(pk=more.pk).tries == 0, "One film at a time."
