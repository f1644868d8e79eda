"""Posts: the list, the composer, the post's own page, approval, and what to do about trouble."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.publishing import actions, deciding, queries
from moothall.publishing.forms import ApprovalForm, PostFilter, PostForm, SeenForm
from moothall.publishing.models import Delivery, Post, Revision, Verdict
from moothall.publishing.queries import Seen, Status
from moothall.records import queries as record_queries

POSTS_A_PAGE = 25


@needs("post.see")
def posts(request: StaffRequest) -> HttpResponse:
    filter_form = PostFilter(request.GET, user=request.user)
    found = queries.search(request.user, **filter_form.chosen)
    page = Paginator(found, POSTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [queries.see(each) for each in page],
        "filter_form": filter_form,
        "may_write": request.user.may("post.write"),
    }
    return render(request, "publishing/posts.html", context)


@needs("post.write")
def write(request: StaffRequest) -> HttpResponse:
    """A new post. A form that is sent twice leads to the post that its first coming made."""
    try:
        return _compose(request, None)
    except IntegrityError:
        return redirect("post", get_object_or_404(queries.posts(request.user), once=request.POST.get("once")).pk)


@needs("post.write")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _compose(request, get_object_or_404(queries.posts(request.user), pk=pk))


def _compose(request: StaffRequest, post: Post | None) -> HttpResponse:
    form = PostForm(request.POST or None, request.FILES or None, author=request.user, post=post)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_post(
                request.user,
                post,
                form.content(),
                form.described(),
                once=form.cleaned_data["once"],
                seen_at=form.cleaned_data["seen_at"],
            )
        except ValidationError as error:
            form.add_error(None, error)
            form.let_replace()
        else:
            return _after_saving(request, saved, form)
    problems = queries.problems(post) if post and request.method != "POST" else []
    return render(request, "publishing/compose.html", {"form": form, "post": post, "problems": problems})


def _after_saving(request: StaffRequest, saved: Post, form: PostForm) -> HttpResponse:
    """The words are safe now; add the new picture, then send for approval if that was asked. Trouble is shown."""
    values = form.cleaned_data
    try:
        if values["new_picture"]:
            actions.add_picture(
                request.user, saved, values["new_picture"], values["new_alt"], is_decorative=values["new_decorative"]
            )
        if request.POST.get("then") == "send":
            if any(problem.blocking for _, problem in queries.problems(saved)):
                messages.info(request, "Your draft is saved. Before it can be sent for approval, see below.")
                return redirect("edit-post", saved.pk)
            actions.send_for_approval(request.user, saved)
            messages.success(request, "Sent for approval. You will be told what becomes of it.")
            return redirect("post", saved.pk)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        messages.info(request, "Your draft is saved.")
        return redirect("edit-post", saved.pk)
    messages.success(request, "Saved as a draft.")
    return redirect("edit-post", saved.pk)


@needs("post.see")
def post(request: StaffRequest, pk: int) -> HttpResponse:
    seen = queries.see(get_object_or_404(queries.posts(request.user), pk=pk))
    return _show_post(request, seen, _approval_form(request, seen))


def _show_post(request: StaffRequest, seen: Seen, form: ApprovalForm | None) -> HttpResponse:
    context = {
        "seen": seen,
        "post": seen.post,
        "deliveries": [(each, SeenForm(delivery=each)) for each in seen.deliveries],
        "shown": queries.shown(seen),
        "time_has_passed": form is not None and seen.revision is not None and _has_passed(seen.revision),
        "approval": form,
        "may_edit": request.user.may("post.write", seen.post) and seen.status in actions.EDITABLE,
        "may_reopen": request.user.may("post.write", seen.post) and seen.status in (Status.SCHEDULED, Status.FAILED),
        "may_decide": request.user.may("delivery.decide", seen.post),
        "is_moving": any(each.is_moving for each in seen.deliveries),
        "records": record_queries.of(f"post:{seen.post.pk}"),
    }
    return render(request, "publishing/post.html", context)


def _approval_form(request: StaffRequest, seen: Seen) -> ApprovalForm | None:
    """The form, if this person may decide on the post now."""
    revision = seen.revision
    if revision is None or revision.verdict != Verdict.UNDECIDED or not queries.may_approve(request.user, revision):
        return None
    return ApprovalForm(request.POST or None, time_has_passed=_has_passed(revision))


def _has_passed(revision: Revision) -> bool:
    return revision.scheduled_for is not None and revision.scheduled_for <= clock.now()


@needs("post.approve")
@require_POST
def decide(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Approve or refuse the revision that was read: a newer one is another decision."""
    seen = queries.see(get_object_or_404(queries.posts(request.user), pk=pk))
    revision = get_object_or_404(Revision, post=seen.post, number=number)
    form = _approval_form(request, seen)
    if form is None:
        messages.error(
            request, "You cannot decide on this post now. It was decided or changed meanwhile, or is your own."
        )
        return redirect("post", pk)
    if not form.is_valid():
        return _show_post(request, seen, form)
    try:
        if request.POST.get("verdict") == "approve":
            actions.approve(
                request.user,
                revision,
                comment=form.cleaned_data["comment"],
                new_time=form.cleaned_data.get("new_time"),
                at_once=form.cleaned_data.get("at_once", False),
            )
            messages.success(request, "Approved.")
        else:
            actions.refuse(request.user, revision, form.cleaned_data["comment"])
            messages.success(request, "Sent back to the author with your comment.")
    except ValidationError as error:
        form.add_error(None, error)
        return _show_post(request, seen, form)
    return redirect("post", pk)


def _act(request: StaffRequest, pk: int, act: Callable[[Post], object], said: str) -> HttpResponse:
    """Do something to a post, say so, or say why not."""
    found = get_object_or_404(queries.posts(request.user), pk=pk)
    try:
        act(found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("post", pk)


@needs("post.write")
@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda found: actions.take_back(request.user, found), "Taken back. It is a draft again.")


@needs("post.write")
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    said = "You can change this post now. Nothing of it goes out until it is approved again."
    return _act(request, pk, lambda found: actions.reopen(request.user, found), said)


@needs("delivery.decide")
@require_POST
def decide_delivery(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Look again, it is there, send again, or cancel."""
    visible = queries.posts(request.user)
    delivery = get_object_or_404(
        Delivery.objects.select_related("channel", "revision__post__author"), pk=pk, revision__post__in=visible
    )
    try:
        messages.success(request, _decide(request, delivery, what))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("post", delivery.revision.post_id)


def _decide(request: StaffRequest, delivery: Delivery, what: str) -> str:
    """Do it, and return what to say."""
    match what:
        case "look-again":
            settled = deciding.look_again(request.user, delivery)
            return "We looked, and know now. See below." if settled else "We looked, and still cannot tell."
        case "it-is-there":
            form = SeenForm(request.POST, delivery=delivery)
            if not form.is_valid():
                raise ValidationError("That is no web address. Copy it from your browser, or leave it empty.")
            deciding.it_is_there(request.user, delivery, form.cleaned_data["address"])
            return "Noted: it is there."
        case "send-again":
            deciding.send_again(request.user, delivery)
            return "It will be sent again in a moment."
        case _:
            deciding.cancel(request.user, delivery)
            return "Cancelled. It will not go out on this channel."


@needs("post.approve")
def approvals(request: StaffRequest) -> HttpResponse:
    return render(request, "publishing/approvals.html", {"waiting": queries.to_approve(request.user)})
