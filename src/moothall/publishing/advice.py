"""Advice on how a text reads: to anybody, and to people who use a screen reader. Advice only: nothing is refused.

Each rule is one small function of the table ``RULES`` and names its source. Pure, and in time that grows with the
length of the text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise

import pyphen
import regex

from moothall.networks.text import Found, hashtags, links, mentions
from moothall.publishing import threads
from moothall.publishing.sentences import sentences

MOST_HASHTAGS = 3
MOST_EMOJI = 3
MOST_WORDS = 25
"""In a sentence."""
MOST_READING_AGE = 12.0
LEAST_WORDS_TO_JUDGE = 30
_GROWN_UP = 21
"""A reading age beyond this says nothing."""

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}\p{N}]*+(?:['’-][\p{L}\p{M}\p{N}]++)*+")
_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Extended_Pictographic}\uFE0F|.\uFE0F?\u20E3")
_WHERE_TO_CLICK = regex.compile(
    r"\b(?:(?:click|tap|press)(?: on)? (?:here|(?:the|this) link)"
    r"|(?:read|find out|see|more|learn) (?:more )?here)\b",
    regex.IGNORECASE,
)
_CAPITALS = regex.compile(r"(?<![\p{L}\p{N}#@])\p{Lu}[\p{Lu}'’]*+(?![\p{L}\p{N}])")
_BETWEEN_CAPITALS = regex.compile(r"[ \t,:&–-]+")
_TAG_OF_WORDS = regex.compile(r"(?P<letters>[A-Za-z]+)(?P<digits>[0-9]*)")

_SHORT_WORD = regex.compile(
    "a|all|am|and|are|art|bin|bus|can|car|day|do|eco|for|fun|get|go|gov|hub|i|in|is|it|its|job|joy|law|let|me|my|net"
    "|new|no|not|now|of|off|on|one|or|our|out|own|pay|pop|red|say|see|tea|the|to|too|top|up|us|use|war|we|web|who|win"
    "|you|zoo"
)
"""What may be a word of fewer than four letters in a hashtag: a shorter piece is a sign that it was no row of words."""
_ONE_WORD = ("hashtag", "roadworks", "livestream", "crowdfunding", "cybersecurity", "childminders", "tweetathon")
"""Words that the list of English words takes for two."""

_hyphens = pyphen.Pyphen(lang="en_GB")
_WORDS_REMEMBERED = 50_000
"""The library remembers every word it was ever asked about; here it forgets them now and then."""


@dataclass(frozen=True)
class Advice:
    """One thing to do better, in a sentence that says what to do: about ``text[start:end]``, or the whole text."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class _Rule:
    find: Callable[[str], Iterator[Advice]]
    is_for_english_alone: bool = False


def advice(text: str, language: str = "en") -> list[Advice]:
    """What could be better about ``text``; for another language than English only what is so in any language."""
    is_english = language.partition("-")[0].lower() == "en"
    return [each for rule in RULES if is_english or not rule.is_for_english_alone for each in rule.find(text)]


# --- Hashtags ---


def _camel_case(text: str) -> Iterator[Advice]:
    """Hashtags of several words need a capital for each: RNIB, "Making your social media accessible"; GOV.UK,
    "Planning, creating and publishing accessible social media campaigns"."""
    seen = set()
    for tag in hashtags(text):
        better = _with_capitals(tag.value)
        if better and tag.value not in seen:
            seen.add(tag.value)
            message = f"Write #{better}: screen readers then read it as words."
            yield Advice("camel-case", message, tag.start, tag.end)


def _with_capitals(tag: str) -> str | None:
    """``tag`` with a capital for each of its words; ``None`` if it is one word, an acronym or has its capitals."""
    shape = _TAG_OF_WORDS.fullmatch(tag)
    if not shape or len(tag) > 60:
        return None
    letters = shape["letters"]
    has_capitals = not letters.isupper() and any(letter.isupper() for letter in letters[1:])
    if has_capitals or (letters.isupper() and len(letters) < 8):
        return None
    words = _joined(_splitter()(letters.lower()))
    if letters.lower() in _ONE_WORD or len(words) < 2:
        return None
    if any(len(word) < 4 and not _SHORT_WORD.fullmatch(word) for word in words):
        return None
    return "".join(map(str.capitalize, words)) + shape["digits"]


