"""The consent ledger: who is pictured, until when they agreed, and what happens at the edge of a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.library import actions, queries, reminding
from moothall.library.models import Asset, Consent
from moothall.records import queries as records
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(alice: User, libraries: Service) -> Asset:
    return factories.asset(alice, "Fern reads aloud", service=libraries)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """A function that sets the clock."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def holds(asset: Asset, at: datetime) -> bool:
    return not queries.lapsed_among([asset.pk], at) and asset not in queries.without_consent(at)


@pytest.mark.parametrize(
    ("last_day", "last_moment"),
    [
        (date(2026, 6, 30), datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC)),  # summer: midnight is 23:00 UTC
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC)),  # the night before the clocks go forward
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, 59, 59, tzinfo=UTC)),  # the day on which they do
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, 59, 59, tzinfo=UTC)),  # the night before they go back
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC)),  # the day on which they do
    ],
)
def test_a_consent_holds_to_the_last_second_of_its_last_day_in_uk_time(
    asset: Asset, alice: User, last_day: date, last_moment: datetime
) -> None:
    actions.note_consent(alice, asset, person="Fern", reference="C-7", expires_on=last_day)
    assert holds(asset, last_moment)
    assert not holds(asset, last_moment + timedelta(seconds=1))


def test_without_a_last_day_it_holds_until_it_is_withdrawn(asset: Asset, alice: User) -> None:
    consent = actions.note_consent(alice, asset, person=" Fern ", reference="C-7")
    far = clock.now() + timedelta(days=20_000)
    assert holds(asset, far)
    actions.withdraw_consent(alice, consent, "Her mother rang.")
    assert not holds(asset, clock.now())
    assert not holds(asset, far)
    with pytest.raises(ValidationError, match="withdrawn already"):
        actions.withdraw_consent(alice, consent)
    kept = records.of(f"asset:{asset.pk}").last()
    assert kept is not None
    assert (kept.kind, kept.why, kept.after["person"]) == ("consent.withdrawn", "Her mother rang.", "Fern")


def test_one_of_several_people_is_enough_to_hold_a_picture_back(asset: Asset, alice: User) -> None:
    today = date(2026, 10, 6)
    actions.note_consent(alice, asset, person="Ash", reference="C-1", expires_on=today + timedelta(days=400))
    actions.note_consent(alice, asset, person="Fern", reference="C-2", expires_on=today - timedelta(days=1))
    (lapsed,) = queries.lapsed_among([asset.pk], datetime(2026, 10, 6, 12, tzinfo=UTC))
    assert (lapsed.person, lapsed.asset) == ("Fern", asset)


def test_somebody_who_agrees_anew_can_be_shown_again_and_the_records_keep_both(asset: Asset, alice: User) -> None:
    consent = actions.note_consent(alice, asset, person="Fern", reference="C-7")
    actions.withdraw_consent(alice, consent)
    actions.note_consent(alice, asset, person="Fern", reference="C-9", expires_on=date(2036, 1, 1), consent=consent)
    assert holds(asset, clock.now())
    assert Consent.objects.count() == 1
    kept = records.of(f"asset:{asset.pk}").last()
    assert kept is not None
    assert (kept.before["reference"], kept.after["reference"]) == ("C-7", "C-9")
    assert kept.before["withdrawn_at"]
    with pytest.raises(ValidationError, match="Say who is pictured"):
        actions.note_consent(alice, asset, person=" ", reference="C-7")


def test_whoever_noted_it_is_told_a_month_before_once(
    asset: Asset, alice: User, turn: Callable[[datetime], None]
) -> None:
    turn(datetime(2026, 9, 1, 12, tzinfo=UTC))
    actions.note_consent(alice, asset, person="Fern Hale", reference="C-7", expires_on=date(2026, 10, 25))
    actions.note_consent(alice, asset, person="Ash Thorne", reference="C-8")
    turn(datetime(2026, 9, 24, 22, 59, 59, tzinfo=UTC))  # UK time: one second before 25 September
    reminding.tell_of_endings()
    assert not Notice.objects.exists()
    for moment in (datetime(2026, 9, 24, 23, 0, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)):
        turn(moment)
        reminding.tell_of_endings()
    told = Notice.objects.get()
    assert told.user == alice
    assert told.path == f"/library/{asset.pk}/"
    assert "C-7" in told.text
    assert "Sunday 25 October 2026" in told.text
    assert "Fern Hale" not in told.text, "She agreed to be seen, not to be named in e-mails."


def test_a_new_date_is_told_of_anew(asset: Asset, alice: User) -> None:
    today = clock.now().date()
    consent = actions.note_consent(alice, asset, person="Fern", reference="C-7", expires_on=today + timedelta(days=9))
    reminding.tell_of_endings()
    actions.note_consent(
        alice, asset, person="Fern", reference="C-7", expires_on=today + timedelta(days=19), consent=consent
    )
    reminding.tell_of_endings()
    reminding.tell_of_endings()
    assert Notice.objects.count() == 2


def test_where_the_person_has_left_those_who_look_after_the_service_are_told(
    asset: Asset, alice: User, libraries: Service
) -> None:
    lead = factories.person((Role.LEAD, libraries))
    factories.person((Role.CONTRIBUTOR, libraries))
    actions.note_consent(
        alice, asset, person="Fern", reference="C-7", expires_on=clock.now().date() + timedelta(days=3)
    )
    alice.is_active = False
    alice.save()
    reminding.tell_of_endings()
    assert [each.user for each in Notice.objects.all()] == [lead]


def test_the_library_is_searched_by_words_and_by_consent(
    alice: User, charlie: User, libraries: Service, turn: Callable[[datetime], None]
) -> None:
    turn(datetime(2026, 10, 6, 12, tzinfo=UTC))
    day = date(2026, 10, 6)

    def make(alt: str, expires_on: Any = "nobody", **values: Any) -> Asset:
        made = factories.asset(alice, alt, service=libraries, colour=f"#{len(alt):02x}0000", **values)
        if expires_on != "nobody":
            actions.note_consent(alice, made, person="Fern Hale", reference=f"C-{made.pk}", expires_on=expires_on)
        return made

    nobody = make("A heron on the canal")
    for_good = make("Story time with Fern", None)
    ending = make("Seeds in the window box", day + timedelta(days=30))
    later = make("The mobile library at Thornby", day + timedelta(days=31))
    over = make("Opening of the Wendham branch", day - timedelta(days=1))
    withdrawn = make("Knit and natter on a Thursday", None)
    actions.withdraw_consent(alice, withdrawn.consents.get())

    def found(**asked: Any) -> set[Asset]:
        return set(queries.search(alice, **asked))

    assert found(consent="none") == {nobody}
    assert found(consent="holds") == {for_good, ending, later}
    assert found(consent="ending") == {ending}
    assert found(consent="lapsed") == {over, withdrawn}
    assert found(q="LIBRARY mobile") == {later}
    assert found(q=f"c-{over.pk}") == {over}
    assert found(q="fern hale") == {for_good, ending, later, over, withdrawn}
    assert found(q="reading.jpg", kind="image") == {nobody, for_good, ending, later, over, withdrawn}
    assert found(kind="video") == set()
    assert [each.asset for each in queries.expiring(day, 31)] == [ending, later]
    assert list(queries.search(charlie, q="heron")) == []
