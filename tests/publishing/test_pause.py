"""Pause everything: Dell of the comms desk may, Bob of the libraries decides about his posts, Charlie has others."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import localtime
from moothall.publishing import deciding, delivery, holding, pausing, sending, switch, tasks
from moothall.publishing.models import Attempt, Delivery, DeliveryState, Pause
from moothall.records.models import Record
from tests import factories
from tests.peers.proxy import Plan, Step
from tests.publishing.conftest import Clock, Line, lay_line, said, send_all

pytestmark = pytest.mark.django_db

WHY = "The river is in the high street."


@pytest.fixture
def highways(db: None) -> Channel:
    return factories.connected(service=factories.service("Highways"), handle="highways", display_name="Highways")


@pytest.fixture
def bob(libraries: Service) -> User:
    return factories.person((Role.AUTHOR, libraries), name="Bob Barrow")


@pytest.fixture
def dell(db: None) -> User:
    return factories.person((Role.DESK, None), name="Dell Desk")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


# --- What it stops ----------------------------------------------------------------------------------------------------


def test_dell_pauses_and_bob_does_not(bob: User, dell: User) -> None:
    with pytest.raises(PermissionDenied):
        switch.begin(bob, WHY)
    with pytest.raises(ValidationError, match="Say why"):
        switch.begin(dell, "  ")
    pause = switch.begin(dell, WHY)
    with pytest.raises(PermissionDenied):
        switch.end(bob, pause)
    switch.end(dell, pause)
    with pytest.raises(ValidationError, match="ended already"):
        switch.end(dell, pause)
    kept = Record.objects.filter(ref=f"pause:{pause.pk}").values_list("kind", "actor_name", "why")
    assert list(kept) == [("publishing.paused", "Dell Desk", WHY), ("publishing.resumed", "Dell Desk", "")]


def test_nothing_is_claimed_and_nothing_goes_out_when_it_ends(channel: Channel, dell: User, clock: Clock) -> None:
    factories.approved(channel)
    pause = switch.begin(dell, WHY)
    assert delivery.claim(channel.pk) is None
    assert delivery.ready_channels() == []
    switch.end(dell, pause)
    assert states() == ["held"]
    clock.advance(days=2)
    tasks.sweep()
    send_all(channel)
    assert said(channel) == []
    row = Delivery.objects.get()
    assert row.trouble == f"Posts were paused: {WHY}"
    assert "is held on" in Notice.objects.get(user=row.revision.post.author, text__contains=" is held on").text


def test_the_sweep_holds_what_falls_due_while_it_lasts_and_what_is_later_still_goes(
    channel: Channel, dell: User, clock: Clock
) -> None:
    [soon], [later] = factories.approved(channel, text="Soon"), factories.approved(channel, text="Later")
    Delivery.objects.filter(pk=soon.pk).update(due_at=clock.now() + timedelta(hours=1))
    Delivery.objects.filter(pk=later.pk).update(due_at=clock.now() + timedelta(hours=5))
    pause = switch.begin(dell, WHY)
    tasks.sweep()
    assert states() == ["waiting", "waiting"]
    clock.advance(hours=2)
    tasks.sweep()
    assert states() == ["held", "waiting"]
    switch.end(dell, pause)
    clock.advance(hours=4)
    send_all(channel)
    assert (states(), said(channel)) == (["held", "sent"], ["Later"])


def test_who_is_cut_off_while_ending_a_pause_ends_it_again_and_nothing_slips_out(
    channel: Channel, dell: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        factories.approved(channel, text=f"Post {number}")
    pause = switch.begin(dell, WHY)
    held: list[int] = []

    def hold(each: Delivery, why: str) -> bool:
        if len(held) == 2:
            raise KeyboardInterrupt
        held.append(each.pk)
        return delivery.hold(each, why)

    with monkeypatch.context() as patched:
        patched.setattr(holding, "hold", hold)
        with pytest.raises(KeyboardInterrupt):
            switch.end(dell, pause)
    assert states() == ["held", "held", "waiting", "waiting"], "what was held stays held"
    assert pausing.current().get() == pause
    send_all(channel)
    switch.end(dell, pause)
    send_all(channel)
    assert (states(), said(channel)) == (["held"] * 4, [])


def test_what_falls_due_while_a_pause_is_being_ended_is_held_too(
    channel: Channel, dell: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.approved(channel, text="Before")
    pause = switch.begin(dell, WHY)

    def hold(each: Delivery, why: str) -> bool:
        if Delivery.objects.count() == 1:
            factories.approved(channel, text="Meanwhile")
        return delivery.hold(each, why)

    monkeypatch.setattr(holding, "hold", hold)
    switch.end(dell, pause)
    send_all(channel)
    assert (states(), said(channel)) == (["held", "held"], [])


def test_a_pause_of_one_service_leaves_the_others_going(
    channel: Channel, highways: Channel, libraries: Service, dell: User
) -> None:
    factories.approved(channel, text="From the libraries")
    factories.approved(highways, text="From the highways")
    pause = switch.begin(dell, WHY, [libraries])
    assert pausing.words(pause) == "Posts of Libraries are paused"
    assert delivery.ready_channels() == [highways.pk]
    tasks.sweep()
    for each in (channel, highways):
        send_all(each)
    assert (said(channel), said(highways)) == ([], ["From the highways"])
    assert states() == ["held", "sent"]


def test_two_pauses_at_once_each_hold(channel: Channel, libraries: Service, dell: User) -> None:
    factories.approved(channel)
    everything, ours = switch.begin(dell, WHY), switch.begin(dell, "A court order.", [libraries])
    switch.end(dell, everything)
    [row] = Delivery.objects.all()
    with pytest.raises(ValidationError, match="still paused: A court order"):
        deciding.release(dell, row)
    switch.end(dell, ours)
    deciding.release(dell, row)
    send_all(channel)
    assert len(said(channel)) == 1


def test_a_pause_between_the_claim_and_the_sending_stops_it_on_our_own_network_too(
    channel: Channel, dell: User
) -> None:
    factories.approved(channel)
    claimed = delivery.claim(channel.pk)
    assert claimed
    switch.begin(dell, WHY)
    sending.send(claimed)
    assert said(channel) == []
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.may_be_live) == ("waiting", 0, False)
    assert Attempt.objects.get().message == f"Posts are paused: {WHY}"
    holding.hold_paused()
    assert states() == ["held"]


@pytest.mark.django_db(transaction=True)
class TestInFlight:
    """A real sending through a slow line: its picture is under way when the pause comes."""

    @pytest.fixture
    def slow_line(self, request: pytest.FixtureRequest, transactional_db: None) -> Any:
        yield from lay_line(request, request.param)

    @pytest.mark.parametrize(
        ("slow_line", "upload"),
        [("mastodon", "/api/v*/media"), ("bluesky", "/xrpc/com.atproto.repo.uploadBlob")],
        indirect=["slow_line"],
    )
    def test_it_halts_before_its_next_request(self, slow_line: Line, upload: str) -> None:
        dell = factories.person((Role.DESK, None))
        factories.approved(slow_line.channel, pictures=1)
        rule = slow_line.proxy.when("POST", upload, Plan(hold_answer=True))
        worker = Thread(target=self.work, args=[slow_line.channel])
        worker.start()
        try:
            rule.wait(Step.ANSWERED)
            pause = switch.begin(dell, WHY)
        finally:
            rule.release()
            worker.join(20)
        assert not worker.is_alive()
        assert slow_line.requests() == 0, "The request that makes the post was never written."
        assert slow_line.posts() == []
        row = Delivery.objects.get()
        assert (row.state, row.may_be_live) == (DeliveryState.WAITING, False), "We know that it did not go out."
        tasks.sweep()
        switch.end(dell, pause)
        row.refresh_from_db()
        assert row.state == DeliveryState.HELD
        deciding.release(dell, row)
        send_all(slow_line.channel)
        assert len(slow_line.posts()) == 1

    def work(self, channel: Channel) -> None:
        try:
            send_all(channel)
        finally:
            connection.close()


# --- Deciding on what is held -----------------------------------------------------------------------------------------


@pytest.fixture
def held(channel: Channel, dell: User) -> Delivery:
    factories.approved(channel)
    switch.end(dell, switch.begin(dell, WHY))
    return Delivery.objects.select_related("revision__post", "channel").get()


def test_who_decides_on_what_is_held(held: Delivery, bob: User, dell: User, clock: Clock) -> None:
    charlie = factories.person((Role.LEAD, factories.service("Highways")))
    for act in (deciding.release, deciding.cancel):
        with pytest.raises(PermissionDenied):
            act(charlie, held)
    assert holding.held(charlie) == []
    assert [each for each, _ in holding.held(bob)] == [held]
    with pytest.raises(ValidationError, match="has passed"):
        deciding.release(bob, held, clock.now() - timedelta(minutes=1))
    later = clock.now() + timedelta(hours=3)
    deciding.release(bob, held, later)
    held.refresh_from_db()
    assert (held.state, held.due_at) == ("waiting", later)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        deciding.release(dell, held)


def test_each_held_item_has_its_buttons_on_the_page(
    held: Delivery, channel: Channel, bob: User, signed_in: Any, clock: Clock
) -> None:
    browser = signed_in(bob)
    for path in ("/posts/held/", "/today/", f"/posts/{held.revision.post_id}/"):
        page = text_of(browser.get(path))
        assert "Story time at ten." in page, path
        assert WHY in page, path
    again = f"/deliveries/{held.pk}/release-later/"
    wrong = text_of(browser.post(again, {f"release_{held.pk}-at_day": "2031-02-03", "back": "held"}))
    assert "Give both the date and the time." in wrong
    assert "2031-02-03" in wrong
    chosen = localtime.local(clock.now() + timedelta(days=2))
    values = {f"release_{held.pk}-at_day": f"{chosen:%Y-%m-%d}", f"release_{held.pk}-at_time": "09:30", "back": "held"}
    done = browser.post(again, values, follow=True)
    assert "It has a new time." in text_of(done)
    assert done.redirect_chain[-1][0] == "/posts/held/"
    held.refresh_from_db()
    assert localtime.local(held.due_at).strftime("%d %H:%M") == f"{chosen:%d} 09:30"


@pytest.mark.parametrize(("what", "state"), [("release", "waiting"), ("cancel", "cancelled")])
def test_send_now_or_cancel_on_the_page(held: Delivery, bob: User, signed_in: Any, what: str, state: str) -> None:
    done = signed_in(bob).post(f"/deliveries/{held.pk}/{what}/", {"back": "held"}, follow=True)
    assert "Nothing is held." in text_of(done)
    assert states() == [state]


def test_a_thread_is_held_and_let_go_as_one(channel: Channel, dell: User, bob: User) -> None:
    factories.approved(channel, text="One.\n---\nTwo.\n---\nThree.")
    switch.end(dell, switch.begin(dell, WHY))
    assert states() == ["held"] * 3
    [(first, parts)] = holding.held(bob)
    assert (first.part, parts) == (1, 3)
    deciding.release(bob, first)
    send_all(channel)
    assert states() == ["sent"] * 3


# --- What people see --------------------------------------------------------------------------------------------------


def test_everybody_sees_it_and_the_desk_is_one_click_away(
    bob: User, dell: User, channel: Channel, signed_in: Any
) -> None:
    desk, author = signed_in(dell), signed_in(bob)
    assert 'href="/posts/pause/"' in text_of(desk.get("/today/"))
    assert 'href="/posts/pause/"' not in text_of(author.get("/today/"))
    assert author.get("/posts/pause/").status_code == 403
    empty = text_of(desk.post("/posts/pause/", {"reason": " ", "services": [channel.service_id]}))
    assert "Say why: contributors see it" in empty
    assert "checked" in empty
    factories.approved(channel)
    desk.post("/posts/pause/", {"reason": WHY})
    for path in ("/today/", "/posts/", "/register/"):
        assert f"All posts are paused:</strong> {WHY}" in text_of(author.get(path)), path
    assert "Nothing of this goes out" in text_of(author.get(f"/posts/{Delivery.objects.get().revision.post_id}/"))
    ended = desk.post(f"/posts/pause/{Pause.objects.get().pk}/end/", follow=True)
    assert ended.redirect_chain[-1][0] == "/posts/held/"
    assert "Story time at ten." in text_of(ended)
    assert WHY not in text_of(author.get("/register/"))


def test_the_authors_concerned_are_told(
    channel: Channel, highways: Channel, libraries: Service, dell: User, clock: Clock
) -> None:
    [ours], [far] = factories.approved(channel), factories.approved(channel, text="Next week")
    [theirs] = factories.approved(highways)
    Delivery.objects.filter(pk=far.pk).update(due_at=clock.now() + timedelta(days=7))
    Notice.objects.all().delete()
    pause = switch.begin(dell, WHY, [libraries])
    assert {each.user for each in Notice.objects.all()} == {ours.revision.post.author}
    assert WHY in Notice.objects.get().text
    switch.end(dell, pause)
    last = Notice.objects.filter(text__startswith="Dell Desk ended").values_list("user", flat=True)
    assert list(last) == [ours.revision.post.author_id]
    assert theirs.revision.post.author_id not in Notice.objects.values_list("user", flat=True)
