"""A browser for the key room that runs no script, a log with names in it, and a case that wants one of them opened."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from lxml import html

from moothall.concerns import openings
from moothall.concerns.openings import Asked
from moothall.concerns.sources import BARBULESCU
from moothall.core import localtime
from moothall.webuse import house
from moothall.webuse.models import Purpose
from moothall.webuse.seals.pseudonyms import period_of, pseudonym
from tests.concerns import making
from tests.concerns.making import Case
from tests.webuse import kits, purposes, reading

HOLDERS: dict[str, Any] = {"hr": "Hazel Marsh", "it_security": "Ivy Lamb", "monitoring_officer": "Moss Pike"}
DAY = purposes.today() - timedelta(days=3)
AT = int(localtime.from_wall(DAY, time(12)).timestamp())


# --- What there is to open --------------------------------------------------------------------------------------------


def read_log(folder: Path) -> Purpose:
    """A log that names user0 to user4, read for a purpose in force."""
    purpose = purposes.in_force()
    log = folder / "access.log"
    log.write_bytes(b"".join(kits.squid_lines(100, at=AT, users=5)))
    reading.read(purpose, log)
    log.unlink()
    return purpose


def pseudonym_of(purpose: Purpose, name: str = "user3") -> str:
    return pseudonym(house.key_ring(purpose.key).key(period_of(DAY), begun=True), name).hex()


@dataclass(frozen=True)
class Wanted:
    """An opening that two people have approved, and its case."""

    case: Case
    reference: str

    def shown(self) -> str:
        """The name, as the case sees it once."""
        return openings.show(self.case.investigator, self.case.reference, self.reference)


def asked(purpose: Purpose, name: str = "user3") -> Wanted:
    """An opening that somebody has asked for, and nobody approved."""
    case = making.allocated()
    making.name_approvers(case)
    answers = {each.key: f"An answer to the question of {each.key}. " * 10 for each in BARBULESCU}
    wish = Asked(purpose.key, pseudonym_of(purpose, name), DAY, DAY, answers)
    return Wanted(case, openings.ask(case.investigator, case.reference, wish).reference)


def approved(purpose: Purpose, name: str = "user3") -> Wanted:
    wanted = asked(purpose, name)
    for approver in (wanted.case.hr, wanted.case.mo):
        openings.approve(approver, wanted.case.reference, wanted.reference)
    return wanted


# --- A browser --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: dict[str, str]


Send = Callable[[str, str, dict[str, str] | None, dict[str, str]], Answer]
"""Sends a method, a path, what a form holds, and headers."""


@dataclass
class Browser:
    """Goes to pages, fills in their forms and sends them, as somebody without scripts would.

    Every page it gets must be sound, and hold none of ``secrets`` but for the one that shows them.
    """

    send: Send
    start: str
    origin: str
    path: str = ""
    page: Any = None
    answer: Answer = field(default_factory=lambda: Answer(0, "", {}))
    seen: list[str] = field(default_factory=list)
    """All pages that came, but for those that show words."""

    def go(self, name: str = "", status: int = 200) -> "Browser":
        """Go to a page of the room by what follows its secret."""
        return self._ask("GET", self.start + name, None, status)

    def submit(self, button: str, status: int = 200, **values: str) -> "Browser":
        """Fill in the form that has this button, and press it."""
        (form, pressed) = next(
            (each, found)
            for each in self.page.forms
            for found in each.xpath(".//button")
            if found.text_content().strip() == button
        )
        data = {name: value for name, value in form.form_values() if name not in values} | values
        unknown = set(values) - set(form.fields)
        assert not unknown, f"There is no field {unknown} on this page."
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value")
        return self._ask("POST", form.get("action") or self.path, data, status)

    def _ask(self, method: str, path: str, data: dict[str, str] | None, status: int) -> "Browser":
        headers = {"Origin": self.origin} if method == "POST" else {}
        answer = self.send(method, path, data, headers)
        for _ in range(5):
            if answer.status != 302:
                break
            path = urlsplit(answer.headers["location"]).path
            answer = self.send("GET", path, None, {})
        self.answer, self.path, self.page = answer, path, html.fromstring(answer.text or "<p>")
        assert answer.status == status, answer.text
        if answer.text:
            sound(answer, self.page)
        if not self.words:
            self.seen.append(answer.text)
        return self

    @property
    def words(self) -> str:
        """The words of a share, on the page that shows one."""
        listed = [item.text_content() for item in self.page.xpath("//ol/li")]
        return " ".join(listed) if len(listed) == 33 else ""

    @property
    def heading(self) -> str:
        (found,) = self.page.xpath("//h1")
        return str(found.text_content())

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())


def sound(answer: Answer, page: Any) -> None:
    """What a page must be: kept by nobody, without a script, and built so that a screen reader finds its way."""
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert page.xpath("//script | //@style | //@onclick") == []
    assert page.get("lang") == "en-GB"
    assert page.xpath("string(//title)").strip()
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    levels = [int(each.tag[1]) for each in page.xpath("//h1 | //h2[not(ancestor::*[@role='alert'])] | //h3")]
    assert levels == sorted(levels)[:1] + levels[1:]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in page.xpath("//textarea | //select | //input[not(@type='hidden')]"):
        assert page.xpath(f"//label[@for='{control.get('id')}']"), control.get("name")
        assert not (control.get("aria-describedby") and set(control.get("aria-describedby").split()) - set(ids))
    for area in page.xpath("//textarea"):
        assert area.text_content().strip() == ""
        assert (area.get("autocomplete"), area.get("spellcheck")) == ("off", "false")
    for link in page.xpath("//a[@href] | //button"):
        assert link.text_content().strip()
    for table in page.xpath("//table"):
        assert table.xpath(".//th[@scope='col']")
    assert all(each.getparent().tag in ("dl", "div") for each in page.xpath("//dt"))


# --- Ceremonies in it -------------------------------------------------------------------------------------------------


def write_down(browser: Browser) -> list[str]:
    """Let each holder in turn see their words; returns their sheets."""
    sheets = []
    for _ in HOLDERS:
        browser.submit("Show my words")
        sheets.append(browser.words)
        browser.submit("I have written them down")
    return sheets


def read_in(browser: Browser, sheets: Iterable[str]) -> None:
    for sheet in sheets:
        browser.submit("These are my words", words=sheet)


def make_key(browser: Browser, **holders: str) -> list[str]:
    """The whole ceremony; returns the three sheets."""
    browser.go("new-key/").submit("Make the key", **(HOLDERS | holders))
    sheets = write_down(browser)
    read_in(browser, sheets)
    assert browser.heading == "The key seals from now on"
    return sheets


# --- What must be nowhere ---------------------------------------------------------------------------------------------


def traces(sheets: Iterable[str], *texts: bytes | str) -> list[str]:
    """Any three words of a sheet that stand beside each other in ``texts``, however they are written."""
    plain = [b" ".join(re.findall(rb"[a-z]+", bytes_of(text).lower())) for text in texts]
    return [run for run in _runs(sheets) if any(run.encode() in text for text in plain)]


def _runs(sheets: Iterable[str]) -> Iterator[str]:
    for sheet in sheets:
        words = sheet.split()
        yield from (" ".join(words[start : start + 3]) for start in range(len(words) - 2))


def bytes_of(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def all_files(*folders: Path) -> list[bytes]:
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def all_rows() -> str:
    """Everything that the database holds."""
    return "\n".join(str(list(model._default_manager.values())) for model in apps.get_models())
