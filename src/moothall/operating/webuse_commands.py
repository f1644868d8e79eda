"""``moothall webuse``: reading proxy logs, once, as they grow, or as a proxy sends them."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from ipaddress import ip_network
from pathlib import Path

import click
from django.db.utils import Error as DatabaseTrouble

from moothall.accounts.models import Unit
from moothall.core import clock, localtime
from moothall.operating import house as data_folder
from moothall.operating.web import in_the_house
from moothall.operating.webuse_keys import a_reason, keys
from moothall.operating.webuse_lists import categories, units
from moothall.webuse import clerk, holding, house, preview, purpose_queries, retention, signals
from moothall.webuse.formats import registry, squid_logformat
from moothall.webuse.formats.base import CannotRead, Pattern
from moothall.webuse.importing import importer, spooled, syslog
from moothall.webuse.importing.follow import Follower
from moothall.webuse.importing.importer import Progress, UnknownFormat
from moothall.webuse.importing.lending import Lending
from moothall.webuse.importing.logs import CannotOpen, Log
from moothall.webuse.importing.spool import InUse, Spool
from moothall.webuse.importing.syslog import Door, Listener
from moothall.webuse.mapping import Network
from moothall.webuse.models import Purpose
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals.names import DamagedNames
from moothall.webuse.seals.pseudonyms import NoKey
from moothall.webuse.seals.public_keys import DamagedKeys

TROUBLE = (NoPurpose, UnknownFormat, CannotOpen, CannotRead, NoKey, InUse, DamagedKeys, DamagedNames)
DAY = click.DateTime(["%Y-%m-%d"])


Command = Callable[..., None]


@click.group(name="webuse")
def webuse() -> None:
    """Web use: from proxy logs to figures that may be shown. Needs a purpose in the monitoring register first."""


for group in (units, categories, keys):
    webuse.add_command(group)


@contextmanager
def trouble_said() -> Iterator[None]:
    """What can go wrong, said in a sentence that says what to do. Nothing that was read is lost, or counted twice."""
    try:
        yield
    except TROUBLE as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.strerror or error}. What was read until then is counted. Make room or mend what is wrong, then "
            "give the same command again: it goes on from there."
        ) from error
    except DatabaseTrouble as error:
        raise click.ClickException(
            f"The database did not take it ({error}). What was read until then is counted; give the same command again."
        ) from error


def today() -> date:
    return localtime.local(clock.now()).date()


def purpose_for(key: str) -> Purpose:
    """The purpose for which is read. Says on the terminal that its review is overdue. Raises ``NoPurpose``."""
    data_folder.prepare()
    purpose = purpose_queries.for_import(key, on=today())
    if warning := purpose_queries.review_warning(purpose, today()):
        click.secho(warning, fg="yellow", err=True)
    return purpose


def _pattern(logformat: str) -> Pattern | None:
    return squid_logformat.pattern_of(logformat) if logformat else None


def reads(command: Command) -> Command:
    """The options of whatever reads logs."""
    slugs = [each.slug for each in registry.FORMATS]
    for option in (
        click.option("--logformat", default="", metavar="STRING", help="Squid’s own logformat string, or its name."),
        click.option(
            "--format", "slug", default="", type=click.Choice(["", *slugs]), help="Else the content tells it."
        ),
        click.option("--purpose", "key", default="", metavar="KEY", help="Needed where several purposes are in force."),
    ):
        command = option(command)
    return command


@webuse.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reads
@click.option("--dry-run", is_flag=True, help="Keep nothing; show what would be kept of ten lines.")
def import_files(files: tuple[Path, ...], key: str, slug: str, logformat: str, dry_run: bool) -> None:
    """Read log FILES, plain, gzip or Zstandard. What was read before is not counted again, whatever its name."""
    with in_the_house(), trouble_said():
        purpose = purpose_for(key)
        pattern = _pattern(logformat)
        if dry_run:
            for path in files:
                _show(path, purpose, slug, pattern)
            return
        with house.kit(purpose) as kit:
            for path in files:
                _import(kit, path, slug, pattern)
        with click.progressbar(length=1, label="Counting", item_show_func=lambda item: item) as bar:
            clerk.count(purpose.key, lambda what: bar.update(0, what))
            bar.update(1)


def _show(path: Path, purpose: Purpose, slug: str, pattern: Pattern | None) -> None:
    """What would be kept of ten lines, beside them."""
    click.secho(f"{path}, as {preview.label(path, slug, pattern)}", bold=True)
    named = dict(Unit.objects.values_list("pk", "name"))
    for each in preview.lines(path, house.lookups(preview.NoPseudonyms()), named, slug, pattern):
        click.echo(f"  {each.line}")
        colour = "yellow" if each.is_reject else "green"
        click.secho(f"    {'refused' if each.is_reject else 'kept'}: {each.kept}", fg=colour)
    click.echo("Nothing was kept. Path, query, referrer and address are dropped; the name becomes a pseudonym.")


def _import(kit: importer.Kit, path: Path, slug: str, pattern: Pattern | None) -> None:
    began = time.monotonic()
    with click.progressbar(
        length=max(path.stat().st_size, 1), label=path.name, show_eta=True, item_show_func=lambda item: item
    ) as bar:

        def show(progress: Progress) -> None:
            speed = progress.lines / max(time.monotonic() - began, 0.001)
            bar.update(max(0, min(progress.position, bar.length or 0) - bar.pos), f"{speed:,.0f} lines/s")

        done = importer.import_log(kit, Log(path), slug, pattern, show)
        bar.update((bar.length or 0) - bar.pos)
    _say(done)


def _say(done: Progress) -> None:
    click.echo(f"{done.lines:,} new lines, {done.rejected:,} of them refused.")
    if done.was_read and not done.lines:
        click.echo("All of it was counted before.")
    if done.ended_early:
        click.secho(
            f"The file breaks off ({done.ended_early}). What comes before that is counted.", fg="yellow", err=True
        )


# --- As it comes ------------------------------------------------------------------------------------------------------


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """Set by Ctrl-C or SIGTERM: then what is under way is finished, and no more is begun."""
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: stopping.set())
    yield stopping


def _lending(key: str) -> tuple[str, Lending]:
    """The purpose's key, and what lends an import what it works with, as long as the purpose holds."""
    purpose = purpose_for(key)
    found = purpose.key
    return found, Lending(
        lambda: house.kit(purpose_queries.for_import(found, on=today())),
        lambda: purpose_queries.for_import(found, on=today()),
    )


