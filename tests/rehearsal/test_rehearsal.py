"""The practice network: it keeps what it was sent, within the limits of another, and goes wrong when told to."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.networks import registry
from moothall.networks.base import Account, Card, Draft, Media, MediaKind, Profile, Reply
from moothall.networks.errors import NeedsReconnect, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.publishing import delivery, reconciling, sending
from moothall.publishing.models import Delivery
from moothall.records.models import Record
from moothall.rehearsal import actions
from moothall.rehearsal.models import Fault, PracticeAccount, Sent
from moothall.rehearsal.network import BUSY_FOR, Rehearsal
from tests import factories
from tests.newsroom.conftest import media

pytestmark = pytest.mark.django_db

REHEARSAL = Rehearsal()
US = Account("1", "libraries", {"like": "bluesky"})
NOBODY: frozenset[str] = frozenset()


@pytest.fixture
def account(db: None) -> PracticeAccount:
    REHEARSAL.identify(US)
    return PracticeAccount.objects.get(handle="libraries")


@pytest.fixture
def alice(db: None) -> User:
    return factories.person((Role.AUTHOR, factories.service("Libraries")))


def key(number: int = 0) -> str:
    return make_key(clock.now(), number)


def publish(text: str = "Story time.", pictures: tuple[Media, ...] = (), with_key: str = "") -> str:
    return REHEARSAL.publish(US, Draft(text, pictures), with_key or key()).remote_id


def look(with_key: str) -> bool:
    return REHEARSAL.find(US, Draft("Story time."), with_key, NOBODY) is not None


def test_it_keeps_what_it_was_sent(account: PracticeAccount) -> None:
    publish("Story time.", media("A cushion", ""))
    sent = Sent.objects.get()
    assert (sent.handle, sent.text, sent.times) == ("libraries", "Story time.", 1)
    assert [each["alt"] for each in sent.media] == ["A cushion", ""]


def test_the_same_key_is_one_post_and_the_second_sending_is_counted(account: PracticeAccount) -> None:
    once = key()
    assert publish(with_key=once) == publish(with_key=once)
    assert Sent.objects.get().times == 2


@pytest.mark.parametrize("like", ["bluesky", "mastodon", "newsroom"])
def test_it_has_the_limits_of_the_network_that_was_picked(db: None, like: str) -> None:
    identity = REHEARSAL.identify(Account("1", "libraries", {"like": like}))
    assert identity.limits == registry.network(like).limits
    over = "x" * (identity.limits.characters + 1)
    assert next(each.code for each in REHEARSAL.check(Draft(over), identity.limits)) == "too_long"
    assert like in {value for value, _ in REHEARSAL.credential_fields[0].choices}


def test_a_long_link_weighs_what_it_would_on_the_network_that_was_picked(db: None) -> None:
    text = "See https://example.com/" + "a" * 600
    for like, codes in (("mastodon", []), ("bluesky", ["too_long"])):
        limits = REHEARSAL.identify(Account("1", "libraries", {"like": like})).limits
        assert [each.code for each in REHEARSAL.check(Draft(text), limits)] == codes


def test_without_a_pick_it_has_its_own_limits(db: None) -> None:
    assert REHEARSAL.identify(Account("1", "libraries", {"like": ""})).limits == Rehearsal.limits
    assert "rehearsal" not in {value for value, _ in REHEARSAL.credential_fields[0].choices}


def test_it_offers_what_the_other_networks_offer(db: None) -> None:
    names = {field.name for field in REHEARSAL.post_fields}
    assert names == {
        field.name for slug in ("bluesky", "mastodon", "newsroom") for field in registry.network(slug).post_fields
    }


def test_it_keeps_options_card_and_what_moves(alice: User, account: PracticeAccount, signed_in: Any) -> None:
    us = Account("1", "libraries", {"like": "mastodon"})
    video = Media(Path("a.mp4"), "video/mp4", 64, 48, 999, "Ember barks", MediaKind.VIDEO, 2.5, None, Path("a.vtt"))
    options = {"content_warning": "<Fire>", "visibility": "unlisted", "reply_controls": ""}
    card = Card("https://www.exampleshire.example/fire", "Fire safety", "What to do.")
    REHEARSAL.publish(us, Draft("Look!", (video,), options=options, card=card), key())
    sent = Sent.objects.get()
    assert sent.options == options
    assert sent.card == {"url": card.url, "title": "Fire safety", "description": "What to do.", "image": False}
    assert (sent.media[0]["kind"], sent.media[0]["seconds"], sent.media[0]["captions"]) == ("video", 2.5, "en")
    page = signed_in(alice).get("/rehearsal/").content.decode()
    for words in (
        "Content warning: &lt;Fire&gt;",
        "Who sees it: Everybody, but quietly",
        "Link card: Fire safety: What to do.",
        "Video, 2.5 seconds",
        "(with captions)",
    ):
        assert words in page
    assert "Who may reply" not in page, "Nothing was said about that."


def test_it_refuses_what_the_network_that_was_picked_refuses(account: PracticeAccount) -> None:
    bluesky, mastodon = (Account("1", "libraries", {"like": like}) for like in ("bluesky", "mastodon"))
    warned = Draft("x" * 299, options={"content_warning": "Fire"})
    REHEARSAL.publish(mastodon, warned, key())
    with pytest.raises(Rejected, match="1 character too long"):
        REHEARSAL.publish(bluesky, Draft("x" * 301), key(1))
    with pytest.raises(Rejected, match="not a choice"):
        REHEARSAL.publish(bluesky, Draft("Hello.", options={"visibility": "direct"}), key(2))
    assert Sent.objects.count() == 1


def test_a_thread_is_shown_as_replies(alice: User, account: PracticeAccount, signed_in: Any) -> None:
    one = publish("One.")
    two = REHEARSAL.publish(US, Draft("Two.", reply=Reply(one, one)), key(1)).remote_id
    assert Sent.objects.get(key=two).reply_to == one
    assert f'href="#{one}">in reply to' in signed_in(alice).get("/rehearsal/").content.decode()
    REHEARSAL.delete(US, one)
    with pytest.raises(Rejected, match="removed from the practice network"):
        REHEARSAL.publish(US, Draft("Three.", reply=Reply(one, one)), key(2))
    assert REHEARSAL.publish(US, Draft("Two.", reply=Reply(one, one)), two).remote_id == two


def switch(alice: User, account: PracticeAccount, fault: Fault, left: int = 1) -> None:
    actions.switch_fault(alice, account, fault, left)


def test_busy(alice: User, account: PracticeAccount) -> None:
    switch(alice, account, Fault.BUSY)
    with pytest.raises(Temporary) as said:
        publish()
    assert (said.value.retry_after, said.value.status) == (BUSY_FOR, 429)
    assert not Sent.objects.exists()
    publish()


def test_refuses(alice: User, account: PracticeAccount) -> None:
    switch(alice, account, Fault.REFUSES)
    with pytest.raises(Rejected) as said:
        publish()
    assert (said.value.words, said.value.status) == ("Not acceptable here", 422)
    assert not Sent.objects.exists()


def test_signed_out(alice: User, account: PracticeAccount) -> None:
    switch(alice, account, Fault.SIGNED_OUT, 2)
    with pytest.raises(NeedsReconnect):
        REHEARSAL.identify(US)
    for _ in range(2):
        with pytest.raises(NeedsReconnect):
            publish()
    REHEARSAL.identify(US)
    publish()


def test_lost_answer(alice: User, account: PracticeAccount) -> None:
    switch(alice, account, Fault.LOST_ANSWER)
    once = key()
    with pytest.raises(OutcomeUnknown):
        publish(with_key=once)
    assert look(once), "It took the post."


def test_lost_request(alice: User, account: PracticeAccount) -> None:
    switch(alice, account, Fault.LOST_REQUEST)
    once = key()
    with pytest.raises(OutcomeUnknown):
        publish(with_key=once)
    assert not look(once), "It never got the post."


def test_silent_until_somebody_lets_it_speak(alice: User, account: PracticeAccount) -> None:
    switch(alice, account, Fault.SILENT)
    once = key()
    with pytest.raises(OutcomeUnknown):
        publish(with_key=once)
    with pytest.raises(Temporary, match="will not say"):
        look(once)
    actions.speak_up(alice, Sent.objects.get())
    assert look(once)


def test_a_fault_ends_after_its_posts_and_others_are_untouched(alice: User, account: PracticeAccount) -> None:
    REHEARSAL.identify(Account("2", "highways", {}))
    switch(alice, account, Fault.REFUSES, 3)
    REHEARSAL.publish(Account("2", "highways", {}), Draft("Gritters are out."), key())
    for _ in range(3):
        with pytest.raises(Rejected):
            publish()
    publish()
    switch(alice, account, Fault.REFUSES, 1000)
    switch(alice, account, Fault.REFUSES, 0)
    publish()


def test_a_post_taken_down_is_gone_and_its_absence_no_error(account: PracticeAccount) -> None:
    once = publish()
    for _ in range(2):
        REHEARSAL.delete(US, once)
    assert not look(once)


def test_its_name_follows_the_channels(account: PracticeAccount) -> None:
    REHEARSAL.show_profile(
        US, Profile("Libraries (practice)", "", "service", "Libraries", is_public=False, is_closed=False)
    )
    account.refresh_from_db()
    assert account.display_name == "Libraries (practice)"


def test_switching_is_recorded_whatever_the_length_of_the_handle(alice: User, db: None) -> None:
    long = PracticeAccount.objects.create(handle="x" * 253, display_name="Long")
    switch(alice, long, Fault.BUSY)
    record = Record.objects.get(kind="rehearsal.fault")
    assert (record.actor_name, record.after["fault"], record.after["handle"]) == (alice.name, "busy", "x" * 253)


def test_a_colleague_without_a_role_may_not_switch_anything(account: PracticeAccount) -> None:
    colleague = factories.person()
    with pytest.raises(PermissionDenied):
        switch(colleague, account, Fault.BUSY)
    with pytest.raises(PermissionDenied):
        actions.speak_up(colleague, Sent(pk=1))


def test_the_page_shows_what_was_sent_and_switches_faults(
    alice: User, account: PracticeAccount, signed_in: Any
) -> None:
    publish("<script>alert(1)</script> Story time.", media("A cushion"))
    browser = signed_in(alice)
    page = browser.get("/rehearsal/").content.decode()
    assert "Story time." in page
    assert "A cushion" in page
    assert "<script>alert" not in page
    done = browser.post("/rehearsal/", {"account": account.pk, "fault": "silent", "left": "3"}, follow=True)
    assert "The fault is on." in done.content.decode()
    assert "3 more posts." in done.content.decode()
    with pytest.raises(OutcomeUnknown):
        publish("Quiet.")
    page = browser.get("/rehearsal/").content.decode()
    assert "keeps silent about this post" in page
    browser.post(f"/rehearsal/sent/{Sent.objects.get(text='Quiet.').pk}/speak-up/")
    browser.post(f"/rehearsal/faults/{account.pk}/off/")
    account.refresh_from_db()
    assert account.left == 0
    assert "There is a problem" in browser.post("/rehearsal/", {"account": "", "fault": "x"}).content.decode()


@pytest.fixture
def channel(db: None) -> Channel:
    made = factories.channel(network="rehearsal", handle="libraries", service=factories.service("Libraries"))
    factories.connect(made, like="")
    return made


def test_a_silent_fault_makes_an_honest_unconfirmed_that_reconciles(alice: User, channel: Channel) -> None:
    """The practice that the first-post guide promises."""
    switch(alice, PracticeAccount.objects.get(), Fault.SILENT)
    (row,) = factories.approved(channel)
    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)
    row.refresh_from_db()
    assert row.state == "unconfirmed"
    assert reconciling.look(Delivery.objects.get(pk=row.pk)) is False
    actions.speak_up(alice, Sent.objects.get())
    assert reconciling.look(Delivery.objects.get(pk=row.pk)) is True
    row.refresh_from_db()
    assert row.state == "sent"
    assert Sent.objects.get().times == 1
