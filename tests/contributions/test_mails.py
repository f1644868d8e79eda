"""Mail to the desk: taken once, whoever sends it and however it comes; strangers' waits in quarantine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from smtplib import LMTP, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection

from moothall.accounts.models import User
from moothall.contributions import answering, desk, mailbox, mails, offering, queries
from moothall.contributions.models import Answer, Contribution, Mail, State, Way
from moothall.core import clock
from moothall.events.models import Event
from moothall.library.models import Asset
from tests import factories
from tests.peers import dovecot
from tests.peers.dovecot import Dovecot
from tests.peers.needs import require
from tests.peers.processes import free_port

pytestmark = pytest.mark.django_db

DESK = "desk@exampleshire.example"


@pytest.fixture(autouse=True)
def an_address_for_the_desk(settings: Any) -> None:
    settings.DESK_ADDRESS = DESK
    settings.MAIL_AUTHSERV = ""


def written(sender: str, words: str = "The gritters are out on the A40.", number: int = 1, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"] = sender
    made["To"] = DESK
    made["Subject"] = "Gritters"
    made["Message-ID"] = f"<{number}@phone.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(words)
    return made.as_bytes()


def with_picture(sender: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, DESK, "A picture", "<p@phone.example>"
    made.set_content("See here.")
    picture = factories.upload(size=(400, 300)).read() + b"\0" * 5_000
    made.add_attachment(picture, maintype="image", subtype="jpeg", filename="Charlie Reed.jpg")
    return made.as_bytes()


def test_a_colleague_writes_and_is_thanked(charlie: User, event: Event) -> None:
    taken = mails.take(written(f"Charlie <{charlie.email}>"))
    made = Contribution.objects.get()
    assert (made.door, made.state, made.contributor, made.event) == (Way.EMAIL, State.WAITING, charlie, event)
    assert made.words == "The gritters are out on the A40."
    assert not made.may_be_named
    assert not made.is_sender_verified
    assert b"The gritters" in mails.whole(taken)
    assert b"gritters" not in bytes(taken.sealed or b"")
    answering.send_answers.func()
    (answer,) = outbox.outbox
    assert answer.to == [charlie.email]
    assert answer.from_email == DESK
    assert answer.extra_headers["Auto-Submitted"] == "auto-replied"
    assert answer.extra_headers["In-Reply-To"] == "<1@phone.example>"


def test_the_same_mail_again_is_one(charlie: User) -> None:
    raw = written(charlie.email)
    first = mails.take(raw)
    assert mails.take(b"Received: by another way\n" + raw) == first
    assert Contribution.objects.count() == 1
    mails.take(written(charlie.email, "Something else.", 1))  # the same Message-ID says nothing by itself
    assert Contribution.objects.count() == 2


def test_a_stranger_waits_in_quarantine_with_pictures_unopened(alice: User, event: Event) -> None:
    mails.take(with_picture("somebody@elsewhere.example"))
    made = Contribution.objects.get()
    assert made.state == State.QUARANTINED
    assert not Asset.objects.exists()
    assert not Answer.objects.exists()
    mails.accept(alice, made)
    made.refresh_from_db()
    assert made.state == State.WAITING
    asset = made.assets.get()
    assert asset.is_offered
    assert "Charlie" not in asset.original_name
    desk.decline(alice, made, "We could not find the place.")
    answer = Answer.objects.get()
    assert answer.to == "somebody@elsewhere.example"
    assert "We could not find the place." in answer.body


def test_a_stranger_who_is_refused_hears_nothing(alice: User) -> None:
    mails.take(written("somebody@elsewhere.example"))
    desk.refuse(alice, Contribution.objects.get())
    assert Contribution.objects.get().state == State.REFUSED
    assert not Answer.objects.exists()


def test_where_a_mail_server_vouches_who_is_not_vouched_for_waits(charlie: User, settings: Any) -> None:
    settings.MAIL_AUTHSERV = "mx.exampleshire.example"
    domain = charlie.email.partition("@")[2]
    mails.take(written(charlie.email))
    assert Contribution.objects.get().state == State.QUARANTINED
    good = f"mx.exampleshire.example; dmarc=pass header.from={domain}"
    mails.take(written(charlie.email, number=2, Authentication_Results=good))
    newest = Contribution.objects.latest("pk")
    assert (newest.state, newest.is_sender_verified) == (State.WAITING, True)
    other = f"mx.elsewhere.example; dmarc=pass header.from={domain}"
    mails.take(written(charlie.email, number=3, Authentication_Results=other))
    assert Contribution.objects.latest("pk").state == State.QUARANTINED


def test_machines_make_no_contribution_and_get_no_answer(charlie: User) -> None:
    mails.take(written(charlie.email, Auto_Submitted="auto-replied"))
    mails.take(written(charlie.email, number=2), return_path="")
    assert not Contribution.objects.exists()
    assert not Answer.objects.exists()
    assert queries.left_aside().count() == 2


def test_our_own_answer_coming_back_is_left_aside(charlie: User) -> None:
    mails.take(written(charlie.email))
    answer = Answer.objects.get()
    ours = written(charlie.email, "Thank you.").replace(b"<1@phone.example>", answer.message_id.encode())
    assert mails.take(ours).why == "It is a mail of ours, come back"
    assert mails.take(written(DESK, number=9)).why == "It says that we sent it ourselves"


def test_two_machines_that_answer_each_other_come_to_an_end(charlie: User) -> None:
    for number in range(answering.MOST_AN_HOUR + 5):
        mails.take(written(charlie.email, f"Answer {number}", number))
    assert Answer.objects.count() == answering.MOST_AN_HOUR
    assert Contribution.objects.count() == answering.MOST_AN_HOUR + 5


def test_whoever_has_left_is_a_stranger(charlie: User) -> None:
    charlie.is_active = False
    charlie.save()
    mails.take(written(charlie.email))
    assert Contribution.objects.get().state == State.QUARANTINED


def test_after_a_month_the_mail_itself_is_gone(charlie: User, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = mails.take(written(charlie.email))
    aside = mails.take(written(charlie.email, number=2, Precedence="bulk"))
    later = clock.now() + mails.KEPT
    monkeypatch.setattr(clock, "now", lambda: later)
    mails.forget()
    kept.refresh_from_db()
    assert kept.sealed is None
    assert mails.whole(kept) == b""
    assert kept.contribution == Contribution.objects.get()
    assert not Mail.objects.filter(pk=aside.pk).exists()


# --- A real mailbox ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store() -> Iterator[Dovecot]:
    require(dovecot.installed(), "Dovecot is not installed; run: python -m tests.peers.install")
    with Dovecot() as server:
        yield server


@pytest.fixture
def box(store: Dovecot, settings: Any) -> Dovecot:
    store.empty()
    settings.DESK_MAILBOX = store.url
    return store


def test_the_mailbox_is_emptied_into_the_desk(box: Dovecot, charlie: User) -> None:
    for number in range(3):
        box.put(written(charlie.email, f"Number {number}", number))
    assert mailbox.read_all() == 3
    assert Contribution.objects.count() == 3
    assert (box.count(), box.count(mailbox.TAKEN)) == (0, 3)
    assert mailbox.read_all() == 0


def test_a_mail_that_cannot_be_kept_stays_in_the_mailbox(
    box: Dovecot, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(written(charlie.email))

    def away(*args: object, **values: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(mails, "take", away)
        assert mailbox.read_all() == 0
    assert box.count() == 1
    assert mailbox.read_all() == 1


def test_one_mail_that_cannot_be_kept_keeps_no_other_from_being_read(
    box: Dovecot, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = mails.take

    def taken(raw: bytes, **values: Any) -> Mail:
        if b"Poison" in raw:
            raise ValueError("nobody thought of this")
        return take(raw, **values)

    monkeypatch.setattr(mails, "take", taken)
    box.put(written(charlie.email, "Poison", 1))
    box.put(written(charlie.email, "The gritters are out.", 2))
    assert mailbox.read_all() == 1
    assert Contribution.objects.get().words == "The gritters are out."


@pytest.mark.parametrize(("charset", "body"), [("utf-7", b"Out +2AA- now"), ("unicode-escape", rb"Out \ud800 now")])
def test_halves_of_characters_are_no_trouble(charlie: User, charset: str, body: bytes) -> None:
    head = (
        f"From: {charlie.email}\r\nMessage-ID: <half@x.example>\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    )
    mails.take(head.encode() + body)
    assert Contribution.objects.get().words.startswith("Out")


def test_what_is_too_large_is_put_aside_and_said(box: Dovecot, charlie: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails, "MOST_BYTES", 10_000)
    box.put(written(charlie.email, "long " * 5_000))
    mailbox.read_all()
    assert not Contribution.objects.exists()
    assert "larger" in Mail.objects.get().why
    assert box.count(mailbox.TOO_LARGE) == 1


def test_a_mail_server_that_is_away_is_no_error(settings: Any) -> None:
    settings.DESK_MAILBOX = f"imap://desk:secret@127.0.0.1:{free_port()}/INBOX"
    assert mailbox.read_all() == 0


KILLED = """
import os, signal, django
django.setup()
from moothall.contributions import mailbox, mails
moment = os.environ["MOMENT"]
take = mails.take
def die(*args, **values):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "after the commit":
    def taken(raw, **values):
        take(raw, **values)
        die()
    mails.take = taken
