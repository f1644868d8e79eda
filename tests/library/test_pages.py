"""The library's pages, as Alice who writes for the libraries, Bob who only sees, and Charlie of another service."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.library import entrance, processing
from moothall.library.models import Asset
from tests import factories
from tests.library import films
from tests.library.conftest import uploaded

pytestmark = pytest.mark.django_db

Add = Callable[..., Asset]
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nGood morning.\n"


@pytest.fixture
def browser(alice: User, signed_in: Any) -> Client:
    found: Client = signed_in(alice)
    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def send(browser: Client, service: Service | None, content: bytes, name: str = "market.jpg", **more: Any) -> Any:
    values = {"service": service.pk if service else "", "file": uploaded(content, name), **more}
    return browser.post("/library/upload/", values, headers={"Accept": "application/json"})


def test_a_script_sends_one_file_and_follows_its_processing(browser: Client, libraries: Service) -> None:
    once = str(uuid.uuid4())
    answer = send(browser, libraries, films.photograph(), alt="The stall", once=once)
    said = json.loads(answer.content)
    asset = Asset.objects.get()
    assert answer.status_code == 201
    assert said == {
        "asset": asset.pk,
        "state": "processing",
        "trouble": "",
        "alt": "The stall",
        "name": "market.jpg",
        "page": f"/library/{asset.pk}/",
        "status": f"/library/{asset.pk}/status/",
    }
    waiting = text(browser.get(said["status"]))
    assert f'data-follow="{said["status"]}"' in waiting
    assert "0 per cent" in waiting
    processing.process(asset.pk)
    done = text(browser.get(said["status"]))
    assert "data-follow" not in done
    assert f"/media/{Asset.objects.get().name}" in done
    again = json.loads(send(browser, libraries, films.photograph(), once=once).content)
    assert (again["asset"], again["state"]) == (asset.pk, "ready")


def test_what_is_wrong_is_said_in_json(browser: Client, libraries: Service, charlie: User) -> None:
    highways = charlie.memberships.get().service
    for values, said in (
        ((libraries, b"<html>", "a.jpg"), "is no picture, GIF or video that we can use"),
        ((libraries, b"", "a.jpg"), "This file is empty"),
        ((highways, films.photograph(), "a.jpg"), "Select a valid choice"),
        ((None, films.photograph(), "a.jpg"), "Whose are they?"),
    ):
        answer = send(browser, *values)
        assert answer.status_code == 400
        assert said in json.loads(answer.content)["trouble"]
    assert not Asset.objects.exists()


def test_the_endpoint_is_protected(alice: User, bob: User, libraries: Service, signed_in: Any) -> None:
    assert send(Client(), libraries, films.photograph()).status_code == 401
    assert send(signed_in(bob), libraries, films.photograph()).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(alice).cookies
    assert send(strict, libraries, films.photograph()).status_code == 403
    assert not Asset.objects.exists()


def test_without_a_script_several_files_come_by_a_plain_form(browser: Client, libraries: Service) -> None:
    page = text(browser.get("/library/upload/"))
    assert 'enctype="multipart/form-data"' in page
    assert " multiple" in page
    files = [
        uploaded(films.photograph(), "a.jpg"),
        uploaded(b"no", "b.jpg"),
        uploaded(films.photograph("PNG"), "c.png"),
    ]
    answer = browser.post("/library/upload/", {"service": libraries.pk, "file": files}, follow=True)
    assert answer.redirect_chain == [("/library/", 302)]
    assert "2 files added" in text(answer)
    assert "“b.jpg” is no picture" in text(answer)
    nothing = browser.post("/library/upload/", {"service": libraries.pk, "file": [uploaded(b"no", "b.jpg")]})
    assert "“b.jpg” is no picture" in text(nothing)
    assert "Choose a file." in text(browser.post("/library/upload/", {"service": libraries.pk}))
    one = browser.post("/library/upload/", {"service": libraries.pk, "file": [uploaded(films.gif("red", "blue"))]})
    assert one["Location"] == f"/library/{Asset.objects.latest('pk').pk}/"


def test_only_the_desk_is_offered_every_service(browser: Client, signed_in: Any) -> None:
    assert "Every service" not in text(browser.get("/library/upload/"))
    desk = signed_in(factories.person((Role.DESK, None)))
    assert "Every service" in text(desk.get("/library/upload/"))
    assert send(desk, None, films.photograph()).status_code == 201
    assert Asset.objects.get().service is None


def test_the_grid_shows_what_is_there_and_what_is_missing(
    add: Add, browser: Client, bob: User, charlie: User, signed_in: Any
) -> None:
    assert "There is nothing in your part of the library yet" in text(browser.get("/library/"))
    asset = add(films.photograph())
    page = text(browser.get("/library/"))
    assert f'href="/library/{asset.pk}/"' in page
    assert "Missing" in page
    assert "Add media" in page
    assert "Nothing in the library matches this." in text(browser.get("/library/?q=heron"))
    assert "Add media" not in text(signed_in(bob).get("/library/"))
    theirs = signed_in(charlie)
    assert f"/library/{asset.pk}/" not in text(theirs.get("/library/"))
    assert theirs.get(f"/library/{asset.pk}/").status_code == 404
    assert theirs.get(f"/library/{asset.pk}/status/").status_code == 404


def test_alice_describes_it_and_bob_reads_it(add: Add, browser: Client, bob: User, signed_in: Any) -> None:
    asset = add(films.photograph())
    browser.post(f"/library/{asset.pk}/describe/", {"alt": "A <b>market</b> stall"})
    page = text(signed_in(bob).get(f"/library/{asset.pk}/"))
    assert "A &lt;b&gt;market&lt;/b&gt; stall" in page
    assert "Save the description" not in page
    assert "Take out of the library" not in page
    wrong = text(browser.post(f"/library/{asset.pk}/describe/", {"alt": "x" * 2001}))
    assert "There is a problem" in wrong
    assert "at most 2000 characters" in wrong


def test_consents_are_noted_changed_and_withdrawn(add: Add, browser: Client) -> None:
    asset = add(films.photograph())
    here = f"/library/{asset.pk}/"
    wrong = text(browser.post(f"{here}consents/", {"person": "Fern Hale", "reference": "", "expires_on": "someday"}))
    assert "There is a problem" in wrong
    assert 'value="Fern Hale"' in wrong, "What was typed is not lost."
    browser.post(f"{here}consents/", {"person": "Fern Hale", "reference": "C-7", "expires_on": "2040-05-01"})
    consent = asset.consents.get()
    page = text(browser.get(here))
    assert "1 May 2040" in page
    assert "Consent holds" in page
    browser.post(f"{here}consents/{consent.pk}/", {"person": "Fern Hale", "reference": "C-8", "expires_on": ""})
    assert "Until withdrawn" in text(browser.get(here))
    done = text(browser.post(f"{here}consents/{consent.pk}/withdraw/", {"why": "She rang."}, follow=True))
    assert "Consent withdrawn" in done
    assert "She rang." in done
    assert "Consent withdrawn" in text(browser.get("/library/?consent=lapsed"))
    assert "If they have agreed anew" in text(browser.get(f"{here}consents/{consent.pk}/"))


def test_a_crop_is_chosen_in_numbers(add: Add, browser: Client) -> None:
    asset = add(films.photograph())
    address = f"/library/{asset.pk}/crop/bluesky/"
    page = text(browser.get(address))
    assert 'name="width" value="64"' in page
    assert 'data-width="64"' in page
    wrong = text(browser.post(address, {"left": 40, "top": 0, "width": 40, "height": 40}))
    assert "This reaches beyond the picture" in wrong
    browser.post(address, {"left": 4, "top": 2, "width": 40, "height": 40})
    assert "a part of it, 40 × 40 pixels" in text(browser.get(f"/library/{asset.pk}/"))
    assert 'name="left" value="4"' in text(browser.get(address))
    browser.post(f"{address}remove/")
    assert not asset.crops.exists()
    assert browser.get(f"/library/{asset.pk}/crop/nowhere/").status_code == 404


def test_captions_come_on_the_page_and_in_the_player(add: Add, browser: Client, tmp_path: Path) -> None:
    asset = add(films.film(tmp_path / "film.mp4").read_bytes(), "film.mp4")
    here = f"/library/{asset.pk}/"
    wrong = browser.post(f"{here}captions/", {"file": uploaded(b"1\n00:01 --> x\n", "a.srt"), "language": "en"})
    assert "Line 2 is no time of a caption" in text(wrong)
    browser.post(f"{here}captions/", {"file": uploaded(SRT, "a.srt"), "language": "cy"})
    asset = Asset.objects.get()
    page = text(browser.get(here))
    assert f'<track kind="captions" srclang="cy" src="/media/{asset.captions}"' in page
    served = browser.get(f"/media/{asset.captions}")
    assert served["Content-Type"].startswith("text/vtt")
    assert b"Good morning." in served.content
    browser.post(f"{here}captions/remove/")
    assert "<track" not in text(browser.get(here))


def test_taking_out(add: Add, browser: Client, alice: User, libraries: Service) -> None:
    asset = add(films.photograph())
    post = factories.post(alice, factories.channel(service=libraries))
    post.attachments.create(asset=asset, position=1)
    assert "Take out of the library" not in text(browser.get(f"/library/{asset.pk}/"))
    assert "Take it off there first" in text(browser.post(f"/library/{asset.pk}/remove/", follow=True))
    post.attachments.all().delete()
    assert "Take out of the library" in text(browser.get(f"/library/{asset.pk}/"))
    assert "Taken out of the library." in text(browser.post(f"/library/{asset.pk}/remove/", follow=True))
    assert browser.get(f"/library/{asset.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "who", "is_large"),
    [
        ("POST", "/library/upload/", "alice", True),
        ("POST", "/library/upload/", "bob", False),
        ("POST", "/library/upload/", "stranger", False),
        ("POST", "/library/upload/", "forged", False),
        ("GET", "/library/upload/", "alice", False),
        ("POST", "/posts/write/", "alice", False),
        ("POST", "/library/upload/../", "alice", False),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_only_who_may_add_videos_may_send_so_much(
    method: str, path: str, who: str, is_large: bool, alice: User, bob: User, signed_in: Any, settings: Any
) -> None:
    cookies = {"alice": signed_in(alice).cookies, "bob": signed_in(bob).cookies, "stranger": None, "forged": None}
    cookie = "sessionid=" + "x" * 32 if who == "forged" else ""
    if found := cookies[who]:
        cookie = f"other=1; sessionid={found['sessionid'].value}"
    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    most = async_to_sync(entrance.most_bytes)({"type": "http", "method": method, "path": path, "headers": headers})
    assert most == (settings.UPLOAD_LIBRARY_BYTES if is_large else settings.UPLOAD_REQUEST_BYTES)
