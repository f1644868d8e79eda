"""Who saved a post last, for the person who is about to write over it. A help to people; nothing depends on it.

It is no part of the post: a draft that saves itself every few seconds should not leave a trail. So it is kept in the
cache for a while, and where it has gone, "somebody" did it.
"""

from django.core.cache import cache

from moothall.accounts.models import User
from moothall.core import localtime
from moothall.publishing.models import Post

KEPT_SECONDS = 24 * 60 * 60


def note(post: Post, editor: User) -> None:
    """``editor`` has just saved ``post``."""
    cache.set(_name(post), [post.edited_at.isoformat(), editor.pk, str(editor)], KEPT_SECONDS)


def words(post: Post, reader: User) -> str:
    """Who saved the post as it is now, and when: "Bob Barrow changed this post at 14:32"."""
    edited_at, pk, name = cache.get(_name(post)) or ("", 0, "")
    who = "Somebody"
    if edited_at == post.edited_at.isoformat():
        who = "You" if pk == reader.pk else name
    where = " in another window" if who == "You" else ""
    return f"{who} changed this post{where} at {localtime.local(post.edited_at):%H:%M}"


def _name(post: Post) -> str:
    return f"last-editor-of-post-{post.pk}"
