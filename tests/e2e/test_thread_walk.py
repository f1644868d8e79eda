"""A thread on its whole way, in a browser: written, sent back, compared, approved, moved by keyboard, paused, let go.

Five parts with three pictures go to four channels, one of them with words of its own, and stand on each in order.
"""

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import House, sign_in
from tests.e2e.test_walk import APPROVER, AUTHOR, LEAD, SOON, add_channel, mastodon_domain
from tests.peers.bluesky import BlueskyPds
from tests.peers.mastodon import MastodonMock

pytestmark = pytest.mark.browser

DESK = "Comms desk"
UK = ZoneInfo("Europe/London")
PICTURES = ("#7aa974", "#a97a74", "#747aa9")


@pytest.fixture
def page(browser: Browser, house: House) -> Page:
    return browser.new_context(base_url=house.url, locale="en-GB", timezone_id="Europe/London").new_page()


def parts(name: str, last: str) -> list[str]:
    return [f"Part {number} of the tale of {name}." for number in range(1, 5)] + [last]


def test_a_thread_goes_its_whole_way(
    house: House, page: Page, pds: BlueskyPds, mastodon: MastodonMock, tmp_path: Path
) -> None:
    name = f"lib{secrets.token_hex(3)}"
    bluesky = pds.create_account(f"{name}.test")
    social = mastodon.create_account(name)
    host = httpx.URL(mastodon.url)
    sign_in(page, LEAD)
    keys = {"Server": pds.url, "Handle": bluesky.handle, "App password": bluesky.password}
    add_channel(page, "Bluesky", bluesky.handle, f"Sky {name}", keys)
    keys = {"Server": f"{host.scheme}://{host.netloc.decode()}", "Access token": social.access_token}
    add_channel(page, "Mastodon", f"{name}@{mastodon_domain(mastodon)}", f"Social {name}", keys)
    add_channel(page, "Rehearsal", name, f"Practice {name}", {})
    own = f"All about {name}, for the practice channel alone."
    channels = [
        "Exampleshire Libraries on Newsroom",
        f"Sky {name} on Bluesky",
        f"Social {name} on Mastodon",
        f"Practice {name} on Rehearsal",
    ]
    tomorrow = (datetime.now(UK) + timedelta(days=1)).replace(hour=12, minute=0)
    while (tomorrow + timedelta(days=1)).month != tomorrow.month:  # the keyboard's own test moves across months
        tomorrow += timedelta(days=1)

    address = write(page, parts(name, "And the end."), channels, own, tomorrow, tmp_path)
    send_back(page, address, "Say how it ends.")
    improve(page, address, parts(name, "And the end: they read happily ever after."))
    compare_and_approve(page, address)
    move_by_keyboard(page, address, tomorrow)
    bring_forward(page, address)
    pause(page, address)
    assert not [*pds.posts(bluesky.did), *mastodon.statuses(social)], "Something went out during the pause"
    resume(page, name)

    expected = parts(name, "And the end: they read happily ever after.")
    page.goto(address)
    expect(page.get_by_text("It is live since")).to_have_count(5 * 3 + 1, timeout=2 * SOON)
    records = [post["value"] for post in reversed(pds.posts(bluesky.did))]
    assert [each["text"] for each in records] == expected
    assert ["reply" in each for each in records] == [False, True, True, True, True]
    assert [len(each.get("embed", {}).get("images", [])) for each in records] == [1, 1, 1, 0, 0]
    statuses = list(reversed(mastodon.statuses(social)))
    assert [re.sub("<[^>]+>", "", each["content"]) for each in statuses] == expected
    ids = [str(each["id"]) for each in statuses]
    assert [str(each["in_reply_to_id"]) for each in statuses[1:]] == ids[:-1]
    page.get_by_role("link", name="Open it on Exampleshire Libraries on Newsroom").first.click()
    page.wait_for_load_state()
    shown = page.locator("main").inner_text()
    assert [shown.index(text) for text in expected] == sorted(shown.index(text) for text in expected)


