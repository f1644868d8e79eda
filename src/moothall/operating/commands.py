"""The commands of ``moothall``, in the order in which one needs them."""

import asyncio
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings
from django.core.exceptions import ValidationError

from moothall import __version__
from moothall.accounts import actions as account_actions
from moothall.accounts import sealing as account_sealing
from moothall.accounts.roles import Role
from moothall.channels import sealing as channel_sealing
from moothall.contributions import mail_listener
from moothall.contributions import sealing as contribution_sealing
from moothall.core import sealed_text
from moothall.core.sealing import new_key
from moothall.events.listening.listener import Listener
from moothall.operating import archive, check, example, house
from moothall.operating.supervisor import Supervisor
from moothall.operating.web import in_the_house, listens, web
from moothall.operating.webuse_commands import webuse
from moothall.operating.worker import Worker
from moothall.records import queries as record_queries
from moothall.records.actions import OPERATOR, capture


class InOrder(click.Group):
    """Lists its commands in the order of this file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="Moothall")
def moothall() -> None:
    """Moothall: an open social media policy, run on one machine of your own.

    Settings come from the environment; docs/operators/settings.md lists them.
    """


@moothall.command()
@listens
@click.option("--example", "with_example", is_flag=True, help="Load the example council if there is no data yet.")
def run(host: str, port: int, with_example: bool) -> None:
    """Run everything: upgrade the database, then web pages, background work and listening together. Ctrl-C ends all."""
    with in_the_house():
        house.prepare()
        if with_example and example.is_empty():
            click.echo("Loading the example council…")
            example.load()
        elif with_example and example.is_over():
            click.echo("The example’s live event is over. “make example” begins the example anew.")
        _say_where(host, port)
        commands = [["web", "--host", host, "--port", str(port)], ["worker"], ["listen"], ["webuse", "serve"]]
        sys.exit(Supervisor(commands).run())


def _say_where(host: str, port: int) -> None:
    click.echo(f"\nMoothall is at http://{host}:{port}/")
    if settings.DEBUG:
        click.echo(f"Sign in as anyone of the example council with one click: http://{host}:{port}/sign-in-as/")
    else:
        click.echo(f"Sign in: {settings.SITE_URL}/account/login/")
    click.echo("Ctrl-C ends it.\n")


moothall.add_command(web)


@moothall.command()
@click.option(
    "--threads", default=settings.WORKER_THREADS, show_default=True, help="How many channels to send to at once."
)
def worker(threads: int) -> None:
    """Do the background work only: deliveries, checks, e-mail. As many of these may run as you like."""
    with in_the_house():
        Worker(threads).run()


@moothall.command()
def listen() -> None:
    """Hear what is said with the hashtags of live events. Several may run: one goes on when another is gone."""
    with in_the_house():
        Listener().run()


@moothall.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8024, show_default=True, help="Port to listen on.")
@click.option("--smtp", is_flag=True, help="Speak SMTP instead of LMTP.")
def mail(host: str, port: int, smtp: bool) -> None:
    """Take mail to the desk from your own mail server, by LMTP. Not needed where a mailbox is read instead."""
    if not settings.DESK_ADDRESS:
        raise click.ClickException("Set MOOTHALL_DESK_ADDRESS first: mail for any other address is turned away.")
    with in_the_house():
        click.echo(f"Taking mail for {settings.DESK_ADDRESS} at {host}:{port}. Ctrl-C ends it.")
        asyncio.run(mail_listener.serve(host, port, smtp=smtp))


@moothall.command("check")
def check_all() -> None:
    """Check configuration, database, storage and each channel: what is wrong and what to do."""
    wrong = 0
    for finding in check.findings():
        if not finding.trouble:
            click.secho(f"  good  {finding.what}", fg="green")
            continue
        wrong += not finding.is_warning
        mark, colour = ("  look", "yellow") if finding.is_warning else (" wrong", "red")
        click.secho(f"{mark}  {finding.what}: {finding.trouble}", fg=colour)
    sys.exit(1 if wrong else 0)


@moothall.command("example")
@click.option("--reset", is_flag=True, help="Throw everything away first.")
@click.confirmation_option("--yes", prompt="Load the example council into this database?", help="Do not ask.")
def load_example(reset: bool) -> None:
    """Load the example council, Exampleshire County Council, or start it afresh with --reset."""
    house.prepare()
    if reset:
        if not settings.DEBUG:
            raise click.ClickException("--reset throws all data away, so it works only with MOOTHALL_DEBUG=true.")
        with in_the_house(alone=True):
            example.throw_away()
    elif not example.is_empty():
        raise click.ClickException("There is data here already. Use --reset to throw it away first.")
    with click.progressbar(length=example.STEPS, label="Exampleshire County Council") as bar:
        example.load(lambda: bar.update(1))
    click.echo("Loaded.")


@moothall.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database and kept files to FILE, while Moothall runs or not. The keys are not in it: keep them apart."""
    with _archiving("Backing up") as progress:
        size = archive.back_up(file, progress)
        capture("database.backed_up", "database", actor=OPERATOR, after={"bytes": size})
    click.echo(f"{file}: {size / 2**20:.1f} MB")


