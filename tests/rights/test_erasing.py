"""Two years after its end a request is erased, and the record says that it was, and not of whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from moothall.accounts.models import User
from moothall.records.models import Record
from moothall.rights import actions, tasks
from moothall.rights.models import RightsEntry, RightsRequest
from moothall.rights.states import Kind, State
from tests.rights.making import asked

pytestmark = pytest.mark.django_db


def end(how: State, request: RightsRequest, asker: User, dora: User) -> None:
    if how == State.WITHDRAWN:
        actions.withdraw(asker, request)
    else:
        actions.answer(dora, request, how, "These words.")


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        (Kind.QUESTION, State.ANSWERED),
        (Kind.OBJECTION, State.UPHELD),
        (Kind.OBJECTION, State.REFUSED),
        (Kind.COMPLAINT, State.WITHDRAWN),
    ],
)
def test_however_it_ended(kind: Kind, how: State, alice: User, dora: User, at: Callable[..., None]) -> None:
    request = asked(alice, kind)
    end(how, request, alice, dora)
    running = asked(alice, Kind.COMPLAINT)
    at(2028, 10, 5, 23, 59)
    tasks.sweep()
    assert RightsRequest.objects.count() == 2
    at(2028, 10, 6, 0)
    tasks.sweep()
    tasks.sweep()
    assert list(RightsRequest.objects.all()) == [running], "What has not ended stays, however long it takes."
    assert not RightsEntry.objects.filter(request=request.pk).exists()
    record = Record.objects.get(kind="rights.erased")
    assert (record.ref, record.actor_id, record.after) == (f"rights:{request.pk}", None, {"kind": kind.value})
    assert "Alice" not in str(record.__dict__)


def test_its_pages_say_so(alice: User, dora: User, signed_in: Any) -> None:
    request = asked(alice)
    as_dora = signed_in(dora)
    for browser in (signed_in(alice), as_dora):
        assert "Two years after its end" in browser.get(request.get_absolute_url()).content.decode()
    actions.withdraw(alice, request)
    assert "Two years after that" in signed_in(alice).get(request.get_absolute_url()).content.decode()
    assert "erased two years after its end" in signed_in(alice).get(reverse("what-we-see")).content.decode()
    assert "erased after two years" in as_dora.get(reverse("data-requests")).content.decode()
