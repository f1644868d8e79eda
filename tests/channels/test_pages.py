"""The pages: what each person may see and do there, and what everybody sees."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import Service, User
from moothall.channels import formats
from moothall.channels.models import Capacity, Channel, Connection, State, TwoStep
from moothall.core import clock
from moothall.networks.errors import NeedsReconnect, Temporary
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def as_alice(alice: User, signed_in: SignIn) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User, signed_in: SignIn) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The desk needs a second factor, which is the accounts' own matter."""
    monkeypatch.setattr("moothall.accounts.middleware.is_mfa_enabled", lambda user: True)
    return signed_in(charlie)


@pytest.fixture
def channel(libraries: Service, alice: User) -> Channel:
    return factories.channel(
        handle="libraries",
        slug="libraries",
        display_name="Exampleshire Libraries",
        purpose="Books for everyone",
        service=libraries,
        owner=alice,
        recovery_contact="keys@exampleshire.example",
        two_step=TwoStep.OFF,
        voice="Warm and brief",
    )


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


STAFF = ["register", "register-health"]
OF_A_CHANNEL = ["register-channel", "register-edit", "register-state", "register-connect", "register-disconnect"]


@pytest.mark.parametrize("name", [*STAFF, *OF_A_CHANNEL, "register-new", "register-import", "register-export"])
def test_staff_pages_send_strangers_to_the_door(client: Client, channel: Channel, name: str) -> None:
    response = client.get(reverse(name, args=[channel.slug] if name in OF_A_CHANNEL else []))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", OF_A_CHANNEL[1:])
def test_a_lead_changes_only_the_own_services_channels(
    as_alice: Client, as_bob: Client, as_charlie: Client, channel: Channel, name: str
) -> None:
    url = reverse(name, args=[channel.slug])
    assert [each.get(url).status_code for each in (as_alice, as_bob, as_charlie)] == [200, 403, 200]
    assert as_bob.post(url, {}).status_code == 403


def test_everyone_here_sees_the_register_and_only_editors_what_a_thief_could_use(
    as_alice: Client, as_bob: Client, channel: Channel
) -> None:
    assert "Exampleshire Libraries" in text_of(as_bob.get(reverse("register")))
    page = reverse("register-channel", args=[channel.slug])
    assert "keys@exampleshire.example" in text_of(as_alice.get(page))
    assert "2-step sign-in missing" not in text_of(as_bob.get(page))
    assert "keys@exampleshire.example" not in text_of(as_bob.get(page))
    assert "Warm and brief" in text_of(as_bob.get(page))


def test_only_the_desk_imports_and_exports(as_alice: Client, as_charlie: Client, channel: Channel) -> None:
    for name in ("register-import", "register-export"):
        assert as_alice.get(reverse(name)).status_code == 403
        assert as_charlie.get(reverse(name)).status_code == 200


def test_the_register_is_narrowed_by_the_address(as_alice: Client, channel: Channel) -> None:
    other = factories.channel(display_name="Archives", network="x", handle="ExArchives", state=State.DORMANT)
    url = reverse("register")
    for query, found in (
        ("?q=books", [channel]),
        ("?q=@exarch", [other]),
        ("?network=x", [other]),
        ("?state=dormant", [other]),
        ("?service=libraries", [channel]),
        ("?capacity=persona", []),
        ("?network=nonsense", [other, channel]),
    ):
        assert list(as_alice.get(url + query).context["page"]) == found, query


def test_a_channel_is_added_edited_and_closed(as_alice: Client, libraries: Service, alice: User) -> None:
    said = {
        "network": "bluesky",
        "handle": "@libraries.exampleshire.example",
        "display_name": "Libraries",
        "slug": "libraries-bluesky",
        "capacity": "service",
        "language": "cy",
        "service": libraries.pk,
        "two_step": "on",
        "upload": factories.upload(),
        "picture_alt": "A shelf",
    }
    made = as_alice.post(reverse("register-new"), said)
    channel = Channel.objects.get()
    assert made.url == reverse("register-channel", args=["libraries-bluesky"])
    assert (channel.handle, channel.state) == ("libraries.exampleshire.example", State.PROPOSED)
    assert channel.language == "cy"
    changed = {name: value for name, value in said.items() if name not in ("upload", "slug")}
    as_alice.post(reverse("register-edit", args=[channel.slug]), {**changed, "owner": alice.pk, "remove_picture": "on"})
    channel.refresh_from_db()
    assert (channel.owner, channel.picture.name, channel.picture_alt) == (alice, "", "")
    as_alice.post(
        reverse("register-state", args=[channel.slug]), {"state": "closed", "closed_on": "2026-01-31", "why": "Moved"}
    )
    channel.refresh_from_db()
    assert (channel.state, channel.closed_on) == (State.CLOSED, date(2026, 1, 31))
    page = text_of(as_alice.get(reverse("register-channel", args=[channel.slug])))
    assert "Added to the register" in page
    assert "Moved" in page