@moothall.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put back what FILE holds, after verifying all of it. Stop Moothall first."""
    with in_the_house(alone=True):
        if not yes:
            click.confirm("Replace all data with what is in this backup?", abort=True)
        with _archiving("Restoring") as progress:
            done = archive.restore(file, progress)
    click.echo(f"Restored the backup of {done.made_at:%d %B %Y, %H:%M} UTC: {done.files} files.")
    click.echo(f"{done.records} records verified.")
    for path in done.kept_aside:
        click.echo(f"What was here before was moved to {path}.")


@contextmanager
def _archiving(label: str) -> Iterator[archive.Progress]:
    """A progress bar for work on an archive, and its trouble as one line."""
    with click.progressbar(length=1, label=label) as bar:

        def show(done: int, total: int, what: str) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        try:
            yield show
        except archive.CannotArchive as error:
            raise click.ClickException(str(error)) from error


@moothall.command()
@click.argument("email")
@click.argument("name")
@click.option("--administrator", is_flag=True, help="They will manage people, services and settings.")
def invite(email: str, name: str, administrator: bool) -> None:
    """Invite the person NAME at EMAIL. This is how the first administrator comes in."""
    house.prepare()
    roles = [(Role.ADMINISTRATOR.value, None)] if administrator else []
    try:
        invited = account_actions.invite(None, email=email, name=name, roles=roles)
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from error
    click.echo(f"Their link, good once: {invited.link}")
    if not invited.emailed:
        click.echo("The e-mail could not be sent; give them the link yourself.", err=True)


@moothall.group(cls=InOrder)
def records() -> None:
    """The append-only records."""


@records.command()
@click.option("--expect", metavar="HASH", help="A hash that an earlier run printed: it must still be in the chain.")
def verify(expect: str | None) -> None:
    """Walk the whole chain; tell any record that was changed, removed or put elsewhere."""
    number, last = record_queries.head()
    found = []
    with click.progressbar(record_queries.faults(), length=number + 1, label="Verifying") as results:
        found = [fault for fault in results if fault]
    for fault in found:
        click.secho(f"Record {fault.number}: {fault.what}.", fg="red")
    if expect and not record_queries.has_hash(expect):
        click.secho("The expected hash is not in the chain: records were removed from its end.", fg="red")
        sys.exit(1)
    if found:
        sys.exit(1)
    click.echo(f"{number} records, all in order. Note this hash elsewhere: {last}")


moothall.add_command(webuse)


@moothall.group(cls=InOrder)
def keys() -> None:
    """Secret keys."""


@keys.command("new")
def new() -> None:
    """Print fresh values for MOOTHALL_SECRET_KEY and MOOTHALL_SEALING_KEYS."""
    click.echo(f"MOOTHALL_SECRET_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"MOOTHALL_SEALING_KEYS={new_key()}")


@keys.command()
def rotate() -> None:
    """Seal all that is sealed with the first key again, credentials and texts alike; then the others can go."""
    result = channel_sealing.reseal_all()
    click.echo(f"{result.resealed} channels' credentials are sealed with the first key.")
    for channel in result.closed:
        click.secho(f"{channel}: no key opens its credentials. Connect it again.", fg="red")
    people = account_sealing.reseal_all()
    click.echo(f"{people.resealed} authenticator apps and sets of recovery codes are sealed with the first key.")
    for person in people.closed:
        click.secho(f"{person}: no key opens their second step. Put back the key that does.", fg="red")
    mails, shut = contribution_sealing.reseal_all()
    click.echo(f"{mails} mails kept for the desk are sealed with the first key.")
    if shut:
        click.secho(f"{shut} mails: no key opens them. Put back the key that does.", fg="red")
    texts, unread = sealed_text.reseal_all()
    capture("texts.resealed", "texts", actor=OPERATOR, after={"rows": texts})
    click.echo(f"{texts} rows of sealed text are sealed with the first key.")
    if unread:
        click.secho(f"{unread} rows of sealed text: no key opens them. Put back the key that does.", fg="red")
    sys.exit(1 if result.closed or people.closed or shut or unread else 0)
