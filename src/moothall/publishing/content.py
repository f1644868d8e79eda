"""What an author wrote, and what each channel will carry of it.

The same reading serves the live preview of what is being typed, the complaints before approval, and the freezing: what
was previewed is what is approved, and what is approved is what is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moothall.accounts.models import Service
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import pictures
from moothall.library import queries as library
from moothall.library.models import Asset
from moothall.networks import registry
from moothall.networks.base import Card, Draft, Limits, Network, Problem, Reply
from moothall.publishing import campaigns, threads
from moothall.publishing.models import Attachment, Post, ReadyMade, Timing, Variant

SOME_PART = Reply("", "")
"""Stands for the reply that a later part will be, where nothing is sent yet."""


@dataclass(frozen=True)
class Wording:
    """What one channel is to carry otherwise: its own words (empty: the post's) and its network's options."""

    text: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Enclosed:
    """An asset on a post: on which part of its thread, and how it is described there."""

    asset: Asset
    alt: str = ""
    is_decorative: bool = False
    part: int = 1

    @property
    def spoken(self) -> str:
        """The description that goes out: none for a decorative one."""
        return "" if self.is_decorative else self.alt


@dataclass(frozen=True)
class Content:
    """What an author wrote: the words, the channels with what they carry otherwise, and the time."""

    service: Service
    text: str
    variants: Mapping[Channel, Wording]
    scheduled_for: datetime | None = None
    in_next_slots: bool = False
    """Each channel's next free slot decides, not a time."""
    language: str = "en"
    second_text: str = ""
    second_language: str = ""
    campaign: str = ""
    card: Mapping[str, str] | None = None
    enclosed: Sequence[Enclosed] = ()

    @property
    def timing(self) -> Timing:
        if self.in_next_slots:
            return Timing.NEXT_SLOT
        return Timing.AT_A_TIME if self.scheduled_for else Timing.AT_ONCE

    def language_of(self, channel: Channel) -> str:
        """In which language ``channel`` carries this: the second one if that is the channel's own."""
        return self.second_language if self._is_second(channel) else self.language

    def text_of(self, channel: Channel) -> str:
        """The words that ``channel`` carries, its links tagged with the campaign."""
        common = self.second_text if self._is_second(channel) else self.text
        words = self.variants[channel].text or common
        return campaigns.tagged(words, self.campaign, source=channel.network)

    def card_on(self, channel: Channel) -> dict[str, str] | None:
        """The link card that ``channel`` carries. Its link is tagged like those in the words."""
        if not self.card:
            return None
        kept = dict(self.card)
        return kept | {"url": campaigns.tagged_address(kept["url"], self.campaign, source=channel.network)}

    def _is_second(self, channel: Channel) -> bool:
        return bool(self.second_language) and channel.language == self.second_language != self.language


@dataclass(frozen=True)
class Part:
    """One part of what a channel will carry; a post that is no thread has one. ``length`` as the network counts."""

    draft: Draft
    facts: list[dict[str, Any]]
    """The frozen facts of its assets (``Asset.facts``)."""
    length: int
    problems: list[Problem]


@dataclass(frozen=True)
class Rendering:
    """What one channel will carry."""

    channel: Channel
    language: str
    limits: Limits
    options: dict[str, str]
    card: dict[str, str] | None
    parts: list[Part]

    @property
    def words(self) -> list[str]:
        return [part.draft.text for part in self.parts]


def of_post(post: Post) -> Content:
    """The saved post as it was written. Three queries, unless ``post`` came with its variants and attachments."""
    variants: dict[Channel, Wording] = {each.channel: _wording(each) for each in post.variants.all()}
    return Content(
        service=post.service,
        text=post.text,
        variants=variants,
        scheduled_for=post.scheduled_for if post.timing == Timing.AT_A_TIME else None,
        in_next_slots=post.timing == Timing.NEXT_SLOT,
        language=post.language,
        second_text=post.second_text,
        second_language=post.second_language,
        campaign=post.campaign,
        card=post.card,
        enclosed=[_enclosed(each) for each in post.attachments.all()],
    )


def _wording(variant: Variant) -> Wording:
    return Wording(variant.text, variant.options)


def _enclosed(attachment: Attachment) -> Enclosed:
    return Enclosed(attachment.asset, attachment.alt, attachment.is_decorative, attachment.part)


def enclosed_in(ready_made: ReadyMade) -> list[Enclosed]:
    """The assets of a ready-made text, described as in the media library.

    Where that says nothing, as on the last post that was made of it. Two queries.
    """
    assets = list(ready_made.assets.all())
    last = Attachment.objects.filter(post__made_from=ready_made, asset__in=assets).order_by("post")
    kept = {each.asset_id: each for each in last}
    return [
        Enclosed(asset, asset.alt or kept[asset.pk].alt, not asset.alt and kept[asset.pk].is_decorative)
        if asset.pk in kept
        else Enclosed(asset, asset.alt)
        for asset in assets
    ]


def renderings(content: Content) -> list[Rendering]:
    """What each channel will carry, in the order of the content's channels, with what its network says to it.

    A channel on a network that is no longer there is left out; ``problems`` of ``checking.py`` complains of it.
    """
    limits = channel_queries.limits_among(content.variants)
    return [
        _rendering(content, channel, registry.network(channel.network), limits[channel.pk])
        for channel in content.variants
        if channel.network in registry.networks()
    ]


def _rendering(content: Content, channel: Channel, network: Network, limits: Limits) -> Rendering:
    language = content.language_of(channel)
    names = {each.name for each in network.post_fields}
    options = {name: value for name, value in content.variants[channel].options.items() if name in names}
    card = content.card_on(channel)
    texts = threads.parts(content.text_of(channel))
    parts = []
    for number, text in enumerate(texts, start=1):
        facts = [
            each.asset.facts(each.spoken, channel.network)
            for each in content.enclosed
            if each.asset.is_ready and min(each.part, len(texts)) == number
        ]
        draft = Draft(
            text=text,
            media=tuple(map(library.media, facts)),
            language=language,
            options=options,
            card=card_of(card) if number == 1 else None,
            reply=SOME_PART if number > 1 else None,
        )
        parts.append(Part(draft, facts, network.length(draft, limits), network.check(draft, limits)))
    return Rendering(channel, language, limits, options, card, parts)


def card_of(facts: Mapping[str, str] | None) -> Card | None:
    """A kept link card as an adapter takes it."""
    if not facts:
        return None
    image = pictures.path_of(facts["image"]) if facts.get("image") else None
    return Card(facts["url"], facts["title"], facts.get("description", ""), image)


def frozen(content: Content) -> dict[str, Any]:
    """The content of a revision: see ``Revision``."""
    return {
        "service": content.service.pk,
        "text": content.text,
        "scheduled_for": content.scheduled_for.isoformat() if content.scheduled_for else None,
        "timing": content.timing.value,
        "variants": [
            {
                "channel": each.channel.pk,
                "language": each.language,
                "options": each.options,
                "card": each.card,
                "parts": [{"text": part.draft.text, "media": part.facts} for part in each.parts],
            }
            for each in renderings(content)
        ],
    }
