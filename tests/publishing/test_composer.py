"""The composer: what it says of what is being written, and how a draft saves itself without losing anybody's words."""

import html
import uuid
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity, Channel
from moothall.core import clock as core_clock
from moothall.core import localtime
from moothall.library.models import AssetState
from moothall.publishing import approving, cards, compose_steps, previewing, queries
from moothall.publishing.compose_forms import signed_card
from moothall.publishing.content import Content, Enclosed, Wording
from moothall.publishing.models import Post, QueueSlot, ReadyMade, Timing
from moothall.publishing.status import Status
from moothall.records.models import Record
from tests import factories
from tests.publishing.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def sky(libraries: Service) -> Channel:
    return factories.channel(service=libraries, network="bluesky", handle="lib.test", display_name="Sky")


@pytest.fixture
def toots(libraries: Service) -> Channel:
    return factories.channel(service=libraries, network="mastodon", handle="lib@a.test", display_name="Toots")


@pytest.fixture
def ember(libraries: Service) -> Channel:
    return factories.connected(
        service=libraries, handle="ember", display_name="Ember", capacity=Capacity.PERSONA, picture_alt="A dog"
    )


@pytest.fixture
def bob(libraries: Service) -> User:
    return factories.person((Role.AUTHOR, libraries), name="Bob Barrow")


def filled(*channels: Channel, text: str = "Story time at ten.", **values: Any) -> dict[str, Any]:
    chosen = {f"channel_{each.pk}": "on" for each in channels}
    return {"service": channels[0].service_id, "text": text, "language": "en", "when": "at_once"} | chosen | values


def text_of(answer: Any) -> str:
    return html.unescape(" ".join(answer.content.decode().split()))


def autosave(browser: Client, **values: Any) -> Any:
    return browser.post("/posts/autosave/", values, headers={"Accept": "application/json"})


# --- The preview ------------------------------------------------------------------------------------------------------


def test_the_preview_counts_as_each_network_does_and_saves_nothing(
    as_alice: Client, channel: Channel, sky: Channel, toots: Channel
) -> None:
    link = "https://www.gov.uk/" + "a" * 300
    page = text_of(as_alice.post("/posts/preview/", filled(channel, sky, toots, text=f"Read {link} 👩‍👩‍👧 #Books")))
    assert "333 of 5000" in page
    assert "333 of 300, 33 too many" in page
    assert "33 characters too long for Bluesky" in page
    assert "37 of 500" in page
    assert '<span class="moot-said__link">gov.uk/aaaaaaaaaaaaaaaaaaaaaaa…</span>' in page
    assert '<span class="moot-said__link">#Books</span>' in page
    assert '<mark class="moot-said__over">' in page
    assert not Post.objects.exists()


def test_the_preview_of_a_thread_shows_each_part_with_its_pictures(as_alice: Client, alice: User, sky: Channel) -> None:
    first, second = factories.asset(alice, "A carpet"), factories.asset(alice, "A map", colour="#aa3311")
    values = filled(sky, text="One.\r\n---\r\nTwo.", media=[first.pk, second.pk])
    page = text_of(as_alice.post("/posts/preview/", values | {f"part_{second.pk}": "2"}))
    one, two = page.index("Part 1: 4 of 300"), page.index("Part 2: 4 of 300")
    assert page.index('alt="A carpet"') < one < page.index('alt="A map"') < two
    assert 'data-thread="yes"' in page


def test_what_people_write_is_previewed_as_words(as_alice: Client, sky: Channel) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)> #a<b https://www.gov.uk/"onload=x'
    page = as_alice.post("/posts/preview/", filled(sky, text=hostile * 9)).content.decode()
    assert "<script>" not in page
    assert "<img src=x" not in page


def test_charlie_previews_neither_the_libraries_post_nor_their_channel_nor_their_picture(
    alice: User, charlie: User, channel: Channel, signed_in: Any
) -> None:
    post = factories.post(alice, channel)
    asset = factories.asset(alice, "A carpet", service=channel.service)
    browser = signed_in(charlie)
    page = text_of(browser.post("/posts/preview/", filled(channel, media=asset.pk)))
    assert "Choose at least one channel." in page
    assert "A carpet" not in page
    for address in ("/posts/preview/", "/posts/autosave/", "/posts/card/", "/posts/media/"):
        assert browser.post(address, filled(channel, post=post.pk)).status_code == 404


