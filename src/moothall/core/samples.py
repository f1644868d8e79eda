"""Forms with one field of each kind, for the house-style page and the tests of the form markup."""

from django import forms

from moothall.core.forms import DateInput, FilterForm, MomentField, TimeInput
from moothall.core.states import CAPACITIES

_CAPACITY_CHOICES = [(key, look.word) for key, look in CAPACITIES.items()]


class SampleForm(forms.Form):
    title = forms.CharField(max_length=120, help_text="People see this first.")
    words = forms.CharField(widget=forms.Textarea({"rows": 3}), required=False)
    email = forms.EmailField(label="E-mail address", required=False)
    password = forms.CharField(widget=forms.PasswordInput, required=False)
    service = forms.ChoiceField(
        choices=[("", "Choose a service"), ("libraries", "Libraries"), ("fire", "Fire and rescue")]
    )
    capacity = forms.ChoiceField(
        choices=_CAPACITY_CHOICES, widget=forms.RadioSelect, help_text="In whose name the channel speaks."
    )
    channels = forms.MultipleChoiceField(
        choices=[
            ("Libraries", [("newsroom", "Newsroom, @libraries"), ("bluesky", "Bluesky, @libraries.example")]),
            ("Fire and rescue", [("ember", "Mastodon, @ember@example.social")]),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    day = forms.DateField(widget=DateInput, required=False)
    time = forms.TimeField(widget=TimeInput, required=False)
    at = MomentField(label="When should it go out?", help_text="Leave both empty to send it after approval.")
    picture = forms.FileField(required=False, help_text="JPEG, PNG or WebP, at most 25 MB.")
    decorative = forms.BooleanField(
        label="This picture is decorative", help_text="It says nothing that the words do not.", required=False
    )

    def clean(self) -> None:
        self.add_error(None, "Two of these do not go together.")


class SampleFilter(FilterForm):
    q = forms.CharField(label="Search")
    service = forms.ChoiceField(choices=[("", "All services"), ("libraries", "Libraries")])
    state = forms.ChoiceField(choices=[("", "Any state"), ("sent", "Sent")])
