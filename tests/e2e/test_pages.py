"""Every page, found by following links as each kind of person: accessible, whole, and no wider than a phone."""

import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Response

from moothall.publishing.status import Status
from tests.e2e.conftest import House, sign_in

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}

MUST_SEE = {
    "": {"home", "newsroom-page", "newsroom-entry", "channels", "channel", "channels-check", "account_login"}
    | {"walls", "wall", "wall-screen", "event-report", "our-policies", "our-policy"},
    "Administrator": {
        "notices",
        "starter",
        "starter-guide",
        "starter-whole",
        "today",
        "people",
        "person",
        "invite",
        "services",
        "council-settings",
        "mfa_index",
    },
    "Comms desk": {"register", "register-health", "register-import", "register-edit", "register-connect"}
    | {"calendar", "library", "ready-made", "pause", "held", "approval-rules", "slot-channels"}
    | {"live", "live-event", "running-order", "rota", "budget", "event-items", "event-rules", "places"}
    | {
        "blocked-authors",
        "desk",
        "contribution",
        "tell",
        "told",
        "my-accounts",
        "edit-slot",
        "stage-posts",
        "new-shift",
        "hand-over",
        "policy-version",
        "incident",
    },
    "IT security": {"web-use", "web-use-security", "web-use-social", "what-we-see", "new-data-request"}
    | {"purposes", "purpose", "purpose-dpia", "new-purpose"},
    "Monitoring officer": {"web-use-units", "web-use-unit"}
    | {"policies", "policy", "policy-coverage", "new-policy", "lessons", "lesson", "new-lesson", "records", "record"}
    | {"concerns", "concern-raise", "concern-contacts", "fair-process", "case", "case-opening"},
    "HR": {"case-people", "case-papers", "case-letters", "case-letter", "case-record", "case-write-letter"},
    "Data protection officer": {"data-requests"},
    "Author, Libraries": {
        "today",
        "posts",
        "post",
        "write",
        "rehearsal",
        "library-asset",
        "move-post",
    },
    "Approver, Libraries": {"today", "approvals"},
}
"""Whom each crawl signs in as (the first is the public), and the views that it must come upon."""

EACH_VIEW, EACH_VIEW_OF_ALL = 2, 3
"""How many pages of one view a crawl looks at, and all crawls together."""

looked_at: Counter[str] = Counter()
"""How many pages of each view the crawls before this one looked at and found well."""


def crawl(page: Page, start: str) -> Iterator[tuple[str, str]]:
    """Pages reachable by links from ``start``, with the names of their views; a few of each view."""
    waiting, seen, of_view = deque([start]), {start}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        name = view_name(path)
        enough = of_view[name] >= EACH_VIEW or looked_at[name] + of_view[name] >= EACH_VIEW_OF_ALL
        if not name or (enough and path != start):
            continue
        of_view[name] += 1
        page.goto(path)
        yield path, name
        for href in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            parts = urlsplit(href)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if href.startswith(page.url.split("/", 3)[0] + "//127.0.0.1") and target not in seen:
                seen.add(target)
                waiting.append(target)


def view_name(path: str) -> str:
    """The name of the view behind a path; empty for what is no page of ours (a file, a feed)."""
    bare = path.partition("?")[0]
    if re.search(r"\.(json|csv|xlsx|ics|opml|atom|css|png|jpg|pdf)$", bare) or bare.startswith(("/static/", "/media/")):
        return ""
    try:
        return resolve(bare).url_name or ""
    except Resolver404:
        return bare


TWICE = """[...document.querySelectorAll('[id]')].map(each => each.id).filter((id, at, all) => all.indexOf(id) < at)"""


def check(page: Page, path: str) -> list[str]:
    """What is wrong with the page as it is shown once it has loaded, with nothing on it half faded in."""
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_load_state()
    wrong = []
    for violation in Axe().run(page, options=RULES).response["violations"]:
        where = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
        wrong.append(f"{path}: {violation['id']}: {violation['help']}: {where}")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        wrong.append(f"{path}: {wider} px wider than the window of {page.viewport_size}")
    for each in page.evaluate(TWICE):
        wrong.append(f"{path}: the id {each} stands twice")
    if page.locator("option", has_text="-----").count():
        wrong.append(f"{path}: a choice that says nothing")
    if page.locator("h1").count() != 1:
        wrong.append(f"{path}: {page.locator('h1').count()} first headings")
    return wrong


