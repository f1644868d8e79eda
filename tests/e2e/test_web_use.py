"""Web use from a purpose to one opened name: Dominic is IT security, Anneliese HR, Philippa the monitoring officer.

Owen leads the libraries and archives; Hester works there; Ruth looks into a concern.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from moothall.webuse import samples
from tests.e2e.conftest import House, sign_in
from tests.e2e.test_pages import check

pytestmark = pytest.mark.browser

DOMINIC, ANNELIESE, PHILIPPA, OWEN, HESTER, RUTH = (
    "Dominic Yarrow",
    "Anneliese Croft",
    "Philippa Strand",
    "Owen Thistle",
    "Hester Quill",
    "Ruth Amberley",
)
SECONDS = 120
WORDS = {
    "title": "Room on the line of the libraries",
    "key": "library-lines",
    "what_for": "To say how wide the lines of the libraries have to be, by the busiest hours of a common month.",
    "rejected": "A meter at each router: it cannot tell a backup at night from people who read.",
    "kept": "The hour, the registrable domain, its category and the unit; no page and no address.",
    "who_sees": "The monitoring officer the units, whoever leads a unit its own figures.",
    "names_days": "28",
    "rows_days": "60",
    "figures_days": "400",
    "consulted": "UNISON on 3 March, and the data protection officer throughout.",
    "views": "That names be sealed and kept for a month at most; so they are.",
    "notice": "Letter to all staff of 1 April, and the intranet page since that day.",
    "notice_others": "The sign-in page of the guest network.",
    "dpia_reference": "DPIA-2026-044",
}

Opener = Callable[[str], Page]


@pytest.fixture
def opened(browser: Browser, house: House) -> Iterator[Opener]:
    """A function: a browser of its own, in which somebody is signed in."""
    contexts: list[BrowserContext] = []

    def open_as(person: str) -> Page:
        context = browser.new_context(base_url=house.url, locale="en-GB", timezone_id="Europe/London")
        contexts.append(context)
        page = context.new_page()
        sign_in(page, person)
        return page

    yield open_as
    for context in contexts:
        context.close()


def test_a_purpose_is_approved_and_its_log_read_into_figures(house: House, opened: Opener, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    day = date.today() - timedelta(days=3)
    samples.write(log, lines=20_000, seed=5, start=day, users=400, domains=300)
    refused = house.command("webuse", "import", str(log), "--purpose", WORDS["key"])
    assert refused.returncode == 1
    assert "There is no purpose" in refused.stderr or "register" in refused.stderr

    dominic = opened(DOMINIC)
    dominic.goto("/web-use/register/new/")
    for name, words in WORDS.items():
        dominic.fill(f"[name={name}]", words)
    dominic.locator("[name=lawful_basis]").first.check()
    dominic.fill("[name=review_on]", (date.today() + timedelta(days=200)).isoformat())
    assert check(dominic, "a new purpose") == []
    dominic.get_by_role("button", name="Send for approval").click()
    expect(dominic.locator("body")).to_contain_text("Awaiting approval")
    entry = dominic.url
    for name in (ANNELIESE, PHILIPPA):
        other = opened(name)
        other.goto(entry)
        other.get_by_role("button", name=re.compile("^Approve")).click()
    expect(other.locator("body")).to_contain_text("In force")
    assert check(other, "a purpose in force") == []
    pdf = other.request.get(f"{entry}dpia.pdf")
    assert pdf.status == 200, pdf.text()
    assert pdf.body().startswith(b"%PDF-")

    done = house.command("webuse", "import", str(log), "--purpose", WORDS["key"])
    assert done.returncode == 0, done.stderr
    assert "20,000 new lines" in done.stdout
    again = house.command("webuse", "import", str(log), "--purpose", WORDS["key"])
    assert "All of it was counted before" in again.stdout


def test_whoever_leads_a_unit_sees_its_figures_and_never_fewer_than_ten_people(opened: Opener) -> None:
    owen = opened(OWEN)
    owen.goto("/web-use/")
    expect(owen.get_by_role("heading", level=1)).to_have_text("Libraries and archives")
    assert check(owen, "a unit") == []
    address = owen.url.partition("?")[0]
    numbers: list[int] = []
    for name in ("days", "parts", "domains", "hours", "year"):
        answer = owen.request.get(f"{address}{name}.csv?purpose=open-web")
        if answer.status == 404:
            continue  # a unit without parts
        numbers += [int(cell) for line in answer.text().splitlines()[1:] for cell in re.findall(r",(\d+)(?=,|$)", line)]
    assert numbers
    people = [number for number in numbers if number]
    assert min(people) >= 5, "averages of minutes are there too, rounded to five"
    assert not [number for number in people if number % 5]
    highways = int(address.rstrip("/").rpartition("/")[2]) + 1
    assert owen.request.get(f"/web-use/units/{highways}/").status in (403, 404)


def own_data(page: Page) -> dict[str, Any]:
    """Ask for one's own data, and wait until they are there."""
    page.goto("/web-use/me/")
    ask = page.get_by_role("button", name="Ask for your data")
    if ask.count():
        ask.click()
    until = time.monotonic() + SECONDS
    while True:
        answer = page.request.get("/web-use/me/data.json")
        if answer.status == 200:
            found: dict[str, Any] = json.loads(answer.text())
            return found
        assert time.monotonic() < until, answer.text()[-2_000:]
        time.sleep(0.5)


