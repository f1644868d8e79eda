"""Reading policies: what is in force, what somebody still has to acknowledge, and what was."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Prefetch, QuerySet

from moothall.accounts.models import User
from moothall.core import clock, localtime
from moothall.lessons.models import Lesson, LessonState
from moothall.policies import audience
from moothall.policies.models import Acknowledgement, Policy, RestsOn, Version

REVIEW_AHEAD = timedelta(days=30)
"""So long before its review a version is among those that fall due."""


def today() -> date:
    """The day that it is on our clocks."""
    return localtime.local(clock.now()).date()


# --- What is in force ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A version in force. ``counted``: it and those before it whose acknowledgements still stand, by their ids."""

    version: Version
    counted: frozenset[int]

    @property
    def policy(self) -> Policy:
        return self.version.policy


def current(policy: Policy, on: date) -> Version | None:
    """The version of ``policy`` that is in force on a day; none before its first, and once it is withdrawn."""
    if policy.withdrawn_at and localtime.local(policy.withdrawn_at).date() <= on:
        return None
    return policy.versions.filter(published_at__isnull=False, effective_on__lte=on).order_by("-number").first()


def in_force(on: date) -> list[Standing]:
    """The versions in force on a day, by title, in one query. Their texts are not read."""
    found = (
        Version.objects.filter(published_at__isnull=False, effective_on__lte=on, policy__withdrawn_at=None)
        .select_related("policy")
        .defer("text")
        .order_by("policy__title", "policy_id", "number")
    )
    return [standing(list(versions)) for _, versions in groupby(found, lambda each: each.policy_id)]


def standing(versions: Collection[Version]) -> Standing:
    """The last of ``versions``, the published ones of one policy in their order, with those that count for it."""
    *before, last = versions
    counted, newer = [last.pk], last
    for each in reversed(before):
        if not newer.earlier_stand:
            break
        counted.append(each.pk)
        newer = each
    return Standing(last, frozenset(counted))


def standing_of(version: Version) -> Standing:
    """A published version with those whose acknowledgements count for it."""
    before = Version.objects.filter(
        policy=version.policy_id, published_at__isnull=False, number__lt=version.number
    ).defer("text")
    return standing([*before.order_by("number"), version])


# --- What is due ------------------------------------------------------------------------------------------------------


def due(user: User) -> list[Version]:
    """What ``user`` still has to acknowledge, by title."""
    asked = asked_of(user, in_force(today()))
    if not asked:
        return []
    counted = frozenset[int]().union(*(each.counted for each in asked))
    done = set(Acknowledgement.objects.filter(user=user, version__in=counted).values_list("version", flat=True))
    return [each.version for each in asked if not each.counted & done]


def asked_of(user: User, standings: Iterable[Standing]) -> list[Standing]:
    """Those of ``standings`` that ``user`` is asked to acknowledge, whether or not they have."""
    mine = audience.of(user)
    return [each for each in standings if each.policy.needs_acknowledgement and mine.intersection(each.policy.audience)]


def acknowledged_by(user: User, standing: Standing) -> Acknowledgement | None:
    """The acknowledgement by ``user`` that counts, of the latest version if there are several."""
    found = Acknowledgement.objects.filter(user=user, version__in=standing.counted).select_related("version")
    return found.order_by("-version__number").first()


def due_to_each(people: Collection[int], standings: Iterable[Standing]) -> dict[int, list[Version]]:
    """What each of these people, by id, still has to acknowledge; whoever has nothing to is left out.

    Two queries a version, however many people there are.
    """
    found: dict[int, list[Version]] = {}
    for each in standings:
        if not each.policy.needs_acknowledgement:
            continue
        for pk in owing(each).filter(pk__in=people).values_list("pk", flat=True):
            found.setdefault(pk, []).append(each.version)
    return found


def owing(standing: Standing) -> QuerySet[User]:
    """Those whom a version is for and who have not acknowledged it."""
    acknowledged = Acknowledgement.objects.filter(version__in=standing.counted).values("user")
    return audience.people(standing.policy.audience).exclude(pk__in=acknowledged)


