"""What the page behind a link says of itself (Open Graph, ogp.me), for the networks that do not look for themselves.

The page is anybody's: it is read through ``core/http.py`` alone, in bounded size and time. Its tags are cut out first
and only those parsed, because the standard library's parser takes minutes over a page made to be slow.
"""

import codecs
import html
import tempfile
import unicodedata
from pathlib import Path

import httpx
import regex
from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.core import http, pictures
from moothall.core.pictures import Picture
from moothall.networks import images
from moothall.networks.base import Media
from moothall.networks.errors import NetworkError
from moothall.networks.text import links

FOLDER = "cards"
SECONDS = 5.0
"""For the page with its redirects, and again for its picture."""
PAGE_BYTES = 2_000_000
"""What is read of a page. What it says of itself stands near its beginning."""
IMAGE_BYTES = 5_000_000
KEPT_IMAGE_BYTES = 1_000_000
REDIRECTS = 3
TITLE_CHARACTERS = 300
DESCRIPTION_CHARACTERS = 1_000
MOST_TAGS = 300
TAG_CHARACTERS = 6_000

_NOT_PAGE = regex.compile(r"(?is)<!--.*?(?:-->|\Z)|<(script|style|noscript|template)\b.*?(?:</\1\b[^>]*+>?|\Z)")
_META_BEGINS = regex.compile(r"(?i)<meta(?=[\s/])")
_META = regex.compile(r"""(?i)<meta[\s/](?:"[^"]*+"|'[^']*+'|[^"'>])*+>""")
_TITLE = regex.compile(r"(?is)<title\b[^>]*+>(.*?)(?:</title|\Z)")
_GRAPHEME = regex.compile(r"\X")
_TURNS_LETTERS_ROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ENCODINGS = ("utf-8", "utf-16", "iso8859-", "cp125", "koi8-", "mac-roman", "gb", "big5", "shift_jis", "euc_")


class NoCard(ValueError):
    """The link has no card. ``str()`` is a plain sentence that says why."""


def first_link(text: str) -> str | None:
    """The first link of ``text`` that begins with http:// or https://."""
    return next((link.value for link in links(text, bare=False)), None)


def fetch(url: str) -> dict[str, str]:
    """The facts of the card of ``url``: "url", "title", "description", and "image", a JPEG's name in the media folder.

    The last two may be empty. All is plain text: whoever shows it escapes it. Raises ``NoCard``.
    """
    address = url if "://" in url else f"https://{url}"
    page, body, content_type, charset = _get(address, PAGE_BYTES)
    if content_type != "text/html":
        raise NoCard(f"{page.host} sent something that is no web page, so this link has no card.")
    said = _said(_decoded(body, charset))
    title = _plain(said.get("og:title") or said.get("title", ""), TITLE_CHARACTERS)
    if not title:
        raise NoCard(f"The page at {page.host} has no title, so this link has no card.")
    description = said.get("og:description") or said.get("description", "")
    return {
        "url": address,
        "title": title,
        "description": _plain(description, DESCRIPTION_CHARACTERS),
        "image": _image(page, said.get("og:image", "")),
    }


# --- Getting what lies at an address ---


def _get(address: str, most: int) -> tuple[httpx.URL, bytes, str, str | None]:
    """Where the redirects led, the first ``most`` bytes, and their type and charset. Raises ``NoCard``."""
    try:
        url = _checked(httpx.URL(address))
        with http.client(within=SECONDS, timeout=SECONDS) as client:
            for _ in range(REDIRECTS + 1):
                with client.stream("GET", url) as answer:
                    if not answer.has_redirect_location:
                        return url, _body(answer, most), _type(answer), answer.charset_encoding
                    url = _checked(url.join(answer.headers["location"]), before=url)
    except NoCard:
        raise
    except (http.Refused, http.AnswerTooLong) as error:
        raise NoCard(str(error)) from error
    except httpx.TimeoutException as error:
        raise NoCard(f"{url.host} took more than {SECONDS:.0f} seconds to answer. Try again later.") from error
    except httpx.HTTPError as error:
        raise NoCard(f"{url.host} can't be reached. Check the link, or try again later.") from error
    except (httpx.InvalidURL, ValueError) as error:
        raise NoCard("This address can't be read. Check the link.") from error
    raise NoCard(f"{url.host} sends its visitors on and on, so this link has no card.")


