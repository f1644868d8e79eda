"""Whose approval a post needs, and how much of it.

Each channel's own rule counts, or its service's, or else: one approver of the service. A post is approved once every
rule among its channels has as many approvals as it asks for; one person's yes counts for every rule that it fits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock, localtime
from moothall.publishing.models import Absence, ApprovalRule, Revision

Whose = ApprovalRule.Whose


@dataclass(frozen=True)
class Requirement:
    """What one rule asks: ``needed`` approvals (0 to 2) for ``service``."""

    service: Service
    needed: int = 1
    whose: str = Whose.APPROVERS
    named: frozenset[int] = field(default_factory=frozenset)
    """The ids of the people named."""
    names: tuple[str, ...] = ()
    """Theirs, in order."""

    def fits(self, user: User) -> bool:
        """Whether an approval by ``user`` counts."""
        if not user.is_active:
            return False
        if self.whose == Whose.NAMED:
            return user.pk in self.named
        if self.whose == Whose.DESK:
            return Role.DESK in user.standing.organisation
        return user.may("post.approve", self.service)

    @property
    def words(self) -> str:
        """ "one approval, by any approver of Libraries" """
        if not self.needed:
            return "no approval"
        amount = "one approval" if self.needed == 1 else "two approvals"
        return f"{amount}, by {self.whose_words}"

    @property
    def whose_words(self) -> str:
        """ "any approver of Libraries" """
        if self.whose == Whose.NAMED:
            return " or ".join(self.names) or "people who have left"
        return "anyone of the comms desk" if self.whose == Whose.DESK else f"any approver of {self.service}"


@dataclass(frozen=True)
class Rulebook:
    """The rules and today's absences, read once for any number of posts."""

    of_channels: dict[int, ApprovalRule]
    of_services: dict[int, ApprovalRule]
    away: list[Absence]
    people: dict[int, User] = field(default_factory=dict)
    """Those who were met, by id: a person's roles are read once, however often they come up."""

    def same(self, user: User) -> User:
        """``user`` as they were met first."""
        return self.people.setdefault(user.pk, user)

    def requirements(self, channels: Iterable[Channel]) -> list[Requirement]:
        """What the rules ask for a post on ``channels``, each rule once."""
        found: dict[Requirement, None] = {}
        for channel in channels:
            rule = self.of_channels.get(channel.pk) or self.of_services.get(channel.service_id)
            found[requirement(channel.service, rule)] = None
        return list(found)

    def stands_in_for(self, user: User) -> list[User]:
        """The people who are away today and have made ``user`` their deputy."""
        return [self.same(each.user) for each in self.away if each.deputy_id == user.pk]


def rulebook() -> Rulebook:
    """The rules as they stand. Three queries."""
    rules = list(ApprovalRule.objects.prefetch_related("named"))
    today = localtime.local(clock.now()).date()
    return Rulebook(
        {each.channel_id: each for each in rules if each.channel_id},
        {each.service_id: each for each in rules if each.service_id},
        list(Absence.objects.filter(first_day__lte=today, last_day__gte=today).select_related("user", "deputy")),
    )


def requirements(channels: Iterable[Channel]) -> list[Requirement]:
    """What the rules ask for a post on ``channels``, each rule once."""
    return rulebook().requirements(channels)


def requirement(service: Service, rule: ApprovalRule | None) -> Requirement:
    """What ``rule`` asks, or, without one, what is usual."""
    if rule is None:
        return Requirement(service)
    people = sorted(rule.named.all(), key=lambda each: each.name) if rule.whose == Whose.NAMED else []
    named, names = frozenset(each.pk for each in people), tuple(each.name for each in people if each.is_active)
    return Requirement(service, rule.needed, rule.whose, named, names)


def is_asked(user: User) -> bool:
    """Whether a post can need this person's approval at all: by a role, or because a rule names them."""
    return user.may("post.approve") or ApprovalRule.objects.filter(whose=Whose.NAMED, named=user).exists()


def stands_in_for(user: User, day: date) -> list[User]:
    """The people who are away on ``day`` and have made ``user`` their deputy."""
    away = Absence.objects.filter(deputy=user, first_day__lte=day, last_day__gte=day).select_related("user")
    return [each.user for each in away]


def approves_now(user: User) -> bool:
    """Whether a post can need this person's approval today: their own, or instead of somebody who is away."""
    return user.may("post.see") and (is_asked(user) or bool(stands_in_for(user, localtime.local(clock.now()).date())))


@dataclass(frozen=True)
class Voice:
    """In whose right somebody approves: their own, or that of ``instead_of``, whose deputy they are."""

    user: User
    instead_of: User | None = None

    @property
    def right(self) -> User:
        return self.instead_of or self.user


@dataclass(frozen=True)
class Progress:
    """How far a revision's approval is.

    ``open`` are those of the requirements ``asked`` that are not met, with how many approvals are missing.
    """

    revision: Revision
    book: Rulebook
    voices: list[Voice]
    asked: list[Requirement]
    open: list[tuple[Requirement, int]]

    @property
    def is_complete(self) -> bool:
        return not self.open

    def voice_of(self, user: User) -> Voice | None:
        """In whose right ``user`` may decide on the revision now; ``None``: they may not.

        Nobody decides on what they wrote or sent, nor twice; nor does a deputy in the right of its author.
        """
        authors = (self.revision.post.author_id, self.revision.sent_by_id)
        if user.pk in authors or any(user.pk == each.user.pk for each in self.voices):
            return None
        own = [Voice(user), *(Voice(user, each) for each in self.book.stands_in_for(user) if each.pk not in authors)]
        spent = {each.right.pk for each in self.voices}
        for voice in own:
            if voice.right.pk not in spent and any(each.fits(voice.right) for each, _ in self.open):
                return voice
        return None


def progress(
    revision: Revision, book: Rulebook | None = None, channels: Mapping[int, Channel] | None = None
) -> Progress:
    """Which approvals the revision has, and which it still needs.

    ``book`` and ``channels`` (by id, with their services) spare the queries where many revisions are asked about.
    """
    book = book or rulebook()
    asked = book.requirements(_channels_of(revision, channels))
    voices = [
        Voice(book.same(each.by), each.instead_of and book.same(each.instead_of)) for each in revision.decisions.all()
    ]
    missing = [(each, each.needed - sum(each.fits(voice.right) for voice in voices)) for each in asked]
    return Progress(revision, book, voices, asked, [(each, number) for each, number in missing if number > 0])


def _channels_of(revision: Revision, known: Mapping[int, Channel] | None) -> list[Channel]:
    """The channels that were frozen in ``revision``."""
    chosen = [each["channel"] for each in revision.content["variants"]]
    if known is None:
        return list(Channel.objects.filter(pk__in=chosen).select_related("service"))
    return [known[pk] for pk in chosen if pk in known]