@pytest.mark.parametrize("visitor", MUST_SEE)
def test_every_page_is_accessible_at_desktop_width_and_on_a_phone(house: House, browser: Browser, visitor: str) -> None:
    wrong: list[str] = []
    context = browser.new_context(base_url=house.url, viewport=DESKTOP)
    page = context.new_page()
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    if visitor:
        sign_in(page, visitor)
    visited = Counter[str]()
    for path, name in crawl(page, "/today/" if visitor else "/"):
        visited[name] += 1
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            wrong += check(page, path)
            picture(page, f"{visitor or 'public'}-{name}-{size['width']}")
        page.set_viewport_size(DESKTOP)
    context.close()
    assert not wrong, "\n".join(wrong)
    assert visited.keys() >= MUST_SEE[visitor], f"No link led to {MUST_SEE[visitor] - visited.keys()}"
    looked_at.update(visited)


def test_a_post_in_each_state_is_accessible(house: House, browser: Browser) -> None:
    wrong: list[str] = []
    context = browser.new_context(base_url=house.url, viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, "Comms desk")
    for status in Status:
        if status == Status.SENDING:
            continue  # over too soon to be looked at
        page.goto(f"/posts/?status={status.value}")
        page.locator("tbody th a").first.click()
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            wrong += check(page, f"a post that is {status}")
            picture(page, f"post-{status}-{size['width']}")
        page.set_viewport_size(DESKTOP)
    page.goto(f"/posts/?status={Status.DRAFT.value}")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    wrong += check(page, "a post that is edited")
    picture(page, "post-edited-1280")
    context.close()
    assert not wrong, "\n".join(wrong)


FEW_LINKS_LEAD_TO = (
    ("Hester Quill", "/policies/open-social-media-policy/versions/2/changes/"),
    ("Hester Quill", "/web-use/me/"),
    ("Joan Pettifer", "/policies/welcome/"),
    ("Maren Oakes", "/policies/open-social-media-policy/draft/"),
    ("Maren Oakes", "/incidents/new/?channel=ember"),
    ("Lowri Vance", "/concerns/"),
)
"""Pages that no crawl is sure to come upon, with who looks at them."""


def test_pages_that_few_links_lead_to_are_accessible(house: House, browser: Browser) -> None:
    wrong: list[str] = []
    for who, path in FEW_LINKS_LEAD_TO:
        context = browser.new_context(base_url=house.url, viewport=DESKTOP)
        page = context.new_page()
        sign_in(page, who)
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            wrong += check(page, path)
            picture(page, f"few-links-{path}-{size['width']}")
        context.close()
    assert not wrong, "\n".join(wrong)


def picture(page: Page, name: str) -> None:
    """Keep a screenshot where MOOT_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MOOT_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-zA-Z0-9-]+', '-', name)}.png", full_page=True)


def test_public_pages_are_light_and_need_no_script(house: House, browser: Browser) -> None:
    context = browser.new_context(base_url=house.url, java_script_enabled=False)
    for path in ("/", "/@libraries/", "/channels/", "/channels/check/?q=libraries"):
        bytes_before_pictures = 0
        answers: list[Response] = []
        page = context.new_page()
        page.on("response", lambda answer, into=answers: into.append(answer))
        page.goto(path)
        for answer in answers:
            kind = answer.headers.get("content-type", "")
            assert urlsplit(answer.url).hostname == "127.0.0.1", f"{path} asks another site: {answer.url}"
            assert "javascript" not in kind, f"{path} sends a script"
            if not kind.startswith("image/"):
                bytes_before_pictures += len(answer.body())
        assert bytes_before_pictures < 100_000, f"{path} weighs {bytes_before_pictures} bytes before pictures"
        assert not context.cookies(), f"{path} sets a cookie"
    context.close()
