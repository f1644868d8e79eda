"""A model of all that can happen to deliveries, in any order, on a network with or without a memory for keys.

Hypothesis plays the workers, the network, the clock and the people. Whatever it comes up with: never two posts of one
delivery, and in the end one for each that was not refused or cancelled.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock as core_clock
from moothall.core import http
from moothall.networks import registry
from moothall.networks.base import Account, Draft, Limits, Published
from moothall.networks.errors import NeedsReconnect, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.publishing import deciding, delivery, holding, pausing, reconciling, sending, switch, tasks
from moothall.publishing.delivery import CANCELLED, FAILED, HELD, SENDING, SENT, UNCONFIRMED, WAITING, Claim
from moothall.publishing.models import Attempt, Delivery, Post, Revision
from moothall.records import queries as records
from tests import factories

START = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
LOOK_BACK = timedelta(minutes=2)
SHARED = "The same words"
WAITS = (6, 6, 31, 61, 151, 2000)


class Killed(BaseException):
    """The worker dies here: nothing after this line happens."""


@dataclass
class Stands:
    """A post on the network, or (``at`` is still to come) a request on its way there."""

    remote_id: str
    account: str
    text: str
    key: str
    at: datetime
    parent: str
    """The remote id to which it replies; empty for the first part of a thread."""


class Ledger:
    """The test's own network, which takes notice of keys or does not. With the next post it does what ``fate`` says."""

    slug = label = "ledger"
    limits = Limits(characters=500)
    credential_fields = ()
    find_is_authoritative = True

    def __init__(self, remembers_keys: bool = False) -> None:
        self.remembers_keys = remembers_keys
        self.empty()

    def empty(self) -> None:
        self.now = START
        self.stands: list[Stands] = []
        self.fate = "ok"
        self.is_mute = False
        self._number = itertools.count(1)

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        http.ask_before_sending()
        assert not pausing.current().exists(), "Something went out during a pause"
        match self.fate:
            case "busy":
                raise Temporary("Busy.", status=429, retry_after=timedelta(seconds=40))
            case "refused":
                raise Rejected("No.", status=422)
            case "signed out":
                raise NeedsReconnect("Who are you?", status=401)
            case "lost":
                raise OutcomeUnknown("No answer.")
            case "killed before":
                raise Killed
        made = self._make(account, draft, key)
        match self.fate:
            case "no answer" | "late and no answer":
                raise OutcomeUnknown("No answer.")
            case "killed after" | "killed, and late":
                raise Killed
            case "nonsense":
                raise ArithmeticError("No adapter should raise this.")
        return Published(made.remote_id, f"https://ledger.example/{made.remote_id}")

    def _make(self, account: Account, draft: Draft, key: str) -> Stands:
        if self.remembers_keys:
            for each in self.stands:
                if (each.account, each.key) == (account.ref, key):
                    each.at = min(each.at, self.now)  # the second request overtakes the first
                    return each
        late = timedelta(seconds=30 if "late" in self.fate else 0)
        parent = draft.reply.parent if draft.reply else ""
        made = Stands(str(next(self._number)), account.ref, draft.text, key, self.now + late, parent)
        self.stands.append(made)
        return made

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        if self.is_mute:
            raise Temporary("Not now.")
        for each in self.visible():
            is_new = draft.dated is None or each.at >= draft.dated - LOOK_BACK
            if (each.account, each.text) == (account.ref, draft.text) and is_new and each.remote_id not in not_these:
                return Published(each.remote_id, f"https://ledger.example/{each.remote_id}")
        return None

    def visible(self) -> list[Stands]:
        return [each for each in self.stands if each.at <= self.now]


FATES = (
    "ok",
    "busy",
    "refused",
    "signed out",
    "lost",
    "no answer",
    "late and no answer",
    "late and no answer",
    "nonsense",
    "killed before",
    "killed after",
    "killed, and late",
)


