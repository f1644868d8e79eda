"""Forms about policies."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from moothall.accounts.models import User
from moothall.core.forms import DateInput
from moothall.lessons.models import Lesson, LessonState
from moothall.policies.models import Audience, Policy, RestsOn, Version, Whose

MOST_LINKS = 20
EMPTY_LINKS = 2
LARGEST_ID = 2**63 - 1


def say(form: forms.BaseForm, error: ValidationError) -> None:
    """Show ``error`` beside the fields of ``form`` that it is about, and at the top what is about none."""
    for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        form.add_error(name if name in form.fields else None, said)


class PolicyForm(forms.ModelForm[Policy]):
    """What a policy is about and for whom. Its short name is asked for once."""

    owner = forms.CharField(
        label="Owner’s e-mail address",
        help_text="Who answers for it. They are told 30 days before its review.",
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none"}),
    )
    audience = forms.MultipleChoiceField(
        label="For whom it is",
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Everybody can read it. Only those whom it is for are asked to acknowledge it.",
    )

    class Meta:
        model = Policy
        fields = ("title", "slug", "audience", "needs_acknowledgement", "is_public")
        labels = {
            "slug": "Short name for its address",
            "needs_acknowledgement": "Ask everybody it is for to acknowledge it",
            "is_public": "Show it to the public as well",
        }
        help_texts = {"slug": "Small letters, digits and hyphens, such as social-media. It stays."}
        widgets = {"slug": forms.TextInput({"autocapitalize": "none", "spellcheck": "false"})}

    field_order = ("title", "slug", "owner", "audience", "needs_acknowledgement", "is_public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["slug"]
            self.initial.setdefault("owner", self.instance.owner.email)

    def clean_owner(self) -> User:
        """The person with this address."""
        address = self.cleaned_data["owner"].strip()
        found = User.objects.active().filter(email__iexact=address).first()
        if found is None:
            raise ValidationError("Nobody who works here has this address.")
        self.instance.owner = found
        return found


class RestsOnForm(forms.Form):
    """One thing that a policy rests on. Left empty, it is none."""

    all_optional = True
    use_required_attribute = False
    title = forms.CharField(max_length=160, required=False)
    url = forms.CharField(label="Address", max_length=500, required=False)
    whose = forms.ChoiceField(label="Whose it is", choices=Whose.choices, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("url") and not cleaned.get("title"):
            self.add_error("title", "Say what it is called, or take its address out.")
        if cleaned.get("title") and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("url", "Give its address, or take its title out.")
        if self.link and not self.errors:
            self.link.full_clean(exclude=["policy"])
        return cleaned

    @property
    def link(self) -> RestsOn | None:
        """What was typed, not saved; ``None`` if nothing was."""
        values = self.cleaned_data
        if not values.get("title") or not values.get("url"):
            return None
        return RestsOn(title=values["title"], url=values["url"], whose=values.get("whose") or Whose.OTHER)


_RestsOnFormSet = formset_factory(RestsOnForm, extra=EMPTY_LINKS, max_num=MOST_LINKS, validate_max=True)


def rests_on_forms(data: Any, policy: Policy) -> "BaseFormSet[RestsOnForm]":
    """One form for each thing that ``policy`` rests on, and two empty ones."""
    there = policy.rests_on.all() if policy.pk else []
    initial = [{"title": each.title, "url": each.url, "whose": each.whose} for each in there]
    return _RestsOnFormSet(data, initial=initial, prefix="rests-on")


def links_of(formset: "BaseFormSet[RestsOnForm]") -> list[RestsOn]:
    """What was typed into the forms that are not empty."""
    return [form.link for form in formset if form.link]


class LessonsField(forms.ModelMultipleChoiceField[Lesson]):
    """Some of the lessons. A number that is too large for any database is no lesson either."""

    default_error_messages = dict.fromkeys(("invalid_choice", "invalid_pk_value"), "Choose the lessons from the list.")

    def clean(self, value: Any) -> Any:
        """The lessons. Raises ``ValidationError``."""
        for each in value if isinstance(value, list | tuple) else ():
            if _is_too_large(each):
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


def _is_too_large(text: str) -> bool:
    try:
        return abs(int(text)) > LARGEST_ID
    except ValueError:
        return False  # no number: the field itself refuses it


class DraftForm(forms.ModelForm[Version]):
    """What a version says. A draft may have gaps; what it lacks to be published is told by ``actions.amiss``."""

    all_optional = True
    use_required_attribute = False
    because = LessonsField(
        label="We changed this because of",
        queryset=Lesson.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The lessons that led to the change. Staff see them beside it.",
    )

    class Meta:
        model = Version
        fields = ("summary", "text", "what_changed", "effective_on", "review_on", "earlier_stand")
        labels = {
            "summary": "In plain English",
            "text": "What it says",
            "what_changed": "What changed",
            "effective_on": "In force from",
            "review_on": "Review by",
            "earlier_stand": "A small change: whoever acknowledged the version before need not do it again",
        }
        help_texts = {
            "summary": "What somebody should know who reads nothing else. It stands first.",
            "text": "Markdown. Begin headings with ##. Leave the title out: it stands above.",
            "what_changed": "For those who know the version before.",
            "review_on": "A year ahead is usual. The owner is told 30 days before.",
        }
        widgets = {
            "summary": forms.Textarea({"rows": 4}),
            "text": forms.Textarea({"rows": 24}),
            "what_changed": forms.Textarea({"rows": 3}),
            "effective_on": DateInput,
            "review_on": DateInput,
        }

    field_order = ("summary", "text", "what_changed", "because", "effective_on", "review_on", "earlier_stand")

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            for name in ("what_changed", "because", "earlier_stand"):
                del self.fields[name]
            return
        because: Any = self.fields["because"]
        because.queryset = Lesson.objects.filter(state=LessonState.PUBLISHED)
        if not because.queryset.exists():
            del self.fields["because"]
        elif self.instance.pk:
            self.initial["because"] = list(self.instance.because.values_list("pk", flat=True))


class WhyForm(forms.Form):
    """Why a policy is withdrawn."""

    why = forms.CharField(
        label="Why?",
        widget=forms.Textarea({"rows": 3}),
        max_length=1_000,
        help_text="Kept with the record, and told to its owner.",
    )
