"""What is seen about everybody, from the configuration as it is now."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from moothall.accounts.permissions import PERMISSIONS
from moothall.webuse import dpia, purpose_queries
from moothall.webuse.models import LawfulBasis, Purpose
from moothall.webuse.seals.pseudonyms import days_of, period_of
from moothall.webuse.seals.public_keys import DamagedKeys, KeptKey, PublicKeys, fingerprint_words

SEEN_BY = ("webuse.council", "webuse.social", "webuse.units", "webuse.security")
NO_BASIS = "You may object, have mistakes put right, and complain."


@dataclass(frozen=True)
class Monitoring:
    """One purpose of the register, as everybody should know it."""

    purpose: Purpose
    basis: str
    objecting: str
    """Whether one may object, on this basis."""
    review_warning: str


@dataclass(frozen=True)
class PseudonymKey:
    """The key of these four weeks."""

    since: date
    until: date

    @property
    def next_on(self) -> date:
        return self.until + timedelta(days=1)


@dataclass(frozen=True)
class SealingKey:
    """A key that seals names, or did: who has a share of it, as pairs of role and name."""

    made_on: date
    fingerprint: str
    holders: list[tuple[str, str]]


@dataclass(frozen=True)
class Seals:
    """The keys that seal names, the one in use first; or why nobody can say."""

    keys: list[SealingKey] = field(default_factory=list)
    trouble: str = ""


def monitoring(today: date) -> list[Monitoring]:
    """The purposes in force, and those that have ended and of which something is still kept."""
    return [_monitoring(each, today) for each in purpose_queries.with_data()]


def _monitoring(purpose: Purpose, today: date) -> Monitoring:
    basis = LawfulBasis(purpose.lawful_basis) if purpose.lawful_basis else None
    warning = "" if purpose.ended_at else purpose_queries.review_warning(purpose, today)
    return Monitoring(purpose, str(basis.label) if basis else "", dpia.RIGHTS[basis] if basis else NO_BASIS, warning)


def who_sees() -> list[tuple[str, str]]:
    """What each permission about web use lets see, and the roles that have it."""
    rules = [PERMISSIONS[name] for name in SEEN_BY]
    return [(rule.what, ", ".join(sorted(str(role.label) for role in rule.organisation))) for rule in rules]


def pseudonym_key(today: date) -> PseudonymKey:
    """The key under which everybody has their pseudonym today."""
    return PseudonymKey(*days_of(period_of(today)))


def seals() -> Seals:
    """The sealing keys. ``webuse.house`` knows their folder too, and loads the engine, which no page does."""
    try:
        kept = PublicKeys(Path(settings.WEBUSE_FOLDER) / "public-keys").all()
    except DamagedKeys:
        return Seals(trouble="The keys that seal names cannot be read from here. Ask IT to look at them.")
    return Seals([_sealing_key(each) for each in reversed(kept)])


def _sealing_key(kept: KeptKey) -> SealingKey:
    holders = [(str(role), name) for role, name in kept.holders.items()]
    return SealingKey(kept.made_on, fingerprint_words(kept.public_key), holders)
