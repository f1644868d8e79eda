"""Forms about ready-made texts."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import languages
from moothall.core.forms import FilterForm
from moothall.library import queries as library
from moothall.library.models import Asset, AssetState
from moothall.planning.ready_made_actions import NAME_LENGTH, Words
from moothall.publishing import placeholders
from moothall.publishing.models import POST_LENGTH, ReadyMade

NEWEST = 24
"""So many of the library's newest pictures are offered; older ones are named."""
GAP_LENGTH = 500


class ReadyMadeFilter(FilterForm):
    """What narrows the list of ready-made texts."""

    q = forms.CharField(label="Words")
    kind = forms.ChoiceField(label="Kind", choices=[("", "Both kinds"), *ReadyMade.Kind.choices])
    service = forms.ModelChoiceField(queryset=Service.objects.none(), label="Service", empty_label="All services")
    retired = forms.BooleanField(label="Retired ones")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "post.write")


class ChannelFilter(FilterForm):
    """For which channel evergreen posts are suggested."""

    channel = forms.ModelChoiceField(queryset=Channel.objects.none(), label="Channel", empty_label="Choose a channel")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels: Any = self.fields["channel"]
        channels.queryset = channel_queries.drivable(user)


class ReadyMadeForm(forms.Form):
    """A ready-made text: whose, of which kind, and what it says."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            ("template", "A template: words with gaps to fill in each time"),
            ("evergreen", "An evergreen post: good at any time, said again after a rest"),
        ],
        widget=forms.RadioSelect,
        initial="template",
    )
    service = forms.ModelChoiceField(queryset=Service.objects.none(), label="Whose is it?", empty_label=None)
    name = forms.CharField(label="Name", help_text="By which colleagues find it.", max_length=NAME_LENGTH)
    text = forms.CharField(
        label="The words",
        help_text="In a template, put what changes into braces: “Story time is at {time of day}”. A line that is only "
        "--- begins the next part of a thread.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=POST_LENGTH,
        strip=False,
    )
    second_language = forms.ChoiceField(
        label="Second language", choices=[("", "None"), *languages.CHOICES[1:]], required=False
    )
    second_text = forms.CharField(
        label="The words in the second language",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=POST_LENGTH,
        required=False,
        strip=False,
    )
    rest_days = forms.IntegerField(
        label="Days of rest",
        help_text="An evergreen post is not said again on the same channel within so many days.",
        min_value=1,
        max_value=3_650,
        initial=30,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
    )
    assets = forms.ModelMultipleChoiceField(
        queryset=Asset.objects.none(),
        label="Pictures and videos",
        help_text="The newest of the media library. Their descriptions come with them.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    another = forms.CharField(
        label="Another one from the media library", help_text="Its number or file name.", max_length=200, required=False
    )

    def __init__(self, *args: Any, user: User, ready_made: ReadyMade | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(ready_made) if ready_made else {})
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "post.write")
        if user.may("post.write", ReadyMade()):  # one of every service
            services.empty_label, services.required = "Every service", False
        self._library = library.visible(user).filter(state=AssetState.READY)
        newest = self._library.order_by("-added_at", "-pk").values_list("pk", flat=True)[:NEWEST]
        own = list(ready_made.assets.values_list("pk", flat=True)) if ready_made else []
        assets: Any = self.fields["assets"]
        assets.queryset = Asset.objects.filter(pk__in=[*newest, *own])
        if not assets.queryset:
            assets.help_text = "The media library is empty. Add pictures there first."

    def clean_another(self) -> Asset | None:
        named = self.cleaned_data["another"].strip()
        if not named:
            return None
        found = self._library.filter(original_name__iexact=named)
        if named.removeprefix("#").isdecimal() and len(named) < 12:
            found = found | self._library.filter(pk=int(named.removeprefix("#")))
        matches = list(found[:2])
        if not matches:
            raise ValidationError("The media library has no such picture that is ready and open to you.")
        if len(matches) > 1:
            raise ValidationError("Several pictures are called so. Give the number that stands on its page.")
        return matches[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("second_text", "").strip() and not cleaned.get("second_language"):
            self.add_error("second_language", "Choose the language of the second words.")
        return cleaned

    def words(self) -> Words:
        """What was said, once the form is valid."""
        values = self.cleaned_data
        assets = list(values["assets"])
        if values["another"] and values["another"] not in assets:
            assets.append(values["another"])
        return Words(
            service=values["service"],
            kind=values["kind"],
            name=values["name"],
            text=_plain(values["text"]),
            second_text=_plain(values["second_text"]),
            second_language=values["second_language"],
            rest_days=values["rest_days"],
            assets=assets,
        )


def _initial(ready_made: ReadyMade) -> dict[str, Any]:
    names = ("kind", "service", "name", "text", "second_text", "second_language", "rest_days")
    return {name: getattr(ready_made, name) for name in names} | {"assets": list(ready_made.assets.all())}


class GapsForm(forms.Form):
    """What a template leaves open: the service that speaks, and one field for each gap."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    service = forms.ModelChoiceField(queryset=Service.objects.none(), label="For which service?", empty_label=None)

    def __init__(self, *args: Any, user: User, template: ReadyMade, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "post.write")
        if template.service:
            services.queryset = services.queryset.filter(pk=template.service_id)
        elif len(services.queryset) > 1:
            services.empty_label = "Choose a service"
        self._gaps = placeholders.names(template.text, template.second_text)
        for number, name in enumerate(self._gaps):
            self.fields[f"gap_{number}"] = forms.CharField(
                label=name[:1].upper() + name[1:],
                max_length=GAP_LENGTH,
                error_messages={"required": f"Fill in “{name}”."},
            )

    def values(self) -> dict[str, str]:
        """What the gaps are to hold, by their names."""
        return {name: self.cleaned_data[f"gap_{number}"] for number, name in enumerate(self._gaps)}


class FillForm(forms.Form):
    """Which channel's next slot to fill."""

    once = forms.UUIDField()
    channel = forms.ModelChoiceField(queryset=Channel.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels: Any = self.fields["channel"]
        channels.queryset = channel_queries.drivable(user)


def _plain(text: str) -> str:
    """A browser ends lines in its own way."""
    return text.replace("\r\n", "\n")
