"""Form parts that every app shares. Rendering is the form renderer's; see docs/developers/pages.md."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from moothall.core import localtime
from moothall.core.logo import clean_logo
from moothall.core.models import Council


class DateInput(forms.DateInput):
    """The browser's own date picker, in the ISO format that it speaks."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "moot-input--date", **(attrs or {})}, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time picker, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "moot-input--time", **(attrs or {})}, format="%H:%M")


class MomentWidget(forms.MultiWidget):
    """A day and a time, side by side, each with its label."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"day": DateInput(), "time": TimeInput()}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = ("Date", f"Time ({localtime.zone_words()})")
        for part, label in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"] = label
        return context

    def decompress(self, value: datetime | None) -> list[date | time | None]:
        if value is None:
            return [None, None]
        here = localtime.local(value)
        return [here.date(), here.time()]


class MomentField(forms.MultiValueField):
    """A moment chosen as a day and a wall-clock time; cleans to an aware ``datetime``."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = (
            forms.DateField(error_messages={"invalid": "Give the date as a day, a month and a year."}),
            forms.TimeField(error_messages={"invalid": "Give the time as hours and minutes, such as 14:30."}),
        )
        super().__init__(parts, **kwargs)

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list:
            return None
        if None in data_list:
            raise ValidationError("Give both the date and the time.", code="incomplete")
        try:
            return localtime.from_wall(*data_list)
        except localtime.NoSuchTime as error:
            raise ValidationError(f"{error} Choose {error.instead:%H:%M}, say.", code="no_such_time") from error


class FilterForm(forms.Form):
    """A form whose fields narrow a list, in the address: all optional, and none says so."""

    all_optional = True
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and is valid; a bad value in an address is left out, not complained of."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}


class CouncilForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """The council's own settings."""

    class Meta:
        model = Council
        fields = ("name", "strapline", "colour", "logo", "logo_alt")
        widgets = {"colour": forms.TextInput({"class": "govuk-input--width-10", "spellcheck": "false"})}
        help_texts = {
            "colour": "Buttons, links and the top of each page. Six hex digits, such as #17533b; it must be dark "
            "enough for white text.",
            "logo": "PNG, JPEG or WebP. Shown 80 pixels high at most.",
        }

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"]
        return colour.lower()

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        return clean_logo(logo) if isinstance(logo, UploadedFile) else logo

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("logo") and not cleaned.get("logo_alt"):
            self.add_error("logo_alt", "Describe the logo for people who cannot see it.")
        return cleaned
