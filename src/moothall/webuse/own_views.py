"""What we see about you: for everybody who works here, from the configuration as it is now."""

import json

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.permissions import PERMISSIONS
from moothall.accounts.requests import StaffRequest
from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.webuse import looking, own_data, purpose_queries, seeing
from moothall.webuse.seals.pseudonyms import days_of, period_of

SEEN_BY = ("webuse.council", "webuse.social", "webuse.units", "webuse.security")


@needs("webuse.own")
@require_safe
def what_we_see(request: StaffRequest) -> HttpResponse:
    """What is kept of everybody's web use, for how long, who sees what, who has looked, and one's own data."""
    unit = request.user.unit
    begins, ends = days_of(period_of(localtime.local(clock.now()).date()))
    context = {
        "purposes": purpose_queries.with_data(),
        "who_sees": [_who_sees(name) for name in SEEN_BY],
        "people": settings.WEBUSE_PEOPLE,
        "unit": unit,
        "looks": looking.looks_at(unit, seeing.units()) if unit else [],
        "key_since": begins,
        "key_until": ends,
        "login": own_data.login_of(request.user),
        "no_login": own_data.NO_LOGIN,
        "wish": own_data.latest(request.user),
    }
    return render(request, "webuse/what_we_see.html", context)


def _who_sees(permission: str) -> tuple[str, str]:
    """What a permission lets see, and the roles that have it."""
    rule = PERMISSIONS[permission]
    return rule.what, ", ".join(sorted(str(role.label) for role in rule.organisation))


@needs("webuse.own")
@require_POST
def ask_own_data(request: StaffRequest) -> HttpResponse:
    """Ask for what is kept of oneself."""
    try:
        own_data.ask(request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Your data are being put together. That takes some seconds; load this page again.")
    return redirect("what-we-see")


@needs("webuse.own")
@require_safe
def own_data_file(request: StaffRequest) -> HttpResponse:
    """The answer, for the person who asked and nobody else."""
    wish = own_data.latest(request.user)
    if wish is None or not wish.sealed:
        raise Http404
    found = json.dumps(own_data.opened(wish), ensure_ascii=False, indent=1)
    response = HttpResponse(found, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="what-moothall-keeps-of-my-web-use.json"'
    patch_cache_control(response, no_store=True)
    return response
