"""From the invitation's link to a signed-in colleague, on the real pages; and no other way in."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpRequest
from django.test import Client

from moothall.accounts import actions
from moothall.accounts.forms import SignupForm
from moothall.accounts.models import Invitation, User
from moothall.accounts.roles import Role
from moothall.core import clock
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "a rather long walk by the canal"
IVY = {"email": "Ivy@exampleshire.example", "name": "Ivy Lamb"}


def path_of(invited: actions.Invited) -> str:
    return "/invitation/" + invited.link.split("/invitation/")[1]


@pytest.fixture
def invited(administrator: User) -> actions.Invited:
    libraries = factories.service("Libraries")
    found = actions.invite(administrator, **IVY, roles=[(Role.AUTHOR.value, libraries.pk)])
    mail.outbox.clear()
    return found


def test_link_password_and_in(client: Client, invited: actions.Invited) -> None:
    page = client.get(path_of(invited), follow=True)
    assert page.redirect_chain == [("/account/signup/", 302)]
    assert "Set up your account" in page.content.decode()
    assert "Ivy@exampleshire.example" in page.content.decode()
    done = client.post("/account/signup/", {"password1": PASSWORD}, follow=True)
    assert done.redirect_chain[-1][0] == "/today/"
    ivy = User.objects.get(name="Ivy Lamb")
    assert ivy.email == "ivy@exampleshire.example"
    assert ivy.check_password(PASSWORD)
    assert [str(each) for each in ivy.memberships.all()] == ["Author, Libraries"]
    assert int(client.session["_auth_user_id"]) == ivy.pk
    assert EmailAddress.objects.get(user=ivy).verified
    assert mail.outbox == [], "The invitation reached the address; there is nothing left to confirm."


def test_the_link_opens_nothing_once_it_was_used(client: Client, invited: actions.Invited) -> None:
    client.get(path_of(invited))
    client.post("/account/signup/", {"password1": PASSWORD})
    other = Client()
    assert other.get(path_of(invited)).status_code == 410
    assert "Accounts are by invitation" in other.get("/account/signup/").content.decode()


def test_nobody_signs_up_without_an_invitation(client: Client) -> None:
    page = client.post("/account/signup/", {"email": "mallory@elsewhere.example", "password1": PASSWORD})
    assert "Accounts are by invitation" in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["/account/signup/", "/account/signup/?email=mallory@elsewhere.example"])
def test_an_invitation_is_for_one_address_whatever_is_asked_for(
    client: Client, invited: actions.Invited, address: str
) -> None:
    client.get(path_of(invited))
    client.get(address)
    client.post(address, {"email": "mallory@elsewhere.example", "password1": PASSWORD})
    assert not User.objects.filter(email__contains="mallory").exists()
    assert User.objects.filter(email="ivy@exampleshire.example").exists()


def test_an_invitation_taken_back_meanwhile_is_refused_kindly(
    client: Client, invited: actions.Invited, administrator: User
) -> None:
    client.get(path_of(invited))
    actions.invite(administrator, **IVY)
    page = client.post("/account/signup/", {"password1": PASSWORD}, follow=True)
    assert page.status_code == 200
    assert "Accounts are by invitation" in page.content.decode()
    assert not User.objects.filter(name="Ivy Lamb").exists()


def test_two_tabs_at_once_make_one_person(
    client: Client, invited: actions.Invited, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other tab wins after this one has read that the invitation is open."""
    client.get(path_of(invited))
    save = SignupForm.save

    def too_late(form: SignupForm, request: HttpRequest) -> User:
        Invitation.objects.update(accepted_at=clock.now())
        return save(form, request)

    monkeypatch.setattr(SignupForm, "save", too_late)
    page = client.post("/account/signup/", {"password1": PASSWORD}, follow=True)
    assert "Accounts are by invitation" in page.content.decode()
    assert not User.objects.filter(email__iexact=IVY["email"]).exists()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("password", ["short", "123456789012345", "ivy@exampleshire.example", "password1234"])
def test_a_weak_password_is_refused_with_a_reason(client: Client, invited: actions.Invited, password: str) -> None:
    client.get(path_of(invited))
    page = client.post("/account/signup/", {"password1": password})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert "This password" in page.content.decode() or "The password" in page.content.decode()
    assert not User.objects.filter(name="Ivy Lamb").exists()


def test_there_is_no_sign_up_by_passkey_alone(client: Client, invited: actions.Invited) -> None:
    client.get(path_of(invited))
    assert client.get("/account/signup/passkey/").status_code == 404
    assert client.get("/account/2fa/signup/webauthn/").status_code in (302, 404)
    assert not User.objects.filter(name="Ivy Lamb").exists()
