"""Entries of the monitoring register, as far on their way as a test wants them."""

from datetime import date, timedelta
from typing import Any

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import clock, localtime
from moothall.webuse import purpose_actions
from moothall.webuse.models import LawfulBasis, Purpose
from tests import factories

WORDS = {
    "title": "Security of the network",
    "what_for": "To find devices that were taken over, by the calls they make to domains known for malware.",
    "lawful_basis": LawfulBasis.PUBLIC_TASK,
    "kept": "The hour, the registrable domain, its category and the unit; no path and no address.",
    "who_sees": "IT security sees malware categories by unit; everybody else sees nothing of it.",
    "rejected": "Blocking alone: it does not say which unit needs help. Asking staff: they cannot know.",
    "consulted": "UNISON and the disability network on 3 March, the data protection officer throughout.",
    "views": "UNISON asked that names be sealed and kept for a month at most; so they are.",
    "notice": "Letter to all staff of 1 April, and the intranet page on monitoring since that day.",
    "notice_others": "The sign-in page of the guest network, and the terms of each contract for works.",
    "dpia_reference": "DPIA-2026-014",
}


def today() -> date:
    return localtime.local(clock.now()).date()


def approver(role: Role, **values: Any) -> User:
    return factories.person((role, None), **values)


def draft(author: User, key: str = "network-security", **values: Any) -> Purpose:
    """A draft that lacks nothing, unless told otherwise."""
    made = Purpose(**{"key": key, "review_on": today() + timedelta(days=365), **WORDS, **values})
    return purpose_actions.save_draft(author, made)


def awaiting(author: User, key: str = "network-security", **values: Any) -> Purpose:
    return purpose_actions.submit(author, draft(author, key, **values))


def in_force(key: str = "network-security", **values: Any) -> Purpose:
    """Written by one of IT security, and approved by HR and the monitoring officer."""
    waiting = awaiting(approver(Role.IT_SECURITY), key, **values)
    purpose_actions.approve(approver(Role.HR), waiting)
    return purpose_actions.approve(approver(Role.MONITORING_OFFICER), waiting)