# --- For a reader -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A policy in a reader's list. ``version`` is in force, ``coming`` will be, and ``draft`` is for those who write.

    ``acknowledged_at``: when the reader acknowledged what is in force.
    """

    policy: Policy
    version: Version | None
    coming: Version | None
    draft: Version | None
    is_for_me: bool
    is_due: bool
    acknowledged_at: datetime | None


def for_reader(user: User) -> list[Entry]:
    """Every policy that ``user`` may read, whomever it is for."""
    on, mine = today(), audience.of(user)
    versions = Prefetch("versions", Version.objects.defer("text").order_by("number"))
    done = {each.version_id: each.at for each in Acknowledgement.objects.filter(user=user)}
    policies = readable(user).prefetch_related(versions)
    return [_entry(each, list(each.versions.all()), done, on, mine) for each in policies]


def _entry(
    policy: Policy, versions: list[Version], done: dict[int, datetime], on: date, mine: Collection[str]
) -> Entry:
    published = [each for each in versions if each.published_at]
    begun = [each for each in published if each.effective_on and each.effective_on <= on]
    coming = [each for each in published if each not in begun]
    held = standing(begun) if begun and not policy.withdrawn_at else None
    moments = [done[pk] for pk in held.counted if pk in done] if held else []
    is_for_me = bool(set(mine) & set(policy.audience))
    return Entry(
        policy=policy,
        version=held.version if held else None,
        coming=coming[-1] if coming and not policy.withdrawn_at else None,
        draft=next((each for each in versions if not each.published_at), None),
        is_for_me=is_for_me,
        is_due=bool(held) and is_for_me and policy.needs_acknowledgement and not moments,
        acknowledged_at=max(moments, default=None),
    )


def readable(user: User) -> QuerySet[Policy]:
    """The policies whose page ``user`` may open: all of which a version was published; writers, those in draft too."""
    found = Policy.objects.select_related("owner")
    return found if user.may("policy.write") else found.filter(versions__published_at__isnull=False).distinct()


def readable_versions(policy: Policy, user: User) -> QuerySet[Version]:
    """Those versions of ``policy`` that ``user`` may read, the newest first."""
    found = Version.objects.filter(policy=policy).select_related("policy", "published_by").order_by("-number")
    return found if user.may("policy.write") else found.filter(published_at__isnull=False)


def history(policy: Policy) -> list[Version]:
    """The published versions, the newest first, each with those of its lessons that are published still."""
    lessons = Prefetch("because", Lesson.objects.filter(state=LessonState.PUBLISHED))
    found = Version.objects.filter(policy=policy, published_at__isnull=False).select_related("policy", "published_by")
    return list(found.defer("text").prefetch_related(lessons).order_by("-number"))


def for_the_public(on: date) -> list[Version]:
    """What the public may read, by title."""
    return [each.version for each in in_force(on) if each.policy.is_public]


def links_for_the_public(policy: Policy) -> list[RestsOn]:
    """What ``policy`` rests on, as far as it has an address on the web."""
    return [each for each in policy.rests_on.all() if each.url.lower().startswith(("http://", "https://"))]


def draft_of(policy: Policy) -> Version | None:
    """What is being written as the next version."""
    return Version.objects.filter(policy=policy, published_at=None).select_related("policy").first()


def last_published(policy: Policy) -> Version | None:
    """The newest version that is published, in force or not."""
    found = Version.objects.filter(policy=policy, published_at__isnull=False).select_related("policy")
    return found.order_by("-number").first()


# --- Reviews ----------------------------------------------------------------------------------------------------------


def reviews_due(on: date) -> list[Version]:
    """The versions in force whose review is near or overdue, the most urgent first."""
    near = [each.version for each in in_force(on) if review_is_near(each.version, on)]
    return sorted(near, key=lambda each: each.review_on or on)


def review_is_near(version: Version, on: date) -> bool:
    return version.review_on is not None and version.review_on <= on + REVIEW_AHEAD


def warn_of_review(version: Version, on: date) -> str:
    """What to say of a version's review on its page; nothing while it is far."""
    if version.review_on is None or not review_is_near(version, on):
        return ""
    words = localtime.day_words(version.review_on)
    return f"It was to be reviewed by {words}." if version.review_on < on else f"It is to be reviewed by {words}."
