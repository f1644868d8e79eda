"""The council's name, logo and colour."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from PIL import Image

from moothall.accounts.roles import Role
from moothall.core import council
from moothall.core.forms import CouncilForm
from tests import factories

pytestmark = pytest.mark.django_db

CHOSEN = {"name": "Exampleshire County Council", "strapline": "", "colour": "#5B2A86", "logo_alt": ""}


def test_until_somebody_says_so_it_is_nobody_in_particular(client: Client) -> None:
    assert council.current().version == 0
    assert client.get("/brand.css").status_code == 200
    assert client.get("/brand/logo.png").status_code == 404


def test_an_administrator_changes_it_and_every_page_follows(client: Client) -> None:
    heard: list[dict[str, Any]] = []
    council.council_changed.connect(lambda **facts: heard.append(facts), weak=False, dispatch_uid="test")
    form = CouncilForm(CHOSEN, instance=council.current())
    assert form.is_valid()
    try:
        council.save(form.instance, by=factories.person((Role.ADMINISTRATOR, None)))
    finally:
        council.council_changed.disconnect(dispatch_uid="test")
    now = council.current()
    assert (now.name, now.colour, now.version) == (CHOSEN["name"], "#5b2a86", 1)
    assert [(facts["before"]["name"], facts["after"]["name"]) for facts in heard] == [("Your council", now.name)]
    answer = client.get("/brand.css?v=1")
    assert b"--moot-green:#5b2a86;" in answer.content
    assert answer.headers["Cache-Control"] == "public, max-age=31536000"


def test_others_may_not(signed_in: Any) -> None:
    author = factories.person((Role.AUTHOR, factories.service()))
    assert signed_in(author).post("/settings/council/", CHOSEN).status_code == 403
    with pytest.raises(PermissionDenied):
        council.save(council.current(), by=author)


def test_a_logo_becomes_a_small_png_and_needs_its_description() -> None:
    form = CouncilForm(CHOSEN, {"logo": factories.upload(size=(1200, 600))}, instance=council.current())
    assert form.errors["logo_alt"] == ["Describe the logo for people who cannot see it."]
    form = CouncilForm(
        {**CHOSEN, "logo_alt": "A tent"}, {"logo": factories.upload(size=(1200, 600))}, instance=council.current()
    )
    assert form.is_valid()
    with Image.open(form.cleaned_data["logo"]) as logo:
        assert (logo.format, logo.size) == ("PNG", (320, 160))
