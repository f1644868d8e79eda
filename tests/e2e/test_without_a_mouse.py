"""A post from its author to the public by the keyboard alone, with the pages' script and without it."""

import secrets

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import House

pytestmark = pytest.mark.browser

AUTHOR, APPROVER = "Author, Libraries", "Approver, Libraries"
NEWSROOM, PRACTICE = "Exampleshire Libraries on Newsroom", "Libraries (Bluesky practice) on Rehearsal"
SOON = 40_000
"""Milliseconds within which a post that is due has gone out."""
STEPS = 250
"""More presses of Tab than any page here has places to stop at."""


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_post_is_written_approved_and_goes_out_without_a_mouse(browser: Browser, house: House, script: bool) -> None:
    desk = browser.new_context(base_url=house.url, locale="en-GB", java_script_enabled=script)
    page = desk.new_page()
    text, own = f"Story time at ten. {secrets.token_hex(4)}", f"For practice only. {secrets.token_hex(4)}"

    enter(page, AUTHOR)
    page.goto("/posts/write/")
    write(page, text, own, script)
    press(page, page.get_by_role("button", name="Send for approval"))
    expect(page.get_by_text("Awaiting approval").first).to_be_visible()

    enter(page, APPROVER)
    page.goto("/posts/approvals/")
    press(page, page.get_by_role("link", name=text))
    for words in (text, own):
        expect(page.locator("main")).to_contain_text(words)
    press(page, page.get_by_role("button", name="Approve"))

    wait_until_live(page)
    press(page, page.get_by_role("link", name=f"Open it on {NEWSROOM}"))
    expect(page.get_by_role("article").get_by_text(text)).to_be_visible()
    page.goto("/rehearsal/")
    expect(page.get_by_text(own)).to_have_count(1)
    desk.close()


def enter(page: Page, role: str) -> None:
    """Sign in as the first person of the example council whose roles read so."""
    page.goto("/sign-in-as/")
    press(page, page.get_by_role("row").filter(has_text=role).first.get_by_role("button"))
    page.wait_for_url("**/today/")


def write(page: Page, text: str, own: str, script: bool) -> None:
    """The post, on two channels, on one of which it has words of its own."""
    tab_to(page, page.get_by_label("For which service?"))
    page.keyboard.type("Lib")
    tab_to(page, page.get_by_label("What do you want to say?"))
    page.keyboard.type(text)
    for channel in (NEWSROOM, PRACTICE):
        tab_to(page, page.get_by_label(channel, exact=True))
        page.keyboard.press("Space")
    details = page.locator("summary").filter(has_text=f"on {PRACTICE}")
    if not script:
        expect(details).to_have_count(0)
        press(page, page.get_by_role("button", name="Save and go on"))
        expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    expect(details).to_be_visible()
    press(page, details)
    tab_to(page, page.get_by_label(f"Different words for {PRACTICE}"))
    page.keyboard.type(own)


def press(page: Page, control: Locator) -> None:
    tab_to(page, control)
    page.keyboard.press("Enter")


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until ``control`` has the focus, which must be seen on it."""
    expect(control).to_have_count(1)
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if control.evaluate("it => it === document.activeElement"):
            expect(control).to_be_in_viewport()
            return
    pytest.fail(f"Tab never came to {control}")


def wait_until_live(page: Page) -> None:
    for _ in range(SOON // 1_000):
        if page.get_by_text("It is live since").count() == 2:
            return
        page.wait_for_timeout(1_000)
        page.reload()
    pytest.fail("It did not go out on both channels")
