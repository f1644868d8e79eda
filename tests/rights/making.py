"""People who did everything that Moothall keeps of somebody, and requests on their way."""

import uuid
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from moothall.accounts import actions as accounts
from moothall.accounts.models import Notice, Unit, User
from moothall.accounts.roles import Role
from moothall.contributions import offering
from moothall.core import clock
from moothall.events import handles
from moothall.events.models import EventFeed, Shift, Slot
from moothall.planning.models import CalendarFeed, PostFile
from moothall.policies.models import Acknowledgement, Met, Policy, Reminder, Version
from moothall.publishing.models import Absence, Comment, Decision, Post, Revision, Verdict
from moothall.records.actions import capture
from moothall.rights import actions
from moothall.rights.models import RightsRequest
from moothall.rights.states import Kind
from moothall.webuse.models import OwnData
from tests import factories

A_DAY = date(2026, 10, 6)


def officer(name: str = "Dora Dell") -> User:
    """A data protection officer."""
    return factories.person((Role.DATA_PROTECTION_OFFICER, None), name=name)


def asked(by: User, kind: Kind = Kind.QUESTION, words: str = "What do you keep of me?") -> RightsRequest:
    return actions.ask(by, kind, words)


def did_everything(word: str) -> User:
    """Somebody of whom every room holds something, with ``word`` in all of it."""
    person = _joined(word)
    others = factories.person()
    _spoke(person, word, others)
    _told(person, word)
    _was_at_an_event(person, word)
    _read_policies(person, word)
    Notice.objects.create(user=person, text=f"A notice to {word}", path="/notices/", made_at=clock.now())
    OwnData.objects.create(user=person, asked_at=clock.now())
    capture("person.password_changed", f"user:{person.pk}", actor=person)
    request = asked(person, words=f"What do you keep of {word}?")
    actions.tell(officer(), request, f"We look into it, {word}.", takes_longer=False)
    return person


def _joined(word: str) -> User:
    """Came by an invitation, and got a role, a unit to lead and a second step of signing in."""
    administrator = factories.person((Role.ADMINISTRATOR, None))
    service = factories.service(f"Service {word}")
    person = factories.person(name=f"{word} Person", job_title=f"Job of {word}")
    person.email = f"{word.lower()}@exampleshire.example"
    person.save()
    EmailAddress.objects.create(user=person, email=f"{word.lower()}.other@exampleshire.example")
    TOTP.activate(person, generate_totp_secret())
    accounts.set_roles(administrator, person, [(Role.LEAD.value, service.pk)])
    person = User.objects.get(pk=person.pk)
    Unit.objects.create(name=f"Unit {word}").leads.add(person)
    invited = accounts.invite(None, email=f"{word.lower()}.new@exampleshire.example", name=f"{word} Person")
    invited.invitation.email = person.email
    invited.invitation.save()
    return person


def _spoke(person: User, word: str, others: User) -> None:
    """Wrote a post, agreed to one, refused one, remarked on it, added a picture, looks after a channel, was away."""
    service = factories.service(f"Service {word}")
    factories.channel(service=service, owner=person, display_name=f"Channel {word}")
    Post.objects.create(service=service, author=person, text=f"A post by {word}")
    factories.asset(person, f"A picture by {word}")
    theirs = Post.objects.create(service=service, author=others, text="Not theirs at all")
    frozen = {"post": theirs, "content": {}, "sent_by": others, "sent_at": clock.now()}
    refused = {"verdict": Verdict.REFUSED, "decided_by": person, "decided_at": clock.now()}
    revision = Revision.objects.create(number=1, **frozen)
    Revision.objects.create(number=2, comment=f"No, says {word}", **frozen, **refused)
    Comment.objects.create(revision=revision, by=person, text=f"A remark by {word}")
    Decision.objects.create(revision=revision, by=person, comment=f"Yes, says {word}")
    Absence.objects.create(user=person, deputy=others, first_day=A_DAY, last_day=A_DAY)


def _told(person: User, word: str) -> None:
    """Told the desk something, and linked an account."""
    offering.tell(person, offering.Told(once=uuid.uuid4(), words=f"A swan, seen by {word}"))
    handles.ask(person, "rehearsal", f"{word.lower()}-at-home", may_be_named=False)


def _was_at_an_event(person: User, word: str) -> None:
    """Had a shift and a slot, a calendar of it and one of all that is planned, and gave a file of posts."""
    event = factories.event(slug=f"event-{word.lower()}", name=f"Event of {word}")
    times = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
    Shift.objects.create(event=event, person=person, handover=f"Handed over by {word}", **times)
    Slot.objects.create(
        event=event, service=factories.service(f"Service {word}"), owner=person, theme=f"Slot of {word}", **times
    )
    EventFeed.objects.create(event=event, user=person, token_hash=f"event-{word}")
    CalendarFeed.objects.create(user=person, token_hash=f"calendar-{word}")
    PostFile.objects.create(user=person, name=f"{word}.csv", header=["text"])


def _read_policies(person: User, word: str) -> None:
    """Met the policies, was reminded of one, and acknowledged it."""
    policy = Policy.objects.create(slug=f"policy-{word.lower()}", title=f"Policy for {word}", owner=factories.person())
    version = Version.objects.create(policy=policy, number=1)
    Met.objects.create(user=person)
    Reminder.objects.create(user=person, version=version, last_at=clock.now())
    Acknowledgement.objects.create(user=person, version=version)
