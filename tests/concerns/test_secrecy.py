"""Only those on a case learn that it exists: over every page, search, export, count, e-mail, log and table.

``MARK`` stands in every text of the case. Outsiders are everybody who could think that they ought to know.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from moothall.accounts import tasks as account_tasks
from moothall.accounts.models import Notice, Unit, User
from moothall.accounts.roles import Role
from moothall.concerns import circle, openings, seating
from moothall.concerns.models import Concern, Opening, Seat
from moothall.concerns.process import Part, State
from moothall.concerns.sources import BARBULESCU
from moothall.concerns.urls import urlpatterns
from moothall.core import clock, localtime
from moothall.records.models import Record
from tests import factories
from tests.concerns import making
from tests.concerns.making import Case
from tests.whole_world import PAGES, address_of, whole_world

pytestmark = pytest.mark.django_db

MARK = "Marmalade-under-the-bridge"
WORDS = f"{MARK}: an account of ours called a neighbour names."
QUIET = ("read-notices",)
WHO_SEES_MOST = ("another monitoring officer", "the desk", "an administrator", "a colleague")
NOISE = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(r'nonce="[^"]+"'),
    re.compile(r'name="once" value="[^"]+"'),
    re.compile(r"/records/[\w-]{20,}/"),  # a record's number, enciphered
    re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+"),
    re.compile(r"\b\d+ (second|minute)s? ago\b|just now|a moment ago"),
)
"""What differs between two looks at one page, case or no case."""


@pytest.fixture(autouse=True)
def no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(scope="module")
def every_page() -> list[Any]:
    """Each address that can be looked at, but for those of cases."""
    ours = {pattern.name for pattern in urlpatterns}
    return [page for page in PAGES if not page.post and page.name not in {*ours, *QUIET} | {"house-style"}]


def outsiders() -> dict[str, User]:
    """Those who might think that they ought to know, and may not."""
    return {
        "another monitoring officer": factories.person((Role.MONITORING_OFFICER, None)),
        "the desk": factories.person((Role.DESK, None)),
        "an administrator": factories.person((Role.ADMINISTRATOR, None)),
        "IT security": factories.person((Role.IT_SECURITY, None)),
        "the records officer": factories.person((Role.RECORDS_OFFICER, None)),
        "the data protection officer": factories.person((Role.DATA_PROTECTION_OFFICER, None)),
        "a colleague": factories.person(),
    }


def with_an_opening(case: Case) -> Case:
    """The case with an identity asked for, whose approvers are on it."""
    making.name_approvers(case)
    today = localtime.local(clock.now()).date()
    answers = {each.key: f"{MARK}. ".ljust(each.min_length + 5, "x") for each in BARBULESCU}
    Opening.objects.create(
        concern=case.concern,
        purpose_key="open-web",
        pseudonym="ab" * 16,
        first=today,
        last=today,
        six=openings.json.dumps(answers),
        asked_by=case.investigator,
        asked_at=clock.now(),
    )
    return case


def seen(answer: HttpResponse) -> str:
    """What somebody gets, without what differs each time."""
    body = b"".join(answer)
    text = f"{answer.status_code} {answer.get('Location', '')}\n{body.decode(errors='replace')}"
    for noise in NOISE:
        text = noise.sub("", text)
    return text


def test_every_page_is_the_same_for_an_outsider_whether_or_not_there_is_a_case(
    signed_in: Any, every_page: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, lists, searches and exports: all that there is, looked at before and after."""
    world = whole_world()
    now = clock.now()
    theirs = people_of_the_case()
    browsers = {name: signed_in(person) for name, person in outsiders().items() if name in WHO_SEES_MOST}
    addresses = [address_of(page, world) for page in every_page]
    addresses = [each for each in addresses if not each.endswith((".pdf", ".xlsx"))]  # they hold when they were made

    def look() -> dict[tuple[str, str], str]:
        """All of it, and nothing that looking leaves behind: some looks are themselves on record."""
        with monkeypatch.context() as patch, transaction.atomic():
            patch.setattr(clock, "now", lambda: now)
            found = {(name, each): seen(browsers[name].get(each)) for name in browsers for each in addresses}
            transaction.set_rollback(True)
        return found

    before = look()
    with monkeypatch.context() as patch:
        patch.setattr(making.factories, "person", lambda *roles, **values: next(theirs))
        with_an_opening(making.told(words=WORDS))
    assert Record.objects.filter(kind__startswith="case.").count() > 5
    after = look()
    for place, text in before.items():
        assert after[place].splitlines() == text.splitlines(), place


def people_of_the_case() -> Iterator[User]:
    """Those whom ``making`` needs, in its order, made beforehand."""
    unit, _ = Unit.objects.get_or_create(name="Streets and parks")
    hr, mo = (Role.HR, None), (Role.MONITORING_OFFICER, None)
    roles: tuple[tuple[Any, ...], ...] = ((), (hr,), (hr,), (mo,))
    made = [factories.person(*each) for each in roles]
    made.append(factories.person(unit=unit))
    made += [factories.person() for _ in range(3)]
    return iter(made)


