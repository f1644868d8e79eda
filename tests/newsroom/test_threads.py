"""Threads on the Newsroom: one page, once in a list, once in a feed; and each part can be taken down alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from moothall.networks.base import Account, Draft, Reply
from moothall.networks.errors import Rejected
from moothall.networks.keys import make_key
from moothall.newsroom import queries
from moothall.newsroom.models import Entry
from moothall.newsroom.network import Newsroom
from tests.newsroom.conftest import LIBRARIES, Say, media, profile, text_of

pytestmark = pytest.mark.django_db

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
NOON = datetime(2026, 10, 6, 11, 30, tzinfo=UTC)
TEXTS = ("The van is back.", "It stops in twelve villages.", "Bring your books.")


def say_thread(newsroom: Newsroom, *texts: str, at: datetime = NOON, account: Account = LIBRARIES) -> list[Entry]:
    """The parts, a minute apart. Their keys are not in order: a key is made when a post is approved."""
    keys: list[str] = []
    for number, text in enumerate(texts):
        reply = Reply(keys[0], keys[-1]) if keys else None
        draft = Draft(text, media(f"Picture of part {number + 1}"), dated=at + timedelta(minutes=number), reply=reply)
        key = make_key(at - timedelta(seconds=number), number)
        keys.append(newsroom.publish(account, draft, key).remote_id)
    return [Entry.objects.get(page__handle=account.handle, key=key) for key in keys]


@pytest.fixture
def thread(newsroom: Newsroom) -> list[Entry]:
    return say_thread(newsroom, *TEXTS)


def in_order(page: str, texts: tuple[str, ...] = TEXTS) -> bool:
    places = [page.find(text, page.index("<article")) for text in texts]
    return -1 not in places and places == sorted(places)


def feeds(client: Client) -> tuple[list[ElementTree.Element], list[dict[str, Any]]]:
    document = ElementTree.fromstring(client.get("/@libraries/feed.atom").content)
    return document.findall("atom:entry", ATOM), json.loads(client.get("/@libraries/feed.json").content)["items"]


def test_the_page_of_each_part_shows_the_whole_thread(client: Client, thread: list[Entry]) -> None:
    for entry in thread:
        page = text_of(client.get(f"/@libraries/{entry.key}/"))
        assert in_order(page)
        assert all(f'id="{each.key}"' in page for each in thread)
    first, second, _ = thread
    assert first.get_absolute_url() == f"/@libraries/{first.key}/"
    assert second.get_absolute_url() == f"/@libraries/{second.key}/#{second.key}"


def test_lists_have_it_once_with_the_way_to_the_rest(client: Client, thread: list[Entry], say: Say) -> None:
    say("Something else.")
    for path in ("/", "/@libraries/"):
        page = text_of(client.get(path))
        assert page.count("<article") == 2
        assert TEXTS[0] in page
        assert TEXTS[1] not in page
        assert "Read on: 2 more parts" in page
        assert page.count("Read on") == 1


def test_feeds_have_it_once_with_all_its_words_and_pictures(client: Client, thread: list[Entry], say: Say) -> None:
    say("Something older.", at=NOON - timedelta(hours=1))
    (found, _), (item, other) = feeds(client)
    address = f"{settings.SITE_URL}/@libraries/{thread[0].key}/"
    assert found.findtext("atom:id", namespaces=ATOM) == item["id"] == item["url"] == address
    summary = found.findtext("atom:summary", namespaces=ATOM) or ""
    for shown in (summary, item["content_html"]):
        assert [shown.index(text) for text in TEXTS] == sorted(shown.index(text) for text in TEXTS)
    assert item["content_text"] == "\n\n".join(TEXTS)
    assert [each["title"] for each in item["attachments"]] == [f"Picture of part {number}" for number in (1, 2, 3)]
    assert found.findtext("atom:published", namespaces=ATOM) == NOON.isoformat()
    assert found.findtext("atom:updated", namespaces=ATOM) == (NOON + timedelta(minutes=2)).isoformat()
    assert datetime.fromisoformat(item["date_modified"]) == NOON + timedelta(minutes=2)
    assert other["content_text"] == "Something older."


def test_taking_down_a_part_removes_that_part(client: Client, thread: list[Entry], newsroom: Newsroom) -> None:
    first, second, third = thread
    newsroom.delete(LIBRARIES, second.key)
    page = text_of(client.get(f"/@libraries/{first.key}/"))
    assert in_order(page, (TEXTS[0], "A part of this thread was taken down.", TEXTS[2]))
    assert TEXTS[1] not in page
    gone = client.get(f"/@libraries/{second.key}/")
    assert gone.status_code == 410
    assert f'href="/@libraries/{first.key}/"' in text_of(gone)
    assert TEXTS[1] not in text_of(gone)
    _, (item,) = feeds(client)
    assert item["content_text"] == f"{TEXTS[0]}\n\n{TEXTS[2]}"
    assert client.get(f"/@libraries/{third.key}/").status_code == 200


def test_without_its_first_part_a_thread_begins_with_the_next(
    client: Client, thread: list[Entry], newsroom: Newsroom
) -> None:
    first, second, third = thread
    newsroom.delete(LIBRARIES, first.key)
    assert [entry.key for entry in queries.entries()] == [second.key]
    home = text_of(client.get("/"))
    assert TEXTS[1] in home
    assert "Read on: 1 more part<" in home
    gone = client.get(f"/@libraries/{first.key}/")
    assert gone.status_code == 410
    assert f'href="/@libraries/{second.key}/#{second.key}"' in text_of(gone)
    newsroom.delete(LIBRARIES, second.key)
    newsroom.delete(LIBRARIES, third.key)
    assert queries.entries() == []
    assert "Read the rest" not in text_of(client.get(f"/@libraries/{first.key}/"))


def test_a_part_that_was_sent_stays_itself_whatever_became_of_the_one_before(newsroom: Newsroom) -> None:
    first, second = say_thread(newsroom, "One.", "Two.")
    newsroom.delete(LIBRARIES, first.key)
    again = Draft("Two.", reply=Reply(first.key, first.key))
    assert newsroom.publish(LIBRARIES, again, second.key).remote_id == second.key
    with pytest.raises(Rejected, match="removed from the Newsroom"):
        newsroom.publish(LIBRARIES, again, make_key(NOON, 99))
    assert Entry.objects.count() == 2


def test_nobody_continues_another_pages_thread(newsroom: Newsroom, thread: list[Entry]) -> None:
    highways = Account("2", "highways")
    newsroom.identify(highways)
    with pytest.raises(Rejected):
        newsroom.publish(highways, Draft("Me too.", reply=Reply(thread[0].key, thread[0].key)), make_key(NOON, 99))


def test_a_hidden_pages_thread_is_nowhere(client: Client, thread: list[Entry], newsroom: Newsroom) -> None:
    newsroom.show_profile(LIBRARIES, profile("Libraries", is_public=False))
    assert client.get(f"/@libraries/{thread[1].key}/").status_code == 404
    assert TEXTS[0] not in text_of(client.get("/"))


def test_many_threads_cost_no_more_questions_than_one(
    client: Client, newsroom: Newsroom, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        say_thread(newsroom, "One.", "Two.", at=NOON + timedelta(hours=number))
    with django_assert_max_num_queries(8):
        client.get("/")
    with django_assert_max_num_queries(8):
        client.get("/@libraries/feed.json")


def test_older_posts_begin_after_a_thread(client: Client, newsroom: Newsroom, say: Say) -> None:
    for number in range(queries.ENTRIES_A_PAGE):
        say(f"Post number {number}.", at=NOON + timedelta(hours=number + 1))
    say_thread(newsroom, *TEXTS)
    newest = text_of(client.get("/"))
    assert TEXTS[0] not in newest
    last = Entry.objects.get(text="Post number 0.").pk
    assert f"?before={last}" in newest
    assert "Read on: 2 more parts" in text_of(client.get(f"/?before={last}"))
