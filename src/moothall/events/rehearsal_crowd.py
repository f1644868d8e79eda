"""Who speaks at the rehearsal of an event, and what: made-up people, some of whom belong on no wall."""

PEOPLE = (
    ("practice-wren", "Wren (practice)"),
    ("practice-teasel", "Teasel (practice)"),
    ("practice-marrow", "Old Marrow (practice)"),
    ("practice-bus-stop", "The Bus Stop (practice)"),
    ("practice-two-wellies", "Two Wellies (practice)"),
    ("practice-grumble", "Grumble (practice)"),
    ("practice-bargain", "Bargain Bill (practice)"),
)
"""Pairs of handle and name."""
SAYINGS = (
    "I never knew how much goes on at night. Thank you.",
    "Who decides which roads are gritted first?",
    "The library van came to our lane today. Best hour of the week.",
    "My bin was not collected. Again.",
    "Is the swimming pool open on Sunday?",
    "Lovely to see what you all do.",
    "What does this cost us?",
    "There is a branch across Mill Lane, by the chapel.",
    "The family you placed lives there on the left, number 12. I can see the house.",
    "Useless, the lot of you, and your driver most of all.",
    "CHEAP WATCHES cheap watches follow me now",
    "My mother has fallen and nobody answers at the centre. What do I do?",
    "How does one become a foster carer?",
    "Can you put the times of the night bus here?",
)
