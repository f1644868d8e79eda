"""Forms of a wall's moderators."""

import uuid
from typing import Any

from django import forms

from moothall.core.forms import FilterForm
from moothall.events import moderation_queries
from moothall.events.models import Door, Event, ItemRule, ItemState
from moothall.events.moderating import Verb


class ItemFilter(FilterForm):
    """Which items to see. All of it stands in the address."""

    state = forms.ChoiceField(choices=moderation_queries.QUEUES, widget=forms.HiddenInput)
    door = forms.ChoiceField(label="By whom", choices=[("", "Anybody"), *Door.choices])
    network = forms.ChoiceField()
    language = forms.ChoiceField()
    author = forms.CharField(label="Author", max_length=100)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["network"].choices = [("", "All networks"), *moderation_queries.networks_of(event)]
        found = moderation_queries.languages_of(event)
        fields["language"].choices = [("", "All languages"), *((each, each) for each in found)]

    @property
    def queue(self) -> str:
        """The list asked for; without a word, what is to be looked at."""
        return str(self.chosen.get("state", ItemState.PENDING.value))


class DecisionForm(forms.Form):
    """What was pressed: a verb, for one item (``allow:12``) or for those that are ticked (``allow``)."""

    decide = forms.CharField(max_length=40)
    reason = forms.CharField(label="Reason, if you hide or hold", max_length=300, required=False)
    item = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        ids = [value for value in data.getlist("item") if value.isdecimal()][:1_000] if data else []
        item: Any = self.fields["item"]
        item.choices = [(each, each) for each in ids]

    def clean_decide(self) -> tuple[Verb, list[int]]:
        """The verb, and the item that the button names, if it names one."""
        verb, _, pk = self.cleaned_data["decide"].partition(":")
        if verb not in list(Verb) or (pk and not (pk.isdecimal() and len(pk) <= 18)):
            raise forms.ValidationError("Choose one of the buttons.")
        return Verb(verb), [int(pk)] if pk else []

    @property
    def seen(self) -> dict[int, str]:
        """The stamps of the items as they stood on the page."""
        values: Any = self.data
        pairs = (value.partition(":") for value in values.getlist("seen")[:1_000])
        return {int(pk): stamp for pk, _, stamp in pairs if pk.isdecimal() and len(pk) <= 18}

    @property
    def items(self) -> list[int]:
        pks: list[int] = self.cleaned_data["decide"][1] or self.cleaned_data["item"]
        return pks


class ReasonForm(forms.Form):
    """Why an author is blocked."""

    reason = forms.CharField(
        label="Why?",
        help_text="Kept on the record. Colleagues see it in the list of blocked authors.",
        max_length=300,
    )


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """A rule that decides before anybody looks."""

    class Meta:
        model = ItemRule
        fields = ("kind", "value", "effect")
        labels = {"kind": "About", "value": "Which", "effect": "What to do"}
        help_texts = {
            "value": "An author’s handle; a word or phrase; a network’s short name, such as mastodon; or a language’s, "
            "such as cy.",
            "effect": "Where several rules meet an item, the strictest wins.",
        }


def undo_of(value: str) -> uuid.UUID | None:
    """The decision that an address offers to take back, if it names one."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
