from django import forms

from moothall.rehearsal.models import Fault, PracticeAccount

HOW_MANY = [("1", "The next one"), ("3", "The next three"), ("1000", "All, until switched off")]


class FaultForm(forms.Form):
    """Which account, which fault, for how many posts."""

    account = forms.ModelChoiceField(label="Channel", queryset=PracticeAccount.objects.all(), empty_label=None)
    fault = forms.ChoiceField(label="What goes wrong", choices=Fault.choices)
    left = forms.TypedChoiceField(label="For how many posts", coerce=int, choices=HOW_MANY)
