"""Campaigns on links."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.networks.text import links
from moothall.publishing.campaigns import tagged

MASTODON = "utm_source=mastodon&utm_medium=social&utm_campaign=spring"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org", f"https://example.org?{MASTODON}"),
        ("http://example.org/", f"http://example.org/?{MASTODON}"),
        ("https://example.org/a?b=1", f"https://example.org/a?b=1&{MASTODON}"),
        ("https://example.org/a#b", f"https://example.org/a?{MASTODON}#b"),
        ("https://example.org/a?b=%20&c#d", f"https://example.org/a?b=%20&c&{MASTODON}#d"),
        (
            "https://example.org/?utm_source=poster&x=1",
            "https://example.org/?utm_source=poster&x=1&utm_medium=social&utm_campaign=spring",
        ),
        (f"https://example.org/?{MASTODON}", f"https://example.org/?{MASTODON}"),
    ],
)
def test_a_link_tells_of_the_campaign(url: str, expected: str) -> None:
    assert tagged(url, "spring", "mastodon") == expected
    assert tagged(f"See ({url}), or not.", "spring", "mastodon") == f"See ({expected}), or not."


@pytest.mark.parametrize("text", ["No link.", "example.org/a", "https://example.org/é/?q=für", "@a@example.org"])
def test_what_is_no_whole_link_stays(text: str) -> None:
    assert tagged(text, "spring", "mastodon") == text


def test_without_a_campaign_a_text_stays_as_it_is() -> None:
    assert tagged("https://example.org", " ", "mastodon") == "https://example.org"


def test_any_name_of_a_campaign_comes_through() -> None:
    (link,) = links(tagged("https://example.org/a.", "Spring & bins: 50% off #1, bis später.", "x"), bare=False)
    assert dict(parse_qsl(urlsplit(link.value).query))["utm_campaign"] == "Spring & bins: 50% off #1, bis später."


PLAIN = st.sampled_from(["Come", "(now),", "é.", "#Bins", "https://t.co/abc", "“https://example.org/x”"])
LINKS = st.sampled_from(["https://example.org", "https://example.org/a?b=c&d#e", "http://example.org/?utm_medium=x"])
ODD = st.sampled_from(
    ["https://example.org/a,https://example.org/b", "https://example.org/a?b…", "https://example.org/?b."]
)
WORDS = PLAIN | LINKS | ODD


@given(st.lists(WORDS), st.text(min_size=1, max_size=20), st.sampled_from(["mastodon", "x"]))
def test_tagging_twice_is_tagging_once_and_only_adds(words: list[str], campaign: str, source: str) -> None:
    text = " ".join(words)
    once = tagged(text, campaign, source)
    assert tagged(once, campaign, source) == once
    before, after = links(text, bare=False), links(once, bare=False)
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        was, now = urlsplit(old.value), urlsplit(new.value)
        assert (was.scheme, was.netloc, was.path, was.fragment) == (now.scheme, now.netloc, now.path, now.fragment)
        assert now.query.startswith(was.query)
        names = [name for name, _ in parse_qsl(now.query)]
        assert len(names) == len(set(names))
