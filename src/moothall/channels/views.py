"""Staff pages of the register. ``views_import.py`` has those about files, ``views_public.py`` what everybody sees."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.permissions import require
from moothall.accounts.requests import StaffRequest
from moothall.channels import actions, connecting, health, history, queries
from moothall.channels.forms import ChannelForm, ConnectForm, DisconnectForm, HealthFilter, RegisterFilter, StateForm
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.core.access import needs
from moothall.networks.errors import NetworkError

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
        "connection": health.connection_of(found),
        "why_not_connected": _why_not_connected(found),
        "may_edit": may_edit,
        "may_connect": request.user.may("channel.connect", found),
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
            _say(form, error)
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
            _say(form, error)
        else:
            messages.success(request, f"{moving.display_name} is now {moving.get_state_display().lower()}.")
            return redirect("register-channel", moving.slug)
    return render(request, "channels/state.html", {"form": form, "channel": moving})


@needs("channel.connect")
def connect(request: StaffRequest, slug: str) -> HttpResponse:
    """Give a channel's credentials, with the form that its network asks for."""
    connecting_to = get_object_or_404(queries.whole_register(), slug=slug)
    require(request.user, "channel.connect", connecting_to)
    if reason := _why_not_connected(connecting_to):
        messages.error(request, reason)
        return redirect("register-channel", slug)
    form = ConnectForm(
        request.POST if request.method == "POST" else None, network=connecting_to.network, handle=connecting_to.handle
    )
    if request.method == "POST" and form.is_valid():
        try:
            connecting.connect(request.user, connecting_to, form.cleaned_data)
        except ValidationError as error:
            _say(form, error)
        except NetworkError as error:
            form.add_error(None, connecting.cause(error))
        else:
            messages.success(request, f"{connecting_to} is connected. We have just tested it.")
            return redirect("register-channel", slug)
    context = {"form": form, "channel": connecting_to, "connection": health.connection_of(connecting_to)}
    return render(request, "channels/connect.html", context)


@needs("channel.connect")
@require_POST
def check(request: StaffRequest, slug: str) -> HttpResponse:
    """Test the connection now."""
    checked = get_object_or_404(queries.whole_register(), slug=slug)
    if trouble := connecting.check_now(request.user, checked):
        messages.error(request, trouble)
    else:
        messages.success(request, f"{checked.network_label} answered: all is well.")
    return redirect("register-channel", slug)


@needs("channel.connect")
def disconnect(request: StaffRequest, slug: str) -> HttpResponse:
    """Forget a channel's credentials, after asking once."""
    leaving = get_object_or_404(queries.whole_register(), slug=slug)
    require(request.user, "channel.connect", leaving)
    form = DisconnectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        connecting.disconnect(request.user, leaving, why=form.cleaned_data["why"])
        messages.success(request, f"{leaving} is disconnected. Its credentials are deleted.")
        return redirect("register-channel", slug)
    return render(request, "channels/disconnect.html", {"form": form, "channel": leaving})


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


def _why_not_connected(channel: Channel) -> str:
    """Why staff never connect this channel; empty for one that they may."""
    try:
        connecting.refuse_unconnectable(channel)
    except ValidationError as error:
        return error.messages[0]
    return ""


def _say(form: forms.BaseForm, error: ValidationError) -> None:
    """Show ``error`` beside the fields it is about, and at the top what is about none."""
    for name, said in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        form.add_error(name if name in form.fields else None, said)
