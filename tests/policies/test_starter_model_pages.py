"""Beginning a policy with one of Moothall's models.

Alice writes policies, Bob reads them, and Charlie does not work here.
"""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.policies import starter_model_actions, starter_models
from moothall.policies.models import Policy, RestsOn, Version, VersionState
from tests import factories

pytestmark = pytest.mark.django_db

MODEL = starter_models.model_policies()[0]


@pytest.fixture
def alice() -> User:
    return factories.person((Role.HR, None), name="Alice Archer")


@pytest.fixture
def bob() -> User:
    return factories.person((Role.APPROVER, factories.service()), name="Bob Barrow")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_alice_reads_a_model_and_begins_with_it(alice: User, signed_in: Any) -> None:
    browser = signed_in(alice)
    listed = text_of(browser.get(reverse("model-policies")))
    assert all(each.title in listed for each in starter_models.model_policies())
    shown = text_of(browser.get(reverse("model-policy", args=[MODEL.slug])))
    assert "The principle of trust" in shown
    assert "All staff, councillors, contractors, and guests and volunteers" in shown
    answer = browser.post(reverse("begin-from-model", args=[MODEL.slug]))
    assert answer["Location"] == reverse("draft-policy", args=[MODEL.slug])
    draft = Version.objects.get()
    assert (draft.text, draft.summary, draft.state) == (MODEL.text, MODEL.summary, VersionState.DRAFT)
    assert (draft.policy.owner, draft.policy.is_public) == (alice, False)
    assert set(RestsOn.objects.values_list("title", flat=True)) == set(MODEL.rests_on)


@pytest.mark.parametrize("model", starter_models.model_policies(), ids=lambda model: model.slug)
def test_every_model_can_be_begun_with(model: starter_models.ModelPolicy, alice: User) -> None:
    draft = starter_model_actions.begin(alice, model)
    draft.full_clean(exclude=["policy", "published_by"])
    assert draft.policy.title == model.title


def test_what_was_begun_is_not_begun_again(alice: User, signed_in: Any) -> None:
    starter_model_actions.begin(alice, MODEL)
    with pytest.raises(ValidationError, match="already"):
        starter_model_actions.begin(alice, MODEL)
    answer = signed_in(alice).post(reverse("begin-from-model", args=[MODEL.slug]), follow=True)
    assert "Your council has begun with this model already." in text_of(answer)
    assert Policy.objects.count() == 1


def test_bob_may_not_and_charlie_signs_in_first(bob: User, signed_in: Any) -> None:
    with pytest.raises(PermissionDenied):
        starter_model_actions.begin(bob, MODEL)
    as_bob = signed_in(bob)
    pages = [reverse("model-policies"), reverse("model-policy", args=[MODEL.slug])]
    for address in pages:
        assert as_bob.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert as_bob.post(reverse("begin-from-model", args=[MODEL.slug])).status_code == 403
    assert not Policy.objects.exists()


def test_a_model_that_is_none_is_not_found(alice: User, signed_in: Any) -> None:
    browser = signed_in(alice)
    assert browser.get(reverse("model-policy", args=["no-such-model"])).status_code == 404
    assert browser.post(reverse("begin-from-model", args=["no-such-model"])).status_code == 404
