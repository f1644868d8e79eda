"""Link cards, from a real web server on loopback that is at times a hostile one."""

import gzip
import io
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from moothall.core import http, pictures
from moothall.publishing import cards
from moothall.publishing.cards import NoCard, fetch, first_link
from tests.core.answering import Answer, Server, say

HTML = "text/html; charset=utf-8"


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    server = Server()
    server.thread.start()
    settings.OUTBOUND_ALLOWED_HOSTS = (f"127.0.0.1:{server.port}",)
    yield server
    server.stop()


def page(head: str, content_type: str = HTML, encoding: str = "utf-8") -> Answer:
    return say(
        f"<!doctype html><html><head>{head}</head><body><p>Hello</p></body></html>".encode(encoding),
        Content_Type=content_type,
    )


def picture(width: int = 1200, height: int = 630, kind: str = "JPEG", mode: str = "RGB", noisy: bool = False) -> bytes:
    image = Image.effect_noise((width, height), 90).convert(mode) if noisy else Image.new(mode, (width, height))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def card_of(server: Server, head: str, **options: Any) -> dict[str, str]:
    server.answers["/page"] = page(head, **options)
    return fetch(server.url("/page"))


def refusal(url: str) -> str:
    with pytest.raises(NoCard) as refused:
        fetch(url)
    return str(refused.value)


# --- What a page says of itself ---


def test_the_card_is_what_the_page_says_of_itself(server: Server) -> None:
    server.answers["/bins.jpg"] = say(picture(), Content_Type="image/jpeg")
    card = card_of(
        server,
        '<title>Other</title><meta property="og:title" content="Bins &amp; recycling">'
        "<meta content='When yours\n go out' property=og:description><META PROPERTY='og:image' CONTENT='/bins.jpg'>",
    )
    image = card.pop("image")
    assert card == {"url": server.url("/page"), "title": "Bins & recycling", "description": "When yours go out"}
    assert image.startswith("cards/")
    with Image.open(pictures.path_of(image)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1200, 630))


def test_without_open_graph_the_title_and_description_do(server: Server) -> None:
    card = card_of(server, "<title>\n Bins &ndash; Exampleshire </title><meta name=Description content='Your bins'>")
    assert card == {"url": server.url("/page"), "title": "Bins – Exampleshire", "description": "Your bins", "image": ""}


def test_a_page_without_a_title_has_no_card(server: Server) -> None:
    server.answers["/page"] = page("<meta name=description content='Your bins'>")
    assert refusal(server.url("/page")) == "The page at 127.0.0.1 has no title, so this link has no card."


