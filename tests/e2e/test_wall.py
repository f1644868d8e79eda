"""The wall in a real browser: what is said comes by itself, and moves nothing that one reads."""

import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.e2e.conftest import House
from tests.e2e.speaking import Speaker
from tests.e2e.test_pages import DESKTOP, PHONE, check
from tests.events.web import Web

pytestmark = pytest.mark.browser

SOON = 15_000
"""Milliseconds within which something is on the page even where two cores do everything at once."""
ANNOUNCED_AFTER_MS = 16_000


@pytest.fixture
def speaker(house: House) -> Iterator[Speaker]:
    with Speaker(house, f"day-{secrets.token_hex(3)}") as made:
        yield made


class Watching:
    """A browser's window, what it asked for and what it complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.trouble: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(message.text)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None, ""):
            self.trouble.append(f"It asked another site: {request.url}")


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """At a desk. Whatever a test is about: no complaints, and nothing is asked of another site."""
    context = browser.new_context(base_url=house.url, viewport=DESKTOP, locale="en-GB")
    watching = Watching(context)
    yield watching.page
    cookies = context.cookies()
    context.close()
    assert not watching.trouble
    assert not cookies


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[Page]:
    context = browser.new_context(base_url=house.url, viewport=PHONE, has_touch=True, locale="en-GB")
    watching = Watching(context)
    yield watching.page
    context.close()
    assert not watching.trouble


def card(page: Page, item: int) -> Locator:
    return page.locator(f"#item-{item}")


def look(page: Page, speaker: Speaker, form: str = "", path: str = "") -> None:
    """Open the wall and wait until its stream is there; the mouse rests where nobody reads."""
    page.mouse.move(0, 0)
    with page.expect_request(re.compile(r"/stream\?")):
        page.goto(f"{path or speaker.path}{form}")
    page.evaluate("window.isTheSame = true")


def fill(speaker: Speaker, number: int = 12) -> list[int]:
    return [speaker.say(each, f"Number {each}. " + "It goes on and on. " * 8) for each in range(1, number + 1)]


def expect_new(page: Page, number: int) -> None:
    chip = page.locator("#wall-chip")
    expect(chip).to_have_text(f"{number} new", timeout=SOON)
    expect(chip).to_be_visible()


# --- What comes and goes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["", "screen/", "frame/"])
def test_what_is_said_is_there_at_once_and_what_is_deleted_goes(page: Page, speaker: Speaker, form: str) -> None:
    first = speaker.say(1)
    look(page, speaker, form)
    expect(card(page, first)).to_be_visible()
    second = speaker.say(2, "The library opens.")
    began = time.monotonic()
    expect(card(page, second)).to_contain_text("The library opens.", timeout=SOON)
    assert time.monotonic() - began < 2
    assert page.locator(".wall-card").first.get_attribute("id") == f"item-{second}", "the newest is on top"
    speaker.say(2, "The library opens at nine.")
    expect(card(page, second)).to_contain_text("at nine", timeout=SOON)
    speaker.take_back(2)
    expect(card(page, second)).to_have_count(0, timeout=5_000)
    assert "at nine" not in page.locator("#wall-items").inner_html()
    assert page.evaluate("window.isTheSame"), "without loading again"
    if form != "frame/":
        expect(page.locator("#wall-figures > div").filter(has_text="Posts").first).to_contain_text("1", timeout=SOON)


def test_an_empty_wall_says_so_until_somebody_speaks(page: Page, speaker: Speaker) -> None:
    look(page, speaker)
    expect(page.locator("#wall-empty")).to_contain_text("Nothing has been said yet.")
    item = speaker.say(1)
    expect(card(page, item)).to_be_visible(timeout=SOON)
    expect(page.locator("#wall-empty")).to_be_hidden()


# --- Nothing moves under somebody who reads ---------------------------------------------------------------------------


def test_on_a_phone_new_posts_wait_behind_a_chip(phone: Page, speaker: Speaker) -> None:
    items = fill(speaker, 3)
    look(phone, speaker)
    before = card(phone, items[0]).bounding_box()
    new = [speaker.say(number) for number in (20, 21)]
    expect_new(phone, 2)
    assert card(phone, items[0]).bounding_box() == before
    expect(card(phone, new[0])).to_have_count(0)
    phone.locator("#wall-chip").tap()
    expect(card(phone, new[1])).to_be_in_viewport()
    expect(card(phone, new[1])).to_be_focused()
    expect(phone.locator("#wall-chip")).to_be_hidden()


def test_who_has_scrolled_down_reads_on(page: Page, speaker: Speaker) -> None:
    items = fill(speaker, 30)
    look(page, speaker)
    card(page, items[4]).scroll_into_view_if_needed()
    before = card(page, items[4]).bounding_box()
    new = speaker.say(50)
    expect_new(page, 1)
    assert card(page, items[4]).bounding_box() == before
    page.evaluate("scrollTo(0, 0)")
    expect(card(page, new)).to_be_visible(timeout=SOON)
    expect(page.locator("#wall-chip")).to_be_hidden()


def test_a_card_with_the_focus_is_not_taken_from_under_its_reader(page: Page, speaker: Speaker) -> None:
    items = fill(speaker, 3)
    look(page, speaker)
    card(page, items[1]).focus()
    new = speaker.say(20)
    expect_new(page, 1)
    speaker.say(2, "Other words.")
    speaker.take_back(1)
    expect(card(page, items[0])).to_have_count(0, timeout=SOON)
    expect(card(page, items[1])).to_be_focused()
    expect(card(page, new)).to_have_count(0)


def test_a_pause_holds_what_is_new_and_not_what_is_taken_off(page: Page, speaker: Speaker) -> None:
    items = fill(speaker, 3)
    look(page, speaker)
    pause = page.locator("#wall-pause")
    pause.click()
    page.mouse.move(0, 0)
    expect(pause).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#wall-say")).to_have_text("Paused. New posts wait.")
    new = speaker.say(20)
    expect_new(page, 1)
    speaker.take_back(1)
    expect(card(page, items[0])).to_have_count(0, timeout=SOON)
    expect(card(page, new)).to_have_count(0)
    pause.click()
    expect(card(page, new)).to_be_visible()
    expect(pause).to_have_attribute("aria-pressed", "false")


def test_by_keyboard_the_cards_are_one_stop_with_letters_to_move(page: Page, speaker: Speaker) -> None:
    items = fill(speaker, 4)
    look(page, speaker)
    expect(page.locator('.wall-card[tabindex="0"]')).to_have_count(1)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.wall-card')"):
            break
    expect(card(page, items[3])).to_be_focused()
    for key, item in (("j", 2), ("j", 1), ("k", 2), ("End", 0), ("j", 0), ("Home", 3), ("k", 3), ("PageDown", 2)):
        page.keyboard.press(key)
        expect(card(page, items[item])).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator("#wall-pause")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("p")
    expect(page.locator("#wall-pause")).to_have_attribute("aria-pressed", "false")
    assert card(page, items[2]).get_attribute("aria-posinset") == "2"
    assert card(page, items[2]).get_attribute("aria-setsize") == "4"


# --- For those who listen, and those whom movement hurts --------------------------------------------------------------


def test_who_listens_is_told_now_and_then_and_not_of_each(page: Page, speaker: Speaker) -> None:
    page.clock.install()
    look(page, speaker)
    page.evaluate(
        """() => {
          window.said = []
          const region = document.getElementById('wall-say')
          new MutationObserver(() => window.said.push(region.textContent)).observe(region, { childList: true })
        }"""
    )
    for number in range(1, 7):
        last = speaker.say(number, f"Number {number} speaks.")
    expect(card(page, last)).to_be_visible(timeout=SOON)
    page.clock.run_for(ANNOUNCED_AFTER_MS)
    page.wait_for_function("window.said.length > 0")
    (said,) = page.evaluate("window.said")
    assert said.startswith("New: @charlie@social.example: Number 6 speaks.")
    assert said.endswith("And 5 more.")
    expect(page.locator("#wall-say")).to_have_attribute("aria-live", "polite")


def test_nothing_moves_for_whom_movement_hurts(browser: Browser, house: House, speaker: Speaker) -> None:
    def animation(reduced: str) -> str:
        context = browser.new_context(base_url=house.url, viewport=DESKTOP, reduced_motion=reduced)  # type: ignore[arg-type]
        page = context.new_page()
        look(page, speaker)
        new = speaker.say(int(secrets.token_hex(3), 16))
        place = page.locator(".wall-place--new").filter(has=card(page, new))
        expect(place).to_be_visible(timeout=SOON)
        found: str = place.evaluate("place => getComputedStyle(place).animationName")
        context.close()
        return found

    assert animation("reduce") == "none"
    assert animation("no-preference") != "none"


@pytest.mark.parametrize("form", ["", "screen/", "frame/"])
def test_it_is_accessible_at_a_desk_and_on_a_phone(page: Page, speaker: Speaker, form: str) -> None:
    page.emulate_media(reduced_motion="reduce")  # what fades in has no contrast yet
    fill(speaker, 5)
    look(page, speaker, form)
    speaker.say(20)
    wrong = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wrong += check(page, f"{form or 'wall'} at {size['width']}")
    assert not wrong, "\n".join(wrong)


# --- In trouble, and without a script ---------------------------------------------------------------------------------


def test_when_the_server_was_away_the_page_has_everything_again(
    browser: Browser, house: House, speaker: Speaker
) -> None:
    with Web(house.environment["DATABASE_URL"], MOOTHALL_DEBUG="true") as web:
        context = browser.new_context(viewport=DESKTOP)
        page = context.new_page()
        first, second = speaker.say(1), speaker.say(2)
        look(page, speaker, path=f"{web.url}{speaker.path}")
        expect(card(page, second)).to_be_visible()
        web.kill()
        missed = [speaker.say(number) for number in (3, 4)]
        speaker.take_back(1)
        web.start()
        for item in missed:
            expect(card(page, item)).to_be_visible(timeout=60_000)
        expect(card(page, first)).to_have_count(0)
        assert page.evaluate("window.isTheSame"), "without loading again"
        assert page.locator(".wall-card").count() == 3
        context.close()


def test_without_a_script_it_is_a_page_that_loads_itself_again(
    browser: Browser, house: House, speaker: Speaker
) -> None:
    items = fill(speaker, 3)
    context = browser.new_context(base_url=house.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(speaker.path)
    for item in items:
        expect(card(page, item)).to_be_visible()
    expect(page.locator("#wall-pause")).to_be_hidden()
    new = speaker.say(20)
    expect(card(page, new)).to_be_visible(timeout=45_000)
    page.get_by_role("link", name="Stop that").click()
    expect(page.get_by_role("link", name="Load again")).to_be_visible()
    expect(page.get_by_text("Loads itself again")).to_have_count(0)
    context.close()


def test_another_site_shows_the_frame_and_the_page_itself_refuses(
    browser: Browser, house: House, speaker: Speaker
) -> None:
    item = speaker.say(1)
    for form in ("frame/", ""):
        with another_site(f'<h1>Elsewhere</h1><iframe src="{house.url}{speaker.path}{form}"></iframe>') as url:
            page = browser.new_page()
            page.goto(url)
            shown = page.frame_locator("iframe").locator(f"#item-{item}")
            expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
            expect(shown).to_have_count(1 if form else 0, timeout=SOON)
            page.close()


@contextmanager
def another_site(html: str) -> Iterator[str]:
    """The address of a page that is not ours. On this machine: a browser lets no site of the web look into it."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!DOCTYPE html><link rel=icon href=data:,>{html}".encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
