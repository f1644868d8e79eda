"""The library's pages: all of it, one asset, and what is done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.library import actions, queries
from moothall.library.forms import AssetFilter, CaptionsForm, ConsentForm, CropForm, DescriptionForm, WithdrawForm
from moothall.library.models import Asset, Consent, ConsentStanding
from moothall.networks import registry
from moothall.records import queries as record_queries

ASSETS_A_PAGE = 24


@needs("media.see")
def library(request: StaffRequest) -> HttpResponse:
    filter_form = AssetFilter(request.GET, user=request.user)
    found = queries.search(request.user, **filter_form.chosen)
    page = Paginator(found, ASSETS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(each, _worst(each)) for each in page],
        "filter_form": filter_form,
        "may_add": request.user.may("media.add"),
    }
    return render(request, "library/library.html", context)


def _worst(asset: Asset) -> str:
    """What the grid says of an asset's consents: the most urgent of them; empty if there are none."""
    today = localtime.local(clock.now()).date()
    standings = {each.standing(today) for each in asset.consents.all()}
    return next((each for each in reversed(ConsentStanding.values) if each in standings), "")


@needs("media.see")
def asset(request: StaffRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


def _visible(request: StaffRequest, pk: int) -> Asset:
    seen = queries.visible(request.user).select_related("service", "added_by").prefetch_related("crops")
    return get_object_or_404(seen, pk=pk)


def _show(request: StaffRequest, shown: Asset, **bound: Any) -> HttpResponse:
    """The asset's page, with a form that was filled in wrongly as it was filled in."""
    today = localtime.local(clock.now()).date()
    may_change = request.user.may("media.add", shown)
    consents = [(each, each.standing(today)) for each in shown.consents.select_related("noted_by")]
    context = {
        "asset": shown,
        "may_change": may_change,
        "description": bound.get("description", DescriptionForm(instance=shown)),
        "captions_form": bound.get("captions", CaptionsForm(initial={"language": shown.captions_language})),
        "consent_form": bound.get("consent", ConsentForm()),
        "wrong": [form for form in bound.values() if form],
        "consents": consents,
        "crops": _crops(shown),
        "uses": queries.uses(shown),
        "records": record_queries.of(f"asset:{shown.pk}"),
    }
    return render(request, "library/asset.html", context)


def _crops(shown: Asset) -> list[tuple[Any, Any]]:
    """Each network with the crop that it gets, if it gets one."""
    cropped = {each.network: each for each in shown.crops.all()}
    return [(network, cropped.get(slug)) for slug, network in registry.networks().items()]


def _do(request: StaffRequest, pk: int, act: Callable[[], object], said: str) -> HttpResponse:
    """Do something to an asset, and say so or why not, on its page."""
    attempt(request, act, said)
    return redirect("library-asset", pk)


@needs("media.add")
@require_POST
def describe(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _visible(request, pk)
    form = DescriptionForm(request.POST, instance=shown)
    if not form.is_valid():
        return _show(request, shown, description=form)
    return _do(request, pk, lambda: actions.describe(request.user, shown, form.cleaned_data["alt"]), "Saved.")


@needs("media.add")
@require_POST
def captions(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _visible(request, pk)
    form = CaptionsForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_captions(request.user, shown, given["file"], language=given["language"])
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, "The captions are kept.")
            return redirect("library-asset", pk)
    return _show(request, shown, captions=form)


@needs("media.add")
@require_POST
def remove_captions(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _visible(request, pk)
    return _do(request, pk, lambda: actions.set_captions(request.user, shown, None), "The captions are taken away.")


@needs("media.add")
@require_POST
def note_consent(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _visible(request, pk)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, consent=form)
    return _do(request, pk, lambda: actions.note_consent(request.user, shown, **form.cleaned_data), "Noted.")


@needs("media.add")
def consent(request: StaffRequest, pk: int, consent_pk: int) -> HttpResponse:
    """Change one entry of the ledger: they agreed anew, or it was noted wrongly."""
    shown = _visible(request, pk)
    entry = get_object_or_404(Consent, pk=consent_pk, asset=shown)
    form = ConsentForm(request.POST or None, instance=entry)
    if request.method == "POST" and form.is_valid():
        return _do(
            request,
            pk,
            lambda: actions.note_consent(request.user, shown, **form.cleaned_data, consent=entry),
            "Noted. The records keep what stood there before.",
        )
    if not request.user.may("media.add", shown):
        raise Http404
    context = {"asset": shown, "entry": entry, "form": form, "withdraw_form": WithdrawForm()}
    return render(request, "library/consent.html", context)


@needs("media.add")
@require_POST
def withdraw(request: StaffRequest, pk: int, consent_pk: int) -> HttpResponse:
    entry = get_object_or_404(Consent, pk=consent_pk, asset=_visible(request, pk))
    why = WithdrawForm(request.POST)
    said = why.cleaned_data["why"] if why.is_valid() else ""
    told = "Noted as withdrawn. Nothing that shows this person goes out any more."
    return _do(request, pk, lambda: actions.withdraw_consent(request.user, entry, said), told)


@needs("media.add")
def crop(request: StaffRequest, pk: int, network: str) -> HttpResponse:
    """Choose the part of a picture that one network gets."""
    shown = _visible(request, pk)
    if network not in registry.networks() or not request.user.may("media.add", shown):
        raise Http404
    form = CropForm(request.POST or None, initial=_frame(shown, network))
    if request.method == "POST" and form.is_valid():
        try:
            actions.crop(request.user, shown, network, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{registry.network(network).label} gets this part from now on.")
            return redirect("library-asset", pk)
    return render(request, "library/crop.html", {"asset": shown, "network": registry.network(network), "form": form})


def _frame(shown: Asset, network: str) -> dict[str, int]:
    """The rectangle to begin with: the crop that there is, or the whole picture."""
    kept = shown.crops.filter(network=network).first() or shown
    return {name: getattr(kept, name, 0) for name in ("left", "top", "width", "height")}


@needs("media.add")
@require_POST
def uncrop(request: StaffRequest, pk: int, network: str) -> HttpResponse:
    shown = _visible(request, pk)
    return _do(request, pk, lambda: actions.uncrop(request.user, shown, network), "It gets the whole picture again.")


@needs("media.add")
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _visible(request, pk)
    if attempt(request, lambda: actions.remove(request.user, shown), "Taken out of the library."):
        return redirect("library")
    return redirect("library-asset", pk)