@cache
def _splitter() -> Callable[[str], list[str]]:
    """*wordninja*, loaded when it is first asked: its dictionary takes 18 MB, which a web server that only shows walls
    need not hold."""
    split: Callable[[str], list[str]] = import_module("wordninja").split
    return split


def _joined(words: list[str]) -> list[str]:
    """Place names are one word: the list of English words knows few."""
    found: list[str] = []
    for word in words:
        if found and word in ("shire", "borough", "hampton"):
            found[-1] += word
        else:
            found.append(word)
    return found


def _hashtags_in_sentences(text: str) -> Iterator[Advice]:
    """Hashtags belong at the end: read aloud in the middle of a sentence, they break it up (RNIB, as above)."""
    tags = hashtags(text)
    if not tags:
        return
    has_word_after = _words_after(text, [tag.end for tag in tags])
    within = [tag for tag, has_word in zip(tags, has_word_after, strict=True) if has_word]
    if within:
        named = _listed([f"#{tag.value}" for tag in within])
        message = f"Put {named} at the end: in the middle of a sentence a hashtag is hard to follow when read aloud."
        yield Advice("hashtag-in-sentence", message, within[0].start, within[0].end)


def _words_after(text: str, positions: list[int]) -> list[bool]:
    """For each position (ascending), whether a word follows it in its sentence that is no hashtag, link or mention."""
    words = [word.start() for word in _WORD.finditer(_plain(text))]
    spans = sentences(text)
    found = []
    next_word = span = 0
    for position in positions:
        while next_word < len(words) and words[next_word] < position:
            next_word += 1
        while span < len(spans) and spans[span][1] < position:
            span += 1
        end = spans[span][1] if span < len(spans) else len(text)
        found.append(next_word < len(words) and words[next_word] < end)
    return found


def _many_hashtags(text: str) -> Iterator[Advice]:
    """A few hashtags do, in each post: GOV.UK, as above."""
    most = max(len(hashtags(part)) for part in threads.parts(text))
    if most > MOST_HASHTAGS:
        yield Advice("many-hashtags", f"Use at most {MOST_HASHTAGS} hashtags in a post, not {most}: keep the best.")


# --- Emoji ---


def _emoji(text: str) -> list[Found]:
    return [
        Found(grapheme[0], grapheme.start(), grapheme.end())
        for grapheme in _GRAPHEME.finditer(text)
        if _EMOJI.match(grapheme[0])
    ]


def _many_emoji(text: str) -> Iterator[Advice]:
    """Screen readers read each emoji out by its name: RNIB, as above; W3C, "WCAG 2.2, technique H86"."""
    most = max(len(_emoji(part)) for part in threads.parts(text))
    if most > MOST_EMOJI:
        yield Advice(
            "many-emoji", f"Use at most {MOST_EMOJI} emoji in a post, not {most}: each is read out by its name."
        )


def _emoji_in_a_row(text: str) -> Iterator[Advice]:
    """One of a kind is enough: RNIB, as above."""
    row: list[Found] = []
    for each in [*_emoji(text), None]:
        if row and (each is None or text[row[-1].end : each.start].strip(" ")):
            if len(row) > 1:
                shown = "".join(emoji.value for emoji in row[:5]) + ("…" if len(row) > 5 else "")
                message = f"Keep one emoji of {shown}: a screen reader reads out the name of each."
                yield Advice("emoji-in-a-row", message, row[0].start, row[-1].end)
            row = []
        if each is not None:
            row.append(each)


def _emoji_for_words(text: str) -> Iterator[Advice]:
    """Emoji stand for no words, as their names may be others than one thinks: RNIB, as above."""
    for emoji in _emoji(text):
        before, after = text[: emoji.start].rstrip(" ")[-1:], text[emoji.end :][:40].lstrip(" ")[:1]
        if (before.isalnum() or before == ",") and after.islower():
            message = (
                f"Write a word instead of {emoji.value}, or move it to the end: a sentence must be clear without it."
            )
            yield Advice("emoji-for-word", message, emoji.start, emoji.end)


# --- Sentences and words ---


