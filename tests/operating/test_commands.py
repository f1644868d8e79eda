"""``moothall invite`` and ``moothall keys``: what an operator does at the shell."""

import re
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moothall import __version__
from moothall.accounts import queries
from moothall.accounts.models import Invitation
from moothall.channels.models import Connection
from moothall.core import sealing
from moothall.operating.commands import moothall
from tests import factories
from tests.operating.conftest import House
from tests.peers.mail import MailServer

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(moothall, arguments)


def link_in(output: str) -> str:
    found = re.search(r"Their link, good once: (\S+)", output)
    assert found
    return found[1]


def test_the_first_administrator_comes_in_by_the_shell() -> None:
    result = run("invite", "alder@exampleshire.example", "Alder Finch", "--administrator")
    assert result.exit_code == 0, result.output
    token = link_in(result.output).rstrip("/").rsplit("/", 1)[1]
    invitation = queries.open_invitation(token)
    assert invitation
    assert (invitation.name, invitation.roles) == ("Alder Finch", [["administrator", None]])


def test_somebody_else_comes_in_without_a_role(settings: Any) -> None:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        result = run("invite", "ivy@exampleshire.example", "Ivy Lamb")
        assert link_in(result.output) in server.wait_for(1)[0].message.get_content()
    assert Invitation.objects.get().roles == []
    assert "could not be sent" not in result.output
    again = run("invite", "ivy@exampleshire.example", "Ivy Lamb")
    assert "The e-mail could not be sent; give them the link yourself." in again.output


def test_an_address_that_is_none_or_is_here_already_is_one_line() -> None:
    hazel = factories.person()
    for address, said in (("nonsense", "valid email"), (hazel.email, "already here")):
        result = run("invite", address, "Hazel Marsh")
        assert result.exit_code == 1
        assert said in result.output
        assert "Traceback" not in result.output
    assert not Invitation.objects.exists()


def test_keys_are_rotated_and_the_old_key_can_go(settings: Any) -> None:
    old, new = sealing.new_key(), sealing.new_key()
    settings.SEALING_KEYS = [old]
    factories.connect(factories.channel(network="rehearsal"), like="bluesky")
    settings.SEALING_KEYS = [new, old]
    result = run("keys", "rotate")
    assert result.exit_code == 0, result.output
    assert "1 channels' credentials are sealed with the first key." in result.output
    settings.SEALING_KEYS = [new]
    assert sealing.open_sealed(Connection.objects.get().sealed) == {"like": "bluesky"}


def test_credentials_that_no_key_opens_are_named(settings: Any) -> None:
    factories.connected(display_name="Good")
    settings.SEALING_KEYS = [sealing.new_key()]
    factories.connected(display_name="Better")
    result = run("keys", "rotate")
    assert result.exit_code == 1
    assert "Good on Newsroom: no key opens its credentials. Connect it again." in result.output
    assert "Better" not in result.output


def test_the_version_is_told(house: House) -> None:
    done = house.moothall("--version")
    assert done.stdout.strip() == f"Moothall, version {__version__}"


@pytest.mark.parametrize("command", ["example", "restore"])
def test_what_replaces_data_asks_first(command: str, tmp_path: Any) -> None:
    file = tmp_path / "some.tar.gz"
    file.write_bytes(b"")
    arguments = [command] if command == "example" else [command, str(file)]
    result = CliRunner().invoke(moothall, arguments, input="n\n")
    assert result.exit_code == 1
    assert "Aborted" in result.output


def test_nothing_is_thrown_away_outside_debug(settings: Any) -> None:
    settings.DEBUG = False
    result = run("example", "--reset", "--yes")
    assert result.exit_code == 1
    assert "works only with MOOTHALL_DEBUG=true" in result.output
