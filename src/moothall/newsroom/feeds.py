"""A page's feeds: Atom, and JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Enclosure

from moothall.core import pictures
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.templatetags.newsroom import rich_text


def atom(page: Page, entries: list[Entry], feed_url: str) -> str:
    """The page as an Atom document."""
    feed = Atom1Feed(
        title=page.display_name,
        link=settings.SITE_URL + page.get_absolute_url(),
        description=page.summary,
        subtitle=page.summary,
        author_name=page.display_name,
        feed_url=feed_url,
        language="en-GB",
    )
    for entry in entries:
        link = settings.SITE_URL + entry.get_absolute_url()
        feed.add_item(
            title=entry.title,
            link=link,
            unique_id=link,
            description=_html(entry),
            pubdate=entry.said_at,
            updateddate=entry.said_at,
            enclosures=[
                Enclosure(_media_url(each.name), str(pictures.path_of(each.name).stat().st_size), each.content_type)
                for each in entry.pictures.all()
            ],
        )
    return feed.writeString("utf-8")


def json_feed(page: Page, entries: list[Entry], feed_url: str) -> dict[str, Any]:
    """The page as a JSON Feed object."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.display_name,
        "home_page_url": settings.SITE_URL + page.get_absolute_url(),
        "feed_url": feed_url,
        "description": page.summary,
        "language": "en-GB",
        "authors": [{"name": page.display_name, "url": settings.SITE_URL + page.get_absolute_url()}],
        "items": [_item(entry) for entry in entries],
    }
    if page.picture:
        feed["icon"] = _media_url(page.picture)
    return feed


def _item(entry: Entry) -> dict[str, Any]:
    link = settings.SITE_URL + entry.get_absolute_url()
    return {
        "id": link,
        "url": link,
        "content_text": entry.text,
        "content_html": _html(entry),
        "date_published": entry.said_at.isoformat(),
        "language": entry.language,
        "attachments": [
            {"url": _media_url(each.name), "mime_type": each.content_type, "title": each.alt}
            for each in entry.pictures.all()
        ],
    }


def _html(entry: Entry) -> str:
    return str(rich_text(entry.text))


def _media_url(name: str) -> str:
    return f"{settings.SITE_URL}{settings.MEDIA_URL}{name}"
