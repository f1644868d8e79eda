"""What every network owes its callers, whichever it is: one contract over the whole registry."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from moothall.core import clock, http
from moothall.networks import registry
from moothall.networks.base import Account, Card, Draft, Limits, Media, MediaKind, Network, Problem, Published, Reply
from moothall.networks.errors import Halted, NeedsReconnect, Rejected
from moothall.networks.keys import make_key
from tests.networks import moving
from tests.networks.conftest import MakePicture
from tests.networks.homes import HOMES, Home

pytestmark = pytest.mark.django_db  # for the networks that Moothall serves itself

RICH = (
    "Ember is back! 👩🏽‍🚒🇬🇧 #FireSafety\n\nنحن هنا للمساعدة, cafe\u0301 & <tea> at "
    "https://exampleshire.example.com/fire?week=48&day=2#ember. Come along: “10 – 12”"
)


@pytest.fixture(params=registry.networks().values(), ids=list(registry.networks()))
def network(request: pytest.FixtureRequest) -> Network:
    chosen: Network = request.param
    return chosen


@pytest.fixture
def home(network: Network, request: pytest.FixtureRequest) -> Home:
    assert network.slug in HOMES, f"Give {network.slug} a home in tests/networks/homes.py: the contract is for all."
    return HOMES[network.slug](request)


@pytest.fixture
def account(home: Home) -> Account:
    return home.account()


@pytest.fixture
def keys() -> Iterator[str]:
    """Delivery keys, each another."""
    return (make_key(clock.now(), number) for number in count())


def draft(text: str = "The library is open late on Thursday.", *media: Media) -> Draft:
    return Draft(text, media, "en", clock.now())


def blocking(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems if problem.blocking}


def picture(alt: str = "Ember", size: int = 1_000) -> Media:
    return Media(Path("never-read.jpg"), "image/jpeg", 10, 10, size, alt)


def video(alt: str = "Ember", size: int = 1_000, seconds: float = 5.0) -> Media:
    return Media(Path("never-read.mp4"), "video/mp4", 10, 10, size, alt, MediaKind.VIDEO, seconds)


def stop() -> None:
    raise http.Halted


class TestWhatItSaysOfItself:
    def test_it_has_a_name_for_code_and_one_for_people(self, network: Network) -> None:
        assert network.slug == network.slug.lower()
        assert network.label
        assert type(registry.network(network.slug)) is type(network)

    def test_its_fields_can_make_a_form(self, network: Network) -> None:
        names = [field.name for field in network.credential_fields]
        assert len(set(names)) == len(names)
        for field in network.credential_fields:
            assert field.name.isidentifier()
            assert field.label
            assert not (field.secret and field.default)

    def test_what_can_be_said_about_a_post_can_make_a_form_too(self, network: Network) -> None:
        names = [field.name for field in network.post_fields]
        assert len(set(names)) == len(names)
        for field in network.post_fields:
            assert field.name.isidentifier()
            assert field.label
            assert not field.required, "A post says it all by its defaults."
            assert not field.secret
            assert not field.choices or field.default in dict(field.choices)

    @pytest.mark.parametrize(
        "handle", ["", "@", "javascript:alert(1)", "not a handle", "a/../b", "https://example.org"]
    )
    def test_no_handle_makes_an_odd_address(self, network: Network, handle: str) -> None:
        address = network.profile_url(handle)
        assert not address or address.startswith(("http://", "https://"))
        assert not any(odd in address for odd in (" ", "..", "javascript:", "example.org"))


class TestCheck:
    def test_the_plainest_draft_passes(self, network: Network) -> None:
        assert not blocking(network.check(draft("Open late."), network.limits))

    def test_a_draft_of_nothing_does_not(self, network: Network) -> None:
        assert "empty" in blocking(network.check(draft(" \n"), network.limits))

    def test_the_limit_of_length_is_exact(self, network: Network) -> None:
        limits = replace(network.limits, bytes=None)
        assert not blocking(network.check(draft("é" * limits.characters), limits))
        assert "too_long" in blocking(network.check(draft("é" * (limits.characters + 1)), limits))

    def test_the_limits_are_those_it_is_given(self, network: Network) -> None:
        assert "too_long" in blocking(network.check(draft("Open late."), Limits(characters=5)))

    def test_one_picture_too_many_is_refused(self, network: Network) -> None:
        most = [picture()] * network.limits.images
        assert not blocking(network.check(draft("Ember", *most), network.limits))
        assert "too_many_images" in blocking(network.check(draft("Ember", *most, picture()), network.limits))

    def test_too_long_a_description_is_refused(self, network: Network) -> None:
        alt = "x" * (network.limits.alt_characters + 1)
        assert "alt_too_long" in blocking(network.check(draft("Ember", picture(alt)), network.limits))

    @pytest.mark.parametrize("text", ["", "Open late.", RICH, "é" * 6_000])
    def test_the_length_it_tells_is_the_length_it_goes_by(self, network: Network, text: str) -> None:
        limits = replace(network.limits, bytes=None)
        length = network.length(draft(text), limits)
        assert ("too_long" in blocking(network.check(draft(text), limits))) == (length > limits.characters)

    def test_a_video_goes_alone(self, network: Network) -> None:
        assert not blocking(network.check(draft("Ember", video()), network.limits))
        assert blocking(network.check(draft("Ember", video(), picture()), network.limits)) == {"video_with_pictures"}
        most = [video()] * (network.limits.videos + 1)
        assert blocking(network.check(draft("Ember", *most), network.limits)) == {"too_many_videos"}

    def test_a_video_may_be_too_much(self, network: Network) -> None:
        limits = replace(network.limits, video_seconds=60.0, video_pixels=50)
        large = video("x" * (limits.alt_characters + 1), limits.video_bytes + 1, 60.5)
        assert blocking(network.check(draft("Ember", large), limits)) == {
            "alt_too_long",
            "video_too_large",
            "video_too_long",
            "video_too_many_pixels",
        }
        assert blocking(network.check(draft("Ember", video()), replace(limits, videos=0))) == {"too_many_videos"}

    def test_a_value_that_is_no_choice_is_refused(self, network: Network) -> None:
        for field in network.post_fields:
            good = [value for value, _ in field.choices] or ["Fire"]
            for value in ["", *good]:
                said = replace(draft("Open late."), options={field.name: value})
                assert not blocking(network.check(said, network.limits))
            odd = replace(draft("Open late."), options={field.name: "odd"})
            assert ("option_unknown" in blocking(network.check(odd, network.limits))) == bool(field.choices)

    def test_what_it_does_not_know_is_left_out_and_said(self, network: Network) -> None:
        said = replace(draft("Open late."), options={"tone_of_voice": "merry", "nothing": ""})
        problems = network.check(said, network.limits)
        assert [problem.code for problem in problems if problem.blocking is False] == ["option_ignored"]
        assert "tone of voice" in problems[0].message

    def test_a_card_leads_to_the_web(self, network: Network) -> None:
        for url in ("javascript:alert(1)", "//example.org", "https://", "mailto:a@b.example", "https://a b.example"):
            bad = replace(draft("Open late."), card=Card(url, "Odd"))
            assert "card_address" in blocking(network.check(bad, network.limits))

    def test_problems_are_sentences(self, network: Network) -> None:
        bad = draft("x" * 100_000, *[picture("x" * 10_000, 10**9)] * 30)
        gif = replace(picture(), kind=MediaKind.ANIMATION, content_type="image/gif", size=10**9)
        worse = draft("", *[video("x" * 10_000, 10**10, 10_000.0)] * 3, gif, replace(picture(), content_type="image/x"))
        worse = replace(worse, options={"visibility": "odd", "odd": "x"}, card=Card("x", "y"))
        for each in (bad, worse, draft("")):
            for problem in network.check(each, network.limits):
                assert problem.message.endswith(".")
                assert problem.message[0].isupper() or problem.message[0].isdigit()


class TestPosting:
    def test_good_credentials_are_known(self, network: Network, account: Account) -> None:
        identity = network.identify(account)
        assert identity.remote_id
        assert identity.handle
        assert identity.display_name
        assert identity.limits.characters > 0

    def test_one_key_is_one_post_however_often_it_is_sent(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        post, key = draft(), next(keys)
        first = network.publish(account, post, key)
        assert network.publish(account, post, key) == first
        assert home.posts(account) == [first.remote_id]
        assert first.url.startswith(("http://", "https://", "/"))

    def test_two_keys_are_two_posts_even_of_the_same_words(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        post, one, other = draft(), next(keys), next(keys)
        first = network.publish(account, post, one)
        second = network.publish(account, post, other)
        assert first != second
        assert set(home.posts(account)) == {first.remote_id, second.remote_id}
        assert network.find(account, post, one, frozenset({second.remote_id})) == first
        assert network.find(account, post, other, frozenset({first.remote_id})) == second

    @pytest.mark.parametrize("text", ["Open late.", RICH, ""])
    def test_a_post_is_found_after_it_was_made_and_not_before(
        self, network: Network, account: Account, keys: Iterator[str], make_picture: MakePicture, text: str
    ) -> None:
        post, key = draft(text, make_picture(), make_picture(50, 50, "")), next(keys)
        assert network.find(account, post, key, frozenset()) is None
        published = network.publish(account, post, key)
        assert network.find(account, post, key, frozenset()) == published

    def test_a_post_that_belongs_to_another_delivery_is_not_ours(
        self, network: Network, account: Account, keys: Iterator[str]
    ) -> None:
        post, key = draft(), next(keys)
        published = network.publish(account, post, key)
        assert network.find(account, post, key, frozenset({published.remote_id})) is None

    def test_a_post_can_be_taken_down_and_that_twice(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        post, key = draft(), next(keys)
        published = network.publish(account, post, key)
        network.delete(account, published.remote_id)
        assert network.find(account, post, key, frozenset()) is None
        assert home.posts(account) == []
        network.delete(account, published.remote_id)

    def test_what_check_refuses_is_rejected_and_not_posted(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        with pytest.raises(Rejected):
            network.publish(account, draft("x" * (network.limits.characters + 1)), next(keys))
        assert home.posts(account) == []

    def test_withdrawn_credentials_are_named_as_such(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        if not home.revoke(account):
            pytest.skip(f"{network.label} has no credentials.")
        with pytest.raises(NeedsReconnect):
            network.identify(account)
        with pytest.raises(NeedsReconnect):
            network.publish(account, draft(), next(keys))
        assert home.posts(account) == []


class TestThreads:
    """A thread is posted part by part; each replies to the one before, and has a key of its own."""

    def thread(self, network: Network, account: Account, keys: Iterator[str], *texts: str) -> list[Published]:
        done: list[Published] = []
        for text in texts:
            done.append(network.publish(account, self.part(text, done), next(keys)))
        return done

    def part(self, text: str, before: list[Published]) -> Draft:
        reply = Reply(before[0].remote_id, before[-1].remote_id) if before else None
        return replace(draft(text), reply=reply)

    def test_three_parts_are_three_posts_and_each_is_found(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        done: list[Published] = []
        for text in ("One.", "Two.", "Three."):
            part, key = self.part(text, done), next(keys)
            assert network.find(account, part, key, frozenset()) is None
            published = network.publish(account, part, key)
            assert network.publish(account, part, key) == published
            assert network.find(account, part, key, frozenset()) == published
            done.append(published)
        assert sorted(home.posts(account)) == sorted(each.remote_id for each in done)

    def test_the_same_words_in_two_threads_are_told_apart(
        self, network: Network, account: Account, keys: Iterator[str]
    ) -> None:
        found = []
        for first in ("Story time at ten.", "Story time at two."):
            [began] = self.thread(network, account, keys, first)
            part, key = self.part("Bring a cushion.", [began]), next(keys)
            found.append((part, key, network.publish(account, part, key)))
        alone, key = draft("Bring a cushion."), next(keys)
        assert network.find(account, alone, key, frozenset()) is None
        found.append((alone, key, network.publish(account, alone, key)))
        for part, key, published in found:
            assert network.find(account, part, key, frozenset()) == published

    def test_taking_down_one_part_takes_down_that_part(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        one, two, three = self.thread(network, account, keys, "One.", "Two.", "Three.")
        network.delete(account, two.remote_id)
        assert sorted(home.posts(account)) == sorted([one.remote_id, three.remote_id])

    def test_a_part_whose_parent_is_gone_is_refused(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        one, two = self.thread(network, account, keys, "One.", "Two.")
        network.delete(account, two.remote_id)
        with pytest.raises(Rejected, match="before this one was removed from"):
            network.publish(account, self.part("Three.", [one, two]), next(keys))
        assert home.posts(account) == [one.remote_id]


class TestWhatHangsOnAPost:
    def test_what_moves_and_a_card_are_posted_and_found(
        self, network: Network, home: Home, account: Account, keys: Iterator[str], tmp_path: Path
    ) -> None:
        image = moving.gif(tmp_path).still
        card = Card("https://www.exampleshire.example/fire", "Fire safety", "What to do.", image)
        drafts = [
            draft("It moves.", moving.gif(tmp_path)),
            draft("It barks.", moving.video(tmp_path, captions=moving.CAPTIONS)),
            replace(draft("Read this: https://www.exampleshire.example/fire"), card=card),
        ]
        for each in drafts:
            assert not blocking(network.check(each, network.limits))
            key = next(keys)
            published = network.publish(account, each, key)
            assert network.publish(account, each, key) == published
            assert network.find(account, each, key, frozenset()) == published
        assert len(home.posts(account)) == 3

    def test_every_choice_is_one_post_and_found(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        said = [(field.name, value) for field in network.post_fields for value, _ in field.choices or (("Fire", ""),)]
        for name, value in said:
            each, key = replace(draft(f"{name}: {value}"), options={name: value}), next(keys)
            published = network.publish(account, each, key)
            assert network.publish(account, each, key) == published
            assert network.find(account, each, key, frozenset()) == published
        assert len(home.posts(account)) == len(said)


class TestBeingStopped:
    def test_nothing_is_posted_or_taken_down_once_we_are_stopped(
        self, network: Network, home: Home, account: Account, keys: Iterator[str]
    ) -> None:
        stands = network.publish(account, draft(), next(keys))
        with http.before_each_request(stop):
            with pytest.raises(Halted, match="told to stop sending"):
                network.publish(account, draft("No more."), next(keys))
            with pytest.raises(Halted):
                network.delete(account, stands.remote_id)
        assert home.posts(account) == [stands.remote_id]
