"""Which kinds of record the code keeps: every call of ``capture`` in the source, read and not run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import regex

import moothall
from moothall.accounts.permissions import PERMISSIONS

SOURCE = Path(moothall.__file__).parent
SHAPE = regex.compile(r"[a-z_]+\.[a-z_]+")
ANY = "[a-z_]+"


@dataclass(frozen=True)
class Use:
    """A call of ``capture``: where it stands, and the kinds it may keep, each as a regular expression."""

    place: str
    kinds: frozenset[str]


def used() -> Iterator[Use]:
    """Every call in the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and called(call) == "capture":
                yield Use(f"{path.relative_to(SOURCE)}:{call.lineno}", _kinds(call.args[0], tree))


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _kinds(said: ast.expr, tree: ast.Module) -> frozenset[str]:
    """What stands there; where a name or a function says it, every kind that stands in the module."""
    if isinstance(said, ast.Constant):
        return frozenset({regex.escape(str(said.value))})
    if isinstance(said, ast.IfExp):
        return _kinds(said.body, tree) | _kinds(said.orelse, tree)
    if isinstance(said, ast.JoinedStr):
        parts = (regex.escape(str(part.value)) if isinstance(part, ast.Constant) else ANY for part in said.values)
        return frozenset({"".join(parts)})
    return frozenset(
        regex.escape(each.value)
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and SHAPE.fullmatch(each.value)
        and each.value not in PERMISSIONS
    )
