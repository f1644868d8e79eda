"""Ready-made texts: the list, keeping them, and making posts of them."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.planning import ready_made_actions as actions
from moothall.planning import ready_made_queries as queries
from moothall.planning.ready_made_forms import ChannelFilter, FillForm, GapsForm, ReadyMadeFilter, ReadyMadeForm
from moothall.publishing import placeholders
from moothall.publishing import queries as post_queries
from moothall.publishing.models import ReadyMade
from moothall.records import queries as record_queries

TEXTS_A_PAGE = 25


@needs("post.write")
def ready_made(request: StaffRequest) -> HttpResponse:
    filter_form = ReadyMadeFilter(request.GET, user=request.user)
    page = Paginator(queries.search(request.user, **filter_form.chosen), TEXTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": queries.rows(request.user, list(page)), "filter_form": filter_form}
    return render(request, "planning/ready_made.html", context)


@needs("post.write")
def new(request: StaffRequest) -> HttpResponse:
    return _keep(request, None)


@needs("post.write")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.kept(request.user), pk=pk)
    require(request.user, "post.write", found)
    return _keep(request, found)


def _keep(request: StaffRequest, found: ReadyMade | None) -> HttpResponse:
    form = ReadyMadeForm(request.POST or None, user=request.user, ready_made=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save(request.user, found, form.words())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{saved}” is kept.")
            return redirect("ready-made")
    records = record_queries.of(actions.ref(found)) if found else []
    return render(request, "planning/ready_made_form.html", {"form": form, "ready_made": found, "records": records})


@needs("post.write")
@require_POST
def retire(request: StaffRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.retire, "Retired. Nobody is offered it any more; you can bring it back.")


@needs("post.write")
@require_POST
def bring_back(request: StaffRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.bring_back, "Brought back. Colleagues can use it again.")


def _change(request: StaffRequest, pk: int, act: Callable[[User, ReadyMade], None], said: str) -> HttpResponse:
    found = get_object_or_404(queries.kept(request.user), pk=pk)
    attempt(request, lambda: act(request.user, found), said)
    return redirect("ready-made")


@needs("post.write")
def use(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin a post: in the composer at once, or first with a page on which the template's gaps are filled."""
    found = get_object_or_404(queries.kept(request.user), pk=pk, is_retired=False)
    if not placeholders.names(found.text, found.second_text):
        return redirect(f"{reverse('write')}?from={found.pk}")
    form = GapsForm(request.POST or None, user=request.user, template=found)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = actions.begin(request.user, found, values["service"], form.values(), values["once"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "Saved as a draft. Choose its channels and its time.")
            return redirect("edit-post", made.pk)
    return render(request, "planning/ready_made_use.html", {"form": form, "ready_made": found})


@needs("post.write")
def rested(request: StaffRequest) -> HttpResponse:
    """Evergreen posts for one channel, the longest rested first."""
    form = ChannelFilter(request.GET, user=request.user)
    channel = form.chosen.get("channel")
    context = {
        "form": form,
        "channel": channel,
        "suggestions": queries.longest_rested(request.user, channel) if channel else [],
        "once": uuid.uuid4(),
    }
    return render(request, "planning/rested.html", context)


@needs("post.write")
@require_POST
def fill(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a draft of an evergreen post for a channel's next free slot."""
    found = get_object_or_404(queries.kept(request.user), pk=pk)
    form = FillForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, "Choose the channel again: you may not write for this one, or it is no longer live.")
        return redirect("rested-posts")
    values = form.cleaned_data
    try:
        made = actions.fill_next_slot(request.user, found, values["channel"], values["once"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('rested-posts')}?channel={values['channel'].pk}")
    messages.success(request, "Saved as a draft for the next free slot. Read it once more, and send it for approval.")
    return redirect("edit-post", made.pk)


@needs("post.write")
@require_POST
def make_evergreen(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a sent post as an evergreen one."""
    post = get_object_or_404(post_queries.posts(request.user), pk=pk)
    try:
        made = actions.evergreen_of(request.user, post)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("post", pk)
    messages.success(
        request, "Kept as an evergreen post. Say how long it rests, and whether its words hold at any time."
    )
    return redirect("edit-ready-made", made.pk)
