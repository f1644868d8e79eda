"""The form of an event."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from moothall.accounts.models import Service
from moothall.channels.models import Channel, State
from moothall.core import localtime
from moothall.core.forms import DateInput, TimeInput
from moothall.events import event_queries, running
from moothall.events.event_actions import Belongings
from moothall.events.models import Event, EventTag

ZONES = [
    (name, name.replace("_", " "))
    for name in sorted({settings.TIME_ZONE} | {each for each in available_timezones() if each.startswith("Europe/")})
]
"""Moothall is made for councils of Europe; one elsewhere has its own zone in the settings."""
FIRST, SECOND = "first", "second"
TWICE = [(FIRST, "Before the clocks go back"), (SECOND, "After the clocks go back")]
OTHER = "other"
LENGTHS = [("24", "24 hours"), ("12", "12 hours"), ("48", "48 hours"), (OTHER, "Until another time")]


class TagsField(forms.CharField):
    """Hashtags between spaces or commas, with or without their signs; cleans to a list of them."""

    def clean(self, value: Any) -> list[str]:
        return [word.lstrip("#＃") for word in re.split(r"[,;\s]+", super().clean(value)) if word.strip("#＃")]


class EventForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """An event. Start and end are given on the clocks of its own zone; the end, mostly, as a length in real hours."""

    tag = forms.CharField(
        label="Hashtag", help_text="As people should write it, such as ExDay24.", max_length=100, required=True
    )
    alternates = TagsField(
        label="Other hashtags that count", help_text="With spaces between.", max_length=1_000, required=False
    )
    misspellings = TagsField(
        label="Misspellings that count",
        help_text="What people type in a hurry. “Suggest misspellings” fills in the likely ones; take away those that "
        "mean something else.",
        widget=forms.Textarea({"rows": 2}),
        max_length=3_000,
        required=False,
    )
    start_day = forms.DateField(
        label="First day",
        widget=DateInput,
        error_messages={"invalid": "Give the date as a day, a month and a year."},
    )
    start_time = forms.TimeField(
        label="Starts at",
        widget=TimeInput,
        error_messages={"invalid": "Give the time as hours and minutes, such as 06:00."},
    )
    start_which = forms.ChoiceField(
        label="Which of the two, if the clocks show the start twice?",
        choices=TWICE,
        widget=forms.RadioSelect,
        initial=FIRST,
        required=False,
    )
    length = forms.ChoiceField(
        label="How long?",
        help_text="Real hours: a change of the clocks makes it neither longer nor shorter.",
        choices=LENGTHS,
        widget=forms.RadioSelect,
        initial="24",
    )
    end_day = forms.DateField(label="Last day", widget=DateInput, required=False)
    end_time = forms.TimeField(label="Ends at", widget=TimeInput, required=False)
    end_which = forms.ChoiceField(
        label="Which of the two, if the clocks show the end twice?",
        choices=TWICE,
        widget=forms.RadioSelect,
        initial=FIRST,
        required=False,
    )
    zone = forms.ChoiceField(label="Time zone", choices=ZONES, initial=settings.TIME_ZONE)
    is_public = forms.TypedChoiceField(
        label="Who may see the wall?",
        choices=[("yes", "Everybody"), ("no", "Staff only")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )

    class Meta:
        model = Event
        fields = (
            "name",
            "slug",
            "summary",
            "zone",
            "services",
            "official_channels",
            "backup_channels",
            "safeguarding_minutes",
            "shows_staff_at_once",
            "shows_public_at_once",
            "is_public",
            "design",
            "wall_notice",
        )
        labels = {
            "services": "Services to be covered",
            "official_channels": "Official channels",
            "backup_channels": "Backup channels",
            "safeguarding_minutes": "Safeguarding delay, in minutes",
            "shows_staff_at_once": "Show what staff say before anyone looked at it",
            "shows_public_at_once": "Show what the public says before anyone looked at it",
            "design": "The wall’s design",
            "wall_notice": "A line on the wall",
        }
        help_texts = {
            "slug": "Small letters, digits and hyphens. It stands in the wall’s address and stays. Empty: made of the "
            "name.",
            "official_channels": "What these say with the hashtag is official. None: every channel of the register.",
            "backup_channels": "Where you go on if a network stops an official channel, as happened to others. Warm "
            "them up before the day.",
            "safeguarding_minutes": "What staff and public say shows so long after it was said, so that nobody is "
            "found by it. Official posts show at once.",
            "shows_public_at_once": "Better not, unless somebody watches the whole time.",
        }
        widgets = {
            "summary": forms.Textarea({"rows": 2}),
            "services": forms.CheckboxSelectMultiple,
            "official_channels": forms.CheckboxSelectMultiple,
            "backup_channels": forms.CheckboxSelectMultiple,
            "safeguarding_minutes": forms.NumberInput({"class": "govuk-input--width-4", "min": 0, "max": 1440}),
            "design": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["slug"].required = False
        fields["safeguarding_minutes"].max_value = 1440
        live = Channel.objects.exclude(state=State.CLOSED).select_related("service")
        fields["official_channels"].queryset = fields["backup_channels"].queryset = live
        fields["services"].queryset = Service.objects.all()
        if self.instance.pk:
            fields["slug"].disabled = True
            self.initial.update(self._initial_of(self.instance))

    def _initial_of(self, event: Event) -> dict[str, Any]:
        start, end = (each.astimezone(event.tz) for each in (event.starts_at, event.ends_at))
        length = event_queries.span(event).length / timedelta(hours=1)
        known = str(int(length)) if str(int(length)) in dict(LENGTHS) and length == int(length) else OTHER
        return {
            "tag": event.main_tag,
            "alternates": " ".join(event_queries.tags(event, EventTag.Kind.ALTERNATE)),
            "misspellings": " ".join(event_queries.tags(event, EventTag.Kind.MISSPELLING)),
            "start_day": start.date(),
            "start_time": start.time(),
            "start_which": SECOND if start.fold else FIRST,
            "length": known,
            "end_day": end.date(),
            "end_time": end.time(),
            "end_which": SECOND if end.fold else FIRST,
            "is_public": "yes" if event.is_public else "no",
        }

    def clean_safeguarding_minutes(self) -> int:
        minutes: int = self.cleaned_data["safeguarding_minutes"]
        if minutes > 24 * 60:
            raise ValidationError("Give at most 1440 minutes, which is a day.")
        return minutes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("name"):
            cleaned["slug"] = slugify(cleaned["name"])[:60].strip("-") or "event"
        if zone := cleaned.get("zone"):
            self._clean_hours(cleaned, ZoneInfo(zone))
        return cleaned

    def _clean_hours(self, cleaned: dict[str, Any], zone: ZoneInfo) -> None:
        start = self._moment(cleaned, "start", zone)
        if start is None:
            return
        cleaned["starts_at"] = self.instance.starts_at = start
        if cleaned.get("length") == OTHER:
            end = self._moment(cleaned, "end", zone)
            if end is None:
                if not {"end_day", "end_time"} & set(self.errors):
                    self.add_error("end_day", "Give the day and the time at which it ends, or choose a length.")
                return
            if end <= start:
                self.add_error("end_day", "Give an end that is later than the start.")
                return
        elif cleaned.get("length"):
            end = running.after(start, int(cleaned["length"]))
        else:
            return
        cleaned["ends_at"] = self.instance.ends_at = end

    def _moment(self, cleaned: dict[str, Any], which: str, zone: ZoneInfo) -> datetime | None:
        day, at = cleaned.get(f"{which}_day"), cleaned.get(f"{which}_time")
        if day is None or at is None:
            return None
        if not 2000 < day.year < 2100:
            self.add_error(f"{which}_day", "Give a year of this century.")
            return None
        at = at.replace(second=0, microsecond=0)
        try:
            return running.moment(day, at, zone, second=cleaned.get(f"{which}_which") == SECOND)
        except localtime.NoSuchTime as error:
            self.add_error(f"{which}_time", f"{error} Choose {error.instead:%H:%M}, say.")
            return None

    def _post_clean(self) -> None:
        """The whole event is checked by the action; a half-filled form has no hours to check."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)

    @property
    def belongings(self) -> Belongings:
        """What a valid form says hangs on the event."""
        chosen = self.cleaned_data
        return Belongings(
            {
                EventTag.Kind.MAIN: [chosen["tag"].strip().lstrip("#＃")],
                EventTag.Kind.ALTERNATE: chosen["alternates"],
                EventTag.Kind.MISSPELLING: chosen["misspellings"],
            },
            chosen["services"],
            chosen["official_channels"],
            chosen["backup_channels"],
        )

    @property
    def hours_words(self) -> str:
        """From when to when it runs, as far as the form tells."""
        start, end = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if not (start and end):
            return ""
        zone = ZoneInfo(self.cleaned_data["zone"])
        span = running.Span(start, end)
        said = [
            f"From {running.words(start, zone)} to {running.words(end, zone)}: {running.length_words(span.length)}.",
            running.change_of_clocks(span, zone),
        ]
        return " ".join(filter(None, said))
