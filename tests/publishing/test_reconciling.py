"""What becomes of an unconfirmed delivery: by looking for the post, and by people's decisions."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django_tasks_db.models import DBTaskResult

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.channels import queries as channel_queries
from moothall.channels.models import Connection
from moothall.networks import registry
from moothall.publishing import deciding, reconciling, tasks
from moothall.publishing.delivery import CANCELLED, FAILED, SENT, UNCONFIRMED, WAITING
from moothall.publishing.identity import draft_of
from moothall.publishing.models import Delivery
from moothall.records import queries as records
from tests import factories
from tests.networks.homes import MastodonHome
from tests.peers.mastodon import MastodonMock
from tests.peers.proxy import Answer, Plan
from tests.publishing.conftest import Clock, Line, lay_line

TEXT = "The Record Office opens late on Thursday."
LOST = Plan(forward=False, drop=True)
"""The request never arrives."""
DONE = Plan(drop=True)
"""The post is made, and the answer never arrives."""


def due(line: Line, text: str = TEXT) -> Delivery:
    [one] = factories.approved(line.channel, text=text)
    return one


def send(one: Delivery) -> Delivery:
    tasks.drain.func(one.channel_id)
    one.refresh_from_db()
    return one


def look(one: Delivery) -> Delivery:
    tasks.look_again.func(one.pk)
    one.refresh_from_db()
    return one


def unconfirmed(line: Line, plan: Plan, text: str = TEXT) -> Delivery:
    line.plan(plan)
    one = send(due(line, text))
    assert one.state == UNCONFIRMED
    return one


def settle(clock: Clock) -> None:
    clock.advance(seconds=settings.DELIVERY_SETTLES.total_seconds() + 1)


@pytest.fixture(scope="module")
def forgetful_mastodon() -> Iterator[MastodonMock]:
    """A stand-in for a server with Mastodon's API that takes no notice of the idempotency key."""
    with MastodonMock(ignore_idempotency=True) as server:
        yield server


@pytest.fixture(params=["bluesky", "mastodon", "mastodon that ignores keys"])
def any_line(request: pytest.FixtureRequest, db: Any, forgetful_mastodon: MastodonMock) -> Iterator[Line]:
    if request.param != "mastodon that ignores keys":
        yield from lay_line(request, request.param)
        return
    home = MastodonHome(request)
    home.server = forgetful_mastodon
    yield from lay_line(request, "mastodon", home)


