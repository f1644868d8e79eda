"""The policies of Exampleshire County Council: Moothall's models with its own names, and what it changed since."""

from collections.abc import Mapping
from typing import NamedTuple

from moothall.operating.example import lessons
from moothall.policies.starter_models import ModelPolicy, model_policies

OPEN_POLICY, ACCEPTABLE_USE, SPEAKING = (
    "open-social-media-policy",
    "acceptable-use-of-the-web",
    "speaking-for-a-service",
)


class Edit(NamedTuple):
    """Words that stand once in a text, and what takes their place."""

    old: str
    new: str


COUNCILS_OWN: Mapping[str, tuple[Edit, ...]] = {
    OPEN_POLICY: (
        Edit(
            "Everybody who works for the council may use social media",
            "Everybody who works for Exampleshire County Council may use social media",
        ),
        Edit(
            "about the winter than anybody in an office.",
            "about the winter in the Marrow hills than anybody at County Hall.",
        ),
        Edit(
            "Propose one; it is quickly done.",
            "Propose one; it is quickly done. Ember, the fire investigation dog, began as a proposal too.",
        ),
        Edit(
            "as the publicity codes for England and for Wales ask.",
            "as the publicity code asks.",
        ),
        Edit(
            " In Wales, the Welsh language standards apply to what the council publishes.",
            "",
        ),
        Edit(
            "They follow the members’ code of conduct: in England under the Localism Act 2011, in Wales under the "
            "Local Government Act 2000, where the Public Services Ombudsman for Wales gives guidance.",
            "They follow the members’ code of conduct that the county council adopted under the Localism Act 2011.",
        ),
        Edit(
            "as councillors; in Wales parts of it apply at all times.",
            "as councillors.",
        ),
        Edit(
            "The head of communications owns this policy, with HR and the monitoring officer.",
            "Maren Oakes, the head of communications, owns this policy, with HR and the county solicitor, who is the "
            "monitoring officer.",
        ),
        Edit(
            "the publicity codes made under it",
            "the publicity code of 2011",
        ),
        Edit(
            " · Localism Act 2011 · Local Government Act 2000",
            " · Localism Act 2011",
        ),
    ),
    ACCEPTABLE_USE: (
        Edit(
            "Everybody who uses the council’s network or devices",
            "Everybody who uses the network or the devices of Exampleshire County Council, at County Hall, in a "
            "library, at a fire station or at home",
        ),
    ),
    SPEAKING: (
        Edit(
            "You write for a channel of the council",
            "You write for a channel of Exampleshire County Council",
        ),
        Edit(
            "The publicity codes made under the Local Government Act 1986 ask",
            "The publicity code made under the Local Government Act 1986 asks",
        ),
        Edit(
            " In Wales, the Welsh language standards too.",
            "",
        ),
    ),
}
"""What the council put in its own words when it adopted the models."""

SECOND_VERSION = (
    Edit(
        "On our channels consent is noted with the picture, with the day on which it ends.",
        "On our channels whoever adds a picture notes who is in it, who has agreed, and until when. A picture with a "
        "child in it waits until that note is there.",
    ),
    Edit(
        "The communications desk may pause all posts of the council’s channels; leave it on until they lift it.",
        "As soon as a warning is out, the communications desk pauses everything that is planned on the council’s "
        "channels. Anybody at the desk may do it, and it takes one press. It stays on until the desk lifts it.",
    ),
)
"""What two lessons changed in the open social media policy."""
WHAT_CHANGED = (
    "Two things. A picture with a child in it waits until a note says who has agreed. And the desk pauses everything "
    "that is planned as soon as a warning is out."
)
BECAUSE = (lessons.PICTURES["title"], lessons.FLOODS["title"])
"""The lessons, by name."""


def model(slug: str) -> ModelPolicy:
    """Moothall's model with this short name."""
    return next(each for each in model_policies() if each.slug == slug)


def first(slug: str) -> str:
    """What a policy of the council said at first."""
    return _edited(model(slug).text, COUNCILS_OWN[slug])


def second() -> str:
    """What the open social media policy says since the lessons."""
    return _edited(first(OPEN_POLICY), SECOND_VERSION)


def _edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Raises ``ValueError`` if words to be changed are not there, or more than once: the model has moved on."""
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"These words do not stand once in the text: {old}")
        text = text.replace(old, new)
    return text
