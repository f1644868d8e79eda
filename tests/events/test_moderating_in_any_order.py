"""Whatever is decided and taken back, in any order: who follows the wall's changes sees what should be there."""

import contextlib
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.events import blocking, moderating, taking, wall_log
from moothall.events.models import Blocked, Effect, Event, Item, ItemRule, ItemState, Judgement, RuleKind
from moothall.events.moderating import Verb
from tests import factories
from tests.events.test_taking import on_the_wall

AUTHORS = ("ann", "ben")
ITEMS = st.lists(st.integers(0, 4), min_size=1, max_size=3)


class Moderation(RuleBasedStateMachine):
    """Five items by two authors, and a moderator who cannot decide."""

    alice: User

    @initialize()
    def begin(self) -> None:
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        now = clock.now()
        self.alice = factories.person((Role.DESK, None))
        self.event = Event.objects.create(
            name="A day", slug=f"day-{uuid.uuid4().hex}", starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=1),
        )  # fmt: skip
        self.items = [
            Item.objects.create(
                event=self.event, network="mastodon", remote_id=str(number), author_id=AUTHORS[number % 2],
                author_handle=AUTHORS[number % 2], text=f"word{number}", said_at=now, came_by="a test",
            )
            for number in range(5)
        ]  # fmt: skip
        self.decided: list[uuid.UUID] = []

    @rule(numbers=ITEMS, verb=st.sampled_from(Verb))
    def decide(self, numbers: list[int], verb: Verb) -> None:
        with contextlib.suppress(ValidationError):
            pks = [self.items[number].pk for number in numbers]
            self.decided.append(moderating.decide(self.alice, self.event, pks, verb).together)

    @rule(choice=st.integers(0, 50))
    def undo(self, choice: int) -> None:
        if self.decided:
            with contextlib.suppress(ValidationError):
                moderating.undo(self.alice, self.event, self.decided[choice % len(self.decided)])

    @rule(number=st.integers(0, 4))
    def block(self, number: int) -> None:
        with contextlib.suppress(ValidationError):
            blocking.block(self.alice, self.items[number], "Threats")

    @rule(number=st.integers(0, 4))
    def unblock(self, number: int) -> None:
        if blocked := Blocked.objects.filter(author_id=AUTHORS[number % 2]).first():
            blocking.unblock(self.alice, blocked)

    @rule(number=st.integers(0, 4), effect=st.sampled_from(Effect))
    def rule_about_a_word(self, number: int, effect: Effect) -> None:
        with contextlib.suppress(ValidationError):
            found = ItemRule(kind=RuleKind.WORD, value=f"word{number}", effect=effect)
            blocking.add_rule(self.alice, self.event, found)

    @rule(number=st.integers(0, 4))
    def delete_there(self, number: int) -> None:
        taking.gone("mastodon", str(number))

    @invariant()
    def the_wall_shows_what_belongs_there(self) -> None:
        if not hasattr(self, "event"):
            return
        items = list(Item.objects.filter(event=self.event))
        assert on_the_wall(self.event) == {each.pk for each in items if wall_log.belongs(each)}
        assert all(each.is_on_wall == wall_log.belongs(each) for each in items)

    @invariant()
    def nobody_blocked_is_shown_unless_somebody_allowed_it_since(self) -> None:
        if not hasattr(self, "event"):
            return
        for item in Item.objects.filter(event=self.event, state=ItemState.SHOWN, gone_at=None):
            if Blocked.objects.filter(author_id=item.author_id).exists():
                last = Judgement.objects.filter(item=item, undone_at=None).order_by("-pk").first()
                assert last is not None
                assert last.verb not in (blocking.BLOCK, Verb.HIDE)

    def teardown(self) -> None:
        if hasattr(self, "undo_all"):
            transaction.set_rollback(True)
            self.undo_all.__exit__(None, None, None)


@pytest.mark.django_db
def test_the_wall_s_log_equals_the_items_belonging() -> None:
    run_state_machine_as_test(
        Moderation, settings=settings(max_examples=25, stateful_step_count=20, deadline=None, database=None)
    )
