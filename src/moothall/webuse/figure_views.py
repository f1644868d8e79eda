"""The pages of figures. Each shows what the database holds, which is suppressed already: nothing is counted here."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.accounts.models import Unit, User
from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.webuse import exports, figure_queries, figure_tables, looking, policy, purpose_queries, seeing
from moothall.webuse.figure_forms import FigureFilter, ReasonForm, iso_week, week_words
from moothall.webuse.figure_queries import SECURITY, YEAR
from moothall.webuse.figure_tables import Table
from moothall.webuse.models import Purpose
from moothall.webuse.models.figures import COUNCIL
from moothall.webuse.seeing import Sight
from moothall.webuse.subjects import ALL

IMPORT_COMMAND = "moothall webuse import"
TABS = (
    ("web-use", "The council", "webuse.council"),
    ("web-use-social", "Social media", "webuse.social"),
    ("web-use-security", "Refused and dangerous", "webuse.security"),
)
"""Url name, label and permission."""


@dataclass(frozen=True)
class Asked:
    """What of the figures a request asks for. ``weeks``: the Mondays of those that there are, newest first."""

    purpose: Purpose
    monday: date
    weeks: list[date]
    form: FigureFilter

    @property
    def key(self) -> str:
        return self.purpose.key

    @property
    def query(self) -> str:
        """For addresses: the same week of the same purpose."""
        return urlencode({"week": iso_week(self.monday), "purpose": self.key})

    def week_away(self, number: int) -> str:
        """For addresses: so many weeks later, if there are figures of it."""
        monday = self.monday + number * figure_queries.WEEK
        return urlencode({"week": iso_week(monday), "purpose": self.key}) if monday in self.weeks else ""


def _asked(request: HttpRequest) -> Asked | None:
    """What is asked for: without a sensible word, the last week of the first purpose. ``None``: there is no figure."""
    purposes = purpose_queries.in_force()
    if not purposes:
        return None
    purpose = next((each for each in purposes if each.key == request.GET.get("purpose")), purposes[0])
    weeks = figure_queries.weeks(purpose.key)
    if not weeks:
        return None
    monday = next((each for each in weeks if iso_week(each) == request.GET.get("week")), weeks[0])
    form = FigureFilter({"week": iso_week(monday), "purpose": purpose.key}, weeks=weeks, purposes=purposes)
    return Asked(purpose, monday, weeks, form)


def _page(
    request: StaffRequest, template: str, here: str, asked: Asked | None, context: dict[str, Any]
) -> HttpResponse:
    """A page of figures; without figures, one that says what comes first."""
    tabs = [(label, reverse(name), name == here) for name, label, needed in TABS if request.user.may(needed)]
    if request.user.may("webuse.units") or seeing.led_by(request.user):
        tabs.append(("Units", reverse("web-use-units"), here == "web-use-units"))
    context |= {"tabs": tabs, "asked": asked, "fewest": settings.WEBUSE_PEOPLE}
    if asked is None:
        context |= {"purposes": purpose_queries.in_force(), "command": IMPORT_COMMAND}
        return render(request, "webuse/no_figures.html", context)
    context |= {
        "week_words": week_words(asked.monday),
        "before": asked.week_away(-1),
        "after": asked.week_away(1),
    }
    return render(request, template, context)


def _csv(table: Table, asked: Asked, of: str = "") -> HttpResponse:
    name = "-".join(filter(None, ("web-use", of, table.key, iso_week(asked.monday))))
    response = HttpResponse(exports.table_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _named(tables: dict[str, Table], name: str) -> Table:
    if name not in tables:
        raise Http404("There is no such table.")
    return tables[name]


def _by_key(*tables: Table) -> dict[str, Table]:
    return {table.key: table for table in tables}


# --- The council ------------------------------------------------------------------------------------------------------


@needs("staff")
@require_safe
def council(request: StaffRequest) -> HttpResponse:
    """The council's totals. Whoever may not see these goes to the page that they may see."""
    if not request.user.may("webuse.council"):
        return redirect(_own_page(request.user))
    asked = _asked(request)
    tables = _council_tables(asked) if asked else {}
    return _page(request, "webuse/council.html", "web-use", asked, {"tables": tables})


def _own_page(person: User) -> str:
    """The address of the first page of figures that somebody may see, who may not see the council's."""
    for name, _, needed in TABS[1:]:
        if person.may(needed):
            return reverse(name)
    if person.may("webuse.units"):
        return reverse("web-use-units")
    led = seeing.led_by(person)
    if not led:
        raise PermissionDenied("You may see the web use of the units that you lead.")
    return reverse("web-use-unit", args=[min(led)])


@needs("webuse.council")
@require_safe
def council_csv(request: StaffRequest, name: str) -> HttpResponse:
    asked = _found(request)
    looking.keep_exported(request.user, f"council, {name}", iso_week(asked.monday))
    return _csv(_named(_council_tables(asked), name), asked)


def _found(request: HttpRequest) -> Asked:
    asked = _asked(request)
    if asked is None:
        raise Http404("There are no figures.")
    return asked


def _council_tables(asked: Asked) -> dict[str, Table]:
    traffic = figure_queries.traffic(asked.key, asked.monday)
    week = figure_queries.week(asked.key, COUNCIL, asked.monday, {day for day, _ in traffic})
    return _by_key(
        figure_tables.days(week),
        figure_tables.domains(week),
        figure_tables.hours(week),
        _year(asked, COUNCIL),
        *figure_tables.volume(traffic, week),
    )


