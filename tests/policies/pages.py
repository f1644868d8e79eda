"""The policies' addresses, with who may use each."""

from types import SimpleNamespace
from typing import Any

from moothall.core.access import PUBLIC
from moothall.policies import actions
from tests.addresses import Page
from tests.policies import making

_POLICY, _VERSION = ("policy_slug",), ("policy_slug", "policy_number")

PAGES = [
    Page("our-policies", PUBLIC),
    Page("our-policy", PUBLIC, _POLICY),
    Page("policies", "policy.read", wrong=200),
    Page("policies-welcome", "policy.read", wrong=200),
    Page("policy", "policy.read", _POLICY, wrong=200),
    Page("policy-version", "policy.read", _VERSION, wrong=200),
    Page("policy-changes", "policy.read", ("policy_slug", "policy_number_2"), wrong=200),
    Page("acknowledge-policy", "policy.read", ("councillors_policy_slug", "policy_number"), wrong=403, post=True),
    Page("new-policy", "policy.write"),
    Page("change-policy", "policy.write", _POLICY),
    Page("draft-policy", "policy.write", _POLICY),
    Page("publish-policy", "policy.write", _POLICY),
    Page("withdraw-policy", "policy.write", _POLICY),
    Page("policy-coverage", "policy.coverage", _POLICY),
    Page("policy-acknowledgements", "policy.audit", _POLICY),
    Page("starter", "policy.read", wrong=200),
    Page("starter-guide", "policy.read", wrong=200),
    Page("starter-whole", "policy.read", wrong=200),
    Page("starter-edit", "policy.write"),
    Page("model-policies", "policy.write"),
    Page("model-policy", "policy.write", ("model_slug",)),
    Page("begin-from-model", "policy.write", ("model_slug",), post=True),
]


def world(people: SimpleNamespace) -> dict[str, Any]:
    """A public policy with two versions and a draft of the third, and one that is for councillors alone."""
    policy = making.policy("open-social-media", by=people.desk, is_public=True)
    making.publish(policy)
    making.publish(policy)
    making.draft(policy)
    councillors = making.policy("councillors", "councillors", by=people.desk)
    making.publish(councillors)
    for name in ("alice", "bob", "colleague", "desk", "administrator", "monitoring_officer"):
        actions.meet(getattr(people, name))  # so that Today is Today
    return {
        "policy_slug": policy.slug,
        "model_slug": "acceptable-use-of-the-web",
        "policy_number": 1,
        "policy_number_2": 2,
        "councillors_policy_slug": councillors.slug,
    }
