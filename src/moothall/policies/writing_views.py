"""The pages on which policies are written and published."""

from datetime import UTC, datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from moothall.accounts.requests import StaffRequest
from moothall.core import differences, localtime
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.policies import actions, audience, queries
from moothall.policies.forms import DraftForm, PolicyForm, WhyForm, links_of, rests_on_forms, say
from moothall.policies.models import Policy, Version

FORM = require_http_methods(["GET", "HEAD", "POST"])
NEVER = datetime.min.replace(tzinfo=UTC)
"""When somebody saw a draft who did not see it."""
CARRIED_OVER = ("text", "summary")
"""What the next version begins with."""


@needs("policy.write")
@FORM
def new_policy(request: StaffRequest) -> HttpResponse:
    """Begin a policy: what it is about. What it says comes next."""
    return _about(request, Policy(), {"owner": request.user.email})


@needs("policy.write")
@FORM
def change_policy(request: StaffRequest, slug: str) -> HttpResponse:
    """Its title, owner and audience, and what it rests on."""
    return _about(request, _policy(slug), {})


def _policy(slug: str) -> Policy:
    return get_object_or_404(Policy.objects.select_related("owner"), slug=slug)


def _about(request: StaffRequest, policy: Policy, initial: dict[str, str]) -> HttpResponse:
    data, is_new = request.POST if request.method == "POST" else None, policy.pk is None
    form, links = PolicyForm(data, instance=policy, initial=initial), rests_on_forms(data, policy)
    if request.method == "POST" and all([form.is_valid(), links.is_valid()]):
        try:
            saved = actions.save_policy(request.user, form.instance, links_of(links))
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, "Begun. Now write what it says." if is_new else "Saved.")
            return redirect("draft-policy", saved.slug) if is_new else redirect(saved)
    context = {"form": form, "links": links, "policy": None if is_new else _policy(policy.slug)}
    return render(request, "policies/about_form.html", context)


@needs("policy.write")
@FORM
def draft_policy(request: StaffRequest, slug: str) -> HttpResponse:
    """Write the next version. What was typed is kept before anything about it is complained of."""
    policy = _policy(slug)
    last = queries.last_published(policy)
    there = queries.draft_of(policy)
    draft = there or _next_version(policy, last)
    seen = request.POST.get("seen", "") if request.method == "POST" else _seen(there)
    form = DraftForm(request.POST if request.method == "POST" else None, instance=draft, is_first=last is None)
    if request.method == "POST" and form.is_valid():
        try:
            because = form.cleaned_data.get("because", ())
            actions.save_draft(request.user, form.instance, because, seen=_moment(seen))
        except ValidationError as error:
            say(form, error)
            if isinstance(error, actions.Overtaken):  # told of it, they may save over it
                seen = _seen(queries.draft_of(policy))
        else:
            messages.success(request, "Kept as a draft.")
            return redirect("publish-policy" if request.POST.get("then") == "publish" else "policy", slug)
    context = {"form": form, "policy": policy, "last": last, "draft": draft, "seen": seen}
    return render(request, "policies/draft_form.html", context)


def _seen(draft: Version | None) -> str:
    """What a form carries of the draft that it shows; of none, nothing."""
    return draft.changed_at.isoformat() if draft else ""


def _next_version(policy: Policy, last: Version | None) -> Version:
    """What a new draft begins as, not saved: the words of the last version, and days still to be set."""
    words = {name: getattr(last, name) for name in CARRIED_OVER} if last else {}
    return Version(policy=policy, **words)


@needs("policy.write")
@FORM
def publish_policy(request: StaffRequest, slug: str) -> HttpResponse:
    """The draft as everybody will read it, with what it changes and whom it asks; and the button."""
    policy = _policy(slug)
    draft = queries.draft_of(policy)
    if draft is None:
        messages.info(request, "There is no draft to publish. Write the next version first.")
        return redirect(policy)
    if request.method == "POST":
        seen = _moment(request.POST.get("seen", ""))
        done = attempt(request, lambda: actions.publish(request.user, draft, seen), _published)
        return redirect(policy) if done else redirect("publish-policy", slug)
    last = queries.last_published(policy)
    context = {
        "policy": policy,
        "draft": draft,
        "last": last,
        "amiss": actions.amiss(draft),
        "because": draft.because.all(),
        "seen": _seen(draft),
        "asked": audience.people(policy.audience).count() if policy.needs_acknowledgement else None,
        "text": differences.words(last.text, draft.text) if last else None,
    }
    return render(request, "policies/publish.html", context)


def _published(version: Version) -> str:
    if version.effective_on is None or version.effective_on <= queries.today():
        return "Published. It is in force now."
    return f"Published. It is in force from {localtime.day_words(version.effective_on)}."


def _moment(text: str) -> datetime:
    """The moment that a form carries; ``NEVER`` for what is none."""
    try:
        return parse_datetime(text) or NEVER
    except ValueError:
        return NEVER


@needs("policy.write")
@FORM
def withdraw_policy(request: StaffRequest, slug: str) -> HttpResponse:
    """Ask why, and withdraw it."""
    policy = _policy(slug)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        attempt(request, lambda: actions.withdraw(request.user, policy, why), "Withdrawn. It holds no more.")
        return redirect(policy)
    return render(request, "policies/withdraw.html", {"form": form, "policy": policy})