def write(page: Page, of: list[str], channels: list[str], own: str, goes: datetime, folder: Path) -> str:
    """Write the thread as the libraries' author, with a picture on each of its first parts, and send it."""
    sign_in(page, AUTHOR)
    page.goto("/posts/write/")
    page.get_by_label("For which service?").select_option(label="Libraries")
    page.get_by_label("What do you want to say?").fill("\n---\n".join(of))
    for channel in channels:
        page.get_by_label(channel, exact=True).check()
    expect(page.locator("#preview").get_by_text(of[-1]).first).to_be_visible()
    last = page.locator(".moot-channel").filter(has=page.get_by_label(channels[-1], exact=True))
    last.locator("summary").click()
    last.get_by_role("textbox").first.fill(own)
    files = []
    for number, colour in enumerate(PICTURES, start=1):
        file = folder / f"field-{number}.jpg"
        Image.new("RGB", (800, 600), colour).save(file)
        files.append(file)
    page.locator("input[name=new_picture]").set_input_files(files)
    rows = page.locator(".moot-media")
    expect(rows).to_have_count(3, timeout=SOON)
    for number in range(3):
        rows.nth(number).get_by_role("textbox").first.fill(f"Field {number + 1}")
        rows.nth(number).get_by_label(f"Part of the thread that carries picture {number + 1}").fill(str(number + 1))
    page.get_by_label("At a time you choose").check()
    page.get_by_label("Date").fill(f"{goes:%Y-%m-%d}")
    page.get_by_label("Time (UK time)").fill(f"{goes:%H:%M}")
    expect(page.locator("[data-processing]")).to_have_count(0, timeout=SOON)
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Awaiting approval").first).to_be_visible()
    return page.url


def send_back(page: Page, address: str, comment: str) -> None:
    sign_in(page, APPROVER)
    page.goto(address)
    page.get_by_label("Comment for the author").fill(comment)
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Sent back").first).to_be_visible()


def improve(page: Page, address: str, of: list[str]) -> None:
    sign_in(page, AUTHOR)
    page.goto(address)
    expect(page.get_by_text("Say how it ends.").first).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("What do you want to say?").fill("\n---\n".join(of))
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Awaiting approval").first).to_be_visible()


def compare_and_approve(page: Page, address: str) -> None:
    sign_in(page, APPROVER)
    page.goto(address)
    page.get_by_role("link", name="See what changed").click()
    expect(page.locator("ins").filter(has_text="they read happily ever after").first).to_be_visible()
    page.get_by_role("link", name="Back to the post").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#post-state").get_by_text("Scheduled")).to_be_visible()


def move_by_keyboard(page: Page, address: str, goes: datetime) -> None:
    """To the next day, with keys alone."""
    number = address.rstrip("/").rpartition("/")[2]
    page.goto(f"/calendar/?view=month&day={goes:%Y-%m-%d}")
    item = page.locator(f"[data-post='{number}'] [data-move-control]")
    item.first.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    later = goes + timedelta(days=1)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()  # the server took it
    expect(page.locator(f"[data-day='{later:%Y-%m-%d}'] [data-post='{number}']")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text(f"{later.day} {later:%B %Y}, 12:00 (UK time)").first).to_be_visible()


def bring_forward(page: Page, address: str) -> None:
    """To the minute after next, on the plain page."""
    number = address.rstrip("/").rpartition("/")[2]
    page.goto(f"/calendar/{number}/move/")
    soon = datetime.now(UK) + timedelta(minutes=2)
    page.get_by_label("Date").fill(f"{soon:%Y-%m-%d}")
    page.get_by_label("Time (UK time)").fill(f"{soon:%H:%M}")
    page.get_by_role("button", name="Move").first.click()


def pause(page: Page, address: str) -> None:
    """The desk pauses everything; the post falls due, and is held."""
    sign_in(page, DESK)
    page.goto("/posts/pause/")
    page.get_by_label("Why").fill("A fire at Wendham.")
    page.get_by_role("button", name="Pause now").click()
    expect(page.get_by_text("A fire at Wendham.").first).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Posts are paused").first).to_be_visible()
    expect(page.locator("#deliveries").get_by_text("Held").first).to_be_visible(timeout=180_000)


def resume(page: Page, name: str) -> None:
    """The pause ends; nothing goes by itself, and the desk lets each of the four go."""
    page.goto("/posts/pause/")
    page.get_by_role("button", name="End this pause").click()
    page.goto("/posts/held/")
    for _ in range(4):
        card = page.locator("section").filter(has_text=name).filter(has=page.get_by_role("button", name="Send it now"))
        card.first.get_by_role("button", name="Send it now").click()
        page.goto("/posts/held/")
    expect(page.locator("section").filter(has_text=name)).to_have_count(0)
