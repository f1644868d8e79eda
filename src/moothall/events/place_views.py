"""The places where Moothall listens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.events import place_actions, place_queries
from moothall.events.models import Place
from moothall.events.place_forms import PlaceForm


@needs("event.manage")
def places(request: StaffRequest) -> HttpResponse:
    """Every place and how it is heard; and another one."""
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("network", "way", "address", "channel")}
        place_actions.add(request.user, **chosen)
        messages.success(request, "Moothall listens there whenever an event is on.")
        return redirect("places")
    return render(request, "events/places.html", {"form": form, "heard": place_queries.heard(clock.now())})


@needs("event.manage")
@require_POST
def switch_place(request: StaffRequest, pk: int) -> HttpResponse:
    """Turn a place on or off."""
    place = get_object_or_404(Place, pk=pk)
    is_on = request.POST.get("on") == "yes"
    place_actions.switch(request.user, place, is_on=is_on)
    messages.success(request, f"{place.address} is {'on' if is_on else 'off'}.")
    return redirect("places")
