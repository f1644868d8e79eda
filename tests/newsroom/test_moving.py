"""Videos, GIFs and link cards on the public pages: nothing moves unasked, and nothing comes from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from moothall.core import clock
from moothall.networks.base import Card, Draft, Media
from moothall.networks.errors import Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.newsroom.models import Entry, Video
from moothall.newsroom.network import Newsroom
from tests.networks import moving
from tests.newsroom.conftest import LIBRARIES, media, text_of

pytestmark = pytest.mark.django_db

Post = Callable[..., Entry]
CARD = Card("https://www.exampleshire.example/fire?a=1&b=2", "Fire <safety>", "What to do & when.")


@pytest.fixture
def post(newsroom: Newsroom) -> Post:
    def publish(*attached: Media, text: str = "Look!", card: Card | None = None) -> Entry:
        draft = Draft(text, attached, card=card)
        done = newsroom.publish(LIBRARIES, draft, make_key(clock.now(), Entry.objects.count()))
        return Entry.objects.get(key=done.remote_id)

    return publish


def test_a_video_plays_when_asked_and_has_its_captions(client: Client, post: Post, tmp_path: Path) -> None:
    video = moving.video(tmp_path, 'Ember "barks"', captions=moving.CAPTIONS, captions_language="cy")
    entry = post(video)
    kept = Video.objects.get(entry=entry)
    for path in ("/", "/@libraries/", entry.get_absolute_url()):
        page = text_of(client.get(path))
        assert re.search(r"<video [^>]*\bcontrols\b", page)
        assert "autoplay" not in page
        assert f'<source src="/media/{kept.name}" type="video/mp4">' in page
        assert f'<track kind="captions" src="/media/{kept.captions}" srclang="cy" label="Welsh" default>' in page
        assert f'poster="/media/{kept.still}"' in page
        assert "Ember &quot;barks&quot;" in page
    assert client.get(f"/media/{kept.name}").content == video.path.read_bytes()
    assert client.get(f"/media/{kept.captions}")["Content-Type"].startswith("text/vtt")


def test_a_gif_stands_still_until_its_reader_lets_it_move(client: Client, post: Post, tmp_path: Path) -> None:
    """More than five seconds of movement must have a way to stop it (WCAG 2.2, success criterion 2.2.2)."""
    picture = post(moving.gif(tmp_path, "Ember wags her tail")).pictures.get()
    page = text_of(client.get("/"))
    opened = re.search(r"<details[^>]*>(.*?)</details>", page, re.DOTALL)
    assert opened
    assert "<details open" not in page
    summary, _, rest = opened[1].partition("</summary>")
    assert f'src="/media/{picture.still}"' in summary
    assert f'src="/media/{picture.name}"' in rest
    assert summary.count('alt="Ember wags her tail"') == rest.count('alt="Ember wags her tail"') == 1
    assert client.get(f"/media/{picture.name}")["Content-Type"] == "image/gif"


def test_a_card_leads_away_and_loads_nothing_from_there(client: Client, post: Post) -> None:
    image = media("")[0].path
    entry = post(card=Card(CARD.url, CARD.title, CARD.description, image))
    page = text_of(client.get("/"))
    assert 'href="https://www.exampleshire.example/fire?a=1&amp;b=2"' in page
    assert "Fire &lt;safety&gt;" in page
    assert "What to do &amp; when." in page
    assert f'src="/media/{entry.card_picture}"' in page
    assert entry.card_picture.startswith("newsroom/")
    assert "www.exampleshire.example</span>" in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.example/"])
def test_a_card_that_leads_nowhere_good_is_refused(post: Post, url: str) -> None:
    with pytest.raises(Rejected, match="no web address"):
        post(card=Card(url, "Odd"))
    assert not Entry.objects.exists()


def test_the_pages_stay_quiet(client: Client, post: Post, tmp_path: Path) -> None:
    post(moving.video(tmp_path, captions=moving.CAPTIONS))
    post(moving.gif(tmp_path), card=CARD)
    for path in ("/", "/@libraries/", Entry.objects.latest("pk").get_absolute_url()):
        answer = client.get(path)
        assert not answer.cookies
        page = text_of(answer).replace(settings.SITE_URL, "")
        assert "<script" not in page.lower()
        assert not re.search(r'\s(?:src|srcset|action|poster)="(?:https?:)?//', page)
        assert not re.search(r"\s(?:style|on\w+)=", page)


def test_feeds_carry_the_video_and_the_card(client: Client, post: Post, tmp_path: Path) -> None:
    video = Video.objects.get(entry=post(moving.video(tmp_path, "Ember barks"), card=CARD))
    [item] = client.get("/@libraries/feed.json").json()["items"]
    address = f"{settings.SITE_URL}/media/{video.name}"
    assert item["attachments"] == [{"url": address, "mime_type": "video/mp4", "title": "Ember barks"}]
    assert f'<a href="{address}">Video: Ember barks</a>' in item["content_html"]
    assert "Fire &lt;safety&gt;</a> What to do &amp; when." in item["content_html"]
    atom = text_of(client.get("/@libraries/feed.atom"))
    assert f'href="{address}"' in atom
    assert 'type="video/mp4"' in atom


def test_the_same_file_is_kept_once_and_half_a_file_never(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = moving.video(tmp_path)
    assert len({Video.objects.get(entry=post(video)).name for _ in range(2)}) == 1

    def full(handle: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("moothall.newsroom.files.os.fsync", full)
    before = sorted(Path(settings.MEDIA_ROOT).rglob("*"))
    with pytest.raises(Temporary, match="could not store the files"):
        post(video)
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*")) == before
