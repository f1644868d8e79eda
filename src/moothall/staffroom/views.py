from django.http import HttpResponse
from django.shortcuts import render

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.staffroom import queries


@needs("staff")
def today(request: StaffRequest) -> HttpResponse:
    return render(
        request,
        "staffroom/today.html",
        {"today": queries.today(request.user), "may_write": request.user.may("post.write")},
    )
