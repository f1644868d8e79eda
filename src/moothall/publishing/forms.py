"""The composer's and the approver's forms."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import pictures
from moothall.core.forms import FilterForm, MomentField
from moothall.publishing.actions import Content, Described
from moothall.publishing.models import POST_LENGTH, Attachment, Delivery, Post
from moothall.publishing.queries import Status

AT_ONCE, AT_A_TIME = "at_once", "at_a_time"


@dataclass(frozen=True)
class ChannelRow:
    """One channel's two fields in the composer."""

    channel: Channel
    is_connected: bool
    chosen: forms.BoundField
    text: forms.BoundField


@dataclass(frozen=True)
class PictureRow:
    """One attached picture's three fields in the composer."""

    attachment: Attachment
    alt: forms.BoundField
    decorative: forms.BoundField
    remove: forms.BoundField


class PostForm(forms.Form):
    """A post: whose, what, where, when. Anything may be saved as a draft; what is wrong with it is said beside it."""

    all_optional = True

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    service = forms.ModelChoiceField(queryset=Service.objects.none(), label="For which service?", empty_label=None)
    text = forms.CharField(
        label="What do you want to say?",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=POST_LENGTH,
        required=False,
        strip=False,
    )
    new_picture = forms.FileField(
        label="Add a picture",
        help_text="JPEG, PNG or WebP. Where and when it was taken is removed.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        required=False,
    )
    new_alt = forms.CharField(
        label="Describe the picture",
        help_text="For people who cannot see it: what it shows that matters here.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        required=False,
    )
    new_decorative = forms.BooleanField(label="It is only decoration and needs no description", required=False)
    when = forms.ChoiceField(
        label="When should it go out?",
        choices=[(AT_ONCE, "As soon as it is approved"), (AT_A_TIME, "At a time you choose")],
        widget=forms.RadioSelect,
        initial=AT_ONCE,
    )
    scheduled_for = MomentField(label="The time you choose", required=False)

    def __init__(self, *args: Any, author: User, post: Post | None = None, **kwargs: Any) -> None:
        self.post = post
        self.attachments = list(post.attachments.select_related("picture")) if post else []
        self.channels = list(channel_queries.drivable(author))
        self.connected = channel_queries.connected_among(self.channels)
        super().__init__(*args, **{"initial": self._initial(), **kwargs})
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(author, "post.write")
        if services.queryset.count() > 1:
            services.empty_label = "Choose a service"
        for channel in self.channels:
            self.fields[f"channel_{channel.pk}"] = forms.BooleanField(label=str(channel), required=False)
            self.fields[f"text_{channel.pk}"] = forms.CharField(
                label=f"Different words for {channel}",
                help_text="Leave empty to use the words above.",
                widget=forms.Textarea(attrs={"rows": 4}),
                max_length=POST_LENGTH,
                required=False,
                strip=False,
            )
        for number, attachment in enumerate(self.attachments, start=1):
            self.fields[f"alt_{attachment.pk}"] = forms.CharField(
                label=f"Description of picture {number}",
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=2_000,
                required=False,
            )
            self.fields[f"decorative_{attachment.pk}"] = forms.BooleanField(
                label=f"Picture {number} is only decoration", required=False
            )
            self.fields[f"remove_{attachment.pk}"] = forms.BooleanField(
                label=f"Take picture {number} off this post", required=False
            )

    def _initial(self) -> dict[str, Any]:
        if self.post is None:
            return {"once": uuid.uuid4()}
        initial: dict[str, Any] = {
            "seen_at": self.post.edited_at.isoformat(),
            "service": self.post.service,
            "text": self.post.text,
            "when": AT_A_TIME if self.post.scheduled_for else AT_ONCE,
            "scheduled_for": self.post.scheduled_for,
        }
        for variant in self.post.variants.all():
            initial[f"channel_{variant.channel_id}"] = True
            initial[f"text_{variant.channel_id}"] = variant.text
        for attachment in self.attachments:
            initial[f"alt_{attachment.pk}"] = attachment.alt
            initial[f"decorative_{attachment.pk}"] = attachment.is_decorative
        return initial

    def clean_new_picture(self) -> Any:
        upload = self.cleaned_data["new_picture"]
        if upload:
            pictures.clean_upload(upload)  # for its complaint now, while everything else on the page is kept
            upload.seek(0)
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        described = cleaned.get("new_alt") or cleaned.get("new_decorative")
        if described and not cleaned.get("new_picture") and "new_picture" not in self.errors:
            self.add_error("new_picture", "You described a picture and chose none. Choose it, or empty what you wrote.")
        if cleaned.get("when") == AT_ONCE:
            self.errors.pop("scheduled_for", None)  # a time that was tried and left there is not meant
        if cleaned.get("when") == AT_A_TIME and not cleaned.get("scheduled_for") and "scheduled_for" not in self.errors:
            self.add_error("scheduled_for", "Give the date and the time, or choose “As soon as it is approved”.")
        if self.errors and cleaned.get("new_picture"):
            self.add_error("new_picture", "Choose the picture again: a browser forgets it on a page with mistakes.")
        return cleaned

    def channel_rows(self) -> Iterable[ChannelRow]:
        for channel in self.channels:
            yield ChannelRow(
                channel, channel.pk in self.connected, self[f"channel_{channel.pk}"], self[f"text_{channel.pk}"]
            )

    def others_channels(self) -> list[Channel]:
        """Channels on the post through which this author may not speak: they stay as a colleague chose them."""
        variants = self.post.variants.all() if self.post else ()
        return [each.channel for each in variants if each.channel not in self.channels and each.channel.is_driven]

    def picture_rows(self) -> Iterable[PictureRow]:
        for each in self.attachments:
            yield PictureRow(each, self[f"alt_{each.pk}"], self[f"decorative_{each.pk}"], self[f"remove_{each.pk}"])

    def let_replace(self) -> None:
        """After a complaint that somebody else changed the post: saving once more means to replace theirs."""
        if self.post is not None:
            self.post.refresh_from_db(fields=["edited_at"])
            self.data = {**cast(QueryDict, self.data).dict(), "seen_at": self.post.edited_at.isoformat()}

    def content(self) -> Content:
        """What was written, once the form is valid."""
        values = self.cleaned_data
        return Content(
            service=values["service"],
            text=values["text"].replace("\r\n", "\n"),
            variants={
                channel: values[f"text_{channel.pk}"].replace("\r\n", "\n")
                for channel in self.channels
                if values[f"channel_{channel.pk}"]
            },
            scheduled_for=values.get("scheduled_for") if values["when"] == AT_A_TIME else None,
        )

    def described(self) -> list[Described]:
        """What was said of the pictures, once the form is valid."""
        values = self.cleaned_data
        return [
            Described(each, values[f"alt_{each.pk}"], values[f"decorative_{each.pk}"], values[f"remove_{each.pk}"])
            for each in self.attachments
        ]


class ApprovalForm(forms.Form):
    """Yes or no, a comment, and a new time where the author's has passed."""

    comment = forms.CharField(
        label="Comment for the author",
        help_text="Needed if you send it back.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )
    new_time = MomentField(label="A new time for it", required=False)
    at_once = forms.BooleanField(label="Send it as soon as approved", required=False)

    def __init__(self, *args: Any, time_has_passed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not time_has_passed:
            del self.fields["new_time"], self.fields["at_once"]


class PostFilter(FilterForm):
    """What narrows the list of posts."""

    q = forms.CharField(label="Words")
    service = forms.ModelChoiceField(queryset=Service.objects.none(), empty_label="All services")
    status = forms.ChoiceField(choices=[("", "All states"), *((each.value, each.words) for each in Status)])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "post.see")


class SeenForm(forms.Form):
    """ "It is there": perhaps with the address where it was seen."""

    address = forms.URLField(label="Its address, if you have it", max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"delivery_{delivery.pk}", **kwargs})
