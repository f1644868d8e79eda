"""What changed from one revision of a post to another, channel by channel and part by part. Pure, but for names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moothall.channels.models import Channel
from moothall.core import differences, languages, localtime
from moothall.publishing.models import Revision
from moothall.publishing.queries import options_in_words

Words = Sequence[tuple[str, str]]
"""Pieces of text, each with what became of it: same, added or removed."""


@dataclass(frozen=True)
class MediaChange:
    """One picture or video that came, went, or is described otherwise. ``facts`` are its frozen facts."""

    what: str
    """ "added", "removed" or "described otherwise" """
    facts: Mapping[str, Any]
    alt: Words = field(default_factory=list)


@dataclass(frozen=True)
class PartChange:
    number: int
    what: str
    """ "same", "changed", "added" or "removed" """
    words: Words
    media: list[MediaChange]


@dataclass(frozen=True)
class OptionChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChannelChange:
    """What changed on one channel. ``what`` as for a part."""

    channel: Channel
    what: str
    parts: list[PartChange]
    options: list[OptionChange]


@dataclass(frozen=True)
class Change:
    """From revision ``before`` to revision ``after`` of one post."""

    before: Revision
    after: Revision
    channels: list[ChannelChange]
    time: tuple[str, str] | None
    """When it was to go out, and when it is now, if that changed."""

    @property
    def is_nothing(self) -> bool:
        return self.time is None and all(each.what == "same" for each in self.channels)


def compare(before: Revision, after: Revision) -> Change:
    """Compare what was frozen. One query, for the channels."""
    old, new = ({each["channel"]: each for each in of.content["variants"]} for of in (before, after))
    known = Channel.objects.select_related("service").in_bulk([*new, *(each for each in old if each not in new)])
    channels = [_channel(channel, old.get(pk), new.get(pk)) for pk, channel in _in_order(known, [*new, *old])]
    times = _time(before), _time(after)
    return Change(before, after, channels, times if times[0] != times[1] else None)


def _in_order(known: Mapping[int, Channel], ids: Iterable[int]) -> list[tuple[int, Channel]]:
    return [(pk, known[pk]) for pk in dict.fromkeys(ids) if pk in known]


def _time(revision: Revision) -> str:
    if revision.content.get("timing") == "next_slot":
        return "in each channel’s next free slot"
    planned = revision.content.get("scheduled_for")
    return localtime.words(datetime.fromisoformat(planned)) if planned else "as soon as it is approved"


def _channel(channel: Channel, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> ChannelChange:
    old_parts, new_parts = (each["parts"] if each else [] for each in (old, new))
    number = max(len(old_parts), len(new_parts))
    parts = [_part(place + 1, _at(old_parts, place), _at(new_parts, place)) for place in range(number)]
    options = _options(channel, old or {}, new or {}) if old and new else []
    if old and new:
        what = "changed" if options or any(each.what != "same" for each in parts) else "same"
    else:
        what = "added" if new else "removed"
    return ChannelChange(channel, what, parts, options)


def _at(parts: list[Any], place: int) -> Mapping[str, Any] | None:
    return parts[place] if place < len(parts) else None


def _part(number: int, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> PartChange:
    words = differences.words(old["text"] if old else "", new["text"] if new else "")
    media = _media(old["media"] if old else [], new["media"] if new else [])
    if old and new:
        what = "changed" if old["text"] != new["text"] or media else "same"
    else:
        what = "added" if new else "removed"
    return PartChange(number, what, words, media)


def _media(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> list[MediaChange]:
    before, after = ({_identity(each): each for each in of} for of in (old, new))
    changes = [MediaChange("removed", facts) for key, facts in before.items() if key not in after]
    changes += [MediaChange("added", facts) for key, facts in after.items() if key not in before]
    for key, facts in after.items():
        if key in before and before[key]["alt"] != facts["alt"]:
            changes.append(
                MediaChange("described otherwise", facts, differences.words(before[key]["alt"], facts["alt"]))
            )
    return changes


def _identity(facts: Mapping[str, Any]) -> tuple[Any, str]:
    """An asset that was cropped otherwise is another picture."""
    return facts.get("asset"), facts["name"]


def _options(channel: Channel, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[OptionChange]:
    before, after = (dict(options_in_words(channel, each.get("options", {}))) for each in (old, new))
    changes = [
        OptionChange(label, before.get(label, "as usual"), after.get(label, "as usual"))
        for label in dict.fromkeys([*before, *after])
        if before.get(label) != after.get(label)
    ]
    if old.get("language") != new.get("language"):
        changes.append(OptionChange("Language", languages.name(old["language"]), languages.name(new["language"])))
    cards = [(each.get("card") or {}).get("title", "none") for each in (old, new)]
    if old.get("card") != new.get("card"):
        changes.append(OptionChange("Link card", *cards))
    return changes
