"""Secrets at rest: sealed with keys that live outside the database.

The first key seals; every key opens. To rotate, put a new key first, run ``moothall keys rotate``, then take the old
key away (docs/operators/keys.md).
"""

import json
from collections.abc import Mapping
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """None of the keys in MOOTHALL_SEALING_KEYS opens this: the key it was sealed with is missing."""


def new_key() -> str:
    """A fresh sealing key."""
    return Fernet.generate_key().decode()


def key_problem(key: str) -> str:
    """Why ``key`` is no sealing key; empty if it is one."""
    try:
        Fernet(key)
    except ValueError:
        return "a key is not 32 bytes in URL-safe base64; make one with: moothall keys new"
    return ""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current_box() -> MultiFernet:
    return _box(tuple(settings.SEALING_KEYS))


def seal(secrets: Mapping[str, str]) -> str:
    """``secrets`` as text that only a holder of the key can read."""
    return _current_box().encrypt(json.dumps(dict(secrets)).encode()).decode()


def open_sealed(sealed: str) -> dict[str, str]:
    """What ``seal`` was given. Raises ``CannotOpen``."""
    try:
        opened: dict[str, str] = json.loads(_current_box().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise CannotOpen("None of the sealing keys opens these credentials.") from error
    return opened


def reseal(sealed: str) -> str:
    """The same secrets sealed with the first key. Raises ``CannotOpen``."""
    try:
        return _current_box().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen("None of the sealing keys opens these credentials.") from error
