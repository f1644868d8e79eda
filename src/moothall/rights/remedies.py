"""What somebody can do who does not agree with an answer (UK GDPR article 12(4)).

No postal address of the Information Commissioner stands here: the office moves in 2026, and its website has it.
"""

from moothall.rights.states import OUTCOMES, Kind, State

TO_US = "make a data protection complaint to us, under What we see about you (Data Protection Act 2018, section 164A)"
TO_OTHERS = (
    "complain to the Information Commissioner: on the website ico.org.uk under “Make a complaint”, or by telephone on "
    "0303 123 1113 (Data Protection Act 2018, section 165)",
    "go to court: it can order us to comply, and award compensation (UK GDPR articles 79 and 82; Data Protection Act "
    "2018, sections 167 to 169)",
)


def after(kind: Kind, state: State) -> tuple[str, ...]:
    """Where to turn from here: after whatever was refused, and after a complaint whatever came of it."""
    if kind == Kind.COMPLAINT:
        return TO_OTHERS if state in OUTCOMES[kind] else ()
    return (TO_US, *TO_OTHERS) if state == State.REFUSED else ()
