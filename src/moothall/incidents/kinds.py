"""The kinds of incident, and what a play is made of. The plays themselves are in ``plays.py``."""

from dataclasses import dataclass

from django.db.models import TextChoices

from moothall.accounts.roles import Role


class Kind(TextChoices):
    """What has gone wrong."""

    HACKED = "hacked", "Hacked account"
    WRONG_ACCOUNT = "wrong_account", "Wrong account used"
    WRONG_POST = "wrong_post", "Wrong post"
    IMPOSTOR = "impostor", "Impostor"
    STORM = "storm", "Storm of replies"


class Switch(TextChoices):
    """What one click does."""

    PAUSE = "pause", "Pause posts"
    DISCONNECT = "disconnect", "Disconnect the account"
    TAKE_DOWN = "take_down", "Take a post down everywhere"
    STATEMENT = "statement", "Write a holding statement"
    REPORT = "report", "Report the impostor"


@dataclass(frozen=True)
class Do:
    """One step: what to do, who does it, why, and the switch that does it."""

    what: str
    who: str
    why: str
    switch: Switch | None = None


@dataclass(frozen=True)
class Play:
    """All there is to do about one kind of incident.

    ``sign`` tells the kind from others, ``first`` is the one thing to know before anything else. ``statement`` is a
    template; ``words.py`` says what fills it. ``here``: the statement goes out on the account itself. ``tells`` are
    roles of the whole organisation that hear of it beside those who run incidents.
    """

    sign: str
    first: str
    at_once: tuple[Switch, ...]
    steps: tuple[Do, ...]
    statement: str
    pause_reason: str = ""
    here: bool = True
    tells: tuple[Role, ...] = ()
