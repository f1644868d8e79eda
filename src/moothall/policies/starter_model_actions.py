"""Beginning a policy of the council's own with one of Moothall's models."""

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.policies import actions
from moothall.policies.models import Policy, RestsOn, Version, Whose
from moothall.policies.starter_models import ModelPolicy


@transaction.atomic
def begin(actor: User, model: ModelPolicy) -> Version:
    """A draft with the words of ``model``, in a policy that ``actor`` owns. Nothing is published by it.

    Raises ``ValidationError`` where the council has begun it already.
    """
    require(actor, "policy.write")
    if Policy.objects.filter(slug=model.slug).exists():
        raise ValidationError("Your council has begun with this model already. Here is its policy.")
    policy = Policy(slug=model.slug, title=model.title, owner=actor, audience=[each.value for each in model.audience])
    actions.save_policy(actor, policy, rests_on(model))
    return actions.save_draft(actor, Version(policy=policy, text=model.text, summary=model.summary))


def rests_on(model: ModelPolicy) -> list[RestsOn]:
    """The law and guidance that a policy of this model rests on, unsaved."""
    return [RestsOn(title=title, url=url, whose=Whose.LAW) for title, url in model.rests_on.items()]
