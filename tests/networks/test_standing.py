"""What Bluesky's AppView does not know is deleted only once it has had the time to know it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import clock
from moothall.networks import bluesky_hearing
from moothall.networks.bluesky import Bluesky
from moothall.networks.hearing import Source
from moothall.networks.keys import make_key, moment_of

SOURCE = Source("https://appview.example", "search")


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)), st.integers(0, 1023))
def test_a_key_says_when_it_was_made(moment: datetime, salt: int) -> None:
    assert moment_of(make_key(moment, salt)) == moment


@given(st.text(max_size=15))
def test_what_is_no_key_says_nothing_or_a_moment(text: str) -> None:
    found = moment_of(text)
    assert found is None or found.tzinfo is not None


def test_a_fresh_post_that_is_not_known_yet_is_not_called_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_hearing, "_asked", lambda *arguments: {"posts": []})
    now = clock.now()

    def uri(key: str) -> str:
        return f"at://did:plc:charlie/app.bsky.feed.post/{key}"

    fresh, old, other = (
        uri(make_key(now - timedelta(minutes=5), 1)),
        uri(make_key(now - timedelta(hours=2), 1)),
        uri("3k1"),
    )
    standing: Any = Bluesky().standing(SOURCE, [fresh, old, other])
    assert standing == {old: None, other: None}
