"""The public pages: light, quiet, readable without JavaScript, and safe whatever was written."""

import html
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.networks.base import Account
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.network import Newsroom
from moothall.newsroom.templatetags.newsroom import rich_text
from tests.newsroom.conftest import LIBRARIES, Say, profile, text_of
from tests.peers.needs import require

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 6, 11, 30, tzinfo=UTC)
LIGHT = 100_000
"""Bytes of a public page before pictures."""


def test_a_post_has_a_page_for_good(client: Client, say: Say) -> None:
    entry = say("Story time at ten.\nBring a cushion.", "Children on a carpet", at=NOON)
    page = text_of(client.get(f"/@libraries/{entry.key}/"))
    for words in ("Story time at ten.", "Bring a cushion.", "Libraries", "6 Oct 2026, 12:30"):
        assert words in page
    assert f'href="/@libraries/{entry.key}/"' in text_of(client.get("/@libraries/"))
    assert f'href="/@libraries/{entry.key}/"' in text_of(client.get("/"))


def test_pages_and_posts_that_never_were_are_not_found(client: Client, say: Say) -> None:
    entry = say("Story time.")
    for path in ("/@nobody/", "/@nobody/feed.atom", "/@nobody/feed.json", "/@libraries/3knone/", "/@libraries/none/"):
        assert client.get(path).status_code == 404, path
    assert client.get(f"/@highways/{entry.key}/").status_code == 404
    assert client.post("/@libraries/").status_code == 405


def test_a_post_that_was_taken_down_says_so_and_is_nowhere_else(client: Client, say: Say, newsroom: Newsroom) -> None:
    entry, stays = say("Never mind.", "A mistake"), say("This stays.")
    newsroom.delete(LIBRARIES, entry.key)
    gone = client.get(f"/@libraries/{entry.key}/")
    assert gone.status_code == 410
    assert "This post was taken down" in text_of(gone)
    for path in (f"/@libraries/{entry.key}/", "/", "/@libraries/", "/@libraries/feed.atom", "/@libraries/feed.json"):
        assert "Never mind" not in text_of(client.get(path)), path
        assert "A mistake" not in text_of(client.get(path)), path
    assert client.get(f"/@libraries/{stays.key}/").status_code == 200


