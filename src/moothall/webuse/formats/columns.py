"""Formats whose columns have names: from the names to a pattern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moothall.webuse.formats import parts
from moothall.webuse.formats.base import CannotRead, Clock, Pattern

DATE_AND_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Layout:
    """How fields stand in a line, as regular expressions."""

    between: str
    """What is between two fields."""
    skipped: str
    """A field that is not read."""
    text: str
    """What stands in a field that is read, without its quotes."""
    after_host: str
    """From the end of a host and its port to the end of the field."""

    def group(self, name: str) -> str:
        """A field that becomes the group ``name``, in quotes or without."""
        if name == "host":
            return f'"?{parts.ADDRESS}{self.after_host}'
        if name == "bytes":
            return f'"?{parts.number(name)}"?'
        shape = parts.number(name) if name == "status" else f"(?P<{name}>{self.text})"
        return f'(?:"?{shape}"?|"")'


@dataclass(frozen=True)
class When:
    """Which columns tell the time, by what expressions, and how it is read."""

    columns: Mapping[str, str]
    clock: Clock
    time_format: str = ""


def first(wanted: Sequence[str], columns: Sequence[str]) -> str | None:
    """The first of ``wanted`` that is among the columns."""
    return next((name for name in wanted if name in columns), None)


def pattern(
    columns: Sequence[str],
    layout: Layout,
    when: When | None,
    sources: Mapping[str, Sequence[str]],
    *,
    shapes: Mapping[str, str] | None = None,
    blocked: str,
) -> Pattern:
    """The pattern for lines with these columns, in this order.

    ``sources``: the columns from which a group can come, best first. ``shapes``: expressions for columns that stand in
    another way than the layout has it. ``blocked``: what the action says of a request that was refused. Raises
    ``CannotRead`` if no column has the time or the host.
    """
    if when is None:
        raise CannotRead("The columns do not say when: a date and a time are missing.")
    found = {group: name for group, names in sources.items() if (name := first(names, columns))}
    if "host" not in found:
        raise CannotRead(f"The columns do not say where to: one of {', '.join(sources['host'])} is missing.")
    shapes = {name: layout.group(group) for group, name in found.items()} | dict(shapes or {}) | dict(when.columns)
    fields = [
        shapes.get(name, layout.skipped) if name not in columns[:place] else layout.skipped
        for place, name in enumerate(columns)
    ]
    has_action = "action" in found
    return Pattern(
        regex="^" + layout.between.join(fields) + parts.END,
        clock=when.clock,
        time_format=when.time_format,
        blocked=blocked if has_action else "",
        blocked_statuses=frozenset() if has_action else parts.REFUSED,
    )