else:
    mails._contribute = die
mailbox.read_all()
"""


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_killed_between_commit_and_move_it_is_taken_once(box: Dovecot, charlie: User, moment: str) -> None:
    box.put(with_picture(charlie.email))
    killed = subprocess.run([sys.executable, "-c", KILLED], env=_environment(box, MOMENT=moment), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert box.count() == 1  # it is still there
    assert Contribution.objects.count() == (1 if moment == "after the commit" else 0)
    mailbox.read_all()
    assert (box.count(), box.count(mailbox.TAKEN)) == (0, 1)
    assert Contribution.objects.get().assets.count() == 1
    assert Answer.objects.count() == 1


def _environment(box: Dovecot | None, **more: str) -> dict[str, str]:
    """Another process's, with the tests' database and their folder."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        at = f"{database['HOST']}:{database['PORT']}"
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{at}/{database['NAME']}"
    source = str(Path(__file__).parents[2] / "src")
    return {
        **os.environ,
        "PYTHONPATH": source,
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "DATABASE_URL": url,
        "MOOTHALL_DESK_ADDRESS": DESK,
        **({"MOOTHALL_DESK_MAILBOX": box.url} if box else {}),
        **more,
    }


def test_what_its_sender_takes_back_is_gone_and_the_same_mail_is_not_taken_again(charlie: User) -> None:
    raw = written(charlie.email)
    made = mails.take(raw).contribution
    assert made
    offering.take_back(charlie, made)
    mail = mails.take(raw)
    assert (mail.contribution, mail.sealed, mail.sender, mail.subject) == (None, None, "", "")
    assert not Contribution.objects.exists()
    assert not queries.left_aside().exists()


