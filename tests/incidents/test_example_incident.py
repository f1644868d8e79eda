"""The example council's incident comes about through the real actions, and is over."""

from datetime import timedelta

import pytest

from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.incidents import timeline
from moothall.incidents.models import Contact, Incident
from moothall.lessons.models import Lesson, LessonState
from moothall.newsroom.models import Entry
from moothall.operating.example import incidents
from moothall.operating.example.timepiece import showing, work_until
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_dog_gave_the_warning() -> None:
    fire = factories.service("Fire and rescue")
    for slug in (incidents.WRONG, incidents.RIGHT):
        factories.connected(service=fire, slug=slug, handle=slug)
    cast = {
        incidents.AUTHOR: factories.person((Role.AUTHOR, fire)),
        incidents.LEAD: factories.person((Role.LEAD, fire)),
        incidents.DESK: factories.person((Role.DESK, None)),
        incidents.HEAD_OF_DESK: factories.person((Role.DESK, None)),
        incidents.REVIEWER: factories.person((Role.MONITORING_OFFICER, None)),
    }
    now = clock.now()
    with showing(now - timedelta(days=61)) as timepiece:
        for act in sorted(incidents.acts(cast, now), key=lambda each: each.at):
            work_until(act.at, timepiece)
            act.do()
        work_until(now, timepiece)
    incident = Incident.objects.get()
    assert (incident.state, incident.lesson) == ("closed", Lesson.objects.get(state=LessonState.PUBLISHED))
    assert incident.steps.filter(done_at=None).count() == 4, "What did not apply was left."
    assert len(incidents.CONTACTS) == Contact.objects.count()
    shown = list(Entry.objects.filter(is_removed=False).order_by("said_at").values_list("page__handle", "text"))
    assert [handle for handle, _ in shown] == [incidents.RIGHT, incidents.WRONG]
    assert "meant for another account" in shown[-1][1]
    titles = [each.title for each in timeline.of(incident)]
    assert titles[0] == "Opened: wrong account used"
    assert {"Taken down", "Went out", "Contained", "Closed"} <= set(titles)
