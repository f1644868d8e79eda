"""Forms of the media library."""

from typing import Any

from django import forms

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.core import languages
from moothall.core.forms import DateInput, FilterForm
from moothall.library import queries
from moothall.library.models import Asset, Consent
from moothall.networks.base import MediaKind

KINDS = [(MediaKind.IMAGE, "Pictures"), (MediaKind.ANIMATION, "GIFs"), (MediaKind.VIDEO, "Videos")]
TAKEN = ".jpg,.jpeg,.png,.webp,.gif,.mp4,.m4v,.mov,.webm,.mkv,.avi"
NO_FILE = {"required": "Choose a file.", "empty": "This file is empty. Choose another."}
EVERY_SERVICE = "Every service’s"


class AssetFilter(FilterForm):
    """What narrows the library."""

    q = forms.CharField(label="Words, person or consent")
    service = forms.ModelChoiceField(queryset=Service.objects.none(), empty_label="All services")
    kind = forms.ChoiceField(choices=[("", "All kinds"), *KINDS])
    consent = forms.ChoiceField(label="Consents", choices=[("", "Any"), *queries.CONSENTS])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "media.see")


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Cleans to a list of uploads, of which there is at least one."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(each, initial) for each in given or [None]]


class OwnerForm(forms.Form):
    """Whose the files are that come with it: a service's for which one may add, or every service's."""

    service = forms.ModelChoiceField(label="Whose are they?", queryset=Service.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "media.add")
        if user.may("media.add", Asset(service=None)):
            services.required = False
            services.empty_label = EVERY_SERVICE
        elif services.queryset.count() == 1:
            services.empty_label = None


class UploadForm(OwnerForm):
    """Files for the library."""

    file = SeveralFilesField(
        label="Pictures, GIFs or videos", widget=SeveralFilesInput({"accept": TAKEN}), error_messages=NO_FILE
    )


class OneUploadForm(OwnerForm):
    """One file, as a script sends it. ``once`` names the upload: sent twice, it is added once."""

    file = forms.FileField(error_messages=NO_FILE)
    alt = forms.CharField(max_length=2_000, required=False)
    once = forms.UUIDField(required=False)


class DescriptionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """What an asset shows."""

    class Meta:
        model = Asset
        fields = ("alt",)
        labels = {"alt": "What does it show?"}
        help_texts = {
            "alt": "For people who cannot see it. Posts take these words over, and may say it otherwise.",
        }
        widgets = {"alt": forms.Textarea({"rows": 3})}


class CaptionsForm(forms.Form):
    """A video's captions."""

    file = forms.FileField(
        label="Captions file",
        help_text="WebVTT (.vtt) or SRT (.srt).",
        widget=forms.FileInput({"accept": ".vtt,.srt,text/vtt"}),
    )
    language = forms.ChoiceField(label="Language of the captions", choices=languages.CHOICES)


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """Who is pictured, and where their consent is kept."""

    class Meta:
        model = Consent
        fields = ("person", "reference", "expires_on")
        labels = {"person": "Who is pictured?", "reference": "Where is the consent kept?", "expires_on": "Last day"}
        help_texts = {
            "reference": "The number or place of the signed form. The form itself is not kept here.",
            "expires_on": "The last day on which it holds. Leave empty if it holds until it is withdrawn.",
        }
        widgets = {"expires_on": DateInput()}


class WithdrawForm(forms.Form):
    why = forms.CharField(label="What was said", max_length=500, required=False)


class CropForm(forms.Form):
    """A rectangle in the picture's pixels."""

    left = forms.IntegerField(label="From the left", min_value=0)
    top = forms.IntegerField(label="From the top", min_value=0)
    width = forms.IntegerField(min_value=1)
    height = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "govuk-input--width-5"
