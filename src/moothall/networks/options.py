"""What a post says on one network alone (``Network.post_fields``): reading and checking it. Pure."""

from collections.abc import Iterator, Mapping

from moothall.networks.base import Draft, Field, Problem

NOT_FOR_ALL = {"visibility": ("private",)}
"""With which choices a post is not for everybody to see, by option."""


def is_for_all(options: Mapping[str, str]) -> bool:
    """Whether everybody may see a post with these options."""
    return not any(options.get(name) in choices for name, choices in NOT_FOR_ALL.items())


def option(draft: Draft, field: Field) -> str:
    """The draft's value of ``field``: what was chosen or written, or else the field's default."""
    return draft.options.get(field.name, "").strip() or field.default


def problems(draft: Draft, fields: tuple[Field, ...], network: str) -> Iterator[Problem]:
    """What ``network`` would make of the draft's options."""
    for field in fields:
        value = option(draft, field)
        if field.choices and value not in dict(field.choices):
            known = ", ".join(label for _, label in field.choices)
            message = f"{field.label}: “{value}” is not a choice on {network}. Choose one of these: {known}."
            yield Problem("option_unknown", message)
    known_names = {field.name for field in fields}
    for name, value in draft.options.items():
        if name not in known_names and value.strip():
            message = f"{network} knows no “{name.replace('_', ' ')}”. It is left out there."
            yield Problem("option_ignored", message, blocking=False)
