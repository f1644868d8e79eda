"""The composer in a real browser: what it says while one types, and how it keeps every word."""

import re
import secrets
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from tests.e2e.conftest import House, sign_in

pytestmark = pytest.mark.browser

AUTHOR = "Author, Libraries"
SKY, TOOTS = "Libraries (Bluesky practice) on Rehearsal", "Libraries (Mastodon practice) on Rehearsal"
PROCESSED = 40_000
"""Milliseconds within which a small picture is processed."""
SAVED = re.compile(r"Saved at \d\d:\d\d")


@pytest.fixture
def desk(browser: Browser, house: House) -> BrowserContext:
    return browser.new_context(base_url=house.url, locale="en-GB", timezone_id="Europe/London")


@pytest.fixture
def page(desk: BrowserContext) -> Page:
    page = desk.new_page()
    sign_in(page, AUTHOR)
    page.goto("/posts/write/")
    return page


def words(page: Page) -> Locator:
    return page.get_by_label("What do you want to say?")


def begin(page: Page, text: str = "") -> str:
    """Begin a post for one channel, and wait until it has saved itself; returns its words."""
    text = text or f"Story time at ten. {secrets.token_hex(4)}"
    page.get_by_label(SKY, exact=True).check()
    words(page).fill(text)
    expect(page.locator("#saved")).to_have_text(SAVED)
    return text


def own_words(page: Page) -> Locator:
    """Choose a channel, and open the field for words of its own."""
    page.get_by_label(SKY, exact=True).check()
    page.locator("summary").filter(has_text=f"on {SKY}").click()
    return page.get_by_label(f"Different words for {SKY}")


def picture(folder: Path) -> Path:
    path = folder / "field.jpg"
    Image.new("RGB", (640, 480), f"#{secrets.token_hex(3)}").save(path)
    return path


# --- The preview ------------------------------------------------------------------------------------------------------


def test_the_count_follows_each_letter_as_each_network_counts(page: Page) -> None:
    page.get_by_label(SKY, exact=True).check()
    page.get_by_label(TOOTS, exact=True).check()
    words(page).press_sequentially("Read https://www.gov.uk/help/cookies-and-more")
    sky = page.get_by_role("article", name=f"On {SKY}")
    toots = page.get_by_role("article", name=f"On {TOOTS}")
    expect(sky.get_by_text("45 of 300")).to_be_visible()
    expect(toots.get_by_text("28 of 500")).to_be_visible()
    words(page).press_sequentially("\n---\nAnd more")
    expect(sky.get_by_text("Part 2: 8 of 300")).to_be_visible()
    words(page).fill("a" * 301)
    expect(sky.get_by_text("301 of 300, 1 too many")).to_be_visible()
    expect(page.locator("#preview-said")).to_contain_text("Too long for")


def test_as_whom_one_speaks_stays_in_sight(page: Page) -> None:
    page.get_by_label(SKY, exact=True).check()
    guard = page.get_by_role("group", name="As whom you speak")
    expect(guard).to_contain_text("Libraries (Bluesky practice)")
    expect(guard).to_contain_text("Service")
    page.get_by_role("button", name="Send for approval").scroll_into_view_if_needed()
    expect(guard).to_be_in_viewport()


def test_fields_of_a_network_appear_with_its_channel(page: Page) -> None:
    panel = page.locator(".moot-channel").filter(has=page.get_by_label(SKY, exact=True))
    expect(panel.locator("summary")).to_be_hidden()
    page.get_by_label(SKY, exact=True).check()
    panel.locator("summary").click()
    expect(panel.get_by_label("Who may reply")).to_be_visible()


def test_words_for_a_channel_come_back_with_it(page: Page) -> None:
    box = page.get_by_label(SKY, exact=True)
    own = own_words(page)
    own.fill("Only here.")
    box.uncheck()
    expect(own).to_be_hidden()
    box.check()
    expect(own).to_have_value("Only here.")


def test_fields_that_did_not_come_are_asked_for_again(page: Page, desk: BrowserContext) -> None:
    box = page.get_by_label(SKY, exact=True)
    desk.set_offline(True)
    box.check()
    panel = page.locator(".moot-channel").filter(has=box)
    expect(panel).to_contain_text("Its own fields did not come.")
    desk.set_offline(False)
    expect(panel.locator("summary")).to_be_visible()
    expect(panel).not_to_contain_text("did not come")


