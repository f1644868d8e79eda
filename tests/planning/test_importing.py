"""Several posts from one file: exactly what was shown is made, once."""

import time as stopwatch
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.library.models import Asset
from moothall.planning import example_posts, importing, importing_actions, sheet
from moothall.planning.models import PostFile
from moothall.planning.post_cells import Column
from moothall.planning.sheet import Sheet
from moothall.publishing import actions as post_actions
from moothall.publishing.content import of_post
from moothall.publishing.models import Post
from moothall.publishing.status import Status, statuses
from moothall.records.models import Record
from tests import factories
from tests.planning.conftest import Clock

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, slug="libraries", handle="libraries", display_name="Libraries")


@pytest.fixture
def welsh(libraries: Service) -> Channel:
    return factories.connected(
        service=libraries, slug="llyfrgelloedd", handle="llyfrgelloedd", display_name="Llyfrgelloedd", language="cy"
    )


@pytest.fixture
def roads(highways: Service) -> Channel:
    return factories.connected(service=highways, slug="roads", handle="roads", display_name="Roads")


@pytest.fixture(autouse=True)
def early_october(clock: Clock) -> None:
    clock.set(MONDAY)


def picture(by: User, alt: str, name: str, of: Service) -> Asset:
    made = factories.asset(by, alt, service=of)
    Asset.objects.filter(pk=made.pk).update(original_name=name)
    return made


def table(*rows: str, header: str = "channels,text,date,time") -> Sheet:
    return sheet.read("\n".join([header, *rows]).encode())


def mistakes(by: User, of: Sheet) -> list[str]:
    return [f"{each.column}: {each.message}" for row in importing.plan(by, of).rows for each in row.mistakes]


def confirm(by: User, of: Sheet, **values: Any) -> PostFile:
    kept = importing_actions.keep(by, "posts.csv", of)
    importing_actions.make(by, kept, importing.plan(by, of).digest, **values)
    return kept


# --- What would be made -----------------------------------------------------------------------------------------------


def test_a_dry_run_shows_each_rows_draft_and_writes_nothing(
    alice: User, channel: Channel, welsh: Channel, libraries: Service
) -> None:
    shelf = picture(alice, "A shelf of books", "Shelf.JPG", libraries)
    header = "Service,Channels,Text,Date,Time,Second language,Second text,Pictures,Campaign,text: llyfrgelloedd"
    file = table(
        "Libraries,libraries; LLYFRGELLOEDD,Story time.,6/10/2026,10am,Welsh,Amser stori.,shelf.jpg,Autumn,",
        f",libraries;llyfrgelloedd,Books.,,,,,{shelf.pk},,Llyfrau.",
        header=header,
    )
    records = Record.objects.count()
    first, second = importing.plan(alice, file).rows
    assert first.content
    assert second.content
    assert first.content.scheduled_for == datetime(2026, 10, 6, 9, tzinfo=UTC)  # ten on our clocks
    assert [each.words for each in first.rendered] == [["Story time."], ["Amser stori."]]
    assert [(each.asset, each.alt) for each in first.content.enclosed] == [(shelf, "A shelf of books")]
    assert (first.content.campaign, second.content.scheduled_for) == ("Autumn", None)
    assert [each.words for each in second.rendered] == [["Books."], ["Llyfrau."]]
    assert not any(problem.blocking for row in (first, second) for _, problem in row.remarks)
    assert (Post.objects.count(), Record.objects.count()) == (0, records)


def test_alice_may_write_for_her_channels_bob_for_his_and_charlie_for_none(
    alice: User, bob: User, charlie: User, dana: User, channel: Channel, roads: Channel
) -> None:
    file = table("libraries,Books,,", "roads,Gritting,,")
    assert [row.content is not None for row in importing.plan(alice, file).rows] == [True, False]
    assert [row.content is not None for row in importing.plan(bob, file).rows] == [False, True]
    assert [row.content is not None for row in importing.plan(dana, file).rows] == [True, True]
    with pytest.raises(PermissionDenied):
        importing.plan(charlie, file)
    assert "no live channel with the short name “roads” for which you may write" in mistakes(alice, file)[0]
    kept = importing_actions.keep(alice, "posts.csv", file)
    for somebody in (bob, dana):
        with pytest.raises(PermissionDenied):
            importing_actions.make(somebody, kept, importing.plan(somebody, file).digest)
    assert not Post.objects.exists()


