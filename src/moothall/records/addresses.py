"""Where one record's page is. Its number is not in the address, nor anything from which it could be told.

The number is encrypted with AES-SIV (RFC 5297), under a key made from MOOTHALL_SECRET_KEY: the same record has the same
address as long as that key stays, and nobody can make one up.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.utils.crypto import salted_hmac

_NUMBER_BYTES = 8
_CONTEXT = [b"address of a record"]


def address_of(number: int) -> str:
    """How a record is named in addresses."""
    sealed = _box().encrypt(number.to_bytes(_NUMBER_BYTES, "big"), _CONTEXT)
    return base64.urlsafe_b64encode(sealed).decode()


def number_at(address: str) -> int | None:
    """The number of the record with this address; ``None`` if no record ever had it."""
    try:
        sealed = base64.urlsafe_b64decode(address.encode())
        return int.from_bytes(_box().decrypt(sealed, _CONTEXT), "big")
    except (binascii.Error, InvalidTag, ValueError):
        return None


def _box() -> AESSIV:
    return AESSIV(salted_hmac("moothall.records.addresses", "", algorithm="sha512").digest())
