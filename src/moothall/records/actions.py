"""Keeping records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from moothall.core import clock
from moothall.records.chain import GENESIS, link
from moothall.records.models import ChainHead, Record

MOOTHALL = "Moothall"
"""The actor's name where Moothall acted by itself, on a schedule."""


class Actor(Protocol):
    """A person who acts."""

    @property
    def pk(self) -> Any: ...

    @property
    def name(self) -> str: ...


class Auditor(Actor, Protocol):
    """A person who may have the permission to search records."""

    def may(self, permission: str) -> bool: ...


@dataclass(frozen=True)
class Operator:
    """Whoever gives Moothall's commands on its machine: a person, but none that Moothall can tell from another."""

    pk: None = None
    name: str = "The operator"


OPERATOR = Operator()


def capture(
    kind: str,
    ref: str,
    *,
    actor: Actor | None,
    why: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Record:
    """Keep a record, in the caller's own transaction, of an act on ``ref`` (``"post:12"``).

    ``actor`` is ``None`` where Moothall acts by itself. ``before`` and ``after`` hold what the act changed and never a
    secret. Call it last in the transaction: it holds the chain's lock until the commit.
    """
    with transaction.atomic():
        head, _ = ChainHead.objects.select_for_update().get_or_create(pk=1, defaults={"hash": GENESIS})
        values: dict[str, Any] = {
            "number": head.number + 1,
            "at": clock.now(),
            "actor_id": actor.pk if actor else None,
            "actor_name": actor.name if actor else MOOTHALL,
            "kind": kind,
            "ref": ref,
            "why": why,
            "before": _plain(before),
            "after": _plain(after),
            "previous": head.hash,
        }
        record = Record.objects.create(hash=link(**values), **values)
        head.number, head.hash = record.number, record.hash
        head.save(update_fields=["number", "hash"])
    return record


def keep_export(actor: Auditor, filters: Mapping[str, Any]) -> Record:
    """Keep a record that ``actor`` takes records away as a file, and which: before the file is made."""
    if not actor.may("records.search"):
        raise PermissionDenied("You may not search the record of acts.")
    return capture("records.exported", "records", actor=actor, after=filters)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values as JSON has them, so that what is hashed now is what is read back later."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return plain