def test_mistakes_are_told_by_row_and_column(alice: User, dana: User, channel: Channel, welsh: Channel) -> None:
    picture(dana, "Mud", "mud.jpg", factories.service("Highways"))
    for _ in "ab":
        picture(alice, "Twin", "twin.jpg", channel.service)
    header = "channels,text,date,time,service,language,second language,second text,pictures,text: llyfrgelloedd"
    file = table(
        "librarys,Hello,,,,,,,,",
        "libraries,,,,,,,,,",
        "libraries,Hello,2026-03-28,1:30,,,,,,",
        "libraries,Hello,2027-03-28,1:30,,,,,,",
        "libraries,Hello,2036-03-28,1:30,,,,,,",
        "libraries,Hello,soon,1:30,Highways,Klingon,,,,",
        "libraries,Hello,,,,,,Helo,,",
        "libraries,Hello,,,,en,English,Helo,,",
        "libraries,Hello,,,,,,,mud.jpg,",
        "libraries,Hello,,,,,,,twin.jpg,",
        "libraries,Hello,,,,,,,,Helo",
        "libraries,Hello,,,,,,,,,,extra",
        header=header,
    )
    assert [message[:60] for message in mistakes(alice, file)] == [
        each[:60]
        for each in (
            "channels: There is no live channel with the short name “librarys” for which you may write.",
            "text: There are no words in this row.",
            "date: Saturday 28 March 2026, 01:30 (UK time) has passed. Choose a later time, or leave it empty.",
            "time: The clocks go forward that night: 01:30 does not exist on Sunday 28 March 2027.",
            "date: Choose a day of the next 5 years.",
            "service: There is no service “Highways” for which you may write.",
            "language: We do not know the language “Klingon”. Use one of: English, Welsh",
            "date: We cannot read “soon” as a date. Write it as 2026-10-06 or 6/10/2026.",
            "second language: Say which language the second text is in.",
            "second language: This is the first language too. Name another, or leave it empty.",
            "pictures: The media library has no “mud.jpg” that is open to you.",
            "pictures: Several are called “twin.jpg”. Give the number of one: ",
            "text: llyfrgelloedd: Llyfrgelloedd on Newsroom is not among the row’s channels.",
            ": It has more cells than the first line names columns. Look at its separators.",
        )
    ]
    assert "Did you mean “libraries”?" in mistakes(alice, file)[0]


def test_a_column_for_an_unknown_channel_is_refused_as_a_whole(alice: User, channel: Channel, roads: Channel) -> None:
    with pytest.raises(ValidationError, match="short name “roads”"):
        importing.plan(alice, table("libraries,Hello,x", header="channels,text,text: roads"))


# --- Making it --------------------------------------------------------------------------------------------------------


def test_confirming_makes_what_was_shown_and_only_once(alice: User, channel: Channel) -> None:
    file = table("libraries,=1+1,6/10/2026,10:00", "nowhere,Hello,,", "libraries,Books.,,")
    digest = importing.plan(alice, file).digest
    kept = importing_actions.keep(alice, "posts.csv", file)
    again = PostFile.objects.get(pk=kept.pk)
    for each in (kept, again):  # two clicks, both of which read the file before the other was done
        importing_actions.make(alice, each, digest)
    first, second = Post.objects.order_by("pk")
    assert (first.text, first.scheduled_for, first.author) == ("=1+1", datetime(2026, 10, 6, 9, tzinfo=UTC), alice)
    assert (second.text, second.timing) == ("Books.", "at_once")
    assert list(of_post(first).variants) == [channel]
    assert (
        kept.outcome
        == again.outcome
        == {
            "2": {"post": first.pk, "trouble": []},
            "4": {"post": second.pk, "trouble": []},
        }
    )
    assert set(statuses(Post.objects.all()).values()) == {Status.DRAFT}


def test_what_has_changed_since_is_shown_again(alice: User, channel: Channel, clock: Clock) -> None:
    file = table("libraries,Hello,5/10/2026,10:30")
    digest = importing.plan(alice, file).digest
    kept = importing_actions.keep(alice, "posts.csv", file)
    clock.advance(minutes=45)  # the time has passed now
    with pytest.raises(importing_actions.StalePlan):
        importing_actions.make(alice, kept, digest)
    clock.advance(minutes=45)
    with pytest.raises(ValidationError, match="more than an hour old"):
        importing_actions.make(alice, kept, digest)
    assert not Post.objects.exists()
    clock.advance(days=8)
    importing_actions.keep(alice, "later.csv", table("libraries,Hello,,"))
    assert [each.name for each in PostFile.objects.all()] == ["later.csv"]


def test_sending_for_approval_leaves_what_is_not_ready_a_draft(alice: User, channel: Channel, welsh: Channel) -> None:
    factories.person((Role.APPROVER, channel.service))
    file = table("libraries,Hello,,", "libraries;llyfrgelloedd,Hello,,", ",No channel,,")
    kept = confirm(alice, file, send=True)
    found = statuses(Post.objects.all())
    assert [found[each["post"]] for each in kept.outcome.values()] == ["awaiting_approval", "draft", "draft"]
    assert [bool(each["trouble"]) for each in kept.outcome.values()] == [False, True, True]
    assert "Choose at least one channel." in kept.outcome["4"]["trouble"]


