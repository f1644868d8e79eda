"""The composer's page. What its script asks for is in ``compose_script_views.py``."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.library import queries as library
from moothall.publishing import actions, approving, checking, compose_steps, editors, previewing, queries
from moothall.publishing.compose_forms import PostForm, ids
from moothall.publishing.content import Content, of_post
from moothall.publishing.forms import PickForm
from moothall.publishing.models import Post, ReadyMade
from moothall.publishing.status import Status

PAGE_OF_PICTURES = 24


@needs("post.write")
def write(request: StaffRequest) -> HttpResponse:
    """A new post. A form that is sent twice makes one post: its second coming is about the post of its first."""
    post = queries.of_form(request.user, request.POST.get("once", ""))
    return _compose(request, post, _ready_made(request))


@needs("post.write")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(queries.posts(request.user), pk=pk)
    status = queries.see(post).status
    if request.method != "POST" and status not in actions.EDITABLE:
        return _closed(request, post, status)
    return _compose(request, post, None)


def _ready_made(request: StaffRequest) -> ReadyMade | None:
    asked = request.GET.get("from", "")
    return get_object_or_404(queries.ready_made(request.user), pk=asked) if asked.isdecimal() else None


def _closed(request: StaffRequest, post: Post, status: Status) -> HttpResponse:
    """A post that is not open to change, and the way to open it."""
    if not request.user.may("post.write", post):
        raise PermissionDenied
    return render(request, "publishing/compose_closed.html", {"post": post, "status": status})


def _compose(request: StaffRequest, post: Post | None, ready_made: ReadyMade | None) -> HttpResponse:
    if request.method != "POST":
        if post and not request.user.may("post.write", post):
            raise PermissionDenied
        form = PostForm(author=request.user, post=post, ready_made=ready_made)
        return _page(request, form, of_post(post) if post else None)
    form = PostForm(request.POST, request.FILES, author=request.user, post=post)
    if form.is_valid():
        try:
            return _saved(request, form)
        except actions.ChangedMeanwhile:
            _explain(form, request)
        except IntegrityError:  # the same form came twice at the same moment
            return redirect("post", get_object_or_404(queries.posts(request.user), once=request.POST["once"]).pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, form, form.content())


def _page(request: StaffRequest, form: PostForm, content: Content | None) -> HttpResponse:
    post = form.post
    seen = None
    if content is not None:
        confirmed = post.voices_confirmed if post else ""
        made_from = post.made_from if post else None
        confirms = form.is_bound and form.confirms(content)
        seen = previewing.preview(content, confirmed=confirmed, confirms=confirms, made_from=made_from)
    status = queries.see(post).status if post else Status.DRAFT
    context = {"form": form, "post": post, "preview": seen, "status": status, "autosaves": status in actions.EDITABLE}
    return render(request, "publishing/compose.html", context)


def _saved(request: StaffRequest, form: PostForm) -> HttpResponse:
    """Save what was written, and do what the button says. Raises ``ValidationError`` before anything is saved."""
    values, then = form.cleaned_data, request.POST.get("then", "stay")
    written = form.content()
    if form.post is not None and values["seen_at"] is None and values["once"] == form.post.once:
        if form.is_saved_already(written):
            return redirect("post", form.post.pk)
        raise actions.ChangedMeanwhile("This form came before, with other words.")
    saved = actions.save_post(
        request.user,
        form.post,
        compose_steps.apply(then, written),
        once=values["once"],
        seen_at=values["seen_at"],
        voices_confirmed=form.confirms(written),
        made_from=values["made_from"],
    )
    editors.note(saved, request.user)
    return _after_saving(request, saved, form, then)


def _after_saving(request: StaffRequest, saved: Post, form: PostForm, then: str) -> HttpResponse:
    """The words are safe now; add the new picture, then send for approval if that was asked. Trouble is shown."""
    again = redirect("edit-post", saved.pk)
    try:
        _attach(request, saved, form)
    except ValidationError as error:
        form.post = saved
        form.let_replace()
        form.add_error("new_picture", error)
        messages.info(request, "Your draft is saved, without the new picture.")
        return _page(request, form, form.content())
    if then == "pick":
        return redirect("pick-media", saved.pk)
    if then != "send":
        messages.success(request, "Saved as a draft.")
        return again
    if checking.blocking(saved):
        messages.info(request, "Your draft is saved. Before it can be sent for approval, see the preview.")
        return again
    try:
        approving.send_for_approval(request.user, saved)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        messages.info(request, "Your draft is saved.")
        return again
    messages.success(request, "Sent for approval. You will be told what becomes of it.")
    return redirect("post", saved.pk)


def _attach(request: StaffRequest, saved: Post, form: PostForm) -> None:
    values = form.cleaned_data
    if values["new_picture"]:
        decorative = values["new_decorative"]
        actions.attach_upload(request.user, saved, values["new_picture"], values["new_alt"], is_decorative=decorative)
        saved.refresh_from_db(fields=["edited_at"])
        editors.note(saved, request.user)


def _explain(form: PostForm, request: StaffRequest) -> None:
    """Say who was quicker; saving once more replaces what they wrote."""
    if form.post is None:
        return
    form.let_replace()
    form.add_error(
        None,
        f"{editors.words(form.post, request.user)}, while you wrote, and nothing of yours is saved yet. Your words are "
        "still here. Look at the post in another window; save again to replace what stands there with yours.",
    )


@needs("post.write")
def pick_media(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose from the media library what a saved post shows."""
    post = get_object_or_404(queries.posts(request.user), pk=pk)
    status = queries.see(post).status
    if status not in actions.EDITABLE:
        return _closed(request, post, status)
    if not request.user.may("post.write", post):
        raise PermissionDenied
    if request.method == "POST":
        return _pick(request, post)
    filters = PickForm(request.GET)
    on_it = post.attachments.values("asset")
    found = library.search(request.user, **filters.chosen).exclude(pk__in=on_it)
    page = Paginator(found, PAGE_OF_PICTURES).get_page(request.GET.get("page"))
    return render(request, "publishing/compose_pick.html", {"post": post, "filters": filters, "page": page})


def _pick(request: StaffRequest, post: Post) -> HttpResponse:
    chosen = ids(request.POST.getlist("asset"))
    assets = library.visible(request.user).filter(pk__in=chosen)
    try:
        for each in sorted(assets, key=lambda asset: chosen.index(asset.pk)):
            actions.attach(request.user, post, each)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    if not assets:
        messages.info(request, "Nothing was chosen.")
    return redirect(reverse("edit-post", args=[post.pk]) + "#media")
