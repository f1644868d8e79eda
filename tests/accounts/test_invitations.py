"""Inviting people: a link, good once and for some days, that reaches one address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from moothall.accounts import actions, queries
from moothall.accounts.models import Invitation, User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.records.models import Record
from tests import factories
from tests.peers.mail import MailServer

pytestmark = pytest.mark.django_db

IVY = {"email": "ivy@exampleshire.example", "name": "Ivy Lamb"}


def token_of(invited: actions.Invited) -> str:
    return invited.link.rstrip("/").rsplit("/", 1)[1]


def test_the_link_arrives_by_e_mail(administrator: User, mail_server: MailServer, settings: Any) -> None:
    invited = actions.invite(administrator, **IVY)
    assert invited.emailed
    (mail,) = mail_server.wait_for(1)
    assert mail.recipients == ("ivy@exampleshire.example",)
    assert "Hello Ivy Lamb" in mail.message.get_content()
    assert invited.link in mail.message.get_content()
    assert invited.link.startswith(settings.SITE_URL + "/invitation/")


def test_where_the_mail_server_is_down_the_page_shows_the_link(
    administrator: User, mail_server: MailServer, signed_in: Any
) -> None:
    mail_server.stop()
    try:
        page = signed_in(administrator).post("/people/invite/", IVY).content.decode()
    finally:
        mail_server.start()
    assert "The e-mail could not be sent" in page
    link = re.search(r"http://[^<\s]+/invitation/[^<\s]+", page)
    assert link
    assert queries.open_invitation(link[0].rstrip("/").rsplit("/", 1)[1])


def test_only_the_hash_of_the_token_is_kept(administrator: User) -> None:
    invited = actions.invite(administrator, **IVY)
    kept = Invitation.objects.values().get()
    assert token_of(invited) not in repr(kept)
    assert token_of(invited) not in repr(Record.objects.values())
    assert queries.open_invitation(token_of(invited)) == invited.invitation


def test_a_lead_may_not_invite_and_an_operator_at_the_shell_may() -> None:
    lead = factories.person((Role.LEAD, factories.service()))
    with pytest.raises(PermissionDenied):
        actions.invite(lead, **IVY)
    assert actions.invite(None, **IVY).invitation.invited_by is None
    assert Record.objects.get().actor_name == "The operator"


def test_somebody_who_is_here_already_is_not_invited(administrator: User) -> None:
    factories.person(name="Ivy Lamb")
    User.objects.filter(name="Ivy Lamb").update(email="Ivy@Exampleshire.example")
    with pytest.raises(ValidationError, match="already here"):
        actions.invite(administrator, **IVY)


def test_what_is_no_address_is_refused_at_the_shell_as_well() -> None:
    with pytest.raises(ValidationError, match="valid email"):
        actions.invite(None, email="ivy at exampleshire", name="Ivy")
    assert not Invitation.objects.exists()


def test_an_invitation_runs_out(administrator: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(actions.invite(administrator, **IVY))
    later = clock.now() + settings.INVITATION_LIFETIME
    monkeypatch.setattr(clock, "now", lambda: later - timedelta(minutes=1))
    assert queries.open_invitation(token)
    monkeypatch.setattr(clock, "now", lambda: later + timedelta(minutes=1))
    assert queries.open_invitation(token) is None
    assert Client().get(f"/invitation/{token}/").status_code == 410
    assert not queries.open_invitations().exists()


def test_a_second_invitation_closes_the_first(administrator: User) -> None:
    first = token_of(actions.invite(administrator, **IVY))
    second = token_of(actions.invite(administrator, **{**IVY, "email": "IVY@exampleshire.example"}))
    assert queries.open_invitation(first) is None
    assert queries.open_invitation(second)
    assert Client().get(f"/invitation/{first}/").status_code == 410


def test_an_invitation_is_good_once(administrator: User) -> None:
    libraries, gone = factories.service("Libraries"), factories.service("Gone")
    roles = [(Role.AUTHOR.value, libraries.pk), (Role.LEAD.value, gone.pk), (Role.DESK.value, None)]
    invited = actions.invite(administrator, **IVY, roles=roles)
    gone.delete()
    ivy = User.objects.create(email=IVY["email"], name="")
    actions.accept_invitation(invited.invitation, ivy)
    assert set(ivy.memberships.values_list("role", "service_id")) == {("author", libraries.pk), ("desk", None)}
    record = Record.objects.get(kind="person.joined")
    assert (record.actor_name, record.ref) == ("Ivy Lamb", f"user:{ivy.pk}")
    with pytest.raises(ValidationError, match="has been used or has run out"):
        actions.accept_invitation(invited.invitation, factories.person())


def test_a_wrong_form_says_what_is_wrong_and_invites_nobody(administrator: User, signed_in: Any) -> None:
    page = signed_in(administrator).post("/people/invite/", {"email": "nonsense", "name": ""})
    assert page.status_code == 200
    assert "Enter a valid email address" in page.content.decode()
    assert not Invitation.objects.exists()


def test_people_invited_are_listed_until_they_come(administrator: User, signed_in: Any) -> None:
    libraries = factories.service("Libraries")
    browser = signed_in(administrator)
    page = browser.post("/people/invite/", {**IVY, f"service_{libraries.pk}": "author", "organisation": ["desk"]})
    assert "Ivy Lamb is invited" in page.content.decode()
    assert sorted(Invitation.objects.get().roles, key=str) == [["author", libraries.pk], ["desk", None]]
    assert "ivy@exampleshire.example" in browser.get("/people/").content.decode()