def test_numbers_that_no_database_holds_are_nothing(as_alice: Client, alice: User, channel: Channel) -> None:
    post, huge = factories.post(alice, channel), "9" * 40
    nonsense = filled(channel, media=[huge, "-1", "x", "²"], made_from=huge, **{f"part_{huge}": huge})
    assert as_alice.post("/posts/preview/", nonsense | {"post": post.pk}).status_code == 200
    for address in ("/posts/preview/", "/posts/autosave/"):
        assert as_alice.post(address, nonsense | {"post": huge}).status_code == 404
    assert as_alice.post(f"/posts/{post.pk}/library/", {"asset": [huge, "x"]}).status_code == 302
    assert as_alice.get(f"/posts/write/?from={huge}").status_code == 404


def test_the_preview_asks_little_of_the_database(
    as_alice: Client, alice: User, channel: Channel, sky: Channel, toots: Channel, django_assert_max_num_queries: Any
) -> None:
    post = factories.post(alice, channel, sky, toots, pictures=3)
    media = list(post.attachments.values_list("asset", flat=True))
    values = filled(channel, sky, toots, text="\n---\n".join(["Part."] * 5), media=media, post=post.pk)
    with django_assert_max_num_queries(14):
        as_alice.post("/posts/preview/", values)


def test_a_card_is_shown_where_the_network_shows_it(as_alice: Client, sky: Channel, toots: Channel) -> None:
    card = signed_card({"url": "https://www.gov.uk/", "title": "A fine page", "description": "", "image": ""})
    text = "Read https://www.gov.uk/"
    assert "<strong>A fine page</strong>" in text_of(
        as_alice.post("/posts/preview/", filled(sky, text=text, card=card))
    )
    page = text_of(as_alice.post("/posts/preview/", filled(toots, text=text, card=card)))
    assert "<strong>A fine page</strong>" not in page
    assert "makes a link card of its own" in page


def test_a_card_that_we_did_not_fetch_is_refused(as_alice: Client, channel: Channel) -> None:
    page = text_of(as_alice.post("/posts/write/", filled(channel, card='{"image": "../secrets"}')))
    assert "The link card was changed on its way. Fetch it again." in page
    assert not Post.objects.exists()


def test_the_next_free_slot_of_each_channel_is_named(as_alice: Client, channel: Channel) -> None:
    for weekday in range(7):
        QueueSlot.objects.create(channel=channel, weekday=weekday, at=time(9))
    assert "Next free slot:" in text_of(as_alice.post("/posts/preview/", filled(channel, when="next_slot")))


# --- In whose voice ---------------------------------------------------------------------------------------------------


def test_two_voices_are_sent_only_when_they_are_meant(as_alice: Client, channel: Channel, ember: Channel) -> None:
    asked = text_of(as_alice.post("/posts/preview/", filled(channel, ember)))
    assert "You speak as" in asked
    assert "Yes, I mean it" in asked
    as_alice.post("/posts/write/", filled(channel, ember, then="send"))
    post = Post.objects.get()
    assert queries.see(queries.posts(post.author).get()).status == Status.DRAFT

    edit = f"/posts/{post.pk}/edit/"
    as_alice.post(edit, filled(channel, ember, then="send", voices_confirmed="service"))
    assert queries.see(queries.posts(post.author).get()).status == Status.DRAFT
    as_alice.post(edit, filled(channel, ember, then="send", voices_confirmed="Ember (persona); service"))
    assert queries.see(queries.posts(post.author).get()).status == Status.AWAITING_APPROVAL


# --- A draft saves itself ---------------------------------------------------------------------------------------------


def test_a_new_draft_saves_itself_again_and_again_and_leaves_no_trail(as_alice: Client, channel: Channel) -> None:
    once = str(uuid.uuid4())
    first = autosave(as_alice, **filled(channel, text="Story", once=once)).json()
    post = Post.objects.get()
    assert first["post"] == post.pk
    assert first["edit_url"] == f"/posts/{post.pk}/edit/"
    assert first["saved"].startswith("Saved at ")
    again = autosave(
        as_alice, **filled(channel, text="Story time", once=once, post=post.pk, seen_at=first["seen_at"])
    ).json()
    post.refresh_from_db()
    assert (post.text, post.edited_at.isoformat()) == ("Story time", again["seen_at"])
    assert not Record.objects.filter(ref=f"post:{post.pk}").exists()


