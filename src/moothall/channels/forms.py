"""Forms about channels."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.queries import services_for
from moothall.channels import known, register_csv
from moothall.channels.health import DORMANT_DAYS
from moothall.channels.models import Capacity, Channel, State
from moothall.core import clock, languages, localtime, pictures
from moothall.core.forms import DateInput, FilterForm
from moothall.core.pictures import Picture
from moothall.networks import registry
from moothall.networks.base import Field


class DirectoryFilter(FilterForm):
    """What the public narrows the directory by."""

    q = forms.CharField(label="Search", widget=forms.SearchInput, max_length=100)
    service = forms.ModelChoiceField(queryset=Service.objects.all(), to_field_name="slug", empty_label="All services")
    network = forms.ChoiceField(choices=lambda: [("", "All networks"), *_public_networks()])
    capacity = forms.ChoiceField(choices=[("", "Any capacity"), *Capacity.choices])


class RegisterFilter(DirectoryFilter):
    """What staff narrow the register by."""

    network = forms.ChoiceField(choices=lambda: [("", "All networks"), *known.choices()])
    state = forms.ChoiceField(choices=[("", "Any state"), *State.choices])


def _public_networks() -> list[tuple[str, str]]:
    return [(slug, label) for slug, label in known.choices() if slug != known.PRACTICE]


class ChannelForm(forms.ModelForm[Channel]):
    """All that an editor says about a channel, but for its state."""

    network = forms.ChoiceField(choices=lambda: [("", "Choose a network"), *known.choices()])
    language = forms.ChoiceField(
        choices=languages.CHOICES, initial="en", help_text="In which it speaks, unless a post says otherwise."
    )
    address = forms.URLField(
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text="The address of the account’s own page. Leave it empty where the handle tells it.",
    )
    upload = forms.FileField(label="Picture", required=False, help_text="JPEG, PNG or WebP, at most 25 MB.")
    remove_picture = forms.BooleanField(label="Take the picture away", required=False)

    class Meta:
        model = Channel
        fields = (
            *("network", "handle", "address", "display_name", "slug", "purpose", "capacity", "service", "picture_alt"),
            "language",
            *("voice", "owner", "deputy", "two_step", "recovery_contact", "opened_on"),
        )
        widgets = {
            "voice": forms.Textarea({"rows": 6}),
            "opened_on": DateInput,
            "handle": forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
        }
        labels = {"picture_alt": "Description of the picture", "opened_on": "In use since"}
        help_texts = {
            "handle": "As the network writes it. For Mastodon with the server, such as libraries@social.example.",
            "slug": "Small letters, digits and hyphens. It is in the address of the channel’s public page, and stays.",
            "capacity": "In whose name it speaks. Members’ and the leader’s are listed, and never driven by staff.",
            "voice": "How this channel sounds: for those who write for it. Not public.",
            "recovery_contact": "Who gets the network’s messages when the password is lost. Not public.",
            "two_step": "Whether signing in to the account on its network takes a second step. Not public.",
            "picture_alt": "What someone who cannot see it should hear.",
        }

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("service", services_for(editor, "channel.edit"))
        for name in ("owner", "deputy"):
            kept = User.objects.filter(pk=getattr(self.instance, f"{name}_id"))
            self._offer(name, User.objects.active() | kept)
        if self.instance.pk:
            del self.fields["slug"]  # it is in the address of the channel's page, which stays
        if not self.instance.picture:
            del self.fields["remove_picture"]

    def _offer(self, name: str, choices: QuerySet[Any]) -> None:
        field: Any = self.fields[name]
        field.queryset = choices

    def clean_handle(self) -> str:
        network, handle = self.cleaned_data.get("network", ""), self.cleaned_data["handle"]
        return known.clean_handle(network, handle) if network else handle

    def clean_upload(self) -> Picture | None:
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        return pictures.clean_upload(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("remove_picture") and not cleaned.get("upload"):
            self.instance.picture = ""
            cleaned["picture_alt"] = ""
        if cleaned.get("upload") and not cleaned.get("picture_alt"):
            self.add_error("picture_alt", "Describe the picture for people who cannot see it.")
        return cleaned


class StateForm(forms.Form):
    """Where a channel is in its life."""

    state = forms.ChoiceField(choices=State.choices, widget=forms.RadioSelect)
    closed_on = forms.DateField(
        label="Closed on", widget=DateInput, required=False, help_text="For a closed channel. Empty means today."
    )
    successor = forms.ModelChoiceField(
        queryset=Channel.objects.none(),
        required=False,
        help_text="For a closed channel: the one that came after it. The directory sends people there.",
    )
    why = forms.CharField(label="Why", max_length=300, required=False, help_text="Kept with the record.")

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"state": channel.state, "closed_on": channel.closed_on, "successor": channel.successor_id}
        successor: Any = self.fields["successor"]
        successor.queryset = Channel.objects.exclude(pk=channel.pk)

    def clean_closed_on(self) -> Any:
        closed_on = self.cleaned_data["closed_on"]
        if closed_on and closed_on > localtime.local(clock.now()).date():
            raise ValidationError("This day is still to come. Close the channel when it comes.")
        return closed_on


class AuthoriseForm(forms.Form):
    """At which server to sign in."""

    prefix = "authorise"  # the other form on the page asks for a server too
    server = forms.CharField(
        max_length=300,
        help_text="The address of the account’s server.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Give the address of the account’s server, such as social.exampleshire.example."},
    )


class ConnectForm(forms.Form):
    """What a network asks for: its adapter's ``credential_fields``."""

    def __init__(self, *args: Any, network: str, handle: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in registry.network(network).credential_fields:
            self.fields[each.name] = _form_field(each, handle)


def _form_field(each: Field, handle: str) -> forms.Field:
    common: dict[str, Any] = {"label": each.label, "help_text": each.hint, "required": each.required}
    if each.choices:
        return forms.ChoiceField(choices=each.choices, initial=each.default, **common)
    if each.secret:
        # Never sent back to the browser, even when something else is wrong with the form.
        secret = forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}, render_value=False)
        return forms.CharField(widget=secret, max_length=2000, **common)
    usual = each.default or (handle if each.name == "handle" else "")
    widget = forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(widget=widget, initial=usual, max_length=500, **common)


class DisconnectForm(forms.Form):
    why = forms.CharField(label="Why", max_length=300, required=False, help_text="Kept with the record.")


class ImportForm(forms.Form):
    """The file to import. Cleans to its text."""

    file = forms.FileField(label="CSV file", help_text="UTF-8, at most 1 MB, with commas or semicolons.")

    def clean_file(self) -> str:
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > register_csv.LARGEST:
            raise ValidationError("This file is larger than 1 MB. Split it and import the parts one after the other.")
        return register_csv.decode(upload.read())


class HealthFilter(FilterForm):
    days = forms.IntegerField(
        label="Remark on silence after so many days",
        min_value=1,
        max_value=3650,
        widget=forms.NumberInput({"class": "govuk-input--width-4", "placeholder": str(DORMANT_DAYS)}),
    )


class CheckForm(FilterForm):
    q = forms.CharField(label="Handle or address", help_text="Such as @libraries or x.com/libraries.", max_length=300)


def say(form: forms.BaseForm, error: ValidationError) -> None:
    """Show ``error`` beside the fields it is about, and at the top what is about none."""
    for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        form.add_error(name if name in form.fields else None, said)
