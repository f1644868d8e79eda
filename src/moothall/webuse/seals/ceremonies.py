"""The steps of the ceremonies, as the holders take them one after another at one screen. All of it is in memory only.

Whatever is broken off, by a button, a kill or a power cut, leaves nothing: what comes of a ceremony is written by
``actions`` when its last step is done.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from nacl.public import PublicKey
from shamir_mnemonic import Share

from moothall.webuse.seals import ceremony, words
from moothall.webuse.seals.ceremony import Ceremony
from moothall.webuse.seals.public_keys import KeptKey, Role, fingerprint_words, three
from moothall.webuse.seals.words import NEEDED, ORDINALS, WrongShares

KEPT_SECONDS = 600
"""So long a share that was entered waits for the second: the time to change places, and not to go for lunch."""


class Step(StrEnum):
    """Where the handing out of three shares is.

    ``CALL``: a holder is asked to sit down alone. Asking for the words shows them, once, and leads to ``WRITE``.
    ``WRITE``: they write them down. Saying so calls the next one (``CALL``) and, after the third, leads to ``READ``.
    ``READ``: each in turn enters their words again. When the third has, and all pairs make the key, it is ``DONE``.
    """

    CALL = "call"
    WRITE = "write"
    READ = "read"
    DONE = "done"


class OutOfTurn(Exception):
    """A step that is not the next one. Its text says what to do."""


class HandingOut:
    """Three shares on their way to three holders, and the proof that each wrote theirs down rightly.

    A share's words are forgotten as they are shown. What is compared afterwards is what the holders enter.
    """

    def __init__(self, held: Ceremony, holders: Mapping[Role, str]) -> None:
        """Raises ``WrongHolders`` unless there is a different person for each share."""
        self.holders = three(holders)
        self.public_key: PublicKey = held.public_key
        self.step = Step.CALL
        self._unseen = {role: held.share_of(role) for role in Role}
        self._deal = words.read(held.shares[0], ORDINALS[0]).identifier
        self._turns = list(Role)
        self._entered: list[str] = []

    @property
    def fingerprint(self) -> str:
        """Of the key, for the three sheets."""
        return fingerprint_words(self.public_key)

    @property
    def role(self) -> Role:
        """Whose turn it is."""
        return self._turns[0]

    @property
    def holder(self) -> str:
        """The name of the one whose turn it is."""
        return self.holders[self.role]

    def show(self) -> str:
        """The words of the one whose turn it is: this once."""
        self._must_be(Step.CALL)
        self.step = Step.WRITE
        return self._unseen.pop(self.role)

    def written_down(self) -> None:
        """They have their words on paper. The next one, please."""
        self._must_be(Step.WRITE)
        self._turns.pop(0)
        self.step = Step.CALL if self._turns else Step.READ
        self._turns = self._turns or list(Role)

    def read_in(self, given: str) -> None:
        """Take the words that the one whose turn it is has entered.

        Raises ``WrongShares`` for anything but the share they were shown; then they may try again.
        """
        self._must_be(Step.READ)
        share = words.read(given, ORDINALS[list(Role).index(self.role)])
        self._refuse_another(share)
        for earlier in self._entered:
            ceremony.check((earlier, given), self.public_key)
        self._entered.append(given)
        self._turns.pop(0)
        if not self._turns:
            self._entered.clear()
            self.step = Step.DONE

    def _refuse_another(self, share: Share) -> None:
        if share.identifier != self._deal:
            raise WrongShares("These are the words of another sheet: from another ceremony, or dealt before today.")
        if (whose := ceremony.role_of(share)) != self.role:
            raise WrongShares(f"These are the words of {whose}. It is the turn of {self.role}.")

    def _must_be(self, step: Step) -> None:
        if self.step != step:
            raise OutOfTurn(
                "That is not the next step. Words are shown once: if somebody has not got theirs, break the ceremony "
                "off and begin again. Nothing is kept of it."
            )


class Entering:
    """Two shares as their holders enter them, one after the other."""

    def __init__(self) -> None:
        self._entered: list[str] = []
        self._until = 0.0

    @property
    def roles(self) -> list[Role]:
        """Whose shares are entered."""
        return ceremony.roles_of(self._entered)

    def enter(self, given: str, now: float) -> None:
        """Take one more share, at ``now`` (seconds of any clock that only goes on).

        Raises ``WrongShares`` for one that is none, or the same again; what was entered before stays.
        """
        self.forget_old(now)
        read = [words.read(each, ordinal) for each, ordinal in zip((*self._entered, given), ORDINALS, strict=False)]
        words.refuse_strangers(read)
        if not self._entered:
            self._until = now + KEPT_SECONDS
        self._entered.append(given)

    def is_enough(self) -> bool:
        """Whether two are there."""
        return len(self._entered) >= NEEDED

    def forget_old(self, now: float) -> None:
        """Forget what waited too long."""
        if self._entered and now >= self._until:
            self._entered.clear()

    def take(self) -> list[str]:
        """The shares, which are forgotten here."""
        taken, self._entered = self._entered, []
        return taken


def deal_anew(shares: Sequence[str], key: KeptKey) -> Ceremony:
    """Three new shares of the key that two old ones make. Raises ``WrongShares``."""
    private_key = ceremony.combine(shares, key.public_key)
    try:
        return ceremony.deal(private_key)
    finally:
        ceremony.wipe(private_key)
