"""Pages about whose approval posts need, and who stands in for whom."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.models import Service
from moothall.accounts.requests import StaffRequest
from moothall.channels.models import Channel
from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.publishing import rule_actions, rule_queries, rules
from moothall.publishing.models import Absence
from moothall.publishing.rule_forms import AbsenceForm, RuleForm


@needs("approval.rules")
def approval_rules(request: StaffRequest) -> HttpResponse:
    return render(request, "publishing/rules.html", {"rows": rule_queries.every_service()})


@needs("approval.rules")
def service_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _rule(request, get_object_or_404(Service, pk=pk))


@needs("approval.rules")
def channel_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _rule(request, get_object_or_404(Channel.objects.select_related("service"), pk=pk))


def _rule(request: StaffRequest, of: Service | Channel) -> HttpResponse:
    form = RuleForm(request.POST or None, of=of, rule=rule_queries.rule_of(of))
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, of, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Saved. It holds for {of} from now on.")
            return redirect("approval-rules")
    return render(request, "publishing/rule.html", {"form": form, "of": of, "is_channel": isinstance(of, Channel)})


def _save(request: StaffRequest, of: Service | Channel, form: RuleForm) -> None:
    if form.is_usual:
        rule_actions.drop_rule(request.user, of)
        return
    whose = form.cleaned_data["whose"] or rule_actions.Whose.APPROVERS
    rule_actions.save_rule(request.user, of, form.number, whose, form.cleaned_data["named"])


@needs("post.see")
def absences(request: StaffRequest) -> HttpResponse:
    """Who is away and who stands in; and a form for whoever approves."""
    may_set = rules.is_asked(request.user) or request.user.may("approval.rules")
    form = AbsenceForm(request.POST or None, actor=request.user) if may_set else None
    if request.method == "POST" and form and form.is_valid():
        try:
            made = rule_actions.set_absence(request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Noted. {made.deputy} approves instead of {made.user} while they are away.")
            return redirect("absences")
    today = localtime.local(clock.now()).date()
    for_others = request.user.may("approval.rules")
    rows = [
        (each, each.first_day <= today, for_others or each.user_id == request.user.pk)
        for each in rule_queries.absences(today)
    ]
    return render(request, "publishing/absences.html", {"rows": rows, "form": form, "may_rule": for_others})


@needs("post.see")
@require_POST
def end_absence(request: StaffRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence, pk=pk)
    rule_actions.end_absence(request.user, absence)
    messages.success(request, "Ended. Nobody stands in any more.")
    return redirect("absences")
