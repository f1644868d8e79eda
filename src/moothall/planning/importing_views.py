"""Several posts from one file: choose it, see what would be made, say yes, see what was made."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.planning import example_posts, importing, sheet
from moothall.planning import importing_actions as actions
from moothall.planning.importing import Plan
from moothall.planning.importing_forms import ConfirmForm, PostFileForm
from moothall.planning.models import PostFile
from moothall.publishing import queries as post_queries

WRONG = "what to put right"
"""The column of a file of refused rows that says why; reading passes over it."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@needs("post.write")
def several_posts(request: StaffRequest) -> HttpResponse:
    """Choose a file."""
    form = PostFileForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep(request.user, *form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("several-posts-look", kept.token)
    context = {"form": form, "columns": example_posts.MEANINGS}
    return render(request, "planning/several_posts.html", context)


@needs("post.write")
@require_safe
def template(request: StaffRequest, kind: str) -> HttpResponse:
    """A file to fill in, with an example and a column for each channel's own words."""
    if kind not in TYPES:
        raise Http404
    rows = example_posts.rows(request.user)
    return _download(sheet.as_csv(rows) if kind == "csv" else sheet.as_xlsx(rows), "several-posts", kind)


@needs("post.write")
def look(request: StaffRequest, token: uuid.UUID) -> HttpResponse:
    """What would be made of each row. Nothing is written."""
    kept = _own(request, token)
    if kept.made_at:
        return redirect("several-posts-done", kept.token)
    if not actions.is_open(kept):
        messages.error(request, "This look at the file is more than an hour old. Choose the file again.")
        return redirect("several-posts")
    try:
        plan = importing.plan(request.user, actions.sheet_of(kept))
    except ValidationError as error:  # a channel that is a column of the file was closed to its owner meanwhile
        return _not_any_more(request, error)
    form = ConfirmForm(initial={"digest": plan.digest})
    return render(request, "planning/several_posts_look.html", {"file": kept, "plan": plan, "form": form})


@needs("post.write")
@require_POST
def make(request: StaffRequest, token: uuid.UUID) -> HttpResponse:
    """Make what was shown, and nothing else."""
    kept = _own(request, token)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return redirect("several-posts-look", kept.token)
    try:
        actions.make(request.user, kept, form.cleaned_data["digest"], send=form.cleaned_data["send"])
    except actions.StalePlan:
        messages.warning(request, "Something has changed since you looked. This is what would be made now.")
        return redirect("several-posts-look", kept.token)
    except ValidationError as error:
        return _not_any_more(request, error)
    return redirect("several-posts-done", kept.token)


@needs("post.write")
def done(request: StaffRequest, token: uuid.UUID) -> HttpResponse:
    """What was made, with links."""
    kept = _own(request, token)
    if not kept.made_at:
        return redirect("several-posts-look", kept.token)
    visible = post_queries.posts(request.user).filter(pk__in=[each["post"] for each in kept.outcome.values()])
    seen = {each.pk: post_queries.see(each) for each in visible}
    rows = [(number, seen.get(each["post"]), each["trouble"]) for number, each in kept.outcome.items()]
    context = {
        "file": kept,
        "rows": rows,
        "made": sum(each["post"] is not None for each in kept.outcome.values()),
        "left_out": len(kept.lines) - len(kept.outcome),
    }
    return render(request, "planning/several_posts_done.html", context)


@needs("post.write")
def left_out(request: StaffRequest, token: uuid.UUID) -> HttpResponse:
    """The rows of which nothing was or would be made, as a workbook to put right and choose again."""
    kept = _own(request, token)
    try:
        plan = importing.plan(request.user, actions.sheet_of(kept))
    except ValidationError as error:
        return _not_any_more(request, error)
    return _download(sheet.as_xlsx(_left_out(kept, plan)), "posts-to-put-right", "xlsx")


def _not_any_more(request: StaffRequest, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("several-posts")


def _left_out(kept: PostFile, plan: Plan) -> list[list[str]]:
    rows = [[WRONG, *kept.header]]
    for row in plan.rows:
        made = kept.outcome.get(str(row.line.number), {})
        why = [f"{each.column}: {each.message}" if each.column else each.message for each in row.mistakes]
        if not made.get("post") and (why or made):
            rows.append([" ".join(why or made["trouble"]), *row.line.cells])
    return rows


def _own(request: StaffRequest, token: uuid.UUID) -> PostFile:
    return get_object_or_404(PostFile, token=token, user=request.user)


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
