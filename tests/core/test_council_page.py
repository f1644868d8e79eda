"""The settings page of the council: its name, colour and logo, on every page from then on."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from moothall.accounts.roles import Role
from moothall.core import council
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/settings/council/"
EXAMPLESHIRE = {
    "name": "Exampleshire County Council",
    "strapline": "Open since 1889",
    "colour": "#5b2a86",
    "logo_alt": "",
}


@pytest.fixture
def browser(signed_in: Any) -> Client:
    client: Client = signed_in(factories.person((Role.ADMINISTRATOR, None), name="Alder Finch"))
    return client


def logo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (900, 300), "#5b2a86").save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), content_type="image/png")


def test_a_new_name_and_colour_are_on_every_page_at_once_and_recorded(browser: Client, client: Client) -> None:
    assert browser.post(PAGE, EXAMPLESHIRE).url == PAGE
    for page in (client.get("/"), browser.get("/today/")):
        assert "Exampleshire County Council" in page.content.decode()
    assert "--moot-green:#5b2a86" in client.get("/brand.css").content.decode()
    record = Record.objects.get(kind="council.changed")
    assert record.actor_name == "Alder Finch"
    assert (record.before["name"], record.after["name"]) == ("Your council", "Exampleshire County Council")


def test_the_style_sheet_is_kept_for_a_year_under_its_version_only(browser: Client, client: Client) -> None:
    browser.post(PAGE, EXAMPLESHIRE)
    version = council.current().version
    assert "max-age=31536000" in client.get(f"/brand.css?v={version}")["Cache-Control"]
    assert "max-age=60" in client.get("/brand.css")["Cache-Control"]
    assert "max-age=60" in client.get(f"/brand.css?v={version + 1}")["Cache-Control"]


@pytest.mark.parametrize("colour", ["#ffff00", "#8a8a8a", "green", "#12345", "#17533b;}body{display:none}"])
def test_a_colour_nobody_could_read_is_refused_and_nothing_changes(browser: Client, colour: str) -> None:
    page = browser.post(PAGE, {**EXAMPLESHIRE, "colour": colour})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert council.current().version == 0


def test_a_logo_is_shown_with_its_description_and_can_be_taken_away(browser: Client, client: Client) -> None:
    refused = browser.post(PAGE, {**EXAMPLESHIRE, "logo": logo()})
    assert "Describe the logo" in refused.content.decode()
    browser.post(PAGE, {**EXAMPLESHIRE, "logo": logo(), "logo_alt": "Three oak leaves"})
    shown = client.get("/brand/logo.png")
    content = b"".join(shown.streaming_content) if shown.streaming else shown.content
    assert Image.open(io.BytesIO(content)).height <= 160
    assert 'alt="Three oak leaves"' in client.get("/").content.decode()
    browser.post(PAGE, {**EXAMPLESHIRE, "logo-clear": "on"})
    assert client.get("/brand/logo.png").status_code == 404


def test_what_is_no_picture_is_no_logo(browser: Client) -> None:
    fake = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", content_type="image/png")
    page = browser.post(PAGE, {**EXAMPLESHIRE, "logo": fake, "logo_alt": "Oak"})
    assert "is not a picture we can read" in page.content.decode()


def test_a_hostile_name_is_shown_as_what_it_is(browser: Client, client: Client) -> None:
    browser.post(PAGE, {**EXAMPLESHIRE, "name": "<script>alert(1)</script>"})
    for page in (client.get("/"), browser.get("/today/"), browser.get(PAGE)):
        assert "<script>alert" not in page.content.decode()
