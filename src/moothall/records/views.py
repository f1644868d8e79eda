"""The pages of records: what was done, by whom and why."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.records import actions, addresses, exports, queries
from moothall.records.forms import RecordFilter
from moothall.records.models import Record
from moothall.records.shown import show

RECORDS_A_PAGE = 50
OLDER = "older"
"""In the address: the record after which the page goes on."""


@needs("records.search")
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """The newest records that the filters let through, and the way to those before them."""
    form = RecordFilter(request.GET)
    older_than = _record(request.GET[OLDER]) if OLDER in request.GET else None
    found = queries.search(form.filters(), older_than=older_than, most=RECORDS_A_PAGE + 1)
    shown = show(found[:RECORDS_A_PAGE])
    chosen = form.chosen
    context = {
        "form": form,
        "records": shown,
        "chosen": {name: form[name].value() for name in chosen},
        "older": shown[-1].address if len(found) > RECORDS_A_PAGE else "",
        "is_older": older_than is not None,
    }
    return render(request, "records/records.html", context)


@needs("records.search")
@require_safe
def record(request: HttpRequest, address: str) -> HttpResponse:
    """One record, with all that it holds but its place in the chain."""
    (shown,) = show([_record(address)])
    return render(request, "records/record.html", {"shown": shown})


@needs("records.search")
@require_POST
def export_records(request: HttpRequest) -> HttpResponseBase:
    """What the filters let through, as a file. That it was taken is itself on record."""
    form = RecordFilter(request.POST)
    filters = form.filters()
    actions.keep_export(cast(actions.Auditor, request.user), form.chosen)
    response = StreamingHttpResponse(exports.lines(filters), content_type="text/csv; charset=utf-8")
    today = localtime.local(clock.now()).date()
    response["Content-Disposition"] = f'attachment; filename="records-{today}.csv"'
    return response


def _record(address: str) -> Record:
    """The record at this address. Raises ``Http404``, of one that is kept out as of one that never was."""
    number = addresses.number_at(address)
    found = queries.at(number) if number is not None else None
    if found is None:
        raise Http404
    return found
