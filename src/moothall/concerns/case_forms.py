"""Forms about one case."""

from typing import Any

from django import forms

from moothall.concerns.forms import CaseForm, WorkEmailField, long_text
from moothall.concerns.models.cases import Triage
from moothall.concerns.models.papers import Side
from moothall.concerns.process import DECISIONS, Outcome, Step, move
from moothall.core.forms import DateInput, MomentField

MOST_FILES = 5
TAKEN = ".pdf,.jpg,.jpeg,.png,.webp"


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Cleans to a list of uploads, which may be empty."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(SeveralFilesField, self).clean(each, initial) for each in given]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"Add at most {MOST_FILES} files at once.")
        return files


def files_field() -> SeveralFilesField:
    """Pictures and PDFs that come with a paper."""
    return SeveralFilesField(
        label="Pictures or PDFs",
        required=False,
        widget=SeveralFilesInput({"accept": TAKEN}),
        help_text=f"Up to {MOST_FILES} files. From pictures, what tells place, time and device is removed.",
        error_messages={"empty": "This file is empty. Choose another."},
    )


class TriageForm(CaseForm):
    """Which way a concern goes."""

    kind = forms.ChoiceField(label="What is it?", choices=Triage.choices, widget=forms.RadioSelect)
    words = long_text("Why?", help_text="Kept with the case. “Nothing in it” and what is passed on end the case here.")


class MoveForm(CaseForm):
    """What comes with a move: reasons and an outcome, as far as the table asks for them."""

    REASONS = {
        Step.AGREE: ("What was agreed, and why is that enough?", "The person gets it by letter."),
        Step.ALLOCATE: (
            "Why was an informal way not enough, or why can it not be?",
            "An informal way comes first. This is kept with the case.",
        ),
        Step.NO_CASE: ("Why is there no case to answer?", "The person gets the reasons by letter."),
        Step.DECIDE: (
            "What was found, and why do you decide so?",
            "Say too what spoke for the person, and how you weighed it. The person gets the reasons.",
        ),
        Step.APPEAL: (
            "Why do you appeal?",
            "Such as: something is new, was not looked at, or was weighed wrongly.",
        ),
        Step.DECIDE_APPEAL: ("Why do you decide so?", "The person gets the reasons. This decision is final."),
    }

    def __init__(self, *args: Any, step: Step, decided: str = "", **kwargs: Any) -> None:
        """``decided``: the outcome that an appeal is about, and that it may not exceed."""
        super().__init__(*args, **kwargs)
        needs = move(step).needs
        if "outcome_given" in needs:
            choices = [each for each in DECISIONS if not decided or not _graver(each, Outcome(decided))]
            self.fields["outcome"] = forms.ChoiceField(
                label="What do you decide?",
                choices=[(each.value, each.label) for each in choices],
                widget=forms.RadioSelect,
            )
        if step in self.REASONS:
            label, hint = self.REASONS[step]
            self.fields["reasons"] = long_text(label, 8, help_text=hint)


def _graver(one: Outcome, other: Outcome) -> bool:
    grades = list(Outcome)
    return grades.index(one) > grades.index(other)


class WhoForm(CaseForm):
    """Who gets a part."""

    who = WorkEmailField(label="Their work e-mail")

    def __init__(self, *args: Any, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].help_text = hint


class WhyForm(CaseForm):
    """Why something is done."""

    why = long_text("Why?", 4)

    def __init__(self, *args: Any, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].help_text = hint


class PutOffForm(CaseForm):
    """A later day for what is due."""

    until = forms.DateField(label="By when will it be done?", widget=DateInput)
    why = long_text("Why does it take longer?", 4, help_text="It stands in the letter that tells the person.")


# --- Papers -----------------------------------------------------------------------------------------------------------


class EvidenceForm(CaseForm):
    """A piece of evidence, whichever way it speaks."""

    side = forms.ChoiceField(label="For whom does it speak?", choices=Side.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="What is it?", max_length=200, help_text="As a list of papers names it.")
    text = long_text("What does it say?", 6, help_text="Who said or wrote it, when, and how you came by it.")
    attached = files_field()


class HandInForm(CaseForm):
    """What the person hands in."""

    title = forms.CharField(label="What is it?", max_length=200, help_text="In a few words.")
    text = long_text("What do you want to say?", 8, help_text="You can name people who should be asked, too.")
    attached = files_field()


class ReportForm(CaseForm):
    """The investigator's report."""

    text = long_text(
        "What was found",
        14,
        help_text="What is certain, what is disputed, what could not be found out. Do not say what should come of it.",
    )
    speaks_for = long_text(
        "What speaks for the person",
        8,
        help_text="Look for it as carefully as for the rest. That nothing was found is an answer too.",
    )


class LetterForm(CaseForm):
    """The text of a letter."""

    text = long_text("The letter", 30, help_text="What stands in square brackets is still to be filled in.")


# --- Meetings ---------------------------------------------------------------------------------------------------------


class MeetingForm(CaseForm):
    """When and where a meeting is."""

    at = MomentField(label="When?")
    where = forms.CharField(label="Where, or how to join it", max_length=500)


class MinutesForm(CaseForm):
    """What is recorded of a meeting."""

    companion = forms.CharField(
        label="Who accompanied the person?",
        max_length=200,
        required=False,
        help_text="A colleague or a trade-union representative: Employment Relations Act 1999, section 10.",
    )
    without_companion = forms.BooleanField(label="They were asked, and wanted nobody", required=False)
    notes = long_text("What was said", 14, help_text="Also what the person and their companion said. They can read it.")


class NoLessonForm(CaseForm):
    """Why a case closes without a lesson."""

    why = long_text("Why is nothing to be learned from it?", 4)
