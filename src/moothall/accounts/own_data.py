"""What accounts, and records, hold about a person: told to that person alone (``core.own_data``)."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from moothall.accounts.models import Invitation, User
from moothall.core.own_data import Held, Row
from moothall.records import secret

AT_ONCE = 2_000


def account(person: User) -> Held:
    """Who one is here."""
    what = "Your name, address, job, unit, and how you sign in. Your password is kept as a hash, which nobody can read."
    return Held("Your account", what, 1, _account(person))


def _account(person: User) -> Iterator[Row]:
    second_steps = Authenticator.objects.filter(user=person).order_by("created_at", "pk")
    yield {
        "name": person.name,
        "e-mail address": person.email,
        "other addresses": list(_addresses(person)),
        "job title": person.job_title,
        "here as": person.get_kind_display(),
        "unit": str(person.unit or ""),
        "leads the units": [unit.name for unit in person.leads.all()],
        "works here": person.is_active,
        "joined": person.joined_at,
        "last signed in": person.last_login,
        "second steps of signing in": [
            {"kind": each.get_type_display(), "set up": each.created_at, "last used": each.last_used_at}
            for each in second_steps
        ],
    }


def _addresses(person: User) -> Iterator[Row]:
    for each in EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).order_by("pk"):
        yield {"address": each.email, "confirmed": each.verified}


def roles(person: User) -> Held:
    """What one may do, and where."""
    held = person.memberships.select_related("service")
    rows = ({"role": each.get_role_display(), "for": str(each.service or "the whole organisation")} for each in held)
    return Held("Your roles", "What you may do in Moothall, and for which service.", held.count(), rows)


def invitations(person: User) -> Held:
    """How one came."""
    sent = Invitation.objects.filter(email__iexact=person.email).order_by("invited_at", "pk")
    rows = (
        {"name": each.name, "address": each.email, "invited": each.invited_at, "accepted": each.accepted_at}
        for each in sent
    )
    return Held("Invitations to you", "The links by which you were asked to join.", sent.count(), rows)


def notices(person: User) -> Held:
    """What one was told."""
    told = person.notices.all()
    rows = (
        {"made": each.made_at, "text": each.text, "page": each.path, "read": each.read_at, "e-mailed": each.emailed_at}
        for each in told.iterator(AT_ONCE)
    )
    return Held("Notices to you", "What Moothall told you, on its pages and by e-mail.", told.count(), rows)


def changes(person: User) -> Held:
    """What was done to one's account, by whomever: a change of roles, a new password."""
    done = secret.shown().filter(ref=f"user:{person.pk}")
    rows = (
        {
            "when": each.at,
            "what": each.words,
            "before": secret.without_secrets(each.before),
            "after": secret.without_secrets(each.after),
        }
        for each in done.iterator(AT_ONCE)
    )
    what = "From the record of acts: each change of your roles, your details and your ways of signing in."
    return Held("Changes to your account", what, done.count(), rows)


def acts(person: User) -> Held:
    """What one did. Neither what it was before nor why: that may tell of others."""
    done = secret.shown().filter(actor_id=person.pk)
    rows = ({"when": each.at, "what": each.words, "to": each.ref} for each in done.iterator(AT_ONCE))
    what = (
        "The record of what you did in Moothall: when, what, and to what. It can never be changed. Acts on a case are "
        "not in it: whoever is on one reads them there."
    )
    return Held("Your acts", what, done.count(), rows)
