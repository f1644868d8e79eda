"""A PostgreSQL 15 server with an empty database, for one test run.

In a test, `with PostgresServer() as server: server.url`. From the shell,

    python -m tests.peers.postgres -- COMMAND [ARGUMENT ...]

starts one, runs the command with `DATABASE_URL` set, stops it, and exits with the command's code.

PostgreSQL refuses to run as root; there it runs as `postgres`, or as `nobody` where there is no such user.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn, Self

from tests.peers.processes import PeerError, free_port, stop, wait_until_ready

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
ROLE = DATABASE = "moothall"
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # a crash may lose it all: it is a test's
ROOM = ("max_connections=400",)  # several whole Moothalls run beside the tests


def installed() -> bool:
    """Whether the server can be started as it is."""
    return (PROGRAMS / "initdb").exists()


class PostgresServer:
    """A server from `start()` (or entering the context) to `stop()`; every start begins with an empty database.

    `url` is the database's address; its role is a superuser, so Django can make test databases.
    """

    url: str

    def __init__(self) -> None:
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make and start a database cluster. Raises `PeerError` if PostgreSQL is missing or does not start."""
        if not installed():
            raise PeerError(f"PostgreSQL 15 is not in {PROGRAMS}. Run: python -m tests.peers.install")
        with ExitStack() as starting:
            folder = Path(tempfile.mkdtemp(prefix="moothall-postgres-"))
            starting.callback(shutil.rmtree, folder)
            self._run_as = _unprivileged(folder)
            self._start_server(folder, starting)
            self._running = starting.pop_all()

    def stop(self) -> None:
        """End the server and delete its data."""
        self._running.close()

    def _start_server(self, folder: Path, starting: ExitStack) -> None:
        data, log, port = folder / "data", folder / "log", free_port()
        self._run("initdb", f"--pgdata={data}", f"--username={ROLE}", "--auth=trust", "--encoding=UTF8",
                  "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        settings = (
            *HASTE,
            *ROOM,
            "listen_addresses=127.0.0.1",
            f"port={port}",
            "unix_socket_directories=",
            "timezone=UTC",
        )
        options = [part for setting in settings for part in ("-c", setting)]
        with log.open("wb") as log_file:
            process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server in order
                **self._run_as,
            )
        starting.callback(stop, process, signal.SIGINT)  # PostgreSQL's fast shutdown: it waits for no client
        address = ("--host=127.0.0.1", f"--port={port}", f"--username={ROLE}")
        wait_until_ready("PostgreSQL", lambda: self._succeeds("pg_isready", "--quiet", *address), process, log)
        self._run("createdb", *address, DATABASE)
        self.url = f"postgres://{ROLE}@127.0.0.1:{port}/{DATABASE}"

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end. Raises `PeerError` with its words if it fails."""
        done = subprocess.run(
            [PROGRAMS / program, *arguments], capture_output=True, text=True, check=False, **self._run_as
        )
        if done.returncode:
            raise PeerError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _succeeds(self, program: str, *arguments: str) -> bool:
        return subprocess.run([PROGRAMS / program, *arguments], check=False, **self._run_as).returncode == 0


def _unprivileged(folder: Path) -> dict[str, Any]:
    """What makes `subprocess` run PostgreSQL's programs in `folder` as someone they agree to run as."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"cwd": folder, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def main(arguments: list[str]) -> int:
    """Run a command with a database; returns its exit code, 128 + N if signal N ended it."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m tests.peers.postgres -- COMMAND [ARGUMENT ...]", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _exit_in_order)
    try:
        with PostgresServer() as server:
            code = subprocess.run(command, env=os.environ | {"DATABASE_URL": server.url}, check=False).returncode
    except (PeerError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 127
    return code if code >= 0 else 128 - code


def _exit_in_order(number: int, frame: object) -> NoReturn:
    """Turn a signal into an exception, so that the server is stopped on the way out."""
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
