"""Pseudonyms: the same person is the same sixteen bytes for four weeks, and then somebody else.

A pseudonym is BLAKE2b of the user name, keyed (RFC 7693) with the key of its period. A period is four ISO weeks, so
that the distinct people of a week are never counted under two keys. Without the key a pseudonym tells nothing; with
it, whoever guesses a name can see whether the guess is right. So the importer alone reads the keys.
"""

import hashlib
import os
import secrets
import stat
import unicodedata
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from moothall.webuse.seals import folders

PSEUDONYM_BYTES = 16
KEY_BYTES = 32
PERSON = b"moothall-webuse"[:16]
"""BLAKE2b's personalisation: the same key used elsewhere would make other hashes."""

FIRST_MONDAY = date(1970, 1, 5)
DAYS = 28
SUFFIX = ".key"


class NoKey(Exception):
    """The key of a period that cannot be had, or must not be used. Its text says why, and what to do."""


def period_of(day: date) -> int:
    """The period of one of the council's local days: 0 begins on Monday 5 January 1970. Earlier ones are negative."""
    return (day - FIRST_MONDAY).days // DAYS


def days_of(period: int) -> tuple[date, date]:
    """The first day of the period, a Monday, and the last, a Sunday."""
    first = FIRST_MONDAY + timedelta(days=period * DAYS)
    return first, first + timedelta(days=DAYS - 1)


def periods_of(first: date, last: date) -> range:
    """The periods that have a day from ``first`` to ``last``, both included; none if ``last`` comes before."""
    return range(period_of(first), period_of(last) + 1) if first <= last else range(0)


def normalised(name: str) -> str:
    """The user name as all its spellings share it: width, case and spaces around it make no other person.

    The same for what is normalised already. Realm and percent encoding are taken off before.
    """
    composed = unicodedata.normalize("NFKC", name)
    return unicodedata.normalize("NFKC", composed.casefold()).strip()


def pseudonym(key: bytes, name: str) -> bytes:
    """The sixteen bytes that stand for ``name`` under ``key``. Raises ``ValueError`` for an empty name."""
    plain = normalised(name)
    if not plain:
        raise ValueError("an empty user name has no pseudonym")
    return hashlib.blake2b(plain.encode(), digest_size=PSEUDONYM_BYTES, key=key, person=PERSON).digest()


class KeyRing:
    """The periods' keys in ``folder``, one file each. Raises ``NoKey`` whenever others could read them.

    Two importers that need a new key at the same moment get the same one: each writes its own aside, and the file
    system lets one of them have the name. That takes a file system with hard links.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, period: int, *, begun: bool = False) -> bytes:
        """The period's key of 32 bytes; made, if it is not there.

        ``begun`` says that rows or names of the period are there already: then a missing key is not made anew, for
        everybody would be counted a second time, and figures about too few people would pass for many.

        Only the importer asks for it. Raises ``NoKey`` for one that is damaged or that others may read, for it is
        better to import nothing than to make pseudonyms that match no others, or that anybody can test.
        """
        try:
            self._refuse_others()
            found = self._read(period)
            if found is None and begun:
                raise NoKey(
                    "The pseudonym key of the four weeks from {:%-d %B %Y} to {:%-d %B %Y} is gone, and what was "
                    "imported with it is there. Delete its rows and names, and import them again.".format(
                        *days_of(period)
                    )
                )
            return self._make(period) if found is None else found
        except OSError as error:
            raise NoKey(
                f"The pseudonym keys in {self.folder} cannot be read or made ({error.strerror}). The folder must be on "
                "a disk with hard links, and belong to the user as whom the importer runs."
            )

    def periods(self) -> list[int]:
        """Those that have a key, the oldest first."""
        names = [path.stem for path in self.folder.glob(f"[!.]*{SUFFIX}")]
        return sorted(int(name) for name in names if name.removeprefix("-").isdecimal())

    def destroy(self, period: int) -> None:
        """Overwrite the period's key with zeros and delete it: from then on no guess at a name can be tested.

        That it is gone is as true as the storage lets it be. An SSD, a file system that copies on write, a snapshot or
        a disk image may keep the old bytes though they were overwritten, and so does every backup; an importer that
        runs at this moment still has it in memory. Encrypt the disk, and leave this folder out of backups.
        Does nothing if there is none. Killed halfway, it is done by being asked again.
        """
        if not self.folder.is_dir():
            return
        path = self._path(period)
        for each in [*self.folder.glob(f".{path.name}.*{folders.UNFINISHED}"), path]:
            with suppress(FileNotFoundError):
                _overwrite(each)
                each.unlink()
        folders.sync(self.folder)

    def _path(self, period: int) -> Path:
        return self.folder / f"{period}{SUFFIX}"

    def _refuse_others(self) -> None:
        folders.make(self.folder)
        if stat.S_IMODE(self.folder.stat().st_mode) & folders.OTHERS:
            raise NoKey(
                f"Others than the importer can look into {self.folder}, and with the keys in it test whose a pseudonym "
                f"is. Run: chmod 700 {self.folder}. If somebody may have read the keys there are, destroy them."
            )

    def _read(self, period: int) -> bytes | None:
        path = self._path(period)
        try:
            with path.open("rb") as file:
                mode, key = os.fstat(file.fileno()).st_mode, file.read()
        except FileNotFoundError:
            return None
        if stat.S_IMODE(mode) & folders.OTHERS:
            raise NoKey(
                f"Others than the importer can read {path}. Run: chmod 600 {path}. "
                "If somebody may have read it, destroy this key."
            )
        if len(key) == KEY_BYTES and not any(key):
            raise NoKey(f"The key {path} is being destroyed, or was when the machine stopped. Destroy it once more.")
        if len(key) != KEY_BYTES:
            raise NoKey(
                f"The key {path} is damaged: it has {len(key)} bytes, not {KEY_BYTES}. Delete the rows and names of "
                "its four weeks, destroy it, and import them again."
            )
        return key

    def _make(self, period: int) -> bytes:
        path = self._path(period)
        fresh = secrets.token_bytes(KEY_BYTES)
        with folders.unfinished(path, fresh, 0o600) as beside, suppress(FileExistsError):  # another's is as good
            os.link(beside, path)
        folders.sync(self.folder)
        key = self._read(period)
        if key is None:
            raise NoKey(f"The key {path} was destroyed while it was being made. Run the import again.")
        return key


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
