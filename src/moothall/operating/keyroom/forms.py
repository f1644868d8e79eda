"""What holders type in the room."""

from typing import Any

from django import forms

from moothall.webuse.seals.public_keys import KeptKey, Role, WrongHolders, three

LONGEST_NAME = 120
UNKEPT = {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
"""For the browser: keep nothing of it, and send it to nobody to be checked."""


def spoken(role: Role) -> str:
    """A share's holder within a sentence: an officer is "the", a team is not."""
    return f"the {role}" if role is Role.MONITORING_OFFICER else str(role)


class WordsInput(forms.Textarea):
    """A field for a share. What was typed never comes back with the page, whatever was wrong with it."""

    input_type = "textarea"  # by which the renderer knows how it looks

    def __init__(self) -> None:
        super().__init__({"rows": 6, **UNKEPT})

    def format_value(self, value: Any) -> None:
        return None


class ShareForm(forms.Form):
    """One share."""

    words = forms.CharField(label="Your 33 words", widget=WordsInput, max_length=2_000)

    def __init__(self, *arguments: Any, label: str = "", **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["words"].label = label or self.fields["words"].label
        self.fields["words"].help_text = "In their order, with spaces between them. Capitals do not matter."


class HoldersForm(forms.Form):
    """Three people, one for each share."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        for role in Role:
            attributes = {"autocomplete": "off", "class": "govuk-input--width-20"}
            self.fields[role.name.lower()] = forms.CharField(
                label=f"Who holds the share of {spoken(role)}",
                max_length=LONGEST_NAME,
                widget=forms.TextInput(attributes),
            )

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                three(self.holders)
            except WrongHolders as error:
                self.add_error(None, str(error))
        return self.cleaned_data

    @property
    def holders(self) -> dict[Role, str]:
        """Their names by their shares."""
        return {role: self.cleaned_data[role.name.lower()] for role in Role}


class KeyForm(forms.Form):
    """One of the keys whose shares there are."""

    key = forms.ChoiceField(label="Which key", widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, keys: list[KeptKey], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._keys = {key.key_id.hex(): key for key in reversed(keys)}
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            (name, f"{key.fingerprint}, of {key.made_on:%-d %B %Y}") for name, key in self._keys.items()
        ]
        self.fields["key"].initial = next(iter(self._keys), None)

    @property
    def chosen(self) -> KeptKey:
        return self._keys[self.cleaned_data["key"]]


class RecoverForm(HoldersForm, KeyForm):
    """The key of which a share is lost, and who holds its shares from now on."""


class DestroyForm(forms.Form):
    """That nobody has a share of the key any more, and what follows from that."""

    def __init__(self, *arguments: Any, key: KeptKey, names: int, seals: bool, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        for role in Role:
            self.fields[role.name.lower()] = forms.BooleanField(
                label=f"{key.holders[role]} has shredded the sheet of {spoken(role)}, before the others"
            )
        if seals:
            self.fields["sealing_stops"] = forms.BooleanField(
                label="No name is sealed any more until the next ceremony, and none from these days can ever be opened"
            )
        lost = "one name" if names == 1 else f"{names:,} names"
        self.fields["lost"] = forms.BooleanField(
            label=f"We know that {lost} can never be opened again, by anybody" if names else "No name is lost by it"
        )
