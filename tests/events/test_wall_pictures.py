"""Pictures on the wall: fetched once by us, encoded anew, shown from here, and gone with what they belonged to."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from moothall.core import clock
from moothall.events.models import Change, ChangeKind, Event, Item, ItemPicture
from moothall.events.wall import pictures, reading
from moothall.networks.hearing import RemoteMedia
from tests.events.web import make_event, say, take_back

pytestmark = pytest.mark.django_db(transaction=True)


class Elsewhere(ThreadingHTTPServer):
    """Another site: what it answers by path, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        super().__init__(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def has(self, path: str, content: bytes, status: int = 200, **headers: str) -> str:
        self.answers[path] = (status, content, headers)
        return self.url + path


class Answering(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        status, content, headers = self.server.answers.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def event() -> Event:
    return make_event()


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "at the foster family's door"
    content = io.BytesIO()
    Image.new("RGB", size, "#17533b").save(content, "JPEG", exif=exif)
    return content.getvalue()


def say_with(*addresses: str, number: int = 1, alt: str = "A green field") -> Item:
    return say(number, media=tuple(RemoteMedia("image", address, alt=alt) for address in addresses))


def fetch_due() -> None:
    """What the sweep finds, and a worker then does."""
    pictures.sweep()
    for picture in ItemPicture.objects.filter(due_at__lte=clock.now()):
        pictures.fetch.call(picture.pk)


def card(item: Item) -> str:
    item = Item.objects.get(pk=item.pk)
    found = reading.card(item, item.event)
    assert found
    html: str = found["html"]
    return html


def files(settings: Any) -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / pictures.FOLDER).rglob("*") if path.is_file()]


def test_a_picture_is_fetched_once_and_shown_from_here(event: Event, elsewhere: Elsewhere, settings: Any) -> None:
    address = elsewhere.has("/a.jpg", jpeg((3_000, 2_000)))
    item = say_with(address)
    assert "<img" not in card(item), "before it is fetched nothing is shown"
    fetch_due()
    fetch_due()
    assert [path for path, _ in elsewhere.asked] == ["/a.jpg"]
    html = card(item)
    assert 'src="/media/wall/' in html
    assert 'alt="A green field"' in html
    assert elsewhere.url not in html
    kept = Image.open(files(settings)[0])
    assert max(kept.size) == pictures.LONGEST_SIDE
    assert not kept.getexif()
    assert b"foster family" not in files(settings)[0].read_bytes()
    assert Change.objects.latest("pk").kind == ChangeKind.UPDATE, "those who watch are told"


def test_whoever_is_asked_hears_nothing_about_our_readers(event: Event, elsewhere: Elsewhere) -> None:
    say_with(elsewhere.has("/a.jpg", jpeg()))
    fetch_due()
    ((_, headers),) = elsewhere.asked
    assert not {"Cookie", "Referer", "X-Forwarded-For", "Accept-Language"} & set(headers)


def test_a_picture_behind_another_address_is_found(event: Event, elsewhere: Elsewhere) -> None:
    elsewhere.has("/files/a.jpg", jpeg())
    item = say_with(elsewhere.has("/media_proxy/1", b"", 302, Location="/files/a.jpg"))
    fetch_due()
    assert 'src="/media/wall/' in card(item)


def test_who_sends_us_round_in_circles_or_into_our_own_network_gets_nothing(event: Event, elsewhere: Elsewhere) -> None:
    circle = elsewhere.has("/circle", b"", 302, Location="/circle")
    inside = elsewhere.has("/inside", b"", 302, Location="http://10.0.0.1/secret.jpg")
    file = elsewhere.has("/file", b"", 302, Location="file:///etc/passwd")
    item = say_with(circle, inside, file)
    fetch_due()
    assert "<img" not in card(item)
    assert len(elsewhere.asked) <= pictures.MOST_REDIRECTS + 3
    assert not ItemPicture.objects.exclude(name="").exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 200),
        (b"<html>Not a picture</html>", 200),
        (jpeg()[:300], 200),
        (b"\xff\xd8" + b"0" * (pictures.MOST_BYTES + 1), 200),
        (jpeg(), 404),
    ],
    ids=["a drawing with a script", "a page", "half a picture", "too much", "not there"],
)
def test_what_is_no_picture_is_given_up_at_once(
    event: Event, elsewhere: Elsewhere, settings: Any, content: bytes, status: int
) -> None:
    item = say_with(elsewhere.has("/a", content, status))
    fetch_due()
    picture = ItemPicture.objects.get()
    assert picture.due_at is None
    assert picture.trouble
    assert "<img" not in card(item)
    assert not files(settings)


def test_a_site_in_trouble_is_asked_again_and_not_for_ever(event: Event, elsewhere: Elsewhere) -> None:
    say_with(elsewhere.has("/a.jpg", b"", 503))
    for _ in range(pictures.TRIES + 2):
        fetch_due()
        ItemPicture.objects.filter(due_at__isnull=False).update(due_at=clock.now())
    assert len(elsewhere.asked) == pictures.TRIES
    assert "503" in ItemPicture.objects.get().trouble


def test_with_the_post_its_pictures_are_gone_but_not_those_of_another(
    event: Event, elsewhere: Elsewhere, settings: Any
) -> None:
    same, own = elsewhere.has("/same.jpg", jpeg()), elsewhere.has("/own.jpg", jpeg((80, 60)))
    first, second = say_with(same, own), say_with(same, number=2)
    fetch_due()
    assert len(files(settings)) == 2
    take_back(first)
    fetch_due()
    assert len(files(settings)) == 1
    assert 'src="/media/wall/' in card(second)
    take_back(second)
    fetch_due()
    assert files(settings) == []


def test_an_edit_takes_a_picture_off_at_once(event: Event, elsewhere: Elsewhere, settings: Any) -> None:
    item = say_with(elsewhere.has("/a.jpg", jpeg()))
    fetch_due()
    say(1, "Without the picture.", edited_at=clock.now())
    assert "<img" not in card(item)
    fetch_due()
    assert files(settings) == []


def test_an_edit_that_is_heard_late_brings_its_pictures(event: Event, elsewhere: Elsewhere, settings: Any) -> None:
    item = say_with(elsewhere.has("/a.jpg", jpeg()))
    fetch_due()
    other = RemoteMedia("image", elsewhere.has("/b.jpg", jpeg((80, 60))), alt="A red barn")
    say(1, "With another.", media=(other,), edited_at=clock.now() - timedelta(hours=1))  # as its network's clock says
    fetch_due()
    assert 'alt="A red barn"' in card(item)
    assert len(files(settings)) == 1
