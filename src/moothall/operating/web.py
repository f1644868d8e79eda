"""The command that serves pages. Alone in its file: a web server loads nothing that only other commands need, which is
a sixth of its memory (measured)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from moothall.events.wall import serving
from moothall.operating import house

Command = Callable[..., None]


def listens(command: Command) -> Command:
    """The options of commands that serve pages."""
    command = click.option("--port", default=8000, show_default=True, help="Port to listen on.")(command)
    return click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")(command)


@contextmanager
def in_the_house(*, alone: bool = False) -> Iterator[None]:
    """``house.in_use``, saying on the terminal what keeps it."""
    try:
        with house.in_use(alone=alone):
            yield
    except house.IsRunning as error:
        what = "Stop Moothall first." if alone else "Wait for it to end."
        raise click.ClickException(f"{error} {what}") from error


@click.command()
@listens
def web(host: str, port: int) -> None:
    """Serve the web pages only. Run “moothall worker” beside it."""
    with in_the_house():
        serving.serve("moothall.config.asgi:application", host, port)
