"""The whole way, in a browser: a post with a picture from its author to three networks, and an honest *unconfirmed*."""

import re
import secrets
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import House, sign_in
from tests.peers.bluesky import BlueskyPds
from tests.peers.mastodon import MastodonMock

pytestmark = pytest.mark.browser

LEAD, AUTHOR, APPROVER = "Lead, Libraries", "Author, Libraries", "Approver, Libraries"
SOON = 40_000
"""Milliseconds within which a post that is due has gone out."""


@pytest.fixture
def page(browser: Browser, house: House) -> Page:
    return browser.new_context(base_url=house.url, locale="en-GB").new_page()


def add_channel(page: Page, network: str, handle: str, name: str, credentials: dict[str, str]) -> None:
    """Register a live channel of the libraries and connect it, as their lead does."""
    page.goto("/register/new/")
    page.get_by_label("Network").select_option(label=network)
    page.get_by_label("Handle").fill(handle)
    page.get_by_label("Display name").fill(name)
    page.get_by_label("Short name for addresses").fill(re.sub(r"\W+", "-", name.lower()))
    page.get_by_label("Service", exact=True).select_option(label="Libraries")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Change its state").click()
    page.get_by_label("Live").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Connect", exact=True).click()
    page.wait_for_load_state()
    if page.get_by_text("Paste an access token instead").is_visible():
        page.get_by_text("Paste an access token instead").click()
    form = page.locator("form").filter(has=page.get_by_role("button", name="Test and connect"))
    for label, value in credentials.items():
        form.get_by_label(label).fill(value)
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()


def write(page: Page, text: str, channels: list[str], picture: Path | None = None) -> str:
    """Write a post as the libraries' author and send it for approval; returns the address of its page."""
    sign_in(page, AUTHOR)
    page.goto("/posts/write/")
    page.get_by_label("For which service?").select_option(label="Libraries")
    page.get_by_label("What do you want to say?").fill(text)
    for channel in channels:
        page.get_by_label(channel, exact=True).check()
    if picture:
        page.get_by_label("Add a picture").set_input_files(picture)
        page.get_by_label("Description of picture 1").fill("A green field under a pale sky")
        expect(page.locator(".moot-media img")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Awaiting approval").first).to_be_visible()
    return page.url


def approve(page: Page, address: str) -> None:
    sign_in(page, APPROVER)
    page.goto(address)
    page.get_by_role("button", name="Approve").click()


def test_a_post_with_a_picture_goes_to_three_networks_and_opens_on_each(
    house: House, page: Page, pds: BlueskyPds, mastodon: MastodonMock, tmp_path: Path
) -> None:
    name = f"lib{secrets.token_hex(3)}"
    bluesky = pds.create_account(f"{name}.test")
    social = mastodon.create_account(name)
    host = httpx.URL(mastodon.url)
    sign_in(page, LEAD)
    add_channel(
        page,
        "Bluesky",
        bluesky.handle,
        f"Sky {name}",
        {"Server": pds.url, "Handle": bluesky.handle, "App password": bluesky.password},
    )
    add_channel(
        page,
        "Mastodon",
        f"{name}@{mastodon_domain(mastodon)}",
        f"Social {name}",
        {"Server": f"{host.scheme}://{host.netloc.decode()}", "Access token": social.access_token},
    )
    picture = tmp_path / "field.jpg"
    Image.new("RGB", (1600, 1200), "#7aa974").save(picture)
    text = f"Free seeds for every garden at Wendham Library. {name}"
    channels = ["Exampleshire Libraries on Newsroom", f"Sky {name} on Bluesky", f"Social {name} on Mastodon"]

    address = write(page, text, channels, picture)
    approve(page, address)

    expect(page.get_by_text("It is live since")).to_have_count(3, timeout=SOON)
    (record,) = pds.posts(bluesky.did)
    assert record["value"]["text"] == text
    assert record["value"]["embed"]["images"][0]["alt"] == "A green field under a pale sky"
    (status,) = mastodon.statuses(social)
    assert name in status["content"]
    assert status["media_attachments"][0]["description"] == "A green field under a pale sky"
    page.get_by_role("link", name="Open it on Exampleshire Libraries on Newsroom").click()
    expect(page.get_by_role("article").get_by_text(text)).to_be_visible()
    expect(page.get_by_alt_text("A green field under a pale sky")).to_be_visible()


def mastodon_domain(server: MastodonMock) -> str:
    """The name that the server gives itself in handles."""
    document = httpx.get(f"{server.url}/api/v2/instance").json()
    return str(document["domain"])


def test_a_lost_answer_is_unconfirmed_and_reconciles(house: House, page: Page) -> None:
    sign_in(page, LEAD)
    page.goto("/rehearsal/")
    option = page.get_by_label("Channel").locator("option").filter(has_text="Libraries").first.inner_text()
    page.get_by_label("Channel").select_option(label=option)
    page.get_by_label("What goes wrong").select_option(label="Takes the post, but its answer never arrives")
    page.get_by_role("button", name="Switch the fault on").click()
    expect(page.get_by_role("button", name="Switch off").first).to_be_visible()

    text = f"The mobile library is late today. {secrets.token_hex(3)}"
    address = write(page, text, [f"{option} on Rehearsal"])
    approve(page, address)

    seen_unconfirmed = False
    until = time.monotonic() + SOON / 1000
    while time.monotonic() < until:
        page.goto(address)
        state = page.locator("#deliveries").inner_text()
        seen_unconfirmed = seen_unconfirmed or "Unconfirmed" in state
        if "It is live since" in state:
            break
        page.wait_for_timeout(300)
    assert seen_unconfirmed, "The page never said that it did not know"
    assert "It is live since" in page.locator("#deliveries").inner_text()
    page.get_by_text(re.compile("2 attempts")).click()
    expect(page.get_by_text("Looked for it")).to_be_visible()
    page.goto("/rehearsal/")
    expect(page.get_by_text(text)).to_have_count(1)
