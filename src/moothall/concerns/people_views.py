"""Who is on a case, and naming them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.accounts.models import User
from moothall.accounts.requests import StaffRequest
from moothall.concerns import circle, seating
from moothall.concerns.case_forms import WhoForm
from moothall.concerns.circle import FULL, Place
from moothall.concerns.page import done, on_case, show, show_form, tried
from moothall.concerns.process import Part


@dataclass(frozen=True)
class Naming:
    """Somebody who can be named: how the page asks for them, and what it does."""

    heading: str
    lead: str
    act: Callable[[User, str, User], None]


def _part(part: Part) -> Callable[[User, str, User], None]:
    return lambda user, reference, who: seating.name(user, reference, part, who)


APART = "Not the person’s line manager, not who raised it, and nobody who has or had another part in this case."
NAMINGS = {
    "person": Naming(
        "Whom is it about?",
        "They do not learn of it by this. They do when they are told by letter.",
        seating.name_person,
    ),
    "manager": Naming(
        "Name a line manager of the person",
        "They can have no part in the case, and do not learn of it. Those who lead their unit are known.",
        seating.name_manager,
    ),
    "investigator": Naming("Name an investigator", f"They gather the facts. {APART}", _part(Part.INVESTIGATOR)),
    "decider": Naming(
        "Name a decision maker",
        f"They lead the meeting, and decide. {APART} They see the case when the facts are gathered.",
        _part(Part.DECIDER),
    ),
    "appeal-officer": Naming(
        "Name an appeal officer",
        f"They hear an appeal, and decide it. {APART} They see the case when there is an appeal.",
        _part(Part.APPEAL_OFFICER),
    ),
    "approver-hr": Naming(
        "Name who approves for HR",
        f"They decide, with a monitoring officer, whether a name may be opened. {APART}",
        _part(Part.APPROVER_HR),
    ),
    "approver-mo": Naming(
        "Name who approves as monitoring officer",
        f"They decide, with HR, whether a name may be opened. {APART}",
        _part(Part.APPROVER_MO),
    ),
    "keeper": Naming(
        "Let somebody else keep the case",
        "Somebody from HR, or a monitoring officer. You leave the case, and see it no more.",
        lambda user, reference, who: seating.give_up(user, reference, who),
    ),
}
"""By what stands in the address."""
PARTS = {
    "person": Part.PERSON,
    "keeper": Part.KEEPER,
    "investigator": Part.INVESTIGATOR,
    "decider": Part.DECIDER,
    "appeal-officer": Part.APPEAL_OFFICER,
    "approver-hr": Part.APPROVER_HR,
    "approver-mo": Part.APPROVER_MO,
}


@on_case(*FULL)
@require_safe
def people(request: StaffRequest, place: Place) -> HttpResponse:
    """Who is on the case now. Only those who keep it learn who raised it in confidence, and whom they kept away."""
    is_keeper, reference = place.part == Part.KEEPER, place.concern.reference
    may_name = is_keeper and place.state not in seating.OVER
    changeable = set(PARTS.values()) if may_name else {Part.KEEPER} if is_keeper else set()
    seats = {Part(seat.part): seat for seat in circle.seats(place.concern)}
    context = {
        "rows": [
            (part, seats.get(part), reverse("case-name", args=[reference, slug]) if part in changeable else "")
            for slug, part in PARTS.items()
        ],
        "contacts": circle.seats(place.concern).filter(part=Part.CONTACT),
        "managers": place.concern.line_managers.all() if is_keeper else [],
        "may_name": may_name,
    }
    return show(request, place, "people.html", **context)


@on_case(Part.KEEPER)
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: StaffRequest, place: Place, part: str) -> HttpResponse:
    """Name somebody by their work e-mail; whoever cannot be it is refused with the reason."""
    naming = NAMINGS.get(part)
    if naming is None:
        raise Http404
    form = WhoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act = partial(naming.act, request.user, place.concern.reference, form.cleaned_data["who"])
        if tried(form, act):
            return done(request, place, "case-people")
    return show_form(request, place, form, naming.heading, button="Name them", lead=naming.lead, back="case-people")
