"""``moothall webuse keys``: the key to which names are sealed, its three shares, and opening one name with two."""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from moothall.core import localtime
from moothall.operating import house as data_folder
from moothall.operating.keyroom import memory, opening, serving
from moothall.operating.keyroom.opening import Reading
from moothall.operating.keyroom.work import Dealing
from moothall.operating.web import in_the_house
from moothall.webuse import house
from moothall.webuse.seals import actions, ceremonies
from moothall.webuse.seals import ceremony as ceremony_of
from moothall.webuse.seals.ceremonies import KEPT_SECONDS, Entering, HandingOut, OutOfTurn, Step
from moothall.webuse.seals.public_keys import KeptKey, NoPublicKey, Role, WrongHolders, three
from moothall.webuse.seals.words import WrongShares

TROUBLE = (*opening.TROUBLE, WrongHolders, OutOfTurn, actions.StillSeals)
MOST_MINUTES = 240
MOST_PORT = 65_535
HOSTS = ("127.0.0.1", "[::1]")
ASIDE, BACK = "\x1b[?1049h\x1b[H\n", "\x1b[?1049l"
"""To a terminal's second screen, of which nothing can be scrolled back to, and back."""

given_shares = click.option(
    "--share",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file with a share’s words. Without it they are asked for, unseen.",
)
chosen_key = click.option("--key", "digits", default="", metavar="DIGITS", help="Its first digits. Else the newest.")


Command = Callable[..., None]


def a_reason(context: click.Context, option: click.Parameter, text: str) -> str:
    """What was given as a reason, if it is one."""
    if not text.strip():
        raise click.BadParameter("Say why: nothing is done without a reason.")
    return text


def of_holders(command: Command) -> Command:
    """The options of a ceremony: who holds which share."""
    for role in reversed(Role):
        option = f"--{role.name.lower().replace('_', '-')}"
        command = click.option(option, prompt=f"Who holds the share of {role}", help="The holder’s name.")(command)
    return command


@contextmanager
def _at_the_table() -> Iterator[None]:
    """The data folder in use, this process's memory to itself, and what can go wrong with keys in a sentence."""
    with in_the_house():
        try:
            data_folder.prepare()
            for trouble in memory.keep_to_itself():
                click.secho(trouble, fg="yellow", err=True)
            yield
        except TROUBLE as error:
            raise click.ClickException(str(error)) from None


@click.group()
def keys() -> None:
    """The key of sealed names: in three shares, held by HR, IT security and the monitoring officer. Two open."""


# --- Ceremonies -------------------------------------------------------------------------------------------------------


@keys.command()
@of_holders
def create(**holders: str) -> None:
    """Hold the first ceremony: make the key, and show each holder their share, once."""
    with _at_the_table():
        if house.public_keys().all():
            raise click.ClickException("There is a key already. “moothall webuse keys rotate” takes a new one.")
        _make(holders)


@keys.command()
@of_holders
def rotate(**holders: str) -> None:
    """Hold a new ceremony. Names are sealed to the new key from now on; the old shares open the older names still."""
    with _at_the_table():
        if not house.public_keys().all():
            raise click.ClickException("There is no key yet. Begin with: moothall webuse keys create")
        _make(holders)


def _make(holders: dict[str, str]) -> None:
    named = three(_by_role(holders))
    _hand_out(Dealing(HandingOut(ceremony_of.hold(), named)))


@keys.command()
@chosen_key
@given_shares
@of_holders
def recover(digits: str, files: tuple[Path, ...], **holders: str) -> None:
    """Deal three new shares of the same key when one is lost. Two holders enter theirs."""
    with _at_the_table():
        named, key = three(_by_role(holders)), _key(digits)
        _hand_out(Dealing(HandingOut(ceremonies.deal_anew(_shares(files), key), named), again=True))


def _by_role(holders: dict[str, str]) -> dict[Role, str]:
    return {role: holders[role.name.lower()] for role in Role}


def _hand_out(dealing: Dealing) -> None:
    """Each holder alone sees and writes down their words, then all enter them again. Only then anything is kept."""
    out = dealing.handing_out
    click.echo(f"The key’s fingerprint, for all three sheets: {out.fingerprint}")
    while out.step == Step.CALL:
        _wait_for("show", f"\nLet {out.holder} ({out.role}) sit here alone")
        with _aside():
            for number, word in enumerate(out.show().split(), start=1):
                click.echo(f"{number:>4}  {word}")
            _wait_for("written", "\nWrite down all the words. They are shown only now")
        out.written_down()
    click.echo("\nNow each of you enters your words again, from your sheet.")
    while out.step == Step.READ:
        try:
            out.read_in(click.prompt(f"{out.holder} ({out.role})", hide_input=True))
        except WrongShares as error:
            click.secho(f"{error} Once more.", fg="yellow", err=True)
    done = dealing.finish()
    click.echo("\n".join((f"{done.heading}.", *done.words, "", out.fingerprint)))


def _wait_for(word: str, what: str) -> None:
    """Go on when this word is typed: no key that is pressed by mistake makes words come, or go for good."""
    while click.prompt(f"{what}, then type “{word}”").strip() != word:
        pass


@contextmanager
def _aside() -> Iterator[None]:
    """What is shown meanwhile is gone from the terminal afterwards."""
    is_terminal = sys.stdout.isatty()
    click.echo(ASIDE if is_terminal else "", nl=False)
    try:
        yield
    finally:
        click.echo(BACK if is_terminal else "", nl=False)


