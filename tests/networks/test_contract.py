"""What every network owes its callers, whichever it is: one contract over the whole registry."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from moothall.core import clock
from moothall.networks import registry
from moothall.networks.base import Account, Draft, Limits, Media, Network, Problem
from moothall.networks.errors import NeedsReconnect, Rejected
from moothall.networks.keys import make_key
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

    def test_problems_are_sentences(self, network: Network) -> None:
        bad = draft("x" * 100_000, *[picture("x" * 10_000, 10**9)] * 30)
        for problem in [*network.check(bad, network.limits), *network.check(draft(""), network.limits)]:
            assert problem.message.endswith(".")


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
