"""Forms of the running order and the rota. A time is chosen among those of the event, so that none comes twice."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.accounts.models import Service, User
from moothall.events import event_queries, running
from moothall.events.models import Event, Shift, Slot
from moothall.planning.sheet import LARGEST
from moothall.publishing.models import Post


class MomentOfEvent(forms.TypedChoiceField):
    """A moment of one event, chosen from a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=datetime.fromisoformat, empty_value=None, **kwargs)

    def offer(self, event: Event, *also: datetime) -> None:
        """Let the moments of ``event`` be chosen, and ``also`` those that were chosen before."""
        whole = event_queries.span(event)
        kept = {each.astimezone(UTC) for each in also if each}
        moments = sorted({*running.steps(whole), *kept})
        days = {each.astimezone(event.tz).date() for each in moments}
        self.choices = [
            ("", "Choose a time"),
            *((each.isoformat(), _words(each, event, with_date=len(days) > 7)) for each in moments),
        ]

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _words(at: datetime, event: Event, *, with_date: bool) -> str:
    here = at.astimezone(event.tz)
    return (
        f"{here.day} {here:%b}, {running.clock_words(at, event.tz)}" if with_date else running.clock_words(at, event.tz)
    )


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """A stretch of an event, and what is in it."""

    starts_at = MomentOfEvent(label="From")
    ends_at = MomentOfEvent(label="Until")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.event = event
        fields: dict[str, Any] = self.fields
        fields["starts_at"].offer(event, self.instance.starts_at)
        fields["ends_at"].offer(event, self.instance.ends_at)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("starts_at") and cleaned.get("ends_at") and cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends_at", "Choose an end that is later than the beginning.")
        return cleaned


class SlotForm(HoursForm):
    """A slot of the running order."""

    starts_at = MomentOfEvent(label="Begins")
    ends_at = MomentOfEvent(label="Ends")

    class Meta:
        model = Slot
        fields = ("service", "theme", "starts_at", "ends_at", "owner", "sensitivity", "notes")
        labels = {
            "theme": "What is it about?",
            "owner": "Who sees to it?",
            "sensitivity": "May the place be told?",
        }
        help_texts = {
            "sensitivity": "Whoever posts can be found by where they are. Foster homes, refuges and lone workers: "
            "never.",
            "owner": "They are told.",
        }
        widgets = {"sensitivity": forms.RadioSelect, "notes": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["service"].queryset = Service.objects.all()
        fields["service"].empty_label = "Choose a service"
        fields["owner"].queryset = User.objects.active()
        fields["owner"].empty_label = "Nobody yet"


class CopyForm(forms.Form):
    """When a copy of a slot begins."""

    starts_at = MomentOfEvent(label="The copy begins")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["starts_at"]
        field.offer(event)


class StageForm(forms.Form):
    """The posts that stand ready in a slot."""

    post = forms.ModelMultipleChoiceField(queryset=Post.objects.none(), required=False)

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["post"]
        field.queryset = posts


class SheetForm(forms.Form):
    """A file of slots."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="CSV or Excel (.xlsx). Every row becomes a slot, or none does.",
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,text/csv"}),
    )

    def clean_file(self) -> bytes:
        """The file's bytes."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError("This file is larger than 5 MB. Choose a smaller one.")
        data: bytes = file.read()
        return data


class ShiftForm(HoursForm):
    """Somebody's hours at the desk."""

    class Meta:
        model = Shift
        fields = ("person", "task", "starts_at", "ends_at")
        labels = {"person": "Who?", "task": "What do they do?"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = User.objects.active()
        fields["person"].empty_label = "Choose a person"


class HandoverForm(forms.Form):
    """What whoever comes next must know."""

    note = forms.CharField(
        label="What must whoever comes next know?",
        help_text="What is open, who waits for an answer, what to keep an eye on.",
        widget=forms.Textarea({"rows": 5}),
        max_length=5_000,
    )
