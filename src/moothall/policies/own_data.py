"""What the policies room holds about a person: told to that person alone (``core.own_data``)."""

from collections.abc import Iterator

from django.db.models import QuerySet

from moothall.accounts.models import User
from moothall.core.own_data import Held, Row
from moothall.policies.models import Acknowledgement, Met, Reminder


def acknowledgements(person: User) -> Held:
    """What one has read, and knows that it holds."""
    given = Acknowledgement.objects.filter(user=person).select_related("version__policy")
    rows = (
        {"policy": str(each.version), "for": each.version.audience_words, "acknowledged": each.at} for each in given
    )
    what = "Which version, as it was called and for whom it was when it was published, and when you did."
    return Held("Policies that you acknowledged", what, given.count(), rows)


def reminders(person: User) -> Held:
    """How often one was asked to."""
    met, sent = Met.objects.filter(user=person), Reminder.objects.filter(user=person)
    what = "When you met the policies at your first sign-in, of which you were told, and how often you were reminded."
    return Held("Reminders of policies", what, met.count() + sent.count(), _reminders(met, sent))


def _reminders(met: QuerySet[Met], sent: QuerySet[Reminder]) -> Iterator[Row]:
    for each in met:
        yield {"what": "Met the policies at sign-in", "when": each.at}
    for reminder in sent.select_related("version__policy"):
        yield {"what": str(reminder.version), "reminders": reminder.times, "when last": reminder.last_at}
