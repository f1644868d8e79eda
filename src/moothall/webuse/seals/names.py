"""Sealed names: which user name a pseudonym stands for, in a form that the server itself cannot read.

A name is sealed to a public key (libsodium's sealed box: X25519, XSalsa20, Poly1305). The importer has only that key,
so it can seal and not open. What is sealed holds the pseudonym too, so that a name which was put under somebody
else's pseudonym is told when it is opened, and is padded, so that its length tells nothing.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

from nacl.bindings import crypto_box_SEALBYTES, sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from moothall.webuse.seals import folders
from moothall.webuse.seals.pseudonyms import PSEUDONYM_BYTES

BLOCK = 128
"""Bytes to a whole number of which pseudonym and name are padded: one block for every name of up to 111 bytes."""

LONGEST_NAME = 1000
"""Bytes of a name that are sealed. No user's name is that long; what a spoilt line calls one may be."""

KEY_ID_BYTES = 4
SUFFIX = ".names"
HEAD = struct.Struct(f">{PSEUDONYM_BYTES}s{KEY_ID_BYTES}sI")
"""What each record begins with: pseudonym, key id, how many sealed bytes follow."""


class CannotOpen(Exception):
    """A sealed name that does not open. Its text says why, and what to do."""


class DamagedNames(Exception):
    """A file of sealed names that makes no sense before its end. Its text says what to do."""


@dataclass(frozen=True)
class SealedName:
    """One sealed name. ``key_id`` tells which private key opens it."""

    pseudonym: bytes
    key_id: bytes
    sealed: bytes


def fingerprint(public_key: PublicKey) -> bytes:
    """Sixteen bytes by which people tell that two public keys are the same."""
    return blake2b(bytes(public_key), digest_size=16, person=b"moothall-keys").digest()


def key_id_of(public_key: PublicKey) -> bytes:
    """The first four bytes of its fingerprint: enough to find a key among a few, not to prove that it is the one."""
    return fingerprint(public_key)[:KEY_ID_BYTES]


def seal_names(public_key: PublicKey, pairs: Iterable[tuple[bytes, str]]) -> list[SealedName]:
    """Seal the names of (pseudonym, name) pairs. The same name comes out different each time."""
    box, key_id = SealedBox(public_key), key_id_of(public_key)
    return [SealedName(pseudonym, key_id, box.encrypt(_padded(pseudonym, name))) for pseudonym, name in pairs]


def unseal(private_key: PrivateKey, sealed: SealedName) -> str:
    """The name. Raises ``CannotOpen`` if it was sealed to another key, changed, or put under another pseudonym."""
    try:
        plain = sodium_unpad(SealedBox(private_key).decrypt(sealed.sealed), BLOCK)
    except CryptoError:
        raise CannotOpen(
            "The sealed name does not open: it was sealed to another key, or it was changed since. "
            "Put the sealed names back from a backup, and find out who could change them."
        )
    if plain[:PSEUDONYM_BYTES] != sealed.pseudonym:
        raise CannotOpen(
            "The sealed name was stored under another pseudonym than its own: somebody or something changed the sealed "
            "names. Put them back from a backup, and find out who could."
        )
    return plain[PSEUDONYM_BYTES:].decode(errors="ignore")


def _padded(pseudonym: bytes, name: str) -> bytes:
    if len(pseudonym) != PSEUDONYM_BYTES:
        raise ValueError(f"a pseudonym has {PSEUDONYM_BYTES} bytes")
    return sodium_pad(pseudonym + name.encode()[:LONGEST_NAME], BLOCK)


