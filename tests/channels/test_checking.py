""" "Is this account really ours?": pasted in every way people paste."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.channels import addresses, checking
from moothall.channels.checking import Verdict
from moothall.channels.models import Capacity, Channel, FormerHandle, State
from tests import factories


@pytest.fixture
def accounts(db: None, settings: Any) -> None:
    """Exampleshire's accounts: four live ones, a closed one with its successor, a proposed one and a practice one."""
    settings.SITE_URL = "https://exampleshire.example"
    libraries = factories.service("Libraries")

    def add(network: str, handle: str, name: str, **values: Any) -> Channel:
        slug = f"{name.lower().replace(' ', '-')}-{network}"
        return factories.channel(
            network=network, handle=handle, display_name=name, slug=slug, service=libraries, **values
        )

    add("newsroom", "libraries", "Libraries")
    add("mastodon", "libraries@social.example", "Libraries")
    add("bluesky", "libraries.exampleshire.example", "Libraries")
    current = add("x", "ExLibraries", "Libraries")
    add("x", "ExBooks", "Books", state=State.CLOSED, closed_on=date(2026, 3, 31), successor=current)
    add("facebook", "100064", "Mobile library", state=State.DORMANT)
    add("x", "CllrMarsh", "Councillor Marsh", capacity=Capacity.MEMBER)
    add("instagram", "ex_secret", "Secret", state=State.PROPOSED)
    add("rehearsal", "practice", "Practice")
    FormerHandle.objects.create(channel=current, handle="ExLibs", until=date(2025, 1, 15))


def ask(question: str) -> checking.Answer:
    return checking.answer(question, checking.ours())


@pytest.mark.parametrize(
    ("question", "handle"),
    [
        ("@libraries.exampleshire.example", "libraries.exampleshire.example"),
        ("Libraries.Exampleshire.Example", "libraries.exampleshire.example"),
        ("https://bsky.app/profile/libraries.exampleshire.example", "libraries.exampleshire.example"),
        ("at://libraries.exampleshire.example/", "libraries.exampleshire.example"),
        ("@libraries@social.example", "libraries@social.example"),
        ("acct:libraries@social.example", "libraries@social.example"),
        ("https://social.example/@libraries", "libraries@social.example"),
        ("https://social.example/users/libraries/", "libraries@social.example"),
        ("ExLibraries", "ExLibraries"),
        ("@exlibraries", "ExLibraries"),
        ("＠ExLibraries\u202c", "ExLibraries"),
        ("x.com/exlibraries", "ExLibraries"),
        ("twitter.com/ExLibraries?lang=en", "ExLibraries"),
        ("https://mobile.twitter.com/exlibraries/", "ExLibraries"),
        ("HTTP://WWW.X.COM/ExLibraries#top", "ExLibraries"),
        ("Is https://x.com/ExLibraries, yours?", "ExLibraries"),
        ("https://m.facebook.com/profile.php?id=100064&ref=x", "100064"),
        ("https://exampleshire.example/@libraries/", "libraries"),
        ("https://exampleshire.example/@libraries/3l2abc/", "libraries"),
    ],
)
def test_yes(accounts: None, question: str, handle: str) -> None:
    answer = ask(question)
    assert answer.verdict is Verdict.YES, answer
    assert [each.handle for each in answer.accounts] == [handle]
    assert answer.look_alike is None


def test_a_bare_handle_is_answered_with_where_it_is_ours(accounts: None) -> None:
    answer = ask("@libraries")
    assert answer.verdict is Verdict.YES
    assert "Newsroom and Mastodon" in answer.sentence or "Mastodon and Newsroom" in answer.sentence
    assert any("@libraries@social.example" in note for note in answer.notes)
    assert any("another network is not ours" in note for note in answer.notes)


def test_an_elected_persons_account_is_theirs_and_a_dormant_one_is_still_ours(accounts: None) -> None:
    assert "elected person" in " ".join(ask("@CllrMarsh").notes)
    assert "seldom" in " ".join(ask("facebook.com/100064").notes)


@pytest.mark.parametrize("question", ["@ExBooks", "https://twitter.com/exbooks"])
def test_was_ours_until_with_its_successor(accounts: None, question: str) -> None:
    answer = ask(question)
    assert answer.verdict is Verdict.WAS
    assert "was ours until Tuesday 31 March 2026" in answer.sentence
    assert "@ExLibraries" in " ".join(answer.notes)


def test_a_former_handle_was_ours(accounts: None) -> None:
    for question in ("@exlibs", "x.com/exlibs"):
        answer = ask(question)
        assert answer.verdict is Verdict.WAS
        assert "15 January 2025" in answer.sentence
        assert "now speaks as @ExLibraries" in " ".join(answer.notes)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("@exlibrarles", "It looks like @ExLibraries on X, which is ours, but it is spelled differently"),
        ("@ExLibraries_official", "dressed up"),
        ("x.com/ехlibraries", "cyrillic small letter ie"),
        ("instagram.com/libraries", "is at another place: instagram.com"),
        ("libraries@evil.example", "is at another place: evil.example"),
        ("https://exampleshire.example.evil.example/@libraries", "belongs to evil.example"),
        ("https://exampleshire.example@evil.example/@libraries", "leads to evil.example"),
        ("https://exarnpleshire.example/@libraries", "“rn” in place of “m”"),
        ("bsky.app/profile/libraries.evil.example", "evil.example"),
    ],
)
def test_no_with_the_look_alike_pointed_out(accounts: None, question: str, said: str) -> None:
    answer = ask(question)
    assert answer.verdict is Verdict.NO
    assert said in answer.sentence
    assert answer.look_alike


@pytest.mark.parametrize(
    "question", ["@highways", "https://x.com/somebody", "https://x.com/", "@ex_secret", "practice", "http://[bad/", "?"]
)
def test_no(accounts: None, question: str) -> None:
    """Neither what is only proposed nor what only staff can see is ours to the public."""
    answer = ask(question)
    assert answer.verdict is Verdict.NO
    assert answer.look_alike is None


def test_something_under_our_address_is_not_vouched_for(accounts: None) -> None:
    """X shows any post under any name: x.com/exlibraries/status/1 may be anybody's words."""
    answer = ask("https://x.com/exlibraries/status/1")
    assert answer.verdict is Verdict.UNCLEAR
    assert [each.handle for each in answer.accounts] == ["ExLibraries"]


@given(st.text(max_size=80))
def test_any_question_is_read(question: str) -> None:
    checking.read(question)
    assert checking.answer(question, []).verdict is Verdict.NO


@given(st.text(max_size=60))
def test_any_address_is_read_or_refused(text: str) -> None:
    found = addresses.parse(text)
    if found:
        assert addresses.parse(f"https://www.{found.host}/") is not None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://x.com/a", "//TWITTER.com/A/", True),
        ("uk.linkedin.com/company/ex", "https://www.linkedin.com/company/ex/?trk=1", True),
        ("https://social.example:443/@a", "social.example/@a", True),
        ("https://social.example:8443/@a", "social.example/@a", False),
        ("https://m.social.example/@a", "social.example/@a", False),
        ("bücher.example/a", "https://xn--bcher-kva.example/a", True),
        ("ｘ.com/a", "x.com/a", True),
    ],
)
def test_addresses_are_compared_as_networks_take_them(one: str, other: str, same: bool) -> None:
    first, second = addresses.parse(one), addresses.parse(other)
    assert first is not None
    assert second is not None
    assert first.is_same(second) is same