def test_an_answer_that_was_lost_makes_no_conflict_and_no_second_post(as_alice: Client, channel: Channel) -> None:
    new = filled(channel, text="Story", once=str(uuid.uuid4()), campaign="reading")
    first, again = autosave(as_alice, **new), autosave(as_alice, **new)
    assert (again.status_code, again.json()["post"]) == (200, first.json()["post"])
    assert Post.objects.count() == 1

    changed = {**new, "text": "Story time", "post": first.json()["post"], "seen_at": first.json()["seen_at"]}
    autosave(as_alice, **changed)
    assert autosave(as_alice, **changed).status_code == 200


def test_what_somebody_else_saved_is_never_overwritten(
    as_alice: Client, alice: User, bob: User, channel: Channel, signed_in: Any
) -> None:
    post = factories.post(alice, channel, text="Ten o'clock.")
    seen = {"post": post.pk, "seen_at": post.edited_at.isoformat()}
    assert autosave(signed_in(bob), **filled(channel, text="Eleven.", **seen)).status_code == 200
    refused = autosave(as_alice, **filled(channel, text="Half past.", **seen))
    assert refused.status_code == 409
    assert refused.json()["words"].startswith("Bob Barrow changed this post at ")
    assert Post.objects.get().text == "Eleven."
    meant = {**seen, "seen_at": refused.json()["seen_at"]}
    assert autosave(as_alice, **filled(channel, text="Half past.", **meant)).status_code == 200
    assert Post.objects.get().text == "Half past."


def test_a_second_tab_of_the_same_new_form_is_told(as_alice: Client, channel: Channel) -> None:
    once = str(uuid.uuid4())
    autosave(as_alice, **filled(channel, text="In one tab.", once=once))
    other = autosave(as_alice, **filled(channel, text="In another.", once=once))
    assert other.status_code == 409
    assert other.json()["words"].startswith("You changed this post in another window at ")
    page = text_of(as_alice.post("/posts/write/", filled(channel, text="In a third.", once=once)))
    assert "You changed this post in another window" in page
    assert "In a third." in page
    assert Post.objects.get().text == "In one tab."


def test_whoever_is_signed_out_is_told_so(channel: Channel) -> None:
    answer = autosave(Client(), **filled(channel))
    assert answer.status_code == 401
    assert not Post.objects.exists()


def test_a_post_that_awaits_approval_does_not_save_itself(as_alice: Client, alice: User, channel: Channel) -> None:
    post = factories.post(alice, channel)
    approving.send_for_approval(alice, post)
    answer = autosave(as_alice, **filled(channel, text="New.", post=post.pk, seen_at=post.edited_at.isoformat()))
    assert (answer.status_code, answer.json()["is_closed"]) == (422, True)
    assert Post.objects.get().text == "Story time at ten."
    assert "Take it back" in text_of(as_alice.get(f"/posts/{post.pk}/edit/"))
    assert "Take it back" in text_of(as_alice.get(f"/posts/{post.pk}/library/"))


def test_a_time_half_chosen_keeps_no_words_from_being_saved(as_alice: Client, alice: User, channel: Channel) -> None:
    post = factories.post(alice, channel)
    values = filled(channel, text="New.", when="at_a_time", scheduled_for_day="2027-06-01", scheduled_for_time="")
    assert autosave(as_alice, post=post.pk, seen_at=post.edited_at.isoformat(), **values).status_code == 200
    assert Post.objects.get().text == "New."


def test_a_draft_outlives_the_ready_made_text_that_it_was_made_from(
    as_alice: Client, alice: User, channel: Channel, libraries: Service
) -> None:
    ready = ReadyMade.objects.create(name="Hours", text="We are open.", service=libraries, made_by=alice)
    once = str(uuid.uuid4())
    autosave(as_alice, **filled(channel, once=once, made_from=ready.pk))
    post = Post.objects.get()
    assert post.made_from == ready
    ReadyMade.objects.update(is_retired=True)
    seen = {"post": post.pk, "seen_at": post.edited_at.isoformat(), "made_from": ready.pk}
    answer = autosave(as_alice, **filled(channel, text="We are open late.", **seen))
    assert answer.status_code == 200, answer.content
    post.refresh_from_db()
    assert (post.text, post.made_from) == ("We are open late.", ready)


