"""Reading the monitoring register."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import localtime
from moothall.webuse import purpose_checks
from moothall.webuse.models import Part, Purpose, PurposeState
from moothall.webuse.models.purposes import APPROVING_ROLES

REVIEW_GRACE = timedelta(days=30)
"""For so long after the day of its review a purpose still holds, with a warning."""
WHERE = "Trust, Monitoring register"


class NoPurpose(Exception):
    """No log may be read. Its text says why, and what to do."""


def register(reader: User) -> QuerySet[Purpose]:
    """What ``reader`` may see: all that was ever sent for approval; drafts only those who write entries."""
    found = Purpose.objects.select_related("made_by", "ended_by").prefetch_related("approvals__by")
    if reader.may("purpose.write"):
        return found
    return found.filter(Q(approved_at__isnull=False) | Q(submitted_at__isnull=False))


def in_force() -> list[Purpose]:
    """The purposes that hold, by their keys. One whose review is long overdue is among them, and allows no import."""
    held = Purpose.objects.filter(approved_at__isnull=False, superseded_at=None, ended_at=None)
    return list(held.prefetch_related("approvals__by").order_by("key"))


def with_data() -> list[Purpose]:
    """The purposes that hold, and the last version of each that holds no more and of which rows are still kept."""
    held = in_force()
    left = set(Part.objects.order_by().values_list("purpose_key", flat=True).distinct()) - {each.key for each in held}
    ended = Purpose.objects.filter(key__in=left, approved_at__isnull=False, superseded_at=None)
    return [*held, *ended.order_by("key")]


def in_the_making(key: str = "") -> QuerySet[Purpose]:
    """Drafts and entries that await approval; of one key if it is given."""
    found = Purpose.objects.filter(approved_at=None, ended_at=None).prefetch_related("approvals__by").order_by("key")
    return found.filter(key=key) if key else found


def versions(key: str, reader: User) -> QuerySet[Purpose]:
    """Those of one purpose that ``reader`` may see, the newest first."""
    return register(reader).filter(key=key).order_by("-number")


def next_version(of: Purpose) -> Purpose:
    """What a changed ``of`` begins as, not saved: the same words, and a review still to be set."""
    names = (*purpose_checks.LABELS, "key", "lawful_basis", "names_days", "rows_days", "figures_days")
    return Purpose(**{name: getattr(of, name) for name in names})


# --- Whose approval it needs ------------------------------------------------------------------------------------------


def roles_left(purpose: Purpose) -> list[Role]:
    """The roles in which an approval can still be given."""
    given = {each.role for each in purpose.approvals.all()}
    return [role for role in APPROVING_ROLES if role not in given]


def roles_of(person: User, purpose: Purpose) -> list[Role]:
    """The roles in which ``person`` could approve ``purpose`` now; none if they wrote on it, or have approved it."""
    if purpose.state != PurposeState.AWAITING or not person.may("purpose.approve"):
        return []
    if any(each.by_id == person.pk for each in purpose.approvals.all()):
        return []
    if purpose.written_by.filter(pk=person.pk).exists():
        return []
    return [role for role in roles_left(purpose) if role in person.standing.organisation]


def to_approve(person: User) -> list[Purpose]:
    """What waits for this person's approval."""
    if not person.may("purpose.approve"):
        return []
    waiting = in_the_making().filter(submitted_at__isnull=False)
    return [each for each in waiting if roles_of(person, each)]


def missing(purpose: Purpose) -> str:
    """Whose approval is still needed, in words: "HR or IT security"."""
    left = [str(role.label) for role in roles_left(purpose)]
    if len(left) == len(APPROVING_ROLES):
        return f"two people, in two of the roles {_listed(left, 'and')}"
    return _listed(left, "or")


def _waits_for(purpose: Purpose) -> str:
    """The same with who has approved it: "HR or IT security (Philippa Strand approved it as Monitoring officer)"."""
    given = [f" ({each.by} approved it as {each.get_role_display()})" for each in purpose.approvals.all()]
    return missing(purpose) + "".join(given)


# --- For an import ----------------------------------------------------------------------------------------------------


def for_import(key: str = "", *, on: date) -> Purpose:
    """The purpose for which logs are read on a day, by its key or, where only one is in force, without it.

    Raises ``NoPurpose`` if there is none. Ask ``review_warning`` as well, and pass on what it says.
    """
    held = in_force()
    found = next((each for each in held if each.key == key), None) if key else held[0] if held else None
    if found is None:
        raise NoPurpose(_why_none(key, held))
    if not key and len(held) > 1:
        keys = _listed([each.key for each in held], "or")
        raise NoPurpose(f"Several purposes are in force. Name the one for which you read, with --purpose: {keys}.")
    if found.review_on is not None and on > found.review_on + REVIEW_GRACE:
        raise NoPurpose(
            f"The review of “{found}” is overdue since {localtime.day_words(found.review_on)}, and nothing is read "
            f"before it has been. Look at the entry again and have its next version approved: {WHERE}."
        )
    return found


def refuse_unknown(key: str) -> None:
    """Raise ``NoPurpose`` for a key under which nothing can ever have been kept, such as one that was mistyped."""
    if not Purpose.objects.filter(key=key, approved_at__isnull=False).exists():
        raise NoPurpose(f"There is no purpose “{key}”. The register has the short names of all: {WHERE}.")


def review_warning(purpose: Purpose, on: date) -> str:
    """What to say on a day after that of the purpose's review; empty before, and on it."""
    if purpose.review_on is None or on <= purpose.review_on:
        return ""
    overdue, last = localtime.day_words(purpose.review_on), purpose.review_on + REVIEW_GRACE
    if on > last:
        return f"The review of “{purpose}” is overdue since {overdue}. Nothing is read for it any more."
    return (
        f"The review of “{purpose}” is overdue since {overdue}. Logs are read for it until "
        f"{localtime.day_words(last)}, and not after it."
    )


def _why_none(key: str, held: Iterable[Purpose]) -> str:
    making = list(in_the_making(key))
    for each in sorted(making, key=lambda each: each.submitted_at is None):  # one that waits is nearer than a draft
        if each.state == PurposeState.AWAITING:
            return f"“{each}” waits for approval by {_waits_for(each)}. Nothing is read before that."
        return f"“{each}” is a draft. Send it for approval, under {WHERE}; nothing is read before it is approved."
    ended = Purpose.objects.filter(key=key, approved_at__isnull=False).exclude(ended_at=None).first()
    if ended is not None and ended.ended_at is not None:
        day = localtime.day_words(localtime.local(ended.ended_at).date())
        return f"“{ended}” ended on {day}. To read logs for it again, write its next version, under {WHERE}."
    if key:
        keys = _listed([each.key for each in held], "and") or "none"
        return f"There is no purpose “{key}” in the monitoring register. In force: {keys}."
    return f"No purpose, no import. Write an entry in the register, under {WHERE}, and have it approved first."


def _listed(words: list[str], joined_by: str) -> str:
    """ "HR, Monitoring officer and IT security" """
    return f" {joined_by} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
