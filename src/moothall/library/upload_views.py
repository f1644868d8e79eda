"""Uploading, from a page or a script, and how far the processing of an upload is."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.library import actions, queries
from moothall.library.forms import OneUploadForm, UploadForm
from moothall.library.models import Asset


@needs("media.add")
def upload(request: StaffRequest) -> HttpResponse:
    """The page for several files. A script sends one file, asks for JSON, and gets the asset or what is wrong."""
    if request.method == "POST" and request.accepts("application/json") and not request.accepts("text/html"):
        return _one(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        added = _add_all(request, form)
        if len(added) == 1:
            return redirect("library-asset", added[0].pk)
        if added:
            messages.success(request, f"{len(added)} files added. Say what each shows.")
            return redirect("library")
    context = {
        "form": form,
        "picture_megabytes": settings.UPLOAD_IMAGE_BYTES // 2**20,
        "video_megabytes": settings.UPLOAD_VIDEO_BYTES // 2**20,
        "video_bytes": settings.UPLOAD_VIDEO_BYTES,
        "minutes": settings.UPLOAD_VIDEO_SECONDS // 60,
    }
    return render(request, "library/upload.html", context)


def _add_all(request: StaffRequest, form: UploadForm) -> list[Asset]:
    """Add what can be added. What cannot is complained of: in the form if nothing was added, else on the next page."""
    added: list[Asset] = []
    troubles: list[ValidationError] = []
    for each in form.cleaned_data["file"]:
        try:
            added.append(actions.add(request.user, each, service=form.cleaned_data["service"]))
        except ValidationError as error:
            troubles.append(error)
    for trouble in troubles:
        if added:
            messages.error(request, " ".join(trouble.messages))
        else:
            form.add_error("file", trouble)
    return added


def _one(request: StaffRequest) -> JsonResponse:
    form = OneUploadForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _trouble([message for messages_ in form.errors.values() for message in messages_])
    try:
        asset = actions.add(
            request.user,
            form.cleaned_data["file"],
            service=form.cleaned_data["service"],
            alt=form.cleaned_data["alt"],
            once=form.cleaned_data["once"],
        )
    except ValidationError as error:
        return _trouble(error.messages)
    return JsonResponse(_said(asset), status=201)


def _trouble(sentences: Any) -> JsonResponse:
    return JsonResponse({"asset": None, "state": "refused", "trouble": " ".join(map(str, sentences))}, status=400)


def _said(asset: Asset) -> dict[str, Any]:
    return {
        "asset": asset.pk,
        "state": asset.state,
        "trouble": asset.trouble,
        "alt": asset.alt,
        "name": asset.original_name,
        "page": reverse("library-asset", args=[asset.pk]),
        "status": reverse("library-status", args=[asset.pk]),
    }


@needs("media.see")
def status(request: StaffRequest, pk: int) -> HttpResponse:
    """A part of a page: the asset's picture, or how far its processing is."""
    asset = get_object_or_404(queries.visible(request.user), pk=pk)
    return render(request, "library/status.html", {"asset": asset})
