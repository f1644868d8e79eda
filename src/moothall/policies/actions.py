"""Every write about policies and their versions: permission, change and record in one place."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import Truncator

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.lessons.models import Lesson, LessonState
from moothall.policies import audience, queries
from moothall.policies.models import LINK, Acknowledgement, Met, Policy, RestsOn, Version
from moothall.records.actions import capture

ABOUT = ("title", "owner_id", "audience", "needs_acknowledgement", "is_public")
WORDS = ("text", "summary", "what_changed", "effective_on", "review_on", "earlier_stand")
PUBLISHED = ("published_at", "published_by", "published_title", "published_audience", "published_links")
FROZEN = "A published version is never changed. Write the next one: this one holds until that is in force."
WITHDRAWN = "This policy is withdrawn."
OVERTAKEN = (
    "Somebody changed the draft while you wrote. Look at it in another tab. What you typed is still below, and is not "
    "saved: save again to put it in place of theirs."
)
CHANGED_MEANWHILE = "This draft was changed or published meanwhile. Read it again."


class Overtaken(ValidationError):
    """Somebody else began or changed the draft since the actor began from it."""

    def __init__(self) -> None:
        super().__init__(OVERTAKEN)


def ref(policy: Policy) -> str:
    """By what name records know the policy."""
    return f"policy:{policy.pk}"


# --- What a policy is about -------------------------------------------------------------------------------------------


@transaction.atomic
def save_policy(actor: User, policy: Policy, rests_on: Sequence[RestsOn]) -> Policy:
    """Begin a policy, or change its title, owner, audience and what it rests on. Its short name stays.

    Raises ``ValidationError`` by field.
    """
    require(actor, "policy.write")
    before: dict[str, Any] = {}
    old = Policy.objects.select_for_update().get(pk=policy.pk) if policy.pk else None
    if old:
        _refuse_withdrawn(old)
        policy.slug, before = old.slug, _about(old, old.rests_on.all())
    policy.full_clean(exclude=["owner"])
    _check_about(policy, rests_on)
    if old:
        policy.asked_since = old.asked_since if _asked(old) == _asked(policy) else queries.today()
    policy.save()
    policy.rests_on.all().delete()
    RestsOn.objects.bulk_create(
        RestsOn(policy=policy, title=each.title, url=each.url, whose=each.whose) for each in rests_on
    )
    after = _about(policy, rests_on)
    changed = [name for name in after if before.get(name) != after[name]]
    if before and "owner_id" in changed and policy.owner_id != actor.pk:
        notify([policy.owner], f"{actor} made you the owner of “{policy}”.", policy.get_absolute_url())
    if changed:
        capture(
            "policy.changed" if before else "policy.begun",
            ref(policy),
            actor=actor,
            before={name: before[name] for name in changed if before},
            after={name: after[name] for name in changed},
        )
    return policy


def _about(policy: Policy, rests_on: Collection[RestsOn]) -> dict[str, Any]:
    links = [[each.whose, each.title, each.url] for each in rests_on]
    return {"slug": policy.slug, **{name: getattr(policy, name) for name in ABOUT}, "rests_on": links}


def _asked(policy: Policy) -> tuple[frozenset[str], bool]:
    """Whom it asks to acknowledge it, and whether it does."""
    return frozenset(policy.audience), policy.needs_acknowledgement


def _check_about(policy: Policy, rests_on: Collection[RestsOn]) -> None:
    if not policy.audience:
        raise ValidationError({"audience": "Choose for whom the policy is."})
    if not policy.owner.is_active:
        raise ValidationError({"owner": f"{policy.owner} does not work here any more. Choose another owner."})
    for each in rests_on:
        each.full_clean(exclude=["policy"])


def _refuse_withdrawn(policy: Policy) -> None:
    if policy.withdrawn_at:
        raise ValidationError(WITHDRAWN)


@transaction.atomic
def withdraw(actor: User, policy: Policy, why: str) -> Policy:
    """Withdraw a policy: it holds no more, and nobody is asked to acknowledge it. It stays, to be read."""
    require(actor, "policy.write")
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    _refuse_withdrawn(policy)
    if not why.strip():
        raise ValidationError({"why": "Say why. It is kept with the record."})
    policy.withdrawn_at = clock.now()
    policy.save(update_fields=["withdrawn_at"])
    if policy.owner_id != actor.pk:
        words = f"{actor} withdrew “{policy}”: {why.strip()}"
        notify([policy.owner], Truncator(words).chars(500), policy.get_absolute_url())
    capture("policy.withdrawn", ref(policy), actor=actor, why=why.strip())
    return policy


# --- Versions ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(
    actor: User, draft: Version, because: Collection[Lesson] = (), *, seen: datetime | None = None
) -> Version:
    """Keep the draft of a policy's next version, finished or not.

    ``seen``: the ``changed_at`` that the actor began from, if it matters. Raises ``Overtaken`` if the draft was changed
    since or another was begun, and ``ValidationError`` if it is a draft no more.
    """
    require(actor, "policy.write")
    policy = Policy.objects.select_for_update().get(pk=draft.policy_id)
    _refuse_withdrawn(policy)
    there = queries.draft_of(policy)
    if draft.pk is None:
        if there is not None:
            raise Overtaken
        last = queries.last_published(policy)
        draft.number = last.number + 1 if last else 1
    elif there is None or there.pk != draft.pk:
        raise ValidationError(FROZEN)
    elif seen not in (None, there.changed_at):
        raise Overtaken
    draft.changed_at = clock.now()
    draft.full_clean(exclude=["policy", "published_by"], validate_constraints=False)
    is_new = draft.pk is None
    draft.save(update_fields=None if is_new else [*WORDS, "changed_at"])
    draft.because.set(because)
    changed = [name for name in WORDS if is_new or (there and getattr(there, name) != getattr(draft, name))]
    kind = "policy.draft_begun" if is_new else "policy.draft_changed"
    capture(kind, ref(policy), actor=actor, after={"version": draft.number, "changed": changed})
    return draft


@transaction.atomic
def publish(actor: User, draft: Version, seen: datetime) -> Version:
    """Publish a draft: it is in force from its day on, and never changed again.

    ``seen``: its ``changed_at`` when the actor read it, so that nothing is published unseen. Raises ``ValidationError``
    by field with all that is amiss.
    """
    require(actor, "policy.write")
    policy = Policy.objects.select_for_update().select_related("owner").get(pk=draft.policy_id)
    there = queries.draft_of(policy)
    if there is None or there.pk != draft.pk or there.changed_at != seen:
        raise ValidationError(CHANGED_MEANWHILE)
    if problems := amiss(there):
        raise ValidationError(problems)
    there.published_at, there.published_by = clock.now(), actor
    there.published_title, there.published_audience = policy.title, policy.audience_words
    there.published_links = list(policy.rests_on.values(*LINK))
    there.save(update_fields=PUBLISHED)
    if policy.owner_id != actor.pk:
        notify([policy.owner], f"{actor} published version {there.number} of “{policy}”.", policy.get_absolute_url())
    capture("policy.published", ref(policy), actor=actor, after=_facts(there))
    return there


def _facts(version: Version) -> dict[str, Any]:
    """What records keep of a published version: of its text a hash, by which it can be known."""
    return {
        "version": version.number,
        "title": version.title,
        "audience": version.audience_words,
        "effective_on": version.effective_on,
        "review_on": version.review_on,
        "earlier_stand": version.earlier_stand,
        "because": sorted(version.because.values_list("pk", flat=True)),
        "sha256": hashlib.sha256(version.text.encode()).hexdigest(),
    }


def amiss(draft: Version) -> dict[str, str]:
    """What keeps a draft from being published today, by field."""
    last, on = queries.last_published(draft.policy), queries.today()
    found = {}
    if draft.policy.withdrawn_at:
        found["text"] = WITHDRAWN
    elif not draft.text.strip():
        found["text"] = "Write what the policy says."
    if not draft.summary.strip():
        found["summary"] = "Say in a few plain sentences what it says."
    if last and not draft.what_changed.strip():
        found["what_changed"] = "Say what changed, for those who know the version before."
    if not last and draft.earlier_stand:
        found["earlier_stand"] = "There is no version before that anybody could have acknowledged."
    if problem := _effective_problem(draft.effective_on, last, on):
        found["effective_on"] = problem
    if draft.review_on is None:
        found["review_on"] = "Say by when it is reviewed. A year ahead is usual."
    elif draft.effective_on and draft.review_on <= draft.effective_on:
        found["review_on"] = "It is reviewed after it is in force. Choose a later day."
    if draft.because.exclude(state=LessonState.PUBLISHED).exists():
        found["because"] = "One of the lessons is not published any more. Choose again."
    return found


def _effective_problem(effective_on: date | None, last: Version | None, on: date) -> str:
    if effective_on is None:
        return "Say from when it is in force: today, or a later day."
    if effective_on < on:
        return "Nobody could keep to it before it was published. Choose today or a later day."
    if last and last.effective_on and effective_on < last.effective_on:
        since = last.effective_on
        return f"Version {last.number} is in force from {since.day} {since:%B %Y}. Choose that day or a later one."
    return ""


# --- Those who read them ----------------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(user: User, version: Version) -> Acknowledgement:
    """Say that one has read a version. A second time changes nothing.

    Raises ``ValidationError`` if it is not the one in force or asks for no acknowledgement, and ``PermissionDenied`` if
    the policy is not for ``user``.
    """
    require(user, "policy.read")
    policy = Policy.objects.get(pk=version.policy_id)
    held = queries.current(policy, queries.today())
    if held is None or held.pk != version.pk:
        raise ValidationError("This version is not the one in force. Read that one.")
    if not policy.needs_acknowledgement:
        raise ValidationError("This policy asks nobody to acknowledge it. It is enough that you have read it.")
    if not audience.of(user).intersection(policy.audience):
        raise PermissionDenied("This policy is for others.")
    done, is_new = Acknowledgement.objects.get_or_create(user=user, version=held, defaults={"at": clock.now()})
    if is_new:
        # Not under the policy's own name: its few other records are to be found among tens of thousands of these.
        capture("policy.acknowledged", f"policy-version:{held.pk}", actor=user, after={"version": held.number})
    return done


def meet(user: User) -> None:
    """Note that ``user`` was met with the policies. It is no act of anybody's, so there is no record of it."""
    Met.objects.get_or_create(user=user, defaults={"at": clock.now()})
