"""Queue slots: the times of the week at which a channel has room for a post."""

from itertools import islice

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.planning import slot_actions
from moothall.planning.slot_forms import RemoveSlotsForm, SlotsForm
from moothall.publishing import slots
from moothall.publishing.models import QueueSlot

NEXT = 10


@needs("channel.edit")
def slot_channels(request: StaffRequest) -> HttpResponse:
    """The channels whose slots the person may change."""
    found = channel_queries.drivable(request.user, "channel.edit").annotate(number=Count("queue_slots"))
    return render(request, "planning/slot_channels.html", {"channels": found})


@needs("channel.edit")
def channel_slots(request: StaffRequest, slug: str) -> HttpResponse:
    """A channel's slots, the next free ones, and a form for more."""
    channel = _channel(request, slug)
    form = SlotsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = slot_actions.add_slots(request.user, channel, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Added {len(made)} slot{'' if len(made) == 1 else 's'}.")
            return redirect("channel-slots", slug)
    now = clock.now()
    taken = slots.taken(channel, now)
    free = (each for each in slots.coming(slots.of(channel), now) if each not in taken)
    context = {
        "channel": channel,
        "form": form,
        "slots": QueueSlot.objects.filter(channel=channel),
        "free": list(islice(free, NEXT)),
        "zone": localtime.zone_words(),
    }
    return render(request, "planning/channel_slots.html", context)


@needs("channel.edit")
@require_POST
def remove_slots(request: StaffRequest, slug: str) -> HttpResponse:
    channel = _channel(request, slug)
    form = RemoveSlotsForm(request.POST, slots=QueueSlot.objects.filter(channel=channel))
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["slot"])))
        return redirect("channel-slots", slug)
    chosen = form.cleaned_data["slot"]
    attempt(
        request,
        lambda: slot_actions.remove_slots(request.user, channel, chosen),
        lambda number: f"Removed {number} slot{'' if number == 1 else 's'}. What is planned already keeps its time.",
    )
    return redirect("channel-slots", slug)


def _channel(request: StaffRequest, slug: str) -> Channel:
    return get_object_or_404(channel_queries.drivable(request.user, "channel.edit"), slug=slug)
