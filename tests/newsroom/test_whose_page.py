"""Which pages the public sees, and whose an address is."""

import json

import pytest
from django.test import Client
from django.utils.html import escape

from moothall.networks.base import Account, Draft
from moothall.networks.errors import Rejected
from moothall.newsroom import queries
from moothall.newsroom.models import Handle, Page
from moothall.newsroom.network import Newsroom
from tests.newsroom.conftest import LIBRARIES, Say, profile, text_of

pytestmark = pytest.mark.django_db

RENAMED = Account("1", "library-service")
HIGHWAYS = Account("2", "highways")


def test_a_page_is_hidden_until_its_channel_says_otherwise(newsroom: Newsroom, say: Say, client: Client) -> None:
    newsroom.identify(HIGHWAYS)
    newsroom.show_profile(HIGHWAYS, profile("Highways merger", is_public=False))
    entry = say("Nobody may know yet.", account=HIGHWAYS)
    addresses = ["/@highways/", "/@highways/feed.atom", "/@highways/feed.json", entry.get_absolute_url()]
    assert {client.get(address).status_code for address in addresses} == {404}
    home = text_of(client.get("/"))
    assert "Highways merger" not in home
    assert "Nobody may know yet" not in home
    assert queries.entries() == []
    newsroom.show_profile(HIGHWAYS, profile("Highways"))
    assert {client.get(address).status_code for address in addresses} == {200}
    newsroom.identify(HIGHWAYS)
    assert client.get("/@highways/").status_code == 200, "A check of the connection hides nothing."


def test_a_profile_makes_no_page(newsroom: Newsroom) -> None:
    newsroom.show_profile(HIGHWAYS, profile("Highways"))
    assert not Page.objects.filter(ref="2").exists()


def test_a_closed_page_can_be_read_and_says_that_it_is_closed(newsroom: Newsroom, say: Say, client: Client) -> None:
    entry = say("The last story time.")
    newsroom.show_profile(LIBRARIES, profile("Libraries", summary="Books.", is_closed=True))
    for address in ("/@libraries/", entry.get_absolute_url()):
        page = text_of(client.get(address))
        assert "This page is closed" in page
        assert "The last story time." in page
        assert escape("/channels/?q=libraries&network=newsroom") in page
    home = text_of(client.get("/"))
    speaking, _, closed = home.partition("Closed pages")
    assert 'href="/@libraries/">Libraries' not in speaking[speaking.index("Who speaks") : speaking.index("</nav>")]
    assert 'href="/@libraries/">Libraries' in closed
    feed = client.get("/@libraries/feed.json").json()
    assert feed["expired"] is True
    assert feed["description"] == "This page is closed. Books."
    assert "This page is closed. Books." in text_of(client.get("/@libraries/feed.atom"))


def test_a_new_handle_takes_the_page_with_it_and_old_addresses_lead_on(
    newsroom: Newsroom, say: Say, client: Client
) -> None:
    entry = say("Our libraries never close.")
    before = json.loads(client.get("/@libraries/feed.json").content)
    newsroom.identify(RENAMED)
    assert Page.objects.get().handle == "library-service"
    for rest in ("", "feed.atom", "feed.json", f"{entry.key}/", "?before=7"):
        answer = client.get(f"/@libraries/{rest}")
        assert (answer.status_code, answer["Location"]) == (301, f"/@library-service/{rest}")
    after = json.loads(client.get("/@library-service/feed.json").content)
    assert [item["id"] for item in after["items"]] == [item["id"] for item in before["items"]]
    assert after["items"][0]["url"].endswith(f"/@library-service/{entry.key}/")


def test_posts_are_found_and_taken_down_under_any_handle(newsroom: Newsroom, say: Say) -> None:
    entry = say("Our libraries never close.")
    draft = Draft(entry.text)
    assert newsroom.publish(RENAMED, draft, entry.key).remote_id == entry.key
    assert newsroom.find(RENAMED, draft, entry.key, frozenset())
    assert newsroom.find(Account("2", "libraries"), draft, entry.key, frozenset()) is None
    newsroom.delete(RENAMED, entry.key)
    assert newsroom.find(LIBRARIES, draft, entry.key, frozenset()) is None


@pytest.mark.parametrize("handle", ["libraries", "library-service"])
def test_nobody_else_gets_a_handle_that_a_page_has_or_had(newsroom: Newsroom, handle: str) -> None:
    newsroom.identify(RENAMED)
    with pytest.raises(Rejected, match=f"@{handle} is, or was, the address of another page"):
        newsroom.identify(Account("2", handle))
    assert Page.objects.get().ref == "1"
    newsroom.identify(HIGHWAYS)
    with pytest.raises(Rejected, match="is, or was"):
        newsroom.identify(Account("2", handle))
    assert Page.objects.get(ref="2").handle == "highways"


def test_a_page_may_take_back_a_handle_of_its_own(newsroom: Newsroom, client: Client) -> None:
    newsroom.identify(RENAMED)
    newsroom.identify(LIBRARIES)
    assert client.get("/@libraries/").status_code == 200
    assert client.get("/@library-service/")["Location"] == "/@libraries/"
    assert Handle.objects.count() == 2


def test_a_hidden_page_is_hidden_under_its_old_address_too(newsroom: Newsroom, client: Client) -> None:
    newsroom.identify(RENAMED)
    newsroom.show_profile(RENAMED, profile("Libraries", is_public=False))
    assert client.get("/@libraries/").status_code == 404
