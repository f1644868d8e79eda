"""nginx from Debian, with or without its module nchan, on a configuration that the caller gives."""

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx

from tests.peers.processes import PeerError, free_port, stop, wait_until_ready

NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


def installed() -> bool:
    """Whether nginx and its nchan can be started as they are."""
    return NCHAN.exists() and bool(shutil.which("nginx") or Path("/usr/sbin/nginx").exists())


class Nginx:
    """A server from entering the context to leaving it; ``url`` is its address.

    ``http``: what stands in its ``http`` block, with ``PORT`` for the port to listen on and ``FOLDER`` for a folder of
    its own.
    """

    def __init__(self, http: str, *, workers: int = 1, connections: int = 1_024, log_level: str = "error") -> None:
        self._http, self._workers, self._connections, self._log_level = http, workers, connections, log_level
        self._running = ExitStack()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        if not installed():
            raise PeerError("nginx or its nchan is not installed. Run: python -m tests.peers.install")
        with ExitStack() as starting:
            folder = Path(starting.enter_context(tempfile.TemporaryDirectory(prefix="moothall-nginx-")))
            (folder / "nginx.conf").write_text(self._configuration(folder))
            log = starting.enter_context((folder / "log").open("wb"))
            command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
            starting.callback(stop, self.process)
            wait_until_ready("nginx", self._is_ready, self.process, folder / "log")
            self._running = starting.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._running.close()

    def _is_ready(self) -> bool:
        try:
            httpx.get(f"{self.url}/not-there", timeout=1)
        except httpx.HTTPError:
            return False
        return True

    def _configuration(self, folder: Path) -> str:
        places = "".join(f"  {name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi"))
        places += "".join(f"  {name}_temp_path {folder}/{name};\n" for name in ("uwsgi", "scgi"))
        http = self._http.replace("PORT", str(self.port)).replace("FOLDER", str(folder))
        # Started by root, its workers would be somebody who may not write in this folder.
        user = "user root;\n" if os.geteuid() == 0 else ""
        return (
            f"load_module {NCHAN};\n{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/log {self._log_level};\n"
            f"worker_processes {self._workers};\nworker_rlimit_nofile {self._connections + 512};\n"
            f"events {{ worker_connections {self._connections}; }}\n"
            f"http {{\n  access_log off;\n{places}{http}\n}}\n"
        )
