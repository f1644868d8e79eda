"""Forms about incidents."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.accounts.models import Service, User
from moothall.accounts.queries import services_for
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.incidents import queries
from moothall.incidents.kinds import Kind
from moothall.incidents.models import ADDRESS_LENGTH, Contact, Incident
from moothall.incidents.plays import PLAYS, play
from moothall.publishing.models.posts import POST_LENGTH

ID_LENGTH = 30
"""So many digits of an id are read: enough to see that it is beyond all there are."""
KINDS = [(kind.value, f"{kind.label}. {PLAYS[kind].sign}") for kind in Kind]


class SayingForm(forms.Form):
    """A form that can show what an action refused."""

    def say(self, error: ValidationError) -> None:
        """Show ``error`` beside the fields it is about, and at the top what is about none."""
        for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
            self.add_error(name if name in self.fields else None, said)


class OpenForm(SayingForm):
    """What has gone wrong, and with which account."""

    kind = forms.ChoiceField(
        label="What has gone wrong?",
        help_text="If you are not sure, choose the worse one. You can close it and open another.",
        choices=KINDS,
        widget=forms.RadioSelect,
    )
    channel = forms.ModelChoiceField(label="Which account?", queryset=Channel.objects.none())
    impostor_address = forms.CharField(
        label="The impostor’s address",
        help_text="Copied from the browser or, if it has none, its handle and its network. For an impostor only.",
        max_length=ADDRESS_LENGTH,
        required=False,
    )
    known = forms.CharField(
        label="What is known?",
        help_text="What was seen, where, and since when. A sentence is enough; you can add to it. Do not name the "
        "person who made a mistake.",
        widget=forms.Textarea({"rows": 4}),
        max_length=5_000,
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel: Any = self.fields["channel"]
        channel.queryset = queries.channels(user)
        if queries.is_for_all(user):
            channel.required, channel.empty_label = False, "None of ours"
            channel.help_text = "“None of ours” is for an impostor that passes for the council as a whole."


class TextForm(SayingForm):
    """A note, or what is known."""

    text = forms.CharField(label="Note", widget=forms.Textarea({"rows": 3}), max_length=5_000)


class StepForm(SayingForm):
    """A step of one's own."""

    what = forms.CharField(label="What is to be done?", max_length=500)
    who = forms.CharField(label="Who does it?", max_length=200, required=False)


class PauseForm(SayingForm):
    """What to pause, and what to tell everybody."""

    SERVICE, EVERYTHING = "service", "everything"

    scope = forms.ChoiceField(label="What to pause", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why", help_text="Everybody who works here sees this while the pause lasts.", max_length=300
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        ours = incident.channel.service if incident.channel else None
        kwargs["initial"] = {
            "scope": self.SERVICE if ours else self.EVERYTHING,
            "reason": play(incident.kind).pause_reason,
        }
        super().__init__(*args, **kwargs)
        scope: Any = self.fields["scope"]
        scope.choices = [(self.SERVICE, f"Posts of {ours}")] if ours else []
        scope.choices += [(self.EVERYTHING, "Everything: no post of any service goes out")]


class ReasonForm(SayingForm):
    """Why an account is disconnected."""

    why = forms.CharField(label="Why", help_text="Kept with the record.", max_length=300)


class Accounts(forms.ModelMultipleChoiceField[Channel]):
    """Some of our accounts. An id that no database has is refused like any other that is not offered."""

    def clean(self, value: Any) -> Any:
        if any(map(_is_beyond, map(str, value or []))):
            raise ValidationError("Choose among the accounts that are offered.", code="invalid_choice")
        return super().clean(value)


def _is_beyond(typed: str) -> bool:
    try:
        return abs(int(typed[:ID_LENGTH])) > queries.BIGGEST_ID
    except ValueError:
        return False


class StatementForm(SayingForm):
    """What the holding statement says, and where."""

    service = forms.ModelChoiceField(
        label="Which service speaks?", queryset=Service.objects.none(), empty_label="Choose one"
    )
    text = forms.CharField(
        label="What it says",
        help_text="Say what you know, what you do, and where people hear more. Leave out what you only suppose.",
        widget=forms.Textarea({"rows": 7}),
        max_length=POST_LENGTH,
    )
    channels = Accounts(
        label="On which accounts?", queryset=Channel.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, incident: Incident, text: str, **kwargs: Any) -> None:
        here = incident.channel_id if play(incident.kind).here else None
        kwargs["initial"] = {"text": text, "channels": [here] if here else []}
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        channels: Any = self.fields["channels"]
        service.queryset = services_for(user, "post.write")
        channels.queryset = channel_queries.drivable(user)
        if incident.channel is not None:
            del self.fields["service"]
            if not play(incident.kind).here:
                channels.queryset = channels.queryset.exclude(pk=incident.channel_id)


class NoLessonForm(SayingForm):
    """Why there is no lesson."""

    why = forms.CharField(
        label="Why is there nothing to learn from it?",
        help_text="Such as: “It was a colleague’s account after all, and is in the register now.”",
        widget=forms.Textarea({"rows": 3}),
        max_length=1_000,
    )


class ContactForm(forms.ModelForm[Contact]):
    """Somebody to call."""

    kinds = forms.MultipleChoiceField(
        label="In which incidents?",
        help_text="Choose none for all of them.",
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Contact
        fields = ("name", "role", "phone", "hours", "kinds", "order")
        labels = {"hours": "When can they be called?", "order": "Place in the list"}
        help_texts = {
            "role": "What they are called for: “Resets passwords”, “Speaks for the council at night”.",
            "phone": "A number for work. Everybody who sees incidents sees it.",
            "hours": "Such as: “Monday to Friday, 8 to 18”, “Day and night”.",
            "order": "Those with small numbers are called first.",
        }
        widgets = {
            "phone": forms.TextInput({"type": "tel", "autocomplete": "off", "class": "govuk-input--width-20"}),
            "order": forms.NumberInput({"class": "govuk-input--width-3"}),
        }
