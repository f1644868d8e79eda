"""The budget's pages."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.events import budget_actions, budget_queries, event_queries, tabs
from moothall.events.models import ChannelPlan, Event

MOST_AN_HOUR = 1_000
MOST_PENCE = 100_000


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when running
    """What the desk expects of one channel."""

    class Meta:
        model = ChannelPlan
        fields = ("an_hour", "pence", "backup", "second_backup", "note")
        labels = {
            "an_hour": "Posts an hour that you expect beyond those planned",
            "pence": "What the network charges for a post, in pence",
            "backup": "First backup",
            "second_backup": "Second backup",
            "note": "How do you go over to it?",
        }
        help_texts = {
            "an_hour": "Answers, and what staff tell the desk. Each is taken to have one picture.",
            "pence": "0 where it charges nothing.",
            "note": "Who decides, who tells the followers, and in which words.",
        }
        widgets = {
            "an_hour": forms.NumberInput({"class": "govuk-input--width-4", "min": 0, "max": MOST_AN_HOUR}),
            "pence": forms.NumberInput({"class": "govuk-input--width-5", "min": 0, "max": MOST_PENCE}),
            "note": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, backups: list[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["an_hour"].max_value, fields["pence"].max_value = MOST_AN_HOUR, MOST_PENCE
        others = [each.pk for each in backups if each.pk != self.instance.channel_id]
        for name in ("backup", "second_backup"):
            fields[name].queryset = Channel.objects.filter(pk__in=others)
            fields[name].empty_label = "None"

    def clean_an_hour(self) -> int:
        number: int = self.cleaned_data["an_hour"]
        if number > MOST_AN_HOUR:
            raise forms.ValidationError(f"Give at most {MOST_AN_HOUR} posts an hour.")
        return number

    def clean_pence(self) -> int:
        pence: int = self.cleaned_data["pence"]
        if pence > MOST_PENCE:
            raise forms.ValidationError(f"Give at most {MOST_PENCE} pence.")
        return pence


@needs("event.see")
@require_safe
def budget(request: StaffRequest, slug: str) -> HttpResponse:
    """What each channel may post, what is planned there, and what was used."""
    event, now = _event(slug), clock.now()
    context = {
        **tabs.context(request.user, event, "budget"),
        "budget": budget_queries.budget_of(request.user, event, now),
        "is_on": event.is_on(now),
    }
    return render(request, "events/budget.html", context)


@needs("event.manage")
def channel_plan(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """What is expected of one channel, and its backups."""
    event, channel = _event(slug), get_object_or_404(Channel, pk=pk)
    plan = budget_queries.plans(event).get(pk) or ChannelPlan(event=event, channel=channel)
    _, backups = budget_queries.channels(event)
    form = PlanForm(request.POST if request.method == "POST" else None, instance=plan, backups=backups)
    if request.method == "POST" and form.is_valid():
        try:
            budget_actions.save_plan(request.user, form.instance)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"Saved: {channel}.")
            return redirect("budget", slug)
    context = {
        **tabs.context(request.user, event, "budget"),
        "form": form,
        "channel": channel,
        "has_backups": any(each.pk != pk for each in backups),
    }
    return render(request, "events/channel_plan.html", context)


@needs("event.manage")
@require_POST
def go_over(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Use a backup channel from now on."""
    event, channel = _event(slug), get_object_or_404(Channel, pk=pk)
    to = Channel.objects.filter(pk=int(to)).first() if (to := request.POST.get("to", "")).isdecimal() else None
    if to is None:
        messages.error(request, "Choose a backup channel.")
    else:
        said = f"From now on the desk is offered {to} instead of {channel}."
        attempt(request, lambda: budget_actions.go_over(request.user, event, channel, to), said)
    return redirect("budget", slug)


@needs("event.manage")
@require_POST
def come_back(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    event, channel = _event(slug), get_object_or_404(Channel, pk=pk)
    attempt(request, lambda: budget_actions.come_back(request.user, event, channel), f"{channel} is in use again.")
    return redirect("budget", slug)


def _event(slug: str) -> Event:
    return get_object_or_404(event_queries.with_rehearsals_too(), slug=slug)
