"""What a channel's readers will see of a post, and what its author should know about it. Nothing is saved or sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import regex
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from moothall.channels.models import Channel
from moothall.core import clock
from moothall.networks import registry
from moothall.networks.base import Limits, Network, Problem
from moothall.networks.text import hashtags, links
from moothall.publishing import advice, checking, identity_guard, queries, slots, threads
from moothall.publishing.content import Content, Part, Rendering, renderings
from moothall.publishing.models import ReadyMade

LINK_SHOWN = 30
"""Characters of a link that are shown where each counts alike (Mastodon's ``TextFormatter``): the rest is "…"."""
CARD_LEFT_OUT = "card_left_out"

_SCHEME = regex.compile(r"https?://(?:www\.)?")
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True)
class ShownMedia:
    """A picture or video as a channel gets it. ``name`` is a kept file that a browser can show as a picture."""

    name: str
    alt: str
    kind: str
    width: int
    height: int


@dataclass(frozen=True)
class ShownPart:
    """One part of a thread, or all of a post that is none."""

    number: int
    words: SafeString
    media: list[ShownMedia]
    length: int
    limit: int

    @property
    def over(self) -> int:
        """By how much it is too long."""
        return max(0, self.length - self.limit)


@dataclass(frozen=True)
class ShownChannel:
    """What one channel will carry. ``stops`` keep the post from going out; ``changes`` are made to it on the way."""

    channel: Channel
    language: str
    """As a tag of BCP 47."""
    options: list[tuple[str, str]]
    card: dict[str, str] | None
    parts: list[ShownPart]
    stops: list[Problem]
    changes: list[Problem]
    slot: datetime | None


@dataclass(frozen=True)
class Speaker:
    """One name and capacity in which a post speaks, on one network or several. ``channel`` is one of its channels."""

    channel: Channel
    networks: str


@dataclass(frozen=True)
class Guard:
    """As whom a post speaks. ``question`` is what its author is asked, if anything, about the voices in ``key``."""

    speakers: list[Speaker]
    key: str
    question: str
    is_confirmed: bool


@dataclass(frozen=True)
class Preview:
    """All that the composer says about what is being written."""

    channels: list[ShownChannel]
    stops: list[str]
    """What keeps the post as a whole from going out."""
    remarks: list[str]
    advice: list[str]
    """How it could be said more plainly. Blocks nothing."""
    guard: Guard
    is_thread: bool

    @property
    def said(self) -> str:
        """The whole in one sentence, for those who hear the page."""
        if not self.channels:
            return "No channel is chosen yet."
        long = [each.channel for each in self.channels if any(part.over for part in each.parts)]
        if long:
            return f"Too long for {' and '.join(map(str, long))}."
        number = len(self.stops) + sum(len(each.stops) for each in self.channels)
        return f"To settle before it can go out: {number}." if number else "Ready to send."


def preview(
    content: Content, *, confirmed: str = "", confirms: bool = False, made_from: ReadyMade | None = None
) -> Preview:
    """``confirmed`` are the voices that the saved post has; ``confirms``, whether its author says now that they are
    meant."""
    rendered = renderings(content)
    guard = _guard(content, confirmed, confirms)
    found = checking.remarks(
        content, rendered, confirmed=guard.key if guard.is_confirmed else confirmed, made_from=made_from
    )
    return Preview(
        channels=[_shown(each, found, content) for each in rendered],
        stops=[problem.message for channel, problem in found if channel is None and problem.blocking],
        remarks=[problem.message for channel, problem in found if channel is None and not problem.blocking],
        advice=_advice_on(content),
        guard=guard,
        is_thread=any(len(each.parts) > 1 for each in rendered),
    )


def _guard(content: Content, confirmed: str, confirms: bool) -> Guard:
    voices = identity_guard.voices(content.variants)
    question = identity_guard.question(confirmed, voices)
    return Guard(_speakers(content.variants), identity_guard.key(voices), question, bool(question) and confirms)


