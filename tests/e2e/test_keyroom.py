"""The key room in a real browser, beside a whole Moothall: two shares checked, a key taken into use, and recovered.

Hazel, Ivy and Moss hold the shares of the new key. Those of the example's own key lie beside it, and stay good.
"""

import itertools
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import House
from tests.e2e.test_pages import DESKTOP, PHONE, check, picture

pytestmark = pytest.mark.browser

HOLDERS = {"hr": "Hazel Marsh", "it_security": "Ivy Lamb", "monitoring_officer": "Moss Pike"}
START_SECONDS = 90


@dataclass
class Screen:
    """The one browser in a running key room. ``wrong`` is what was wrong with the pages it looked at."""

    page: Page
    address: str
    process: subprocess.Popen[str]
    wrong: list[str] = field(default_factory=list)
    looks: int = 0

    def go(self, name: str = "") -> None:
        self.page.goto(self.address + name)

    def look(self, name: str) -> None:
        """See the page that is shown in a wide window and in a narrow one."""
        self.looks += 1
        for size in (DESKTOP, PHONE):
            self.page.set_viewport_size(size)
            self.wrong += check(self.page, name)
            picture(self.page, f"keyroom-{self.looks:02}-{name}-{size['width']}")
        self.page.set_viewport_size(DESKTOP)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def heading(self, words: str | re.Pattern[str]) -> None:
        """The page that is shown is headed so."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def enter(self, share: str, button: str = "Enter this share") -> None:
        self.page.fill("[name=words]", share)
        self.press(button)

    def refused(self, share: str, why: str, button: str = "Enter this share") -> None:
        """A share is not taken; it is told why, and none of it comes back with the page."""
        self.enter(share, button)
        summary = self.page.locator(".govuk-error-summary")
        expect(summary).to_contain_text(why)
        expect(self.page.locator("[name=words]")).to_have_value("")
        words = share.split()
        assert not any(f"{one} {next_one}" in self.page.content() for one, next_one in itertools.pairwise(words))


@pytest.fixture
def screen(house: House, browser: Browser, tmp_path: Path) -> Iterator[Screen]:
    """A key room beside the running house, and a browser at its start."""
    log = tmp_path / "room.log"
    command = [sys.executable, "-m", "moothall.cli", "webuse", "keys", "room", "--bind", "127.0.0.1:0"]
    with log.open("w") as said:
        process = subprocess.Popen(
            [*command, "--minutes", "5"],
            env=house.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", timezone_id="Europe/London")
    try:
        found = Screen(context.new_page(), address_in(log, process), process)
        noted = found.wrong
        found.page.on("console", lambda said: noted.append(said.text) if said.type == "error" else None)
        found.page.on("pageerror", lambda error: noted.append(str(error)))
        found.go()
        yield found
    finally:
        context.close()
        if process.poll() is None:
            process.kill()
        process.wait()


def address_in(log: Path, process: subprocess.Popen[str]) -> str:
    """The address that the room prints, with its secret."""
    until = time.monotonic() + START_SECONDS
    while not (found := re.search(r"is at (http://127\.0\.0\.1:\d+/\S+/)", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
    return found[1]


def old_shares(house: House) -> dict[str, str]:
    """The shares of the example's key, by whose they are."""
    folder = Path(house.environment["MOOTHALL_DATA"]) / "webuse" / "example-shares"
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.txt"))}


def name_holders(screen: Screen) -> None:
    for name, holder in HOLDERS.items():
        screen.page.fill(f"[name={name}]", holder)


def write_down(screen: Screen, look: str) -> list[str]:
    """Three holders see their words one after the other, each once. Returns what they wrote."""
    sheets: list[str] = []
    for holder in HOLDERS.values():
        screen.heading(f"{holder}, sit here alone")
        if not sheets:
            screen.look(f"{look}-alone")
        screen.press("Show my words")
        screen.heading(f"{holder}, write these words down")
        words = screen.page.locator("ol li").all_inner_texts()
        assert len(words) == 33
        if not sheets:
            screen.look(f"{look}-words")
            screen.go("hand-out/")
            expect(screen.page.locator("main")).to_contain_text("are not shown again")
            assert screen.page.locator("ol li").count() == 0
            screen.look(f"{look}-shown-before")
        sheets.append(" ".join(words))
        screen.press("I have written them down")
    assert len(set(sheets)) == 3
    return sheets


