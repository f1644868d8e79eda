"""The filters of the page of records."""

from datetime import date
from typing import Any

from django import forms

from moothall.core.forms import DateInput, FilterForm
from moothall.records import refs, words
from moothall.records.queries import Filters

FAR_OFF = date(9000, 1, 1)
"""Days beyond it are no days of ours, and their morrow may not exist."""


class RecordFilter(FilterForm):
    kind = forms.ChoiceField(label="What was done", choices=[("", "Anything"), *words.choices()])
    who = forms.CharField(label="Who", max_length=200)
    about = forms.CharField(label="What it was about", max_length=100)
    since = forms.DateField(label="From", widget=DateInput)
    until = forms.DateField(label="To", widget=DateInput)
    words = forms.CharField(label="Words in the reason", max_length=100)

    def clean_about(self) -> str:
        """What was typed, without the spaces around it."""
        return " ".join(self.cleaned_data["about"].split())

    def clean_since(self) -> date | None:
        return self._day("since")

    def clean_until(self) -> date | None:
        return self._day("until")

    def _day(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and day > FAR_OFF:
            raise forms.ValidationError("Give a day of our time.")
        return day

    def filters(self) -> Filters:
        """What was chosen and is valid."""
        chosen: dict[str, Any] = dict(self.chosen)
        kind = chosen.pop("kind", "")
        kinds = (kind,) if "." in kind else words.of_noun(kind)
        about = refs.spellings(chosen.pop("about", ""))
        return Filters(kinds=kinds, about=about, **chosen)
