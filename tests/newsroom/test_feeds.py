"""A page's feeds: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.core import pictures
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.network import Newsroom
from tests.newsroom.conftest import LIBRARIES, Say, profile

pytestmark = pytest.mark.django_db

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
NOON = datetime(2026, 10, 6, 11, 30, tzinfo=UTC)


def atom(client: Client) -> ElementTree.Element:
    answer = client.get("/@libraries/feed.atom")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def json_feed(client: Client) -> dict[str, Any]:
    answer = client.get("/@libraries/feed.json")
    assert answer["Content-Type"] == "application/feed+json"
    feed: dict[str, Any] = json.loads(answer.content)
    return feed


def texts(element: ElementTree.Element, path: str) -> list[str]:
    return [each.text or "" for each in element.findall(path, ATOM)]


def links(element: ElementTree.Element) -> dict[str, str]:
    return {each.get("rel", "alternate"): each.get("href", "") for each in element.findall("atom:link", ATOM)}


def test_atom_has_what_the_standard_requires(client: Client, say: Say) -> None:
    older = say("Older.", at=NOON)
    say("Story time <at> ten & more.\nBring a cushion.", "Children on a <carpet>")
    feed = atom(client)
    for required in ("id", "title", "updated"):
        assert len(texts(feed, f"atom:{required}")) == 1
        assert all(len(texts(entry, f"atom:{required}")) == 1 for entry in feed.findall("atom:entry", ATOM))
    assert texts(feed, "atom:author/atom:name") == ["Libraries"]
    assert links(feed) == {
        "self": f"{settings.SITE_URL}/@libraries/feed.atom",
        "alternate": f"{settings.SITE_URL}/@libraries/",
    }
    assert texts(feed, "atom:entry/atom:title") == ["Story time <at> ten & more.", "Older."]
    last = feed.findall("atom:entry", ATOM)[1]
    assert texts(last, "atom:id") == [f"{settings.SITE_URL}/@libraries/{older.key}/"]
    assert texts(last, "atom:published") == ["2026-10-06T11:30:00+00:00"]
    ids = texts(feed, "atom:entry/atom:id")
    assert len(set(ids)) == len(ids) == 2


def test_atom_carries_the_words_and_the_pictures_with_their_descriptions(client: Client, say: Say) -> None:
    entry = say("Story time <at> ten.", "Children on a <carpet>")
    (found,) = atom(client).findall("atom:entry", ATOM)
    summary = found.find("atom:summary", ATOM)
    assert summary is not None
    assert summary.get("type") == "html"
    assert "<p>Story time &lt;at&gt; ten.</p>" in (summary.text or "")
    assert 'alt="Children on a &lt;carpet&gt;"' in (summary.text or "")
    (enclosure,) = (each for each in found.findall("atom:link", ATOM) if each.get("rel") == "enclosure")
    picture = entry.pictures.get()
    assert enclosure.get("href") == f"{settings.SITE_URL}/media/{picture.name}"
    assert enclosure.get("type") == "image/jpeg"
    assert enclosure.get("length") == str(pictures.path_of(picture.name).stat().st_size)


def test_json_feed_has_the_fields_of_version_1_1(client: Client, say: Say, newsroom: Newsroom) -> None:
    face = pictures.path_of(say("Old.", "Face", at=NOON).pictures.get().name)
    newsroom.show_profile(LIBRARIES, profile("Libraries", summary="Books.", picture=face, picture_alt="A shelf"))
    entry = say("Story time <at> ten.", "Children on a <carpet>")
    feed = json_feed(client)
    own = f"{settings.SITE_URL}/@libraries/"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], feed["description"], feed["language"]) == ("Libraries", "Books.", "en-GB")
    assert (feed["home_page_url"], feed["feed_url"]) == (own, f"{own}feed.json")
    assert feed["authors"] == [{"name": "Libraries", "url": own}]
    assert feed["icon"].startswith(f"{settings.SITE_URL}/media/")
    item, _ = feed["items"]
    assert item["id"] == item["url"] == f"{own}{entry.key}/"
    assert item["content_text"] == "Story time <at> ten."
    assert "Story time &lt;at&gt; ten." in item["content_html"]
    assert datetime.fromisoformat(item["date_published"]) == entry.said_at
    (attachment,) = item["attachments"]
    assert (attachment["mime_type"], attachment["title"]) == ("image/jpeg", "Children on a <carpet>")


def test_an_empty_page_has_feeds_too(client: Client, newsroom: Newsroom) -> None:
    assert atom(client).findall("atom:entry", ATOM) == []
    assert json_feed(client)["items"] == []


def test_a_missing_picture_file_does_not_cost_the_reader_the_feed(client: Client, say: Say) -> None:
    pictures.path_of(say("Story time.", "A cushion").pictures.get().name).unlink()
    assert len(atom(client).findall("atom:entry", ATOM)) == 1


def test_feeds_have_one_address_whatever_the_reader_asked_for(client: Client, say: Say) -> None:
    say("Story time.")
    feed = ElementTree.fromstring(
        client.get("/@libraries/feed.atom?utm_source=spam", headers={"host": "127.0.0.1:9"}).content
    )
    assert links(feed)["self"] == f"{settings.SITE_URL}/@libraries/feed.atom"


anything = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from("\x0b\x0c\x1b\x85\u2028\ufffe\uffff<&]>"),
    min_size=1,
    max_size=80,
)


@given(anything, anything)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_somebody_pasted_the_feeds_can_be_read(
    client: Client, newsroom: Newsroom, text: str, summary: str
) -> None:
    Page.objects.update(display_name=summary[:40], summary=summary)
    page = Page.objects.get()
    Entry.objects.update_or_create(page=page, key="3k", defaults={"text": text, "said_at": NOON})
    (entry,) = atom(client).findall("atom:entry", ATOM)
    assert entry.find("atom:summary", ATOM) is not None
    assert json_feed(client)["items"][0]["content_text"] == text
