"""How far a policy has got: by unit as a page, by person as a file for audit."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.policies import coverage, exports, queries
from moothall.policies.models import Policy, Version
from moothall.webuse.suppression import FEWEST


def _begun(slug: str) -> tuple[Policy, list[Version]]:
    """The policy and the versions of it that are or were in force, the newest first. Raises ``Http404``."""
    policy = get_object_or_404(Policy.objects.select_related("owner"), slug=slug)
    today = queries.today()
    begun = [each for each in queries.history(policy) if each.effective_on and each.effective_on <= today]
    if not begun:
        raise Http404("No version of it was in force yet.")
    return policy, begun


def _chosen(request: StaffRequest, begun: list[Version]) -> Version:
    """The version that the address names; without one, the newest."""
    asked = request.GET.get("version", "")
    return next((each for each in begun if str(each.number) == asked), begun[0])


@needs("policy.coverage")
@require_safe
def policy_coverage(request: StaffRequest, slug: str) -> HttpResponse:
    """By unit, with what is about few people hidden."""
    policy, begun = _begun(slug)
    version = _chosen(request, begun)
    context = {
        "policy": policy,
        "version": version,
        "versions": begun,
        "coverage": coverage.of(queries.standing_of(version)),
        "fewest": FEWEST,
        "may_audit": request.user.may("policy.audit"),
    }
    return render(request, "policies/coverage.html", context)


@needs("policy.audit")
@require_safe
def policy_acknowledgements(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Who has acknowledged a version and who has not, as a file. That it was exported is on record."""
    policy, begun = _begun(slug)
    version = _chosen(request, begun)
    pieces = exports.acknowledgements(request.user, queries.standing_of(version))
    response = StreamingHttpResponse(_one_by_one(pieces), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{policy.slug}-{version.number}-acknowledgements.csv"'
    return response


async def _one_by_one(pieces: Iterator[str]) -> AsyncIterator[str]:
    """The pieces, each made when the one before was sent: an iterator that waits would be read whole first."""
    while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
        yield piece
