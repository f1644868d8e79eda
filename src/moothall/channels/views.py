"""Staff pages of the register. ``views_connect.py`` has those about connections, ``views_import.py`` those about files,
``views_public.py`` what everybody sees."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from moothall.accounts.permissions import require
from moothall.accounts.requests import StaffRequest
from moothall.channels import actions, connecting, health, history, queries
from moothall.channels.forms import ChannelForm, HealthFilter, RegisterFilter, StateForm, say
from moothall.channels.models import Channel
from moothall.core import clock, languages
from moothall.core.access import needs

CHANNELS_A_PAGE = 100


@needs("channel.see")
@require_safe
def register(request: StaffRequest) -> HttpResponse:
    """Every channel, narrowed by what stands in the address."""
    form = RegisterFilter(request.GET)
    found = queries.matching(queries.whole_register(), **form.chosen)
    context = {
        "form": form,
        "page": Paginator(found, CHANNELS_A_PAGE).get_page(request.GET.get("page")),
        "is_empty": not Channel.objects.exists(),
        "may_add": request.user.may("channel.edit"),
        "may_import": request.user.may("channel.import"),
    }
    return render(request, "channels/register.html", context)


@needs("channel.see")
@require_safe
def channel(request: StaffRequest, slug: str) -> HttpResponse:
    """All about one channel. What could help a thief, and its history, only for those who may change it."""
    found = get_object_or_404(queries.whole_register(), slug=slug)
    may_edit = request.user.may("channel.edit", found)
    context = {
        "channel": found,
        "language": languages.name(found.language),
        "connection": health.connection_of(found),
        "why_not_connected": connecting.why_unconnectable(found),
        "may_edit": may_edit,
        "may_connect": request.user.may("channel.connect", found),
        "may_open_incident": request.user.may("incident.open", found),
        "remarks": health.of(found, clock.now()) if may_edit else [],
        "history": history.of(actions.ref(found)) if may_edit else [],
        "former_handles": found.former_handles.all(),
    }
    return render(request, "channels/channel.html", context)


@needs("channel.edit")
def edit(request: StaffRequest, slug: str | None = None) -> HttpResponse:
    """Add a channel, or change what is said about one."""
    changing = get_object_or_404(queries.whole_register(), slug=slug) if slug else Channel()
    if slug:
        require(request.user, "channel.edit", changing)
    form = ChannelForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        instance=changing,
        editor=request.user,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_channel(request.user, changing, picture=form.cleaned_data["upload"])
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"Saved {changing.display_name}.")
            return redirect("register-channel", changing.slug)
    return render(request, "channels/edit.html", {"form": form, "channel": changing})


@needs("channel.edit")
def state(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a channel live or dormant, or close it."""
    moving = get_object_or_404(queries.whole_register(), slug=slug)
    require(request.user, "channel.edit", moving)
    form = StateForm(request.POST if request.method == "POST" else None, channel=moving)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_state(request.user, moving, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"{moving.display_name} is now {moving.get_state_display().lower()}.")
            return redirect("register-channel", moving.slug)
    return render(request, "channels/state.html", {"form": form, "channel": moving})


@needs("channel.edit")
@require_safe
def register_health(request: StaffRequest) -> HttpResponse:
    """What needs care, of the channels that this person looks after."""
    form = HealthFilter(request.GET)
    days = form.chosen.get("days", health.DORMANT_DAYS)
    context = {
        "form": form,
        "days": days,
        "groups": health.grouped(health.remarks(request.user, days)),
        "looked_after": queries.editable(request.user).count(),
    }
    return render(request, "channels/health.html", context)
