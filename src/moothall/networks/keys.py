"""Delivery keys: timestamp identifiers (TIDs) as the AT Protocol defines them.

Thirteen characters of a sortable base 32: 53 bits of microseconds since 1970 and 10 bits that tell apart two keys of
the same microsecond. Source: https://atproto.com/specs/tid
"""

from datetime import UTC, datetime, timedelta

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_key(moment: datetime, salt: int) -> str:
    """The TID of ``moment`` (aware) with the low ten bits of ``salt`` as its clock identifier."""
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    number = (microseconds << 10) | (salt & 0x3FF)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))
