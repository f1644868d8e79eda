"""What every page of a case has in common: who may open it, the record that they did, and its frame.

``on_case`` is the one door. A reference that is not theirs ends as any unknown address does, and is on record.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.defaults import page_not_found, permission_denied

from moothall.accounts.requests import StaffRequest
from moothall.concerns import circle, queries
from moothall.concerns.circle import NotHere, NotYours, Place
from moothall.concerns.forms import CaseForm
from moothall.concerns.process import CannotMove, Part
from moothall.core.access import needs

KEPT = "Done. It is kept with the case."
"""What a page says after most acts: messages hold no word of a case."""

View = Callable[..., HttpResponse]


def on_case(*parts: Part) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """The view is of a case, and for those on it in one of ``parts``, or in any part if none are given.

    It gets a ``Place`` instead of the reference. That they looked is on record before it is shown; no browser keeps it.
    """

    def mark(view: View) -> Callable[..., HttpResponseBase]:
        @needs("concern.raise")
        @wraps(view)
        def checked(request: StaffRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                place = circle.at(request.user, reference, *parts)
                response = view(request, place, *args, **kwargs)
            except NotHere:
                circle.keep_refused(request.user, reference)
                return _unlogged(page_not_found(request, Http404()))
            except NotYours as error:
                return _unlogged(permission_denied(request, PermissionDenied(str(error))))
            if response.status_code == 200:  # also what answers a POST that went wrong shows the case
                circle.keep_look(place, _name_of(request))
            return unkept(response)

        return checked

    return mark


def _unlogged(response: HttpResponse) -> HttpResponse:
    """The same response, of which the log tells nothing: it would name the address of a case."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # django.utils.log.log_response asks for it
    return unkept(response)


def _name_of(request: StaffRequest) -> str:
    """The name of the address that was asked for."""
    return (request.resolver_match and request.resolver_match.url_name) or ""


def unkept(response: HttpResponse) -> HttpResponse:
    """The same response, of which no browser keeps a copy."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def show(request: StaffRequest, place: Place, template: str, **context: Any) -> HttpResponse:
    """A page of the case, with its tabs for those who work with all of it."""
    concern = place.concern
    here = _name_of(request)
    tabs = [
        (label, reverse(name, args=[concern.reference]), name == here) for label, name in queries.tabs(place).items()
    ]
    frame = {
        "place": place,
        "concern": concern,
        "tabs": tabs,
        "reporter": queries.reporter_words(place),
        "due": queries.due(concern),
    }
    return render(request, f"concerns/{template}", {**frame, **context})


def show_form(
    request: StaffRequest, place: Place, form: CaseForm, heading: str, *, button: str, **context: Any
) -> HttpResponse:
    """A page with one form about the case. ``lead``, ``missing`` and ``back`` may come with it."""
    return show(request, place, "case_form.html", form=form, heading=heading, button=button, **context)


class Says(Protocol):
    """A form that can say what was refused."""

    def say(self, error: ValidationError) -> None: ...


def tried(form: Says, act: Callable[[], object]) -> bool:
    """Do ``act``; if it is refused, the form says why, and keeps what was typed. Whether it was done."""
    try:
        act()
    except ValidationError as error:
        form.say(error)
        return False
    except CannotMove as error:
        form.say(ValidationError(str(error)))
        return False
    return True


def pressed(request: StaffRequest, act: Callable[[], object], said: str = KEPT) -> None:
    """Do ``act``, for a button without a form; the next page says that it was done, or why not."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except CannotMove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)


def done(request: StaffRequest, place: Place, to: str = "case", said: str = KEPT) -> HttpResponse:
    """Say that it was done, and go on."""
    messages.success(request, said)
    return go_on(request, place, to)


def go_on(request: StaffRequest, place: Place, to: str = "case") -> HttpResponse:
    """On to a page of the case; to the list, if whoever asks sees the case no more by what they did."""
    try:
        circle.at(request.user, place.concern.reference)
    except NotHere:
        return redirect("concerns")
    return redirect(to, place.concern.reference)
