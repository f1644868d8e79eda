"""Alice administers, Bob administers until he leaves, Charlie is invited."""

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from moothall.accounts import actions, forms, queries
from moothall.accounts.adapters import INVITATION_SESSION
from moothall.accounts.models import Invitation, Unit, User
from moothall.accounts.roles import Role
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db

CHARLIE = {"email": "charlie@exampleshire.example", "name": "Charlie Croft"}


@pytest.fixture
def alice(db: None) -> User:
    return factories.person((Role.ADMINISTRATOR, None), name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    return factories.person((Role.ADMINISTRATOR, None), name="Bob Barrow")


def text_of(answer: Any) -> str:
    words: str = answer.content.decode()
    return words


def test_the_link_that_left_by_e_mail_is_shown_to_nobody_else(alice: User, signed_in: Any) -> None:
    page = text_of(signed_in(alice).post("/people/invite/", CHARLIE))
    assert "We sent the link to charlie@exampleshire.example" in page
    assert "/invitation/" not in page


def test_alice_withdraws_an_invitation(alice: User, signed_in: Any) -> None:
    invited = actions.invite(alice, **CHARLIE)
    follower = Client()
    follower.get(invited.link)
    browser = signed_in(alice)
    address = f"/people/invitations/{invited.invitation.pk}/withdraw/"
    assert address in text_of(browser.get("/people/"))
    page = text_of(browser.post(address, follow=True))
    assert "Charlie Croft’s invitation is withdrawn" in page
    assert address not in page
    assert Client().get(invited.link).status_code == 410
    assert 'name="password1"' not in text_of(follower.get("/account/signup/")), "Not even one who had followed it."
    record = Record.objects.get(kind="invitation.withdrawn")
    assert (record.actor_name, record.before["email"]) == ("Alice Archer", CHARLIE["email"])
    assert "no longer open" in text_of(browser.post(address, follow=True))
    assert Record.objects.filter(kind="invitation.withdrawn").count() == 1


def test_a_lead_may_not_withdraw_one(alice: User) -> None:
    invited = actions.invite(alice, **CHARLIE)
    with pytest.raises(PermissionDenied):
        actions.withdraw_invitation(factories.person((Role.LEAD, factories.service())), invited.invitation)
    assert queries.open_invitations().exists()


def test_with_bob_go_the_invitations_that_he_sent(alice: User, bob: User) -> None:
    his = actions.invite(bob, **CHARLIE)
    hers = actions.invite(alice, email="dora@exampleshire.example", name="Dora Dale")
    bob.job_title = "Digital services manager"
    actions.update_person(alice, bob)
    assert Client().get(his.link).status_code == 302
    bob.is_active = False
    actions.update_person(alice, bob)
    assert Client().get(his.link).status_code == 410
    assert Client().get(hers.link).status_code == 302
    record = Record.objects.get(kind="invitation.withdrawn")
    assert (record.actor_name, record.why) == ("Alice Archer", "Bob Barrow, who sent it, has left.")


def test_the_session_holds_no_link_that_works(alice: User) -> None:
    invited = actions.invite(alice, **CHARLIE)
    browser = Client()
    browser.get(invited.link)
    assert dict(browser.session) == {INVITATION_SESSION: invited.invitation.pk}
    answer = browser.post("/account/signup/", {"password1": "a rather long walk by the canal"})
    assert answer.status_code == 302
    assert User.objects.get(email=CHARLIE["email"]).name == "Charlie Croft"


def test_an_invitation_from_the_shell_is_the_operators() -> None:
    actions.invite(None, **CHARLIE)
    record = Record.objects.get(kind="person.invited")
    assert (record.actor_name, record.actor_id) == ("The operator", None)
    assert Invitation.objects.get().invited_by is None


def test_a_circle_of_units_elsewhere_does_not_keep_alice_waiting(alice: User) -> None:
    upper, lower, apart = (Unit.objects.create(name=name) for name in ("Upper", "Lower", "Apart"))
    Unit.objects.filter(pk=upper.pk).update(parent=lower)
    Unit.objects.filter(pk=lower.pk).update(parent=upper)
    assert forms.UnitForm({"name": "Apart", "parent": upper.pk}, instance=apart).is_valid()
    upper.refresh_from_db()
    form = forms.UnitForm({"name": "Upper", "parent": lower.pk}, instance=upper)
    assert re.search("part of itself", str(form.errors))
