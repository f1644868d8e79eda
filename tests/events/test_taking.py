"""Taking what was heard: once, as it stands now, and gone when it is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.accounts.models import User
from moothall.channels.models import Channel, Connection
from moothall.core import clock
from moothall.events import taking, wall_log
from moothall.events.models import (
    Alias,
    Blocked,
    Change,
    ChangeKind,
    Door,
    Event,
    Item,
    ItemRule,
    ItemState,
    LinkedHandle,
)
from moothall.networks.hearing import RemoteAuthor, RemoteItem, RemoteMedia
from tests import factories

pytestmark = pytest.mark.django_db

NETWORK = "mastodon"
EDITED = datetime(2026, 10, 25, 1, tzinfo=UTC)


@pytest.fixture
def event() -> Event:
    return factories.event("ExDay24", "ExDay2024", shows_public_at_once=True)


def said(number: int = 1, text: str = "Hello #exday24", author: str = "charlie", **values: object) -> RemoteItem:
    defaults: dict[str, object] = {
        "remote_id": f"https://social.example/statuses/{number}",
        "url": f"https://social.example/@{author}/{number}",
        "author": RemoteAuthor(f"https://social.example/users/{author}", f"{author}@social.example"),
        "text": text,
        "said_at": clock.now() - timedelta(minutes=5),
        "aliases": (f"https://social.example#{number}",),
    }
    return RemoteItem(**{**defaults, **values})  # type: ignore[arg-type]


def take(remote: RemoteItem) -> list[Item]:
    return taking.take(NETWORK, remote, "a test")


def on_the_wall(event: Event) -> set[int]:
    """What a viewer sees who followed every change."""
    seen: set[int] = set()
    for change in Change.objects.filter(event=event).order_by("pk"):
        if change.kind == ChangeKind.SHOW:
            assert change.item_id not in seen, "shown twice"
            seen.add(change.item_id)
        elif change.kind == ChangeKind.REMOVE:
            seen.remove(change.item_id)
        else:
            assert change.item_id in seen, "an update of what is not there"
    return seen


def test_what_has_the_hashtag_is_taken_whatever_its_capitals(event: Event) -> None:
    assert take(said(1, "Morning round #EXDAY24"))
    assert take(said(2, "Ｆull width #ｅｘｄａｙ２４"))
    assert take(said(3, "Said by the network alone", tags=("exday2024",)))
    assert not take(said(4, "Another tag #exday25"))
    assert not take(said(5, "Not for everyone #exday24", is_public=False))
    assert Item.objects.count() == 3


def test_what_was_said_before_or_after_is_not_taken(event: Event) -> None:
    assert not take(said(1, said_at=event.starts_at - timedelta(seconds=1)))
    Event.objects.update(ends_at=clock.now() - timedelta(minutes=10))
    assert not take(said(2))
    assert take(said(3, said_at=clock.now() - timedelta(minutes=20)))


def test_a_moment_in_the_future_is_not_believed(event: Event) -> None:
    (item,) = take(said(said_at=clock.now() + timedelta(days=3)))
    assert item.said_at <= item.seen_at


def test_the_same_thing_by_another_address_or_alias_is_one_item(event: Event) -> None:
    take(said(1))
    take(said(1, remote_id="https://other.example/7", aliases=()))  # its address tells
    take(said(1, remote_id="https://other.example/7", url="", aliases=("https://social.example#1",)))
    assert Item.objects.count() == 1


def test_hostile_html_and_addresses_do_not_come_in(event: Event) -> None:
    (item,) = take(
        said(
            html='<p onclick="x()">Hi <script>alert(1)</script><img src=x onerror=y><a href="javascript:z">l</a></p>',
            url="javascript:alert(1)",
            links=("javascript:alert(1)", "https://fine.example/"),
        )
    )
    assert item.html == '<p>Hi <a rel="nofollow noopener ugc">l</a></p>'
    assert item.url == ""
    assert item.links == ["https://fine.example/"]


def test_who_said_it_decides_the_door(event: Event, alice: User, libraries: Channel) -> None:
    LinkedHandle.objects.create(
        person=alice,
        network=NETWORK,
        handle="alice@social.example",
        author_id="https://social.example/users/alice",
        code="x",
        may_be_named=True,
        proved_at=clock.now(),
    )
    (by_staff,) = take(said(1, author="alice"))
    (official,) = take(said(2, author="libraries"))
    (by_charlie,) = take(said(3))
    assert (by_staff.door, by_staff.credit) == (Door.STAFF, alice.name)
    assert (official.door, official.service) == (Door.OFFICIAL, libraries.service)
    assert by_charlie.door == Door.PUBLIC


def test_a_connected_channel_is_known_before_its_handle_has_been_found(event: Event, libraries: Channel) -> None:
    did = "did:plc:libraries"
    Connection.objects.create(
        channel=libraries, sealed="", remote_id=did, connected_at=clock.now(), checked_at=clock.now(),
        check_due_at=clock.now(),
    )  # fmt: skip
    (item,) = take(replace(said(), author=RemoteAuthor(did, did)))
    assert (item.door, item.service) == (Door.OFFICIAL, libraries.service)


def test_the_public_is_looked_at_first_unless_the_event_says_otherwise(event: Event) -> None:
    Event.objects.update(shows_public_at_once=False)
    (item,) = take(said())
    assert item.state == ItemState.PENDING
    assert on_the_wall(event) == set()


def test_a_safeguarding_delay_holds_back_all_but_what_is_official(event: Event, libraries: Channel) -> None:
    Event.objects.update(safeguarding_minutes=30)
    (official,) = take(said(1, author="libraries"))
    (dated_back,) = take(said(2, said_at=clock.now() - timedelta(minutes=31)))
    assert dated_back.state == ItemState.SHOWN
    assert on_the_wall(event) == {official.pk}, "when it was said is its author's word"
    assert dated_back.show_at == dated_back.seen_at + timedelta(minutes=30)
    Item.objects.filter(pk=dated_back.pk).update(show_at=clock.now())
    assert wall_log.settle_due() == 1
    assert on_the_wall(event) == {official.pk, dated_back.pk}


@pytest.mark.parametrize(
    ("kind", "value", "text", "state"),
    [
        ("word", "swan", "A Swan! #exday24", ItemState.HELD),
        ("word", "swan", "A swansong #exday24", ItemState.SHOWN),
        ("author", "@Charlie@social.example", "Hello #exday24", ItemState.HELD),
        ("network", "mastodon", "Hello #exday24", ItemState.HELD),
        ("language", "cy", "Bore da #exday24", ItemState.HELD),
    ],
)
def test_a_rule_meets_what_it_says(event: Event, kind: str, value: str, text: str, state: ItemState) -> None:
    ItemRule.objects.create(event=event, kind=kind, value=value)
    (item,) = take(said(text=text, language="cy-GB" if kind == "language" else "en"))
    assert item.state == state


def test_the_strictest_rule_wins_and_a_block_outdoes_all(event: Event) -> None:
    ItemRule.objects.create(event=event, kind="network", value=NETWORK, effect="show")
    ItemRule.objects.create(event=event, kind="word", value="rude", effect="hide")
    Blocked.objects.create(
        network=NETWORK, author_id="https://social.example/users/bob", author_handle="bob", reason="x"
    )
    assert take(said(1))[0].state == ItemState.SHOWN
    assert take(said(2, "rude #exday24"))[0].state == ItemState.HIDDEN
    assert take(said(3, author="bob"))[0].state == ItemState.HIDDEN


def test_an_edit_shows_and_one_without_the_hashtag_takes_it_off(event: Event) -> None:
    (item,) = take(said())
    take(said(text="Better words #exday24"))
    item.refresh_from_db()
    assert item.text == "Better words #exday24"
    assert Change.objects.filter(kind=ChangeKind.UPDATE).count() == 1
    take(said(text="Never mind"))
    assert on_the_wall(event) == set()


def test_what_somebody_allowed_is_looked_at_again_once_edited(event: Event) -> None:
    Event.objects.update(shows_public_at_once=False)
    (item,) = take(said())
    Item.objects.update(state=ItemState.SHOWN)
    item.refresh_from_db()
    taking.wall_log.settle(item)
    take(said(text="Now rude #exday24"))
    item.refresh_from_db()
    assert item.state == ItemState.PENDING
    assert on_the_wall(event) == set()


def picture(server: str) -> RemoteMedia:
    return RemoteMedia(
        kind="image", url=f"https://{server}/cache/1.jpg", preview=f"https://{server}/1.jpg", alt="A swan"
    )


def copy_of(server: str, **author: str) -> RemoteItem:
    """The same post as another server has it: with copies of its pictures of its own."""
    who = {"name": "Charlie", "picture": f"https://{server}/charlie.jpg"} | author
    author_there = RemoteAuthor("https://social.example/users/charlie", "charlie@social.example", **who)
    return replace(said(text="A swan #exday24"), author=author_there, media=(picture(server),))


def test_another_servers_copies_of_the_pictures_are_no_edit(event: Event) -> None:
    Event.objects.update(shows_public_at_once=False)
    (item,) = take(copy_of("one.example"))
    Item.objects.update(state=ItemState.SHOWN)
    wall_log.settle(Item.objects.get())
    for server in ("two.example", "one.example", "three.example"):
        (item,) = take(copy_of(server))
        assert item.state == ItemState.SHOWN
        assert item.media[0]["url"] == "https://one.example/cache/1.jpg"
    take(copy_of("four.example", name="", picture=""))
    item.refresh_from_db()
    assert (item.state, item.author_name) == (ItemState.SHOWN, "Charlie")
    assert [each.kind for each in Change.objects.order_by("pk")] == [ChangeKind.SHOW]


def test_other_pictures_are_an_edit_though_the_words_stay(event: Event) -> None:
    Event.objects.update(shows_public_at_once=False)
    take(copy_of("one.example"))
    Item.objects.update(state=ItemState.SHOWN)
    (item,) = take(replace(copy_of("one.example"), media=(replace(picture("one.example"), alt="Not a swan"),)))
    assert item.state == ItemState.PENDING


def test_an_account_that_turns_out_to_be_the_councils_is_official_at_once(event: Event, libraries: Channel) -> None:
    Event.objects.update(shows_public_at_once=False)
    author_id = "https://social.example/users/libraries"
    (item,) = take(replace(said(), author=RemoteAuthor(author_id, author_id)))
    assert (item.door, item.state) == (Door.PUBLIC, ItemState.PENDING)
    (item,) = take(replace(said(), author=RemoteAuthor(author_id, "libraries@social.example")))
    assert (item.door, item.state) == (Door.OFFICIAL, ItemState.SHOWN)
    assert on_the_wall(event) == {item.pk}


def test_what_was_hidden_while_it_waited_for_its_time_does_not_show(event: Event) -> None:
    (item,) = take(said())
    Item.objects.filter(pk=item.pk).update(is_on_wall=False)
    read_before = Item.objects.get()
    Item.objects.filter(pk=item.pk).update(state=ItemState.HIDDEN)
    wall_log.settle(read_before)
    assert not Item.objects.get().is_on_wall


def test_of_what_is_gone_no_words_are_kept_and_it_does_not_come_back(event: Event) -> None:
    (item,) = take(said(raw={"content": "Hello"}, html="<p>Hello</p>"))
    taking.gone(NETWORK, "https://social.example#1")
    take(said())
    item.refresh_from_db()
    assert (item.text, item.html, item.raw) == ("", "", {})
    assert on_the_wall(event) == set()
    assert Alias.objects.filter(item=item).exists()


def test_with_an_account_goes_everything_it_said(event: Event) -> None:
    take(said(1))
    take(said(2))
    (others,) = take(said(3, author="bob"))
    taking.author_gone(NETWORK, "https://social.example/users/charlie")
    assert on_the_wall(event) == {others.pk}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["said", "edited", "untagged", "gone", "due"]), st.integers(min_value=1, max_value=3)
        ),
        max_size=14,
    )
)
def test_in_any_order_the_wall_shows_what_stands(event: Event, heard: list[tuple[str, int]]) -> None:
    Item.objects.all().delete()
    for what, number in heard:
        if what == "gone":
            taking.gone(NETWORK, f"https://social.example#{number}")
        elif what == "due":
            taking.wall_log.settle_due()
        else:
            take(said(number, {"said": "One #exday24", "edited": "Two #exday24", "untagged": "Three"}[what]))
    standing = {each.pk for each in Item.objects.filter(gone_at=None, state=ItemState.SHOWN)}
    assert on_the_wall(event) == standing
    assert set(Item.objects.filter(is_on_wall=True).values_list("pk", flat=True)) == standing


POSTS = (1, 2, 3)
STEPS = st.tuples(st.sampled_from(POSTS), st.sampled_from(["next", "deleted", "untagged", "again"]), st.integers(0, 20))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=20), st.randoms(use_true_random=False))
def test_what_is_told_again_changes_nothing_however_old_it_is(
    event: Event, steps: list[tuple[int, str, int]], chance: Random
) -> None:
    """Each post has a history that comes in its order; in between, anything of it comes once more."""
    Item.objects.all().delete()
    told: dict[int, list[str | None]] = {number: [] for number in POSTS}
    """The words of each post as they were told, ``None`` for its deletion."""
    for number, step, which in steps:
        history = told[number]
        if step == "again" and history:
            _tell(number, history, which % len(history))
        elif not history or (history[-1] and "#" in history[-1]):
            next_words = {"deleted": None, "untagged": "Never mind"}.get(step, f"Words {len(history)} #exday24")
            history.append(next_words if history else "Words 0 #exday24")
            _tell(number, history, len(history) - 1)
        _stands_as_told(event, told)
    for number, history in told.items():  # and then a connection begins again, from long ago
        for at in range(len(history)):
            _tell(number, history, at)
        chance.shuffle(order := list(range(len(history))))
        for at in order:
            _tell(number, history, at)
    before = Change.objects.filter(event=event).count()
    _stands_as_told(event, told)
    for number, history in told.items():
        for at in range(len(history)):
            _tell(number, history, at)
    assert Change.objects.filter(event=event).count() == before


def _tell(number: int, history: list[str | None], at: int) -> None:
    words = history[at]
    if words is None:
        taking.gone(NETWORK, f"https://social.example#{number}")
    else:
        take(said(number, words, edited_at=EDITED + timedelta(seconds=at) if at else None))


def _stands_as_told(event: Event, told: dict[int, list[str | None]]) -> None:
    last = {number: history[-1] for number, history in told.items() if history}
    expected = {said(number).remote_id: words for number, words in last.items() if words and "#" in words}
    standing = Item.objects.filter(pk__in=on_the_wall(event))
    assert dict(standing.values_list("remote_id", "text")) == expected
    assert set(Item.objects.filter(is_on_wall=True)) == set(standing)


def test_an_old_copy_on_another_server_brings_its_number_and_not_its_words(event: Event) -> None:
    (item,) = take(said(text="Better words #exday24", edited_at=EDITED))
    take(said(text="First words #exday24", aliases=("https://other.example#9",)))
    item.refresh_from_db()
    assert item.text == "Better words #exday24"
    taking.gone(NETWORK, "https://other.example#9")
    assert on_the_wall(event) == set()


@pytest.fixture
def alice() -> User:
    return factories.person(name="Alice")


@pytest.fixture
def libraries() -> Channel:
    return factories.channel(network=NETWORK, handle="libraries@social.example", service=factories.service("Libraries"))