def test_everybody_reads_what_is_seen_about_them_and_fetches_their_own_data(opened: Opener) -> None:
    hester = opened(HESTER)
    hester.goto("/web-use/me/")
    expect(hester.locator("body")).to_contain_text("An open web, used safely")
    expect(hester.locator("body")).to_contain_text("hester.quill")
    assert check(hester, "what we see about you") == []
    found = own_data(hester)
    assert found["person"]["login at the proxy"] == "hester.quill"
    assert sum(len(purpose["kept"]) for purpose in found["purposes"]) > 0
    hester.goto("/web-use/me/")
    expect(hester.get_by_role("link", name="Download your data")).to_be_visible()
    assert opened(DOMINIC).request.get("/web-use/me/data.json").status == 404


def test_an_approved_opening_and_two_shares_bring_one_name_to_its_case(house: House, opened: Opener) -> None:
    ruth = opened(RUTH)
    ruth.goto("/concerns/")
    ruth.get_by_role("link", name=re.compile("^Use of the web at work")).first.click()
    case = ruth.url
    ruth.goto(f"{case}openings/")
    assert check(ruth, "the openings of a case") == []
    ruth.locator("main table a").first.click()
    assert check(ruth, "an opening") == []
    found = re.search(r"\b[0-9a-f]{16}\b", ruth.locator("main").inner_text())
    assert found
    reference = found[0]
    shares = Path(house.environment["MOOTHALL_DATA"]) / "webuse" / "example-shares"
    names = [path for path in sorted(shares.iterdir()) if path.suffix == ".txt"]
    one = house.command("webuse", "keys", "open", reference, "--share", str(names[0]), typed="y\n")
    assert one.returncode == 1, one.stdout
    two = house.command(
        *("webuse", "keys", "open", reference, "--share", str(names[0]), "--share", str(names[2])), typed="y\n"
    )
    assert two.returncode == 0, two.stderr
    ruth.reload()
    ruth.get_by_role("button", name=re.compile("[Ss]how the name")).click()
    assert check(ruth, "the name, once") == []
    name = re.search(r"\b[a-z0-9]+\.[a-z0-9]+\b", ruth.locator("main").inner_text())
    assert name
    assert name[0] not in one.stdout + one.stderr + two.stdout + two.stderr
    ruth.goto(f"{case}openings/{reference}/")
    expect(ruth.locator("main")).to_contain_text("shown once")
    expect(ruth.locator("main")).not_to_contain_text(name[0])
    again = house.command(
        *("webuse", "keys", "open", reference, "--share", str(names[0]), "--share", str(names[2])), typed="y\n"
    )
    assert again.returncode == 1
    verified = house.command("records", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