def _checked(url: httpx.URL, before: httpx.URL | None = None) -> httpx.URL:
    """``url`` if it is one to go to. Whether its host is, ``core/http.py`` says as it connects."""
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise NoCard("Only a link that begins with https:// or http://, and has no password in it, can have a card.")
    if before is not None and (before.scheme, url.scheme) == ("https", "http"):
        raise NoCard(f"{before.host} sends its visitors on to an address that is not secure, so this link has no card.")
    return url


def _body(answer: httpx.Response, most: int) -> bytes:
    if answer.status_code != httpx.codes.OK:
        raise NoCard(f"{answer.url.host} has no page to show at this link (it answered {answer.status_code}).")
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) >= most:
            break
    return bytes(body[:most])


def _type(answer: httpx.Response) -> str:
    return str(answer.headers.get("content-type", "")).partition(";")[0].strip().lower()


# --- Reading a page ---


def _decoded(body: bytes, charset: str | None) -> str:
    """``body`` as text: by its byte order mark, its header, its own declaration, as UTF-8, or as browsers guess."""
    without_mark, marked = EncodingDetector.strip_byte_order_mark(body)
    declared = EncodingDetector.find_declared_encoding(body[:4_096], is_html=True)
    for name in (marked, charset, declared):
        encoding = _encoding(name)
        if encoding:
            return without_mark.decode(encoding, "replace")
    try:
        return without_mark.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.start > len(without_mark) - 4  # in the middle of the last character
        return without_mark.decode("utf-8" if is_cut else "windows-1252", "replace")


def _encoding(name: str | None) -> str | None:
    """The codec of that name, if it is one that pages are written in: some of Python's are slow or no encodings."""
    try:
        found = codecs.lookup(name).name if name and name.isascii() else ""
    except (LookupError, ValueError):
        return None
    if found in ("ascii", "iso8859-1"):
        return "windows-1252"  # as the WHATWG's Encoding Standard has it
    return found if found.startswith(_ENCODINGS) else None


def _said(page: str) -> dict[str, str]:
    """What the page's title and its ``meta`` tags say, by their names; of each the first that says something."""
    page = _NOT_PAGE.sub(" ", page)
    tags = []
    for begins, _ in zip(_META_BEGINS.finditer(page), range(MOST_TAGS), strict=False):
        tag = _META.match(page, begins.start(), begins.start() + TAG_CHARACTERS)
        if tag:
            tags.append(tag[0])
    said: dict[str, str] = {}
    for meta in BeautifulSoup("".join(tags), "html.parser").find_all("meta"):
        name = str(meta.get("property") or meta.get("name") or "").strip().lower()
        value = str(meta.get("content") or "").strip()
        if value:
            said.setdefault(name, value)
    title = _TITLE.search(page)
    return said | {"title": html.unescape(title[1][:TAG_CHARACTERS]) if title else ""}


def _plain(text: str, most: int) -> str:
    """``text`` on one line, without control characters, and of at most ``most`` characters."""
    text = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in text[:TAG_CHARACTERS]
        if unicodedata.category(sign) != "Cs" and sign not in _TURNS_LETTERS_ROUND
    )
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    end = 0
    for grapheme in _GRAPHEME.finditer(text):
        if grapheme.end() > most - 1:
            break
        end = grapheme.end()
    return text[:end].rstrip() + "…"


# --- Its picture ---


def _image(page: httpx.URL, address: str) -> str:
    """The name of the kept picture; empty if there is none that can be used: a card is good without."""
    if not address:
        return ""
    try:
        _, body, _, _ = _get(str(page.join(address)), IMAGE_BYTES + 1)
        if len(body) > IMAGE_BYTES:
            return ""
        clean = pictures.clean_upload(SimpleUploadedFile("picture", body))
        return pictures.keep(_small_jpeg(clean), FOLDER)
    except (NoCard, httpx.InvalidURL, ValidationError, NetworkError, OSError):
        return ""


def _small_jpeg(picture: Picture) -> Picture:
    """``picture`` as a JPEG of at most ``KEPT_IMAGE_BYTES``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"picture{picture.suffix}"
        path.write_bytes(picture.content)
        media = Media(path, picture.content_type, picture.width, picture.height, picture.size)
        fitted = images.fit(media, KEPT_IMAGE_BYTES, ("image/jpeg",))
    return Picture(fitted.data, fitted.content_type, ".jpg", fitted.width, fitted.height)
