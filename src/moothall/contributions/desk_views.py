"""The desk's queue, and one contribution at the desk."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.contributions import desk as acts
from moothall.contributions import mail_quoting, mails, queries, states
from moothall.contributions.forms import KeepForm, MakePostForm, MergeForm, PeopleForm, QueueFilter, ReasonForm
from moothall.contributions.mail_reading import read
from moothall.contributions.models import Contribution, Mail, State
from moothall.core import clock, sealing
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.events import budget_queries
from moothall.publishing import approving
from moothall.publishing.models import Post
from moothall.records import queries as record_queries

A_PAGE = 50


@needs("contribution.handle")
def desk(request: StaffRequest) -> HttpResponse:
    filters = QueueFilter(request.GET)
    page = Paginator(queries.queue(**filters.chosen), A_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts()
    now = clock.now()
    context = {
        "filters": filters,
        "page": page,
        "rows": [(each, states.is_free(each, request.user, now)) for each in page],
        "waiting": counts.get(State.WAITING, 0),
        "quarantined": counts.get(State.QUARANTINED, 0),
        "kept": counts.get(State.KEPT, 0),
        "pending_items": queries.pending_items(),
        "left_aside": queries.left_aside().count(),
        "narrowed": request.GET.urlencode(),
    }
    return render(request, "contributions/desk.html", context)


@needs("contribution.handle")
def contribution(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _found(pk))


def _found(pk: int) -> Contribution:
    return get_object_or_404(queries.contributions(), pk=pk)


def _page(request: StaffRequest, shown: Contribution, **bound: Any) -> HttpResponse:
    """One contribution, with a form that was filled in wrongly as it was filled in."""
    is_free = states.is_free(shown, request.user, clock.now())
    before, after = queries.neighbours(shown, **QueueFilter(request.GET).chosen)
    make = bound.get("make") or MakePostForm(actor=request.user, contribution=shown, initial=_first_draft(shown))
    context = {
        "contribution": shown,
        "is_free": is_free,
        "is_mine": shown.state == State.CLAIMED and shown.claimed_by_id == request.user.pk,
        "mail": Mail.objects.filter(contribution=shown).first(),
        "make": make,
        "decline": bound.get("decline") or ReasonForm(prefix="decline"),
        "keep": bound.get("keep") or KeepForm(prefix="keep"),
        "merge": bound.get("merge") or MergeForm(contribution=shown, prefix="merge"),
        "to_ask": [(each, _people_form(each)) for each in acts.to_ask(shown)],
        "wrong": [form for form in bound.values() if form],
        "merged": shown.merged.all(),
        "post_status": queries.post_status(request.user, shown),
        "records": record_queries.of(f"contribution:{shown.pk}"),
        "before": before,
        "after": after,
        "narrowed": request.GET.urlencode(),
    }
    return render(request, "contributions/contribution.html", context)


def _people_form(contribution: Contribution) -> PeopleForm:
    return PeopleForm(initial={"people": contribution.people}, auto_id=f"id_{contribution.pk}_%s")


def _first_draft(shown: Contribution) -> dict[str, Any]:
    """What the desk begins from: the words as they came, with the hashtag; the pictures, where all agreed."""
    words = shown.said
    tag = f"#{shown.event.main_tag}" if shown.event and shown.event.main_tag else ""
    if tag and tag.casefold() not in words.casefold():
        words = f"{words}\n\n{tag}".strip()
    initial: dict[str, Any] = {"once": uuid.uuid4(), "text": words, "service": shown.service_id}
    if shown.event:
        initial["channels"] = [each.pk for each in budget_queries.to_speak_on(shown.event)]
    unasked = acts.unasked(shown)
    for asset in acts.pictures_of(shown):
        initial[f"use_{asset.pk}"] = asset.pk not in unasked
        initial[f"alt_{asset.pk}"] = asset.alt
    return initial


def _do(request: StaffRequest, pk: int, act: Callable[[], object], said: str, to: str = "contribution") -> HttpResponse:
    """Do something, and say so or why not."""
    if attempt(request, act, said) and to == "desk":
        return redirect(to)
    return redirect("contribution", pk)


@needs("contribution.handle")
@require_POST
def claim(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    minutes = int(states.CLAIM_LASTS.total_seconds() // 60)
    said = f"You have this in hand for {minutes} minutes. Others see your name."
    return _do(request, pk, lambda: acts.claim(request.user, shown), said)


@needs("contribution.handle")
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    return _do(request, pk, lambda: acts.release(request.user, shown), "Others may take it now.", "desk")


@needs("contribution.handle")
@require_POST
def make_post(request: StaffRequest, pk: int) -> HttpResponse:
    """A draft of it: for the composer, or straight on its way to approval."""
    shown = _found(pk)
    form = MakePostForm(request.POST, actor=request.user, contribution=shown)
    if not form.is_valid():
        return _page(request, shown, make=form)
    try:
        post = acts.make_post(request.user, shown, form.plan)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, shown, make=form)
    except IntegrityError:  # the same form came twice at the same moment
        return redirect("contribution", pk)
    return _send(request, post) if request.POST.get("then") == "send" else redirect("edit-post", post.pk)


def _send(request: StaffRequest, post: Post) -> HttpResponse:
    """For approval. What still blocks it is said in the composer, where it can be put right."""
    try:
        if queries.is_editable(request.user, post):  # else the form came twice, and it is on its way
            approving.send_for_approval(request.user, post)
    except ValidationError as error:
        for message in error.messages:
            messages.warning(request, message)
        return redirect("edit-post", post.pk)
    messages.success(request, "It is on its way. Whoever told you hears of it when it is published.")
    return redirect("desk")


@needs("contribution.handle")
@require_POST
def put_back(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    return _do(request, pk, lambda: acts.put_back(request.user, shown), "You have it in hand again, without a post.")


@needs("contribution.handle")
@require_POST
def decline(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    form = ReasonForm(request.POST, prefix="decline")
    if not form.is_valid():
        return _page(request, shown, decline=form)
    reason = form.cleaned_data["reason"]
    return _do(request, pk, lambda: acts.decline(request.user, shown, reason), "Thanked, and declined.", "desk")


@needs("contribution.handle")
@require_POST
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    form = KeepForm(request.POST, prefix="keep")
    if not form.is_valid():
        return _page(request, shown, keep=form)
    reason = form.cleaned_data["reason"]
    return _do(request, pk, lambda: acts.keep(request.user, shown, reason), "Kept for later.", "desk")


@needs("contribution.handle")
@require_POST
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    form = MergeForm(request.POST, contribution=shown, prefix="merge")
    if not form.is_valid():
        return _page(request, shown, merge=form)
    into = form.cleaned_data["into"]
    try:
        acts.merge(request.user, shown, into)
    except ValidationError as error:
        form.add_error("into", error)
        return _page(request, shown, merge=form)
    messages.success(request, "Merged. What becomes of this one becomes of both.")
    return redirect("contribution", into.pk)


@needs("contribution.handle")
@require_POST
def thank(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    return _do(request, pk, lambda: acts.thank(request.user, shown), "Thanked.", "desk")


@needs("contribution.handle")
@require_POST
def note_people(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    form = PeopleForm(request.POST)
    form.is_valid()
    people = form.cleaned_data.get("people", "")
    leading = shown.merged_into_id or pk  # on whose page this was asked
    return _do(request, leading, lambda: acts.note_people(request.user, shown, people), "Noted.")


# --- Mail -------------------------------------------------------------------------------------------------------------


@needs("contribution.handle")
@require_POST
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    return _do(request, pk, lambda: mails.accept(request.user, shown), "It waits for the desk now.")


@needs("contribution.handle")
@require_POST
def refuse(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _found(pk)
    return _do(request, pk, lambda: acts.refuse(request.user, shown), "Refused. Its sender hears nothing.", "desk")


@needs("contribution.handle")
def whole_mail(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole of a mail, as plain text: nothing of it is shown as its sender formed it."""
    mail = get_object_or_404(Mail, contribution=pk)
    return _whole(request, mail)


@needs("contribution.handle")
def mail_left_aside(request: StaffRequest, pk: int) -> HttpResponse:
    return _whole(request, get_object_or_404(queries.left_aside(), pk=pk))


def _whole(request: StaffRequest, mail: Mail) -> HttpResponse:
    try:
        raw = mails.whole(mail)
    except sealing.CannotOpen as error:
        raise Http404 from error
    text = raw.decode("utf-8", "replace")[: mail_quoting.MOST_HTML]
    context = {"mail": mail, "text": text, "attached": [each.name for each in read(raw).enclosures] if raw else []}
    return render(request, "contributions/whole_mail.html", context)


@needs("contribution.handle")
def left_aside(request: StaffRequest) -> HttpResponse:
    """The mails of which no contribution was made: automatic ones, lists, those too large."""
    page = Paginator(queries.left_aside(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "contributions/left_aside.html", {"page": page})
