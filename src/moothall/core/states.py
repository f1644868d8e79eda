"""How each state and each capacity looks: a word, an icon, a tone. Never a colour alone.

The states' meanings belong to the apps that own them; here they only get their face, so that "sent" looks the same
wherever it is said.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    word: str
    icon: str
    """A symbol of icons.svg."""
    tone: str
    """blue (under way), green (done), amber (needs a look), red (went wrong) or grey (at rest)."""


STATES = {
    "draft": Look("Draft", "pencil", "grey"),
    "awaiting_approval": Look("Awaiting approval", "person", "amber"),
    "approved": Look("Approved", "tick", "green"),
    "refused": Look("Refused", "cross", "red"),
    "withdrawn": Look("Withdrawn", "dash", "grey"),
    "scheduled": Look("Scheduled", "calendar", "blue"),
    "waiting": Look("Waiting", "clock", "blue"),
    "sending": Look("Sending", "arrow", "blue"),
    "sent": Look("Sent", "tick", "green"),
    "partly_sent": Look("Partly sent", "half", "amber"),
    "unconfirmed": Look("Unconfirmed", "question", "amber"),
    "failed": Look("Failed", "cross", "red"),
    "held": Look("Held", "pause", "amber"),
    "cancelled": Look("Cancelled", "dash", "grey"),
    "deleted": Look("Taken down", "bin", "grey"),
    "proposed": Look("Proposed", "pencil", "grey"),
    "live": Look("Live", "tick", "green"),
    "dormant": Look("Dormant", "moon", "amber"),
    "closed": Look("Closed", "dash", "grey"),
    "connected": Look("Connected", "plug", "green"),
    "not_connected": Look("Not connected", "dash", "grey"),
    "trouble": Look("In trouble", "warning", "red"),
    "invited": Look("Invited", "clock", "blue"),
    "active": Look("Active", "tick", "green"),
    "left": Look("Left", "dash", "grey"),
    "in_force": Look("In force", "tick", "green"),
    "superseded": Look("Superseded", "half", "grey"),
    "ended": Look("Ended", "dash", "grey"),
    "on": Look("On", "tick", "green"),
    "off": Look("Off", "dash", "grey"),
    "left_out": Look("Left out", "cross", "red"),
    "missing": Look("Missing", "warning", "amber"),
    "unknown": Look("Not known", "question", "grey"),
    "yes": Look("Yes", "tick", "green"),
    "no": Look("No", "cross", "red"),
    "processing": Look("Being processed", "clock", "blue"),
    "ready": Look("Ready", "tick", "green"),
    "holds": Look("Consent holds", "tick", "green"),
    "ending": Look("Consent ends soon", "clock", "amber"),
    "lapsed": Look("Consent ran out", "warning", "red"),
    "consent_withdrawn": Look("Consent withdrawn", "cross", "red"),
    "room": Look("Room enough", "tick", "green"),
    "tight": Look("Little room", "warning", "amber"),
    "no_room": Look("No room", "cross", "red"),
    "sensitive": Look("Sensitive", "warning", "amber"),
    "pending": Look("To be looked at", "question", "amber"),
    "shown": Look("Allowed", "tick", "green"),
    "hidden": Look("Hidden", "cross", "red"),
    "gone": Look("Deleted there", "bin", "grey"),
    "on_wall": Look("On the wall", "picture", "green"),
    "pinned": Look("Pinned", "star", "blue"),
    "featured": Look("Featured", "star", "blue"),
    "quarantined": Look("In quarantine", "lock", "amber"),
    "claimed": Look("In hand", "person", "blue"),
    "drafted": Look("Becomes a post", "pencil", "blue"),
    "published": Look("Published", "tick", "green"),
    "merged": Look("Merged", "half", "grey"),
    "declined": Look("Thanked and declined", "dash", "grey"),
    "kept": Look("Kept for later", "moon", "blue"),
    "heard": Look("Heard", "tick", "green"),
    "open": Look("Open", "clock", "blue"),
    "waits_for_triage": Look("Waits for triage", "clock", "amber"),
    "being_settled_informally": Look("Being settled informally", "person", "blue"),
    "people_are_named": Look("People are named", "person", "blue"),
    "the_person_has_been_told": Look("The person has been told", "info", "blue"),
    "the_facts_are_gathered": Look("The facts are gathered", "tick", "blue"),
    "a_meeting_is_called": Look("A meeting is called", "calendar", "blue"),
    "the_meeting_was_held": Look("The meeting was held", "person", "blue"),
    "decided": Look("Decided", "tick", "amber"),
    "appealed": Look("Appealed", "question", "amber"),
    "settled": Look("Settled", "tick", "green"),
    "received": Look("Received", "tick", "blue"),
    "being_looked_into": Look("Being looked into", "clock", "blue"),
    "passed_on": Look("Passed on", "arrow", "blue"),
    "in_review": Look("In review", "person", "amber"),
    "contained": Look("Contained", "lock", "amber"),
    "done": Look("Done", "tick", "green"),
    "being_taken_down": Look("Being taken down", "clock", "blue"),
    "acknowledged": Look("Acknowledged", "person", "blue"),
    "answered": Look("Answered", "tick", "green"),
    "upheld": Look("Upheld", "tick", "green"),
    "late": Look("Late", "warning", "amber"),
    "overdue": Look("Overdue", "warning", "red"),
    "not_heard": Look("Not heard", "warning", "red"),
    "resting": Look("Rests until an event", "moon", "grey"),
    "was": Look("Was ours", "clock", "amber"),
}

CAPACITIES = {
    "corporate": Look("Corporate", "building", "corporate"),
    "service": Look("Service", "people", "service"),
    "persona": Look("Persona", "mask", "persona"),
    "member": Look("Member", "person", "member"),
    "leader": Look("Leader", "star", "leader"),
}


def key(value: object) -> str:
    """ "Awaiting approval", "awaiting-approval" and an enum's value are one state."""
    return str(getattr(value, "value", value)).strip().lower().replace("-", "_").replace(" ", "_")


def of_state(value: object) -> Look:
    """A state without a look of its own is shown by its plain word."""
    return STATES.get(key(value)) or Look(str(value).replace("_", " ").capitalize(), "circle", "grey")


def of_capacity(value: object) -> Look:
    """Raises ``KeyError`` for what is no capacity."""
    return CAPACITIES[key(value)]
