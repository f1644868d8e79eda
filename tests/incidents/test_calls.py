"""The list of people to call: Dell of the desk keeps it, Alice and Bob do not, and no record has a number."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from moothall.accounts.models import User
from moothall.incidents import call_actions, queries
from moothall.incidents.models import Contact
from moothall.records.models import Record

pytestmark = pytest.mark.django_db


def ivy(**values: object) -> Contact:
    return Contact(name="Ivy Lamb", role="Resets passwords", phone="01632 960114", hours="Day and night", **values)


def test_only_the_desk_changes_it(dell: User, alice: User, bob: User) -> None:
    for other in (alice, bob):
        with pytest.raises(PermissionDenied):
            call_actions.save_contact(other, ivy())
    contact = ivy()
    call_actions.save_contact(dell, contact)
    with pytest.raises(PermissionDenied):
        call_actions.remove_contact(alice, contact)
    contact.order = 2
    call_actions.save_contact(dell, contact)
    call_actions.remove_contact(dell, contact)
    kinds = list(Record.objects.values_list("kind", flat=True))
    assert kinds == ["incident_call.added", "incident_call.changed", "incident_call.removed"]
    assert "960114" not in str(list(Record.objects.values()))
    with pytest.raises(ValidationError):
        call_actions.save_contact(dell, Contact(name="Ivy"))


def test_they_come_in_their_order_and_for_their_kinds(dell: User) -> None:
    second, first = ivy(order=2), ivy(order=1, kinds=["storm"])
    for each in (second, first):
        call_actions.save_contact(dell, each)
    assert queries.contacts() == [first, second]
    assert queries.contacts("storm") == [first, second]
    assert queries.contacts("hacked") == [second]
    assert (first.kind_words, second.kind_words) == ("Storm of replies", "Everything")
