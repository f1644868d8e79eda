"""What somebody wrote in a mail, without what they quoted and without their signature. Pure.

Cutting is careful: where it is not clear what is quoted, or nothing would be left, all stays. Nothing is lost by it:
the whole mail is kept.
"""

import re

from bs4 import BeautifulSoup, Tag

_WROTE = re.compile(
    r"^(on\b.{4,300}\bwrote|am\b.{4,300}\bschrieb\b.*|le\b.{4,300}\ba écrit\s?|ar\b.{4,300}\bysgrifennodd\b.*):\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(r"^\s*-{2,}\s*(original message|forwarded message|original appointment)\s*-{2,}\s*$", re.I)
_OUTLOOK_FROM = re.compile(r"^\*?from:\*?\s.+", re.IGNORECASE)
_OUTLOOK_NEXT = re.compile(r"^\*?(sent|date|to|subject):\*?\s.+", re.IGNORECASE)
_RULE = re.compile(r"^\s*_{8,}\s*$")
_PHONE = re.compile(r"^(sent from my |sent from outlook|get outlook for |sent with )\b.{0,80}$", re.IGNORECASE)
_QUOTED_HTML = (
    "blockquote[type=cite]",
    ".gmail_quote",
    ".gmail_signature",
    ".moz-cite-prefix",
    ".moz-signature",
    ".yahoo_quoted",
    "#divRplyFwdMsg",
    "#appendonsend",
)
_BLOCKS = ("p", "div", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "pre")
_MANY_LINES = re.compile(r"\n{3,}")
MOST_LINES = 20_000
MOST_HTML = 2_000_000
"""Characters. More is read as far as this."""


def own_words(text: str, *, is_forwarded: bool = False) -> str:
    """``text`` without the quoted end and the signature. What is forwarded is what is told, and stays."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")][:MOST_LINES]
    whole = _tidy(lines)
    if is_forwarded:
        return whole
    kept = _without_signature(_without_quote(lines))
    return _tidy(kept) or whole


def _tidy(lines: list[str]) -> str:
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _without_quote(lines: list[str]) -> list[str]:
    """Cut at the first sign of a quote, if all that follows is quoted: answers between the lines stay."""
    for number, line in enumerate(lines):
        if _ORIGINAL.match(line) or _begins_outlook(lines, number):
            return lines[:number]
        length = _introduction(lines, number)
        if length and _is_all_quoted(lines[number + length :]):
            return lines[:number]
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    return lines[:end]


def _introduction(lines: list[str], number: int) -> int:
    """How many lines "On Tuesday Hazel wrote:" takes here, which mailers break in two or three; 0 if it is none."""
    for length in (1, 2, 3):
        if _WROTE.match(" ".join(line.strip() for line in lines[number : number + length])):
            return length
    return 0


def _is_all_quoted(lines: list[str]) -> bool:
    said = [line for line in lines if line.strip()]
    return bool(said) and all(line.lstrip().startswith(">") for line in said)


def _begins_outlook(lines: list[str], number: int) -> bool:
    """Whether Outlook's block of From, Sent, To and Subject begins here, with the line that it draws before it."""
    at = number + 1 if _RULE.match(lines[number]) else number
    following = [line.strip() for line in lines[at : at + 4]]
    return (
        len(following) >= 3
        and bool(_OUTLOOK_FROM.match(following[0]))
        and sum(bool(_OUTLOOK_NEXT.match(line)) for line in following[1:]) >= 2
    )


def _without_signature(lines: list[str]) -> list[str]:
    """Cut after the line ``-- `` (RFC 3676, 4.3), which has lost its space by now, and what telephones add."""
    for number, line in enumerate(lines):
        if line == "--":
            lines = lines[:number]
            break
    while lines and (not lines[-1].strip() or _PHONE.match(lines[-1].strip())):
        lines = lines[:-1]
    return lines


def words_of_html(html: str, *, is_forwarded: bool = False) -> str:
    """What is written in an HTML mail, with its lines and paragraphs."""
    if is_forwarded:
        return own_words(_text(html), is_forwarded=True)
    return own_words(_text(html, ", ".join(_QUOTED_HTML))) or own_words(_text(html))


def _text(html: str, without: str = "") -> str:
    """The text of ``html``; ``without`` what these selectors find."""
    soup = BeautifulSoup(html[:MOST_HTML], "html.parser")
    for each in soup(["script", "style", "head", "title", "template"]):
        each.decompose()
    for each in soup.select(without) if without else ():
        each.extract()
    for each in soup.find_all("br"):
        each.replace_with("\n")
    for each in soup.find_all(_BLOCKS):
        if isinstance(each, Tag):
            each.insert_before("\n")
            each.append("\n")
    for each in soup.find_all("li"):
        if isinstance(each, Tag):
            each.insert(0, "\n• ")
    lines = [" ".join(line.split()) for line in soup.get_text().replace("\xa0", " ").split("\n")]
    return "\n".join(lines)
