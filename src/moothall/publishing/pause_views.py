"""The switch that pauses publishing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.publishing import pausing, switch
from moothall.publishing.forms import PauseForm
from moothall.publishing.models import Pause


@needs("publishing.pause")
def pause(request: StaffRequest) -> HttpResponse:
    """Switch it on, after saying why; or see what is paused, and switch it off."""
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = switch.begin(request.user, form.cleaned_data["reason"], form.cleaned_data["services"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{pausing.words(made)}. Nothing of it goes out until you end the pause.")
            return redirect("pause")
    return render(request, "publishing/pause.html", {"form": form, "on": pausing.current()})


@needs("publishing.pause")
@require_POST
def end_pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Let posts go out again, and go on to those that became due meanwhile."""
    pause = get_object_or_404(Pause, pk=pk)
    said = "The pause has ended. What became due meanwhile is held: decide on each."
    attempt(request, lambda: switch.end(request.user, pause), said)
    return redirect("held")
