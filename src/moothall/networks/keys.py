"""Delivery keys: timestamp identifiers (TIDs) as the AT Protocol defines them.

Thirteen characters of a sortable base 32: 53 bits of microseconds since 1970 and 10 bits that tell apart two keys of
the same microsecond. Source: https://atproto.com/specs/tid
"""

from datetime import UTC, datetime, timedelta

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(key: str) -> datetime | None:
    """When the TID ``key`` says that it was made; ``None`` if it is none. Who makes a key may write any moment."""
    if len(key) != 13 or not set(key) <= set(ALPHABET) or ALPHABET.index(key[0]) > 15:
        return None
    number = 0
    for sign in key:
        number = number << 5 | ALPHABET.index(sign)
    return _EPOCH + timedelta(microseconds=number >> 10)


def make_key(moment: datetime, salt: int) -> str:
    """The TID of ``moment`` (aware) with the low ten bits of ``salt`` as its clock identifier."""
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    number = (microseconds << 10) | (salt & 0x3FF)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))
