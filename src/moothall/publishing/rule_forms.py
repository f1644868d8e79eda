"""Forms about whose approval posts need, and who stands in for whom."""

from typing import Any

from django import forms

from moothall.accounts.models import Service, User
from moothall.channels.models import Channel
from moothall.core.forms import DateInput
from moothall.publishing import rule_actions, rule_queries, rules
from moothall.publishing.models import ApprovalRule

USUAL = "usual"


class RuleForm(forms.Form):
    """How many approvals the posts of a service or on a channel need, and whose."""

    needed = forms.ChoiceField(label="How many approvals", widget=forms.RadioSelect)
    whose = forms.ChoiceField(
        label="Whose",
        choices=ApprovalRule.Whose.choices,
        widget=forms.RadioSelect,
        initial=ApprovalRule.Whose.APPROVERS,
        required=False,
    )
    named = forms.ModelMultipleChoiceField(
        label="The people",
        help_text="For “These people”. Only those who may see the service’s posts are offered.",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, of: Service | Channel, rule: ApprovalRule | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"needed": USUAL}
        if rule:
            initial = {"needed": str(rule.needed), "whose": rule.whose, "named": list(rule.named.all())}
        super().__init__(*args, **{"initial": initial, **kwargs})
        usual = f"As {of.service} has it" if isinstance(of, Channel) else "As usual: one, by any approver"
        needed: Any = self.fields["needed"]
        needed.choices = [(USUAL, usual), ("0", "None"), ("1", "One"), ("2", "Two, by different people")]
        named: Any = self.fields["named"]
        named.queryset = User.objects.filter(pk__in=[each.pk for each in rule_actions.may_be_named(of)])

    @property
    def is_usual(self) -> bool:
        return bool(self.cleaned_data["needed"] == USUAL)

    @property
    def number(self) -> int:
        return int(self.cleaned_data["needed"])


class AbsenceForm(forms.Form):
    """Who is away when, and who approves in their stead."""

    user = forms.ModelChoiceField(label="Who is away", queryset=User.objects.none())
    deputy = forms.ModelChoiceField(
        label="Deputy",
        help_text="Approves posts in their stead, and sees the posts that they see.",
        queryset=User.objects.none(),
        empty_label="Choose somebody",
    )
    first_day = forms.DateField(label="First day away", widget=DateInput)
    last_day = forms.DateField(label="Last day away", widget=DateInput)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["user"]
        deputy: Any = self.fields["deputy"]
        active = User.objects.active().order_by("name")
        if actor.may("approval.rules"):
            who.queryset, who.initial = (
                active.filter(pk__in=rule_queries.asked()),
                actor if rules.is_asked(actor) else None,
            )
        else:
            who.queryset, who.initial, who.widget = User.objects.filter(pk=actor.pk), actor, forms.HiddenInput()
        deputy.queryset = active.filter(pk__in=rule_queries.holders_anywhere("post.see"))
