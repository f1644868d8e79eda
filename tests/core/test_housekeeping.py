"""What is swept up once an hour."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache

from moothall.core import clock, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_swept_yet() -> None:
    cache.clear()


def session(name: str, ends_in: timedelta) -> None:
    Session.objects.create(session_key=name, session_data="", expire_date=clock.now() + ends_in)


def test_sessions_that_have_ended_are_dropped_and_no_others() -> None:
    session("ended", -timedelta(minutes=1))
    session("open", timedelta(hours=1))
    tasks.sweep()
    assert [each.session_key for each in Session.objects.all()] == ["open"]


def test_it_is_done_once_an_hour_however_often_it_is_asked_for() -> None:
    tasks.sweep()
    session("ended", -timedelta(minutes=1))
    tasks.sweep()
    assert Session.objects.count() == 1
    cache.clear()  # as after an hour
    tasks.sweep()
    assert Session.objects.count() == 0
