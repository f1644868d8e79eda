"""Pictures of items on a wall: fetched once, by a worker, re-encoded and kept: readers ask nobody else for them.

Whoever asked another site for a picture would tell it who watches our wall.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django_tasks import task

from moothall.core import clock, http, pictures, queue
from moothall.core.media import PUBLIC_FOLDERS
from moothall.core.pictures import Picture
from moothall.events import wall_log
from moothall.events.models import Item, ItemPicture
from moothall.networks.base import MediaKind

FOLDER = "wall"
LONGEST_SIDE = 1_280
MOST_BYTES = 8_000_000
SECONDS = 15.0
MOST_REDIRECTS = 3
MOST_AN_ITEM = 4
TRIES = 4
FIRST_WAIT = timedelta(seconds=20)
AT_ONCE = 20


class CannotFetch(Exception):
    """There is no picture at an address. ``str()`` is a plain sentence; ``is_final``: there will never be one."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


# --- What is to be fetched, and what is to go ---


def wanted(item: Item) -> list[tuple[str, str]]:
    """Address and description of each picture that the item has: of what moves, its still."""
    found: dict[str, str] = {}
    for each in item.media:
        is_still = each.get("kind") in (MediaKind.IMAGE, "")
        address = each.get("url") if is_still else each.get("preview")
        if address:
            found.setdefault(str(address), str(each.get("alt") or ""))
    return list(found.items())[:MOST_AN_ITEM]


def sweep() -> None:
    """Note which pictures are wanted, wake a worker for those that are due, and drop those of items that are gone."""
    for item in Item.objects.filter(pictures=None, is_on_wall=True).exclude(media=[])[:AT_ONCE]:
        note(item)
    due = ItemPicture.objects.filter(due_at__lte=clock.now()).order_by("due_at").values_list("pk", flat=True)
    queue.wake_each(fetch, list(due[:AT_ONCE]))
    drop(ItemPicture.objects.filter(item__gone_at__isnull=False))


def note_edited(item: Item) -> None:
    """It has other media than before: if its pictures were noted once, note them anew."""
    if item.pictures.exists():
        note(item)


def note(item: Item) -> None:
    """Keep rows for the item's pictures, in their places, and none for what it has no more."""
    addresses = wanted(item)
    drop(item.pictures.exclude(url__in=[url for url, _ in addresses] or [""]))
    for position, (url, alt) in enumerate(addresses):
        ItemPicture.objects.update_or_create(item=item, url=url, defaults={"position": position, "alt": alt})
    if not addresses:  # a row without an address says that we looked
        ItemPicture.objects.get_or_create(item=item, url="", defaults={"due_at": None})


def drop(found: "QuerySet[ItemPicture]") -> None:
    """Delete pictures, and at the commit their files, if no other item shows the same then."""
    names = set(found.exclude(name="").values_list("name", flat=True))
    found.delete()
    transaction.on_commit(lambda: _drop_files(names))


def _drop_files(names: set[str]) -> None:
    for name in names:
        if not ItemPicture.objects.filter(name=name).exists() and name.startswith(f"{FOLDER}/"):
            pictures.path_of(name).unlink(missing_ok=True)


# --- Fetching one ---


@task(queue_name="pictures")
def fetch(picture_id: int) -> None:
    """Fetch one picture, and tell the wall."""
    row = ItemPicture.objects.filter(pk=picture_id, due_at__lte=clock.now()).select_related("item__delivery").first()
    if row is None:
        return
    try:
        found = _own(row.url) or _shrunk(_delivered(row) or _read(row.url))
    except CannotFetch as error:
        _put_off(row, str(error), is_final=error.is_final)
        return
    with transaction.atomic():
        wall_log.lock(row.item.event_id)
        item = Item.objects.get(pk=row.item_id)
        if item.is_gone:
            return
        row.name = found if isinstance(found, str) else pictures.keep(found, FOLDER)
        row.width, row.height = (0, 0) if isinstance(found, str) else (found.width, found.height)
        row.due_at, row.trouble = None, ""
        row.save()
        wall_log.settle(item, is_new_in_words=True)


def _put_off(row: ItemPicture, trouble: str, *, is_final: bool) -> None:
    row.tries += 1
    row.trouble = trouble[:500]
    row.due_at = None if is_final or row.tries >= TRIES else clock.now() + FIRST_WAIT * 4 ** (row.tries - 1)
    row.save()


def _own(url: str) -> str:
    """The name of the file, if the address is of one of our own that everybody may see; else nothing."""
    begin = f"{settings.SITE_URL}{settings.MEDIA_URL}"
    name = url.removeprefix(begin)
    is_ours = url.startswith(begin) and name.startswith(PUBLIC_FOLDERS) and ".." not in name
    return name if is_ours and pictures.path_of(name).is_file() else ""


def _delivered(row: ItemPicture) -> bytes:
    """The file, if the address is of one that went out with our own post: public there, and not yet here."""
    begin = f"{settings.SITE_URL}{settings.MEDIA_URL}"
    delivery = row.item.delivery
    if delivery is None or not row.url.startswith(begin):
        return b""
    name = row.url.removeprefix(begin)
    sent = {str(each.get(key) or "") for each in delivery.media for key in ("name", "still")}
    return pictures.path_of(name).read_bytes() if name in sent and pictures.path_of(name).is_file() else b""


def _read(url: str) -> bytes:
    host = urlsplit(url).hostname or "The address"
    try:
        with (
            http.client(within=SECONDS, timeout=SECONDS, max_redirects=MOST_REDIRECTS) as client,
            client.stream("GET", url, follow_redirects=True) as answer,  # Mastodon's media_proxy sends on to the file
        ):
            if answer.status_code != httpx.codes.OK:
                is_final = answer.status_code in (403, 404, 410)
                raise CannotFetch(f"{host} answered {answer.status_code}.", is_final=is_final)
            content = bytearray()
            for chunk in answer.iter_raw():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise CannotFetch(f"The picture is larger than {MOST_BYTES // 10**6} MB.", is_final=True)
            return bytes(content)
    except (http.Refused, http.AnswerTooLong, httpx.InvalidURL) as error:
        raise CannotFetch(str(error), is_final=True) from error
    except httpx.HTTPError as error:
        raise CannotFetch(f"{host} did not answer.", is_final=False) from error


def _shrunk(content: bytes) -> Picture:
    try:
        clean = pictures.clean_upload(SimpleUploadedFile("The picture", content))
    except ValidationError as error:
        raise CannotFetch(" ".join(error.messages), is_final=True) from error
    return pictures.shrunk(clean, LONGEST_SIDE)