def test_a_channel_is_found_among_many_and_a_chosen_one_stays_in_sight(page: Page) -> None:
    sign_in(page, "Comms desk")
    page.goto("/posts/write/")
    sky, toots = page.get_by_label(SKY, exact=True), page.get_by_label(TOOTS, exact=True)
    sky.check()
    find = page.get_by_label("Find a channel")
    find.press_sequentially("mastodon PRACTICE libr")
    find.press("Enter")
    expect(toots).to_be_visible()
    expect(sky).to_be_visible()
    expect(page.locator(".moot-channel:visible")).to_have_count(2)
    expect(page.locator("#channels-said")).to_have_text(re.compile(r"1 of \d+ match\. 1 of \d+ chosen\."))
    toots.check()
    find.fill("")
    expect(page.locator("#channels-said")).to_have_text(re.compile(r"^2 of \d+ chosen\.$"))
    expect(page.locator(".moot-channel[hidden]")).to_have_count(0)


# --- Saving by itself -------------------------------------------------------------------------------------------------


def test_a_draft_saves_itself_and_has_its_own_address(page: Page) -> None:
    text = begin(page)
    expect(page).to_have_url(re.compile(r"/posts/\d+/edit/$"))
    page.reload()
    expect(words(page)).to_have_value(text)
    expect(page.get_by_label(SKY, exact=True)).to_be_checked()


def test_a_lost_connection_loses_no_word(page: Page, desk: BrowserContext) -> None:
    text = begin(page)
    desk.set_offline(True)
    words(page).press_sequentially(" Bring a cushion.")
    expect(page.locator("#saved")).to_contain_text("No connection. Your words are kept in this browser")
    page.get_by_role("button", name="Save as draft").click()
    expect(words(page)).to_have_value(f"{text} Bring a cushion.")
    desk.set_offline(False)
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=35_000)
    page.reload()
    expect(words(page)).to_have_value(f"{text} Bring a cushion.")


def test_an_answer_that_is_lost_makes_neither_conflict_nor_second_post(page: Page) -> None:
    lost: list[Request] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request)
        route.fetch()
        route.abort()

    page.route("**/posts/autosave/", lose)
    text = begin(page)
    assert lost
    expect(page.locator("#compose-trouble")).to_be_empty()
    page.goto(f"/posts/?q={text.split()[-1]}")
    expect(page.get_by_role("link", name=text)).to_have_count(1)


def test_words_typed_before_the_browser_closed_are_offered_again(page: Page) -> None:
    text = begin(page)
    page.route("**/posts/autosave/", lambda route: route.abort())
    words(page).press_sequentially(" Bring a cushion.")
    expect(page.locator("#saved")).to_contain_text("No connection")
    page.reload()
    expect(words(page)).to_have_value(text)
    page.unroute("**/posts/autosave/")
    page.get_by_role("button", name="Put them back").click()
    expect(words(page)).to_have_value(f"{text} Bring a cushion.")
    expect(page.locator("#saved")).to_have_text(SAVED)


def test_words_for_a_channel_that_was_not_saved_yet_are_offered_again(page: Page) -> None:
    page.route("**/posts/autosave/", lambda route: route.abort())
    own_words(page).fill("Only here.")
    expect(page.locator("#saved")).to_contain_text("No connection")
    page.reload()
    expect(page.get_by_label(SKY, exact=True)).not_to_be_checked()
    page.unroute("**/posts/autosave/")
    page.get_by_role("button", name="Put them back").click()
    expect(page.get_by_label(SKY, exact=True)).to_be_checked()
    expect(page.get_by_label(f"Different words for {SKY}")).to_have_value("Only here.")
    expect(page.locator("#saved")).to_have_text(SAVED)


def test_an_ended_session_goes_on_after_signing_in_in_another_window(page: Page, desk: BrowserContext) -> None:
    text = begin(page)
    desk.clear_cookies(name="sessionid")
    words(page).press_sequentially(" Bring a cushion.")
    expect(page.locator("#saved")).to_contain_text("You were signed out. Sign in in another window")
    expect(page.locator("#preview")).not_to_contain_text("Sign in")
    other = desk.new_page()
    sign_in(other, AUTHOR)
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=20_000)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    expect(words(page)).to_have_value(f"{text} Bring a cushion.")


