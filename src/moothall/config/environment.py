"""Typed, strict reading of the environment. Whatever is wrong is said in one line a variable, with what to do."""

import os

from environs import Env, EnvError

PREFIX = "MOOTHALL_"
OUTSIDE_PREFIX = ("DATABASE_URL",)

WEAKEST_KEY_LENGTH = 50
WEAKEST_KEY_VARIETY = 5


class WrongSettings(Exception):
    """The environment does not make sense. ``str()`` is what to tell the operator."""


class Environment(Env):
    """An ``environs.Env`` that remembers which variables were asked for, so that a misspelt one is noticed."""

    def __init__(self) -> None:
        super().__init__(eager=False)
        self.problems: list[str] = []

    def finish(self) -> None:
        """Raise ``WrongSettings`` with everything that was wrong."""
        try:
            self.seal()
        except EnvError as error:
            messages = getattr(error, "error_messages", {"": [str(error)]})
            self.problems += [f"{name}: {' '.join(said)}" for name, said in messages.items()]
        self.problems += [
            f"{name}: there is no such setting; see docs/operators/settings.md"
            for name in os.environ
            if name.startswith(PREFIX) and name not in self._fields
        ]
        if self.problems:
            raise WrongSettings("; ".join(sorted(self.problems)))


def weakness(secret: str) -> str:
    """Why ``secret`` is no good as a secret key; empty if it is good. The bounds are Django's own (security.W009)."""
    if len(secret) < WEAKEST_KEY_LENGTH:
        return f"it has {len(secret)} characters and needs {WEAKEST_KEY_LENGTH}"
    if len(set(secret)) < WEAKEST_KEY_VARIETY:
        return "it repeats the same few characters"
    if secret.startswith("django-insecure-"):
        return "it is marked as insecure"
    return ""