def _long_sentences(text: str) -> Iterator[Advice]:
    """Sentences of more than 25 words are split: GOV.UK, "Content design: writing for GOV.UK", on short sentences."""
    plain = _plain(text)
    for start, end in sentences(text):
        words = sum(1 for _ in _WORD.finditer(plain, start, end))
        if words > MOST_WORDS:
            message = f"Split this sentence of {words} words: up to {MOST_WORDS} are easy to follow."
            yield Advice("long-sentence", message, start, end)


def _where_to_click(text: str) -> Iterator[Advice]:
    """A link's words say where it leads: GOV.UK style guide, "Links"; WCAG 2.2, 2.4.4 "Link Purpose"."""
    for found in _WHERE_TO_CLICK.finditer(text):
        message = f"Say where the link leads instead of “{found[0]}”, for example “See our opening times”."
        yield Advice("click-here", message, found.start(), found.end())


def _capitals_in_a_row(text: str) -> Iterator[Advice]:
    """No block capitals: GOV.UK style guide, "Capitalisation" ("DO NOT USE BLOCK CAPITALS", it is hard to read).

    Acronyms pass: a row is two or more words, of eight letters in all, one of which has at least four.
    """
    words = list(_CAPITALS.finditer(text))
    row = words[:1]
    for one, other in [*pairwise(words), (None, None)]:
        if one and other and _BETWEEN_CAPITALS.fullmatch(text, one.end(), other.start()):
            row.append(other)
            continue
        lengths = [len(word[0]) for word in row]
        if len(row) > 1 and sum(lengths) >= 8 and max(lengths) >= 4:
            start, end = row[0].start(), row[-1].end()
            shown = text[start:end] if end - start <= 60 else f"{text[start : start + 59]}…"
            message = f"Write “{shown}” in small letters: block capitals are hard to read, and to hear."
            yield Advice("capitals", message, start, end)
        row = [other] if other else []


def _reading_age(text: str) -> Iterator[Advice]:
    """GOV.UK, "Content design: writing for GOV.UK": write for a reading age of 9."""
    age = reading_age(text)
    if age is not None and age > MOST_READING_AGE:
        reader = f"A reader of about {age:.0f}" if age < _GROWN_UP else "Only a very practised reader"
        message = f"{reader} can follow this; aim for 9 to 11: use shorter words and sentences."
        yield Advice("reading-age", message)


def reading_age(text: str) -> float | None:
    """At what age, in years, somebody can follow the English ``text``; ``None`` if it is too short to say.

    The grade of Flesch and Kincaid (Kincaid et al., 1975) and five years, when the first grade begins. Syllables are
    counted by where a word can be hyphenated, which finds rather too few: the age errs on the low side.
    """
    plain = _plain(text)
    words = [word[0] for word in _WORD.finditer(plain) if len(word[0]) <= 40]
    if len(words) < LEAST_WORDS_TO_JUDGE:
        return None
    spoken = sum(1 for start, end in sentences(text) if _WORD.search(plain, start, end))
    syllables = sum(len(_hyphens.positions(word)) + 1 for word in words)
    if len(_hyphens.hd.cache) > _WORDS_REMEMBERED:
        _hyphens.hd.cache.clear()
    return 0.39 * len(words) / max(spoken, 1) + 11.8 * syllables / len(words) - 15.59 + 5


def _plain(text: str) -> str:
    """``text``, as long as it was, with spaces in place of hashtags, links and mentions: no words of a sentence."""
    found = sorted([*links(text), *hashtags(text), *mentions(text)], key=lambda each: each.start)
    pieces: list[str] = []
    position = 0
    for each in found:
        pieces += [text[position : each.start], " " * (each.end - max(position, each.start))]
        position = max(position, each.end)
    return "".join([*pieces, text[position:]])


def _listed(names: list[str]) -> str:
    """ "#One, #Two and #Three"; of many the first few."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more hashtags"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


RULES = (
    _Rule(_camel_case, is_for_english_alone=True),
    _Rule(_hashtags_in_sentences),
    _Rule(_many_hashtags),
    _Rule(_many_emoji),
    _Rule(_emoji_in_a_row),
    _Rule(_emoji_for_words),
    _Rule(_long_sentences, is_for_english_alone=True),
    _Rule(_where_to_click, is_for_english_alone=True),
    _Rule(_capitals_in_a_row),
    _Rule(_reading_age, is_for_english_alone=True),
)