class SealedNames:
    """The sealed names in ``folder``, a file for each period, to which is only ever added.

    The folder is made for its owner alone; who else may read what is sealed is the operator's to say, by the folder's
    group. A name twice does no harm. A record that was cut short by a kill or a power cut is left out by readers and
    cut off before the next is added. Raises ``DamagedNames`` for a file that makes no sense before its end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def periods(self) -> list[int]:
        """Those that have names, the oldest first."""
        names = [path.stem for path in self.folder.glob(f"[!.]*{SUFFIX}")]
        return sorted(int(name) for name in names if name.removeprefix("-").isdecimal())

    def known(self, period: int) -> set[bytes]:
        """The pseudonyms whose names are sealed already."""
        return {each.pseudonym for each in self._records(period)}

    def find(self, period: int, pseudonym: bytes) -> SealedName | None:
        """The name sealed last under the pseudonym."""
        found = None
        for each in self._records(period):
            if each.pseudonym == pseudonym:
                found = each
        return found

    def add(self, period: int, names: Iterable[SealedName]) -> None:
        """Add the names, all on the disk when it returns.

        They are written in the order of their pseudonyms: the alphabet's, or that of who came first, would tell much.
        """
        ordered = sorted(names, key=lambda each: each.pseudonym)
        if not ordered:
            return
        content = _packed(ordered)
        folders.make(self.folder)
        path = self._path(period)
        with folders.locked(path) as opened, os.fdopen(opened, "r+b", closefd=False) as file:
            end = 0
            for each in _walk(file, path):
                end += HEAD.size + len(each.sealed)
            file.truncate(end)
            file.seek(end)
            file.write(content)
            file.flush()
            os.fsync(opened)
        folders.sync(self.folder)

    def forget(self, period: int) -> None:
        """Delete the period's names. Backups have them still; they open with two shares, and with nothing else."""
        self._path(period).unlink(missing_ok=True)
        if self.folder.is_dir():
            folders.sync(self.folder)

    def sealed_to(self, key_id: bytes) -> int:
        """How many names are sealed to a key."""
        return sum(each.key_id == key_id for period in self.periods() for each in self._records(period))

    def forget_key(self, key_id: bytes) -> int:
        """Delete the names that are sealed to a key, and no other. Returns how many.

        Killed halfway, it is done by being asked again. Backups have them still.
        """
        return sum(self._forget_key(self._path(period), key_id) for period in self.periods())

    def _forget_key(self, path: Path, key_id: bytes) -> int:
        with folders.locked(path) as opened, os.fdopen(opened, "rb", closefd=False) as file:
            there = list(_walk(file, path))
            kept = [each for each in there if each.key_id != key_id]
            if len(kept) < len(there):
                folders.rewrite(path, _packed(kept))
        return len(there) - len(kept)

    def _path(self, period: int) -> Path:
        return self.folder / f"{period}{SUFFIX}"

    def _records(self, period: int) -> Iterator[SealedName]:
        path = self._path(period)
        try:
            with path.open("rb") as file:
                yield from _walk(file, path)
        except FileNotFoundError:
            return


def _packed(names: Iterable[SealedName]) -> bytes:
    return b"".join(HEAD.pack(each.pseudonym, each.key_id, len(each.sealed)) + each.sealed for each in names)


def _walk(file: IO[bytes], path: Path) -> Iterator[SealedName]:
    """The whole records of a file from its beginning. Stops at one that is cut short, and at a tail of zeros.

    Such a tail is what a power cut can leave of a record: the file had grown, and the bytes had not arrived.
    """
    while len(head := file.read(HEAD.size)) == HEAD.size:
        pseudonym, key_id, length = HEAD.unpack(head)
        if not _possible(length):
            if any(head) or any(file.read()):
                raise DamagedNames(f"The sealed names in {path} are damaged. Put the file back from a backup.")
            return
        sealed = file.read(length)
        if len(sealed) < length:
            return
        yield SealedName(pseudonym, key_id, sealed)


def _possible(length: int) -> bool:
    blocks, rest = divmod(length - crypto_box_SEALBYTES, BLOCK)
    return rest == 0 and 0 < blocks <= 1 + (PSEUDONYM_BYTES + LONGEST_NAME) // BLOCK