def _speakers(channels: Iterable[Channel]) -> list[Speaker]:
    alike: dict[tuple[str, str], list[Channel]] = {}
    for each in channels:
        alike.setdefault((each.display_name, each.capacity), []).append(each)
    return [Speaker(found[0], ", ".join(each.network_label for each in found)) for found in alike.values()]


def _advice_on(content: Content) -> list[str]:
    """On all the words that are written, each piece of advice once."""
    written = {(content.text, content.language), (content.second_text, content.second_language or "en")}
    written |= {(wording.text, content.language_of(channel)) for channel, wording in content.variants.items()}
    found = [
        message
        for text, language in sorted(written)
        for part in threads.parts(text)
        if part.strip()
        for message in _advice(part, language)
    ]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=512)
def _advice(part: str, language: str) -> tuple[str, ...]:
    """Kept for a while: of a thread, one part changes at a time."""
    return tuple(each.message for each in advice.advice(part, language))


def _shown(rendered: Rendering, found: Sequence[checking.Remark], content: Content) -> ShownChannel:
    channel, network = rendered.channel, registry.network(rendered.channel.network)
    mine = [problem for about, problem in found if about == channel]
    has_card = not any(problem.code == CARD_LEFT_OUT for part in rendered.parts for problem in part.problems)
    return ShownChannel(
        channel=channel,
        language=rendered.language,
        options=queries.options_in_words(channel, rendered.options),
        card=rendered.card if has_card else None,
        parts=[_part(number, each, rendered.limits, network) for number, each in enumerate(rendered.parts, start=1)],
        stops=[problem for problem in mine if problem.blocking],
        changes=[problem for problem in mine if not problem.blocking],
        slot=slots.next_free(channel, clock.now()) if content.in_next_slots else None,
    )


def _part(number: int, part: Part, limits: Limits, network: Network) -> ShownPart:
    fits = part.length <= limits.characters
    kept = len(part.draft.text) if fits else _kept(part, limits, network)
    media = [
        ShownMedia(facts["still"] or facts["name"], facts["alt"], facts["kind"], facts["width"], facts["height"])
        for facts in part.facts
    ]
    shortens = limits.url_characters is not None
    return ShownPart(number, marked(part.draft.text, kept, shortens), media, part.length, limits.characters)


def _kept(part: Part, limits: Limits, network: Network) -> int:
    """How much of a text that is too long would fit, in code points: what comes after it is marked."""
    ends = [found.end() for found in _GRAPHEME.finditer(part.draft.text)]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        draft = replace(part.draft, text=part.draft.text[: ends[middle - 1]])
        low, high = (middle, high) if network.length(draft, limits) <= limits.characters else (low, middle - 1)
    return ends[low - 1] if low else 0


@lru_cache(maxsize=512)
def marked(text: str, kept: int, shortens: bool) -> SafeString:
    """``text`` as HTML with its links and hashtags set off, and what comes after ``kept`` code points marked as over.

    ``shortens``: links are shown as networks show them on which each counts alike. The page sets line breaks itself.
    """
    found = [(each.start, each.end, True) for each in links(text)]
    found += [(each.start, each.end, False) for each in hashtags(text)]
    out, at = [], 0
    for start, end, is_link in sorted(found):
        if end > kept:
            break
        shown = _short(text[start:end]) if is_link and shortens else text[start:end]
        out += [escape(text[at:start]), format_html('<span class="moot-said__link">{}</span>', shown)]
        at = end
    out.append(escape(text[at:kept]))
    if kept < len(text):
        out.append(format_html('<mark class="moot-said__over">{}</mark>', text[kept:]))
    return mark_safe("".join(out))  # noqa: S308 - every part was escaped above


def _short(link: str) -> str:
    bare = _SCHEME.sub("", link, count=1)
    return bare if len(bare) <= LINK_SHOWN else f"{bare[:LINK_SHOWN]}…"
