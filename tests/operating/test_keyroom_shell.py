"""``moothall webuse keys``: the ceremonies and the opening at the shell."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from moothall.operating import webuse_keys
from moothall.operating.commands import moothall
from moothall.operating.keyroom import memory
from moothall.records.models import Record
from moothall.webuse import house
from moothall.webuse.models import Purpose
from moothall.webuse.seals import actions, ceremonies
from moothall.webuse.seals import ceremony as ceremony_module
from moothall.webuse.seals.ceremony import Ceremony, deal, hold
from moothall.webuse.seals.public_keys import KeptKey, Role
from tests.operating.conftest import House
from tests.operating.keyroom_world import all_files, all_rows, approved, asked, read_log, traces

pytestmark = pytest.mark.django_db

HOLDERS = ["--hr", "Hazel Marsh", "--it-security", "Ivy Lamb", "--monitoring-officer", "Moss Pike"]


@pytest.fixture(autouse=True)
def this_process_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "keep_to_itself", lambda: ["Memory is not locked."])


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """What the next ceremony will make, known beforehand so that its words can be typed."""
    made = hold()
    monkeypatch.setattr(ceremony_module, "hold", lambda: made)
    return made


@pytest.fixture
def key(held: Ceremony) -> Ceremony:
    """A key that is in use."""
    well("create", *HOLDERS, answers=ceremony(*held.shares))
    return held


@pytest.fixture
def purpose(key: Ceremony, tmp_path: Path) -> Purpose:
    return read_log(tmp_path)


def typed(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def ceremony(*entered: str) -> str:
    """What is typed in a ceremony: each of three sees their words, and then these are entered."""
    return typed(*["show", "written"] * 3, *entered)


def run(*arguments: object, answers: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(moothall, ["webuse", "keys", *map(str, arguments)], input=answers)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def well(*arguments: object, answers: str = "") -> str:
    code, output = run(*arguments, answers=answers)
    assert code == 0, output
    return output


def badly(*arguments: object, answers: str = "") -> str:
    code, output = run(*arguments, answers=answers)
    assert code in (1, 2), output
    return output


def shown(output: str) -> list[str]:
    """The words that were shown, sheet by sheet."""
    words = re.findall(r"^ {2,3}\d+  (\w+)$", output, re.MULTILINE)
    return [" ".join(words[start : start + 33]) for start in range(0, len(words), 33)]


# --- Ceremonies -------------------------------------------------------------------------------------------------------


def test_a_key_is_made_when_all_three_have_entered_their_words_again(held: Ceremony) -> None:
    said = well("create", *HOLDERS, answers=ceremony(*held.shares))
    assert shown(said) == list(held.shares)
    assert "Memory is not locked." in said
    assert said.index("Let Hazel Marsh (HR) sit here alone") < said.index("Let Moss Pike (monitoring officer)")
    kept = house.public_keys().newest()
    assert said.count(kept.fingerprint) == 2
    assert kept.public_key == held.public_key
    assert Record.objects.get(kind="webuse.key_made").after["holders"]["HR"] == "Hazel Marsh"
    assert "There is a key already." in badly("create", *HOLDERS)


def test_what_was_entered_wrongly_is_asked_for_again(held: Ceremony) -> None:
    first, second, third = held.shares
    said = well("create", *HOLDERS, answers=ceremony("sekret " + first, second, first, second, third))
    assert "at place 1" in said
    assert "These are the words of IT security" in said
    assert "sekret" not in said


@pytest.mark.parametrize("entered", range(3))
def test_broken_off_before_the_last_has_entered_theirs_nothing_is_kept(
    held: Ceremony, tmp_path: Path, entered: int
) -> None:
    before = all_rows()
    assert "Aborted" in badly("create", *HOLDERS, answers=ceremony(*held.shares[:entered]))
    assert house.public_keys().all() == ()
    assert all_rows() == before
    assert not traces(held.shares, *all_files(tmp_path))
    assert [path for path in (tmp_path / "webuse").rglob("*") if path.is_file()] == []


def test_one_person_holds_no_two_shares(held: Ceremony) -> None:
    holders = ["--hr", "Hazel Marsh", "--it-security", "hazel marsh ", "--monitoring-officer", "Moss Pike"]
    said = badly("create", *holders)
    assert "could open names alone" in said
    assert not shown(said)


def test_a_new_key_takes_the_old_ones_place(key: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = hold()
    monkeypatch.setattr(ceremony_module, "hold", lambda: newer)
    well("rotate", *HOLDERS, answers=ceremony(*newer.shares))
    assert [each.key_id for each in house.public_keys().all()] == [key.key_id, newer.key_id]


def test_there_is_no_key_to_change_before_the_first(db: None) -> None:
    assert "keys create" in badly("rotate", *HOLDERS)
    assert "no key ceremony" in badly("check", answers="a\nb\n")
    assert "There are: none" in badly("destroy", "0a1b")


def test_two_shares_are_checked_by_files_or_unseen(key: Ceremony, tmp_path: Path) -> None:
    files = []
    for number, share in enumerate(key.shares):
        files.append(tmp_path / f"share-{number}")
        files[-1].write_text(share)
    for pair in (files[:2], files[1:], files[::2]):
        said = well("check", *[each for file in pair for each in ("--share", file)])
        assert house.public_keys().newest().fingerprint in said
    said = well("check", answers=typed(*key.shares[:2]))
    assert "The two shares are right." in said
    assert not traces(key.shares, said)
    assert Record.objects.filter(kind="webuse.key_checked").count() == 4
    assert "One share alone opens nothing." in badly("check", "--share", files[0])
    assert "are the same" in badly("check", answers=typed(key.shares[0], key.shares[0]))
    files[0].write_bytes(b"\xff\xfe" * 30)
    assert "not in the list of words" in badly("check", "--share", files[0], "--share", files[1])


def test_a_lost_share_is_recovered_by_two_holders(key: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    private_key = ceremony_module.combine(key.shares[:2], key.public_key)
    dealt = deal(private_key)

    def deal_anew(shares: list[str], of: KeptKey) -> Ceremony:
        """What comes of it, known beforehand so that its words can be typed."""
        ceremony_module.check(shares, of.public_key)
        return dealt

    monkeypatch.setattr(ceremonies, "deal_anew", deal_anew)
    said = well("recover", "--hr", "Hetty Rowe", *HOLDERS[2:], answers=typed(*key.shares[1:]) + ceremony(*dealt.shares))
    assert shown(said) == list(dealt.shares)
    assert "Now shred the two old sheets" in said
    (kept,) = house.public_keys().all()
    assert kept.holders[Role.HR] == "Hetty Rowe"
    assert Record.objects.get(kind="webuse.key_dealt").before["holders"]["HR"] == "Hazel Marsh"


@pytest.mark.parametrize("lines", range(1, 8))
def test_a_ceremony_goes_on_only_by_the_right_word(held: Ceremony, lines: int) -> None:
    right = ["show", "written"] * 3
    wrong = [*right[: lines - 1], "", *right[lines - 1 :], *held.shares]
    assert shown(well("create", *HOLDERS, answers=typed(*wrong))) == list(held.shares)


def test_a_recovery_with_the_wrong_shares_shows_nothing(key: Ceremony) -> None:
    other = hold()
    said = badly("recover", *HOLDERS, answers=typed(*other.shares[:2]))
    assert "of another ceremony" in said
    assert not shown(said)
    assert "different ceremonies" in badly("recover", *HOLDERS, answers=typed(key.shares[0], other.shares[1]))


def test_a_key_is_destroyed_when_all_three_have_confirmed_it(
    key: Ceremony, purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = house.public_keys().all()
    assert "Take a new key into use first" in badly("destroy", old.fingerprint[:9])
    newer = hold()
    monkeypatch.setattr(ceremony_module, "hold", lambda: newer)
    well("rotate", *HOLDERS, answers=ceremony(*newer.shares))
    for confirmed in range(4):
        said = badly("destroy", old.key_id.hex(), answers=typed(*["y"] * confirmed, "n"))
        assert "5 names, which nobody can ever open again" in said
        assert actions.names_sealed_to(old) == 5
    said = well("destroy", old.key_id.hex(), answers=typed(*["y"] * 4))
    assert "5 sealed names were deleted" in said
    assert all(f"Has {holder} shredded" in said for holder in old.holders.values())
    assert "was destroyed on" in badly("check", "--key", old.key_id.hex(), answers=typed(*key.shares[:2]))
    assert "is not how one key’s fingerprint begins" in badly("destroy", "zz")
    last = house.public_keys().newest()
    well("destroy", last.fingerprint, "--sealing-stops", answers=typed(*["y"] * 4))
    assert "No name is sealed any more" in badly("check", answers=typed(*key.shares[:2]))


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_a_name_is_opened_under_an_approved_opening_and_shown_to_nobody_here(key: Ceremony, purpose: Purpose) -> None:
    wanted = approved(purpose)
    assert "no opening with this reference" in badly("open", "0a1b")
    assert "waits for its two approvals" in badly("open", asked(purpose, "user2").reference)
    assert "Aborted" in badly("open", wanted.reference, answers="n\n")
    for shares, told in (
        (key.shares[:1] * 2, "are the same"),
        (hold().shares[:2], "of another ceremony"),
    ):
        assert told in badly("open", wanted.reference, answers=typed("y", *shares))
    assert not Record.objects.filter(kind="webuse.opened").exists()
    said = well("open", wanted.reference, answers=typed("y", *key.shares[:2]))
    for read in (purpose.title, "An answer to the question of", wanted.case.hr.name, wanted.case.mo.name):
        assert read in said
    assert "user3" not in said
    assert not traces(key.shares, said, all_rows())
    assert wanted.shown() == "user3"
    assert Record.objects.get(kind="webuse.opened").actor_name == "Moothall"
    assert "opened already" in badly("open", wanted.reference)
    assert "was opened before" in badly("open", approved(purpose).reference, answers="n\n")


def test_a_second_holder_who_does_not_come_ends_the_command(
    key: Ceremony, purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webuse_keys, "KEPT_SECONDS", 1)
    given = iter([key.shares[0]])

    def slow(*arguments: Any, **keywords: Any) -> str:
        answer = next(given, "")
        if not answer:
            time.sleep(5)
        return answer

    monkeypatch.setattr("click.prompt", slow)
    assert "what was entered is forgotten" in badly("check")
    assert signal.alarm(0) == 0


# --- A real terminal --------------------------------------------------------------------------------------------------


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, house: House, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moothall.cli", "webuse", "keys", *arguments],
            env=house.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self._unread = ""

    def wait_for(self, words: str) -> str:
        """Read on until this is said; returns what came since the last time, up to it."""
        until = time.monotonic() + 90
        while words not in self._unread:
            assert time.monotonic() < until, self._unread
            if select.select([self._ours], [], [], 1)[0]:
                try:
                    self._unread += os.read(self._ours, 65_536).decode().replace("\r\n", "\n")
                except OSError:  # the other end is closed
                    assert words in self._unread, self._unread
        found, words, self._unread = self._unread.partition(words)
        return found + words

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


@contextmanager
def terminal(house: House, *arguments: str) -> Iterator[Terminal]:
    at = Terminal(house, *arguments)
    try:
        yield at
    finally:
        at.close()


def sheets_from(at: Terminal) -> list[str]:
    """Sit down three times, and write down what is shown."""
    sheets = []
    for _ in Role:
        at.wait_for("type “show”:")
        at.type("show\n")
        page = at.wait_for("type “written”:")
        assert "\x1b[?1049h" in page, "Words are on a screen that cannot be scrolled back to."
        sheets += shown(page)
        at.type("written\n")
        at.wait_for("\x1b[?1049l")
    return sheets


def test_at_a_real_terminal_a_key_is_made_and_what_is_typed_is_not_seen(house: House) -> None:
    with terminal(house, "create", *HOLDERS) as at:
        sheets = sheets_from(at)
        for sheet, holder in zip(sheets, ("Hazel Marsh", "Ivy Lamb", "Moss Pike"), strict=True):
            at.wait_for(f"{holder} (")
            at.type(f"{sheet}\n")
        after = at.wait_for("Put each sheet into its envelope")
        assert at.process.wait(30) == 0
    assert not traces(sheets, after)
    assert not traces(sheets, *all_files(house.folder))
    assert (house.folder / "webuse" / "public-keys" / "public-keys.json").exists()


@pytest.mark.crash
def test_killed_in_the_middle_of_a_ceremony_it_leaves_nothing(house: House) -> None:
    with terminal(house, "create", *HOLDERS) as at:
        sheets = sheets_from(at)
        at.wait_for("Hazel Marsh (HR)")
        at.type(f"{sheets[0]}\n")
        at.wait_for("Ivy Lamb (IT security)")
        at.process.kill()
        at.process.wait(30)
    assert len(sheets) == 3
    assert not traces(sheets, *all_files(house.folder))
    assert not (house.folder / "webuse").exists()
    assert house.python(COUNT_RECORDS) == "0"
    assert [path for path in house.folder.iterdir() if path.suffix == ".core" or path.name.startswith("core")] == []


COUNT_RECORDS = """
from moothall.records.models import Record
print(Record.objects.filter(kind__startswith="webuse.").count())
"""
