"""Forms of telling the desk, and of the desk."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.contributions import desk, queries
from moothall.contributions.models import WORDS_LENGTH, Contribution, People, State, Way
from moothall.contributions.offering import MOST_PICTURES, Told
from moothall.core.forms import FilterForm, MomentField
from moothall.events.models import Event
from moothall.library import offering
from moothall.library.forms import SeveralFilesField, SeveralFilesInput
from moothall.library.models import Asset
from moothall.publishing.models import POST_LENGTH

TAKEN = "image/jpeg,image/png,image/webp,image/gif,video/*"
"""Telephones that take their photos in another form turn them into the first of these."""


class TellForm(forms.Form):
    """What somebody tells the desk. ``once`` names it: sent twice, it is one."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    told_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    pictures = forms.CharField(widget=forms.HiddenInput, required=False)
    """The names of pictures that were sent before, with commas between."""
    words = forms.CharField(
        label="What happened?",
        widget=forms.Textarea({"rows": 4}),
        max_length=WORDS_LENGTH,
        required=False,
    )
    photo = SeveralFilesField(
        label="Photos or a video",
        help_text="JPEG, PNG, WebP, GIF or video. Where and when they were taken is removed.",
        widget=SeveralFilesInput({"accept": TAKEN}),
        required=False,
    )
    alt = forms.CharField(
        label="What do they show?",
        help_text="For people who cannot see them.",
        widget=forms.Textarea({"rows": 2}),
        max_length=2_000,
        required=False,
    )
    people = forms.ChoiceField(
        label="Can somebody be recognised in them?",
        choices=[
            (People.NOBODY, "No, nobody"),
            (People.AGREED, "Yes, and everybody agreed to be shown"),
            (People.NOT_ASKED, "Yes, and I have not asked everybody"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    service = forms.ModelChoiceField(
        label="Which service is it about?", queryset=Service.objects.all(), empty_label="I am not sure", required=False
    )
    place = forms.CharField(label="Where?", max_length=200, required=False)
    happened_at = MomentField(label="When, if not just now?", required=False)
    naming = forms.ChoiceField(
        label="May the desk name you?",
        choices=[("no", "Do not name me"), ("yes", "You may name me")],
        widget=forms.RadioSelect,
        initial="no",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("once", uuid.uuid4())
        self.added: list[Asset] = []

    def clean_pictures(self) -> list[Asset]:
        names = [each for each in self.cleaned_data["pictures"].split(",") if each][: MOST_PICTURES + 1]
        try:
            ids = [uuid.UUID(each) for each in names]
        except ValueError as error:
            raise ValidationError("One of the pictures is not known. Choose it again.") from error
        found = {each.once: each for each in Asset.objects.filter(once__in=ids, is_offered=True)}
        if missing := [each for each in ids if each not in found]:
            raise ValidationError(f"{len(missing)} of the pictures did not arrive. Choose them again.")
        return [found[each] for each in ids]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        files = self.files.getlist("photo") if hasattr(self.files, "getlist") else []
        number = len(files) + len(cleaned.get("pictures") or [])
        if not self.errors and not number and not cleaned.get("words", "").strip():
            self.add_error("words", "Say what happened, or add a picture.")
        if number > MOST_PICTURES:
            self.add_error("photo", f"Send at most {MOST_PICTURES} pictures at once.")
        if number and not cleaned.get("people"):
            self.add_error("people", "Say whether somebody can be recognised in the pictures.")
        if not self.errors:
            self._take(files)
        return cleaned

    def _take(self, files: list[Any]) -> None:
        """Into the library: each by a name of its own that follows from the form's, so that twice is once."""
        for number, upload in enumerate(files):
            once = uuid.uuid5(self.cleaned_data["once"], str(number))
            try:
                self.added.append(offering.offer(upload, once=once, alt=self.cleaned_data["alt"]))
            except ValidationError as error:
                self.add_error("photo", error)

    def told(self, event: Event | None) -> Told:
        """What was told, once the form is valid."""
        cleaned = self.cleaned_data
        return Told(
            once=cleaned["once"],
            words=cleaned["words"],
            event=event,
            service=cleaned["service"],
            place=cleaned["place"],
            happened_at=cleaned["happened_at"],
            may_be_named=cleaned["naming"] == "yes",
            people=cleaned["people"] or People.NOBODY,
            pictures=[*cleaned["pictures"], *self.added],
            told_at=cleaned["told_at"],
        )


class PictureForm(forms.Form):
    """One picture, as the phone sends it before the words."""

    once = forms.UUIDField()
    file = forms.FileField(error_messages={"required": "Choose a picture.", "empty": "This file is empty."})
    alt = forms.CharField(max_length=2_000, required=False)


class QueueFilter(FilterForm):
    """What narrows the desk's queue."""

    q = forms.CharField(label="Words")
    state = forms.ChoiceField(choices=[("", "Open"), *State.choices])
    service = forms.ModelChoiceField(queryset=Service.objects.all(), empty_label="All services")
    door = forms.ChoiceField(label="How it came", choices=[("", "Any way"), *Way.choices])
    event = forms.ModelChoiceField(queryset=Event.objects.all(), empty_label="All events")


class MakePostForm(forms.Form):
    """The post that the desk makes of a contribution."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label="The post", widget=forms.Textarea({"rows": 6}), max_length=POST_LENGTH, strip=False)
    service = forms.ModelChoiceField(
        label="For which service?", queryset=Service.objects.none(), empty_label="Choose one"
    )
    channels = forms.ModelMultipleChoiceField(
        label="On these channels",
        queryset=Channel.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one channel."},
    )

    def __init__(self, *args: Any, actor: User, contribution: Contribution, **kwargs: Any) -> None:
        self.pictures = desk.pictures_of(contribution)
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(actor, "post.write")
        channels: Any = self.fields["channels"]
        channels.queryset = channel_queries.drivable(actor)
        for number, asset in enumerate(self.pictures, start=1):
            self.fields[f"use_{asset.pk}"] = forms.BooleanField(label=f"Use picture {number}", required=False)
            self.fields[f"alt_{asset.pk}"] = forms.CharField(
                label=f"What does picture {number} show?",
                widget=forms.Textarea({"rows": 2}),
                max_length=2_000,
                required=False,
            )

    @property
    def picture_rows(self) -> list[tuple[Asset, Any, Any]]:
        """Each picture with its two fields."""
        return [(asset, self[f"use_{asset.pk}"], self[f"alt_{asset.pk}"]) for asset in self.pictures]

    @property
    def plan(self) -> desk.Plan:
        cleaned = self.cleaned_data
        used = [asset for asset in self.pictures if cleaned[f"use_{asset.pk}"]]
        return desk.Plan(
            service=cleaned["service"],
            text=cleaned["text"],
            channels=list(cleaned["channels"]),
            pictures=[(asset, cleaned[f"alt_{asset.pk}"]) for asset in used],
            once=cleaned["once"],
        )


class ReasonForm(forms.Form):
    """Why. Whoever told the desk reads it."""

    reason = forms.CharField(label="Why?", widget=forms.Textarea({"rows": 2}), max_length=desk.REASON_LENGTH)


class KeepForm(forms.Form):
    reason = forms.CharField(
        label="Until when, or for what? (they read it)",
        widget=forms.Textarea({"rows": 2}),
        max_length=desk.REASON_LENGTH,
        required=False,
    )


class PeopleForm(forms.Form):
    people = forms.ChoiceField(label="People in the pictures", choices=People.choices, widget=forms.RadioSelect)


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        label="Make one post of this and",
        queryset=Contribution.objects.none(),
        empty_label="Choose another contribution",
        error_messages={"required": "Choose the other contribution."},
    )

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.queryset = queries.mergeable(contribution)
        into.label_from_instance = lambda each: f"{each.pk}: {each} ({each.get_state_display().lower()})"


class LinkForm(forms.Form):
    """An account of one's own."""

    network = forms.ChoiceField()
    handle = forms.CharField(label="Handle", max_length=300)
    may_be_named = forms.BooleanField(label="My name may stand beside what it says with the hashtag", required=False)

    def __init__(self, *args: Any, networks: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        network: Any = self.fields["network"]
        network.choices = [(slug, each.label) for slug, each in networks.items()]
        hints = " ".join(f"{each.label}: {each.handle_hint}" for each in networks.values())
        self.fields["handle"].help_text = hints


class NamingForm(forms.Form):
    may_be_named = forms.BooleanField(required=False)