def test_trouble_with_a_form_is_said_beside_its_field(as_alice: Client, libraries: Service, channel: Channel) -> None:
    said = {"network": "newsroom", "handle": "Libraries!", "display_name": "", "service": libraries.pk}
    form = as_alice.post(reverse("register-new"), said).context["form"]
    assert {"handle", "display_name", "slug", "capacity"} <= set(form.errors)
    twice = as_alice.post(
        reverse("register-new"),
        {
            **said,
            "handle": "LIBRARIES",
            "display_name": "A",
            "slug": "libraries",
            "capacity": "service",
            "language": "cy",
            "two_step": "on",
        },
    )
    assert "slug" in twice.context["form"].errors


def test_a_lead_cannot_give_a_channel_to_another_service(as_alice: Client, bob: User, channel: Channel) -> None:
    highways = Service.objects.get(name="Highways")
    said = {"network": "newsroom", "handle": "libraries", "display_name": "A", "capacity": "service", "language": "en"}
    response = as_alice.post(reverse("register-edit", args=[channel.slug]), {**said, "service": highways.pk})
    assert "service" in response.context["form"].errors


def test_a_secret_never_comes_back_to_the_browser(as_alice: Client, fake: Any, libraries: Service) -> None:
    channel = factories.channel(network="fake", handle="libs", service=libraries)
    url = reverse("register-connect", args=[channel.slug])
    form = text_of(as_alice.get(url))
    assert 'type="password"' in form
    assert 'autocomplete="off"' in form
    assert '<option value="fast" selected>' in form
    fake.answer = NeedsReconnect("Fakebook does not know this token.", words="bad token")
    refused = as_alice.post(url, {"server": "https://fake.example", "token": "swordfish", "mode": "slow"})
    assert "does not know this token" in text_of(refused)
    assert "bad token" in text_of(refused)
    assert "swordfish" not in text_of(refused)
    fake.answer = None
    assert (
        as_alice.post(url, {"server": "https://fake.example", "token": "swordfish", "mode": "slow"}).status_code == 302
    )
    assert "swordfish" not in text_of(as_alice.get(url))


def test_the_newsroom_asks_for_nothing(as_alice: Client, channel: Channel) -> None:
    url = reverse("register-connect", args=[channel.slug])
    assert "asks for nothing" in text_of(as_alice.get(url))
    as_alice.post(url)
    assert Connection.objects.filter(channel=channel).exists()
    page = text_of(Client().get(reverse("newsroom-page", args=["libraries"])))
    assert "Exampleshire Libraries" in page
    assert "Books for everyone" in page


def test_trouble_is_named_on_the_channels_page_and_tested_on_request(
    as_alice: Client, as_bob: Client, fake: Any, libraries: Service
) -> None:
    channel = factories.connected(network="fake", service=libraries)
    check, page = (reverse(name, args=[channel.slug]) for name in ("register-check", "register-channel"))
    fake.answer = Temporary("Fakebook is having a rest.")
    assert "having a rest" in text_of(as_alice.post(check, follow=True))
    assert "stays connected" in text_of(as_alice.get(page))
    fake.answer = NeedsReconnect("Fakebook wants a new token.")
    as_alice.post(check)
    assert "wants a new token" in text_of(as_alice.get(page))
    fake.answer = None
    assert "all is well" in text_of(as_alice.post(check, follow=True))
    assert as_bob.post(check).status_code == 403
    assert as_alice.get(check).status_code == 405


def test_an_elected_persons_channel_offers_no_connecting(as_charlie: Client) -> None:
    channel = factories.channel(capacity=Capacity.LEADER)
    page = text_of(as_charlie.get(reverse("register-channel", args=[channel.slug])))
    assert "staff never drive it" in page
    assert reverse("register-connect", args=[channel.slug]) not in page
    assert as_charlie.get(reverse("register-connect", args=[channel.slug])).status_code == 302


