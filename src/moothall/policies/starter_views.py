"""The starter's pages: "may I post this?", and the page on which the council writes it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.policies import starter_actions, starter_guide, starter_queries
from moothall.policies.models.starter import QUESTIONS, Answer, Outcome
from moothall.policies.starter_forms import Editor

ANSWERS = "answers"
"""In the address: what was answered so far. It is kept nowhere else."""
TONES = {Outcome.ASK.value: "amber", Outcome.BETTER_NOT.value: "red"}
"""How the advice is marked, beside its words."""


@needs("policy.read")
@require_safe
def starter(request: StaffRequest) -> HttpResponse:
    """The starter: short, and with the way to everything else."""
    context = {
        "starter": starter_queries.current().starter,
        "lessons": starter_queries.latest_lessons(),
        "may_write": request.user.may("policy.write"),
    }
    return render(request, "policies/starter.html", context)


@needs("policy.read")
@require_safe
def guide(request: StaffRequest) -> HttpResponse:
    """The next question, or advice, after the answers in the address."""
    content = starter_queries.current()
    walk = starter_guide.walk(content.questions, request.GET.get(ANSWERS, ""))
    if walk.question is None:
        several = len(walk.reasons) > 1
        reasons = [
            (TONES[each.outcome], each.get_outcome_display() if several else "", each.advice) for each in walk.reasons
        ]
        context = {"walk": walk, "reasons": reasons, "starter": content.starter}
        return render(request, "policies/starter_advice.html", context)
    choices = [(answer.label, walk.then(answer)) for answer in Answer]
    return render(request, "policies/starter_question.html", {"walk": walk, "of": QUESTIONS, "choices": choices})


@needs("policy.read")
@require_safe
def whole_guide(request: StaffRequest) -> HttpResponse:
    """All five questions on one page, to read or to print."""
    return render(request, "policies/starter_whole.html", {"content": starter_queries.current()})


@needs("policy.write")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest) -> HttpResponse:
    """The council's own words. What was typed stays until it is saved."""
    editor = Editor(starter_queries.current(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and editor.is_valid():
        try:
            content, seen = editor.content, editor.sections.cleaned_data["seen"]
            changed = starter_actions.save_starter(request.user, content.starter, content.questions, seen=seen)
        except ValidationError as error:
            editor.sections.add_error(None, error)
            editor.sections.show_version(starter_queries.current().starter.version)
        else:
            messages.success(request, f"Saved: {', '.join(changed)}." if changed else "Nothing was changed.")
            return redirect("starter")
    return render(request, "policies/starter_edit.html", {"editor": editor})
