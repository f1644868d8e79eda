"""Forms about requests."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.rights.models import WORDS_LENGTH
from moothall.rights.states import OUTCOMES, Kind, State
from moothall.webuse.models import Purpose

ASKED = {
    Kind.OBJECTION: (
        "To what do you object, and why?",
        "Say what is special about your situation: your health, your family, your work for a union. Article 21 asks "
        "for it; it need not be long.",
    ),
    Kind.CORRECTION: (
        "What is wrong, and what is right?",
        "Where you saw it, what it says, and what it should say. If something is missing, say what.",
    ),
    Kind.COMPLAINT: (
        "What went wrong?",
        "What happened, when, and what would put it right. You need not name a law.",
    ),
    Kind.QUESTION: (
        "What do you want to know?",
        "About anything that is kept of you, or about who sees it.",
    ),
}
"""By kind, how its words are asked for, and the hint."""
OUTCOME_WORDS = {
    Kind.OBJECTION: {State.UPHELD: "Upheld: we stop", State.REFUSED: "Refused: we go on, for these reasons"},
    Kind.CORRECTION: {State.UPHELD: "Upheld: it is put right", State.REFUSED: "Refused: it stays, for these reasons"},
    Kind.COMPLAINT: {
        State.UPHELD: "Upheld, in whole or in part: say what changes",
        State.REFUSED: "Refused: nothing was wrong, for these reasons",
    },
    Kind.QUESTION: {State.ANSWERED: "Answered"},
}


class _Form(forms.Form):
    def say(self, error: ValidationError) -> None:
        """Show ``error`` beside the fields it is about, and at the top what is about none."""
        for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
            self.add_error(name if name in self.fields else None, said)


class WordsForm(_Form):
    """Words alone: what whoever asked says more."""

    words = forms.CharField(label="What do you want to add?", widget=forms.Textarea({"rows": 6}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].error_messages["required"] = "Say it in a few words."
        self.fields["words"].widget.attrs["maxlength"] = WORDS_LENGTH


class AskForm(WordsForm):
    """What somebody asks about their own data."""

    purpose = forms.ModelChoiceField(
        Purpose.objects.none(),
        label="Is it about one purpose of the monitoring register?",
        required=False,
        empty_label="No, or I do not know",
    )
    field_order = ("purpose", "words")

    def __init__(self, *args: Any, kind: Kind, purposes: list[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = self.fields["words"]
        words.label, words.help_text = ASKED[kind]
        purpose: Any = self.fields["purpose"]
        purpose.queryset = Purpose.objects.filter(pk__in=[each.pk for each in purposes])
        if not purposes:
            del self.fields["purpose"]


class TellForm(WordsForm):
    """How far it is, or that it takes longer."""

    takes_longer = forms.BooleanField(label="It takes longer than the time we have", required=False)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "What do you tell them?"
        self.fields["words"].help_text = "How far it is; if it takes longer, why. They read these words."
        longer = self.fields["takes_longer"]
        longer.help_text = {
            Kind.COMPLAINT: "They hear from you again within a month in any case.",
            Kind.QUESTION: "Gives five more working days.",
        }.get(kind, "Gives two more months, once, if you say so and why within the first (UK GDPR article 12(3)).")


class AnswerForm(WordsForm):
    """The answer, and how it ends."""

    outcome = forms.ChoiceField(label="How does it end?", widget=forms.RadioSelect)
    field_order = ("outcome", "words")

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "Your answer"
        self.fields[
            "words"
        ].help_text = "They read these words. Give the reasons. If it is refused, Moothall adds where they can turn."
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(each.value, OUTCOME_WORDS[kind][each]) for each in OUTCOMES[kind]]
        if len(OUTCOMES[kind]) == 1:
            outcome.initial, outcome.widget = OUTCOMES[kind][0].value, forms.HiddenInput()
