"""Records of what the room below changes."""

from collections.abc import Mapping
from typing import Any

from moothall.records.actions import Actor, capture


def keep_council_change(
    sender: type, by: Actor, before: Mapping[str, Any], after: Mapping[str, Any], **kwargs: Any
) -> None:
    """The council's name, logo or colour was changed."""
    capture("council.changed", "council:1", actor=by, before=before, after=after)
