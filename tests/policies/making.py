"""Policies and versions, as far on their way as a test wants them."""

from datetime import date, timedelta
from typing import Any

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.lessons.models import Lesson, LessonState
from moothall.policies import actions, queries
from moothall.policies.models import Audience, Policy, Version
from tests import factories

DAY = timedelta(days=1)


def writer(**values: Any) -> User:
    """Of HR: may write policies, see coverage and export for audit."""
    return factories.person((Role.HR, None), **values)


def policy(slug: str = "social-media", *audience: str, by: User | None = None, **values: Any) -> Policy:
    """A policy for all staff, unless told otherwise, without a version."""
    by = by or writer()
    values.setdefault("title", slug.replace("-", " ").capitalize())
    values.setdefault("owner", by)
    return actions.save_policy(by, Policy(slug=slug, audience=list(audience or [Audience.ALL_STAFF]), **values), [])


def draft(of: Policy, by: User | None = None, *, because: tuple[Lesson, ...] = (), **values: Any) -> Version:
    """A draft that lacks nothing, unless told otherwise."""
    last = queries.last_published(of)
    values.setdefault("text", "## Speak\n\nYou may speak about your work.")
    values.setdefault("summary", "You may speak. What is expected of you has not changed.")
    values.setdefault("what_changed", "We say it in plainer words." if last else "")
    values.setdefault("effective_on", queries.today())
    values.setdefault("review_on", values["effective_on"] + 365 * DAY)
    return actions.save_draft(by or of.owner, Version(policy=of, **values), because)


def publish(of: Policy, by: User | None = None, **values: Any) -> Version:
    """The next version of a policy, in force from today unless told otherwise."""
    by = by or of.owner
    made = draft(of, by, **values)
    return actions.publish(by, made, made.changed_at)


def in_force(slug: str = "social-media", *audience: str, **values: Any) -> Version:
    """The first version of a new policy, in force."""
    return publish(policy(slug, *audience, **values))


def lesson(title: str = "Look twice at the account") -> Lesson:
    """A published one."""
    return Lesson.objects.create(
        title=title,
        what_happened="A post went out from the wrong account.",
        what_changes="The composer names the account in its colour.",
        state=LessonState.PUBLISHED,
        published_at=clock.now(),
    )


class Calendar:
    """The test's own clock. Set ``clock.now`` to its ``now``."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def now(self) -> Any:
        return self.moment

    def go_to(self, day: date, hour: int = 12) -> None:
        """At this hour, UTC, of a day."""
        self.moment = self.moment.replace(
            year=day.year, month=day.month, day=day.day, hour=hour, minute=0, second=0, microsecond=0
        )

    def go_on(self, days: int) -> None:
        self.moment += days * DAY
