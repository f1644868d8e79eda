"""The whole way of a concern before a real browser: raised, looked into, decided, appealed against, learned from.

Samira raises it, Anneliese of HR keeps it, Meredith looks into it, Owen decides, Graham is the one it is about. Ruth
hears his appeal, and Philippa, who is a monitoring officer and not on the case, learns nothing.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import House, sign_in
from tests.e2e.test_pages import check

pytestmark = pytest.mark.browser

SAMIRA, ANNELIESE, MEREDITH, OWEN, GRAHAM, RUTH, PHILIPPA, OSRIC = (
    "Samira Dunmore",
    "Anneliese Croft",
    "Meredith Stone",
    "Owen Thistle",
    "Graham Tolliver",
    "Ruth Amberley",
    "Philippa Strand",
    "Osric Bell",
)
SECRET = "The answer about the salt bins"
GAP = re.compile(r"\[[^\[\]]*\]")


class Case:
    """The people of one case, each in a browser of their own."""

    def __init__(self, browser: Browser, house: House) -> None:
        self.browser, self.house = browser, house
        self.contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}
        self.address = ""

    def page(self, who: str) -> Page:
        if who not in self.pages:
            context = self.browser.new_context(base_url=self.house.url, locale="en-GB", timezone_id="Europe/London")
            self.contexts.append(context)
            self.pages[who] = context.new_page()
            sign_in(self.pages[who], who)
        return self.pages[who]

    def see(self, who: str, below: str = "") -> Page:
        """What somebody sees of the case, looked at by axe."""
        page = self.page(who)
        answer = page.goto(self.address + below)
        assert answer
        assert answer.status == 200, (who, below)
        assert check(page, f"{who} at {below or 'the case'}") == []
        return page

    def do(self, who: str, below: str, words: dict[str, str], button: str = "", **chosen: str) -> Page:
        """Fill a form of the case in and send it."""
        page = self.see(who, below)
        for name, text in words.items():
            page.fill(f"[name={name}]", text)
        for name, value in chosen.items():
            page.check(f"[name={name}][value={value}]")
        here = page.url
        (page.get_by_role("button", name=button) if button else page.locator(".moot-form button").first).click()
        expect(page).not_to_have_url(here)
        return page

    def write(self, kind: str) -> None:
        """Anneliese fills the gaps of a letter and sends it."""
        page = self.see(ANNELIESE, f"letters/{kind}/")
        filled = GAP.sub("as we said", page.input_value("[name=text]"))
        self.do(ANNELIESE, f"letters/{kind}/", {"text": filled})

    def pass_time(self, days: int) -> None:
        command = [sys.executable, "-m", "tests.e2e.passing", self.address.rstrip("/").rpartition("/")[2], str(days)]
        environment = self.house.environment | {"DJANGO_SETTINGS_MODULE": "moothall.config.settings"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def sees_nothing(self, who: str) -> None:
        """Neither the case nor a trace of it."""
        page = self.page(who)
        answer = page.goto(self.address)
        assert answer
        assert answer.status == 404
        for path in ("/concerns/", "/today/", "/notices/"):
            page.goto(path)
            expect(page.locator("body")).not_to_contain_text(SECRET)
            assert self.address not in page.content()


@pytest.fixture
def case(browser: Browser, house: House) -> Iterator[Case]:
    found = Case(browser, house)
    yield found
    for context in found.contexts:
        context.close()


def address(who: str) -> str:
    return f"{who.lower().replace(' ', '.')}@exampleshire.example"


def in_days(days: int) -> dict[str, str]:
    return {"at_day": (date.today() + timedelta(days=days)).isoformat(), "at_time": "11:00"}


def test_a_concern_from_its_raising_to_its_lesson(case: Case) -> None:
    _raise(case)
    _name_people(case)
    _gather(case)
    _meet(case)
    _decide_and_appeal(case)
    _learn(case)


def _raise(case: Case) -> None:
    page = case.page(SAMIRA)
    page.goto("/concerns/raise/")
    assert check(page, "raising a concern") == []
    page.check("[name=about][value=online]")
    page.fill("[name=words]", f"{SECRET} was rude, and a whole street saw it.")
    page.fill("[name=whom_email]", address(GRAHAM))
    page.check("[name=name][value=named]")
    page.get_by_role("button", name="Raise it").click()
    expect(page.locator("body")).to_contain_text("received")
    case.address = urlsplit(page.url).path


def _name_people(case: Case) -> None:
    case.see(ANNELIESE).get_by_role("button", name="Take this on").click()
    for who in (OSRIC, PHILIPPA, GRAHAM, MEREDITH):
        case.sees_nothing(who)
    case.do(ANNELIESE, "triage/", {"words": "It may be against the code of conduct."}, kind="misconduct")
    parts: dict[str, str] = {"investigator": MEREDITH, "decider": OWEN, "appeal-officer": RUTH}
    for part, who in parts.items():
        case.do(ANNELIESE, f"people/{part}/", {"who": address(who)})
    page = case.see(ANNELIESE, "people/approver-hr/")
    page.fill("[name=who]", address(MEREDITH))
    page.locator(".moot-form button").first.click()
    expect(page.locator("body")).to_contain_text("takes somebody with the role")
    case.do(ANNELIESE, "steps/allocate/", {"reasons": "A talk was had last month, and did not help."})
    case.see(MEREDITH)
    for who in (OWEN, RUTH, GRAHAM):
        case.sees_nothing(who)


def _gather(case: Case) -> None:
    case.write("told")
    expect(case.see(GRAHAM).locator("body")).to_contain_text("Nothing has been decided")
    case.do(GRAHAM, "papers/hand-in/", {"title": "My evening", "text": "I had been on duty for eleven hours."})
    case.do(
        MEREDITH,
        "papers/evidence/",
        {"title": "The answer", "text": "As it could be seen from ten to eleven."},
        side="against",
    )
    report = {"text": "He wrote it and took it down.", "speaks_for": "Eleven hours on duty, and he owned up."}
    case.do(MEREDITH, "papers/report/", report)
    case.do(MEREDITH, "steps/hand_over/", {})
    expect(case.see(OWEN, "papers/").locator("body")).to_contain_text("eleven hours")


def _meet(case: Case) -> None:
    page = case.see(ANNELIESE, "papers/")
    page.get_by_role("button", name=re.compile("[Ss]hare")).first.click()
    expect(case.see(GRAHAM).locator("body")).to_contain_text("As it could be seen")
    page = case.see(ANNELIESE, "meeting/")
    too_soon = in_days(1) | {"where": "County Hall, room 3"}
    for name, text in too_soon.items():
        page.fill(f"[name={name}]", text)
    page.locator(".moot-form button").first.click()
    expect(page.locator("body")).to_contain_text("working days before")
    assert page.input_value("[name=where]") == "County Hall, room 3", "nothing typed is lost"
    case.do(ANNELIESE, "meeting/", in_days(14) | {"where": "County Hall, room 3"})
    case.write("meeting")
    expect(case.see(GRAHAM).locator("body")).to_contain_text("County Hall, room 3")
    case.pass_time(15)
    case.do(OWEN, "meeting/record/", {"companion": "Fern Hale, UNISON", "notes": "He said that he was sorry."})


def _decide_and_appeal(case: Case) -> None:
    case.do(OWEN, "steps/decide/", {"reasons": "It was insulting."}, outcome="final_warning")
    case.write("final_warning")
    case.sees_nothing(RUTH)
    case.do(GRAHAM, "steps/appeal/", {"reasons": "Eleven hours on duty were not weighed."})
    case.do(ANNELIESE, "meeting/", in_days(5) | {"where": "County Hall, room 4"})
    case.write("appeal_meeting")
    case.pass_time(6)
    page = case.see(RUTH, "meeting/record/")
    page.check("[name=without_companion]")
    page.fill("[name=notes]", "The rota was read.")
    page.locator(".moot-form button").first.click()
    expect(case.see(RUTH, "steps/decide_appeal/").locator("[value=dismissal]")).to_have_count(0)
    case.do(RUTH, "steps/decide_appeal/", {"reasons": "A talk is enough."}, outcome="no_action")
    case.sees_nothing(RUTH)
    expect(case.see(GRAHAM).locator("body")).to_contain_text("erased on")


def _learn(case: Case) -> None:
    case.write("appeal_outcome")
    title = "Nobody answers alone all evening"
    words: dict[str, Any] = {
        "title": title,
        "what_happened": "After eleven hours alone on an account somebody lost patience.",
        "what_changes": "The rota has two people in the evening, and nobody has more than four hours.",
    }
    case.do(ANNELIESE, "close/", words, button="Send the lesson for review, and close")
    philippa = case.page(PHILIPPA)
    philippa.goto("/lessons/")
    philippa.get_by_role("link", name=title).click()
    expect(philippa.locator("main")).not_to_contain_text(ANNELIESE)
    assert case.address not in philippa.content()
    _publish(philippa)
    samira = case.page(SAMIRA)
    samira.goto("/lessons/")
    samira.get_by_role("link", name=title).click()
    expect(samira.locator("main")).to_contain_text("nobody has more than four hours")
    expect(case.see(SAMIRA).locator("body")).to_contain_text("Settled")
    case.sees_nothing(PHILIPPA)
    expect(case.see(ANNELIESE, "record/").locator("body")).to_contain_text(PHILIPPA)


def _publish(page: Page) -> None:
    if not page.url.endswith("/review/"):
        page.get_by_role("link", name="Review it").click()
    assert check(page, "the review of a lesson") == []
    page.locator("[type=radio]").first.check()
    page.get_by_role("button", name="Decide").click()
    expect(page).not_to_have_url(re.compile("/review/"))