# --- Handed over by LMTP ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_handed_over_by_lmtp_for_the_desk_alone(charlie: User) -> None:
    port = free_port()
    command = [sys.executable, "-m", "moothall.cli", "mail", "--port", str(port)]
    process = subprocess.Popen(command, env=_environment(None), stdout=subprocess.DEVNULL)
    try:
        with _connected(port) as line:
            line.sendmail(charlie.email, [DESK], written(charlie.email))
            line.sendmail(charlie.email, [DESK], written(charlie.email))
            with pytest.raises(SMTPRecipientsRefused):
                line.sendmail(charlie.email, ["mayor@exampleshire.example"], written(charlie.email))
            with pytest.raises(SMTPSenderRefused, match="size"):
                line.sendmail(charlie.email, [DESK], b"x" * (mails.MOST_BYTES + 1))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert Contribution.objects.get().contributor == charlie


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
def test_what_was_accepted_is_kept_though_the_process_is_killed_at_once(charlie: User) -> None:
    raw = written(charlie.email)
    for _ in range(2):  # the mail server hands it over again, as it does when it heard no answer
        port = free_port()
        command = [sys.executable, "-m", "moothall.cli", "mail", "--port", str(port)]
        process = subprocess.Popen(command, env=_environment(None), stdout=subprocess.DEVNULL)
        try:
            _connected(port).sendmail(charlie.email, [DESK], raw)  # it returns when the mail was accepted
        finally:
            process.kill()
            process.wait(15)
        assert Contribution.objects.get().contributor == charlie


SERVED = """
import asyncio, os, signal, sys, django
django.setup()
from moothall.contributions import mail_listener, mails
take, moment = mails.take, os.environ["MOMENT"]
def taken(raw, **values):
    if moment == "disk full":
        raise OSError(28, "No space left on device")
    if moment == "after the commit":
        take(raw, **values)
    os.kill(os.getpid(), signal.SIGKILL)
mails.take = taken
asyncio.run(mail_listener.serve("127.0.0.1", int(sys.argv[1])))
"""


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_killed_between_the_mail_and_the_answer_it_is_taken_once_when_it_comes_again(
    charlie: User, moment: str
) -> None:
    raw, port = written(charlie.email), free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVED, str(port)], env=_environment(None, MOMENT=moment))
    with pytest.raises(SMTPServerDisconnected):
        _connected(port).sendmail(charlie.email, [DESK], raw)
    assert process.wait(15) == -signal.SIGKILL
    assert Contribution.objects.count() == (1 if moment == "after the commit" else 0)
    mails.take(raw)  # the mail server heard no answer, and hands it over again
    assert Contribution.objects.get().contributor == charlie


@pytest.mark.django_db(transaction=True)
def test_with_a_full_disk_the_mail_server_is_to_try_again(charlie: User) -> None:
    port = free_port()
    environment = _environment(None, MOMENT="disk full")
    process = subprocess.Popen([sys.executable, "-c", SERVED, str(port)], env=environment, stderr=subprocess.DEVNULL)
    try:
        with pytest.raises(SMTPDataError, match="Try again") as refused:
            _connected(port).sendmail(charlie.email, [DESK], written(charlie.email))
        assert refused.value.smtp_code == 451, "a 5xx would send it back to its sender"
    finally:
        process.kill()
        process.wait(15)


def _connected(port: int) -> LMTP:
    deadline = time.monotonic() + 30
    while True:
        try:
            return LMTP("127.0.0.1", port)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