def test_disconnecting_asks_first(as_alice: Client, libraries: Service) -> None:
    channel = factories.connected(service=libraries)
    url = reverse("register-disconnect", args=[channel.slug])
    as_alice.get(url)
    assert Connection.objects.filter(channel=channel).exists()
    as_alice.post(url, {"why": "Holiday"})
    assert not Connection.objects.filter(channel=channel).exists()


def test_health_is_for_those_who_look_after_channels(
    as_alice: Client, as_bob: Client, signed_in: SignIn, channel: Channel
) -> None:
    url = reverse("register-health")
    Channel.objects.filter(pk=channel.pk).update(owner=None, last_spoke_at=clock.now())
    assert "Nobody answers for it" in text_of(as_alice.get(url))
    assert "Exampleshire Libraries" not in text_of(as_bob.get(url))
    assert signed_in(factories.person()).get(url).status_code == 403
    for days in ("", "0", "many", "9999999"):
        assert as_alice.get(url, {"days": days}).context["days"] == 30
    assert as_alice.get(url, {"days": "7"}).context["days"] == 7


def test_an_import_shows_first_and_then_does_that(as_charlie: Client, channel: Channel) -> None:
    file = "slug,purpose,state\nlibraries,More books,\nnone,x,\n"
    upload = SimpleUploadedFile("channels.csv", file.encode())
    shown = as_charlie.post(reverse("register-import"), {"file": upload})
    assert shown.context["counts"] == {"new": 0, "changed": 1, "unchanged": 0, "refused": 1}
    assert "More books" in text_of(shown)
    channel.refresh_from_db()
    assert channel.purpose == "Books for everyone"
    done = as_charlie.post(reverse("register-import-apply"), {"plan": shown.context["signed"]})
    channel.refresh_from_db()
    assert channel.purpose == "More books"
    assert "1 changed" in text_of(done)
    again = as_charlie.post(reverse("register-import-apply"), {"plan": shown.context["signed"]})
    assert "The register has changed since you looked" in text_of(again)
    assert again.context["counts"]["unchanged"] == 1


def test_a_plan_that_was_tampered_with_is_not_done(as_charlie: Client) -> None:
    assert as_charlie.post(reverse("register-import-apply"), {"plan": "forged"}).url == reverse("register-import")
    bad = as_charlie.post(reverse("register-import"), {"file": SimpleUploadedFile("x.csv", b"\xff\xfe")})
    assert "not in UTF-8" in text_of(bad)


@pytest.fixture
def public_channels(channel: Channel, libraries: Service) -> dict[str, Channel]:
    """One channel of each kind that the public sees, and two that it does not."""
    factories.connected(handle="newsy", slug="newsy", display_name="Newsy", service=libraries)
    common = {"service": libraries, "owner": channel.owner}
    factories.channel(slug="quiet", display_name="Quiet", state=State.DORMANT, network="x", handle="ExQuiet", **common)
    factories.channel(
        slug="gone", display_name="=Gone", state=State.CLOSED, closed_on=date(2026, 3, 31), successor=channel, **common
    )
    factories.channel(slug="secret", display_name="Secret plan", state=State.PROPOSED, **common)
    factories.channel(slug="practice", display_name="Practice run", network="rehearsal", **common)
    return {each.slug: each for each in Channel.objects.all()}


def test_the_directory_shows_live_dormant_and_closed_apart(client: Client, public_channels: dict[str, Channel]) -> None:
    response = client.get(reverse("channels"))
    sections = {each["heading"]: [one.slug for one in each["channels"]] for each in response.context["sections"]}
    assert sections == {
        "Channels we use": ["libraries", "newsy"],
        "Quiet channels": ["quiet"],
        "Closed channels": ["gone"],
    }
    page = text_of(response)
    assert "Secret plan" not in page
    assert "Practice run" not in page
    assert "<script" not in page
    narrowed = client.get(reverse("channels"), {"q": "quiet", "network": "x", "service": "libraries"})
    assert narrowed.context["count"] == 1
    assert "Try fewer words" in text_of(client.get(reverse("channels"), {"q": "nothing like that"}))


