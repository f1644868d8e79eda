"""What the desk does with contributions. Whatever is decided needs the contribution in hand (``states.claim``)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.contributions import credits, notices, queries, states
from moothall.contributions.models import Contribution, People, State, Way
from moothall.library import offering
from moothall.library.models import Asset
from moothall.publishing.actions import save_post
from moothall.publishing.content import Content, Enclosed, Wording
from moothall.publishing.models import Post
from moothall.records.actions import capture

REASON_LENGTH = 500


@dataclass(frozen=True)
class Plan:
    """The post that the desk makes of a contribution. ``pictures`` are pairs of asset and description."""

    service: Service
    text: str
    channels: Sequence[Channel]
    pictures: Sequence[tuple[Asset, str]] = ()
    once: uuid.UUID | None = None


def _locked(actor: User, contribution: Contribution) -> Contribution:
    require(actor, "contribution.handle")
    found = Contribution.objects.select_for_update(of=("self",)).select_related("contributor", "claimed_by", "post")
    return found.get(pk=contribution.pk)


def _in_hand(actor: User, contribution: Contribution) -> Contribution:
    """The contribution, locked and claimed by ``actor``. Raises ``TakenByAnother``."""
    locked = _locked(actor, contribution)
    states.claim(locked, actor)
    return locked


# --- In hand ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def claim(actor: User, contribution: Contribution) -> Contribution:
    """Take it in hand for a while; a second claim by the same person makes that longer."""
    return _in_hand(actor, contribution)


@transaction.atomic
def release(actor: User, contribution: Contribution) -> None:
    """Let it go again, for others."""
    locked = _locked(actor, contribution)
    if locked.state != State.CLAIMED or locked.claimed_by_id != actor.pk:
        raise ValidationError("You do not have this in hand.")
    states.move(locked, State.WAITING, actor=actor)


@transaction.atomic
def note_people(actor: User, contribution: Contribution, people: str) -> None:
    """Note what was found out about those who can be seen in the pictures."""
    locked = _locked(actor, contribution)
    if people not in People.values:
        raise ValidationError("Say whether the people pictured agreed.")
    before, locked.people = locked.people, people
    if before == people:
        return
    locked.save(update_fields=["people"])
    ref = f"contribution:{locked.pk}"
    capture("contribution.people", ref, actor=actor, before={"people": before}, after={"people": people})


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_post(actor: User, contribution: Contribution, plan: Plan) -> Post:
    """Make a draft of it, with its pictures and what they show in words. It goes the way of every post from there."""
    locked = _locked(actor, contribution)
    if plan.once and locked.post and locked.post.once == plan.once:
        return locked.post  # the same form came twice
    states.claim(locked, actor)
    if {asset.pk for asset, _ in plan.pictures} & unasked(locked):
        raise ValidationError(
            "Somebody in the pictures was not asked. Ask them and say so here, or make the post without pictures."
        )
    offered = [each.pk for each in pictures_of(locked)]
    if any(asset.pk not in offered for asset, _ in plan.pictures):
        raise ValidationError("One of the pictures does not belong to this contribution.")
    list(Asset.objects.select_for_update().filter(pk__in=[asset.pk for asset, _ in plan.pictures]).order_by("pk"))
    content = Content(
        plan.service,
        plan.text,
        {channel: Wording() for channel in plan.channels},
        enclosed=[Enclosed(asset, alt) for asset, alt in plan.pictures],
    )
    post = save_post(actor, None, content, once=plan.once)
    for asset, _ in plan.pictures:
        offering.accept(actor, asset, plan.service)
    also = {"post_id": post.pk, "service_id": locked.service_id or plan.service.pk}
    states.move(locked, State.DRAFTED, actor=actor, also=also)
    return post


def pictures_of(contribution: Contribution) -> list[Asset]:
    """Its pictures, and those of what was merged into it."""
    of = [each.pk for each in credits.behind(contribution)]
    return list(Asset.objects.filter(contributions__in=of).distinct().order_by("added_at", "pk"))


def to_ask(contribution: Contribution) -> list[Contribution]:
    """Those behind it that came with pictures of people who were not asked."""
    behind = [each for each in credits.behind(contribution) if each.people == People.NOT_ASKED]
    return [each for each in behind if each.assets.exists()]


def unasked(contribution: Contribution) -> set[int]:
    """The ids of the pictures that may not be used yet: those with which ``to_ask`` came."""
    return set(Asset.objects.filter(contributions__in=to_ask(contribution)).values_list("pk", flat=True))


@transaction.atomic
def put_back(actor: User, contribution: Contribution) -> None:
    """The draft leads nowhere: take the contribution in hand again. The draft stays under “Posts”."""
    locked = _locked(actor, contribution)
    if locked.state != State.DRAFTED:
        raise ValidationError("There is no draft of this.")
    if locked.post and not queries.is_editable(actor, locked.post):
        raise ValidationError("Its post is on its way. Take the post back first.")
    also = {"post_id": None, "claimed_by_id": actor.pk, "claimed_until": states.claim_ends()}
    states.move(locked, State.CLAIMED, actor=actor, also=also)


@transaction.atomic
def merge(actor: User, contribution: Contribution, into: Contribution) -> None:
    """One post for both: ``contribution`` goes where ``into`` goes. Its words and pictures stay with it to be used."""
    first, second = sorted(
        (contribution, into), key=lambda each: each.pk
    )  # always in this order: no two wait crosswise
    locked = {each.pk: _locked(actor, each) for each in (first, second)}
    target = locked[into.pk]
    if contribution.pk == into.pk:
        raise ValidationError("Choose another contribution than this one.")
    if target.state in (State.QUARANTINED, State.REFUSED, State.DECLINED, State.MERGED):
        raise ValidationError("That contribution has ended. Choose one that is still open or published.")
    moving = locked[contribution.pk]
    states.claim(moving, actor)
    moving.merged.update(merged_into=target)

    def follow() -> None:
        if target.post:
            credits.settle_post(target.post)
        notices.merged(moving)

    states.move(moving, State.MERGED, actor=actor, also={"merged_into_id": target.pk}, then=follow)


@transaction.atomic
def decline(actor: User, contribution: Contribution, reason: str) -> None:
    """Thank, and say why it becomes no post. The contributor reads the reason."""
    locked = _in_hand(actor, contribution)
    why = _reason(reason)
    if not why:
        raise ValidationError("Say why, in a sentence. Whoever told you reads it.")
    also = {"reason": why}
    states.move(locked, State.DECLINED, actor=actor, why=why, also=also, then=partial(notices.declined, locked))


@transaction.atomic
def keep(actor: User, contribution: Contribution, reason: str = "") -> None:
    """Keep it for later."""
    locked = _in_hand(actor, contribution)
    why = _reason(reason)
    states.move(locked, State.KEPT, actor=actor, why=why, also={"reason": why}, then=partial(notices.kept, locked))


@transaction.atomic
def thank(actor: User, contribution: Contribution) -> None:
    """What was said on an own account is out already: say thank you, and let it be."""
    locked = _in_hand(actor, contribution)
    if locked.door != Way.OWN_ACCOUNT:
        raise ValidationError("This is not published yet. Make a post of it, or decline it with a reason.")
    states.move(locked, State.PUBLISHED, actor=actor, then=partial(notices.thanked, locked))


def _reason(typed: str) -> str:
    reason = " ".join(typed.split())
    if len(reason) > REASON_LENGTH:
        raise ValidationError(f"Say it in at most {REASON_LENGTH} characters.")
    return reason


# --- Quarantine -------------------------------------------------------------------------------------------------------


@transaction.atomic
def refuse(actor: User, contribution: Contribution, reason: str = "") -> None:
    """Nothing for us: it ends here, and its sender hears nothing."""
    locked = _locked(actor, contribution)
    if locked.state != State.QUARANTINED:
        raise ValidationError("This is not in quarantine any more.")
    states.move(locked, State.REFUSED, actor=actor, why=_reason(reason))