class TestLooking:
    def test_what_is_found_is_sent(self, any_line: Line, clock: Clock) -> None:
        one = unconfirmed(any_line, DONE)
        clock.advance(seconds=6)
        look(one)
        assert (one.state, one.trouble, one.look_at, one.may_be_live) == (SENT, "", None, False)
        assert any_line.home.posts(any_line.account) == [one.remote_id]
        assert [(each.kind, each.outcome) for each in one.attempts.all()] == [("send", "unconfirmed"), ("look", "sent")]
        any_line.channel.refresh_from_db()
        assert any_line.channel.last_spoke_at

    def test_what_is_not_there_yet_stays_until_it_must_have_arrived_and_is_then_sent_once(
        self, any_line: Line, clock: Clock
    ) -> None:
        one = unconfirmed(any_line, LOST)
        clock.advance(seconds=6)
        assert look(one).state == UNCONFIRMED
        assert one.look_at
        assert one.look_at > clock.now()
        settle(clock)
        assert look(one).state == WAITING
        assert send(one).state == SENT
        assert any_line.posts() == [TEXT]
        assert any_line.home.posts(any_line.account) == [one.remote_id]
        assert [each.after["state"] for each in records.of(f"delivery:{one.pk}")] == [
            "sending",
            "unconfirmed",
            "waiting",
            "sending",
            "sent",
        ]
        assert not any(records.faults())

    def test_a_request_that_arrives_late_is_not_joined_by_a_second(self, any_line: Line, clock: Clock) -> None:
        """It was held up on its way, past the moment at which we gave it up, and came before the second sending."""
        one = unconfirmed(any_line, LOST)
        clock.advance(seconds=6)
        look(one)
        settle(clock)
        assert look(one).state == WAITING
        account = channel_queries.account(any_line.channel)
        arrived = registry.network(any_line.channel.network).publish(account, draft_of(one), one.key)
        assert send(one).state == SENT
        assert one.remote_id == arrived.remote_id
        assert any_line.posts() == [TEXT]

    def test_two_deliveries_with_the_same_words_never_claim_one_post(self, any_line: Line, clock: Clock) -> None:
        """The second, which never arrived, is looked for first, and may be given the post of the first."""
        first = unconfirmed(any_line, DONE)
        second = unconfirmed(any_line, LOST)
        settle(clock)
        look(second)
        look(first)
        for each in (first, second, first):
            send(each)
        assert (first.state, second.state) == (SENT, SENT)
        assert first.remote_id != second.remote_id
        assert any_line.posts() == [TEXT, TEXT]

    @pytest.mark.parametrize("seconds", [30, 100, 3000])
    def test_nor_does_one_claim_the_post_of_an_earlier_one(self, any_line: Line, clock: Clock, seconds: int) -> None:
        """However long ago that was; the networks look back a little, and their clocks are their own."""
        first = send(due(any_line))
        assert first.state == SENT
        Delivery.objects.filter(pk=first.pk).update(sent_at=first.sent_at - timedelta(seconds=seconds))
        second = unconfirmed(any_line, LOST)
        settle(clock)
        assert look(second).state == WAITING
        assert send(second).state == SENT
        assert second.remote_id != first.remote_id
        assert any_line.posts() == [TEXT, TEXT]

    def test_two_looks_at_the_same_moment_find_one_post_for_one_delivery(
        self, any_line: Line, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = unconfirmed(any_line, DONE)
        second = unconfirmed(any_line, LOST)
        if any_line.channel.network == "bluesky":
            pytest.skip("Bluesky's posts are found by the delivery's own key, and never for another.")
        monkeypatch.setattr(reconciling, "others_on_the_channel", lambda delivery: frozenset())
        clock.advance(seconds=6)
        assert look(first).state == SENT
        assert look(second).state == UNCONFIRMED
        assert "belongs to another delivery" in second.attempts.last().message
        assert second.look_at

    def test_looking_gets_rarer_and_then_it_is_a_persons_turn(self, mastodon_line: Line, clock: Clock) -> None:
        one = unconfirmed(mastodon_line, LOST)
        mastodon_line.proxy.when("GET", "/api/*", Plan(forward=False, answer=Answer(503)), times=None)
        waits = []
        while one.look_at:
            waits.append((one.look_at - clock.now()).total_seconds())
            clock.advance(seconds=waits[-1] + 1)
            look(one)
        assert len(waits) == reconciling.MOST_LOOKS
        assert waits[-1] > 100 * waits[0]
        assert one.state == UNCONFIRMED
        assert [each.status for each in one.attempts.filter(kind="look")] == [503] * reconciling.MOST_LOOKS
        author = one.revision.post.author
        assert Notice.objects.filter(user=author, text__contains="Look for yourself").count() == 1
        deciding.look_again(factories.person((Role.DESK, None)), one)
        assert Notice.objects.filter(user=author, text__contains="Look for yourself").count() == 1

    def test_a_token_that_is_revoked_meanwhile_breaks_the_connection(self, mastodon_line: Line, clock: Clock) -> None:
        one = unconfirmed(mastodon_line, DONE)
        mastodon_line.home.revoke(mastodon_line.account)
        clock.advance(seconds=6)
        assert look(one).state == UNCONFIRMED
        assert one.attempts.last().status == 401
        assert Connection.objects.get(channel=mastodon_line.channel).broken_since

    def test_an_answer_about_an_earlier_sending_does_not_move_a_later_one(
        self, mastodon_line: Line, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A look took so long that meanwhile the delivery was sent again and is unconfirmed anew."""
        one = unconfirmed(mastodon_line, LOST)
        settle(clock)
        stale = Delivery.objects.get(pk=one.pk)
        find = reconciling.find

        def slow(delivery: Delivery) -> None:
            monkeypatch.setattr(reconciling, "find", find)
            assert look(one).state == WAITING
            mastodon_line.plan(DONE)
            assert send(one).state == UNCONFIRMED

        monkeypatch.setattr(reconciling, "find", slow)
        assert reconciling.look(stale) is False
        assert send(one).state == UNCONFIRMED
        assert mastodon_line.posts() == [TEXT]


class TestPeople:
    """Alice writes for the library service; Bob contributes there; Charlie writes for another service."""

    @pytest.fixture
    def alice(self, mastodon_line: Line) -> User:
        return factories.person((Role.AUTHOR, mastodon_line.channel.service), name="Alice Marsh")

    def test_who_may_decide(self, mastodon_line: Line, alice: User) -> None:
        bob = factories.person((Role.CONTRIBUTOR, mastodon_line.channel.service), name="Bob Pike")
        charlie = factories.person((Role.AUTHOR, factories.service()), name="Charlie Finch")
        one = unconfirmed(mastodon_line, DONE)
        decisions = (deciding.look_again, deciding.it_is_there, deciding.send_again, deciding.cancel)
        for other in (bob, charlie):
            assert other.may("post.see", one) is (other == bob)
            for decide in decisions:
                with pytest.raises(PermissionDenied):
                    decide(other, one)
        one.refresh_from_db()
        assert one.state == UNCONFIRMED
        assert deciding.look_again(alice, one)
        one.refresh_from_db()
        assert one.state == SENT

    def test_look_again_names_who_looked(self, mastodon_line: Line, alice: User) -> None:
        one = unconfirmed(mastodon_line, DONE)
        assert deciding.look_again(alice, one)
        assert records.of(f"delivery:{one.pk}").last().actor_name == "Alice Marsh"
        with pytest.raises(ValidationError, match="meanwhile"):
            deciding.look_again(alice, Delivery.objects.get(pk=one.pk))

    def test_it_is_there_keeps_the_networks_own_id_where_it_can(self, mastodon_line: Line, alice: User) -> None:
        one = unconfirmed(mastodon_line, DONE)
        deciding.it_is_there(alice, one)
        one.refresh_from_db()
        assert (one.state, [one.remote_id]) == (SENT, mastodon_line.home.posts(mastodon_line.account))
        assert one.url
        assert records.of(f"delivery:{one.pk}").last().why == "Alice Marsh saw it there"

    def test_it_is_there_is_taken_on_a_persons_word(self, mastodon_line: Line, alice: User) -> None:
        one = unconfirmed(mastodon_line, DONE)
        mastodon_line.proxy.when("GET", "/api/*", Plan(forward=False, answer=Answer(503)), times=None)
        deciding.it_is_there(alice, one, "https://social.exampleshire.example/@records/1")
        one.refresh_from_db()
        assert (one.state, one.remote_id) == (SENT, "")
        assert one.url == "https://social.exampleshire.example/@records/1"
        with pytest.raises(ValidationError, match="meanwhile"):
            deciding.it_is_there(alice, Delivery.objects.get(pk=one.pk))

    @pytest.mark.django_db(transaction=True)
    def test_send_again_waits_until_the_first_must_have_arrived(
        self, mastodon_line: Line, alice: User, clock: Clock
    ) -> None:
        one = unconfirmed(mastodon_line, LOST)
        DBTaskResult.objects.all().delete()
        deciding.send_again(alice, one)
        assert DBTaskResult.objects.ready().count() == 1
        assert send(one).state == WAITING
        settle(clock)
        assert send(one).state == SENT
        assert mastodon_line.posts() == [TEXT]

    def test_send_again_asks_the_network_first(self, any_line: Line, clock: Clock) -> None:
        one = unconfirmed(any_line, DONE)
        deciding.send_again(factories.person((Role.DESK, None)), one)
        settle(clock)
        assert send(one).state == SENT
        assert any_line.posts() == [TEXT]
        assert any_line.requests() == 1

    def test_send_again_goes_out_even_if_the_network_cannot_be_asked(
        self, mastodon_line: Line, alice: User, clock: Clock
    ) -> None:
        one = unconfirmed(mastodon_line, LOST)
        mastodon_line.proxy.when("GET", "/api/*", Plan(forward=False, answer=Answer(503)), times=None)
        deciding.send_again(alice, one)
        settle(clock)
        assert send(one).state == SENT
        assert mastodon_line.posts() == [TEXT]

    def test_what_may_be_live_is_not_called_failed(self, mastodon_line: Line, alice: User, clock: Clock) -> None:
        """Nobody could tell about the first sending, and the second was refused: that says nothing of the first."""
        one = unconfirmed(mastodon_line, DONE)
        mastodon_line.proxy.when("GET", "/api/*", Plan(forward=False, answer=Answer(503)), times=None)
        mastodon_line.plan(Plan(forward=False, answer=Answer(422)))
        deciding.send_again(alice, one)
        settle(clock)
        assert send(one).state == UNCONFIRMED
        assert "the first time" in one.trouble
        mastodon_line.proxy.reset()
        clock.advance(seconds=6)
        assert look(one).state == SENT

    def test_a_failed_one_is_sent_again_at_once(self, mastodon_line: Line, alice: User) -> None:
        mastodon_line.plan(Plan(forward=False, answer=Answer(422)))
        one = send(due(mastodon_line))
        assert one.state == FAILED
        deciding.send_again(alice, one)
        assert send(one).state == SENT
        assert mastodon_line.posts() == [TEXT]
        with pytest.raises(ValidationError, match="meanwhile"):
            deciding.send_again(alice, one)

    def test_cancel(self, mastodon_line: Line, alice: User, clock: Clock) -> None:
        waiting = due(mastodon_line, "Waiting")
        deciding.cancel(alice, waiting)
        mastodon_line.plan(Plan(forward=False, answer=Answer(422)))
        failed = send(due(mastodon_line, "Failed"))
        deciding.cancel(alice, failed)
        unsure = unconfirmed(mastodon_line, DONE, "Unconfirmed")
        with pytest.raises(ValidationError, match="no longer"):
            deciding.cancel(alice, unsure)
        for each in (waiting, failed):
            each.refresh_from_db()
            assert each.state == CANCELLED
            assert send(each).state == CANCELLED
        assert mastodon_line.posts() == ["Unconfirmed"]

    def test_what_may_be_live_cannot_be_cancelled_while_it_is_sent_again(
        self, mastodon_line: Line, alice: User
    ) -> None:
        one = unconfirmed(mastodon_line, DONE)
        deciding.send_again(alice, one)
        one.refresh_from_db()
        assert one.state == WAITING
        with pytest.raises(ValidationError):
            deciding.cancel(alice, one)
