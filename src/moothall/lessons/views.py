"""The pages of lessons."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.lessons import actions, queries
from moothall.lessons.forms import LessonForm, ReviewForm, WithdrawForm
from moothall.lessons.models import Lesson, LessonState
from moothall.lessons.states import Act, Side

LESSONS_A_PAGE = 20
SENT = "Sent for review."


def _found(request: StaffRequest, pk: int) -> Lesson:
    """The lesson, if whoever asks may see it. Raises ``Http404``."""
    return get_object_or_404(queries.readable(request.user), pk=pk)


@needs("lesson.read")
@require_safe
def lessons(request: StaffRequest) -> HttpResponse:
    """What the organisation learned; and for those who write and review, what is under way."""
    context = {
        "page": Paginator(queries.published(), LESSONS_A_PAGE).get_page(request.GET.get("page")),
        "mine": queries.in_the_making(request.user),
        "waiting": queries.waiting_for(request.user),
        "may_write": request.user.may("lesson.write"),
    }
    return render(request, "lessons/lessons.html", context)


@needs("lesson.read")
@require_safe
def lesson(request: StaffRequest, pk: int) -> HttpResponse:
    """One lesson. Who reads it is shown its words and its month; nobody is shown here who wrote it."""
    found = _found(request, pk)
    side = queries.side_of(request.user, found)
    acts = queries.acts_for(request.user, found)
    context = {
        "lesson": found,
        "is_mine": side == Side.WRITER,
        "named": queries.named_in(found) if found.state in queries.IN_THE_MAKING else None,
        "may_send": Act.SEND in acts,
        "may_review": Act.PUBLISH in acts,
        "may_withdraw": Act.WITHDRAW in acts,
    }
    return render(request, "lessons/lesson.html", context)


# --- Writing ----------------------------------------------------------------------------------------------------------


@needs("lesson.write")
@require_http_methods(["GET", "HEAD", "POST"])
def new_lesson(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@needs("lesson.read")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_lesson(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on with a draft. What came of a case is written by whoever had the case, with no permission for lessons."""
    found = _found(request, pk)
    if queries.side_of(request.user, found) != Side.WRITER:
        raise PermissionDenied
    if found.state != LessonState.DRAFT:
        messages.info(request, "This lesson is a draft no more, so its words stay as they are.")
        return redirect(found)
    return _form(request, found)


def _form(request: StaffRequest, lesson: Lesson | None) -> HttpResponse:
    """The form. What was typed is kept as a draft before anything about it is complained of."""
    form = LessonForm(request.POST if request.method == "POST" else None, instance=lesson)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            kept = actions.change(request.user, lesson, **words) if lesson else actions.draft(request.user, **words)
        except ValidationError as error:
            form.say(error)
        else:
            return _kept(request, kept)
    return render(request, "lessons/lesson_form.html", {"form": form, "lesson": lesson})


def _kept(request: StaffRequest, lesson: Lesson) -> HttpResponse:
    if request.POST.get("then") != "send":
        messages.success(request, "Kept as a draft.")
    elif not attempt(request, lambda: actions.send_for_review(request.user, lesson), SENT):
        messages.info(request, "Kept as a draft.")
        return redirect("edit-lesson", lesson.pk)
    return redirect(lesson)


@needs("lesson.read")
@require_POST
def send_lesson(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    attempt(request, lambda: actions.send_for_review(request.user, found), SENT)
    return redirect(found)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@needs("lesson.review")
@require_http_methods(["GET", "HEAD", "POST"])
def review_lesson(request: StaffRequest, pk: int) -> HttpResponse:
    """Publish a lesson, or send it back."""
    found = _found(request, pk)
    if queries.side_of(request.user, found) != Side.REVIEWER:
        raise PermissionDenied
    if found.state != LessonState.IN_REVIEW:
        messages.info(request, "This lesson waits for no review.")
        return redirect(found)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["decision"] == ReviewForm.PUBLISH:
            attempt(request, lambda: actions.publish(request.user, found), "Published. Everybody here can read it.")
            return redirect(found)
        remark = form.cleaned_data["remark"]
        attempt(request, lambda: actions.send_back(request.user, found, remark), "Sent back to its author.")
        return redirect("lessons")
    context = {"lesson": found, "form": form, "named": queries.named_in(found)}
    return render(request, "lessons/review.html", context)


@needs("lesson.read")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_lesson(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why, and take it away."""
    found = _found(request, pk)
    if Act.WITHDRAW not in queries.acts_for(request.user, found):
        raise PermissionDenied
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        attempt(request, lambda: actions.withdraw(request.user, found, why), "Withdrawn.")
        return redirect("lessons")
    return render(request, "lessons/withdraw.html", {"lesson": found, "form": form})
