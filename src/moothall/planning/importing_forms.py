"""Choosing a file of several posts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from moothall.planning import sheet
from moothall.planning.sheet import Sheet


class PostFileForm(forms.Form):
    """The file to read. Cleans to its name and its table."""

    file = forms.FileField(
        label="CSV file or Excel workbook",
        help_text=f"At most {sheet.MOST_ROWS} posts and 5 MB. Of a workbook, the first sheet is read.",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        max_length=200,
    )

    def clean_file(self) -> tuple[str, Sheet]:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > sheet.LARGEST:
            raise ValidationError("This file is larger than 5 MB. Split it, and import the parts one after the other.")
        return str(upload.name), sheet.read(upload.read())


class ConfirmForm(forms.Form):
    """Yes to what was shown."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    send = forms.BooleanField(label="Send all of them for approval", required=False)
