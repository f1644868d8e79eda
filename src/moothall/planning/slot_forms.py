"""Forms about a channel's queue slots."""

import re
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.core import localtime
from moothall.planning.slot_actions import MOST_SLOTS
from moothall.publishing.models import QueueSlot

WEEKDAYS = [
    (number, name)
    for number, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
]


class TimesField(forms.CharField):
    """Times of the day, between commas or spaces; cleans to a list of them, in order."""

    def clean(self, value: Any) -> list[time]:
        words = re.split(r"[,;\s]+", super().clean(value).strip())
        found = set()
        for word in filter(None, words):
            if not re.fullmatch(r"([01]?\d|2[0-3])[:.][0-5]\d", word):
                raise ValidationError(f"“{word[:20]}” is no time. Give hours and minutes, such as 09:00, 14:30.")
            hour, minute = re.split(r"[:.]", word)
            found.add(time(int(hour), int(minute)))
        if not found:
            raise ValidationError(self.error_messages["required"])
        if len(found) > MOST_SLOTS:
            raise ValidationError(f"Give at most {MOST_SLOTS} times.")
        return sorted(found)


class SlotsForm(forms.Form):
    """New slots: each of some times on each of some days of the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label="On these days",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day."},
    )
    times = TimesField(
        label="At these times",
        max_length=300,
        error_messages={"required": "Give at least one time, such as 09:00."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["times"].help_text = f"{localtime.zone_words()}, with commas between: 09:00, 12:30, 17:00."


class RemoveSlotsForm(forms.Form):
    """Which of a channel's slots to take away."""

    slot = forms.ModelMultipleChoiceField(
        queryset=QueueSlot.objects.none(),
        error_messages={"required": "Choose the slots to remove first."},
    )

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.queryset = slots
