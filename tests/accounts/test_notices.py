"""What people are told: each notice is e-mailed once, and a mail server may be away for a while."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from moothall.accounts import actions, queries, tasks
from moothall.accounts.models import Notice, User
from moothall.core import clock
from tests import factories
from tests.peers.mail import MailServer

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def turned(monkeypatch: pytest.MonkeyPatch) -> Clock:
    ours = Clock()
    monkeypatch.setattr(clock, "now", ours.now)
    return ours


def tell(*people: User, text: str = "Rowan asks you to approve “Story time”.") -> None:
    actions.notify(people, text, "/posts/1/")


def test_a_notice_is_shown_and_e_mailed_with_its_link(mail_server: MailServer, signed_in: Any, settings: Any) -> None:
    hazel = factories.person(name="Hazel Marsh")
    tell(hazel)
    tasks.send_notices.call()
    (mail,) = mail_server.wait_for(1)
    assert mail.recipients == (hazel.email,)
    assert mail.message["Subject"] == "Rowan asks you to approve “Story time”."
    assert settings.SITE_URL + "/posts/1/" in mail.message.get_content()
    notice = Notice.objects.get()
    assert notice.emailed_at
    assert notice.email_due_at is None
    browser = signed_in(hazel)
    assert "Rowan asks you to approve" in browser.get("/notices/").content.decode()
    assert queries.unread(hazel).count() == 1
    assert browser.post("/notices/read/").url == "/notices/"
    assert queries.unread(hazel).count() == 0


def test_nobody_sees_another_persons_notices(signed_in: Any) -> None:
    hazel, rowan = factories.person(), factories.person()
    tell(hazel)
    browser = signed_in(rowan)
    assert "asks you to approve" not in browser.get("/notices/").content.decode()
    browser.post("/notices/read/")
    assert queries.unread(hazel).count() == 1


def test_the_sweep_wakes_a_worker_once_and_only_if_something_is_owed(
    django_capture_on_commit_callbacks: Any,
) -> None:
    def sweep() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            tasks.sweep()
        return DBTaskResult.objects.count()

    assert sweep() == 0
    tell(factories.person())
    assert (sweep(), sweep()) == (1, 1)


def test_those_who_have_left_are_not_written_to(mail_server: MailServer) -> None:
    gone, leaving, hazel = factories.person(is_active=False), factories.person(), factories.person()
    tell(gone, leaving, hazel)
    assert not gone.notices.exists()
    User.objects.filter(pk=leaving.pk).update(is_active=False)
    tasks.send_notices.call()
    assert [mail.recipients for mail in mail_server.wait_for(1)] == [(hazel.email,)]
    assert not Notice.objects.filter(email_due_at__isnull=False).exists(), "Nothing is left for the sweep to find."


def test_a_mail_server_that_is_away_is_asked_again_ever_more_rarely(
    mail_server: MailServer, turned: Clock, settings: Any
) -> None:
    tell(factories.person())
    mail_server.stop()
    waits = []
    for _ in range(3):
        before = turned.at
        tasks.send_notices.call()
        due = Notice.objects.get().email_due_at
        assert due
        waits.append(due - before)
        tasks.send_notices.call()
        turned.at = due
    assert Notice.objects.get().email_tries == 3, "It was not tried before its time."
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
    mail_server.start()
    settings.EMAIL_PORT = mail_server.port
    tasks.send_notices.call()
    assert len(mail_server.wait_for(1)) == 1
    assert Notice.objects.get().emailed_at


def test_in_the_end_it_gives_up_and_the_notice_stays_in_moothall(mail_server: MailServer, turned: Clock) -> None:
    tell(factories.person())
    mail_server.stop()
    for _ in range(tasks.MOST_TRIES):
        turned.at += timedelta(days=1)
        tasks.send_notices.call()
    mail_server.start()
    notice = Notice.objects.get()
    assert (notice.email_tries, notice.email_due_at, notice.emailed_at) == (tasks.MOST_TRIES, None, None)
    assert queries.unread(notice.user).exists()


def test_a_worker_that_died_while_sending_leaves_the_notice_to_the_next(mail_server: MailServer, turned: Clock) -> None:
    tell(factories.person())
    Notice.objects.update(email_due_at=turned.at + tasks.LEASE, email_tries=1)
    tasks.send_notices.call()
    assert mail_server.mails == [], "The lease holds."
    turned.at += tasks.LEASE
    tasks.send_notices.call()
    assert len(mail_server.wait_for(1)) == 1


def test_an_odd_notice_does_not_keep_the_others_waiting(mail_server: MailServer) -> None:
    tell(factories.person(), text="Two\nlines, and so long that no subject would hold them. " + "Word " * 60)
    tell(factories.person())
    tasks.send_notices.call()
    subjects = sorted(str(mail.message["Subject"]).strip() for mail in mail_server.wait_for(2))
    assert subjects[0] == "Rowan asks you to approve “Story time”."
    assert subjects[1].startswith("Two lines, and so long")
    assert len(subjects[1]) <= tasks.SUBJECT_LENGTH


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_notice_once(mail_server: MailServer) -> None:
    for _ in range(12):
        tell(factories.person())
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        tasks.send_notices.call()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({mail.recipients for mail in mail_server.wait_for(12)}) == 12
    assert len(mail_server.mails) == 12
    assert Notice.objects.filter(emailed_at=None).count() == 0
