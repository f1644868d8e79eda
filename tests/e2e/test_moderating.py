"""Deciding about what was found with the keyboard alone, and taking it back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import House, sign_in

pytestmark = pytest.mark.browser

QUEUE = "/live/round-the-clock/items/?state=shown"


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """Tobi is at the desk. What the wall shows is enough to decide about."""
    context = browser.new_context(base_url=house.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    made = context.new_page()
    sign_in(made, "Tobi Lyle")
    made.goto(QUEUE)
    yield made
    context.close()


def focused(page: Page) -> str:
    """The id of the item that has the focus; empty if none has."""
    found = page.evaluate("document.activeElement.closest('[data-item]')?.id || ''")
    return str(found)


def into_the_list(page: Page) -> list[str]:
    """Go into the list by key. Returns the items' ids in their order."""
    page.get_by_role("button", name="Go into the list").focus()
    page.keyboard.press("Enter")
    ids = page.eval_on_selector_all("[data-item]", "items => items.map(item => item.id)")
    assert focused(page) == ids[0]
    return list(ids)


def test_one_goes_through_the_list_hides_and_takes_back_by_keys(page: Page) -> None:
    ids = into_the_list(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == ids[2]
    page.keyboard.press("k")
    assert focused(page) == ids[1]
    with page.expect_navigation():
        page.keyboard.press("h")
    expect(page.get_by_text("Hidden: 1 item.")).to_be_visible()
    expect(page.locator(f"#{ids[1]}")).to_have_count(0)
    assert focused(page), "one goes on where one was"
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.get_by_text("Taken back for 1 item.")).to_be_visible()
    expect(page.locator(f"#{ids[1]}")).to_have_count(1)


def test_several_are_ticked_and_decided_together_and_undone_together(page: Page) -> None:
    ids = into_the_list(page)
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-item] input[type=checkbox]:checked")).to_have_count(2)
    page.locator("[name=reason]").fill("Looked at once more")
    page.get_by_role("button", name="Hold", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Held back: 2 items.")).to_be_visible()
    for each in ids[:2]:
        expect(page.locator(f"#{each}")).to_have_count(0)
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken back for 2 items.")).to_be_visible()
    for each in ids[:2]:
        expect(page.locator(f"#{each}")).to_have_count(1)


def test_keys_do_nothing_while_one_types(page: Page) -> None:
    before = page.locator("[data-item]").count()
    reason = page.locator("[name=reason]")
    reason.fill("")
    reason.press_sequentially("ahopxu")
    expect(reason).to_have_value("ahopxu")
    expect(page.locator("[data-item]")).to_have_count(before)
