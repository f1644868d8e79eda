"""The words that a reader sees in the HTML of a status, for comparison with the words that were sent.

Servers of Mastodon's API answer with HTML of their own making: they wrap links in spans that hide their ends, drop the
server's name from a mention and turn line breaks into tags. ``comparable`` takes both sides to one form.
"""

import unicodedata
from html.parser import HTMLParser

import regex

# Names and mentions as Mastodon finds them; a mention here is one with the name of a server.
_USERNAME = regex.compile(r"[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+")
_REMOTE_MENTION = regex.compile(rf"(?<![\w=/])@(?P<name>{_USERNAME.pattern})@[\w.-]*\w")
_MANY_BREAKS = regex.compile(r"\n{3,}")
_BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})


def is_username(text: str) -> bool:
    """Whether ``text`` can be the first part of a handle of Mastodon's kind (``@name@server``)."""
    return _USERNAME.fullmatch(text) is not None


def without_remote_servers(text: str) -> str:
    """``text`` with each ``@name@server`` cut to ``@name``: what Mastodon counts, and what it shows."""
    return str(_REMOTE_MENTION.sub(r"@\g<name>", text))


def comparable(text: str) -> str:
    """``text`` in a form in which two texts are equal if a server may have made one of the other."""
    return " ".join(unicodedata.normalize("NFC", without_remote_servers(text)).split())


def words(html: str) -> str:
    """The text of ``html``, with links in full and a space where a line or paragraph ends."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


def words_and_links(html: str) -> str:
    """``words``, and after them the addresses of all links, however they are shown."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(["".join(reader.pieces), *reader.links])


def paragraphs(html: str) -> str:
    """The text of ``html`` as people read it, with its paragraphs and line breaks."""
    reader = _Reader(line_break="\n", paragraph="\n\n")
    reader.feed(html)
    reader.close()
    return str(_MANY_BREAKS.sub("\n\n", "".join(reader.pieces))).strip()


class _Reader(HTMLParser):
    def __init__(self, line_break: str = " ", paragraph: str = " ") -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._line_break, self._paragraph = line_break, paragraph
        self._link: tuple[str, int] | None = None
        """The address of the link that is being read, and how many pieces there were before it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.pieces.append(self._line_break if tag == "br" else self._paragraph)
        elif tag == "a":
            address = dict(attrs).get("href") or ""
            self.links.append(address)
            self._link = (address, len(self.pieces))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.pieces.append(self._line_break if tag == "br" else self._paragraph)
        elif tag == "a" and self._link:
            address, begin = self._link
            shown = "".join(self.pieces[begin:])
            # Mastodon hides the rest of a long link and keeps it in the text; others cut it off for good.
            if shown.endswith(("…", "...")):
                self.pieces[begin:] = [address]
            self._link = None

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
