"""Pages about people, services and units, notices, and the way in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from moothall.accounts import actions, queries
from moothall.accounts.adapters import INVITATION_SESSION
from moothall.accounts.forms import InvitationForm, PersonForm, RolesForm, ServiceForm, UnitForm
from moothall.accounts.middleware import PRACTICE_SESSION
from moothall.accounts.models import Invitation, Notice, Service, Unit, User
from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs, public

PEOPLE_A_PAGE = 50
NOTICES_SHOWN = 100


@needs("people.manage")
def people(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    page = Paginator(queries.people(search), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "search": search, "invitations": queries.open_invitations()}
    return render(request, "accounts/people.html", context)


@needs("people.manage")
def person(request: StaffRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, instance=someone)
    grants = [(role, service) for role, service in someone.memberships.values_list("role", "service_id")]
    roles = RolesForm(request.POST or None, grants=grants)
    if request.method == "POST" and form.is_valid() and roles.is_valid():
        try:
            with transaction.atomic():
                actions.update_person(request.user, someone)
                actions.set_roles(request.user, someone, roles.grants())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Saved {someone.name}.")
            return redirect("people")
    return render(request, "accounts/person.html", {"person": someone, "form": form, "roles": roles})


@needs("people.manage")
def invite(request: StaffRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            invited = actions.invite(
                request.user,
                email=values["email"],
                name=values["name"],
                kind=values["kind"],
                unit=values["unit"],
                roles=form.grants(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            answer = render(request, "accounts/invited.html", {"invited": invited})
            patch_cache_control(answer, no_store=True)  # the link is a secret: no browser may keep it on its disk
            return answer
    return render(request, "accounts/invite.html", {"form": form})


@needs("people.manage")
@require_POST
def withdraw_invitation(request: StaffRequest, pk: int) -> HttpResponse:
    """Close an invitation that nobody has accepted yet."""
    withdrawing = get_object_or_404(Invitation, pk=pk)
    if actions.withdraw_invitation(request.user, withdrawing):
        messages.success(request, f"{withdrawing.name}’s invitation is withdrawn. Its link opens nothing any more.")
    else:
        messages.warning(request, f"{withdrawing.name}’s invitation was no longer open. Nothing has changed.")
    return redirect("people")


@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Follow an invitation's link: the session notes which it is, and the link is out of sight."""
    found = queries.open_invitation(token)
    if found is None:
        return render(request, "accounts/invitation_closed.html", status=410)
    request.session[INVITATION_SESSION] = found.pk
    return redirect("account_signup")


@needs("services.manage")
def services(request: StaffRequest) -> HttpResponse:
    context = {
        "services": Service.objects.annotate(people=Count("memberships__user", distinct=True)),
        "units": Unit.objects.select_related("parent").annotate(size=Count("people")),
    }
    return render(request, "accounts/services.html", context)


@needs("services.manage")
def edit_service(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    service = get_object_or_404(Service, pk=pk) if pk else Service()
    form = ServiceForm(request.POST or None, instance=service)
    if request.method == "POST" and form.is_valid():
        actions.save_service(request.user, service)
        messages.success(request, f"Saved {service.name}.")
        return redirect("services")
    return render(request, "accounts/part.html", {"form": form, "part": service, "kind": "service"})


@needs("services.manage")
def edit_unit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    unit = get_object_or_404(Unit, pk=pk) if pk else Unit()
    form = UnitForm(request.POST or None, instance=unit)
    if request.method == "POST" and form.is_valid():
        actions.save_unit(request.user, unit, form.cleaned_data["leads"])
        messages.success(request, f"Saved {unit.name}.")
        return redirect("services")
    return render(request, "accounts/part.html", {"form": form, "part": unit, "kind": "unit"})


@needs("staff")
def notices(request: StaffRequest) -> HttpResponse:
    shown = list(Notice.objects.filter(user=request.user)[:NOTICES_SHOWN])
    return render(request, "accounts/notices.html", {"notices": shown})


@needs("staff")
@require_POST
def read_notices(request: StaffRequest) -> HttpResponse:
    actions.mark_read(request.user)
    return redirect("notices")


@public
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """In debug only: become any person of the example council with one click."""
    if not settings.DEBUG:
        raise Http404
    if request.method == "POST":
        someone = get_object_or_404(User.objects.active(), pk=request.POST.get("person"))
        login(request, someone, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session[PRACTICE_SESSION] = True
        return redirect("today")
    return render(request, "accounts/sign_in_as.html", {"people": queries.people().filter(is_active=True)})
