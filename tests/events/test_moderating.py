"""Moderating a wall: Alice is of the desk; Bob writes for the libraries and Charlie has no role: they may not."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.events import blocking, moderating, wall_log
from moothall.events.models import (
    Blocked,
    Change,
    Door,
    Effect,
    Event,
    Item,
    ItemRule,
    ItemState,
    Judgement,
    RuleKind,
)
from moothall.events.moderating import Verb
from moothall.records.models import Record
from tests import factories
from tests.events.test_taking import on_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(signed_in: Any) -> SimpleNamespace:
    alice = factories.person((Role.DESK, None), name="Alice Reed")
    bob = factories.person((Role.AUTHOR, factories.service("Libraries")), name="Bob Stone")
    charlie = factories.person(name="Charlie Way")
    event = factories.event(name="A day", starts_at=clock.now() - timedelta(hours=2))
    return SimpleNamespace(alice=alice, bob=bob, charlie=charlie, event=event, signed_in=signed_in)


def said(event: Event, number: int, **values: Any) -> Item:
    values.setdefault("text", f"Number {number} #exday24")
    values.setdefault("author_id", f"author-{number}")
    values.setdefault("author_handle", f"author{number}@social.example")
    item = Item.objects.create(
        event=event,
        network="mastodon",
        remote_id=f"https://social.example/{number}",
        said_at=clock.now() - timedelta(minutes=60 - number),
        came_by="a test",
        **values,
    )
    wall_log.settle(item)
    return item


def test_alice_allows_and_takes_it_back(town: SimpleNamespace) -> None:
    one, two = said(town.event, 1), said(town.event, 2)
    decided = moderating.decide(town.alice, town.event, [one.pk, two.pk], Verb.ALLOW)
    assert decided.number == 2
    assert on_the_wall(town.event) == {one.pk, two.pk}
    assert Record.objects.get(kind="event.items_judged").after["items"] == [one.pk, two.pk]
    moderating.undo(town.alice, town.event, decided.together)
    assert on_the_wall(town.event) == set()
    assert set(Item.objects.values_list("state", flat=True)) == {ItemState.PENDING}
    with pytest.raises(ValidationError, match="taken back already"):
        moderating.undo(town.alice, town.event, decided.together)


def test_bob_and_charlie_may_decide_nothing(town: SimpleNamespace) -> None:
    item = said(town.event, 1)
    for who in (town.bob, town.charlie):
        browser = town.signed_in(who)
        assert browser.get(reverse("event-items", args=["a-day"])).status_code == 403
        decide = reverse("decide-items", args=["a-day"])
        assert browser.post(decide, {"decide": f"allow:{item.pk}"}).status_code == 403
        with pytest.raises(PermissionDenied):
            moderating.decide(who, town.event, [item.pk], Verb.HIDE)
        with pytest.raises(PermissionDenied):
            blocking.block(who, item, "I dislike it")
        with pytest.raises(PermissionDenied):
            blocking.add_rule(who, town.event, ItemRule(kind=RuleKind.WORD, value="x"))
    assert not Judgement.objects.exists()


def test_an_undo_leaves_alone_what_was_decided_since(town: SimpleNamespace) -> None:
    one, two = said(town.event, 1), said(town.event, 2)
    first = moderating.decide(town.alice, town.event, [one.pk, two.pk], Verb.ALLOW)
    moderating.decide(town.alice, town.event, [two.pk], Verb.HIDE, "Names a child")
    undone = moderating.undo(town.alice, town.event, first.together)
    assert (undone.number, undone.left_alone) == (1, 1)
    two.refresh_from_db()
    assert (two.state, two.reason) == (ItemState.HIDDEN, "Names a child")


def test_words_edited_since_do_not_come_back_by_an_undo(town: SimpleNamespace) -> None:
    item = said(town.event, 1, state=ItemState.SHOWN)
    hidden = moderating.decide(town.alice, town.event, [item.pk], Verb.HIDE)
    Item.objects.filter(pk=item.pk).update(text="Other words", edited_at=clock.now() + timedelta(seconds=1))
    moderating.undo(town.alice, town.event, hidden.together)
    item.refresh_from_db()
    assert (item.state, item.reason) == (ItemState.PENDING, moderating.EDITED_SINCE)
    assert on_the_wall(town.event) == set()


def test_only_what_is_shown_is_pinned_and_only_a_few(town: SimpleNamespace) -> None:
    waits = said(town.event, 1)
    shown = [said(town.event, number, state=ItemState.SHOWN) for number in range(2, 6)]
    assert moderating.decide(town.alice, town.event, [waits.pk], Verb.PIN).number == 0
    moderating.decide(town.alice, town.event, [each.pk for each in shown[:3]], Verb.PIN)
    with pytest.raises(ValidationError, match="At most 3"):
        moderating.decide(town.alice, town.event, [shown[3].pk], Verb.PIN)
    assert Change.objects.filter(item=shown[0], kind="update").exists(), "the wall shows it another way"
    moderating.decide(town.alice, town.event, [shown[0].pk], Verb.HIDE)
    shown[0].refresh_from_db()
    assert not shown[0].is_pinned


def test_a_blocked_author_leaves_every_wall_and_comes_back_as_before(town: SimpleNamespace) -> None:
    other = factories.event("AnotherDay", name="Another", slug="another", starts_at=town.event.starts_at)
    shown = said(town.event, 1, author_id="mallory", state=ItemState.SHOWN)
    elsewhere = said(other, 2, author_id="mallory", state=ItemState.SHOWN)
    waits = said(town.event, 3, author_id="mallory")
    with pytest.raises(ValidationError, match="Say why"):
        blocking.block(town.alice, shown, " ")
    assert blocking.block(town.alice, shown, "Threats") == 3
    assert on_the_wall(town.event) == on_the_wall(other) == set()
    later = said(town.event, 4, author_id="mallory", state=ItemState.HIDDEN, reason=blocking.BLOCKED_REASON)
    assert blocking.unblock(town.alice, Blocked.objects.get()) == 4
    assert on_the_wall(town.event) == {shown.pk}
    assert on_the_wall(other) == {elsewhere.pk}
    assert set(Item.objects.filter(pk__in=[waits.pk, later.pk]).values_list("state", flat=True)) == {"pending"}


def test_a_channel_of_the_council_is_not_blocked(town: SimpleNamespace) -> None:
    ours = said(town.event, 1, door=Door.OFFICIAL, state=ItemState.SHOWN)
    with pytest.raises(ValidationError, match="official channel"):
        blocking.block(town.alice, ours, "By mistake")


def test_a_new_rule_decides_about_what_waits(town: SimpleNamespace) -> None:
    met, other = said(town.event, 1, text="Buy now! #exday24"), said(town.event, 2)
    seen = said(town.event, 3, text="Buy now, said Alice", state=ItemState.SHOWN)
    rule = ItemRule(kind=RuleKind.WORD, value=" buy  now ", effect=Effect.HIDE)
    assert blocking.add_rule(town.alice, town.event, rule) == 1
    met.refresh_from_db()
    other.refresh_from_db()
    seen.refresh_from_db()
    assert (met.state, met.reason) == (ItemState.HIDDEN, "Rule for word “buy now”")
    assert other.state == ItemState.PENDING
    assert seen.state == ItemState.SHOWN, "what somebody allowed is theirs to decide about"
    assert Judgement.objects.get(item=met).by is None
    with pytest.raises(ValidationError, match="rule for this already"):
        blocking.add_rule(town.alice, town.event, ItemRule(kind=RuleKind.WORD, value="BUY NOW"))
    with pytest.raises(ValidationError, match="short name"):
        blocking.add_rule(town.alice, town.event, ItemRule(kind=RuleKind.NETWORK, value="usenet"))
    blocking.remove_rule(town.alice, rule)
    met.refresh_from_db()
    assert met.state == ItemState.HIDDEN


def test_alice_works_through_the_queue(town: SimpleNamespace) -> None:
    items = [said(town.event, number) for number in range(1, 4)]
    said(town.event, 9, language="cy", author_handle="dewi@toot.example")
    browser = town.signed_in(town.alice)
    queue = reverse("event-items", args=["a-day"])
    page = BeautifulSoup(browser.get(queue).content, "html.parser")
    assert page.select("[data-item]")[0]["id"] == f"item-{items[0].pk}", "the oldest first"
    assert len(page.select("[data-item]")) == 4
    only = BeautifulSoup(browser.get(queue, {"language": "cy", "author": "@dewi"}).content, "html.parser")
    assert len(only.select("[data-item]")) == 1
    answer = browser.post(
        reverse("decide-items", args=["a-day"]) + "?network=mastodon",
        {"decide": "hide", "item": [items[0].pk, items[1].pk], "reason": "Off the subject"},
    )
    assert "network=mastodon" in answer["Location"]
    page = BeautifulSoup(browser.get(answer["Location"]).content, "html.parser")
    undo = page.select_one("[data-undo]")
    assert undo
    assert "Hidden: 2 items." in page.get_text()
    browser.post(undo["action"])
    assert Item.objects.filter(state=ItemState.PENDING).count() == 4
    nothing = browser.post(reverse("decide-items", args=["a-day"]), {"decide": "hide"}, follow=True)
    assert "Choose at least one item first." in nothing.content.decode()
    wrong = browser.post(reverse("decide-items", args=["a-day"]), {"decide": "explode:1"}, follow=True)
    assert "Choose one of the buttons" in wrong.content.decode()


def test_only_what_was_looked_at_is_allowed(town: SimpleNamespace) -> None:
    item = said(town.event, 1, text="Nice weather #exday24")
    browser, queue = town.signed_in(town.alice), reverse("event-items", args=["a-day"])
    page = browser.get(queue).content.decode()
    (stamp,) = re.findall(rf'name="seen" value="({item.pk}:[0-9a-f]+)"', page)
    Item.objects.filter(pk=item.pk).update(text="Something vile #ExDay24")
    decide = reverse("decide-items", args=["a-day"])
    answer = browser.post(decide, {"decide": f"allow:{item.pk}", "seen": stamp}, follow=True)
    assert "was edited since you looked" in answer.content.decode()
    browser.post(decide, {"decide": f"allow:{item.pk}"})
    assert Item.objects.get(pk=item.pk).state == ItemState.PENDING, "nor what was not looked at"
    (stamp,) = re.findall(rf'name="seen" value="({item.pk}:[0-9a-f]+)"', browser.get(queue).content.decode())
    browser.post(decide, {"decide": f"allow:{item.pk}", "seen": stamp})
    assert Item.objects.get(pk=item.pk).state == ItemState.SHOWN
    browser.post(decide, {"decide": f"hide:{item.pk}"})
    assert Item.objects.get(pk=item.pk).state == ItemState.HIDDEN, "hiding needs no second look"


def test_a_stranger_s_words_and_addresses_are_no_markup(town: SimpleNamespace) -> None:
    media = [{"kind": "image", "url": "https://evil.example/x.png", "preview": "", "alt": "<b>A cat</b>"}]
    said(town.event, 1, text="<script>alert(1)</script>", author_name="<img src=x>", media=media)
    page = BeautifulSoup(town.signed_in(town.alice).get(reverse("event-items", args=["a-day"])).content, "html.parser")
    item = page.select_one("[data-item]")
    assert item
    assert not item.select("script, img, b")
    assert "<b>A cat</b>" in item.get_text()


def test_the_pages_about_authors_and_rules(town: SimpleNamespace) -> None:
    item = said(town.event, 1, author_id="mallory", state=ItemState.SHOWN)
    browser = town.signed_in(town.alice)
    asked = browser.post(reverse("block-author", args=["a-day", item.pk]), {"reason": ""})
    assert "Fill in “Why?”" in asked.content.decode()
    done = browser.post(reverse("block-author", args=["a-day", item.pk]), {"reason": "Threats"}, follow=True)
    assert "is blocked. 1 item left" in done.content.decode()
    listed = browser.get(reverse("blocked-authors")).content.decode()
    assert "Threats" in listed
    assert "<td>Mastodon</td>" in listed, "networks go by their names"
    browser.post(reverse("unblock-author", args=[Blocked.objects.get().pk]))
    assert on_the_wall(town.event) == {item.pk}
    rules = reverse("event-rules", args=["a-day"])
    browser.post(rules, {"kind": "author", "value": "@Mallory@Evil.example", "effect": "hide"})
    rule = ItemRule.objects.get()
    assert rule.value == "mallory@evil.example"
    browser.post(reverse("remove-item-rule", args=["a-day", rule.pk]))
    assert not ItemRule.objects.exists()
    answer = browser.post(rules, {"kind": "network", "value": "mastodon", "effect": "hold"}, follow=True)
    assert '<th scope="row">Mastodon</th>' in answer.content.decode()
