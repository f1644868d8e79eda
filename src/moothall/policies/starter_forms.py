"""The forms in which the council writes the starter in its own words."""

from typing import Any, cast

from django import forms
from django.http import QueryDict

from moothall.policies.models.starter import FIELDS, SECTIONS, Answer, Outcome, Starter, StarterQuestion
from moothall.policies.starter_queries import Content

HINTS = {
    "greeting": "What everybody reads first.",
    "go_ahead": "The advice where no question brought any other.",
    "help": "A sentence or two.",
    "advice": "What to do instead, or whom to ask.",
}
ROWS = {"help": 3, "fine": 2, "not_fine": 2, "greeting": 5, "go_ahead": 5, "advice": 4}
USUAL_ROWS = 8


class _Plain(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """Texts as we keep them: a browser sends each new line as two signs."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            if isinstance(value, str):
                cleaned[name] = "\n".join(value.splitlines())
        return cleaned


class StarterForm(_Plain):
    """The sections. ``seen`` is the version that they were read from."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Starter
        fields = SECTIONS
        help_texts = HINTS
        widgets = {name: forms.Textarea({"rows": ROWS.get(name, USUAL_ROWS)}) for name in SECTIONS}

    def show_version(self, version: int) -> None:
        """Let the next attempt begin from ``version``, with what was typed kept."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = str(version)
        self.data = data


class QuestionForm(_Plain):
    """One of the five questions."""

    class Meta:
        model = StarterQuestion
        fields = FIELDS
        help_texts = HINTS
        widgets = {name: forms.Textarea({"rows": rows}) for name, rows in ROWS.items() if name in FIELDS}

    def __init__(self, data: Any, instance: StarterQuestion) -> None:
        super().__init__(data, instance=instance, prefix=f"question-{instance.number}")
        number = instance.number
        labels = {
            "question": f"Question {number}",
            "help": f"Help with question {number}",
            "fine": f"An example that is fine, for question {number}",
            "not_fine": f"An example that is not, for question {number}",
            "advise_on": f"Which answer to question {number} brings the advice?",
            "outcome": f"The advice on question {number} begins with",
            "advice": f"Advice on question {number}",
        }
        for name, label in labels.items():
            self.fields[name].label = label
        for name, choices in (("advise_on", Answer.choices), ("outcome", Outcome.choices)):
            self.fields[name] = forms.ChoiceField(label=labels[name], choices=choices, widget=forms.RadioSelect)


class Editor:
    """The whole page's forms: the sections, and each question."""

    def __init__(self, content: Content, data: Any = None) -> None:
        self.sections = StarterForm(data, instance=content.starter, initial={"seen": content.starter.version})
        self.questions = [QuestionForm(data, question) for question in content.questions]

    def is_valid(self) -> bool:
        """Whether all is well. Every form is looked at, so that all that is wrong is said at once."""
        found = [form.is_valid() for form in (self.sections, *self.questions)]
        return all(found)

    @property
    def content(self) -> Content:
        """What was typed, once it is valid."""
        return Content(self.sections.instance, tuple(cast(StarterQuestion, form.instance) for form in self.questions))
