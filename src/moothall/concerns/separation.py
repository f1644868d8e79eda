"""Who may be what on a case. Pure: people are numbers here, and the rules can be read aloud.

Investigator, decision maker and appeal officer are different people, and none of them is the person, their line manager
or who raised it: after the ACAS Code, paragraphs 6 and 26 to 27. Two others approve an opening.
"""

from collections.abc import Collection, Mapping

from moothall.concerns.process import Part

UNTAKEN = (Part.RECEIVER,)
"""A part in which nobody has done anything yet, and which therefore bars from no other."""

APART_FROM_THE_PERSON = frozenset(Part) - {Part.REPORTER, Part.PERSON, Part.CONTACT}
"""What a line manager of the person may not be. They may raise a concern, as anybody may."""

SINGLE = frozenset(Part) - {Part.RECEIVER, Part.CONTACT}
"""What one person alone is on a case."""


def problem(who: int, part: Part, parts: Mapping[int, Part], managers: Collection[int]) -> str:
    """Why ``who`` may not be ``part``, in a sentence; empty if they may.

    Whoever left a part may come back to the same. ``parts``: what each person is on this case or ever was.
    ``managers``: the person's line managers.
    """
    held = parts.get(who)
    if held is not None and held not in UNTAKEN and held != part:
        return f"They are or were on this case already: “{held.label}”. Nobody has two parts in one case."
    if who in managers and part in APART_FROM_THE_PERSON:
        return "They lead the unit in which the person works, or are the person’s line manager. Choose somebody else."
    return ""


def problems_with(person: int, parts: Mapping[int, Part], managers: Collection[int]) -> list[int]:
    """Who of those on the case has a part that they may not have, once it is known whom it is about."""
    return [
        who
        for who, part in parts.items()
        if (who == person and part not in UNTAKEN) or (who in managers and part in APART_FROM_THE_PERSON - {*UNTAKEN})
    ]
