"""What we see about you: for everybody who works here, from the configuration as it is now."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core import own_data
from moothall.core.access import needs
from moothall.rights import actions, clocks, exporting, live, queries
from moothall.rights.states import Kind
from moothall.webuse import looking
from moothall.webuse import own_data as web_use


@needs("webuse.own")
@require_safe
def what_we_see(request: StaffRequest) -> HttpResponse:
    """What is kept of everybody, for how long, who sees what, who has looked, one's own data, and one's rights."""
    person, today = request.user, actions.today()
    context = {
        "monitoring": live.monitoring(today),
        "who_sees": live.who_sees(),
        "people": settings.WEBUSE_PEOPLE,
        "pseudonym_key": live.pseudonym_key(today),
        "seals": live.seals(),
        "unit": person.unit,
        "looks": exporting.looks(person, most=looking.SHOWN),
        "looks_in_all": exporting.looks_in_all(person),
        "held": own_data.about(person),
        "login": web_use.login_of(person),
        "no_login": web_use.NO_LOGIN,
        "wish": web_use.latest(person),
        "requests": queries.mine(person),
        "rules": [(kind, clocks.RULES[kind]) for kind in Kind],
        "answerers": queries.answerers(person),
        "may_give_roles": person.may("people.manage"),
    }
    return render(request, "rights/what_we_see.html", context)


@needs("webuse.own")
@require_POST
def ask_own_data(request: StaffRequest) -> HttpResponse:
    """Ask for what is kept of one's own web use."""
    try:
        web_use.ask(request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Your data are being put together. That takes some seconds; load this page again.")
    return redirect("what-we-see")


@needs("webuse.own")
@require_safe
def own_data_file(request: StaffRequest) -> HttpResponse:
    """The answer about web use, for the person who asked and nobody else."""
    wish = web_use.latest(request.user)
    if wish is None or not wish.sealed:
        raise Http404
    return _file(web_use.opened(wish), "what-moothall-keeps-of-my-web-use.json")


@needs("webuse.own")
@require_GET
def everything_file(request: StaffRequest) -> HttpResponse:
    """All that Moothall holds about whoever asks, at once."""
    return _file(exporting.export(request.user), "what-moothall-holds-about-me.json")


def _file(found: dict[str, Any], name: str) -> HttpResponse:
    words = json.dumps(found, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    response = HttpResponse(words, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, no_store=True)
    return response
