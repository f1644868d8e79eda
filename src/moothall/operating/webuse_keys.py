"""``moothall webuse keys``: the key to which names are sealed, its three shares, and opening one name with two."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from moothall.core import clock, localtime
from moothall.operating import house as data_folder
from moothall.operating.web import in_the_house
from moothall.records.actions import OPERATOR, capture
from moothall.webuse import house, opening_names
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals import ceremony as ceremonies
from moothall.webuse.seals.ceremony import DamagedKeys, NoPublicKey, Role, WrongHolders, WrongShares
from moothall.webuse.seals.names import CannotOpen, DamagedNames
from moothall.webuse.seals.pseudonyms import NoKey

TROUBLE = (NoPurpose, WrongShares, NoPublicKey, DamagedKeys, WrongHolders, CannotOpen, DamagedNames, NoKey)
SHARES = 2

given_shares = click.option(
    "--share",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file with a share’s words. Without it they are asked for, unseen.",
)


Command = Callable[..., None]


def a_reason(context: click.Context, option: click.Parameter, text: str) -> str:
    """What was given as a reason, if it is one."""
    if not text.strip():
        raise click.BadParameter("Say why: nothing is done without a reason.")
    return text


def of_holders(command: Command) -> Command:
    """The options of a ceremony: who holds which share, and where the shares are written, if not on the screen."""
    where = click.Path(file_okay=False, path_type=Path)
    command = click.option("--to", "folder", type=where, help="Write the shares to files there.")(command)
    for role in reversed(Role):
        option = f"--{role.name.lower().replace('_', '-')}"
        command = click.option(option, prompt=f"Who holds the share of {role}", help="The holder’s name.")(command)
    return command


@contextmanager
def _said() -> Iterator[None]:
    """What can go wrong with keys, in a sentence that says what to do."""
    try:
        yield
    except TROUBLE as error:
        raise click.ClickException(str(error)) from error


@click.group()
def keys() -> None:
    """The key of sealed names: in three shares, held by HR, IT security and the monitoring officer. Two open."""


@keys.command()
@of_holders
def create(folder: Path | None, **holders: str) -> None:
    """Hold the first ceremony: make the key, and show each holder their share, once."""
    if house.public_keys().all():
        raise click.ClickException("There is a key already. “moothall webuse keys rotate” takes a new one into use.")
    _hold({role: holders[role.name.lower()] for role in Role}, folder)


@keys.command()
@of_holders
def rotate(folder: Path | None, **holders: str) -> None:
    """Hold a new ceremony. Names are sealed to the new key from now on; the old shares open the older names still."""
    if not house.public_keys().all():
        raise click.ClickException("There is no key yet. Begin with: moothall webuse keys create")
    _hold({role: holders[role.name.lower()] for role in Role}, folder)


def _hold(holders: dict[Role, str], folder: Path | None) -> None:
    """The key is taken into use when all shares are handed out: broken off before, it seals nothing."""
    if len({holder.strip().casefold() for holder in holders.values()}) < len(Role):
        raise click.ClickException("Two shares would be held by one person, who could open names alone.")
    with in_the_house(), _said():
        data_folder.prepare()
        held = ceremonies.hold()
        click.echo(f"The key’s fingerprint, for all three sheets: {ceremonies.fingerprint_words(held.public_key)}")
        for role in Role:
            _hand_out(role, holders[role], held.share_of(role), folder)
        kept = house.public_keys().rotate(held, localtime.local(clock.now()).date(), holders)
        named = {str(role): holder for role, holder in holders.items()}
        capture("webuse.key_made", f"key:{kept.key_id.hex()}", actor=OPERATOR, after={"holders": named})
    click.echo("The key itself is nowhere. Let each holder check theirs now: moothall webuse keys check")


def _hand_out(role: Role, holder: str, words: str, folder: Path | None) -> None:
    """Give a holder their share, on the screen or in a file. One that is there already is never written over."""
    if folder:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"share-{role.name.lower().replace('_', '-')}.txt"
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError as error:
            raise click.ClickException(f"{path} holds a share already. Bring it to its holder first.") from error
        path.write_text(words + "\n")
        click.echo(f"{path}: for {holder} alone. Move it off this machine, and delete it here.")
        return
    click.pause(f"\nLet {holder} ({role}) sit here alone, then press any key…")
    click.echo(f"\n{words}\n")
    click.pause("Write down all the words. They are shown only now. Then press any key…")
    click.clear()


@keys.command()
@given_shares
def check(files: tuple[Path, ...]) -> None:
    """See that two shares make the key that seals now. Nothing is opened."""
    with in_the_house(), _said():
        newest = house.public_keys().newest()
        ceremonies.check(_shares(files), newest.public_key)
    click.echo(f"The two shares are right. The key’s fingerprint: {ceremonies.fingerprint_words(newest.public_key)}")


@keys.command("open")
@click.argument("pseudonym")
@click.option("--purpose", "key", required=True, metavar="KEY", help="The purpose under which the rows are kept.")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day of the window.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day of the window.")
@click.option(
    "--why", prompt="Why it must be opened, and by whose decision", callback=a_reason, help="Goes into the record."
)
@given_shares
def open_name(pseudonym: str, key: str, first: datetime, last: datetime, why: str, files: tuple[Path, ...]) -> None:
    """Show whose PSEUDONYM it is: this one, in this window of days, and no other. It is recorded before it is shown."""
    with in_the_house(), _said():
        data_folder.prepare()
        which = opening_names.parsed(pseudonym)
        found = opening_names.open_one(key, which, first.date(), last.date(), _shares(files), why)
    click.echo(f"{pseudonym} is {found.name}. This opening is on the record.")


def _shares(files: Sequence[Path]) -> list[str]:
    """The words of two shares."""
    if files:
        return [path.read_text("utf-8", errors="replace").strip() for path in files]
    return [click.prompt(f"Share {number + 1} of {SHARES}", hide_input=True) for number in range(SHARES)]
