"""Setting up events: permission, change and record in one place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.events import wall_log
from moothall.events.misspellings import is_hashtag
from moothall.events.models import Door, Event, EventTag, Item
from moothall.networks.text import fold_tag, graphemes
from moothall.records.actions import capture

RESERVED_SLUGS = ("new", "listening", "limits", "blocked", "feed")
"""Words that stand where an event's short name would, in the addresses of staff pages."""
LONGEST = timedelta(days=14)
MOST_TAGS = 50
LONGEST_TAG = 64
"""In characters as readers count them: Bluesky links no longer one."""
FACTS = (
    "name",
    "slug",
    "summary",
    "starts_at",
    "ends_at",
    "zone",
    "is_public",
    "safeguarding_minutes",
    "shows_staff_at_once",
    "shows_public_at_once",
    "design",
    "wall_notice",
)


@dataclass(frozen=True)
class Belongings:
    """What hangs on an event. Hashtags are without their signs, by kind (``EventTag.Kind``)."""

    tags: Mapping[str, Sequence[str]]
    services: Collection[Service] = ()
    official_channels: Collection[Channel] = ()
    backup_channels: Collection[Channel] = ()


@transaction.atomic
def save_event(actor: User, event: Event, with_: Belongings) -> Event:
    """Add ``event``, or keep its changes. Raises ``ValidationError`` by field where it would not hold together.

    What waits for the safeguarding delay follows a change of it; what the wall shows already stays there.
    """
    require(actor, "event.manage")
    if event.rehearses_id:
        raise ValidationError("This is a rehearsal. Change the event that it rehearses.")
    old = Event.objects.select_for_update().filter(pk=event.pk).first()
    before = facts(old) if old else {}
    tags = _clean_tags(with_.tags)
    _check(event, old)
    if old is None:
        event.made_by = actor
    event.save()
    _write_tags(event, tags)
    event.services.set(with_.services)
    event.official_channels.set(with_.official_channels)
    event.backup_channels.set(with_.backup_channels)
    if old and old.safeguarding_minutes != event.safeguarding_minutes:
        _delay_anew(event)
    after = facts(event)
    changed = [name for name in after if before.get(name) != after[name]]
    if changed:
        capture(
            "event.changed" if old else "event.added",
            ref(event),
            actor=actor,
            before={name: before[name] for name in changed if before},
            after={name: after[name] for name in changed},
        )
    return event


def ref(event: Event) -> str:
    """By what name records know the event."""
    return f"event:{event.pk}"


def facts(event: Event) -> dict[str, Any]:
    """What records keep of an event."""
    return {
        **{name: getattr(event, name) for name in FACTS},
        "tags": [[each.kind, each.tag] for each in EventTag.objects.filter(event=event)],
        "services": sorted(event.services.values_list("pk", flat=True)),
        "official_channels": sorted(event.official_channels.values_list("pk", flat=True)),
        "backup_channels": sorted(event.backup_channels.values_list("pk", flat=True)),
    }


def _check(event: Event, old: Event | None) -> None:
    if event.slug in RESERVED_SLUGS:
        raise ValidationError({"slug": "This short name is taken by Moothall itself. Choose another."})
    event.full_clean(exclude=("made_by", "rehearses"))
    if event.ends_at - event.starts_at > LONGEST:
        raise ValidationError(f"An event lasts {LONGEST.days} days at most. Give an earlier end.")
    if old is None:
        return
    if old.slug != event.slug:
        raise ValidationError({"slug": f"The short name “{old.slug}” stays: the wall’s address has it."})
    outside = old.slots.filter(starts_at__lt=event.starts_at) | old.slots.filter(ends_at__gt=event.ends_at)
    if outside.exists():
        raise ValidationError(
            f"{outside.count()} of its slots would lie outside these hours. Move or remove them in the running order."
        )


def _clean_tags(tags: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs of kind and hashtag, each hashtag once, the main one first."""
    found: dict[str, tuple[str, str]] = {}
    for kind in EventTag.Kind.values:
        for tag in tags.get(kind, ()):
            found.setdefault(fold_tag(tag), (kind, _clean_tag(tag, kind)))
    if len([kind for kind, _ in found.values() if kind == EventTag.Kind.MAIN]) != 1:
        raise ValidationError({"tag": "Give the one hashtag of the event, such as ExDay24."})
    if len(found) > MOST_TAGS:
        raise ValidationError({"misspellings": f"An event has at most {MOST_TAGS} hashtags. Leave some out."})
    return list(found.values())


FIELD_OF = {
    EventTag.Kind.MAIN: "tag",
    EventTag.Kind.ALTERNATE: "alternates",
    EventTag.Kind.MISSPELLING: "misspellings",
}


def _clean_tag(tag: str, kind: str) -> str:
    tag = tag.strip().lstrip("#＃")
    field = FIELD_OF[EventTag.Kind(kind)]
    if not is_hashtag(tag):
        raise ValidationError(
            {
                field: f"“{tag[:70]}” is no hashtag on the networks. Use letters, digits and _ with no spaces, "
                "and at least one letter."
            }
        )
    if graphemes(tag) > LONGEST_TAG:
        raise ValidationError({field: f"A hashtag has {LONGEST_TAG} characters at most: Bluesky links no longer one."})
    return tag


def _write_tags(event: Event, tags: Sequence[tuple[str, str]]) -> None:
    there = [(each.kind, each.tag) for each in EventTag.objects.filter(event=event)]
    if there != list(tags):
        EventTag.objects.filter(event=event).delete()
        EventTag.objects.bulk_create(
            EventTag(event=event, kind=kind, tag=tag, folded=fold_tag(tag)) for kind, tag in tags
        )
    getattr(event, "_prefetched_objects_cache", {}).pop("tags", None)


def _delay_anew(event: Event) -> None:
    wall_log.lock(event.pk)
    waiting = Item.objects.filter(event=event, is_on_wall=False, gone_at=None).exclude(door=Door.OFFICIAL)
    waiting.update(show_at=F("seen_at") + timedelta(minutes=event.safeguarding_minutes))
