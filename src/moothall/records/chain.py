"""The arithmetic of the chain. Pure."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""The hash before the first record."""


def link(
    *,
    number: int,
    at: datetime,
    actor_id: int | None,
    actor_name: str,
    kind: str,
    ref: str,
    why: str,
    before: Any,
    after: Any,
    previous: str,
) -> str:
    """SHA-256, in hexadecimal, over the canonical JSON of a record and the hash of the one before it."""
    canonical = json.dumps(
        [number, at.astimezone(UTC).isoformat(), actor_id, actor_name, kind, ref, why, before, after, previous],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
