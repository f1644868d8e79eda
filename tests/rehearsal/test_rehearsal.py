"""The practice network: it keeps what it was sent, within the limits of another, and goes wrong when told to."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.networks import registry
from moothall.networks.base import Account, Draft, Media, Profile
from moothall.networks.errors import NeedsReconnect, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.publishing import delivery, reconciling
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
    delivery.send(claimed)
    row.refresh_from_db()
    assert row.state == "unconfirmed"
    assert reconciling.look(Delivery.objects.get(pk=row.pk)) is False
    actions.speak_up(alice, Sent.objects.get())
    assert reconciling.look(Delivery.objects.get(pk=row.pk)) is True
    row.refresh_from_db()
    assert row.state == "sent"
    assert Sent.objects.get().times == 1
