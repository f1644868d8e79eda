"""Whose account is it? What an account says of itself where everybody can read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Profile:
    """An account as everybody sees it. All of it came from strangers."""

    author_id: str
    """The remote id that ``hearing.RemoteAuthor`` has for it; it never changes."""
    handle: str
    """As the network writes it, without a leading @, in lower case."""
    url: str
    words: tuple[str, ...]
    """The profile's description, its fields and links, and the latest public posts, as text."""

    def shows(self, *signs: str) -> bool:
        """Whether any of ``signs`` stands anywhere in it, whatever its capitals."""
        said = "\n".join(self.words).casefold()
        return any(sign.casefold() in said for sign in signs if sign)


@runtime_checkable
class ProvesOwnership(Protocol):
    """A network on which an account can say, in public, whose it is."""

    handle_hint: str
    """How one writes a handle there."""

    def profile(self, handle: str, servers: Sequence[str]) -> Profile:
        """What the account ``handle`` says of itself.

        ``servers`` are servers of this network that we trust to say whose a handle is, because our own channels live
        there; never one that a person named, who could have it say anything of anybody's account. Raises the errors of
        ``moothall.networks.errors``; ``Rejected`` if there is no such account.
        """
