"""The page "What we see about you": from the configuration as it is now."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.urls import reverse

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Role
from moothall.rights.states import Kind
from moothall.webuse import looking
from moothall.webuse.models import LawfulBasis
from moothall.webuse.seals.ceremony import Ceremony, hold
from moothall.webuse.seals.public_keys import FILE, PublicKeys
from moothall.webuse.seals.public_keys import Role as Holder
from tests import factories
from tests.rights.making import asked, did_everything
from tests.webuse import purposes

pytestmark = pytest.mark.django_db

HOLDERS = {Holder.HR: "Hetty Hale", Holder.IT_SECURITY: "Ivo Ince", Holder.MONITORING_OFFICER: "Mona Moss"}


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return hold()


def page(browser: Any) -> str:
    return " ".join(browser.get(reverse("what-we-see")).content.decode().split())


def keys() -> PublicKeys:
    return PublicKeys(Path(configured.WEBUSE_FOLDER) / "public-keys")


def test_each_purpose_in_force_says_all_of_itself(alice: User, signed_in: Any) -> None:
    purpose = purposes.in_force()
    purposes.awaiting(purposes.approver(Role.IT_SECURITY), "not-yet", title="Not in force yet")
    said = page(signed_in(alice))
    assert purpose.review_on
    for each in (
        purpose.title,
        purpose.what_for,
        "Article 6(1)(e)",
        purpose.kept,
        purpose.who_sees,
        "for 90 days",
        purpose.dpia_reference,
        f"{purpose.review_on:%A} {purpose.review_on.day} {purpose.review_on:%B %Y}",
        "On this basis everybody may object",
        reverse("purpose-dpia", args=[purpose.key, 1]),
    ):
        assert str(each) in said
    assert "Not in force yet" not in said


def test_on_a_legal_obligation_it_does_not_promise_an_objection(alice: User, signed_in: Any) -> None:
    purposes.in_force(lawful_basis=LawfulBasis.LEGAL_OBLIGATION)
    assert "On this basis there is no right to object" in page(signed_in(alice))


def test_an_overdue_review_is_told_to_everybody(alice: User, signed_in: Any, at: Callable[..., None]) -> None:
    purposes.in_force(review_on=date(2026, 11, 1))
    at(2026, 11, 5)
    assert "overdue since Sunday 1 November 2026" in page(signed_in(alice))


def test_when_the_pseudonym_key_changed_and_changes_next(alice: User, signed_in: Any, at: Callable[..., None]) -> None:
    said = page(signed_in(alice))
    assert "last changed on Monday 28 September 2026, and changes next on Monday 26 October 2026" in said
    at(2026, 10, 26)
    assert "last changed on Monday 26 October 2026" in page(signed_in(alice))


def test_who_holds_the_shares_of_the_sealing_key(alice: User, signed_in: Any, ceremony: Ceremony) -> None:
    assert "No key yet" in page(signed_in(alice))
    keys().rotate(ceremony, date(2026, 9, 1), HOLDERS)
    said = page(signed_in(alice))
    assert "a key made on Tuesday 1 September 2026" in said
    for role, name in HOLDERS.items():
        assert f"{name} ({role})" in said
    assert "Earlier names" not in said
    assert " ".join(ceremony.share_of(Holder.HR).split()[4:8]) not in said


def test_of_an_older_key_it_says_who_can_open_with_it(alice: User, signed_in: Any, ceremony: Ceremony) -> None:
    keys().rotate(ceremony, date(2024, 9, 2), {**HOLDERS, Holder.HR: "Henry Hobb"})
    keys().rotate(hold(), date(2026, 9, 1), HOLDERS)
    said = page(signed_in(alice))
    assert said.index("1 September 2026") < said.index("Earlier names were sealed with") < said.index("Henry Hobb")


def test_keys_that_cannot_be_read_are_not_taken_for_none(alice: User, signed_in: Any) -> None:
    folder = Path(configured.WEBUSE_FOLDER) / "public-keys"
    folder.mkdir(parents=True)
    (folder / FILE).write_text("not a key")
    said = page(signed_in(alice))
    assert "cannot be read from here" in said
    assert "No key yet" not in said


def test_who_looked_and_where_an_opened_name_would_stand(alice: User, dora: User, signed_in: Any) -> None:
    alice.unit = Unit.objects.create(name="Libraries")
    alice.save()
    looking.keep(dora, looking.ref(alice.unit), "unit", "2026-W39", why="A complaint")
    said = page(signed_in(alice))
    assert "Dora Dell" in said
    assert "A complaint" not in said
    assert "under “your name was opened”" in said


def test_all_looks_are_in_the_file_and_the_page_says_how_many_there_are(
    alice: User, dora: User, signed_in: Any
) -> None:
    alice.unit = Unit.objects.create(name="Libraries")
    alice.save()
    for number in range(looking.SHOWN):
        looking.keep(dora, looking.ref(alice.unit), "unit", f"2026-W{number}")
    looking.keep(dora, looking.ref(Unit.objects.create(name="Highways")), "unit", "2026-W39")
    browser = signed_in(alice)
    assert "All looks at the figures of your present unit." in page(browser)
    looking.keep(dora, looking.EVERY_UNIT, "security", "2026-W39")
    said = page(browser)
    assert f"The latest {looking.SHOWN} of {looking.SHOWN + 1} looks at the figures of your present unit." in said
    assert said.count("Dora Dell (") == looking.SHOWN
    file = json.loads(browser.get(reverse("everything-about-me")).content)
    assert len(file["who looked at the figures of your present unit"]) == looking.SHOWN + 1
    alice.unit = None
    alice.save()
    assert "You are in no unit." in page(browser)


def test_what_else_is_held_is_counted_and_nothing_of_it_shown(signed_in: Any) -> None:
    said = page(signed_in(did_everything("Alisande")))
    for title in ("Your account", "Your roles", "Notices to you", "Contributions", "Accounts that you linked"):
        assert title in said
    for title in ("Policies that you acknowledged", "Posts that you began", "Your acts", "Data requests"):
        assert title in said
    for kept in ("seen by Alisande", "A post by Alisande", "alisande-at-home"):
        assert kept not in said
    assert reverse("everything-about-me") in said


def test_each_right_has_its_form_and_its_clock(alice: User, dora: User, signed_in: Any) -> None:
    said = page(signed_in(alice))
    for kind in Kind:
        assert reverse("new-data-request", args=[kind.value]) in said
    assert "within 30 days" in said
    assert "within one month" in said
    assert "within five working days" in said
    assert "Dora Dell, as data protection officer" in said


def test_where_nobody_answers_the_page_says_so_and_whose_task_it_is(alice: User, charlie: User, signed_in: Any) -> None:
    said = page(signed_in(alice))
    assert "Nobody is there to answer yet" in said
    assert "the administrators are told to give somebody the role of data protection officer" in said
    assert "Give somebody the role, under People" not in said
    assert "Give somebody the role, under People" in page(signed_in(charlie))


def test_ones_own_requests_stand_there_with_their_days(
    alice: User, dora: User, charlie: User, signed_in: Any, at: Callable[..., None]
) -> None:
    request = asked(alice)
    said = page(signed_in(alice))
    assert request.get_absolute_url() in said
    assert "due on 13 October 2026" in said
    assert request.get_absolute_url() not in page(signed_in(dora))
    assert request.get_absolute_url() not in page(signed_in(charlie))


def test_the_page_asks_the_database_no_more_for_who_did_much(
    alice: User, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    purposes.in_force()
    browser = signed_in(did_everything("Alisande"))
    with django_assert_max_num_queries(60):
        browser.get(reverse("what-we-see"))


def test_everybody_has_it_in_the_rail(signed_in: Any) -> None:
    today = signed_in(factories.person()).get(reverse("today")).content.decode()
    assert f'href="{reverse("what-we-see")}"' in today
    assert reverse("data-requests") not in today
