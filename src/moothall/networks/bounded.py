"""Reading what strangers sent: values of the kind that was expected, or none; never an exception.

No database keeps a NUL or half of a surrogate pair, so neither gets past here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TEXT_CHARACTERS = 100_000
"""More than any network lets anybody say."""
DEPTH = 20


def text(value: object, most: int = TEXT_CHARACTERS) -> str:
    """``value`` if it is a text, at most so long; else an empty one."""
    if not isinstance(value, str):
        return ""
    cut = value[:most].replace("\0", "")
    return cut if cut.isascii() else cut.encode("utf-8", "ignore").decode()


def mapping(value: object) -> Mapping[str, Any]:
    """``value`` if it is an object; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects(value: object, most: int = 100) -> list[Mapping[str, Any]]:
    """The objects in ``value``, if it is a list; the first so many."""
    return [each for each in value[:most] if isinstance(each, Mapping)] if isinstance(value, list) else []


def texts(value: object, most: int = 100) -> list[str]:
    """The texts in ``value`` that are not empty, if it is a list; the first so many."""
    found = [text(each) for each in value[:most]] if isinstance(value, list) else []
    return [each for each in found if each]


def whole(value: object) -> int | None:
    """``value`` if it is a whole number that is not negative and no larger than a column takes; else ``None``."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def number(value: object) -> int:
    """The same, with 0 for what is no such number."""
    return whole(value) or 0


def moment(value: object) -> datetime | None:
    """The moment that ``value`` writes in ISO 8601's form, aware; ``None`` if it is no such thing."""
    try:
        found = datetime.fromisoformat(text(value, 64))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def storable(value: object, depth: int = DEPTH) -> Any:
    """``value`` as JSON that any database keeps. What JSON does not have (bytes, CIDs) is told by its kind alone."""
    if value is None or isinstance(value, bool | float):
        return value if value == value and value not in (float("inf"), float("-inf")) else None
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, str):
        return text(value)
    if depth and isinstance(value, Mapping):
        return {text(key, 200): storable(each, depth - 1) for key, each in value.items() if isinstance(key, str)}
    if depth and isinstance(value, list | tuple):
        return [storable(each, depth - 1) for each in value]
    return f"({type(value).__name__})"