@pytest.mark.parametrize("state", State)
def test_in_every_state_what_outsiders_see_has_no_word_of_it(state: State, signed_in: Any) -> None:
    lead = factories.person(name="Whoever leads the unit")
    case = making.MAKERS[state](words=WORDS)
    assert case.person.unit
    case.person.unit.leads.add(lead)
    people = {**outsiders(), "who leads the unit": lead, "from HR, who received it": case.hr}
    if state in (State.ALLOCATED, State.INFORMAL, State.RAISED):
        people["the person, who was not told"] = case.person if state != State.INFORMAL else lead
    if state not in (State.APPEALED, State.SETTLED, State.CLOSED):
        people["who will hear an appeal"] = case.appeal_officer
    if state == State.RAISED:
        del people["from HR, who received it"]
    names = ("concerns", "today", "notices", "what-we-see", "lessons", "records", "policies", "purposes")
    for name, person in people.items():
        browser = signed_in(person)
        for page in names:
            text = seen(browser.get(reverse(page)))
            for secret in (MARK, case.reference):
                assert secret not in text, (name, page)
        assert not circle.places(person), name


def case_addresses(case: Case) -> Iterator[str]:
    """Every address of the case."""
    for pattern in urlpatterns:
        kinds = pattern.pattern.converters
        if "reference" in kinds:
            values = {name: case.reference if name == "reference" else _some(kinds[name]) for name in kinds}
            yield reverse(pattern.name, kwargs=values)


def _some(converter: Any) -> Any:
    return 1 if type(converter).__name__ == "IntConverter" else "abc"


def test_a_case_and_none_at_all_answer_an_outsider_alike_and_both_are_on_record(signed_in: Any) -> None:
    case = with_an_opening(making.told(words=WORDS))
    person = factories.person((Role.HR, None))
    browser: Client = signed_in(person)
    tried = 0
    for address in case_addresses(case):
        nowhere = address.replace(case.reference, "A" * len(case.reference))
        for method in (browser.get, browser.post):
            before = Record.objects.filter(kind=circle.REFUSED).count()
            real, unreal = method(address), method(nowhere)
            assert real.status_code == unreal.status_code, address
            assert real.status_code in (404, 405)
            assert seen(real).replace(case.reference, "") == seen(unreal).replace("A" * len(case.reference), "")
            kept = Record.objects.filter(kind=circle.REFUSED).count() - before
            assert kept == (2 if real.status_code == 404 else 0)
            tried += 1
    assert tried > 20
    assert {each.ref for each in Record.objects.filter(kind=circle.REFUSED)} == {"concerns"}
    assert circle.refused_looks(case.concern).count() * 2 == Record.objects.filter(kind=circle.REFUSED).count()


def test_no_e_mail_says_anything_and_none_goes_to_an_outsider() -> None:
    case = making.closed(words=WORDS)
    account_tasks.send_notices.call()
    assert mail.outbox
    on_it = set(Seat.objects.filter(concern=case.concern).values_list("user__email", flat=True))
    for sent in mail.outbox:
        assert set(sent.to) <= on_it
        assert circle.NOTICE in sent.body
        text = f"{sent.subject} {sent.body}"
        assert MARK not in text
        assert case.reference not in text
        assert not any(
            name in text for name in (case.reporter.name, case.investigator.name) if name not in sent.body[:60]
        )
    assert set(Notice.objects.values_list("text", flat=True)) == {circle.NOTICE}
    assert set(Notice.objects.values_list("path", flat=True)) == {reverse("concerns")}


def test_no_log_line_has_a_word_of_it_or_its_reference(signed_in: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        case = with_an_opening(making.told(words=WORDS))
        for person in (case.keeper, case.person, case.reporter):
            assert signed_in(person).get(reverse("case", args=[case.reference])).status_code == 200
    assert MARK not in caplog.text
    assert case.reference not in caplog.text


def test_no_table_holds_a_word_of_it() -> None:
    case = with_an_opening(making.told(words=WORDS, where=f"https://example.org/{MARK}", whom=f"{MARK} herself"))
    secrets = (MARK, "Two others were signed in", "They were on leave")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = repr(cursor.fetchall())
            assert not [secret for secret in secrets if secret in rows], table
    assert case.concern.words == WORDS


def test_records_hold_what_was_done_and_no_word_of_the_case(signed_in: Any) -> None:
    case = making.settled(words=WORDS)
    kept = list(circle.records(case.concern))
    assert len(kept) > 15
    assert not [each for each in kept if MARK in repr((each.why, each.before, each.after))]
    hidden = {case.person.name, case.reporter.name}
    assert not [each for each in kept if each.actor_name in hidden], "a record outlives the case"


@pytest.mark.parametrize("part", [Part.INVESTIGATOR, Part.PERSON, Part.DECIDER])
def test_who_raised_it_in_confidence_is_known_to_who_keeps_it_alone(part: Part, signed_in: Any) -> None:
    case = making.gathered(words="It was seen by many.", in_confidence=True)
    reader = case.concern.seats.get(part=part).user
    for page in ("", "people/", "papers/", "record/"):
        text = seen(signed_in(reader).get(reverse("case", args=[case.reference]) + page))
        assert case.reporter.name not in text
    text = seen(signed_in(case.keeper).get(reverse("case", args=[case.reference])))
    assert case.reporter.name in text


def test_nobody_can_be_brought_in_by_somebody_who_does_not_keep_the_case() -> None:
    case = making.told(words=WORDS)
    stranger = factories.person()
    for person in (case.investigator, case.person, case.reporter, stranger, case.hr):
        with pytest.raises((circle.NotHere, circle.NotYours)):
            seating.name(person, case.reference, Part.DECIDER, stranger)
    assert not Seat.objects.filter(user=stranger).exists()
    assert Concern.objects.count() == 1
