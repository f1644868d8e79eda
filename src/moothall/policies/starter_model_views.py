"""Moothall's model policies as pages, and the way from one to a draft of the council's own."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.policies import starter_model_actions, starter_models
from moothall.policies.starter_models import ModelPolicy


def _model(slug: str) -> ModelPolicy:
    """The model of this short name. Raises ``Http404``."""
    for each in starter_models.model_policies():
        if each.slug == slug:
            return each
    raise Http404


@needs("policy.write")
@require_safe
def model_policies(request: StaffRequest) -> HttpResponse:
    """What Moothall offers to begin from."""
    return render(request, "policies/starter_models.html", {"models": starter_models.model_policies()})


@needs("policy.write")
@require_safe
def model_policy(request: StaffRequest, slug: str) -> HttpResponse:
    """One model, to read before anybody begins with it."""
    return render(request, "policies/starter_model.html", {"model": _model(slug)})


@needs("policy.write")
@require_POST
def begin_from_model(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a draft of a model, and go on writing it; on to the policy where there is one already."""
    model = _model(slug)
    said = "Begun. It is a draft: read it, and change what is different with you."
    begun = attempt(request, lambda: starter_model_actions.begin(request.user, model), said)
    return redirect("draft-policy" if begun else "policy", model.slug)
