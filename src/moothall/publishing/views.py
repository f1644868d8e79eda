"""Posts: the list, the post's own page, and approval."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.publishing import approving, holding, lapses, post_page, queries
from moothall.publishing.forms import ApprovalForm, CommentForm, PostFilter
from moothall.publishing.models import Post, Revision, Verdict
from moothall.publishing.queries import Seen

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
        "may_decide": request.user.may("delivery.decide"),
        "held": len(holding.held(request.user)),
        "to_take_down": len(lapses.of(request.user)),
    }
    return render(request, "publishing/posts.html", context)


@needs("post.see")
def post(request: StaffRequest, pk: int) -> HttpResponse:
    seen = _seen(request, pk)
    return _show_post(request, seen, _approval_form(request, seen))


def _seen(request: StaffRequest, pk: int) -> Seen:
    return queries.see(get_object_or_404(queries.posts(request.user), pk=pk))


def _show_post(
    request: StaffRequest, seen: Seen, form: ApprovalForm | None, comment_form: CommentForm | None = None
) -> HttpResponse:
    context = post_page.context(request.user, seen) | {
        "approval_form": form,
        "comment_form": comment_form or CommentForm(),
        "time_has_passed": form is not None and seen.revision is not None and post_page.has_passed(seen.revision),
    }
    return render(request, "publishing/post.html", context)


def _approval_form(request: StaffRequest, seen: Seen) -> ApprovalForm | None:
    """The form, if this person may decide on the post now."""
    revision = seen.revision
    if revision is None or revision.verdict != Verdict.UNDECIDED or not queries.may_approve(request.user, revision):
        return None
    return ApprovalForm(
        request.POST if "verdict" in request.POST else None, time_has_passed=post_page.has_passed(revision)
    )


@needs("post.see")
@require_POST
def decide(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Approve or refuse the revision that was read: a newer one is another decision."""
    seen = _seen(request, pk)
    revision = get_object_or_404(Revision, post=seen.post, number=number)
    form = _approval_form(request, seen)
    if form is None or revision != seen.revision:
        messages.error(
            request, "You cannot decide on this post now. It was decided or changed meanwhile, or is your own."
        )
        return redirect("post", pk)
    if not form.is_valid():
        return _show_post(request, seen, form)
    try:
        messages.success(request, _decide(request, revision, form))
    except ValidationError as error:
        form.add_error(None, error)
        return _show_post(request, seen, form)
    return redirect("post", pk)


def _decide(request: StaffRequest, revision: Revision, form: ApprovalForm) -> str:
    """Do it, and return what to say."""
    comment = form.cleaned_data["comment"]
    if request.POST["verdict"] != "approve":
        approving.refuse(request.user, revision, comment)
        return "Sent back to the author with your comment."
    deliveries = approving.approve(
        request.user,
        revision,
        comment=comment,
        new_time=form.cleaned_data.get("new_time"),
        at_once=form.cleaned_data.get("at_once", False),
    )
    return "Approved." if deliveries else "Your approval counts. The post needs another one before it goes out."


@needs("post.see")
@require_POST
def comment(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Remark on a revision."""
    seen = _seen(request, pk)
    revision = get_object_or_404(Revision, post=seen.post, number=number)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _show_post(request, seen, _approval_form(request, seen), form)
    try:
        approving.comment_on(request.user, revision, form.cleaned_data["text"])
    except ValidationError as error:
        form.add_error("text", error)
        return _show_post(request, seen, _approval_form(request, seen), form)
    messages.success(request, "Your comment is on the post. Those concerned are told.")
    return redirect("post", pk)


def _act(request: StaffRequest, pk: int, act: Callable[[Post], object], said: str, then: str = "post") -> HttpResponse:
    """Do something to a post, say so and go on to ``then``; or say why not."""
    found = get_object_or_404(queries.posts(request.user), pk=pk)
    return redirect(then if attempt(request, lambda: act(found), said) else "post", pk)


@needs("post.write")
@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Withdraw it from approval, and go on to change it."""
    said = "Taken back. It is a draft again: change it, and send it for approval when you are done."
    return _act(request, pk, lambda found: approving.take_back(request.user, found), said, "edit-post")


@needs("post.write")
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    said = "You can change this post now. Nothing of it goes out until it is approved again."
    return _act(request, pk, lambda found: approving.reopen(request.user, found), said, "edit-post")


@needs("post.write")
@require_POST
def let_go(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda found: approving.let_go(request.user, found), "It is on its way.")


@needs("post.see")
def approvals(request: StaffRequest) -> HttpResponse:
    """What waits for this person's yes or no; a deputy's too, who approves nothing otherwise."""
    context = {"waiting": queries.to_approve(request.user), "may_rule": request.user.may("approval.rules")}
    return render(request, "publishing/approvals.html", context)