def read_in(screen: Screen, sheets: list[str], look: str) -> None:
    """Three holders enter what they wrote; the first takes the wrong sheet at first."""
    button = "These are my words"
    for holder, sheet in zip(HOLDERS.values(), sheets, strict=True):
        screen.heading(f"{holder}, enter your words again")
        if sheet == sheets[0]:
            screen.look(f"{look}-enter-again")
            screen.refused(sheets[1], "It is the turn of HR", button)
            screen.look(f"{look}-wrong-sheet")
        screen.enter(sheet, button)


def check_shares(screen: Screen, shares: list[str], key: int) -> None:
    """Check two shares of one of the keys, counted from the newest."""
    screen.go("check/")
    screen.page.locator("[name=key]").nth(key).check()
    screen.press("Begin the check")
    for share in shares:
        screen.enter(share)
    screen.heading("The two shares are right")


def test_three_holders_check_shares_take_a_key_into_use_and_recover_it(house: House, screen: Screen) -> None:
    old = old_shares(house)
    assert list(old) == list(HOLDERS)
    page = screen.page
    screen.heading("Key room")
    page.get_by_role("link", name=re.compile("^Opening [0-9a-f]{16}$")).first.wait_for()
    screen.look("home")
    home_knows = page.locator("main").inner_text()
    assert "Anneliese Croft" in home_knows
    assert not any(holder in home_knows for holder in HOLDERS.values())

    page.get_by_role("link", name="Check two shares").click()
    screen.look("check")
    screen.press("Begin the check")
    screen.look("enter-first")
    screen.refused(old["hr"].replace(" ", " zzz ", 1), "word")
    screen.look("enter-refused")
    screen.enter(old["hr"])
    expect(page.locator("main")).to_contain_text("That of HR")
    screen.look("enter-second")
    screen.go()
    screen.look("home-under-way")
    page.get_by_role("link", name="Go on", exact=True).click()
    screen.enter(old["monitoring_officer"])
    screen.heading("The two shares are right")
    screen.look("check-done")

    screen.go()
    page.get_by_role("link", name="Take a new key into use").click()
    screen.press("Make the key")
    screen.look("new-key-nobody")
    name_holders(screen)
    screen.press("Make the key")
    first = write_down(screen, "new-key")
    read_in(screen, first, "new-key")
    screen.heading("The key seals from now on")
    screen.look("new-key-done")
    check_shares(screen, [first[1], first[2]], key=0)
    check_shares(screen, [old["it_security"], old["hr"]], key=1)

    screen.go()
    page.get_by_role("link", name="Recover from a lost share").click()
    name_holders(screen)
    screen.look("recover")
    screen.press("Enter the two shares")
    screen.enter(first[0])
    screen.enter(first[2])
    second = write_down(screen, "recover")
    read_in(screen, second, "recover")
    screen.heading("The new shares are dealt")
    screen.look("recover-done")
    assert not {*first} & {*second}
    check_shares(screen, [second[0], second[1]], key=0)
    screen.go()
    screen.look("home-two-keys")
    assert screen.wrong == []


def test_pages_that_are_only_read_and_the_end_of_the_room(screen: Screen, browser: Browser) -> None:
    page = screen.page
    page.get_by_role("link", name=re.compile("^Opening [0-9a-f]{16}$")).first.click()
    screen.heading(re.compile("^Opening [0-9a-f]{16}$"))
    expect(page.locator("main")).to_contain_text("Ask the two approvers yourselves")
    screen.look("opening")
    screen.go()
    page.get_by_role("link", name=re.compile("^Destroy")).first.click()
    screen.heading("Destroy a key")
    screen.press("Destroy the key")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    screen.look("destroy-not-confirmed")
    assert screen.wrong == []
    screen.go("no-such-page/")
    screen.heading("That did not work")
    screen.look("no-such-page")
    other = browser.new_context(viewport=DESKTOP)
    second = Screen(other.new_page(), screen.address, screen.process, looks=50)
    second.go()
    second.heading("The room is in use")
    second.look("taken")
    other.close()
    assert second.wrong == []

    screen.go()
    screen.press("Close the room")
    screen.heading("The room is closed")
    assert screen.process.wait(30) == 0
    screen.wrong = [each for each in screen.wrong if "404" not in each]  # the page that is not there
    screen.look("closed")
    assert screen.wrong == []
