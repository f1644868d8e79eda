"""Forms of the pages of figures: which week, and why somebody looks again."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from moothall.core.forms import FilterForm
from moothall.webuse.models import Purpose


class FigureFilter(FilterForm):
    """Which week and, where several purposes are in force, which of them."""

    week = forms.ChoiceField(label="Week")
    purpose = forms.ChoiceField()

    def __init__(self, *args: Any, weeks: Iterable[date], purposes: Sequence[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["week"].choices = [(iso_week(monday), week_words(monday)) for monday in weeks]
        fields["purpose"].choices = [(each.key, each.title) for each in purposes]
        if len(purposes) == 1:
            fields["purpose"].widget = forms.HiddenInput()


class ReasonForm(forms.Form):
    """Why somebody looks at a unit that they do not lead once more."""

    why = forms.CharField(
        label="Why do you need to look at it again?",
        help_text="Whoever leads the unit can read this beside your name.",
        widget=forms.Textarea({"rows": 3}),
        min_length=10,
        max_length=500,
        error_messages={"min_length": "Say it in a few words more."},
    )
    week = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    purpose = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)


def iso_week(monday: date) -> str:
    """ "2026-W41" """
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02}"


def week_words(monday: date) -> str:
    """ "5 to 11 October 2026" """
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}"
    if monday.month != sunday.month:
        first += f" {monday:%B}"
    if monday.year != sunday.year:
        first += f" {monday.year}"
    return f"{first} to {sunday.day} {sunday:%B} {sunday.year}"
