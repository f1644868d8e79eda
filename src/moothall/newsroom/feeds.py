"""A page's feeds: Atom, and JSON Feed 1.1 (jsonfeed.org/version/1.1). A thread is there once, its parts joined."""

import re
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.html import format_html

from moothall.core import pictures
from moothall.newsroom.models import Entry, Page, Picture, Video
from moothall.newsroom.queries import Thread
from moothall.newsroom.templatetags.newsroom import rich_text

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML document cannot hold, not even escaped ("Char" in XML 1.0, section 2.2). Word processors paste some."""


def atom(page: Page, threads: list[Thread]) -> str:
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
    for thread in threads:
        feed.add_item(
            title=_xml(thread.entry.title),
            link=settings.SITE_URL + thread.entry.get_absolute_url(),
            unique_id=_id(first, thread.entry),
            description=_xml(_html(thread)),
            pubdate=thread.entry.said_at,
            updateddate=thread.parts[-1].said_at,
            enclosures=[
                Enclosure(_media_url(each.name), _length(each.name), each.content_type) for each in _media(thread)
            ],
        )
    return feed.writeString("utf-8")


def json_feed(page: Page, threads: list[Thread]) -> dict[str, Any]:
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
        "items": [_item(thread, first) for thread in threads],
    }
    if page.is_closed:
        feed["expired"] = True
    if page.picture:
        feed["icon"] = _media_url(page.picture)
    return feed


def _item(thread: Thread, first: str) -> dict[str, Any]:
    entry = thread.entry
    return {
        "id": _id(first, entry),
        "url": settings.SITE_URL + entry.get_absolute_url(),
        "content_text": "\n\n".join(part.text for part in thread.parts),
        "content_html": _html(thread),
        "date_published": entry.said_at.isoformat(),
        "date_modified": thread.parts[-1].said_at.isoformat(),
        "language": entry.language,
        "attachments": [
            {"url": _media_url(each.name), "mime_type": each.content_type, "title": each.alt} for each in _media(thread)
        ],
    }


def _media(thread: Thread) -> list[Picture | Video]:
    """All pictures and videos of the thread, in order."""
    found: list[Picture | Video] = []
    for part in thread.parts:
        found += [*part.pictures.all(), *_videos(part)]
    return found


def _videos(entry: Entry) -> list[Video]:
    """The entry's video, if it has one."""
    video: Video | None = getattr(entry, "video", None)
    return [video] if video else []


def _first_handle(page: Page) -> str:
    return page.handles.values_list("handle", flat=True).first() or page.handle


def _id(first: str, entry: Entry) -> str:
    """The entry's address under its page's first handle. It leads there for good, and a feed reader that has seen the
    entry does not take it for a new one when the page gets another handle."""
    return settings.SITE_URL + reverse("newsroom-entry", args=[first, entry.key])


def _summary(page: Page) -> str:
    return f"This page is closed. {page.summary}".strip() if page.is_closed else page.summary


def _html(thread: Thread) -> str:
    """Part for part, the words and, with their descriptions, the pictures, the video and the link card."""
    return "".join(html for part in thread.parts for html in (rich_text(part.text), *_shown(part)))


def _shown(entry: Entry) -> list[str]:
    shown: list[str] = [
        format_html(
            '<p><img src="{}" alt="{}" width="{}" height="{}"></p>',
            _media_url(each.name),
            each.alt,
            each.width,
            each.height,
        )
        for each in entry.pictures.all()
    ]
    for video in _videos(entry):
        shown.append(format_html('<p><a href="{}">Video: {}</a></p>', _media_url(video.name), video.alt or "watch it"))
    if entry.card_url:
        title = entry.card_title or entry.card_url
        shown.append(format_html('<p><a href="{}">{}</a> {}</p>', entry.card_url, title, entry.card_description))
    return shown


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _length(name: str) -> str:
    """A file's size in bytes, which Atom takes for a hint; one that is missing must not cost the reader the feed."""
    try:
        return str(pictures.path_of(name).stat().st_size)
    except OSError:
        return "0"


def _media_url(name: str) -> str:
    return f"{settings.SITE_URL}{settings.MEDIA_URL}{name}"
