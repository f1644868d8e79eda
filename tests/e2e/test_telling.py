"""Telling the desk from a phone, the desk that makes a post of it, and the wall on which it appears.

Graham is a duty manager of the highways with a phone; Tobi and Maren are at the desk.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.conftest import House, sign_in
from tests.e2e.test_pages import check

pytestmark = pytest.mark.browser

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
SOON = 20_000
WALL = "/events/round-the-clock/"
GRAHAM, TOBI, MAREN = "Graham Tolliver", "Tobi Lyle", "Maren Oakes"
LINE_IS_BACK_SECONDS = 30
"""The phone tries again every twenty seconds, and at once when the browser says that it is on line."""

Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, house: House) -> Iterator[Opener]:
    """A function: a browser of its own, signed in as somebody, or as nobody."""
    contexts: list[BrowserContext] = []

    def open_as(person: str = "", size: dict[str, int] = DESKTOP, *, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=house.url,
            viewport=size,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/London",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        if person:
            sign_in(page, person)
        return page

    yield open_as
    for context in contexts:
        context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "gritter.jpg"
    Image.new("RGB", (640, 480), "#1d4f91").save(file)
    return file


def news() -> str:
    return f"A fox before the plough, number {secrets.token_hex(4)}"


def fill(phone: Page, words: str, photo: Path | None = None, *, named: bool = False) -> None:
    phone.goto("/tell/round-the-clock/")
    phone.get_by_label("What happened?").fill(words)
    if photo:
        phone.locator("input[name=photo]").set_input_files(photo)
        phone.get_by_label("What does").or_(phone.get_by_label("What do they show?")).first.fill(
            "A blue lorry at night"
        )
        phone.get_by_label("No, nobody").check()
    if named:
        phone.get_by_label("You may name me").check()


def send(phone: Page) -> None:
    phone.locator("[data-tell-send]").click()


def told_once(desk: Page, words: str) -> None:
    """The desk has it, and once."""
    deadline = time.monotonic() + LINE_IS_BACK_SECONDS
    found = desk.locator("[data-desk-open]").filter(has_text=words)
    while time.monotonic() < deadline:
        desk.goto(f"/desk/?q={words.rsplit(' ', 1)[1]}")
        if found.count():
            break
        desk.wait_for_timeout(500)
    expect(found).to_have_count(1)


def make_a_post(desk: Page, words: str) -> str:
    """Claim it, choose service and channel, and send it for approval. Returns the address of the post."""
    told_once(desk, words)
    desk.locator("[data-desk-open]").first.click()
    address = desk.url
    desk.get_by_role("button", name="Claim").click()
    expect(desk.get_by_text("You have this in hand")).to_be_visible()
    desk.get_by_label("For which service?").select_option(label="Highways")
    for each in desk.locator("input[name=channels]:checked").all():
        each.uncheck()
    desk.get_by_label("Exampleshire Roads on Newsroom").check()
    desk.get_by_role("button", name="Send for approval").click()
    expect(desk.get_by_text("It is on its way")).to_be_visible()
    desk.goto(address)
    href = desk.locator("dl a[href*='/posts/']").first.get_attribute("href")
    assert href
    return href


@pytest.mark.parametrize("named", [True, False], ids=["may be named", "not to be named"])
def test_told_on_a_phone_and_seen_on_the_wall(opened: Opener, photo: Path, named: bool) -> None:
    phone, desk, approver, public = opened(GRAHAM, PHONE), opened(TOBI), opened(MAREN), opened()
    words = news()
    fill(phone, words, photo, named=named)
    send(phone)
    expect(phone.get_by_text("Sent. The desk has it.")).to_be_in_viewport(timeout=SOON)
    post = make_a_post(desk, words)
    public.goto(WALL)
    approver.goto(post)
    approver.get_by_role("button", name=re.compile("^Approve")).first.click()
    begun = time.monotonic()
    card = public.locator(".wall-card").filter(has_text=words)
    expect(card).to_be_visible(timeout=SOON)
    seconds = time.monotonic() - begun
    assert seconds < 2, f"It took {seconds:.1f} s to reach the wall"
    expect(card.locator("img")).to_have_attribute("alt", "A blue lorry at night", timeout=SOON)
    credited = card.get_by_text(f"Told by {GRAHAM}")
    expect(credited).to_have_count(int(named))
    assert named or GRAHAM not in card.inner_html()
    phone.goto("/told/")
    mine = phone.locator("li").filter(has_text=words)
    for _ in range(20):
        if mine.get_by_text("Here is your post").count():
            break
        phone.wait_for_timeout(500)
        phone.reload()
    expect(mine.get_by_role("link", name="Exampleshire Roads on Newsroom")).to_be_visible()


def test_without_a_line_it_stays_on_the_phone_and_is_sent_once(opened: Opener, photo: Path) -> None:
    phone, desk = opened(GRAHAM, PHONE), opened(TOBI)
    words = news()
    fill(phone, words, photo)
    phone.context.set_offline(True)
    send(phone)
    expect(phone.get_by_text("Kept on this phone: not sent yet.").first).to_be_visible(timeout=SOON)
    desk.goto(f"/desk/?q={words.rsplit(' ', 1)[1]}")
    expect(desk.locator("[data-desk-open]")).to_have_count(0)
    address, context = phone.url, phone.context
    phone.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)  # the page is opened again: what waits goes by itself
    expect(again.get_by_text("Sent. The desk has it.")).to_be_visible(timeout=LINE_IS_BACK_SECONDS * 1000)
    told_once(desk, words)
    again.reload()
    again.wait_for_timeout(1_000)
    told_once(desk, words)


def test_when_the_line_is_back_the_open_page_sends_by_itself_photo_and_all(opened: Opener, photo: Path) -> None:
    phone, desk = opened(GRAHAM, PHONE), opened(TOBI)
    words = news()
    fill(phone, words, photo)
    phone.context.set_offline(True)
    send(phone)
    expect(phone.get_by_text("Kept on this phone: not sent yet.").first).to_be_visible(timeout=SOON)
    phone.context.set_offline(False)  # nobody touches the phone
    expect(phone.get_by_text("Sent. The desk has it.")).to_be_visible(timeout=LINE_IS_BACK_SECONDS * 1000)
    told_once(desk, words)
    desk.locator("[data-desk-open]").first.click()
    expect(desk.get_by_label("What does picture 1 show?")).to_have_value("A blue lorry at night")
    expect(desk.locator("main img").first).to_be_visible(timeout=SOON)


def test_an_answer_that_is_lost_tells_the_desk_nothing_twice(opened: Opener) -> None:
    phone, desk = opened(GRAHAM, PHONE), opened(TOBI)
    words = news()
    fill(phone, words)
    lost: list[int] = []

    def take_and_say_nothing(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.fallback()
            return
        lost.append(route.fetch().status)
        route.abort()

    phone.route("**/tell/**", take_and_say_nothing)
    send(phone)
    expect(phone.get_by_text("Kept on this phone: not sent yet.").first).to_be_visible(timeout=SOON)
    assert lost == [200], "the desk has it, and the phone does not know"
    phone.reload()
    expect(phone.get_by_text("Sent. The desk has it.")).to_be_visible(timeout=LINE_IS_BACK_SECONDS * 1000)
    told_once(desk, words)


def test_what_was_being_typed_is_there_again(opened: Opener) -> None:
    phone = opened(GRAHAM, PHONE)
    words = news()
    fill(phone, words)
    phone.wait_for_timeout(1_500)  # it is kept half a second after the last letter
    phone.reload()
    expect(phone.get_by_label("What happened?")).to_have_value(words)


def test_an_ended_session_loses_nothing_and_nobody_else_sends_it(opened: Opener) -> None:
    phone, desk = opened(GRAHAM, PHONE), opened(TOBI)
    words = news()
    fill(phone, words)
    phone.context.clear_cookies()
    send(phone)
    expect(phone.get_by_text("Kept on this phone").first).to_be_visible(timeout=SOON)
    sign_in(phone, "Callum Brack")
    phone.goto("/tell/round-the-clock/")
    phone.wait_for_timeout(1_500)
    desk.goto(f"/desk/?q={words.rsplit(' ', 1)[1]}")
    expect(desk.locator("[data-desk-open]")).to_have_count(0)
    phone.context.clear_cookies()
    sign_in(phone, GRAHAM)
    phone.goto("/tell/round-the-clock/")
    expect(phone.get_by_text("Sent. The desk has it.")).to_be_visible(timeout=LINE_IS_BACK_SECONDS * 1000)
    told_once(desk, words)


def test_without_a_script_a_photo_is_told_and_made_a_post(opened: Opener, photo: Path) -> None:
    phone, desk = opened(GRAHAM, PHONE, script=False), opened(TOBI, script=False)
    words = news()
    phone.goto("/tell/round-the-clock/")
    phone.get_by_label("What happened?").fill(words)
    phone.locator("input[name=photo]").set_input_files(photo)
    phone.get_by_label("What do they show?").fill("A blue lorry at night")
    phone.get_by_label("No, nobody").check()
    send(phone)
    expect(phone.get_by_text("The desk has it. You will hear what becomes of it.")).to_be_visible()
    assert make_a_post(desk, words)


def test_the_desk_by_keyboard(opened: Opener) -> None:
    phone, desk = opened(GRAHAM, PHONE), opened(TOBI)
    first, second = news(), news()
    for words in (first, second):
        fill(phone, words)
        send(phone)
        told_once(desk, words)
    desk.goto("/desk/?q=fox+before+the+plough")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    opens = desk.locator("[data-desk-open]").nth(1)
    expect(opens).to_be_focused()
    desk.keyboard.press("k")
    expect(desk.locator("[data-desk-open]").nth(0)).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/desk/\d+/"))
    with desk.expect_navigation():
        desk.keyboard.press("c")
    expect(desk.get_by_text("You have this in hand")).to_be_visible()
    desk.keyboard.press("e")
    expect(desk.locator("#edit textarea").first).to_be_focused()
    desk.keyboard.press("End")
    desk.keyboard.type(" Really.")
    expect(desk.locator("#edit textarea").first).to_have_value(re.compile("Really"))
    desk.get_by_label("For which service?").focus()
    desk.keyboard.type("Highways")
    for each in desk.locator("input[name=channels]").all():
        wanted = each.evaluate("box => box.labels[0].textContent.trim()") == "Exampleshire Roads on Newsroom"
        if each.is_checked() != wanted:
            each.focus()
            desk.keyboard.press("Space")
    desk.get_by_role("button", name="Send for approval").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("It is on its way")).to_be_visible()


def test_its_pages_are_accessible_at_a_desk_and_on_a_phone(opened: Opener) -> None:
    wrong: list[str] = []
    desk_pages = ("/desk/", "/live/round-the-clock/items/", "/live/round-the-clock/items/?state=shown")
    for person, paths in ((GRAHAM, ("/tell/", "/told/", "/my-accounts/")), (TOBI, desk_pages)):
        page = opened(person)
        if person == TOBI:
            page.goto("/desk/")
            first = page.locator("[data-desk-open]").first.get_attribute("href")
            paths = (*paths, first or "")
        for path in paths:
            page.goto(path)
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                wrong += check(page, f"{path} at {size['width']}")
    assert not wrong, "\n".join(wrong)