def test_each_channel_has_its_page(client: Client, public_channels: dict[str, Channel]) -> None:
    page = text_of(client.get(reverse("channel", args=["libraries"])))
    assert "This is really us" in page
    for never in ("keys@exampleshire.example", "Warm and brief", "Alice Archer", "2-step"):
        assert never not in page
    gone = text_of(client.get(reverse("channel", args=["gone"])))
    assert "It was ours until 31 March 2026" in gone
    assert reverse("channel", args=["libraries"]) in gone
    for hidden in ("secret", "practice", "nothing"):
        assert client.get(reverse("channel", args=[hidden])).status_code == 404


def test_open_data_tells_what_the_pages_tell_and_no_more(client: Client, public_channels: dict[str, Channel]) -> None:
    found = json.loads(client.get(reverse("channels-json")).content)["channels"]
    assert {each["slug"] for each in found} == {"libraries", "newsy", "quiet", "gone"}
    gone = next(each for each in found if each["slug"] == "gone")
    assert (gone["successor"], gone["closed_on"], gone["feed"]) == ("libraries", "2026-03-31", None)
    everything = "".join(client.get(reverse(name)).content.decode() for name in ("channels-json", "channels-csv"))
    for never in ("keys@", "Warm", "Alice", "alice", "two_step", "owner", "Secret", "Practice"):
        assert never not in everything


def test_csv_is_guarded_and_complete(client: Client, public_channels: dict[str, Channel]) -> None:
    response = client.get(reverse("channels-csv"))
    rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    assert tuple(rows[0]) == formats.PUBLIC_COLUMNS
    assert {row["display_name"] for row in rows} >= {"'=Gone", "Quiet"}
    assert response["Access-Control-Allow-Origin"] == "*"


def test_opml_has_feeds_to_subscribe_to_and_links_to_the_rest(
    client: Client, public_channels: dict[str, Channel], settings: Any
) -> None:
    Channel.objects.filter(slug="quiet").update(display_name="Quiet & <odd> \x0b")
    document = ElementTree.fromstring(client.get(reverse("channels-opml")).content)
    outlines = {each.get("text"): each for each in document.iter("outline") if each.get("type")}
    assert set(outlines) == {"Exampleshire Libraries (Newsroom)", "Newsy (Newsroom)", "Quiet & <odd>  (X)"}
    feed = settings.SITE_URL + reverse("newsroom-atom", args=["newsy"])
    assert (outlines["Newsy (Newsroom)"].get("type"), outlines["Newsy (Newsroom)"].get("xmlUrl")) == ("rss", feed)
    assert outlines["Quiet & <odd>  (X)"].get("url") == "https://x.com/ExQuiet"


def test_is_it_really_us_as_a_page_and_as_json(client: Client, public_channels: dict[str, Channel]) -> None:
    page = text_of(client.get(reverse("channels-check"), {"q": "@llbraries"}))
    assert "It looks like @libraries on Newsroom, which is ours" in page
    told = client.get(reverse("channels-check-json"), {"q": "@llbraries"}).json()
    assert (told["answer"], told["looks_like"]) == ("no", {"ours": "libraries", "how": "letters"})
    was = client.get(reverse("channels-check-json"), {"q": public_channels["gone"].handle}).json()
    assert (was["answer"], was["channels"][0]["until"]) == ("was", "2026-03-31")
    assert was["channels"][0]["successor"].endswith(reverse("channel", args=["libraries"]))
    assert client.get(reverse("channels-check-json")).status_code == 400
    assert client.get(reverse("channels-check")).status_code == 200


@pytest.mark.parametrize(
    ("name", "queries"), [("channels", 3), ("channels-json", 2), ("channels-csv", 1), ("channels-opml", 2)]
)
def test_public_lists_take_few_queries_whatever_their_length(
    client: Client, libraries: Service, name: str, queries: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        factories.channel(service=factories.service(f"Service of {number}"), owner=factories.person())
    with django_assert_max_num_queries(queries):
        client.get(reverse(name))


def test_the_register_takes_few_queries_whatever_its_length(
    as_alice: Client, libraries: Service, django_assert_max_num_queries: Any
) -> None:
    for _ in range(15):
        factories.connected(service=factories.service(), owner=factories.person())
    with django_assert_max_num_queries(19):
        as_alice.get(reverse("register"))