def test_the_second_half_past_one_stays_the_second(
    as_alice: Client, alice: User, channel: Channel, clock: Clock
) -> None:
    clock.ahead += datetime(2026, 10, 1, 9, tzinfo=UTC) - clock.now()
    second = localtime.from_wall(date(2026, 10, 25), time(1, 30), second=True)
    post = factories.post(alice, channel, at=second)
    values = {"post": post.pk, "seen_at": post.edited_at.isoformat(), "when": "at_a_time"}
    values |= {"scheduled_for_day": "2026-10-25", "scheduled_for_time": "01:30"}
    assert autosave(as_alice, **filled(channel, text="Nobody touched the time.") | values).status_code == 200
    post.refresh_from_db()
    assert (post.text, post.scheduled_for) == ("Nobody touched the time.", second)


def test_words_that_cannot_be_saved_are_not_said_to_be(as_alice: Client, alice: User, channel: Channel) -> None:
    post = factories.post(alice, channel)
    seen = {"post": post.pk, "seen_at": post.edited_at.isoformat()}
    answer = autosave(as_alice, **filled(channel, text="a" * 20_001, **seen))
    assert answer.status_code == 422
    assert "20000" in answer.json()["trouble"][0]
    without = autosave(as_alice, text="A draft for nobody yet", when="at_once")
    assert without.json()["trouble"] == ["Choose a service; then your draft saves itself."]


# --- What is asked ----------------------------------------------------------------------------------------------------


def test_what_a_network_asks_appears_where_it_exists_and_is_kept(
    as_alice: Client, channel: Channel, sky: Channel, toots: Channel
) -> None:
    values = filled(
        sky,
        toots,
        campaign="summer",
        second_language="cy",
        second_text="Amser stori.",
        **{
            f"option_{toots.pk}_content_warning": "Fire",
            f"option_{toots.pk}_visibility": "public",
            f"option_{sky.pk}_reply_controls": "nobody",
            f"text_{sky.pk}": "Other words.",
        },
    )
    as_alice.post("/posts/write/", values)
    post = Post.objects.get()
    kept = {each.channel: (each.text, each.options) for each in post.variants.all()}
    assert kept == {sky: ("Other words.", {"reply_controls": "nobody"}), toots: ("", {"content_warning": "Fire"})}
    assert (post.campaign, post.second_text) == ("summer", "Amser stori.")
    page = as_alice.get(f"/posts/{post.pk}/edit/").content.decode()
    assert f'name="option_{sky.pk}_reply_controls"' in page
    assert f'name="option_{channel.pk}_' not in page
    wrong = as_alice.post(f"/posts/{post.pk}/edit/", values | {f"option_{sky.pk}_reply_controls": "some"})
    assert "not one of the available choices" in text_of(wrong)


def test_what_is_asked_of_a_channel_comes_once_it_is_chosen(
    as_alice: Client, alice: User, charlie: User, channel: Channel, sky: Channel, signed_in: Any
) -> None:
    page = as_alice.get("/posts/write/").content.decode()
    assert f'name="channel_{sky.pk}"' in page
    assert f'name="text_{sky.pk}"' not in page
    fields = as_alice.get(f"/posts/channels/{sky.pk}/").content.decode()
    assert f'name="text_{sky.pk}"' in fields
    assert f'name="option_{sky.pk}_reply_controls"' in fields
    assert signed_in(charlie).get(f"/posts/channels/{sky.pk}/").status_code == 404

    post = factories.post(alice, channel)
    edit = f"/posts/{post.pk}/edit/"
    as_alice.post(edit, filled(channel, sky, seen_at=post.edited_at.isoformat()))
    assert f'name="text_{sky.pk}"' in as_alice.get(edit).content.decode()


def test_words_for_a_channel_that_is_not_chosen_any_more_outlive_a_mistake(
    as_alice: Client, channel: Channel, sky: Channel
) -> None:
    values = filled(channel, **{f"text_{sky.pk}": "Other words.", "when": "at_a_time"})
    page = text_of(as_alice.post("/posts/write/", values))
    assert "Give the date and the time" in page
    assert "Other words." in page
    assert not Post.objects.exists()


