"""What strangers send is harmless on the wall: no script, no address but the web's, nothing asked of another site."""

import json
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.events import taking
from moothall.events.models import Event, Item
from moothall.events.wall import reading, snapshot
from moothall.networks.hearing import RemoteAuthor, RemoteMedia
from tests.events.web import make_event, say

pytestmark = pytest.mark.django_db

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://spy.example/a.gif">',
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\tscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>1</script>">x</a>',
    '<a href="//spy.example" onclick=alert(1) style="position:fixed">x</a>',
    "<p style=background:url(https://spy.example)>",
    '<link rel=stylesheet href="https://spy.example/a.css">',
    "<style>@import 'https://spy.example'</style>",
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "<base href=https://spy.example>",
    '<meta http-equiv=refresh content="0;url=https://spy.example">',
    "<form action=https://spy.example><input name=a></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</article></div></main><h1>Ours</h1>",
    '"><b onmouseover=alert(1)>',
    "<!-- <p>",
    "<![CDATA[<p>",
    "\u202e\x00<p",
)
ASKS = ("src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "xlink:href")
"""Attributes by which a page asks for something by itself."""

pieces = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12), st.text("<>\"=/ &;:#x'", max_size=12))
anything = st.lists(pieces, max_size=6).map("".join)


def assert_harmless(html: str) -> None:
    page = BeautifulSoup(html, "html.parser")
    for tag in page.find_all(True):
        assert tag.name not in ("script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "math")
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), html
            assert name not in ("style", "srcdoc", "http-equiv"), html
            if name in ASKS:
                assert str(value).startswith("/"), html
                assert not str(value).startswith("//"), html
            if name == "href" and tag.name == "a":
                assert urlsplit(str(value)).scheme in ("http", "https"), html
            if name == "href" and tag.name == "use":
                assert str(value).startswith("/static/"), html


@settings(max_examples=300, deadline=None)
@given(anything)
def test_cleaned_html_is_words_and_links(html: str) -> None:
    cleaned = taking.clean(html)
    assert_harmless(cleaned)
    assert {tag.name for tag in BeautifulSoup(cleaned, "html.parser").find_all(True)} <= taking.HTML
    assert taking.clean(cleaned) == cleaned


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything, html=anything, name=anything, warning=anything, alt=anything, language=anything)
def test_a_card_of_a_stranger_is_harmless_whatever_they_call_themselves(
    event: Event, text: str, html: str, name: str, warning: str, alt: str, language: str
) -> None:
    Item.objects.all().delete()
    author = RemoteAuthor("x", "c" + name.replace("\x00", ""), name.replace("\x00", ""), "javascript:x", "javascript:x")
    item = say(
        1,
        text.replace("\x00", ""),
        html=html.replace("\x00", ""),
        author=author,
        warning=warning.replace("\x00", ""),
        language=language.replace("\x00", ""),
        url="javascript:alert(1)",
        media=(RemoteMedia("image", "https://spy.example/a.gif", alt=alt.replace("\x00", "")),),
    )
    (frame,), _ = reading.frames_since(event, 0)
    lines = frame.sent.decode().split("\n")
    assert len(lines) == 5, "an event of a stream is one line of data, whatever is in it"
    card = json.loads(lines[2].removeprefix("data: "))
    assert card["item"] == item.pk
    assert_harmless(card["html"])
    page = BeautifulSoup(card["html"], "html.parser")
    assert len(page.find_all("article")) == 1
    assert "spy.example/a.gif" not in "".join(str(tag.attrs) for tag in page.find_all("img"))


def test_a_page_of_hostile_posts_asks_nothing_of_another_site(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_kept", {})
    for number, hostile in enumerate(HOSTILE):
        said = hostile.replace("\x00", "")
        say(number, said, html=said, warning=said[:100] if number % 2 else "", author=RemoteAuthor("x", "c", said))
    for form in ("", "screen/", "frame/"):
        html = Client().get(f"/events/a-day/{form}").content.decode()
        main = BeautifulSoup(html, "html.parser").find(id="wall-items")
        assert main
        assert len(main.find_all("article")) == len(HOSTILE)
        assert_harmless(str(main))
        for tag in BeautifulSoup(html, "html.parser").find_all(["script", "link", "img", "iframe", "source"]):
            address = str(tag.get("src") or tag.get("href") or "/")
            assert address.startswith("/"), address


@pytest.fixture
def event() -> Event:
    return make_event()
