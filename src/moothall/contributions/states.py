"""How a contribution moves: the state table, the claim, and the one function that changes a state.

Every move is one conditional UPDATE: it happens only if the contribution is still in the state, and still claimed as
the mover believes. Of two people who claim at the same moment one gets it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.contributions.models import Contribution, State
from moothall.core import clock, localtime
from moothall.records.actions import Actor, capture

QUARANTINED, WAITING, CLAIMED, DRAFTED, PUBLISHED, MERGED, DECLINED, KEPT, REFUSED = State

MOVES: dict[State, frozenset[State]] = {
    QUARANTINED: frozenset({WAITING, REFUSED}),
    WAITING: frozenset({CLAIMED}),
    CLAIMED: frozenset({CLAIMED, WAITING, DRAFTED, PUBLISHED, MERGED, DECLINED, KEPT}),
    DRAFTED: frozenset({PUBLISHED, CLAIMED}),
    KEPT: frozenset({CLAIMED}),
    PUBLISHED: frozenset(),
    MERGED: frozenset({WAITING}),  # what it was merged into is gone
    DECLINED: frozenset(),
    REFUSED: frozenset(),
}

ANSWERS = frozenset({DRAFTED, PUBLISHED, MERGED, DECLINED, KEPT, REFUSED})
"""The states that say that somebody decided. Claiming is none of them."""
ENDS = frozenset({PUBLISHED, MERGED, DECLINED, REFUSED})
OPEN = frozenset({WAITING, CLAIMED, DRAFTED})
"""What the desk has to do, or has in hand."""
CLAIM_LASTS = timedelta(minutes=15)


class WrongMove(Exception):
    """A move that the state table does not know: a mistake in the code, never in the data."""


class TakenByAnother(ValidationError):
    """Somebody else has it in hand, or it moved on. Nothing was changed."""


def move(
    contribution: Contribution,
    after: State,
    *,
    actor: Actor | None,
    why: str = "",
    also: Mapping[str, Any] | None = None,
    then: Callable[[], object] | None = None,
) -> None:
    """Move ``contribution`` from what it was read as to ``after``, with the columns in ``also``; in a transaction.

    Raises ``TakenByAnother`` if it moved meanwhile. ``then`` writes whatever else is true only if the move took place;
    it comes before the record, which holds the lock on the chain of records until the commit. The record names the
    states and nothing of what was said, nor by whom.
    """
    before = State(contribution.state)
    if after not in MOVES[before]:
        raise WrongMove(f"No contribution goes from {before} to {after}.")
    now = clock.now()
    changes: dict[str, Any] = {"claimed_by_id": None, "claimed_until": None, **(also or {}), "state": after}
    if after in ANSWERS and contribution.answered_at is None:
        changes["answered_at"] = now
    if after in ENDS:
        changes |= {"ended_at": now, "ended_by_id": actor.pk if actor else contribution.ended_by_id}
    as_read = Contribution.objects.filter(
        pk=contribution.pk,
        state=before,
        claimed_by=contribution.claimed_by_id,
        claimed_until=contribution.claimed_until,
    )
    if not as_read.update(**changes):
        raise TakenByAnother("Somebody was quicker: this has moved on meanwhile. Look at it again.")
    for name, value in changes.items():
        setattr(contribution, name, value)
    if then:
        then()
    if after == CLAIMED or (before == CLAIMED and after == WAITING):
        return  # who has it in hand for a while is no act to keep
    capture(
        f"contribution.{after.value}",
        f"contribution:{contribution.pk}",
        actor=actor,
        why=why,
        before={"state": before.value},
        after={"state": after.value},
    )


def part(contribution: Contribution) -> None:
    """``contribution`` is about to go: what was merged into it waits for the desk again. In a transaction."""
    also = {"merged_into_id": None, "ended_at": None, "ended_by_id": None}
    for each in contribution.merged.select_for_update(of=("self",)).order_by("pk"):
        move(each, WAITING, actor=None, why="what it was merged into is gone", also=also)


def claim_ends() -> datetime:
    """Until when a claim of now lasts."""
    return clock.now() + CLAIM_LASTS


def is_free(contribution: Contribution, actor: User, at: datetime) -> bool:
    """Whether ``actor`` may take it in hand: nobody has it, they have it themselves, or a claim has run out."""
    if contribution.state in (WAITING, KEPT):
        return True
    if contribution.state != CLAIMED:
        return False
    until = contribution.claimed_until
    return contribution.claimed_by_id in (None, actor.pk) or until is None or until <= at


def claim(contribution: Contribution, actor: User) -> None:
    """Take it in hand, or keep it there longer. Raises ``TakenByAnother`` with the name of who has it."""
    if not is_free(contribution, actor, clock.now()):
        raise TakenByAnother(_why_not(contribution))
    until = claim_ends()
    if contribution.state == CLAIMED and contribution.claimed_by_id == actor.pk:
        _renew(contribution, until)
    else:
        move(contribution, CLAIMED, actor=actor, also={"claimed_by_id": actor.pk, "claimed_until": until})


def _renew(contribution: Contribution, until: datetime) -> None:
    """One's own claim lasts longer. That is no act to keep a record of."""
    renewed = Contribution.objects.filter(
        pk=contribution.pk, state=CLAIMED, claimed_by=contribution.claimed_by_id
    ).update(claimed_until=until)
    if not renewed:
        raise TakenByAnother("Somebody was quicker: this has moved on meanwhile. Look at it again.")
    contribution.claimed_until = until


def _why_not(contribution: Contribution) -> str:
    if contribution.state == CLAIMED and contribution.claimed_by and contribution.claimed_until:
        until = localtime.local(contribution.claimed_until)
        return f"{contribution.claimed_by} has this in hand until {until:%H:%M}. Ask them, or wait."
    state = State(contribution.state).label.lower()
    return f"This is {state}: there is nothing more to do with it here."
