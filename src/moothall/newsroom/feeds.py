"""A page's feeds: Atom, and JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import re
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.html import format_html

from moothall.core import pictures
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.models import Picture as EntryPicture
from moothall.newsroom.templatetags.newsroom import rich_text

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML document cannot hold, not even escaped ("Char" in XML 1.0, section 2.2). Word processors paste some."""


def atom(page: Page, entries: list[Entry]) -> str:
    """The page as an Atom document."""
    summary, first = _xml(_summary(page)), _first_handle(page)
    feed = Atom1Feed(
        title=_xml(page.display_name),
        link=settings.SITE_URL + page.get_absolute_url(),
        description=summary,
        subtitle=summary,
        author_name=_xml(page.display_name),
        feed_url=settings.SITE_URL + reverse("newsroom-atom", args=[page.handle]),
        language="en-GB",
    )
    for entry in entries:
        link = settings.SITE_URL + entry.get_absolute_url()
        feed.add_item(
            title=_xml(entry.title),
            link=link,
            unique_id=_id(first, entry),
            description=_xml(_html(entry)),
            pubdate=entry.said_at,
            updateddate=entry.said_at,
            enclosures=[
                Enclosure(_media_url(each.name), _length(each), each.content_type) for each in entry.pictures.all()
            ],
        )
    return feed.writeString("utf-8")


def json_feed(page: Page, entries: list[Entry]) -> dict[str, Any]:
    """The page as a JSON Feed object."""
    first = _first_handle(page)
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.display_name,
        "home_page_url": settings.SITE_URL + page.get_absolute_url(),
        "feed_url": settings.SITE_URL + reverse("newsroom-json", args=[page.handle]),
        "description": _summary(page),
        "language": "en-GB",
        "authors": [{"name": page.display_name, "url": settings.SITE_URL + page.get_absolute_url()}],
        "items": [_item(entry, first) for entry in entries],
    }
    if page.is_closed:
        feed["expired"] = True
    if page.picture:
        feed["icon"] = _media_url(page.picture)
    return feed


def _item(entry: Entry, first: str) -> dict[str, Any]:
    link = settings.SITE_URL + entry.get_absolute_url()
    return {
        "id": _id(first, entry),
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


def _first_handle(page: Page) -> str:
    return page.handles.values_list("handle", flat=True).first() or page.handle


def _id(first: str, entry: Entry) -> str:
    """The entry's address under its page's first handle. It leads there for good, and a feed reader that has seen the
    entry does not take it for a new one when the page gets another handle."""
    return settings.SITE_URL + reverse("newsroom-entry", args=[first, entry.key])


def _summary(page: Page) -> str:
    return f"This page is closed. {page.summary}".strip() if page.is_closed else page.summary


def _html(entry: Entry) -> str:
    """The words and, with their descriptions, the pictures."""
    shown = [
        format_html(
            '<p><img src="{}" alt="{}" width="{}" height="{}"></p>',
            _media_url(each.name),
            each.alt,
            each.width,
            each.height,
        )
        for each in entry.pictures.all()
    ]
    return "".join([rich_text(entry.text), *shown])


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _length(picture: EntryPicture) -> str:
    """Its size in bytes, which Atom takes for a hint; a file that is missing must not cost the reader the feed."""
    try:
        return str(pictures.path_of(picture.name).stat().st_size)
    except OSError:
        return "0"


def _media_url(name: str) -> str:
    return f"{settings.SITE_URL}{settings.MEDIA_URL}{name}"
