"""Staff pages on which channels are connected, tested and disconnected."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from moothall.accounts.permissions import require
from moothall.accounts.requests import StaffRequest
from moothall.channels import authorising, connecting, health, queries
from moothall.channels.authorising import NotAuthorised
from moothall.channels.forms import AuthoriseForm, ConnectForm, DisconnectForm, say
from moothall.channels.models import Channel
from moothall.core.access import needs
from moothall.networks.errors import NetworkError


@needs("channel.connect")
def connect(request: StaffRequest, slug: str) -> HttpResponse:
    """Sign in at the channel's server, where its network knows that, or give its credentials by hand."""
    found = _to_connect(request, slug)
    if reason := connecting.why_unconnectable(found):
        messages.error(request, reason)
        return redirect("register-channel", slug)
    form = ConnectForm(request.POST if request.method == "POST" else None, network=found.network, handle=found.handle)
    if request.method == "POST" and form.is_valid():
        try:
            connecting.connect(request.user, found, form.cleaned_data)
        except (ValidationError, NetworkError) as error:
            _explain(form, error)
        else:
            messages.success(request, f"{found} is connected. We have just tested it.")
            return redirect("register-channel", slug)
    server = request.GET.get("server") or found.handle.rpartition("@")[2]
    return _connect_page(request, found, AuthoriseForm(initial={"server": server}), form)


@needs("channel.connect")
def authorise(request: StaffRequest, slug: str) -> HttpResponse:
    """Get ready to sign in at the server that was named; then show the way there.

    The way there is a link on a page of its own: the content security policy lets no form lead to another site.
    """
    found = _to_connect(request, slug)
    if authorising.network_of(found) is None:
        return redirect("register-connect", slug)
    if request.method != "POST":
        there = authorising.way_there(request.user, found, _session(request))
        if there is None:
            return redirect("register-connect", slug)
        return render(request, "channels/authorise.html", {"channel": found, "there": there})
    form = AuthoriseForm(request.POST)
    if form.is_valid():
        try:
            authorising.begin(request.user, found, _session(request), form.cleaned_data["server"])
        except (ValidationError, NetworkError) as error:
            _explain(form, error)
        else:
            return redirect("register-authorise", slug)
    return _connect_page(request, found, form, ConnectForm(network=found.network, handle=found.handle))


@needs("channel.connect")
@require_GET
def authorised(request: StaffRequest, key: str) -> HttpResponse:
    """Where a server sends people back to."""
    try:
        connected = authorising.finish(request.user, _session(request), key, request.GET.dict())
    except NotAuthorised as failure:
        messages.error(request, str(failure))
        if failure.begun is None:
            return redirect("register")
        again = reverse("register-connect", args=[failure.begun.channel.slug])
        return redirect(f"{again}?{urlencode({'server': failure.begun.server})}")
    messages.success(request, f"{connected} is connected. We have just tested it.")
    return redirect("register-channel", connected.slug)


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


def _to_connect(request: StaffRequest, slug: str) -> Channel:
    found = get_object_or_404(queries.whole_register(), slug=slug)
    require(request.user, "channel.connect", found)
    return found


def _connect_page(request: StaffRequest, channel: Channel, server: AuthoriseForm, form: ConnectForm) -> HttpResponse:
    context = {
        "channel": channel,
        "connection": health.connection_of(channel),
        "authorise_form": server if authorising.network_of(channel) else None,
        "form": form,
    }
    return render(request, "channels/connect.html", context)


def _session(request: StaffRequest) -> str:
    """What tells this person's session from any other. A page behind ``needs`` has one."""
    return request.session.session_key or ""


def _explain(form: forms.Form, error: ValidationError | NetworkError) -> None:
    if isinstance(error, NetworkError):
        form.add_error(None, connecting.cause(error))
    else:
        say(form, error)
