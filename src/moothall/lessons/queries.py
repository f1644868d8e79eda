"""Reading lessons."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from moothall.accounts.models import User
from moothall.lessons.models import Lesson, LessonState
from moothall.lessons.names import Text
from moothall.lessons.states import Act, Side, possible

IN_THE_MAKING = (LessonState.DRAFT, LessonState.IN_REVIEW)
MOST_TOLD = 5
"""So many surnames are pointed out; more would not be read."""


def published() -> QuerySet[Lesson]:
    """What everybody may read, the newest first."""
    return Lesson.objects.filter(state=LessonState.PUBLISHED)


def readable(reader: User) -> QuerySet[Lesson]:
    """What ``reader`` may see: what is published, what they wrote, and as a reviewer what was ever sent."""
    seen = Q(state=LessonState.PUBLISHED) | Q(pk__in=_written_by(reader))
    if reader.may("lesson.review"):
        seen |= Q(state=LessonState.IN_REVIEW) | Q(state=LessonState.WITHDRAWN, published_at__isnull=False)
    return Lesson.objects.filter(seen)


def in_the_making(writer: User) -> QuerySet[Lesson]:
    """What ``writer`` wrote on and is not published yet, the latest first."""
    return Lesson.objects.filter(pk__in=_written_by(writer), state__in=IN_THE_MAKING).order_by("-pk")


def waiting_for(reviewer: User) -> QuerySet[Lesson]:
    """What waits for this person's review: nothing that they wrote on themselves."""
    if not reviewer.may("lesson.review"):
        return Lesson.objects.none()
    waiting = Lesson.objects.filter(state=LessonState.IN_REVIEW)
    return waiting.exclude(pk__in=_written_by(reviewer)).order_by("sent_at", "pk")


def side_of(person: User, lesson: Lesson) -> Side | None:
    """On which side ``person`` stands. Whoever wrote on it is no reviewer of it."""
    if lesson.written_by.filter(pk=person.pk).exists():
        return Side.WRITER
    return Side.REVIEWER if person.may("lesson.review") else None


def acts_for(person: User, lesson: Lesson) -> frozenset[Act]:
    """What ``person`` may do to the lesson now."""
    return possible(side_of(person, lesson), lesson.state)


def _written_by(person: User) -> QuerySet[Lesson]:
    return Lesson.objects.filter(written_by=person).order_by()


# --- Nobody is named --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """Who is in a lesson's words, as the words say it: full names and addresses, and what may be a surname."""

    surely: list[str]
    perhaps: list[str]


def named_in(lesson: Lesson) -> Named:
    """Whom its words name of all who have, or had, an account."""
    text = Text("\n".join((lesson.title, lesson.what_happened, lesson.what_changes)))
    names = text.may_hold(User.objects.order_by().values_list("name", flat=True))
    full = text.names(names)
    addresses = text.addresses()
    ours = User.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    known = set(ours.values_list("address", flat=True)) if addresses else set[str]()
    inside = " ".join(full).casefold()
    surnames = [each for each in text.surnames(names) if each.casefold() not in inside]
    return Named([*full, *(each for each in addresses if each in known)], surnames[:MOST_TOLD])
