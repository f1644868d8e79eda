"""Tokens that open the stream of a wall for staff only: the page has one, good for some minutes."""

import time

from django.core import signing

SECONDS = 600
"""After so long a stream of a staff wall ends, and the page asks for a new token: whoever left sees no more."""
_signer = signing.TimestampSigner(salt="moothall.events.wall")


def make(event: int) -> str:
    """A token for this event's wall. Ask before whether the person may see it."""
    return _signer.sign(str(event))


def seconds_left(token: str, event: int) -> float:
    """For how long ``token`` still opens this event's wall; 0 if it does not."""
    try:
        opens = _signer.unsign(token, max_age=SECONDS)
    except signing.BadSignature:
        return 0.0
    made_at = signing.b62_decode(token.split(":")[1])
    return max(0.0, made_at + SECONDS - time.time()) if opens == str(event) else 0.0