@pytest.mark.parametrize(
    ("content_type", "head", "encoding"),
    [
        ("text/html; charset=iso-8859-1", "", "windows-1252"),
        ("text/html", '<meta charset="windows-1252">', "windows-1252"),
        ("text/html", "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8-r"),
        ("text/html", "", "utf-8"),
        ("text/html", "", "utf-16"),
        ("text/html; charset=utf-7", "", "utf-8"),
        ("text/html; charset=nonsense", "", "utf-8"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(server: Server, content_type: str, head: str, encoding: str) -> None:
    title = "Привет" if encoding == "koi8-r" else "Café £5"
    card = card_of(server, f"{head}<title>{title}</title>", content_type=content_type, encoding=encoding)
    assert card["title"] == title


def test_a_page_in_no_known_encoding_is_read_as_browsers_guess(server: Server) -> None:
    card = card_of(server, "<title>Café</title>", content_type="text/html", encoding="windows-1252")
    assert card["title"] == "Café"


def test_long_words_are_cut_and_control_characters_go(server: Server) -> None:
    title, description = "Bins\x00 \u202e\x1b[31m" + "é" * 400, "👨‍👩‍👧" * 400
    card = card_of(server, f'<title>{title}</title><meta name="description" content="{description}">')
    assert card["title"] == "Bins [31m" + "é" * 290 + "…"
    assert len(card["description"]) <= 1_000
    assert card["description"] == "👨‍👩‍👧" * 199 + "…"


def test_scripts_in_a_title_are_words_at_most(server: Server) -> None:
    card = card_of(
        server,
        "<title>Bins<script>alert(1)</script></title>"
        "<meta name=description content='&lt;script&gt;alert(2)&lt;/script&gt;'>"
        "<!-- <meta property='og:title' content='Hidden'> -->"
        '<script>\'<meta property="og:title" content="Quoted">\'</script>',
    )
    assert card["title"] == "Bins"
    assert card["description"] == "<script>alert(2)</script>"  # plain text, which a template escapes


# --- Where it leads ---


def test_redirects_are_followed_three_times(server: Server) -> None:
    for number in range(4):
        server.answers[f"/{number}"] = say(b"", 302, Location=f"/{number - 1}" if number else "/page")
    server.answers["/page"] = page("<title>Bins</title>")
    assert fetch(server.url("/2"))["title"] == "Bins"
    assert fetch(server.url("/2"))["url"] == server.url("/2")
    assert "on and on" in refusal(server.url("/3"))


def test_a_redirect_to_a_private_address_is_refused(server: Server, settings: Settings) -> None:
    other = Server()
    other.thread.start()
    server.answers["/page"] = say(b"", 301, Location=other.url("/secret"))
    assert "not on the public internet" in refusal(server.url("/page"))
    assert other.seen == []
    other.stop()


def test_a_picture_at_a_private_address_is_not_fetched(server: Server) -> None:
    other = Server()
    other.thread.start()
    assert card_of(server, f"<title>Bins</title><meta property=og:image content='{other.url()}'>")["image"] == ""
    assert other.seen == []
    other.stop()


@pytest.mark.parametrize("url", ["http://127.0.0.2:9/", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/"])
def test_a_private_address_is_refused(server: Server, url: str) -> None:
    assert "not on the public internet" in refusal(url)


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "https://", "https://a:b@example.org/"])
def test_only_the_web_has_cards(url: str) -> None:
    assert "Only a link that begins with https://" in refusal(url)


@pytest.mark.parametrize("url", ["https://exa mple.org:99999999/", "http://[::1", "http://\x00/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert "Check the link" in refusal(url)


def test_from_a_secure_address_nothing_leads_to_one_that_is_not() -> None:
    with pytest.raises(NoCard, match="not secure"):
        cards._checked(cards.httpx.URL("http://example.org/"), before=cards.httpx.URL("https://example.org/"))


@pytest.mark.parametrize("status", [204, 403, 404, 500])
def test_a_page_that_is_not_there_has_no_card(server: Server, status: int) -> None:
    server.answers["/page"] = say(b"" if status == 204 else b"<title>Oh</title>", status, Content_Type=HTML)
    assert str(status) in refusal(server.url("/page"))


def test_a_server_that_does_not_answer_has_no_card(server: Server) -> None:
    server.stop()
    assert "can't be reached" in refusal(server.url("/page"))


@pytest.mark.parametrize("content_type", ["application/pdf", "image/svg+xml", "text/plain", "application/xhtml+xml"])
def test_what_is_no_web_page_has_no_card(server: Server, content_type: str) -> None:
    server.answers["/page"] = page("<title>Bins</title>", content_type=content_type)
    assert "no web page" in refusal(server.url("/page"))


# --- What is made to hurt ---


def test_a_compressed_bomb_is_not_unpacked(server: Server) -> None:
    bomb = gzip.compress(b"<title>Bins</title>" + b"\0" * 50_000_000)
    server.answers["/page"] = say(bomb, Content_Type=HTML, Content_Encoding="gzip")
    assert "compressed answer" in refusal(server.url("/page"))


def endless(first: bytes, chunk: bytes, pause: float) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        try:
            while True:
                handler.wfile.write(chunk)
                handler.wfile.flush()
                time.sleep(pause)
        except OSError:
            handler.close_connection = True

    return answer


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Bins</title>"


def test_of_an_endless_page_the_beginning_is_read(server: Server) -> None:
    server.answers["/page"] = endless(HEADERS, b"<p>Hello</p>" * 1_000, 0)
    assert fetch(server.url("/page"))["title"] == "Bins"


@pytest.mark.parametrize("first", [HEADERS, b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["body", "headers"])
def test_a_page_that_trickles_in_is_given_up(server: Server, first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "SECONDS", 0.6)
    server.answers["/page"] = endless(first, b"a", 0.1)
    began = time.monotonic()
    assert "seconds to answer" in refusal(server.url("/page"))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<meta ", "<meta a='", '<meta content="', "<title>", "<a ", "<script>", "<script></", "&", "<!",
     "<meta charset", "<meta property=og:x content=y>", "<a>", "<meta " + "a " * 50 + "<"],
)  # fmt: skip
def test_a_page_made_to_be_slow_is_not(server: Server, piece: str) -> None:
    began = time.process_time()
    card = card_of(server, "<title>Bins</title>" + piece * (1_900_000 // len(piece)))
    assert card["title"] == "Bins"
    assert time.process_time() - began < 10


# --- Its picture ---


def with_picture(server: Server, answer: Answer) -> str:
    server.answers["/picture"] = answer
    card = card_of(server, "<title>Bins</title><meta property=og:image content=/picture>")
    assert card["title"] == "Bins"
    return card["image"]


def test_a_large_picture_is_made_small_and_keeps_no_transparency(server: Server) -> None:
    content = picture(1300, 1100, "PNG", "RGBA", noisy=True)
    assert 1_000_000 < len(content) < 5_000_000
    path = pictures.path_of(with_picture(server, say(content, Content_Type="image/png")))
    assert path.stat().st_size <= 1_000_000
    with Image.open(path) as kept:
        assert kept.format == "JPEG"


@pytest.mark.parametrize(
    "answer",
    [
        say(b"", 404),
        say(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Content_Type="image/svg+xml"),
        say(picture()[:500], Content_Type="image/jpeg"),
        say(picture() + b"\0" * 5_000_000, Content_Type="image/jpeg"),
        say(picture(30_000, 30_000, "PNG", "1"), Content_Type="image/png"),
        say(gzip.compress(picture()), Content_Encoding="gzip"),
        endless(b"HTTP/1.1 200 OK\r\n\r\n", b"\xff" * 65_536, 0),
    ],
    ids=["missing", "svg", "cut off", "large", "bomb", "compressed", "endless"],
)
def test_a_picture_that_is_none_leaves_the_card_without(server: Server, answer: Answer) -> None:
    assert with_picture(server, answer) == ""


@pytest.mark.parametrize("address", ["http://[", "javascript:alert(1)", "data:image/png;base64,AAAA", "http://\x00"])
def test_a_picture_at_no_address_leaves_the_card_without(server: Server, address: str) -> None:
    card = card_of(server, f"<title>Bins</title><meta property=og:image content='{address}'>")
    assert card["image"] == ""


# --- The link ---


def test_the_first_link_of_a_text() -> None:
    assert (
        first_link("See example.org, then https://example.org/a?b#c. And http://example.org/d")
        == "https://example.org/a?b#c"
    )
    assert first_link("No link, @example.org #None") is None


def test_an_errand_in_a_hurry_ends_in_time_over_a_slow_answer(server: Server) -> None:
    server.answers["/"] = endless(HEADERS, b"a", 0.1)
    with http.client(within=0.5) as client, pytest.raises(cards.httpx.ReadTimeout):
        client.get(server.url("/"))
