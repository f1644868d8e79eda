"""What is said of a post as a whole, derived from its latest verdict and its deliveries."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import clock
from moothall.publishing.models import Delivery, DeliveryState, Post, Revision, Verdict
from moothall.publishing.status import NEEDS_A_LOOK, Status, of_status, status_of, statuses
from tests import factories

states = st.lists(st.sampled_from(DeliveryState), min_size=1, max_size=6)

TABLE = """
waiting                   scheduled
sending                   sending
sent                      sent
failed                    failed
unconfirmed               unconfirmed
cancelled                 cancelled
waiting waiting           scheduled
waiting sent              sending
sending sent              sending
sent sent                 sent
sent failed               partly_sent
sent cancelled            partly_sent
sent unconfirmed          unconfirmed
failed unconfirmed        unconfirmed
failed waiting            failed
failed sent waiting       partly_sent
failed cancelled          failed
cancelled waiting         scheduled
cancelled cancelled       cancelled
held                      held
held sent                 held
held waiting              held
held failed               failed
held unconfirmed          unconfirmed
deleted                   deleted
deleted sent              partly_sent
deleted cancelled         deleted
deleted waiting           scheduled
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_an_approved_post_is_what_its_deliveries_are(row: str) -> None:
    *given_states, expected = row.split()
    for order in itertools.permutations(given_states):
        assert status_of(Verdict.APPROVED, order) == expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (None, Status.DRAFT),
        (Verdict.UNDECIDED, Status.AWAITING_APPROVAL),
        (Verdict.REFUSED, Status.REFUSED),
        (Verdict.WITHDRAWN, Status.DRAFT),
    ],
)
def test_before_approval_the_verdict_decides(verdict: str | None, expected: Status) -> None:
    assert status_of(verdict, []) == expected
    assert status_of(verdict, [DeliveryState.CANCELLED]) == expected


@given(states)
def test_the_failure_of_one_never_hides_that_others_are_out(found: list[DeliveryState]) -> None:
    status = status_of(Verdict.APPROVED, found)
    if DeliveryState.SENT in found:
        assert status in (Status.SENT, Status.PARTLY_SENT, Status.SENDING, Status.UNCONFIRMED, Status.HELD)
    if status == Status.SENT:
        assert set(found) == {DeliveryState.SENT}


@given(states)
def test_what_needs_a_person_is_never_hidden_by_what_runs_by_itself(found: list[DeliveryState]) -> None:
    status = status_of(Verdict.APPROVED, found)
    if DeliveryState.UNCONFIRMED in found:
        assert status == Status.UNCONFIRMED
    if DeliveryState.FAILED in found or DeliveryState.HELD in found:
        assert status in NEEDS_A_LOOK


@given(states, st.randoms(use_true_random=False))
def test_the_order_of_the_channels_does_not_matter(found: list[DeliveryState], chance: object) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert status_of(Verdict.APPROVED, shuffled) == status_of(Verdict.APPROVED, found)


@pytest.fixture
def every_sort(db: None) -> None:
    """A post for each set of states and for each verdict without any; each has an older revision that went wrong."""
    sorts: list[tuple[str | None, set[DeliveryState]]] = [(verdict, set()) for verdict in (None, *Verdict)]
    for size in range(1, len(DeliveryState) + 1):
        sorts += [(Verdict.APPROVED, set(each)) for each in itertools.combinations(DeliveryState, size)]
    author = factories.person()
    for verdict, found in sorts:
        channel = factories.channel()
        post = Post.objects.create(service=channel.service, author=author, text="About a post's status")
        if verdict is None:
            continue
        for number, decided, states_of in ((1, Verdict.APPROVED, {DeliveryState.FAILED}), (2, verdict, found)):
            revision = Revision.objects.create(
                post=post, number=number, verdict=decided, content={}, sent_by=author, sent_at=clock.now()
            )
            Delivery.objects.bulk_create(
                Delivery(
                    revision=revision,
                    channel=channel,
                    part=part,
                    text="",
                    key=f"{number}-{part}",
                    state=state,
                    due_at=clock.now(),
                )
                for part, state in enumerate(states_of, start=1)
            )


def test_the_database_finds_by_status_what_the_rule_says(every_sort: None) -> None:
    posts = Post.objects.all()
    said = statuses(posts)
    assert len(said) == 5 + 2 ** len(DeliveryState) - 1
    for status in Status:
        expected = {pk for pk, each in said.items() if each == status}
        assert expected, f"no post is {status}"
        assert set(of_status(posts, status).values_list("pk", flat=True)) == expected


def test_every_status_has_words() -> None:
    assert {status.words for status in Status} >= {"Draft", "Awaiting approval", "Partly sent"}
