"""The calendar in a browser: moving a post by keyboard, by mouse and without a script, on wide and narrow."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from moothall.core import clock, localtime
from tests.e2e.conftest import House, sign_in
from tests.e2e.test_pages import DESKTOP, PHONE, check, picture

pytestmark = pytest.mark.browser

DESK = "Comms desk"
SIZES = [DESKTOP, PHONE]


@pytest.fixture(params=SIZES, ids=lambda size: str(size["width"]))
def page(browser: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(base_url=house.url, locale="en-GB", viewport=request.param)
    page = context.new_page()
    sign_in(page, DESK)
    yield page
    context.close()


def coming(page: Page) -> tuple[str, date]:
    """A post that can be moved, at least two days ahead: its number and its day."""
    today = localtime.local(clock.now()).date()
    for ahead in range(2, 9):
        day = today + timedelta(days=ahead)
        page.goto(f"/calendar/?view=day&day={day}")
        found = page.locator("[data-move]")
        if found.count():
            return str(found.first.get_attribute("data-post")), day
    pytest.fail("The example council has nothing planned for the coming week.")


def item(page: Page, post: str) -> Locator:
    return page.locator(f'[data-post="{post}"]').first


def beside(day: date) -> tuple[str, date]:
    """The key that leads to another day of the same week, and that day; none of them is past."""
    if day.weekday() == 6:
        return "ArrowLeft", day - timedelta(days=1)
    return "ArrowRight", day + timedelta(days=1)


def test_the_keyboard_alone_moves_a_post_and_takes_it_back(page: Page) -> None:
    post, day = coming(page)
    page.goto(f"/calendar/?view=week&day={day}")
    time = item(page, post).get_attribute("data-time")
    key, other = beside(day)
    live = page.locator("#calendar-live")

    item(page, post).get_by_role("link").first.focus()
    page.keyboard.press("m")
    expect(live).to_contain_text("Enter drops it, Escape puts it back.")
    page.keyboard.press(key)
    expect(live).to_contain_text(f"{other:%A} {other.day} {other:%B}")
    page.keyboard.press("Escape")
    expect(live).to_contain_text("Put back")
    expect(item(page, post)).to_have_attribute("data-day", str(day))

    page.keyboard.press("Enter")  # on "Move", which has kept the focus
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("#calendar-said")).to_contain_text("goes out on")
    expect(item(page, post)).to_have_attribute("data-day", str(other))
    expect(item(page, post).locator("[data-move-control]")).to_be_focused()
    page.reload()
    expect(item(page, post)).to_have_attribute("data-day", str(other))

    page.goto(f"/calendar/?view=month&day={other}")
    item(page, post).locator("[data-move-control]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft" if key == "ArrowRight" else "ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#calendar-said")).to_contain_text("goes out on")
    expect(item(page, post)).to_have_attribute("data-day", str(day))
    expect(item(page, post)).to_have_attribute("data-time", str(time))
    page.get_by_role("button", name="Undo").click()
    expect(item(page, post)).to_have_attribute("data-day", str(other))
    page.get_by_role("button", name="Undo").click()
    expect(item(page, post)).to_have_attribute("data-day", str(day))


def test_an_hour_is_changed_with_the_keyboard(page: Page) -> None:
    post, day = coming(page)
    page.goto(f"/calendar/?view=day&day={day}")
    hour, minute = map(int, str(item(page, post).get_attribute("data-time")).split(":"))
    key, later = ("ArrowDown", hour + 2) if hour < 22 else ("ArrowUp", hour - 2)
    item(page, post).locator("[data-move-control]").press("Enter")
    page.keyboard.press(key)
    page.keyboard.press(key)
    page.keyboard.press(" ")
    expect(item(page, post)).to_have_attribute("data-time", f"{later:02}:{minute:02}")
    page.get_by_role("button", name="Undo").click()
    expect(item(page, post)).to_have_attribute("data-time", f"{hour:02}:{minute:02}")


def test_what_is_refused_goes_back_with_the_reason_and_an_offer(page: Page) -> None:
    post, day = coming(page)
    page.goto(f"/calendar/?view=week&day={day}")
    key, other = beside(day)
    offer = {"words": "another day", "fields": {"day": str(other), "time": "10:00", "which": ""}}
    refusal = {"refused": "That time is taken.", "offers": [offer]}
    page.route(
        "**/move/",
        lambda route: route.fulfill(status=409, content_type="application/json", body=json.dumps(refusal)),
        times=1,
    )
    item(page, post).locator("[data-move-control]").press("Enter")
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    said = page.locator("#calendar-said")
    expect(said).to_contain_text("Not moved. That time is taken.")
    expect(page.locator(f'[data-cell][data-day="{day}"] [data-post="{post}"]').first).to_be_visible()
    expect(item(page, post).locator("[data-move-control]")).to_be_focused()
    time = item(page, post).get_attribute("data-time")

    page.route("**/move/", lambda route: route.abort(), times=1)
    page.keyboard.press("Enter")
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Nothing was moved. Reload the page.")
    expect(item(page, post)).to_have_attribute("data-time", str(time))
    assert check(page, "a refused move") == []


def test_a_time_that_the_clocks_jump_over_is_refused_by_the_page_without_a_script(
    house: House, browser: Browser
) -> None:
    context = browser.new_context(base_url=house.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, DESK)
    post, day = coming(page)
    page.goto(f"/calendar/?view=week&day={day}")
    time = str(item(page, post).get_attribute("data-time"))
    item(page, post).get_by_role("link", name=re.compile("^Move")).click()
    page.get_by_label("Date").fill("2027-03-28")
    page.get_by_label(re.compile("^Time")).fill("01:30")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("01:30 does not exist on Sunday 28 March 2027").first).to_be_visible()
    page.get_by_role("button", name="Move it to Sunday 28 March 2027, 02:30 (UK time)").click()
    expect(page.locator("#calendar-said")).to_contain_text("goes out on Sunday 28 March 2027, 02:30")
    expect(page.locator(f'[data-cell][data-day="2027-03-28"] [data-post="{post}"]')).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.goto(f"/calendar/?view=week&day={day}")
    expect(item(page, post)).to_have_attribute("data-time", time)
    context.close()


@pytest.mark.parametrize("view", ["week", "month"])
def test_a_mouse_drags_a_post_to_another_day(house: House, browser: Browser, view: str) -> None:
    context = browser.new_context(base_url=house.url, viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    sign_in(page, DESK)
    post, day = coming(page)
    page.goto(f"/calendar/?view={view}&day={day}")
    _, other = beside(day)
    hour = str(item(page, post).get_attribute("data-time"))[:2]
    at_that_hour = f'[data-time="{hour}:00"]' if view == "week" else ""
    target = page.locator(f'[data-cell][data-day="{other}"]{at_that_hour}')
    item(page, post).drag_to(target, target_position={"x": 20, "y": 12})
    expect(page.locator("#calendar-said")).to_contain_text("goes out on")
    expect(item(page, post)).to_have_attribute("data-day", str(other))
    page.get_by_role("button", name="Undo").click()
    expect(item(page, post)).to_have_attribute("data-day", str(day))
    context.close()


PAGES: dict[str, Any] = {
    "day": "/calendar/?view=day",
    "week": "/calendar/?view=week",
    "month": "/calendar/?view=month",
    "clocks-go-back": "/calendar/?view=week&day=2026-10-25",
    "clocks-go-forward": "/calendar/?view=week&day=2027-03-28",
    "feeds": "/calendar/feeds/",
    "slots": "/calendar/slots/",
}


def test_every_page_of_the_calendar_is_accessible(page: Page) -> None:
    width = (page.viewport_size or {})["width"]
    wrong = []
    for name, address in PAGES.items():
        page.goto(address)
        wrong += check(page, address)
        picture(page, f"calendar-{name}-{width}")
    page.goto("/calendar/slots/")
    page.locator("tbody th a").first.click()
    wrong += check(page, "slots of a channel")
    picture(page, f"calendar-slots-of-{width}")
    post, _ = coming(page)
    page.goto(f"/calendar/{post}/move/")
    wrong += check(page, "move")
    picture(page, f"calendar-move-{width}")
    page.goto("/calendar/feeds/")
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_text("it is not shown again")).to_be_visible()
    wrong += check(page, "a new address")
    picture(page, f"calendar-feed-{width}")
    assert not wrong, "\n".join(wrong)