class Deliveries(RuleBasedStateMachine):
    """Two channels, any number of workers, one person. ``network`` and ``people`` are set by the test."""

    network: Ledger
    channels: list[Channel]
    desk: User

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.network.empty()
        self.held: list[Claim] = []
        self.number = itertools.count(1)

    # --- What can happen ---

    @rule(channel=st.integers(0, 1), shared=st.booleans(), fate=st.sampled_from(FATES))
    def post(self, channel: int, shared: bool, fate: str) -> None:
        """Something is approved, and a worker sends what is next on that channel."""
        self.approve(channel, shared)
        self.work(channel, fate)

    @rule(channel=st.integers(0, 1), parts=st.integers(2, 4), fates=st.lists(st.sampled_from(FATES), max_size=3))
    def thread(self, channel: int, parts: int, fates: list[str]) -> None:
        """A thread is approved, and a worker sends some of it."""
        self.approve(channel, False, parts)
        for fate in fates:
            self.work(channel, fate)

    @rule()
    def pause(self) -> None:
        if not pausing.current().exists():
            switch.begin(self.desk, "Something happened")

    @rule()
    def resume(self) -> None:
        for pause in pausing.current():
            switch.end(self.desk, pause)

    @rule(which=st.integers(0, 2))
    def person_releases(self, which: int) -> None:
        for one in Delivery.objects.filter(state=HELD)[which : which + 1]:
            try:
                deciding.release(self.desk, one)
            except ValidationError:
                assert pausing.current().exists()

    @rule(channel=st.integers(0, 1), fate=st.sampled_from(FATES))
    def work(self, channel: int, fate: str) -> None:
        claimed = delivery.claim(self.channels[channel].pk)
        if claimed:
            self.send(claimed, fate)

    @rule(channel=st.integers(0, 1))
    def stand_still(self, channel: int) -> None:
        """A worker claims, and its machine is suspended."""
        self.approve(channel, False)
        claimed = delivery.claim(self.channels[channel].pk)
        if claimed:
            self.held.append(claimed)

    @rule(channel=st.integers(0, 1), fate=st.sampled_from(FATES))
    def oversleep(self, channel: int, fate: str) -> None:
        """The same, and by the time it wakes up another worker has long done what it believes is its own to do."""
        self.stand_still(channel)
        for seconds in (151, 61, 6):
            self.go_on(seconds)
        if self.held:
            self.wake_up(fate)

    @precondition(lambda self: self.held)
    @rule(fate=st.sampled_from(FATES))
    def wake_up(self, fate: str) -> None:
        self.send(self.held.pop(0), fate)

    @rule(seconds=st.sampled_from(WAITS))
    def stand_idle(self, seconds: int) -> None:
        """Time passes, and nobody does what falls due."""
        self.network.now += timedelta(seconds=seconds)
        delivery.end_leases()

    @rule(seconds=st.sampled_from(WAITS), is_mute=st.booleans())
    def go_on(self, seconds: int, is_mute: bool = False) -> None:
        """Time passes, and a worker does what falls due."""
        self.stand_idle(seconds)
        self.network.is_mute = is_mute
        for unsure in reconciling.due():
            tasks.look_again.func(unsure.pk)
        self.network.is_mute = False  # who has it sent again although the network is mute takes the risk of a double
        holding.hold_paused()
        self.send_all()

    @rule(is_mute=st.booleans())
    def person_looks(self, is_mute: bool) -> None:
        self.network.is_mute = is_mute
        for unsure in Delivery.objects.filter(state=UNCONFIRMED):
            deciding.look_again(self.desk, unsure)
        self.network.is_mute = False

    @rule()
    def person_sends_again(self) -> None:
        for one in Delivery.objects.filter(state__in=[UNCONFIRMED, FAILED]):
            deciding.send_again(self.desk, one)

    @rule()
    def person_sees_it_there(self) -> None:
        for one in Delivery.objects.filter(state=UNCONFIRMED).exclude(text=SHARED):
            if any(each.key == one.key for each in self.network.visible()):
                deciding.it_is_there(self.desk, one)

    @rule(which=st.integers(0, 2))
    def person_cancels(self, which: int) -> None:
        for one in Delivery.objects.filter(state__in=[WAITING, FAILED])[which : which + 1]:
            try:
                deciding.cancel(self.desk, one)
            except ValidationError:
                assert one.is_insisted
                assert one.may_be_live

    def approve(self, channel: int, shared: bool, parts: int = 1) -> None:
        number = next(self.number)
        text = SHARED if shared else f"Post {number}"
        post = Post.objects.create(service=self.channels[0].service, author=self.desk, text=text)
        revision = Revision.objects.create(
            post=post, number=1, content={}, sent_by=self.desk, sent_at=self.network.now, verdict="approved"
        )
        for part in range(1, parts + 1):
            Delivery.objects.create(
                revision=revision,
                channel=self.channels[channel],
                part=part,
                text=text if parts == 1 else f"{text}, part {part}",
                key=make_key(self.network.now, number * 8 + part),
                due_at=self.network.now,
            )

    def ready(self) -> bool:
        return delivery.in_turn().exists()

    def send_all(self) -> None:
        for channel in self.channels:
            tasks.drain.func(channel.pk)

    def send(self, claimed: Claim, fate: str) -> None:
        self.network.fate = fate
        try:
            sending.send(claimed)
        except Killed:
            pass
        finally:
            self.network.fate = "ok"

    # --- What always holds ---

    @invariant()
    def all_is_true(self) -> None:
        """No post twice, none that belongs to two deliveries, no delivery that says other than what is."""
        deliveries = list(Delivery.objects.all())
        claimed = [one.remote_id for one in deliveries if one.remote_id]
        assert len(claimed) == len(set(claimed))
        for one in deliveries:
            if one.text != SHARED:
                self.is_true(one)
                self.is_a_reply_to_the_part_before(one)
        running = Attempt.objects.filter(finished_at=None).values_list("delivery", flat=True)
        assert sorted(running) == sorted(one.pk for one in deliveries if one.state == SENDING)

    def is_true(self, one: Delivery) -> None:
        stand = [each for each in self.network.stands if each.key == one.key]
        assert len(stand) <= 1, f"{one.text} was posted {len(stand)} times"
        if one.state == SENT:
            assert [each.remote_id for each in stand if each.at <= self.network.now] == [one.remote_id]
        if one.state in (FAILED, CANCELLED):
            assert not stand, f"{one.text} is {one.state} and stands on the network"

    def is_a_reply_to_the_part_before(self, one: Delivery) -> None:
        """A later part stands only behind the one before, and replies to it."""
        for each in self.network.stands:
            if each.key == one.key:
                before = Delivery.objects.filter(revision=one.revision_id, part=one.part - 1).first()
                assert each.parent == (before.remote_id if before else "")

    # --- How it ends ---

    def teardown(self) -> None:
        try:
            self.held.clear()
            self.resume()
            for _ in range(12):
                self.go_on(2000)
                if not Delivery.objects.filter(state__in=[SENDING, UNCONFIRMED]).exists() and not self.ready():
                    break
            else:
                self.person_looks(False)
                self.send_all()
            self.everything_has_ended()
            self.all_is_true()
            for channel in self.channels:
                shared = Delivery.objects.filter(channel=channel, text=SHARED, state=SENT).count()
                stand = [each for each in self.network.stands if each.account == str(channel.pk)]
                assert sum(each.text == SHARED for each in stand) == shared
            assert not any(records.faults())
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def everything_has_ended(self) -> None:
        """What still waits, waits behind a part of its thread that failed or is held; what is held, for a person."""
        for one in Delivery.objects.exclude(state__in=(SENT, FAILED, CANCELLED, HELD)):
            earlier = Delivery.objects.filter(revision=one.revision_id, part__lt=one.part)
            assert one.state == WAITING, one.state
            assert earlier.filter(state__in=(FAILED, HELD)).exists(), f"{one.text} waits for nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("remembers_keys", [False, True], ids=["a network without memory", "one that remembers keys"])
def test_whatever_happens_each_delivery_is_posted_once(remembers_keys: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Ledger(remembers_keys)
    monkeypatch.setitem(registry.networks(), "ledger", network)
    monkeypatch.setattr(core_clock, "now", lambda: network.now)
    desk = factories.person((Role.DESK, None))
    channels = [factories.channel(network="ledger") for _ in range(2)]
    monkeypatch.setattr(sending.channel_queries, "account", lambda channel: Account(str(channel.pk), channel.handle))

    class Played(Deliveries):
        pass

    Played.network, Played.channels, Played.desk = network, channels, desk
    run_state_machine_as_test(
        Played,
        settings=hypothesis_settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
