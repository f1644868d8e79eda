"""The draft's page where two write at once, and where what was sent is no choice of it."""

from typing import Any

import pytest
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.policies import actions
from moothall.policies.models import Version
from tests import factories
from tests.policies import making
from tests.policies.test_policy_pages import text_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> User:
    """HR."""
    return making.writer(name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    """The desk."""
    return factories.person((Role.DESK, None), name="Bob Barrow")


def test_nobodys_draft_is_overwritten_unseen(alice: User, bob: User, signed_in: Any) -> None:
    """Also not by way of another mistake on the page, which is shown again with what Alice began from."""
    policy = making.policy(by=alice)
    making.draft(policy, alice)
    browser, address = signed_in(alice), reverse("draft-policy", args=["social-media"])
    began_from = Version.objects.get().changed_at.isoformat()
    assert f'name="seen" value="{began_from}"' in text_of(browser.get(address))
    by_bob = Version.objects.get()
    by_bob.text = "Bob’s words."
    by_bob = actions.save_draft(bob, by_bob)
    mistaken = text_of(browser.post(address, words(text="Alice’s words.", review_on="soon", seen=began_from)))
    assert f'name="seen" value="{began_from}"' in mistaken
    overtaken = text_of(browser.post(address, words(text="Alice’s words.", seen=began_from)))
    assert "Somebody changed the draft while you wrote." in overtaken
    assert Version.objects.get().text == "Bob’s words."
    latest = by_bob.changed_at.isoformat()
    assert f'name="seen" value="{latest}"' in overtaken
    assert browser.post(address, words(text="Alice’s words.", seen=latest)).status_code == 302


def test_two_who_begin_a_draft_at_once(alice: User, bob: User, signed_in: Any, monkeypatch: Any) -> None:
    """Bob begins his when the page has looked for one already, and the action has not yet."""
    policy = making.policy(by=alice)
    browser, address, save_draft = signed_in(alice), reverse("draft-policy", args=["social-media"]), actions.save_draft

    def after_bob(*args: Any, **values: Any) -> Version:
        monkeypatch.setattr(actions, "save_draft", save_draft)
        making.draft(policy, bob, text="Bob’s words.")
        return save_draft(*args, **values)

    monkeypatch.setattr(actions, "save_draft", after_bob)
    overtaken = text_of(browser.post(address, words(text="Alice’s words.", seen="")))
    assert "Somebody changed the draft while you wrote." in overtaken
    assert "Alice’s words." in overtaken
    draft = Version.objects.get()
    assert draft.text == "Bob’s words."
    assert f'name="seen" value="{draft.changed_at.isoformat()}"' in overtaken


@pytest.mark.parametrize("chosen", ["9" * 25, "-" + "9" * 25, str(2**63), "9" * 5000, "one", "7"])
def test_a_lesson_that_cannot_be_is_refused_beside_the_field(alice: User, signed_in: Any, chosen: str) -> None:
    making.in_force(by=alice)
    making.lesson()
    answer = signed_in(alice).post(reverse("draft-policy", args=["social-media"]), words(because=[chosen]))
    assert answer.status_code == 200
    assert answer.context["form"].errors["because"] == ["Choose the lessons from the list."]
    assert not Version.objects.filter(published_at=None).exists()