def test_older_posts_are_a_page_further_and_none_is_lost_or_shown_twice(client: Client, say: Say) -> None:
    """Posts of the same moment too, as one that goes out on several pages at once makes them."""
    said = {say(f"Post number {number}.", at=NOON - timedelta(hours=number // 5)).key for number in range(45)}
    for start in ("/", "/@libraries/"):
        seen: list[str] = []
        path = start
        while path:
            page = text_of(client.get(path))
            seen += re.findall(r'href="/@libraries/(\w{13})/"', page)
            older = re.search(r'href="(\?before=\d+)"', page)
            path = start + older[1] if older else ""
        assert len(seen) == 45
        assert set(seen) == said


@pytest.mark.parametrize("before", ["nonsense", "0", "-1", "9" * 18, "9" * 40, "%00"])
def test_a_wrong_place_to_go_on_from_shows_the_newest(client: Client, say: Say, before: str) -> None:
    say("Story time.")
    assert "Story time." in text_of(client.get(f"/?before={before}"))


def meta(page: str) -> dict[str, list[str]]:
    """The OpenGraph properties of a page."""
    found: dict[str, list[str]] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "meta" and values.get("property"):
                found.setdefault(str(values["property"]), []).append(values.get("content") or "")

    Reader().feed(page)
    return found


def test_a_link_to_a_post_shows_a_card(client: Client, say: Say) -> None:
    entry = say('Story "time" & more.\n' + "Word " * 100, "Children <on> a carpet", "A cushion", at=NOON)
    found = meta(text_of(client.get(f"/@libraries/{entry.key}/")))
    assert found["og:type"] == ["article"]
    assert found["og:title"] == ['Story "time" & more.']
    assert found["og:url"] == [f"{settings.SITE_URL}/@libraries/{entry.key}/"]
    assert found["og:site_name"] == ["Your council"]
    assert len(found["og:description"][0]) <= 200
    assert found["article:published_time"] == ["2026-10-06T12:30:00+01:00"]
    assert found["og:image:alt"] == ["Children <on> a carpet", "A cushion"]
    for address in found["og:image"]:
        assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200
    assert meta(text_of(client.get("/@libraries/")))["og:title"] == ["Libraries"]


def test_every_picture_has_its_description_and_size(client: Client, say: Say) -> None:
    entry = say("Two pictures.", "Children on a carpet", "")
    for path in ("/", "/@libraries/", f"/@libraries/{entry.key}/"):
        pictures = re.findall(r"<img[^>]+moot-entry__picture[^>]+>", text_of(client.get(path)))
        assert len(pictures) == 2
        assert 'alt="Children on a carpet"' in pictures[0]
        assert 'alt=""' in pictures[1], "It is decoration."
        assert all('width="6' in each and 'height="40"' in each for each in pictures)


def test_public_pages_set_no_cookie_run_no_script_and_ask_nobody_else(client: Client, say: Say) -> None:
    entry = say("See https://www.exampleshire.example/story-time for more.", "A cushion")
    for path in ("/", "/@libraries/", f"/@libraries/{entry.key}/", "/@libraries/feed.atom", "/@libraries/feed.json"):
        answer = client.get(path)
        assert not answer.cookies, path
        page = text_of(answer).replace(settings.SITE_URL, "")
        assert "<script" not in page.lower(), path
        assert not re.search(r'\s(?:src|srcset|action)="(?:https?:)?//', page), path
        assert not re.search(r'<link[^>]+href="(?:https?:)?//', page), path
        assert not re.search(r"\s(?:style|on\w+)=", re.sub(r"&lt;.*?&gt;", "", page)), path
        assert "script-src" not in answer["Content-Security-Policy"]
        assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_a_page_is_light_before_its_pictures(client: Client, say: Say) -> None:
    style = finders.find("moothall/dist/public.css")
    require(style, "The style sheets are not built; run: python -m moothall.core.frontend")
    for number in range(25):
        say(f"Post number {number}. " + "Plain words about the library van. " * 12, "The van", "Its driver")
    page = client.get("/@libraries/").content
    sheets = Path(str(style)).read_bytes() + client.get("/brand.css").content
    assert len(page) + len(sheets) < LIGHT, f"{len(page)} bytes of page, {len(sheets)} of style"


def test_a_page_costs_few_questions_to_the_database(
    client: Client, say: Say, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        say(f"Post {number}.", "A cushion", account=LIBRARIES)
    with django_assert_max_num_queries(6):
        client.get("/")


def test_who_speaks_is_said_with_capacity_and_service(client: Client, say: Say, newsroom: Newsroom) -> None:
    ember = Account("2", "ember")
    newsroom.identify(ember)
    newsroom.show_profile(
        ember, profile("Ember", summary="I find what started it.", capacity="persona", service="Fire and rescue")
    )
    say("Good sniff today.", account=ember)
    page = text_of(client.get("/@ember/"))
    for words in ("Ember", "Persona", "Fire and rescue", "I find what started it."):
        assert words in page
    assert Page.objects.get(handle="ember").get_absolute_url() == "/@ember/"


# --- Hostile words ----------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    'https://example.com/"onmouseover="alert(1)',
    "https://example.com/<script>",
    "data:text/html,<script>alert(1)</script>",
    "</title></head><script>alert(1)</script>",
    "&lt;script&gt;&#60;",
    "{{ settings.SECRET_KEY }}{% debug %}",
]
hostile = st.text(
    st.sampled_from("<>\"'&/=:@#. \nabéj\u202e\x0b") | st.characters(exclude_categories=["Cs"]), max_size=60
)
mixtures = st.lists(hostile | st.sampled_from(HOSTILE) | st.just("https://example.com/a?b=1&c=2"), max_size=4)


class Tags(HTMLParser):
    """Collects the tags and attributes of a fragment, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(mixtures.map(" ".join))
@hypothesis_settings(max_examples=300, deadline=None)
def test_no_tag_of_the_authors_survives_and_no_word_is_lost(text: str) -> None:
    reader = Tags()
    reader.feed(rich_text(text))
    reader.close()
    for tag, attributes in reader.tags:
        assert tag in ("p", "br", "a")
        if tag == "a":
            assert set(attributes) == {"href", "rel"}
            assert str(attributes["href"]).startswith(("https://", "http://"))
        else:
            assert not attributes
    assert "".join(reader.text.split()) == "".join(text.split())


@given(mixtures.map(" ".join))
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_hostile_words_change_nothing_about_a_page(client: Client, newsroom: Newsroom, text: str) -> None:
    text = text.replace("\0", "").strip() or "Nothing."
    page = Page.objects.get(handle="libraries")
    entry, _ = Entry.objects.update_or_create(page=page, key="3khostile", defaults={"text": text, "said_at": NOON})
    plain, _ = Entry.objects.update_or_create(page=page, key="3kplain", defaults={"text": "Nothing.", "said_at": NOON})
    outlines = []
    for each in (entry, plain):
        reader = Tags()
        reader.feed(text_of(client.get(each.get_absolute_url())))
        outlines.append([tag for tag, _ in reader.tags if tag not in ("p", "br", "a")])
        assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)
    assert outlines[0] == outlines[1]


def test_links_are_links_and_nothing_else_is() -> None:
    shown = rich_text("See https://example.com/a?b=1&c=2 and javascript:alert(1).")
    assert shown.count("<a ") == 1
    assert html.unescape(shown.split('href="')[1].split('"')[0]) == "https://example.com/a?b=1&c=2"