def test_a_desk_with_many_channels_finds_those_it_chose_at_the_top(
    as_alice: Client, alice: User, libraries: Service
) -> None:
    many = [factories.channel(service=libraries, display_name=f"Branch {number:03}") for number in range(200)]
    post = factories.post(alice, many[150])
    page = as_alice.get(f"/posts/{post.pk}/edit/").content.decode()
    assert page.index("Branch 150 on Newsroom") < page.index("Branch 000 on Newsroom")
    assert "Find a channel" in page
    assert page.count('name="text_') == 1
    assert len(page) < 200_000


def test_a_lost_answer_is_known_again_though_a_channel_was_taken_off(
    as_alice: Client, alice: User, channel: Channel, sky: Channel
) -> None:
    post = factories.post(alice, channel, sky)
    seen = {"post": post.pk, "seen_at": post.edited_at.isoformat()}
    without = filled(channel, text="New.", **seen)
    assert autosave(as_alice, **without).status_code == 200
    assert autosave(as_alice, **without).status_code == 200, "The same again is no conflict."
    assert autosave(as_alice, **filled(sky, text="New.", **seen)).status_code == 409


def test_a_welsh_channel_makes_welsh_the_second_language(as_alice: Client, libraries: Service) -> None:
    welsh = factories.connected(service=libraries, language="cy")
    assert '<option value="cy" selected>Welsh</option>' in text_of(as_alice.get("/posts/write/"))
    missing = text_of(as_alice.post("/posts/preview/", filled(welsh, second_language="cy")))
    assert "Write the Welsh words" in missing


def test_a_ready_made_text_begins_a_post(
    as_alice: Client, alice: User, charlie: User, channel: Channel, signed_in: Any
) -> None:
    asset = factories.asset(alice, "A carpet", service=channel.service)
    template = ReadyMade.objects.create(service=channel.service, name="Story", text="Story time at [time].")
    template.assets.add(asset)
    page = as_alice.get(f"/posts/write/?from={template.pk}")
    assert "Story time at [time]." in text_of(page)
    assert f'name="media" value="{asset.pk}"' in text_of(page)
    as_alice.post("/posts/write/", filled(channel, made_from=template.pk))
    assert Post.objects.get().made_from == template
    assert signed_in(charlie).get(f"/posts/write/?from={template.pk}").status_code == 404
    ReadyMade.objects.update(is_retired=True)
    assert as_alice.get(f"/posts/write/?from={template.pk}").status_code == 404


# --- Its buttons ------------------------------------------------------------------------------------------------------


def test_a_long_text_is_split_for_the_tightest_channel(as_alice: Client, channel: Channel, sky: Channel) -> None:
    sentence = "The mobile library comes to the village green on the first Monday of each month. "
    as_alice.post("/posts/write/", filled(channel, sky, text=sentence * 8, then="split"))
    parts = Post.objects.get().text.split("\n---\n")
    assert len(parts) == 3
    assert all(len(part) <= 300 for part in parts)
    assert parts[0].endswith("1/3")


def test_what_cannot_be_split_is_said_and_kept(as_alice: Client, sky: Channel) -> None:
    page = text_of(as_alice.post("/posts/write/", filled(sky, text="https://www.gov.uk/" + "a" * 400, then="split")))
    assert "is too long for a part of its own" in page
    assert "a" * 400 in page


def test_pictures_are_moved_and_taken_off(as_alice: Client, alice: User, channel: Channel) -> None:
    post = factories.post(alice, channel, pictures=3)
    one, two, three = post.attachments.values_list("asset", flat=True)
    values = filled(channel, media=[one, two, three], **{f"alt_{each}": "Said" for each in (one, two, three)})
    moved = as_alice.post("/posts/media/", values | {"then": f"up-{three}"}).content.decode()
    assert [moved.index(f'value="{each}"') for each in (one, three, two)] == sorted(
        moved.index(f'value="{each}"') for each in (one, three, two)
    )
    edit = f"/posts/{post.pk}/edit/"
    as_alice.post(edit, values | {"then": f"down-{one}"})
    assert list(post.attachments.values_list("asset", flat=True)) == [two, one, three]
    as_alice.post(edit, values | {"then": f"remove-{two}"})
    assert list(post.attachments.values_list("asset", flat=True)) == [one, three]