def _year(asked: Asked, node: int) -> Table:
    found = figure_queries.by_week(asked.key, node, asked.monday, 2 * YEAR, (ALL,))
    return figure_tables.year(found, figure_queries.weeks_read(asked.key, asked.monday, 2 * YEAR), asked.monday)


# --- Units ------------------------------------------------------------------------------------------------------------


@needs("staff")
@require_safe
def units(request: StaffRequest) -> HttpResponse:
    """The names of the units whose figures one may see."""
    visible = seeing.sight(request.user).visible()
    if not visible and not request.user.may("webuse.units"):
        raise PermissionDenied("You may see the web use of the units that you lead.")
    return _page(request, "webuse/units.html", "web-use-units", _asked(request), {"units": visible})


@needs("staff")
@require_safe
def unit(request: StaffRequest, pk: int) -> HttpResponse:
    """One unit and its parts. Each look leaves a record, which those who lead the unit can read."""
    sight = seeing.sight(request.user)
    here = sight.unit(pk)
    asked = _asked(request)
    if asked and looking.must_say_why(request.user, here, sight, request.session):
        return redirect(f"{reverse('web-use-why', args=[pk])}?{asked.query}")
    context: dict[str, Any] = {"unit": here, "above": [each for each in sight.units.above(here) if each != here][::-1]}
    if asked:
        _keep(request, here, sight, "unit", asked)
        context |= {"tables": _unit_tables(asked, here, sight), "leads": sight.leads(here)}
        if context["leads"]:
            context["looks"] = looking.looks_at(here, sight.units)
    return _page(request, "webuse/unit.html", "web-use-units", asked, context)


@needs("staff")
@require_safe
def unit_csv(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    sight = seeing.sight(request.user)
    here = sight.unit(pk)
    asked = _found(request)
    if looking.must_say_why(request.user, here, sight, request.session):
        return redirect(f"{reverse('web-use-why', args=[pk])}?{asked.query}")
    table = _named(_unit_tables(asked, here, sight), name)
    _keep(request, here, sight, f"unit, {table.key}.csv", asked)
    return _csv(table, asked, f"unit-{pk}")


def _keep(request: StaffRequest, here: Unit, sight: Sight, page: str, asked: Asked) -> None:
    why = looking.reason(request.session, here, clock.now())
    as_lead = sight.leads(here)
    looking.keep(request.user, looking.ref(here), page, iso_week(asked.monday), as_lead=as_lead, why=why)


def _unit_tables(asked: Asked, here: Unit, sight: Sight) -> dict[str, Table]:
    traffic = figure_queries.traffic(asked.key, asked.monday)
    week = figure_queries.week(asked.key, here.pk, asked.monday, {day for day, _ in traffic})
    tables = [figure_tables.days(week), figure_tables.domains(week), figure_tables.hours(week), _year(asked, here.pk)]
    below = sight.units.below.get(here.pk, ())
    if below:
        nodes = [-here.pk, *(part.pk for part in below)]
        found = figure_queries.of_nodes(asked.key, nodes, asked.monday, (ALL,))
        tables.append(figure_tables.parts(found, below, -here.pk))
    return _by_key(*tables)


@needs("staff")
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why somebody looks at a unit again and again that they do not lead. The answer is good for an hour."""
    here = seeing.sight(request.user).unit(pk)
    form = ReasonForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        looking.give_reason(request.session, here, words["why"], clock.now())
        query = urlencode({name: words[name] for name in ("week", "purpose") if words[name]})
        return redirect(f"{reverse('web-use-unit', args=[pk])}?{query}")
    return render(request, "webuse/why.html", {"unit": here, "form": form, "times": looking.LOOKS_UNASKED})


# --- Security and social media ----------------------------------------------------------------------------------------


@needs("webuse.security")
@require_safe
def security(request: StaffRequest) -> HttpResponse:
    """Refused requests, malware and phishing, by unit."""
    asked = _asked(request)
    context: dict[str, Any] = {}
    if asked:
        looking.keep(request.user, looking.EVERY_UNIT, "security", iso_week(asked.monday))
        context["tables"] = _security_tables(asked)
    return _page(request, "webuse/security.html", "web-use-security", asked, context)


@needs("webuse.security")
@require_safe
def security_csv(request: StaffRequest, name: str) -> HttpResponse:
    asked = _found(request)
    table = _named(_security_tables(asked), name)
    looking.keep(request.user, looking.EVERY_UNIT, f"security, {table.key}.csv", iso_week(asked.monday))
    return _csv(table, asked)


def _security_tables(asked: Asked) -> dict[str, Table]:
    found = figure_queries.of_every_node(asked.key, asked.monday, SECURITY)
    return _by_key(figure_tables.security(found, seeing.units().in_order()))


@needs("webuse.social")
@require_safe
def social(request: StaffRequest) -> HttpResponse:
    """Whether the open policy on social media is used."""
    asked = _asked(request)
    context: dict[str, Any] = {"policy": policy.REASONABLE_USE}
    if asked:
        context["tables"] = _social_tables(asked)
        context["latest"] = figure_tables.latest(context["tables"]["social"])
    return _page(request, "webuse/social.html", "web-use-social", asked, context)


@needs("webuse.social")
@require_safe
def social_csv(request: StaffRequest, name: str) -> HttpResponse:
    asked = _found(request)
    looking.keep_exported(request.user, f"social media, {name}", iso_week(asked.monday))
    return _csv(_named(_social_tables(asked), name), asked)


def _social_tables(asked: Asked) -> dict[str, Table]:
    found = figure_queries.social(asked.key, asked.monday)
    read = figure_queries.weeks_read(asked.key, asked.monday, YEAR)
    return _by_key(figure_tables.social(found, read, asked.monday))
