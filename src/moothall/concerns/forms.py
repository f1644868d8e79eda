"""Forms about concerns as such: raising one, and whom they are passed on to; and what all forms of a case share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.concerns.models.cases import About, To
from moothall.concerns.openings import parsed
from moothall.concerns.process import PASSED_ON, Outcome
from moothall.concerns.raising import Raised
from moothall.core import localtime
from moothall.core.forms import DateInput
from moothall.webuse import purpose_queries

MOST_WORDS = 20_000
NAMED, IN_CONFIDENCE = "named", "in_confidence"
UNKNOWN = "Nobody who works here has this address. Use their work e-mail."


class CaseForm(forms.Form):
    """A form that can say what an act refused, and keeps what was typed."""

    use_required_attribute = False

    def say(self, error: ValidationError) -> None:
        """Show ``error`` beside the fields it is about, and at the top what is about none."""
        for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
            self.add_error(name if name in self.fields else None, said)

    @property
    def lost_files(self) -> bool:
        """Whether files were chosen that the browser does not keep while the form is put right."""
        return bool(self.files) and bool(self.errors)


def long_text(label: str, rows: int = 5, **values: Any) -> forms.CharField:
    """A field of many words."""
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows}), max_length=MOST_WORDS, **values)


def works_here(address: str) -> User | None:
    """Who works here under this address."""
    return User.objects.active().filter(email__iexact=address.strip()).first() if address.strip() else None


class WorkEmailField(forms.CharField):
    """Somebody's work e-mail; cleans to the person."""

    def __init__(self, **values: Any) -> None:
        widget = forms.EmailInput({"autocomplete": "off", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=254, **values)

    def clean(self, value: Any) -> Any:
        address = super().clean(value)
        if not address:
            return None
        if found := works_here(address):
            return found
        raise ValidationError(UNKNOWN)


class RaiseForm(CaseForm):
    """A concern, as anybody raises it."""

    about = forms.ChoiceField(label="What is it about?", choices=About.choices, widget=forms.RadioSelect)
    words = long_text(
        "What happened?",
        8,
        help_text="What you saw, heard or read yourself, and when. You need no proof, and need not be certain.",
    )
    where = long_text(
        "Where can it be seen?", 2, required=False, help_text="Such as the address of a post, an account, or a place."
    )
    whom = forms.CharField(
        label="Whom is it about?",
        max_length=1_000,
        required=False,
        help_text="In your words, as far as you know: a name, a team, “whoever had the account that day”.",
    )
    whom_email = forms.CharField(
        label="Their work e-mail",
        max_length=254,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="If you know it. It keeps the concern away from them, and from whoever leads their unit. They are "
        "not told by this.",
    )
    at_risk = forms.BooleanField(
        label="Somebody may be at risk now: a child, or an adult who needs protection",
        required=False,
        help_text="The safeguarding contact gets it at once. <strong>In danger now? Call 999 first.</strong>",
    )
    name = forms.ChoiceField(
        label="Your name",
        choices=[
            (NAMED, "Raise it with my name: whoever works on the case sees it, the person it is about does not"),
            (IN_CONFIDENCE, "Keep my name in confidence: only whoever keeps the case sees it"),
        ],
        initial=NAMED,
        widget=forms.RadioSelect,
        help_text="Until somebody takes your concern on, those whom you send it to see your name, either way. Then the "
        "one who keeps the case does. In confidence, the investigator, the decision maker and the appeal officer read "
        "“kept in confidence” instead; nobody else is told without speaking to you first, unless the law leaves no "
        "choice. What you write may still show who you are.",
    )
    to = forms.ChoiceField(
        label="Who should receive it?",
        choices=To.choices,
        initial=To.HR,
        widget=forms.RadioSelect,
        help_text="If it is about somebody in HR, choose the monitoring officer; if it is about the monitoring "
        "officer, choose HR.",
    )

    def raised(self) -> Raised:
        """What was filled in. An address is kept as words in any case: nobody can tell by it whether it is known."""
        data = self.cleaned_data
        return Raised(
            about=data["about"],
            words=data["words"],
            to=data["to"],
            where=data["where"],
            whom="\n".join(filter(None, (data["whom"], data["whom_email"]))),
            person=works_here(data["whom_email"]),
            at_risk=data["at_risk"],
            in_confidence=data["name"] == IN_CONFIDENCE,
        )


class PseudonymForm(CaseForm):
    """One pseudonym, as it was seen under one purpose in a window of days."""

    purpose_key = forms.ChoiceField(label="Under which purpose was it seen?", help_text="Of the monitoring register.")
    pseudonym = forms.CharField(
        label="Pseudonym",
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="32 signs, 0 to 9 and a to f.",
    )
    first = forms.DateField(label="First day", widget=DateInput)
    last = forms.DateField(label="Last day", widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["purpose_key"]
        field.choices = [("", "Choose one"), *purposes()]


class SignalForm(PseudonymForm):
    """A concern from a technical signal. It has no field for whom: the signal names nobody."""

    signal = long_text(
        "What was the signal?",
        6,
        help_text="What the systems noted, how it was noticed, and what harm there may be. Name nobody.",
    )
    to = forms.ChoiceField(label="Who should receive it?", choices=To.choices, initial=To.HR, widget=forms.RadioSelect)

    def clean_pseudonym(self) -> str:
        return parsed(self.cleaned_data["pseudonym"]).hex()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "Choose a last day that is not before the first.")
        return cleaned

    def raised(self) -> Raised:
        data = self.cleaned_data
        days = f"{localtime.day_words(data['first'])} to {localtime.day_words(data['last'])}"
        words = [
            "A technical signal. It names nobody.",
            f"Purpose: {data['purpose_key']}\nPseudonym: {data['pseudonym']}\nDays: {days}",
            data["signal"],
        ]
        return Raised(about=About.WEB_USE, words="\n\n".join(words), to=data["to"], is_signal=True)


def purposes() -> list[tuple[str, str]]:
    """The purposes under which something may be held: key and title."""
    return [(each.key, each.title) for each in purpose_queries.with_data()]


class ContactsForm(CaseForm):
    """Whom concerns are passed on to, one for each kind."""

    HINTS = {
        Outcome.COMPLAINT: "Who answers customers’ complaints.",
        Outcome.SECURITY: "Who looks after the security of systems and accounts.",
        Outcome.SAFEGUARDING: "Who acts at once when a child or an adult may be at risk.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for outcome in PASSED_ON:
            self.fields[outcome.value] = WorkEmailField(
                label=f"{outcome.label}: work e-mail", required=False, help_text=self.HINTS[outcome]
            )
