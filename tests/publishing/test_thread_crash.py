"""A thread that is broken by kill -9 at each of its parts resumes at the part that is missing, and repeats none.

The Bluesky server is a real one; Mastodon's is the stand-in.
"""

import random
from itertools import pairwise

import pytest

from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.records import queries as records
from tests import factories
from tests.networks.homes import BlueskyHome
from tests.publishing.conftest import Line
from tests.publishing.killing import (
    AFTER_THE_ANSWER,
    ANSWERED,
    WRITTEN,
    WRITTEN_AND_LOST,
    finish,
    kill_one,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

PARTS = 5
MOMENTS = (WRITTEN, WRITTEN_AND_LOST, ANSWERED, AFTER_THE_ANSWER)


@pytest.mark.parametrize("broken", range(1, PARTS + 1))
def test_a_thread_broken_at_a_part_resumes_there_and_repeats_none(line: Line, broken: int, in_a_hurry: None) -> None:
    chance = random.Random(broken)
    expected = []
    for moment in MOMENTS:
        parts = [f"Part {number} of the thread killed at part {broken}: {moment}." for number in range(1, PARTS + 1)]
        factories.approved(line.channel, text="\n---\n".join(parts))
        expected += parts
        assert kill_one([line], moment, chance, spares=broken - 1), f"No worker came to: {moment}"
        finish([line])
    assert line.posts() == expected
    assert replies(line) == parents(expected)
    rows = Delivery.objects.filter(channel=line.channel).order_by("pk")
    assert {each.state for each in rows} == {DeliveryState.SENT}
    assert not Attempt.objects.filter(finished_at=None).exists()
    assert [fault for fault in records.faults() if fault] == []


def parents(texts: list[str]) -> list[str | None]:
    """To what each of ``texts`` should reply: to the part before it, or to nothing."""
    return [None if text.startswith("Part 1 ") else before for before, text in pairwise(["", *texts])]


def replies(line: Line) -> list[str | None]:
    """To what each post replies, in words, as the server itself has it, oldest post first."""
    if isinstance(line.home, BlueskyHome):
        found = {post["uri"]: post["value"] for post in line.home.pds.posts(line.account.ref)}
        records = line.home.records(line.account)
        return [found[each["reply"]["parent"]["uri"]]["text"] if "reply" in each else None for each in records]
    statuses = list(reversed(line.home.statuses(line.account)))
    said = dict(zip([str(each["id"]) for each in statuses], line.posts(), strict=True))
    return [said.get(str(each["in_reply_to_id"])) for each in statuses]
