"""What the composer's script asks for while somebody writes: the preview, a channel's fields, saving by itself,
link cards, pictures.

Everything here only saves a person a page load; the page does it all without a script as well.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.channels import queries as channel_queries
from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.publishing import actions, compose_steps, editors, previewing, queries
from moothall.publishing.compose_forms import PostForm, signed_card
from moothall.publishing.compose_rows import DetailsForm, details_in
from moothall.publishing.models import Post


@needs("post.write")
@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    """The preview of what is in the form, as a piece of the page. Nothing is saved."""
    post = _post_alone(request)
    form = PostForm(request.POST, author=request.user, post=post, chosen_only=True)
    content = form.content()
    made_from = post.made_from if post else form.cleaned_data.get("made_from")
    confirmed = post.voices_confirmed if post else ""
    seen = previewing.preview(content, confirmed=confirmed, confirms=form.confirms(content), made_from=made_from)
    context = {"preview": seen, "is_fragment": True}
    # Without the request: what every whole page knows of the person would cost more questions than the preview itself.
    return HttpResponse(render_to_string("publishing/compose_preview.html", context))


@needs("post.write")
@require_POST
def autosave(request: StaffRequest) -> JsonResponse:
    """Save the draft as it is being typed.

    200: saved. 409: somebody else changed it; nothing is overwritten. 422: it can't be saved so, with why;
    ``is_closed`` if it can't be saved at all any more.
    """
    post = _post(request)
    form = PostForm(request.POST, author=request.user, post=post, chosen_only=True)
    content = form.content()
    trouble = form.what_cannot_be_saved()
    if post is None and content.service is None:
        trouble = ["Choose a service; then your draft saves itself."]
    if trouble:
        return JsonResponse({"trouble": trouble}, status=422)
    if post is not None and post.edited_at != form.cleaned_data["seen_at"]:
        # An answer of ours may have been lost, and the form sent again: that is no conflict.
        return _answer(post) if form.is_saved_already(content) else _conflict(request, post)
    try:
        saved = actions.save_post(
            request.user,
            post,
            content,
            once=form.cleaned_data["once"],
            seen_at=form.cleaned_data["seen_at"],
            voices_confirmed=form.confirms(content),
            made_from=form.cleaned_data["made_from"],
            by_itself=True,
        )
    except (actions.ChangedMeanwhile, IntegrityError):
        return _conflict(request, get_object_or_404(queries.posts(request.user), **_key(request)))
    except ValidationError as error:
        return JsonResponse({"trouble": error.messages, "is_closed": True}, status=422)
    editors.note(saved, request.user)
    return _answer(saved)


def _post(request: StaffRequest) -> Post | None:
    """The post that the form is about: by its id or, if it was new when the page came, by its form."""
    key = _key(request)
    if "pk" in key:
        return get_object_or_404(queries.posts(request.user), **key)
    return queries.of_form(request.user, request.POST.get("once", ""))


def _post_alone(request: StaffRequest) -> Post | None:
    """The same of a post that was saved, with as few questions as can be: somebody waits between two letters."""
    pk = request.POST.get("post", "")
    if not pk.isdecimal():
        return None
    post = get_object_or_404(Post.objects.select_related("made_from"), pk=pk)
    if not request.user.may("post.write", post):
        raise Http404
    return post


def _key(request: StaffRequest) -> dict[str, Any]:
    pk = request.POST.get("post", "")
    return {"pk": pk} if pk.isdecimal() else {"once": request.POST.get("once")}


def _answer(saved: Post) -> JsonResponse:
    return JsonResponse(
        {
            "post": saved.pk,
            "seen_at": saved.edited_at.isoformat(),
            "saved": f"Saved at {localtime.local(clock.now()):%H:%M}",
            "edit_url": reverse("edit-post", args=[saved.pk]),
        }
    )


def _conflict(request: StaffRequest, post: Post) -> JsonResponse:
    words = f"{editors.words(post, request.user)}. Nothing of yours is lost, and nothing is overwritten."
    theirs = {"seen_at": post.edited_at.isoformat(), "post_url": reverse("post", args=[post.pk])}
    edit_url = reverse("edit-post", args=[post.pk])
    return JsonResponse({"words": words, "post": post.pk, "edit_url": edit_url, **theirs}, status=409)


@needs("post.write")
@require_POST
def fetch_card(request: StaffRequest) -> JsonResponse:
    """Fetch the card of the first link in the form's words."""
    form = PostForm(request.POST, author=request.user, post=_post_alone(request), chosen_only=True)
    try:
        card = compose_steps.fetched_card(form.content())
    except ValidationError as error:
        return JsonResponse({"trouble": error.messages}, status=422)
    return JsonResponse({"card": signed_card(card), "title": card["title"]})


@needs("post.write")
@require_safe
def channel_details(request: StaffRequest, pk: int) -> HttpResponse:
    """What is asked of a channel that has just been chosen."""
    channel = get_object_or_404(channel_queries.drivable(request.user), pk=pk)
    details = details_in(DetailsForm(channel), channel)
    return HttpResponse(render_to_string("publishing/compose_details.html", {"details": details}))


@needs("post.write")
@require_POST
def media_rows(request: StaffRequest) -> HttpResponse:
    """The rows for what is on the post, after a button there, or after more was added to the list."""
    post = _post_alone(request)
    form = PostForm(request.POST, author=request.user, post=post, chosen_only=True)
    content = compose_steps.apply(request.POST.get("then", ""), form.content())
    rows = PostForm(author=request.user, enclosed=content.enclosed, chosen_only=True).media_rows()
    context = {"rows": rows, "is_thread": form.is_thread}
    return HttpResponse(render_to_string("publishing/compose_media.html", context))
