"""What proxies send over TCP and TLS is written down, counted once, and kept out of the way of whoever may not send."""

import itertools
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection

from moothall.webuse.importing import spool as spools
from moothall.webuse.importing import syslog
from moothall.webuse.importing.importer import import_log
from moothall.webuse.importing.logs import Log
from moothall.webuse.importing.spool import InUse, Spool
from moothall.webuse.importing.spooled import Counter, listen
from moothall.webuse.importing.syslog import Door, Listener
from moothall.webuse.models import Source
from tests.events.web import database_url
from tests.webuse import kits
from tests.webuse.importing import hearing
from tests.webuse.importing.checks import same

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kit(tmp_path: Path) -> kits.Kit:
    return kits.kit(tmp_path)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are closed, and looked for, sooner than in earnest."""
    monkeypatch.setattr(spools, "OLDEST", 0.2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@contextmanager
def listening(of: kits.Kit, folder: Path, door: Door | None = None, **values: Any) -> Iterator[Listener]:
    spool = Spool(folder)
    listener = Listener(spool, door or Door(), **values)
    stopping = threading.Event()
    counter = Counter(kits.lent(of), spool)
    thread = threading.Thread(target=listen, args=[listener, counter, stopping])
    thread.start()
    try:
        assert listener.is_listening.wait(20)
        yield listener
    finally:
        stopping.set()
        thread.join()


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It never came"
        time.sleep(0.02)


def send(port: int, content: bytes, context: ssl.SSLContext | None = None) -> None:
    with ExitStack() as stack:
        sending = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        if context is not None:
            sending = stack.enter_context(context.wrap_socket(sending, server_hostname="localhost"))
        sending.sendall(content)


def lines(number: int, first: int = 0) -> list[bytes]:
    return list(kits.squid_lines(number, first=first))


def test_what_squid_sends_is_counted_and_the_spool_is_empty_again(tmp_path: Path, kit: kits.Kit, folder: Path) -> None:
    content = b"".join(lines(500))
    with listening(kit, folder) as listener:
        send(listener.port, content)
        until(lambda: kits.totals(kit).lines == 500)
        until(lambda: not list(folder.glob("*.lines")))
    same(tmp_path, kit, content)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_syslog_in_its_forms_and_bare_lines_come_to_the_same(tmp_path: Path, kit: kits.Kit, folder: Path) -> None:
    plain = lines(400)
    headers = itertools.cycle([b"", b"<134>Oct  6 10:00:00 proxy1 (squid-1)[77]: ", b"<134>1 - proxy1 squid 77 - - "])
    sent = []
    for number, (header, line) in enumerate(zip(headers, plain, strict=False)):
        framed = header + line
        counted = number % 2 and header
        sent.append(b"%d %s" % (len(framed) - 1, framed[:-1]) if counted else framed)
    with listening(kit, folder) as listener:
        send(listener.port, b"".join(sent))
        until(lambda: kits.totals(kit).lines == 400)
    same(tmp_path, kit, b"".join(plain))


def test_proxies_that_send_the_same_lines_are_all_counted(tmp_path: Path, kit: kits.Kit, folder: Path) -> None:
    content = b"".join(lines(20))
    with listening(kit, folder) as listener:
        for _ in range(3):
            send(listener.port, content)
        until(lambda: kits.totals(kit).lines == 60)
    assert kits.totals(kit).add_up()


def test_a_line_longer_than_any_is_a_reject(tmp_path: Path, kit: kits.Kit, folder: Path) -> None:
    with listening(kit, folder) as listener:
        send(listener.port, b"".join(lines(20)) + b"1790000000.000 x" * 20_000 + b"\n" + b"".join(lines(20, first=20)))
        until(lambda: kits.totals(kit).lines == 41)
    assert kits.totals(kit).rejected == 1


def test_what_nobody_can_read_is_put_aside_and_said(
    kit: kits.Kit, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(kit, folder) as listener:
        send(listener.port, b"GET / HTTP/1.0\r\n\r\n")
        until(lambda: list((folder / "not-read").glob("*")))
        send(listener.port, b"".join(lines(10)))
        until(lambda: kits.totals(kit).lines == 10)
    assert "not-read" in caplog.text


def test_whoever_comes_from_elsewhere_is_not_heard(
    kit: kits.Kit, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(kit, folder, Door(allowed=[ip_network("10.0.0.0/8")])) as listener:
        with suppress(ConnectionError):
            send(listener.port, b"".join(lines(20)))
        until(lambda: "127.0.0.1 is in none of the networks" in caplog.text)
    assert kits.totals(kit).lines == 0
    assert not list(folder.glob("*.lines"))


def test_addresses_are_told_whatever_their_form() -> None:
    door = Door(allowed=[*syslog.LOOPBACK, ip_network("10.1.0.0/16"), ip_network("fe80::/10")])
    assert all(map(door.admits, ["127.0.0.1", "::1", "::ffff:10.1.2.3", "fe80::1%eth0"]))
    assert not any(map(door.admits, ["10.2.0.1", "::ffff:10.2.0.1", "2001:db8::1"]))


@pytest.mark.parametrize("wants_certificate", [False, True])
def test_over_tls_with_and_without_a_certificate_of_the_proxy(
    tmp_path: Path, kit: kits.Kit, folder: Path, wants_certificate: bool
) -> None:
    certificate, key = self_signed(tmp_path)
    context = syslog.tls(certificate, key, certificate if wants_certificate else None)
    proxy = ssl.create_default_context(cafile=certificate)
    with listening(kit, folder, Door(tls=context)) as listener:
        if wants_certificate:
            with suppress(OSError):
                send(listener.port, b"".join(lines(10, first=100)), proxy)
            proxy.load_cert_chain(certificate, key)
        with suppress(OSError):
            send(listener.port, b"".join(lines(10, first=200)))
        send(listener.port, b"".join(lines(30)), proxy)
        until(lambda: kits.totals(kit).lines == 30)
        time.sleep(0.5)
    same(tmp_path, kit, b"".join(lines(30)))


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    pem = serialization.Encoding.PEM
    certificate.write_bytes(made.public_bytes(pem))
    form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(pem, form, nothing))
    return certificate, private


def test_with_a_full_spool_the_proxy_waits_and_loses_nothing(tmp_path: Path, kit: kits.Kit, folder: Path) -> None:
    may_count, most = threading.Event(), 300_000

    def seal(names: Any) -> None:
        may_count.wait(60)

    content = b"".join(lines(100_000))
    slow = replace(kit, seal=seal)
    with listening(slow, folder, most_spooled=most) as listener:
        sending = threading.Thread(target=send, args=[listener.port, content])
        sending.start()
        until(lambda: listener.spool.bytes > most)
        time.sleep(1)
        assert listener.spool.bytes < most + 2**20
        assert sending.is_alive()
        may_count.set()
        sending.join()
        until(lambda: kits.totals(kit).lines == 100_000, 60)
    same(tmp_path, kit, content)


def test_with_a_full_disk_the_proxy_waits_and_loses_nothing(
    tmp_path: Path, kit: kits.Kit, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("moothall.webuse.importing.lending.FIRST_WAIT", timedelta(seconds=0.05))
    monkeypatch.setattr("moothall.webuse.importing.lending.LONGEST_WAIT", timedelta(seconds=0.1))
    full, write = threading.Event(), os.write
    full.set()

    def writing(file: int, data: Any) -> int:
        if full.is_set():
            raise OSError(28, "No space left on device")
        return write(file, bytes(data[: max(1, len(data) // 2)]))

    monkeypatch.setattr(spools.os, "write", writing)
    content = b"".join(lines(1_000))
    with listening(kit, folder) as listener:
        send(listener.port, content)
        until(lambda: "No space left" in caplog.text)
        time.sleep(0.5)
        full.clear()
        until(lambda: kits.totals(kit).lines == 1_000)
    same(tmp_path, kit, content)
    assert caplog.text.count("No space left") == 1


def test_what_was_left_in_the_spool_is_counted_once_whatever_of_it_was(
    tmp_path: Path, kit: kits.Kit, folder: Path
) -> None:
    folder.mkdir()
    left = [b"".join(lines(20)), b"".join(lines(20, first=20)), b"".join(lines(20, first=40))]
    for number, content in enumerate(left):
        (folder / f"{number:020d}-abc-127.0.0.1.lines").write_bytes(content)
    counted = folder / f"{0:020d}-abc-127.0.0.1.lines"
    import_log(kit, Log(counted, is_whole=True, key=counted.name))  # and killed before it was deleted
    with listening(kit, folder):
        until(lambda: not list(folder.glob("*.lines")))
    same(tmp_path, kit, b"".join(left))


def test_one_spool_is_for_one_listener(folder: Path) -> None:
    first = Spool(folder)
    with pytest.raises(InUse, match="Another listener"):
        Spool(folder)
    first.close()
    Spool(folder).close()


@pytest.mark.crash
def test_a_listener_killed_again_and_again_counts_once_what_it_had_written(tmp_path: Path, kit: kits.Kit) -> None:
    """Each line is sent when the one before lies in the spool or is counted: then a kill can cost none."""
    folder = tmp_path / "spool"
    sent = 0
    for _ in range(8):
        with a_process(tmp_path, folder) as (process, port):
            with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)) as sending:
                for _ in range(3):
                    sending.sendall(b"".join(lines(40, first=sent)))
                    sent += 40
                    until(partial(has_written, kit, folder, sent), 30)
            process.send_signal(signal.SIGKILL)
    with listening(kit, folder):
        until(lambda: not list(folder.glob("*.lines")))
    same(tmp_path, kit, b"".join(lines(sent)))


def has_written(of: kits.Kit, folder: Path, lines: int) -> bool:
    """Whether so many lines lie in the spool or are counted."""
    lie: dict[str, int] = {}
    for path in folder.glob("*.lines"):
        with suppress(FileNotFoundError):
            lie[path.name] = path.read_bytes().count(b"\n")
    counted = Source.objects.filter(purpose_key=of.purpose.key).exclude(name__in=lie)
    return sum(lie.values()) + sum(counted.values_list("lines", flat=True)) >= lines


@contextmanager
def a_process(tmp_path: Path, folder: Path) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """A listener in a process of its own, and its port."""
    connection.close()
    environment = os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", hearing.START, str(tmp_path), str(folder)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()
