"""The pages on which staff read policies and acknowledge them."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core import differences
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.policies import actions, audience, queries
from moothall.policies.models import Policy, Version
from moothall.records import queries as records

LATEST = 30
"""Records on a policy's page."""


def _policy(request: StaffRequest, slug: str) -> Policy:
    """The policy, if whoever asks may open its page. Raises ``Http404``."""
    return get_object_or_404(queries.readable(request.user), slug=slug)


def _version(request: StaffRequest, slug: str, number: int) -> Version:
    """The version, if whoever asks may read it. Raises ``Http404``."""
    policy = _policy(request, slug)
    return get_object_or_404(queries.readable_versions(policy, request.user), number=number)


@needs("policy.read")
@require_safe
def policies(request: StaffRequest) -> HttpResponse:
    """Every policy: first what waits for the reader."""
    entries = queries.for_reader(request.user)
    may_write = request.user.may("policy.write")
    held = [each for each in entries if each.version]
    context = {
        "due": [each for each in held if each.is_due],
        "mine": [each for each in held if each.is_for_me and not each.is_due],
        "others": [each for each in held if not each.is_for_me],
        "coming": [each for each in entries if each.coming],
        "unpublished": [each for each in entries if not (each.version or each.coming or each.policy.withdrawn_at)],
        "withdrawn": [each for each in entries if each.policy.withdrawn_at],
        "reviews": queries.reviews_due(queries.today()) if may_write else [],
        "may_write": may_write,
    }
    return render(request, "policies/policies.html", context)


@needs("policy.read")
@require_safe
def policy(request: StaffRequest, slug: str) -> HttpResponse:
    """One policy as it holds now; before its first day, as it will hold."""
    found = _policy(request, slug)
    today = queries.today()
    history = queries.history(found)
    held = queries.current(found, today)
    shown = held or queries.last_published(found)
    done = queries.acknowledged_by(request.user, queries.standing_of(held)) if held else None
    is_for_me = bool(audience.of(request.user).intersection(found.audience))
    may_write = request.user.may("policy.write")
    context = {
        "policy": found,
        "version": shown,
        "is_in_force": held is not None,
        "coming": [each for each in history if each.effective_on and each.effective_on > today],
        "history": history,
        "done": done,
        "is_for_me": is_for_me,
        "may_acknowledge": bool(held) and is_for_me and found.needs_acknowledgement and done is None,
        "rests_on": found.rests_on.all(),
        "draft": queries.draft_of(found) if may_write else None,
        "review_warning": queries.warn_of_review(held, today) if held and may_write else "",
        "may_write": may_write and found.withdrawn_at is None,
        "may_see_coverage": request.user.may("policy.coverage") and bool(held) and found.needs_acknowledgement,
        "records": records.of(actions.ref(found)).reverse()[:LATEST] if may_write else [],
    }
    return render(request, "policies/policy.html", context)


@needs("policy.read")
@require_POST
def acknowledge(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """The reader has read a version."""
    version = _version(request, slug, number)

    def said(_: object) -> str:
        left = len(queries.due(request.user))
        more = f" {left} more {'waits' if left == 1 else 'wait'} for you." if left else ""
        return f"Thank you. You acknowledged it.{more}"

    attempt(request, lambda: actions.acknowledge(request.user, version), said)
    return redirect(version.policy)


@needs("policy.read")
@require_safe
def policy_version(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """One version as it was, is or will be."""
    found = _version(request, slug, number)
    held = queries.current(found.policy, queries.today())
    context = {
        "version": found,
        "policy": found.policy,
        "state": state_of(found, held),
        "held": held,
        "earlier": _earlier(request, found),
        "rests_on": found.rests_on,
    }
    return render(request, "policies/version.html", context)


def state_of(version: Version, held: Version | None) -> str:
    """Where a version stands, as ``core.states`` knows it. ``held``: the one that is in force."""
    if not version.published_at:
        return "draft"
    if version == held:
        return "in_force"
    if version.policy.withdrawn_at:
        return "withdrawn"
    return "scheduled" if version.effective_on and version.effective_on > queries.today() else "superseded"


@needs("policy.read")
@require_safe
def policy_changes(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """What a version changed, against the one before or the one that the address names."""
    found = _version(request, slug, number)
    earlier = _earlier(request, found)
    if not earlier:
        raise Http404("There is no earlier version.")
    asked = request.GET.get("against", "")
    against = next((each for each in earlier if str(each.number) == asked), earlier[0])
    context = {
        "version": found,
        "policy": found.policy,
        "earlier": earlier,
        "against": against,
        "summary": differences.words(against.summary, found.summary),
        "text": differences.words(against.text, found.text),
    }
    return render(request, "policies/changes.html", context)


def _earlier(request: StaffRequest, version: Version) -> list[Version]:
    """The versions before this one, the nearest first."""
    return list(queries.readable_versions(version.policy, request.user).filter(number__lt=version.number))


@needs("policy.read")
@require_safe
def welcome(request: StaffRequest) -> HttpResponse:
    """Where a new person meets the policies. Nothing has to be done here."""
    return render(request, "policies/welcome.html", {"due": queries.due(request.user)})
