"""The pages of figures: what they show, and what they do not."""

import csv
import io
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import Unit
from moothall.accounts.roles import Role
from moothall.webuse import figure_queries
from moothall.webuse.categories.names import CATEGORIES
from moothall.webuse.figure_forms import week_words
from moothall.webuse.models import Grain
from moothall.webuse.models.figures import UNMAPPED
from tests import factories
from tests.webuse import purposes
from tests.webuse.figures import MONDAY, WEEK, figure, read

COUNCIL, SECURITY, SOCIAL = (reverse(name) for name in ("web-use", "web-use-security", "web-use-social"))


@pytest.fixture
def officer(db: None) -> Any:
    return factories.person((Role.MONITORING_OFFICER, None))


@pytest.fixture
def browser(officer: Any, signed_in: Any) -> Client:
    client: Client = signed_in(officer)
    return client


@pytest.fixture
def week(db: None) -> SimpleNamespace:
    """A week in which little may be shown; Saturday and Sunday were not read."""
    key = purposes.in_force().key
    read(key, days=5)
    figure(key, "all", 1_240, minutes=410)
    figure(key, "news", 300, minutes=25)
    figure(key, "news", 120, grain=Grain.DAY)
    figure(key, "domain:bbc.co.uk", 280)
    figure(key, "all", 900, grain=Grain.HOUR, hour=10)
    return SimpleNamespace(key=key)


def rows(client: Client, url: str) -> list[list[str]]:
    answer = client.get(url)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_without_a_purpose_the_page_points_to_the_register(browser: Client) -> None:
    shown = browser.get(COUNCIL).content.decode()
    assert reverse("purposes") in shown
    assert "no log may be read" in shown


def test_without_an_import_the_page_says_what_to_run(browser: Client) -> None:
    purpose = purposes.in_force()
    assert f"--purpose {purpose.key}" in browser.get(COUNCIL).content.decode()


def test_a_hidden_figure_is_hatched_and_explained_once_and_never_0(browser: Client, week: SimpleNamespace) -> None:
    shown = browser.get(COUNCIL).content.decode()
    assert shown.count("Fewer than 10 people, or hidden so that such a figure cannot be worked out.") == 1
    assert "webuse-hidden" in shown
    assert not re.search(r">\s*0\s*<", shown)


def test_a_file_says_hidden_and_leaves_out_what_was_not_read(browser: Client, week: SimpleNamespace) -> None:
    found = rows(browser, reverse("web-use-csv", args=["days"]))
    assert found[0] == [
        "Category",
        "Mon 5",
        "Tue 6",
        "Wed 7",
        "Thu 8",
        "Fri 9",
        "Sat 10",
        "Sun 11",
        "Week",
        "Minutes each",
    ]
    assert found[2] == ["News", "120", "hidden", "hidden", "hidden", "hidden", "", "", "300", "25"]
    assert rows(browser, reverse("web-use-csv", args=["domains"]))[1:] == [["bbc.co.uk", "280"]]
    hours = rows(browser, reverse("web-use-csv", args=["hours"]))
    assert hours[1][11] == "900"
    assert set(hours[1][1:]) == {"900", "hidden"}


def test_a_category_of_which_nothing_may_be_shown_is_named_and_no_more(browser: Client, week: SimpleNamespace) -> None:
    page = browser.get(COUNCIL)
    assert "Gambling" in page.context["tables"]["days"].note
    assert [row.label for row in page.context["tables"]["days"].rows] == ["Anything at all", "News"]


def test_weeks_follow_each_other_and_a_strange_one_is_the_last(browser: Client, week: SimpleNamespace) -> None:
    read(week.key, first=MONDAY - timedelta(weeks=1))
    earlier = browser.get(COUNCIL, {"week": "2026-W40"})
    assert "28 September to 4 October 2026" in earlier.content.decode()
    assert f"?week={WEEK}" in earlier.content.decode()
    for strange in ("2026-W99", "1999-W01", "soon"):
        assert browser.get(COUNCIL, {"week": strange}).context["asked"].monday == MONDAY