@webuse.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@reads
def follow(file: Path, key: str, slug: str, logformat: str) -> None:
    """Follow a log FILE as it grows, through its rotations. Ctrl-C ends it; started again, it goes on where it was."""
    with in_the_house(), trouble_said(), _until_told() as stopping:
        found, lending = _lending(key)
        click.echo(f"Following {file}. Ctrl-C ends it.")
        Follower(lending, file, lambda: clerk.count(found), slug=slug, pattern=_pattern(logformat)).run(stopping)


@webuse.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5514, show_default=True, help="Port to listen on.")
@click.option("--allow", "networks", multiple=True, metavar="NETWORK", help="Who may send. Without it, this machine.")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="For TLS, in PEM.")
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its key, in PEM.")
@click.option("--client-ca", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Who signs senders’.")
@reads
def listen(
    host: str,
    port: int,
    networks: tuple[str, ...],
    certificate: Path | None,
    key_file: Path | None,
    client_ca: Path | None,
    key: str,
    slug: str,
    logformat: str,
) -> None:
    """Take what a proxy sends over TCP: Squid’s “access_log tcp:”, or syslog; over TLS with a certificate."""
    if (certificate is None) != (key_file is None):
        raise click.UsageError("TLS needs both --certificate and --key-file.")
    allowed = _networks(networks) or syslog.LOOPBACK
    with in_the_house(), trouble_said(), _until_told() as stopping:
        found, lending = _lending(key)
        context = syslog.tls(certificate, key_file, client_ca) if certificate and key_file else None
        spool = Spool(house.folder("spool", found))
        listener = Listener(spool, Door(host, port, allowed, context))
        counter = spooled.Counter(lending, spool, lambda: clerk.count(found), slug=slug, pattern=_pattern(logformat))
        click.echo(f"Listening at {host}:{port}. Ctrl-C ends it.")
        spooled.listen(listener, counter, stopping)


def _networks(written: tuple[str, ...]) -> list[Network]:
    try:
        return [ip_network(each) for each in written]
    except ValueError as error:
        raise click.BadParameter(f"{error}. Write it like 10.20.0.0/16.", param_hint="--allow") from error


@webuse.command()
def serve() -> None:
    """Count what has changed, delete what is over, and answer who asks for their own data. Part of “moothall run”."""
    with in_the_house(), _until_told() as stopping:
        clerk.Clerk().run(stopping)


# --- What is kept -----------------------------------------------------------------------------------------------------


@webuse.command()
def retain() -> None:
    """Delete now what is over, as “serve” does each night, and say what went."""
    with in_the_house(), trouble_said():
        data_folder.prepare()
        for key, done in retention.retain(today()).items():
            click.echo(
                f"{key}: {done.files} files of rows of {done.row_days} days, names and keys of {done.name_periods} "
                f"and {done.keys} periods, {done.figures:,} figures. "
                f"The oldest rows are {done.oldest_row or 'none'}."
            )


@webuse.command()
@click.argument("case")
@click.option("--purpose", "key", required=True, metavar="KEY")
@click.option("--from", "first", required=True, type=DAY, help="First day that is kept.")
@click.option("--to", "last", required=True, type=DAY, help="Last day that is kept.")
@click.option("--why", prompt="Why these days must be kept", callback=a_reason, help="Goes into the record.")
def hold(case: str, key: str, first: datetime, last: datetime, why: str) -> None:
    """Keep days beyond their time for a CASE: rows, names and keys."""
    with in_the_house(), trouble_said():
        data_folder.prepare()
        try:
            holding.place(key, case, first.date(), last.date(), why)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    click.echo(f"Kept for {case} until: moothall webuse lift {case} --purpose {key}")


@webuse.command()
@click.argument("case")
@click.option("--purpose", "key", required=True, metavar="KEY")
def lift(case: str, key: str) -> None:
    """Let the days that were kept for a CASE go when their time is over."""
    with in_the_house(), trouble_said():
        data_folder.prepare()
        lifted = holding.lift(key, case)
    if not lifted:
        raise click.ClickException(f"Nothing is kept for {case} under {key}.")
    click.echo(f"No longer kept for {case}. What is over goes tonight.")


@webuse.command("signals")
@click.option("--purpose", "key", required=True, metavar="KEY")
@click.option("--day", required=True, type=DAY, help="The local day.")
@click.option("--why", prompt="Why this is looked up", callback=a_reason, help="Goes into the record.")
def show_signals(key: str, day: datetime, why: str) -> None:
    """The pseudonyms that met malware or phishing on a day, and nothing else of them. It is recorded."""
    with in_the_house(), trouble_said():
        data_folder.prepare()
        found = signals.of_day(key, day.date(), why)
    for each in found:
        click.echo(
            f"{each.pseudonym}  {each.hour}  {each.domain}  {each.requests} requests{', blocked' * each.blocked}"
        )
    click.echo(f"{len(found)} in all. Whose they are takes a concern’s approved opening: moothall webuse keys open")
