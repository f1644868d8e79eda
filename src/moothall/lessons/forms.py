"""Forms about lessons. Higher rooms, which draw lessons from their own work, use ``LessonForm`` too."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.lessons.models import Lesson

WHAT_CHANGES_HINT = "What you do from now on, and by when. If nothing changes, say why."


class LessonForm(forms.ModelForm[Lesson]):
    """A lesson's words: title, what happened, what changes. ``cleaned_data`` is what ``actions.draft`` takes."""

    class Meta:
        model = Lesson
        fields = ("title", "what_happened", "what_changes")
        labels = {"what_happened": "What happened", "what_changes": "What changes because of it"}
        help_texts = {"title": "What others will look for, in a few words.", "what_changes": WHAT_CHANGES_HINT}
        widgets = {
            "what_happened": forms.Textarea({"rows": 7}),
            "what_changes": forms.Textarea({"rows": 7}),
        }

    def say(self, error: ValidationError) -> None:
        """Show ``error`` beside the fields it is about, and at the top what is about none."""
        for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
            self.add_error(name if name in self.fields else None, said)


class ReviewForm(forms.Form):
    """What a reviewer decides."""

    PUBLISH, SEND_BACK = "publish", "send-back"

    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[(PUBLISH, "Publish it: everybody who works here can read it"), (SEND_BACK, "Send it back")],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label="What should change",
        help_text="If you send it back. Its author reads this.",
        widget=forms.Textarea({"rows": 4}),
        max_length=1_000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == self.SEND_BACK and not cleaned.get("remark", "").strip():
            self.add_error("remark", "Say what should change, so that its author can act on it.")
        return cleaned


class WithdrawForm(forms.Form):
    """Why a lesson is withdrawn."""

    why = forms.CharField(
        label="Why?",
        help_text="Kept with the lesson, for those who wrote and review it. Name nobody here either.",
        widget=forms.Textarea({"rows": 3}),
        max_length=1_000,
    )
