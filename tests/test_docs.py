"""The docs know everything that an operator or a user can meet: a new one without its line fails here."""

import re
from pathlib import Path

import click
import pytest

from moothall.accounts.permissions import PERMISSIONS
from moothall.accounts.roles import Role
from moothall.networks import registry
from moothall.operating.commands import moothall
from moothall.publishing.delivery import MOVES
from moothall.publishing.status import Status

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text()


def commands(group: click.Group, before: str = "moothall") -> list[str]:
    found = []
    for name, command in group.commands.items():
        whole = f"{before} {name}"
        found += commands(command, whole) if isinstance(command, click.Group) else [whole]
    return found


def test_every_setting_has_its_line() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', (ROOT / "src/moothall/config/settings.py").read_text()))
    written = set(re.findall(r"^\| `([A-Z0-9_]+)`", text("operators/settings.md"), re.MULTILINE))
    assert read == written


@pytest.mark.parametrize("command", commands(moothall))
def test_every_command_has_its_line(command: str) -> None:
    assert f"| `{command}" in text("operators/commands.md")


def test_every_network_has_its_line_and_its_page() -> None:
    for slug, network in registry.networks().items():
        assert f"| {network.label} | `{slug}` |" in text("developers/networks.md")
        assert text(f"networks/{slug}.md").startswith(f"# {network.label}\n")


def test_every_delivery_state_and_each_of_its_moves_has_its_line() -> None:
    for state, after in MOVES.items():
        line = next(
            each for each in text("developers/delivery.md").splitlines() if each.startswith(f"| `{state.value}`")
        )
        assert set(re.findall(r"`(\w+)`", line.split("|")[3])) == {each.value for each in after}
        assert f"| {state.label} |" in text("users/states.md")


def test_every_status_of_a_post_has_its_line() -> None:
    for status in Status:
        assert f"| {status.words} |" in text("users/states.md")


def test_every_permission_has_its_line_with_the_roles_that_carry_it() -> None:
    for name, rule in PERMISSIONS.items():
        line = next(each for each in text("users/people.md").splitlines() if each.startswith(f"| `{name}`"))
        _, _, what, organisation, service, _ = (cell.strip() for cell in line.split("|"))
        assert what == rule.what
        assert named(service) == {role.label for role in rule.service}
        assert rule.all_staff or named(organisation) == {role.label for role in rule.organisation}


def named(cell: str) -> set[str]:
    return set() if cell == "–" else set(cell.split(", "))


def test_every_role_has_its_line() -> None:
    for role in Role:
        assert f"| {role.label} |" in text("users/people.md")


def test_links_between_the_docs_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#|<)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_the_readme_names_targets_that_exist() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for named_target in re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text()):
        assert named_target in targets