def test_a_link_card_is_fetched_kept_and_left_out(
    as_alice: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(url: str) -> dict[str, str]:
        return {"url": url, "title": "A fine page", "description": "", "image": ""}

    monkeypatch.setattr(cards, "fetch", fetched)
    text = "Read https://www.gov.uk/"
    told = as_alice.post("/posts/card/", filled(channel, text=text)).json()
    assert told["title"] == "A fine page"
    as_alice.post("/posts/write/", filled(channel, text=text, card=told["card"]))
    post = Post.objects.get()
    assert post.card == fetched("https://www.gov.uk/")
    edit = f"/posts/{post.pk}/edit/"
    as_alice.post(edit, filled(channel, text=text, card=told["card"], then="no-card"))
    post.refresh_from_db()
    assert post.card is None
    as_alice.post(edit, filled(channel, text=text, then="card"))
    post.refresh_from_db()
    assert post.card == fetched("https://www.gov.uk/")
    as_alice.post(edit, filled(channel, text="Read nothing.", card=told["card"]))
    post.refresh_from_db()
    assert post.card is None, "Its link has gone."


def test_a_page_without_a_card_says_why_and_loses_no_word(
    as_alice: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(url: str) -> dict[str, str]:
        raise cards.NoCard("The page has no title.")

    monkeypatch.setattr(cards, "fetch", refused)
    assert as_alice.post("/posts/card/", filled(channel)).json()["trouble"][0].startswith("There is no link")
    page = text_of(as_alice.post("/posts/write/", filled(channel, text="Read https://www.gov.uk/", then="card")))
    assert "The page has no title." in page
    assert "Read https://www.gov.uk/" in page


def test_pictures_are_chosen_from_the_part_of_the_library_that_is_open_to_one(
    as_alice: Client, alice: User, charlie: User, channel: Channel
) -> None:
    post = factories.post(alice, channel)
    ours = factories.asset(alice, "A carpet", service=channel.service)
    theirs = factories.asset(charlie, "A road", colour="#111111", service=factories.service("Highways"))
    picker = f"/posts/{post.pk}/library/"
    page = text_of(as_alice.get(picker))
    assert "A carpet" in page
    assert "A road" not in page
    assert "A carpet" not in text_of(as_alice.get(f"{picker}?q=lighthouse"))
    as_alice.post(picker, {"asset": [ours.pk, theirs.pk]})
    assert [(each.asset, each.alt) for each in post.attachments.all()] == [(ours, "A carpet")]


# --- Pure parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept", "shortens", "shown"),
    [
        ("Plain & simple", 14, False, "Plain &amp; simple"),
        ("abcdef", 4, False, 'abcd<mark class="moot-said__over">ef</mark>'),
        ("a #b", 4, False, 'a <span class="moot-said__link">#b</span>'),
        ("a #bcd", 4, False, 'a #b<mark class="moot-said__over">cd</mark>'),
        ("https://gov.uk/a", 16, True, '<span class="moot-said__link">gov.uk/a</span>'),
        ("https://gov.uk/a", 16, False, '<span class="moot-said__link">https://gov.uk/a</span>'),
    ],
)
def test_words_are_marked(text: str, kept: int, shortens: bool, shown: str) -> None:
    assert previewing.marked(text, kept, shortens) == shown


def test_a_button_that_changes_nothing_leaves_the_content_as_it_is(alice: User, channel: Channel) -> None:
    content = Content(channel.service, "Words.", {channel: Wording()}, core_clock.now())
    for step in ("stay", "send", "pick", "up-77", "remove-", "up-x", ""):
        assert compose_steps.apply(step, content) == content
    assert content.timing == Timing.AT_A_TIME
    unready = factories.asset(alice, "A carpet")
    unready.state = AssetState.PROCESSING
    unready.save()
    seen = previewing.preview(
        Content(channel.service, "Words.", {channel: Wording()}, enclosed=[Enclosed(unready, "x")])
    )
    assert seen.stops == ["Picture 1 is still being processed. Wait a moment."]