def test_one_row_that_fails_does_not_take_the_others_with_it(
    alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = post_actions.save_post

    def save_or_fail(actor: User, post: Any, content: Any, **values: Any) -> Post:
        if content.text == "Bad":
            raise ValidationError("The channel was closed at the same moment.")
        return save(actor, post, content, **values)

    monkeypatch.setattr(post_actions, "save_post", save_or_fail)
    kept = confirm(alice, table("libraries,Good,,", "libraries,Bad,,", "libraries,Better,,"))
    assert [each["trouble"] for each in kept.outcome.values()] == [
        [],
        ["The channel was closed at the same moment."],
        [],
    ]
    assert [post.text for post in Post.objects.order_by("pk")] == ["Good", "Better"]


def test_two_hundred_rows_take_a_bounded_time_and_few_queries(alice: User, channel: Channel, welsh: Channel) -> None:
    picture(alice, "Books", "books.jpg", channel.service)
    header = "channels,text,date,time,second language,second text,pictures"
    row = "libraries;llyfrgelloedd,Post {},2026-11-01,10:00,cy,Neges {},books.jpg"
    file = table(*(row.format(number, number) for number in range(200)), header=header)
    began = stopwatch.monotonic()
    with CaptureQueriesContext(connection) as looked:
        plan = importing.plan(alice, file)
    assert len(plan.to_make) == 200
    assert len(looked) <= 10 + 2 * 200
    kept = importing_actions.keep(alice, "posts.csv", file)
    with CaptureQueriesContext(connection) as made:
        importing_actions.make(alice, kept, plan.digest)
    assert Post.objects.count() == 200
    assert len(made) <= 20 + 45 * 200
    assert stopwatch.monotonic() - began < 60


# --- Pages ------------------------------------------------------------------------------------------------------------


def upload(content: bytes, name: str = "posts.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def test_the_pages_from_the_template_to_the_posts(
    alice: User, bob: User, charlie: User, channel: Channel, signed_in: Any
) -> None:
    browser, address = signed_in(alice), reverse("several-posts")
    for kind in ("csv", "xlsx"):
        template = browser.get(reverse("several-posts-template", args=[kind])).content
        look = browser.post(address, upload(template, f"posts.{kind}"))
        page = browser.get(look["Location"]).content.decode()
        assert "Make 1 draft" in page
        assert "characters" in page
    file = b"channels;text;Notes\nlibraries;Hello;x\nnowhere;Bye;y\n"
    look = browser.post(address, upload(file))["Location"]
    page = browser.get(look).content.decode()
    assert "passed over: Notes" in page
    assert "no live channel with the short name “nowhere”" in page
    assert not Post.objects.exists()
    kept = PostFile.objects.latest("pk")
    for stranger, says in ((bob, 404), (charlie, 403)):
        assert signed_in(stranger).get(look).status_code == says
        assert signed_in(stranger).post(reverse("several-posts-make", args=[kept.token])).status_code == says
    digest = importing.plan(alice, importing_actions.sheet_of(kept)).digest
    for _ in "ab":
        done = browser.post(reverse("several-posts-make", args=[kept.token]), {"digest": digest})
    page = browser.get(done["Location"]).content.decode()
    assert reverse("post", args=[Post.objects.get().pk]) in page
    assert "1 post made, 1 row left out" in page
    (wrong,) = sheet.read(browser.get(reverse("several-posts-left-out", args=[kept.token])).content).lines
    assert wrong.cells[1:] == ["nowhere", "Bye", "y"]
    assert "channels: There is no live channel" in wrong.cells[0]


def test_a_file_that_cannot_be_read_is_complained_of_on_its_page(alice: User, channel: Channel, signed_in: Any) -> None:
    browser = signed_in(alice)
    for content, why in (
        (b"PK\x03\x04", "save it anew"),
        (b"date\n1/1/2027", "no column “text”"),
        (b"\0", "CSV UTF-8"),
    ):
        assert why in browser.post(reverse("several-posts"), upload(content)).content.decode()
    assert "Choose “CSV file" in browser.post(reverse("several-posts")).content.decode()
    assert not PostFile.objects.exists()


def test_a_column_for_a_channel_that_was_closed_meanwhile_is_said(
    alice: User, channel: Channel, welsh: Channel, signed_in: Any
) -> None:
    browser = signed_in(alice)
    content = b"channels,text,text: llyfrgelloedd\nlibraries,Hello,Helo\n"
    token = browser.post(reverse("several-posts"), upload(content)).url.rstrip("/").rpartition("/")[2]
    Channel.objects.filter(pk=welsh.pk).update(state="closed")
    for page in ("several-posts-look", "several-posts-left-out"):
        answer = browser.get(reverse(page, args=[token]), follow=True)
        assert answer.redirect_chain[-1][0] == reverse("several-posts")
        assert "llyfrgelloedd" in answer.content.decode()


def test_the_template_explains_every_column() -> None:
    assert set(example_posts.MEANINGS) == set(Column)
