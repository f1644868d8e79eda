"""The policies that the council shows to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from moothall.core.access import public
from moothall.policies import queries
from moothall.policies.models import Policy


@public
@require_safe
def our_policies(request: HttpRequest) -> HttpResponse:
    """What holds here, as far as it is public."""
    return render(request, "policies/our_policies.html", {"versions": queries.for_the_public(queries.today())})


@public
@require_safe
def our_policy(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them, in the version that is in force."""
    policy = get_object_or_404(Policy, slug=slug, is_public=True, withdrawn_at=None)
    today = queries.today()
    held = queries.current(policy, today)
    begun = [each for each in queries.history(policy) if each.effective_on and each.effective_on <= today]
    if held is None:
        raise Http404("It is not in force yet.")
    context = {"policy": policy, "version": held, "history": begun, "rests_on": queries.links_for_the_public(policy)}
    return render(request, "policies/our_policy.html", context)
