"""The addresses of incidents, for ``tests/test_urls.py``."""

from types import SimpleNamespace
from typing import Any

from moothall.incidents import actions
from moothall.incidents.models import Contact
from tests import factories
from tests.addresses import Page

PAGES = [
    Page("incidents", "incident.see", wrong=200),
    Page("incident-new", "incident.open", wrong=200),
    Page("incident-calls", "incident.calls"),
    Page("new-incident-call", "incident.calls"),
    Page("incident-call", "incident.calls", ("incident_call",)),
    Page("remove-incident-call", "incident.calls", ("incident_call",), post=True),
    Page("incident", "incident.see", ("incident",), wrong=404),
    Page("incident-known", "incident.open", ("incident",), wrong=404),
    Page("incident-note", "incident.open", ("incident",), wrong=404, post=True),
    Page("incident-add-step", "incident.run", ("incident",), wrong=404, post=True),
    Page("incident-step", "incident.run", ("incident", "incident_step"), wrong=404, post=True),
    Page("incident-state", "incident.run", ("incident",), wrong=404, post=True),
    Page("incident-pause", "incident.run", ("incident",), wrong=404),
    Page("incident-disconnect", "incident.open", ("incident",), wrong=404),
    Page("incident-posts", "incident.run", ("incident",), wrong=404),
    Page("incident-take-down", "incident.run", ("incident", "post_that_is_gone"), right=302, wrong=404),
    Page("incident-statement", "incident.run", ("incident",), wrong=404),
    Page("incident-report", "incident.see", ("incident",), wrong=404),
    Page("incident-close", "incident.run", ("incident",), wrong=404),
]


def world(people: SimpleNamespace) -> dict[str, Any]:
    """An impostor of an account of the libraries, and somebody to call."""
    account = factories.channel(service=people.alice.memberships.get().service)
    incident = actions.open_incident(people.alice, "impostor", account, impostor_address="https://x.com/passes-for-us")
    contact = Contact.objects.create(name="Ivy Lamb", role="Resets passwords", phone="01632 960114", hours="Always")
    return {"incident": incident.pk, "incident_step": 1, "incident_call": contact.pk, "post_that_is_gone": 0}
