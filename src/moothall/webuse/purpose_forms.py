"""Forms about the monitoring register."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from moothall.accounts.roles import Role
from moothall.core.forms import DateInput
from moothall.webuse import purpose_checks
from moothall.webuse.models import LawfulBasis, Purpose
from moothall.webuse.models.purposes import MOST_FIGURES_DAYS, MOST_ROWS_DAYS

DAYS = forms.NumberInput({"class": "govuk-input--width-4"})
HINTS = {
    "key": "Small letters, digits and hyphens, such as network-security. It stays through all versions.",
    "what_for": "One purpose, and how you would know that it works: “to find devices that were taken over, by their "
    "calls to known malware”. “Just in case” is refused: see the ICO’s <cite>Monitoring workers</cite> (2023) and "
    "UK GDPR article 5(1)(b).",
    "lawful_basis": "Consent is not among them: people can hardly refuse their employer. (f) is not there for what a "
    "public body does as its public task, and it takes a written balancing test. On (e) and (f) people may object "
    "(article 21).",
    "kept": "The least that serves the purpose (articles 5(1)(c) and 25). Moothall drops paths, queries and addresses "
    "in any case; say what of the rest you need.",
    "who_sees": "Roles, not names, and what each of them sees: totals of the council, or figures of units.",
    "rejected": "Blocking instead of watching, training, spot checks, figures without units. <cite>Bărbulescu v "
    "Romania</cite> (2017) asks whether milder means would have done.",
    "names_days": "Sealed names, which nobody opens without a concern and two people. 0 if none are kept. At most as "
    "long as rows.",
    "rows_days": f"At most {MOST_ROWS_DAYS}, and as long as figures.",
    "figures_days": f"Figures with nobody in them that could be told apart. At most {MOST_FIGURES_DAYS:,}.",
    "consulted": "Unions, staff networks, the data protection officer, and when. Article 35(9) asks for the views of "
    "those concerned or of those who speak for them.",
    "views": "Objections too, and what changed because of them.",
    "notice": "The page, the letter, the briefing, and the day: so that it can be shown later (article 13). In "
    "<cite>Bărbulescu</cite> it came down to notice that was not given beforehand.",
    "notice_others": "Such as the sign-in page of the guest network. SI 2018/356 allows interception only where all "
    "reasonable efforts were made to inform everybody who may use the network.",
    "dpia_reference": "Under which your assessment (article 35) is filed. Moothall makes its text from this entry.",
    "review_on": "A year ahead is usual, two are the most. 30 days after it nothing more is read.",
}


class PurposeForm(forms.ModelForm[Purpose]):
    """All that an entry says. A draft may have gaps; what it lacks to be sent is told by ``purpose_checks``."""

    all_optional = True
    use_required_attribute = False
    lawful_basis = forms.ChoiceField(
        label="Lawful basis",
        choices=LawfulBasis.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=HINTS["lawful_basis"],
    )

    GROUPS: ClassVar[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
        (
            "1. Why",
            "One entry has one purpose. Monitoring for another is another entry.",
            ("title", "key", "what_for", "lawful_basis"),
        ),
        (
            "2. How little",
            "What is kept, for how long and for whom: no more than the purpose needs.",
            ("rejected", "kept", "who_sees", "names_days", "rows_days", "figures_days"),
        ),
        (
            "3. Asked and told",
            "People whose use of the web is read are asked first, and told.",
            ("consulted", "views", "notice", "notice_others"),
        ),
        (
            "4. Assessment and review",
            "Two people in two roles approve what you write here; none of them has written on it.",
            ("dpia_reference", "review_on"),
        ),
    )

    class Meta:
        model = Purpose
        fields = (
            *("title", "key", "what_for", "lawful_basis", "rejected", "kept", "who_sees", "names_days", "rows_days"),
            *("figures_days", "consulted", "views", "notice", "notice_others", "dpia_reference", "review_on"),
        )
        labels = {
            **purpose_checks.LABELS,
            "names_days": "Days for which names are kept",
            "rows_days": "Days for which rows under pseudonyms are kept",
            "figures_days": "Days for which figures are kept",
        }
        help_texts = HINTS
        widgets = {
            **{name: forms.Textarea({"rows": 4}) for name in purpose_checks.MISSING if name != "dpia_reference"},
            **dict.fromkeys(("names_days", "rows_days", "figures_days"), DAYS),
            "key": forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
            "review_on": DateInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.key:
            del self.fields["key"]  # it stays

    def groups(self) -> list[tuple[str, str, list[BoundField]]]:
        """The form's parts: heading, what it is about, and its fields."""
        return [
            (heading, about, [self[name] for name in names if name in self.fields])
            for heading, about, names in self.GROUPS
        ]

    def say(self, error: ValidationError) -> None:
        """Show ``error`` beside the fields it is about, and at the top what is about none."""
        for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
            self.add_error(name if name in self.fields else None, said)


class ApproveForm(forms.Form):
    """In which role somebody approves; asked only of those who hold several."""

    role = forms.ChoiceField(label="You approve it as", widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = [(role.value, role.label) for role in roles]


class WhyForm(forms.Form):
    """Why an entry is sent back or ended."""

    why = forms.CharField(label="Why?", widget=forms.Textarea({"rows": 3}), max_length=1_000)

    def __init__(self, *args: Any, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].help_text = hint
