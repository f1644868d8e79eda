"""The composer's form: what is asked, and what was written, as ``Content``."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import languages, localtime
from moothall.core.forms import MomentField
from moothall.library import queries as library
from moothall.library.models import Asset
from moothall.networks import registry
from moothall.publishing import identity_guard, queries, threads
from moothall.publishing.compose_rows import ChannelRow, MediaRow, detail_fields, details_in, option_name, text_name
from moothall.publishing.content import Content, Enclosed, Wording, enclosed_in, of_post
from moothall.publishing.models import POST_LENGTH, Post, ReadyMade, Timing

CARD_SALT = "moothall.publishing.card"
"""A card that we fetched comes back with the form. Signed, it can name no file but the one that we kept."""
CHOSEN = "channel_"
MANY_CHANNELS = 12
"""More than this, and one looks for a channel by its name."""
MOST_DIGITS = 18
UNFINISHED = frozenset({"service", "scheduled_for", "new_picture", "new_alt", "new_decorative"})
"""Fields that may be half filled in while the rest of a draft is saved by itself, or previewed."""


class PostForm(forms.Form):
    """A post: whose, what, where, when. Anything may be saved as a draft; what is wrong with it is said beside it.

    A desk may have hundreds of channels: what is asked of one is asked once it is chosen.

    ``enclosed``: what is on the post, if that is neither what the data lists nor what is saved. ``chosen_only``: leave
    out the channels that the data does not choose, where nothing is shown of them.
    """

    all_optional = True

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    made_from = forms.ModelChoiceField(queryset=ReadyMade.objects.none(), widget=forms.HiddenInput, required=False)
    card = forms.CharField(widget=forms.HiddenInput, max_length=10_000, required=False)
    voices_confirmed = forms.CharField(max_length=500, required=False)
    """The voices (``identity_guard.key``) of which the author says that they are meant."""

    service = forms.ModelChoiceField(
        queryset=Service.objects.none(), label="For which service?", empty_label=None, required=False
    )
    text = forms.CharField(
        label="What do you want to say?",
        help_text="A line with only --- begins the next part of a thread.",
        widget=forms.Textarea(attrs={"rows": 9}),
        max_length=POST_LENGTH,
        required=False,
        strip=False,
    )
    language = forms.ChoiceField(
        label="Language of these words", choices=languages.CHOICES, initial="en", required=False
    )
    second_language = forms.ChoiceField(label="Second language", choices=languages.CHOICES, required=False)
    second_text = forms.CharField(
        label="The same in the second language",
        help_text="Channels that speak this language carry these words.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=POST_LENGTH,
        required=False,
        strip=False,
    )
    campaign = forms.CharField(
        label="Campaign",
        help_text="A short name, such as summer-reading. Links are tagged with it, so that visits can be counted.",
        max_length=100,
        required=False,
    )
    new_picture = forms.FileField(
        label="Add a picture or a video",
        help_text="JPEG, PNG, WebP, GIF or video. Where and when it was taken is removed.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,video/*"}),
        required=False,
    )
    new_alt = forms.CharField(
        label="Describe it",
        help_text="For people who cannot see it: what it shows that matters here.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        required=False,
    )
    new_decorative = forms.BooleanField(label="It is only decoration and needs no description", required=False)
    when = forms.ChoiceField(
        label="When should it go out?", choices=Timing.choices, widget=forms.RadioSelect, initial=Timing.AT_ONCE
    )
    scheduled_for = MomentField(label="The time you choose", required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        author: User,
        post: Post | None = None,
        ready_made: ReadyMade | None = None,
        enclosed: Sequence[Enclosed] | None = None,
        chosen_only: bool = False,
    ) -> None:
        self.author, self.post, self.ready_made = author, post, ready_made
        self.chosen_only = chosen_only
        self.channels = self._channels(data)
        self.connected = set() if chosen_only else channel_queries.connected_among(self.channels)
        self.enclosed = self._enclosed(data) if enclosed is None else list(enclosed)
        super().__init__(data, files)
        self.initial = self._initial()
        self._offer_choices(author)
        for channel in self.channels:
            self.fields[chosen_name(channel.pk)] = forms.BooleanField(label=str(channel), required=False)
            if self._asks_details_of(channel):
                self.fields |= detail_fields(channel)
        for number, each in enumerate(self.enclosed, start=1):
            self._add_fields_for(each, number)

    # --- Fields ---------------------------------------------------------------------------------------------------

    def _offer_choices(self, author: User) -> None:
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(author, "post.write")
        if self.post is None and len(services.queryset) > 1:
            services.empty_label = "Choose a service"
        ready_made: Any = self.fields["made_from"]
        if self.post is None:
            ready_made.queryset = queries.ready_made(author)
        else:  # what it was made from stays, whoever edits it, and if that is retired
            ready_made.queryset, ready_made.disabled = ReadyMade.objects.filter(posts=self.post), True

    def _asks_details_of(self, channel: Channel) -> bool:
        """Words for a channel that is no longer chosen are shown again with a form that could not be saved."""
        if not self.is_bound:
            return chosen_name(channel.pk) in self.initial
        return any(name in self.data for name in (chosen_name(channel.pk), text_name(channel)))

    def _add_fields_for(self, enclosed: Enclosed, number: int) -> None:
        pk, what = enclosed.asset.pk, "video" if enclosed.asset.kind == "video" else "picture"
        self.fields[f"alt_{pk}"] = forms.CharField(
            label=f"Description of {what} {number}",
            widget=forms.Textarea(attrs={"rows": 2}),
            max_length=2_000,
            required=False,
        )
        self.fields[f"decorative_{pk}"] = forms.BooleanField(
            label=f"{what.capitalize()} {number} is only decoration", required=False
        )
        self.fields[f"part_{pk}"] = forms.IntegerField(
            label=f"Part of the thread that carries {what} {number}",
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "min": 1}),
            min_value=1,
            max_value=1_000,
            required=False,
        )

    def _initial(self) -> dict[str, Any]:
        known = {each.asset.pk: each for each in self.enclosed}
        initial: dict[str, Any] = {f"alt_{pk}": each.alt for pk, each in known.items()}
        initial |= {f"decorative_{pk}": each.is_decorative for pk, each in known.items()}
        initial |= {f"part_{pk}": each.part for pk, each in known.items()}
        second = "cy" if any(each.language == "cy" for each in self.channels) else languages.CHOICES[1][0]
        if self.post is not None:
            return initial | self._initial_of(self.post, second)
        if self.ready_made is None:
            return initial | {"once": uuid.uuid4(), "second_language": second}
        of = self.ready_made
        return initial | {
            "once": uuid.uuid4(),
            "made_from": of,
            "service": of.service,
            "text": of.text,
            "second_text": of.second_text,
            "second_language": of.second_language or second,
        }

    def _initial_of(self, post: Post, second: str) -> dict[str, Any]:
        initial: dict[str, Any] = {
            "once": post.once,
            "seen_at": post.edited_at.isoformat(),
            "made_from": post.made_from,
            "card": signed_card(post.card),
            "service": post.service,
            "text": post.text,
            "language": post.language,
            "second_language": post.second_language or second,
            "second_text": post.second_text,
            "campaign": post.campaign,
            "when": post.timing,
            "scheduled_for": post.scheduled_for,
        }
        for variant in () if self.chosen_only else post.variants.all():
            initial[chosen_name(variant.channel_id)] = True
            initial[f"text_{variant.channel_id}"] = variant.text
            for name, value in variant.options.items():
                initial[f"option_{variant.channel_id}_{name}"] = value
        return initial

    def _channels(self, data: QueryDict | None) -> list[Channel]:
        drivable = channel_queries.drivable(self.author)
        if not self.chosen_only:
            return list(drivable)
        names = [name.removeprefix(CHOSEN) for name in data or () if name.startswith(CHOSEN)]
        return list(drivable.filter(pk__in=ids(names))) if names else []

    def _enclosed(self, data: QueryDict | None) -> list[Enclosed]:
        """What is on the post: as the form lists it, or as it was saved."""
        if data is not None:
            return self._listed(ids(data.getlist("media")))
        if self.post is not None:
            return list(of_post(self.post).enclosed)
        return enclosed_in(self.ready_made) if self.ready_made else []

    def _listed(self, pks: list[int]) -> list[Enclosed]:
        """The assets with these ids, in this order; those that the author may not use are left out."""
        if not pks:
            return []
        found = library.visible(self.author).prefetch_related("crops").in_bulk(pks)
        if self.post is not None and len(found) < len(pks):  # a colleague may have put more on it
            on_it = Asset.objects.filter(attachments__post=self.post).prefetch_related("crops")
            found |= on_it.in_bulk(pks)
        return [Enclosed(found[pk], found[pk].alt) for pk in pks if pk in found]

    # --- Checking -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("service") and "service" not in self.errors:
            # Whoever has not said for which service most likely means the one whose channel they chose first.
            chosen = [each for each in self.channels if cleaned.get(chosen_name(each.pk))]
            cleaned["service"] = chosen[0].service if chosen else None
            if not chosen:
                self.add_error("service", "Choose for which service this is.")
        described = cleaned.get("new_alt") or cleaned.get("new_decorative")
        if described and not cleaned.get("new_picture") and "new_picture" not in self.errors:
            self.add_error("new_picture", "You described a picture and chose none. Choose it, or empty what you wrote.")
        if cleaned.get("when") != Timing.AT_A_TIME:
            self.errors.pop("scheduled_for", None)  # a time that was tried and left there is not meant
        elif not cleaned.get("scheduled_for") and "scheduled_for" not in self.errors:
            self.add_error("scheduled_for", "Give the date and the time, or choose another answer above.")
        if self.errors and cleaned.get("new_picture"):
            self.add_error("new_picture", "Choose the picture again: a browser forgets it on a page with mistakes.")
        return cleaned

    def clean_scheduled_for(self) -> datetime | None:
        """In the night in which the clocks show it twice, a time that nobody touched stays the one that it was."""
        chosen: datetime | None = self.cleaned_data["scheduled_for"]
        saved = self.post.scheduled_for if self.post else None
        return saved if chosen and saved and localtime.same_on_clocks(chosen, saved) else chosen

    def clean_card(self) -> dict[str, str] | None:
        if not self.cleaned_data["card"]:
            return None
        try:
            card: dict[str, str] | None = signing.loads(self.cleaned_data["card"], salt=CARD_SALT)
        except signing.BadSignature as error:
            raise ValidationError("The link card was changed on its way. Fetch it again.") from error
        return card

    def what_cannot_be_saved(self) -> list[str]:
        """Why these words could not be saved as a draft, in sentences. What is merely unfinished is no reason."""
        return [
            str(message) for name, messages in self.errors.items() if name not in UNFINISHED for message in messages
        ]

    def let_replace(self) -> None:
        """After a complaint that somebody else changed the post: saving once more means to replace theirs."""
        if self.post is not None:
            self.post.refresh_from_db(fields=["edited_at"])
            data = cast(QueryDict, self.data).copy()
            data["seen_at"] = self.post.edited_at.isoformat()
            self.data = data

    # --- What the page shows --------------------------------------------------------------------------------------

    @property
    def has_many_channels(self) -> bool:
        return len(self.channels) > MANY_CHANNELS

    def channel_rows(self) -> list[ChannelRow]:
        """A row for each channel; of many, those that are asked about come first."""
        rows = [
            ChannelRow(
                each, each.pk in self.connected, bool(self[chosen_name(each.pk)].value()), details_in(self, each)
            )
            for each in self.channels
        ]
        return sorted(rows, key=lambda row: row.details is None) if self.has_many_channels else rows

    def others_channels(self) -> list[Channel]:
        """Channels on the post through which this author may not speak: they stay as a colleague chose them."""
        variants = self.post.variants.all() if self.post else ()
        return [each.channel for each in variants if each.channel not in self.channels and each.channel.is_driven]

    def media_rows(self) -> Iterator[MediaRow]:
        for number, each in enumerate(self.enclosed, start=1):
            pk = each.asset.pk
            yield MediaRow(each.asset, number, self[f"alt_{pk}"], self[f"decorative_{pk}"], self[f"part_{pk}"])

    @property
    def is_thread(self) -> bool:
        return len(threads.parts(_plain(str(self["text"].value() or "")))) > 1

    @property
    def has_second_text(self) -> bool:
        return bool(self["second_text"].value() or self["second_text"].errors)

    # --- What was written -----------------------------------------------------------------------------------------

    def content(self) -> Content:
        """What was written. Of a form with mistakes: as much of it as can be read, the rest as it was."""
        self.is_valid()
        values: dict[str, Any] = {name: self.cleaned_data.get(name, self.initial.get(name)) for name in self.fields}
        chosen = [each for each in self.channels if values.get(chosen_name(each.pk))]
        second_text = _plain(values["second_text"])
        has_second = bool(second_text.strip()) or any(each.language == values["second_language"] for each in chosen)
        timing = values["when"]
        return Content(
            service=values["service"],
            text=_plain(values["text"]),
            variants={each: self._wording(each, values) for each in chosen},
            scheduled_for=values["scheduled_for"] if timing == Timing.AT_A_TIME else None,
            in_next_slots=timing == Timing.NEXT_SLOT,
            language=values["language"] or "en",
            second_text=second_text,
            second_language=values["second_language"] if has_second else "",
            campaign=(values["campaign"] or "").strip(),
            card=_of_link_in(values["text"], self.cleaned_data.get("card")),
            enclosed=[
                Enclosed(
                    each.asset,
                    _plain(values[f"alt_{each.asset.pk}"]) if f"alt_{each.asset.pk}" in self.data else each.alt,
                    bool(values[f"decorative_{each.asset.pk}"]),
                    values[f"part_{each.asset.pk}"] or 1,
                )
                for each in self.enclosed
            ],
        )

    def _wording(self, channel: Channel, values: dict[str, Any]) -> Wording:
        options = {
            each.name: values[option_name(channel, each)]
            for each in registry.network(channel.network).post_fields
            if values[option_name(channel, each)] not in ("", None, each.default)
        }
        return Wording(_plain(values[text_name(channel)]), options)

    def is_saved_already(self, content: Content) -> bool:
        """Whether the post is stored just so: then this form came before, and its answer was lost on the way."""
        if self.post is None:
            return False
        stored = of_post(self.post)
        drivable = set(channel_queries.drivable(self.author).filter(pk__in=[each.pk for each in stored.variants]))
        mine = {channel: wording for channel, wording in stored.variants.items() if channel in drivable}
        enclosed = content.enclosed if self.cleaned_data.get("new_picture") else stored.enclosed
        return replace(stored, variants=mine, enclosed=enclosed) == content

    def confirms(self, content: Content) -> bool:
        """Whether the author says that exactly these voices are meant."""
        key = identity_guard.key(identity_guard.voices(content.variants))
        return bool(key) and self.cleaned_data.get("voices_confirmed") == key


def chosen_name(pk: int) -> str:
    """The name of the field that says whether a channel is chosen."""
    return f"{CHOSEN}{pk}"


def ids(sent: Sequence[str]) -> list[int]:
    """The ids among what a browser sent, each once, in order. What no database could hold is none."""
    return list(dict.fromkeys(int(each) for each in sent if each.isdecimal() and len(each) <= MOST_DIGITS))


def signed_card(card: Any) -> str:
    """A fetched link card as the form carries it; empty for none."""
    return signing.dumps(dict(card), salt=CARD_SALT) if card else ""


def _of_link_in(text: str | None, card: dict[str, str] | None) -> dict[str, str] | None:
    """``card``, unless its link has been taken out of the words since."""
    return card if card and card["url"].partition("://")[2] in (text or "") else None


def _plain(text: str | None) -> str:
    """A browser ends lines in its own way."""
    return (text or "").replace("\r\n", "\n")
