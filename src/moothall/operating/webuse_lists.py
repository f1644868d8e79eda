"""``moothall webuse units`` and ``categories``: the lists that say who belongs where, and what a site is."""

import sys
from pathlib import Path

import click

from moothall.accounts.models import Unit
from moothall.operating import house as data_folder
from moothall.operating.web import in_the_house
from moothall.records.actions import OPERATOR, capture
from moothall.webuse import house, unit_lists
from moothall.webuse.categories import overlay, store, ut1, v2fly
from moothall.webuse.categories.names import CATEGORIES
from moothall.webuse.categories.readings import Reading, UnknownList

EXAMPLES = 3
"""So many lines that are not used are shown for each reason."""


@click.group()
def units() -> None:
    """Who belongs to which unit, and which unit a network belongs to."""


@units.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_units(files: tuple[Path, ...]) -> None:
    """Take lists from FILES: CSV of people or of networks, or an LDIF export. Each replaces the list of its kind."""
    with in_the_house():
        data_folder.prepare()
        names = dict(Unit.objects.values_list("name", "pk"))
        kept = [_take(path, names) for path in files]
    sys.exit(0 if all(kept) else 1)


def _take(path: Path, names: dict[str, int]) -> bool:
    """Keep one list, and say what is not used of it. Whether it is kept."""
    kept = unit_lists.keep(house.folder("units"), path.read_text("utf-8-sig", errors="replace"), names)
    for problem in kept.problems:
        click.secho(f"{path.name}, line {problem.line}: {problem.text}", fg="yellow", err=True)
    for name in kept.unknown:
        click.secho(f"{path.name}: there is no unit “{name}”. Add it under Services and units.", fg="yellow", err=True)
    if not kept.entries:
        click.secho(f"{path.name} has no entry that can be used. The list before it holds.", fg="red", err=True)
        return False
    after = {"list": kept.kind, "entries": kept.entries}
    capture("webuse.units_imported", "webuse-units", actor=OPERATOR, after=after)
    click.echo(
        f"{path.name}: {kept.entries:,} entries are kept as {kept.kind}. They hold for what is read from now on."
    )
    return True


@click.group()
def categories() -> None:
    """Which category a site is of: the council's own list, ours, and lists that others made."""


@categories.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--as", "category", default="", metavar="CATEGORY", help="What the list is of, if its name does not tell."
)
def import_categories(paths: tuple[Path, ...], category: str) -> None:
    """Take lists from PATHS: a folder as UT1 has them (one list, or a folder of lists), a file as v2fly has them, or a
    CSV with the columns domain and category: the council's own, which goes before all others."""
    failed = False
    with in_the_house():
        data_folder.prepare()
        for path in paths:
            for each in ut1.lists(path) or [path]:
                try:
                    _keep(each, category)
                except (UnknownList, ValueError, OSError) as error:
                    click.secho(f"{each}: {error}", fg="red", err=True)
                    failed = True
    sys.exit(1 if failed else 0)


def _keep(path: Path, category: str) -> None:
    own = path.suffix.lower() == ".csv"
    reading = overlay.read(path.read_text("utf-8-sig")) if own else _read(path, category)
    _say_refused(path, reading)
    if not reading.entries:
        raise ValueError("It has no entry that can be used. The list before it holds.")
    where = house.folder("overlay" if own else "lists")
    store.keep(where, overlay.FILE if own else path.name, reading.entries)
    after = {"list": path.name, "domains": len(reading.entries)}
    capture("webuse.categories_imported", "webuse-categories", actor=OPERATOR, after=after)
    click.echo(f"{path.name}: {len(reading.entries):,} domains are kept. They hold for what is read from now on.")


def _read(path: Path, category: str) -> Reading:
    return ut1.read(path, category) if path.is_dir() else v2fly.read(path, category)


def _say_refused(path: Path, reading: Reading) -> None:
    for reason, count in reading.counts.items():
        lines = [str(each.line) for each in reading.refused if each.reason == reason]
        shown = ", ".join(lines[:EXAMPLES]) + ("…" if count > EXAMPLES else "")
        click.secho(f"{path.name}: {count:,} not used: {reason} Lines {shown}", fg="yellow", err=True)


@categories.command("list")
def list_categories() -> None:
    """The lists that are kept, and how many domains each has."""
    for where in ("overlay", "lists"):
        for each in store.kept(house.folder(where)):
            click.echo(f"{each.name}, of {each.at:%d %B %Y}")
            for slug, number in each.domains.items():
                click.echo(f"  {number:>9,}  {CATEGORIES[slug].label}")


@categories.command("forget")
@click.argument("name")
def forget_categories(name: str) -> None:
    """Forget the list NAME."""
    try:
        is_gone = store.forget(house.folder("lists"), name) or store.forget(house.folder("overlay"), name)
    except ValueError:  # nothing can be called so
        is_gone = False
    if not is_gone:
        raise click.ClickException(f"There is no list “{name}”. “moothall webuse categories list” names them.")
    with in_the_house():
        data_folder.prepare()
        capture("webuse.categories_forgotten", "webuse-categories", actor=OPERATOR, before={"list": name})
    click.echo(f"{name} is forgotten. What was read before keeps its categories.")