def test_the_year_is_set_beside_the_year_before(browser: Client, week: SimpleNamespace) -> None:
    before = MONDAY - timedelta(weeks=52)
    figure(week.key, "all", 1_100, starts=before)
    read(week.key, first=before)
    last = rows(browser, reverse("web-use-csv", args=["year"]))[-1]
    assert last == ["5 Oct 2026", "1240", "1100"]


def test_figures_of_a_purpose_that_has_ended_are_not_shown(
    browser: Client, week: SimpleNamespace, officer: Any
) -> None:
    figure("another", "all", 555)
    read("another")
    assert browser.get(COUNCIL, {"purpose": "another"}).context["asked"].key == week.key


def test_security_shows_units_of_which_something_may_be_shown(browser: Client, week: SimpleNamespace) -> None:
    libraries, highways = (Unit.objects.create(name=name) for name in ("Libraries", "Highways"))
    figure(week.key, "blocked", 25, node=libraries.pk)
    figure(week.key, "phishing", 10, node=UNMAPPED)
    found = rows(browser, reverse("web-use-security-csv", args=["security"]))
    assert found[1:] == [["Libraries", "25", "hidden", "hidden"], ["Not placed in any unit", "hidden", "hidden", "10"]]
    assert highways.name not in browser.get(SECURITY).content.decode()


def test_social_media_stand_beside_the_policy(browser: Client, week: SimpleNamespace) -> None:
    figure(week.key, "social", 400, minutes=20)
    figure(week.key, "social-at-work", 310, minutes=15)
    shown = browser.get(SOCIAL).content.decode()
    assert "within reason" in shown
    assert rows(browser, reverse("web-use-social-csv", args=["social"]))[-1][1:] == [
        "400",
        "310",
        "15",
        "hidden",
        "hidden",
    ]


def test_a_unit_shows_its_parts_and_those_directly_in_it(browser: Client, week: SimpleNamespace) -> None:
    culture = Unit.objects.create(name="Culture")
    part = Unit.objects.create(name="=Libraries", parent=culture)
    figure(week.key, "all", 60, node=part.pk, minutes=400)
    figure(week.key, "all", 15, node=-culture.pk)
    found = rows(browser, reverse("web-use-unit-csv", args=[culture.pk, "parts"]))
    assert found[1:] == [["'=Libraries", "60", "400"], ["Directly in it", "15", "hidden"]]


def test_a_table_that_there_is_not_is_not_found(browser: Client, week: SimpleNamespace) -> None:
    assert browser.get(reverse("web-use-csv", args=["people"])).status_code == 404


def test_more_units_and_more_figures_ask_no_more_of_the_database(
    browser: Client, week: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    culture = Unit.objects.create(name="Culture")
    for number in range(30):
        part = Unit.objects.create(name=f"Part {number}", parent=culture)
        figure(week.key, "all", 20, node=part.pk)
        figure(week.key, "blocked", 20, node=part.pk)
    for page in (COUNCIL, SECURITY, SOCIAL, reverse("web-use-unit", args=[culture.pk])):
        with django_assert_max_num_queries(29):
            assert browser.get(page).status_code == 200


def test_hr_sees_no_unit_and_no_table_of_them(week: SimpleNamespace, signed_in: Any) -> None:
    hr = signed_in(factories.person((Role.HR, None)))
    unit = Unit.objects.create(name="Culture")
    for page in (SECURITY, SOCIAL, reverse("web-use-units"), reverse("web-use-unit", args=[unit.pk])):
        assert hr.get(page).status_code == 403


def test_what_is_dangerous_is_refused_or_of_a_security_category() -> None:
    assert set(figure_queries.SECURITY) == {"blocked"} | {each.slug for each in CATEGORIES.values() if each.security}


def test_a_week_across_two_years_names_both() -> None:
    assert week_words(MONDAY) == "5 to 11 October 2026"
    assert week_words(MONDAY + timedelta(weeks=12)) == "28 December 2026 to 3 January 2027"
