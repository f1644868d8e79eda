"""What the composer's page shows for each channel and each picture: their fields, side by side."""

from dataclasses import dataclass
from typing import Any

from django import forms

from moothall.channels.models import Channel
from moothall.library.models import Asset
from moothall.networks import registry
from moothall.networks.base import Field
from moothall.publishing.models import POST_LENGTH

OPTION_LENGTH = 500


@dataclass(frozen=True)
class Details:
    """The fields of what is said otherwise on one channel."""

    channel: Channel
    text: forms.BoundField
    options: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Whether something is different here, so that it should be seen."""
        fields = [self.text, *self.options]
        return any(each.errors or (each.value() or "") != (each.field.initial or "") for each in fields)


@dataclass(frozen=True)
class ChannelRow:
    """One channel in the composer. ``details`` are there once it is chosen."""

    channel: Channel
    is_connected: bool
    is_chosen: bool
    details: Details | None


@dataclass(frozen=True)
class MediaRow:
    """One picture or video and its fields in the composer. ``place`` is the part of a thread that carries it."""

    asset: Asset
    number: int
    alt: forms.BoundField
    decorative: forms.BoundField
    place: forms.BoundField

    @property
    def what(self) -> str:
        """ "Picture 2" """
        return f"{'Video' if self.asset.kind == 'video' else 'Picture'} {self.number}"


def detail_fields(channel: Channel) -> dict[str, forms.Field]:
    """What a form asks of a channel that is chosen: its own words, and what its network asks about a post."""
    text = forms.CharField(
        label=f"Different words for {channel}",
        help_text="Leave empty to use the words above.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=POST_LENGTH,
        required=False,
        strip=False,
    )
    asked = registry.network(channel.network).post_fields
    return {text_name(channel): text} | {option_name(channel, each): option_field(each) for each in asked}


class DetailsForm(forms.Form):
    """The fields of one channel, as somebody begins to write for it."""

    all_optional = True

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.fields |= detail_fields(channel)


def details_in(form: forms.BaseForm, channel: Channel) -> Details | None:
    """A channel's ``detail_fields`` as they stand in ``form``; None if it has none of them."""
    if text_name(channel) not in form.fields:
        return None
    asked = registry.network(channel.network).post_fields
    return Details(channel, form[text_name(channel)], [form[option_name(channel, each)] for each in asked])


def text_name(channel: Channel) -> str:
    return f"text_{channel.pk}"


def option_name(channel: Channel, field: Field) -> str:
    return f"option_{channel.pk}_{field.name}"


def option_field(field: Field) -> forms.Field:
    """What a network asks about a post, as a form asks it."""
    values: dict[str, Any] = {
        "label": field.label,
        "help_text": field.hint,
        "required": False,
        "initial": field.default,
    }
    if field.choices:
        return forms.ChoiceField(choices=field.choices, **values)
    return forms.CharField(max_length=OPTION_LENGTH, **values)
