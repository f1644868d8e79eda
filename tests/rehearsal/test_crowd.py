"""The practice network's crowd: what is planned waits for its time, and what was said proves who said it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.core import clock
from moothall.events import handles
from moothall.networks.errors import Rejected
from moothall.operating.example.timepiece import showing
from moothall.rehearsal.crowd import plan_in_the_crowd, say_in_the_crowd, speak_due, take_back
from moothall.rehearsal.models import CrowdPost
from moothall.rehearsal.network import Rehearsal
from tests import factories

pytestmark = pytest.mark.django_db

REHEARSAL = Rehearsal()


@pytest.fixture
def alice(db: None) -> User:
    return factories.person()


def plan(*minutes: int) -> None:
    now = clock.now()
    plan_in_the_crowd(
        CrowdPost(handle="wilf", text=f"After {each}", said_at=now + timedelta(minutes=each)) for each in minutes
    )


def said() -> list[str]:
    return list(CrowdPost.objects.filter(change__isnull=False).order_by("change").values_list("text", flat=True))


def test_what_is_planned_is_said_in_its_order_when_its_time_has_come() -> None:
    plan(30, 10, 20)
    assert speak_due() == 0
    with showing(clock.now() + timedelta(minutes=21)):
        assert speak_due() == 2
        assert speak_due() == 0
    assert said() == ["After 10", "After 20"]
    assert say_in_the_crowd("nan", "Between").change == 3, "the numbers go on without a gap"


def test_nobody_speaks_where_nothing_is_planned() -> None:
    say_in_the_crowd("nan", "Hello")
    assert speak_due() == 0
    assert said() == ["Hello"]


def test_a_profile_has_only_what_stands_there() -> None:
    plan(10)
    with pytest.raises(Rejected, match="wilf"):
        REHEARSAL.profile("wilf", ())
    kept = say_in_the_crowd("wilf", "This stays")
    take_back(say_in_the_crowd("wilf", "This does not"))
    profile = REHEARSAL.profile("Wilf", ())
    assert profile.words == (kept.text,)
    assert profile.handle == "wilf"
    assert profile.author_id == "crowd:wilf"


def test_an_account_in_the_crowd_is_proved_by_what_it_says(alice: User) -> None:
    linked = handles.ask(alice, "rehearsal", "crowd_alice", may_be_named=True)
    say_in_the_crowd("crowd_alice", "I am Alice, believe me")
    with pytest.raises(ValidationError, match="code"):
        handles.prove(alice, linked)
    say_in_the_crowd("crowd_alice", f"This is me: {linked.code}")
    assert handles.prove(alice, linked).proved_at


def test_the_crowd_is_not_offered_to_those_who_link_accounts() -> None:
    """Nobody but the example has an account there."""
    assert "rehearsal" in handles.networks()
    assert "rehearsal" not in handles.offered()
    assert {"mastodon", "bluesky"} <= set(handles.offered())
