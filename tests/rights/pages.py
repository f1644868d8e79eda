"""The addresses of this room, for the table of all addresses."""

from types import SimpleNamespace
from typing import Any

from moothall.accounts.models import Membership
from moothall.accounts.roles import Role
from moothall.rights import actions
from moothall.rights.states import Kind
from tests.addresses import Page

PAGES: list[Page] = [
    Page("everything-about-me", "webuse.own", wrong=200),
    Page("data-requests", "rights.answer"),
    Page("new-data-request", "rights.ask", ("rights_kind",), wrong=200),
    Page("data-request", "rights.ask", ("rights_request",), wrong=404),
    Page("add-to-data-request", "rights.ask", ("rights_request",), wrong=404),
    Page("withdraw-data-request", "rights.ask", ("rights_request",), wrong=404, post=True),
    Page("acknowledge-data-request", "rights.answer", ("rights_request",), post=True),
    Page("tell-of-data-request", "rights.answer", ("rights_request",)),
    Page("answer-data-request", "rights.answer", ("rights_request",)),
]


def world(people: SimpleNamespace) -> dict[str, Any]:
    """A request of Alice's. The monitoring officer is the data protection officer as well."""
    Membership.objects.create(user=people.monitoring_officer, role=Role.DATA_PROTECTION_OFFICER)
    vars(people.monitoring_officer).pop("standing", None)  # whoever asked before knew one role less
    request = actions.ask(people.alice, Kind.QUESTION, "What do you keep of me?")
    return {"rights_kind": Kind.QUESTION.value, "rights_request": request.pk}
