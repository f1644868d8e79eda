"""The media library in a real browser: files sent and followed while they are processed, and cropped by hand."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import House, sign_in
from tests.e2e.test_pages import DESKTOP, PHONE, check
from tests.library import films

pytestmark = pytest.mark.browser

PATIENCE = 60_000


def photograph(folder: Path, size: tuple[int, int] = (640, 480)) -> Path:
    path = folder / "reading room.jpg"
    path.write_bytes(films.photograph(size=size))
    return path


def test_files_are_sent_and_followed_until_they_are_ready(house: House, page: Page, tmp_path: Path) -> None:
    sign_in(page, "Author, Libraries")
    page.goto("/library/upload/")
    page.get_by_label("Whose are they?").select_option("Libraries")
    film = films.film(tmp_path / "film.mp4", size=(320, 240))
    (tmp_path / "notes.txt").write_text("no picture")
    page.get_by_label("Pictures, GIFs or videos").set_input_files([photograph(tmp_path), film, tmp_path / "notes.txt"])
    page.get_by_role("button", name="Add").click()
    rows = page.get_by_role("list", name="Added now").get_by_role("listitem")
    expect(rows).to_have_count(3, timeout=PATIENCE)
    expect(rows.nth(2)).to_contain_text("is no picture, GIF or video that we can use", timeout=PATIENCE)
    expect(rows.nth(0).locator("img")).to_be_visible(timeout=PATIENCE)
    expect(rows.nth(1).locator("video")).to_be_visible(timeout=PATIENCE)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert check(page, "the upload page with its list") == []
    rows.nth(1).get_by_role("link", name=re.compile("Say what it shows")).click()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert check(page, "a film's page") == []


def test_a_part_is_chosen_by_keys_by_hand_and_by_number(house: House, page: Page, tmp_path: Path) -> None:
    sign_in(page, "Author, Libraries")
    page.goto("/library/upload/")
    page.get_by_label("Whose are they?").select_option("Libraries")
    page.get_by_label("Pictures, GIFs or videos").set_input_files(photograph(tmp_path, (800, 600)))
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name=re.compile("Say what it shows")).click(timeout=PATIENCE)
    page.get_by_role("link", name="Crop for Bluesky").click(timeout=PATIENCE)

    def numbers() -> list[int]:
        return [int(page.locator(f"[name={name}]").input_value()) for name in ("left", "top", "width", "height")]

    assert numbers() == [0, 0, 800, 600]
    frame = page.get_by_role("group", name=re.compile("The part that is kept"))
    frame.focus()
    for _ in range(20):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert numbers() == [10, 0, 600, 600]
    page.get_by_label("Shape").select_option("Wide, 16:9")
    assert numbers() == [10, 0, 600, 337]
    box = frame.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 80, steps=5)
    page.mouse.up()
    assert numbers()[1] > 40
    page.locator("[name=left]").fill("100")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert check(page, "the crop page") == []
    page.get_by_role("button", name="Save the crop").click()
    expect(page.get_by_text("a part of it, 600 × 337 pixels")).to_be_visible()