def test_a_second_tab_overwrites_nothing_unasked(page: Page, desk: BrowserContext) -> None:
    begin(page)
    other = desk.new_page()
    other.goto(page.url)
    words(page).fill("From the first tab.")
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.wait_for_timeout(2_500)
    words(other).fill("From the second tab.")
    expect(other.get_by_role("alert")).to_contain_text("You changed this post in another window")
    expect(words(other)).to_have_value("From the second tab.")
    expect(other.get_by_role("link", name="Look at theirs")).to_be_visible()
    page.reload()
    expect(words(page)).to_have_value("From the first tab.")
    other.get_by_role("button", name="Replace theirs with mine").click()
    expect(other.locator("#saved")).to_have_text(SAVED)
    page.reload()
    expect(words(page)).to_have_value("From the second tab.")


# --- Pictures, threads, keyboard --------------------------------------------------------------------------------------


def test_several_pictures_at_once_are_moved_described_and_taken_off(page: Page, tmp_path: Path) -> None:
    begin(page)
    paths = [tmp_path / "one.jpg", tmp_path / "two.png"]
    for path in paths:
        Image.new("RGB", (640, 480), f"#{secrets.token_hex(3)}").save(path)
    page.get_by_label("Add a picture").set_input_files(paths)
    expect(page.locator(".moot-media")).to_have_count(2)
    page.get_by_label("Description of picture 1").fill("The first")
    page.get_by_label("Description of picture 2").fill("The second")
    expect(page.locator(".moot-media img")).to_have_count(2, timeout=PROCESSED)
    page.get_by_role("button", name="Move up Picture 2").click()
    expect(page.get_by_label("Description of picture 1")).to_have_value("The second")
    expect(page.locator("#preview .moot-said__alt").first).to_have_text("The second")
    page.get_by_role("button", name="Take off Picture 2").click()
    expect(page.locator(".moot-media")).to_have_count(1)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_label("Description of picture 1")).to_have_value("The second")


def test_a_file_that_is_no_picture_is_refused_beside_the_others(page: Page, tmp_path: Path) -> None:
    begin(page)
    bad = tmp_path / "cushion.jpg"
    bad.write_bytes(b"no picture at all")
    page.get_by_label("Add a picture").set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("“cushion.jpg” is no picture")


def test_everything_by_the_keyboard(page: Page) -> None:
    text = f"Story time. {secrets.token_hex(4)} " + "The library has a carpet and many cushions. " * 9
    reach(page, "For which service?")
    page.keyboard.press("L")
    reach(page, "What do you want to say?")
    page.keyboard.insert_text(text)
    reach(page, SKY)
    page.keyboard.press("Space")
    expect(page.get_by_role("article", name=f"On {SKY}")).to_contain_text("too many")
    words(page).focus()
    reach(page, "Split into a thread")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name=f"On {SKY}").get_by_text(re.compile(r"Part 2: \d+ of 300"))).to_be_visible()
    reach(page, "Send for approval")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Awaiting approval").first).to_be_visible()


def reach(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(
            "name => { const at = document.activeElement; const of = at.labels?.[0]?.innerText ?? at.innerText ?? '';"
            " return of.trim() === name }",
            name,
        ):
            return
    pytest.fail(f"Tab never came to “{name}”")


# --- Without a script -------------------------------------------------------------------------------------------------


def test_without_a_script_a_post_with_a_picture_is_written_and_sent(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    page = browser.new_context(base_url=house.url, locale="en-GB", java_script_enabled=False).new_page()
    sign_in(page, AUTHOR)
    page.goto("/posts/write/")
    page.get_by_label("For which service?").select_option(label="Libraries")
    words(page).fill(f"Story time at ten. {secrets.token_hex(4)}")
    page.get_by_label(SKY, exact=True).check()
    page.get_by_label("Add a picture").set_input_files(picture(tmp_path))
    page.get_by_label("Describe it").fill("A field")
    page.get_by_role("button", name="Add it and go on").click()
    expect(page.get_by_label("Description of picture 1")).to_have_value("A field")
    expect(page.get_by_role("article", name=f"On {SKY}")).to_contain_text("of 300")
    for _ in range(PROCESSED // 1000):
        if page.locator("#preview img[alt='A field']").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Awaiting approval").first).to_be_visible()