@keys.command()
@chosen_key
@given_shares
def check(digits: str, files: tuple[Path, ...]) -> None:
    """See that two shares make the key. Nothing is opened. Do it once a year."""
    with _at_the_table():
        key = _key(digits)
        actions.check(_shares(files), key)
    click.echo(f"The two shares are right. The key’s fingerprint: {key.fingerprint}")


@keys.command()
@click.argument("digits", metavar="KEY")
@click.option("--sealing-stops", is_flag=True, help="Also if it is the key that seals.")
def destroy(digits: str, sealing_stops: bool) -> None:
    """Delete what is sealed to KEY (its first digits), and note that nobody has its shares. It cannot be undone."""
    with _at_the_table():
        key = _named(digits)
        names = actions.names_sealed_to(key)
        if actions.seals(key) and not sealing_stops:
            actions.destroy(key)  # refuses, and says what to do
        click.echo(f"The key {key.fingerprint}. Sealed to it: {names:,} names, which nobody can ever open again.")
        for role, holder in key.holders.items():
            click.confirm(f"Has {holder} shredded the sheet of {role}, before the others?", abort=True)
        click.confirm("Delete the names for good?", abort=True)
        gone = actions.destroy(key, sealing_stops=sealing_stops)
    click.echo(f"The key is destroyed. {gone:,} sealed names were deleted.")


def _key(digits: str) -> KeptKey:
    """The key whose shares are asked for. Raises ``NoPublicKey``, also for one that is destroyed."""
    return house.public_keys().get(_named(digits).key_id) if digits else house.public_keys().newest()


def _named(digits: str) -> KeptKey:
    """The key whose fingerprint begins so. Raises ``NoPublicKey``."""
    wanted = "".join(digits.split()).lower()
    found = [key for key in house.public_keys().all() if key.fingerprint.replace(" ", "").startswith(wanted)]
    if len(found) != 1:
        there = ", ".join(key.fingerprint for key in house.public_keys().all()) or "none"
        raise NoPublicKey(f"“{digits}” is not how one key’s fingerprint begins. There are: {there}.")
    return found[0]


# --- Opening ----------------------------------------------------------------------------------------------------------


@keys.command("open")
@click.argument("reference")
@given_shares
def open_name(reference: str, files: tuple[Path, ...]) -> None:
    """Open the name that the approved opening REFERENCE is about. It goes to its case, and is not shown here."""
    with _at_the_table():
        reading = opening.read(reference)
        _show(reading)
        click.confirm("Have you read this, and asked the two who approved it?", abort=True)
        opening.open_as_read(reading, _shares(files))
    click.echo("The name is opened. It went to the case, where it is shown once. This opening is on the record.")


def _show(reading: Reading) -> None:
    """What holders read before they enter a share."""
    asked = reading.opening
    click.echo(f"Purpose: {reading.purpose} ({asked.purpose_key})")
    click.echo(f"Pseudonym: {asked.pseudonym_hex}")
    click.echo(f"Days: {localtime.day_words(asked.first)} to {localtime.day_words(asked.last)}")
    click.echo(f"Approved by: {' and '.join(asked.approved_by)}")
    for key in reading.keys:
        click.echo(f"Two shares of the key {key.fingerprint}, held by {', '.join(key.holders.values())}")
    for at in reading.opened_before:
        click.secho(f"This pseudonym was opened before: {localtime.words(at)}", fg="yellow")
    for question, answer in asked.answers:
        click.echo(f"\n{question}\n  {answer}")
    click.echo("\nThis text comes from Moothall’s database. Each of you asks one of the two who approved it.")


def _shares(files: Sequence[Path]) -> list[str]:
    """The words of two shares."""
    if files:
        return [path.read_text("utf-8", errors="replace").strip() for path in files]
    entering = Entering()
    ordinals = iter(("first", "second"))
    with _in_time():
        while not entering.is_enough():
            entering.enter(click.prompt(f"The words of the {next(ordinals)} holder", hide_input=True), time.monotonic())
    return entering.take()


@contextmanager
def _in_time() -> Iterator[None]:
    """End the command if nobody comes: a share that was entered is not kept for longer."""

    def late(number: int, frame: FrameType | None) -> None:
        raise click.ClickException("That took too long, and what was entered is forgotten. Give the command again.")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(KEPT_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- In pages ---------------------------------------------------------------------------------------------------------


@keys.command()
@click.option("--bind", default="127.0.0.1:8900", show_default=True, help="Address and port, of this machine only.")
@click.option("--minutes", default=30, show_default=True, type=click.IntRange(1, MOST_MINUTES), help="Then it ends.")
def room(bind: str, minutes: int) -> None:
    """Open the key room: all of this in pages, served for the occasion, and gone when it closes."""
    host, port = _loopback(bind)
    with in_the_house():
        data_folder.prepare()
        try:
            entrance = serving.door(host, port)
        except OSError as error:
            raise click.ClickException(
                f"{bind} cannot be used ({error.strerror}). See who listens there before you take another port."
            ) from error
        serving.serve(entrance, 60 * minutes, click.echo)
    click.echo("The key room is closed.")


def _loopback(bind: str) -> tuple[str, int]:
    """The address and the port. Shares must not go over a network in the clear, so it is an address of this machine."""
    host, _, port = bind.rpartition(":")
    if host in HOSTS and port.isascii() and port.isdecimal() and int(port) <= MOST_PORT:
        return host.strip("[]"), int(port)
    raise click.BadParameter(
        "Give an address of this machine alone and a port, like 127.0.0.1:8900. From another machine, come through "
        "SSH: ssh -L 8900:127.0.0.1:8900 server",
        param_hint="--bind",
    )
