"""Machines on this one: network namespaces, each with an address of its own, joined by a bridge.

Where they cannot be made (it takes root, and CAP_NET_ADMIN) all "machines" are processes on 127.0.0.1: ``are_apart``
says whether they are more.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from tests.peers.processes import PeerError, stop

ROOT = Path(__file__).parents[2]
OUR_PATH = {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}


class Machines:
    """So many of them, from entering the context to leaving it: then all that ran in them has ended.

    ``addresses`` are theirs; ``here`` is that of this process among them. If this process is killed, a guard clears
    them away.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._running = ExitStack()
        self.here, self.addresses = "127.0.0.1", ["127.0.0.1"] * number
        self.are_apart = False

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self.are_apart = self._can_be_apart()
            if self.are_apart:
                self._join(starting)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._running.close()

    def start(
        self, machine: int, command: list[str], log: Path, environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a process in a machine. It has no environment but this, and runs in the folder of its log."""
        inside = ["ip", "netns", "exec", self._namespace(machine)] if self.are_apart else []
        with log.open("ab") as file:
            process = subprocess.Popen(
                [*inside, *command],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=log.parent,
                env=OUR_PATH | environment,
            )
        self._running.callback(stop, process, signal.SIGKILL)
        return process

    def _can_be_apart(self) -> bool:
        if os.geteuid() != 0:
            return False
        namespace, bridge = self._namespace(self._number), f"mh{os.getpid()}p"
        made = [
            _ip("netns", "add", namespace, check=False) and _ip("netns", "delete", namespace),
            _ip("link", "add", bridge, "type", "bridge", check=False) and _ip("link", "delete", bridge),
        ]
        return all(made)

    def _join(self, starting: ExitStack) -> None:
        starting.enter_context(_guarded())
        bridge, network = f"mh{os.getpid()}b", _free_network()
        self.here = f"{network}.254"
        _ip("link", "add", bridge, "type", "bridge")
        starting.callback(_ip, "link", "delete", bridge)
        _ip("address", "add", f"{self.here}/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for number in range(self._number):
            namespace, cable = self._namespace(number), f"mh{os.getpid()}v{number}"
            self.addresses[number] = f"{network}.{number + 1}"
            _ip("netns", "add", namespace)
            starting.callback(_end, namespace)
            _ip("link", "add", cable, "master", bridge, "type", "veth", "peer", "name", "eth0", "netns", namespace)
            _ip("link", "set", cable, "up")
            _ip("-n", namespace, "address", "add", f"{self.addresses[number]}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                _ip("-n", namespace, "link", "set", link, "up")

    def _namespace(self, number: int) -> str:
        return f"moothall-{os.getpid()}-{number}"


def _free_network() -> str:
    """The first three numbers of a network that this machine has no route to but its default one."""
    for number in range(os.getpid(), os.getpid() + 250):
        network = f"10.{100 + number // 250 % 100}.{number % 250}"
        routes = _said("route", "show", "match", f"{network}.0/24")
        if all(route.startswith("default") for route in routes.splitlines()):
            return network
    raise AssertionError("There is no free network below 10.0.0.0/8")


def _end(namespace: str) -> None:
    """End all that runs in a namespace, and then itself; with it goes its end of the cable, and so the other one."""
    for pid in _said("netns", "pids", namespace).split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    _ip("netns", "delete", namespace)


@contextmanager
def _guarded() -> Iterator[None]:
    """Another process, which clears away what is left once this one has gone."""
    command = [sys.executable, "-m", "tests.peers.machines", str(os.getpid())]
    guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, cwd=ROOT)
    try:
        yield
    finally:
        guard.communicate()


def _clear_away(owner: str) -> None:
    """End the machines of a process that was killed."""
    for found in re.findall(rf"^moothall-{owner}-\d+", _said("netns", "list"), re.MULTILINE):
        _end(found)
    _ip("link", "delete", f"mh{owner}b", check=False)


def _said(*arguments: str) -> str:
    return subprocess.run(
        ["ip", *arguments], env=OUR_PATH, capture_output=True, text=True, check=False, timeout=10
    ).stdout


def _ip(*arguments: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *arguments], env=OUR_PATH, capture_output=True, text=True, check=False, timeout=10)
    if check and done.returncode:
        raise PeerError(f"ip {' '.join(arguments)}: {done.stderr}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.stdin.read()  # until nobody is there who could write
    _clear_away(sys.argv[1])
