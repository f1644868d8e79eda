"""Who may be named in a report and its open data, and what is left out of everybody else's words.

The rule: what the council's own channels said is the council's, and its words are given. What a member of staff said on
an account that they linked is given with their name if they agreed to be named. Of all else it is told that there
was an item: in which hour, on which network, in which language, how many pictures it had. No words, no descriptions, no
addresses, no handles, no names.

The words that are given may speak of others. So the handles, remote ids and names of those who did not agree are taken
out of them, and whatever else they mention with an @ that is no channel of ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from moothall.channels.models import Channel
from moothall.events.judging import plain_handle
from moothall.events.models import Door, Event, Item, LinkedHandle

SOMEBODY = "[somebody]"
_MENTION = regex.compile(r"(?<![\w@/.])@[\w][\w.-]*(?:@[\w][\w.-]*\w)?")


def agreed(item: Item) -> bool:
    """Whether the words of ``item`` may be given, with who said them."""
    return item.door == Door.OFFICIAL or (item.door == Door.STAFF and bool(item.credit))


@dataclass(frozen=True)
class Redactor:
    """Takes out of words whoever did not agree to stand in them. ``ours`` are the handles that stay."""

    hidden: regex.Pattern[str] | None
    ours: frozenset[str]

    @classmethod
    def of(cls, handles: Iterable[str], names: Iterable[str], ours: Iterable[str]) -> "Redactor":
        """``handles``: handles and remote ids, found whatever their capitals, with their @ or without. ``names`` are
        found as they are written; names of one sign are nobody's."""
        kept = frozenset(plain_handle(each) for each in ours)
        others = {plain_handle(each) for each in handles} - kept - {""}
        patterns = [
            *(rf"(?i:@?{regex.escape(each)})" for each in others),
            *(regex.escape(each.strip()) for each in names if len(each.strip()) > 1),
        ]
        together = "|".join(sorted(set(patterns), key=len, reverse=True))
        return cls(regex.compile(rf"(?<!\w)(?:{together})(?!\w)") if together else None, kept)

    def words(self, text: str) -> str:
        """``text`` without them."""
        without = self.hidden.sub(SOMEBODY, text) if self.hidden else text
        return _MENTION.sub(self._mention, without)

    def _mention(self, found: "regex.Match[str]") -> str:
        handle = found.group()
        return handle if plain_handle(handle.rstrip(".-")) in self.ours else SOMEBODY


def redactor(event: Event) -> Redactor:
    """For the words of ``event``: it knows all who said or told something for it."""
    handles: set[str] = set()
    names: set[str] = set()
    kept_names: set[str] = set()
    ours = set(Channel.objects.values_list("handle", flat=True))
    for item in event.items.only("door", "credit", "author_handle", "author_id", "author_name", "author_url"):
        if item.door == Door.OFFICIAL:
            ours.add(item.author_handle)
        elif agreed(item):
            kept_names |= {item.credit, item.author_name}
            ours |= {item.author_handle, item.author_id}
        else:
            handles |= {item.author_handle, item.author_id, item.author_url}
            names.add(item.author_name)
    for contribution in event.contributions.select_related("contributor"):
        if contribution.credit:
            kept_names.add(contribution.credit)
        elif contribution.contributor:
            names.add(contribution.contributor.name)
    for link in LinkedHandle.objects.filter(may_be_named=False).select_related("person"):
        names.add(link.person.name)
    return Redactor.of(handles, names - kept_names, ours)
