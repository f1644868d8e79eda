"""Forms of the calendar: what of it to see, and moving a post to another time."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict

from django import forms
from django.core.exceptions import ValidationError

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.core import clock, localtime
from moothall.core.forms import DateInput, FilterForm, TimeInput
from moothall.networks import registry
from moothall.planning import queries
from moothall.planning.models import CalendarFeed
from moothall.planning.periods import FIRST_DAY, LAST_DAY, Period, View, period
from moothall.planning.queries import Sight
from moothall.publishing.status import Status

FIRST, SECOND = "first", "second"


class CalendarFilter(FilterForm):
    """Which days, and which posts in them."""

    view = forms.ChoiceField(choices=[(each.value, each.value) for each in View], widget=forms.HiddenInput)
    day = forms.DateField(label="Go to", widget=DateInput)
    service = forms.ModelChoiceField(queryset=Service.objects.none(), empty_label="All services")
    network = forms.ChoiceField()
    channel = forms.TypedChoiceField(coerce=int)
    state = forms.ChoiceField(choices=[("", "All states"), *((each.value, each.words) for each in Status)])
    person = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="Everybody", label="Written by")

    def __init__(self, *args: Any, sight: Sight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["service"].queryset = account_queries.services_for(sight.user, "post.see")
        fields["network"].choices = [("", "All networks"), *registry.choices()]
        fields["channel"].choices = [("", "All channels"), *((each.pk, str(each)) for each in sight.channels.values())]
        fields["person"].queryset = queries.people(sight.services)

    @property
    def narrows(self) -> bool:
        """Whether posts are left out, not just days."""
        return any(name not in ("view", "day") for name in self.chosen)

    @property
    def period(self) -> Period:
        """The days asked for; without a word, or a sensible one, this week."""
        chosen = self.chosen
        today = localtime.local(clock.now()).date()
        return period(View(chosen.get("view", View.WEEK)), chosen.get("day", today))


@dataclass(frozen=True)
class Offer:
    """Another time that a refused move could take, and the fields that ask for it."""

    words: str
    fields: Mapping[str, object]


class MoveForm(forms.Form):
    """A day and a time, and which of the two where the time comes twice.

    It cleans to ``when``. A time that does not exist, or that comes twice, is refused with ``offers`` that would do.
    """

    day = forms.DateField(
        label="Date",
        widget=DateInput,
        error_messages={"invalid": "Give the date as a day, a month and a year.", "required": "Give the date."},
    )
    time = forms.TimeField(
        widget=TimeInput,
        error_messages={"invalid": "Give the time as hours and minutes, such as 14:30.", "required": "Give the time."},
    )
    which = forms.ChoiceField(
        label="Which of the two?",
        choices=[(FIRST, "Before the clocks go back"), (SECOND, "After the clocks go back")],
        widget=forms.RadioSelect,
        required=False,
    )
    together = forms.BooleanField(widget=forms.HiddenInput, required=False)
    """Said once more: what goes out at different times shall go out at this one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].label = f"Time ({localtime.zone_words()})"
        self.offers: list[Offer] = []
        self._shows_which = bool(self.initial.get("which"))

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(f"Choose a day from {FIRST_DAY.year} to {LAST_DAY.year}.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "day" in cleaned and "time" in cleaned:
            self._find_moment(cleaned["day"], cleaned["time"].replace(second=0, microsecond=0), cleaned.get("which"))
        return cleaned

    def _find_moment(self, day: date, at: dt.time, which: str | None) -> None:
        if localtime.comes_twice(day, at):
            self._shows_which = True
            if not which:
                self.offers = [offer(localtime.from_wall(day, at, second=second)) for second in (False, True)]
                self.add_error(None, f"{at:%H:%M} comes twice on {localtime.day_words(day)}. Choose which you mean.")
                return
        try:
            self.cleaned_data["when"] = localtime.from_wall(day, at, second=which == SECOND)
        except localtime.NoSuchTime as error:
            instead = localtime.from_wall(error.instead.date(), error.instead.time())
            self.offers = [offer(instead)]
            self.add_error(None, f"{error} Choose {error.instead:%H:%M}, say.")

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that the page shows: which of two hours is asked only where there are two."""
        return [self["day"], self["time"], *([self["which"]] if self._shows_which else [])]


class MoveFields(TypedDict):
    """A moment as a ``MoveForm`` takes it."""

    day: str
    time: str
    which: str


def fields_of(moment: datetime) -> MoveFields:
    """What a ``MoveForm`` must be given to mean ``moment``."""
    here = localtime.local(moment)
    twice = localtime.comes_twice(here.date(), here.time())
    which = (SECOND if here.fold else FIRST) if twice else ""
    return {"day": f"{here:%Y-%m-%d}", "time": f"{here:%H:%M}", "which": which}


def offer(moment: datetime, *, together: bool = False) -> Offer:
    return Offer(localtime.words(moment), {**fields_of(moment)} | ({"together": "on"} if together else {}))


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """Whose posts a new feed holds."""

    class Meta:
        model = CalendarFeed
        fields = ("service",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.queryset = account_queries.services_for(user, "post.see")
        service.required = False
        service.empty_label = "All services whose posts you see"
