"""What is under way in the room: one thing at a time, in memory only."""

from dataclasses import dataclass, field

from moothall.operating.keyroom import addresses, opening
from moothall.operating.keyroom.opening import Reading
from moothall.webuse.seals import actions, ceremonies
from moothall.webuse.seals.ceremonies import Entering, HandingOut
from moothall.webuse.seals.public_keys import KeptKey, Role


@dataclass(frozen=True)
class Done:
    """What came of it, to be read out by the page that comes last."""

    heading: str
    words: tuple[str, ...]
    key: KeptKey | None = None


@dataclass
class Dealing:
    """Three shares are handed out: of a new key or, if it is ``again``, of one that is there."""

    handing_out: HandingOut
    again: bool = False

    @property
    def heading(self) -> str:
        return "Deal new shares" if self.again else "Make a key"

    def finish(self) -> Done:
        """Write down what came of it. Raises ``OutOfTurn`` before the last step."""
        if self.again:
            key = actions.note_dealt(self.handing_out)
            return Done(
                "The new shares are dealt",
                (
                    "Now shred the two old sheets, here and at once. Until then they still open names.",
                    "Should the lost sheet turn up, shred it too: alone, it opens nothing.",
                ),
                key,
            )
        key = actions.take_into_use(self.handing_out)
        return Done(
            "The key seals from now on",
            (
                "Each holder compares the fingerprint below with the one on their sheet.",
                "Put each sheet into its envelope, sign over the flap, and lock them into three different safes.",
            ),
            key,
        )


@dataclass
class Checking:
    """Two shares are entered to see that they make the key."""

    key: KeptKey
    entering: Entering = field(default_factory=Entering)
    heading: str = "Check two shares"

    def finish(self, shares: list[str]) -> Done:
        """Raises ``WrongShares``."""
        actions.check(shares, self.key)
        words = ("They make the key with the fingerprint below. Nothing was opened.", "Check again within a year.")
        return Done("The two shares are right", words, self.key)


@dataclass
class Recovering:
    """Two shares are entered to deal three new ones of the same key."""

    key: KeptKey
    holders: dict[Role, str]
    entering: Entering = field(default_factory=Entering)
    heading: str = "Recover from a lost share"

    def finish(self, shares: list[str]) -> Dealing:
        """Raises ``WrongShares``."""
        return Dealing(HandingOut(ceremonies.deal_anew(shares, self.key), self.holders), again=True)


@dataclass
class Opening:
    """Two shares are entered to open the name that the holders have read about."""

    reading: Reading
    entering: Entering = field(default_factory=Entering)
    heading: str = "Open a name"

    def finish(self, shares: list[str]) -> Done:
        """Raises one of ``opening.TROUBLE``."""
        with addresses.named(None, "/"):  # the case is told where to look
            opening.open_as_read(self.reading, shares)
        words = (
            "It went to the case, sealed, where it is shown once to whoever looks into it. It is not shown here.",
            "The opening is on record: which pseudonym, which days, whose approvals and which two shares.",
        )
        return Done("The name is opened", words)


Entered = Checking | Recovering | Opening
Work = Dealing | Entered
