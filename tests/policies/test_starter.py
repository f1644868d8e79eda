"""The starter: "may I post this?", in Moothall's words and in the council's.

Alice writes it, Bob reads it, and Charlie does not work here.
"""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.lessons.models import Lesson, LessonState
from moothall.policies import starter_actions, starter_queries, starter_texts
from moothall.policies.models.starter import FIELDS, SECTIONS, Starter, StarterQuestion
from moothall.policies.starter_forms import Editor
from moothall.policies.starter_queries import Content
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert(1)</script> [go](javascript:alert(2)) ![x](x" onerror="alert(3)) <img src=x onerror=alert(4)>'
EXPECTED = "no-yes-no-no-yes"
"""The answers after which nothing speaks against a post."""


@pytest.fixture
def alice() -> User:
    return factories.person((Role.DESK, None), name="Alice Archer")


@pytest.fixture
def bob() -> User:
    return factories.person((Role.LEAD, factories.service("Libraries")), name="Bob Barrow")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(**changed: str) -> dict[str, str]:
    """What the edit page's form sends, as it stands, with some of it changed."""
    content = starter_queries.current()
    sent = {name: getattr(content.starter, name) for name in SECTIONS}
    for question in content.questions:
        fields = {name: getattr(question, name) for name in FIELDS}
        sent |= {f"question-{question.number}-{name}": value for name, value in fields.items()}
    browsers = {name: value.replace("\n", "\r\n") for name, value in sent.items()}
    return browsers | {"seen": str(content.starter.version)} | changed


def change(person: User, **sections: str) -> list[str]:
    content = starter_queries.current()
    for name, words in sections.items():
        setattr(content.starter, name, words)
    return starter_actions.save_starter(person, content.starter, content.questions, seen=content.starter.version)


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_before_anything_was_changed_moothalls_own_words_show(bob: User, signed_in: Any) -> None:
    assert not Starter.objects.exists()
    page = text_of(signed_in(bob).get(reverse("starter")))
    for words in (
        "You may. Nearly always.",
        "No gate.",
        "No approval.",
        "No list.",
        "Whom to ask",
        "Ask people before",
    ):
        assert words in page
    assert "nothing is stored, and nobody is counted" in page


def test_one_question_a_page_with_the_answers_in_the_address_alone(bob: User, signed_in: Any) -> None:
    browser = signed_in(bob)
    first = text_of(browser.get(reverse("starter-guide")))
    question = starter_queries.shipped().questions[0]
    for words in (question.question, question.fine, question.not_fine, "Question 1 of 5", 'method="get"'):
        assert words in first
    assert 'name="answers" value="no"' in first
    session, records = dict(browser.session), Record.objects.count()
    second = browser.get(reverse("starter-guide"), {"answers": "no"})
    assert 'value="no-yes"' in text_of(second)
    assert (dict(browser.session), Record.objects.count()) == (session, records)
    assert set(second.cookies) <= {"csrftoken"}, "of the button that signs out"


@pytest.mark.parametrize(
    ("answers", "heading", "also"),
    [
        (EXPECTED, "Go ahead", "Nothing speaks against it."),
        ("no-no-no-no-yes", "Ask first", "Ask them, and show them the picture."),
        ("yes", "Better not", "What people tell us stays with us"),
        ("no-no-no-no-no", "Better not", "Ask them, and show them the picture."),
    ],
)
def test_the_end_is_plain_advice(answers: str, heading: str, also: str, bob: User, signed_in: Any) -> None:
    page = text_of(signed_in(bob).get(reverse("starter-guide"), {"answers": answers}))
    assert f'<h1 class="govuk-heading-l">{heading}</h1>' in page
    assert also in page
    assert "What you answered" in page


def test_all_questions_stand_on_one_page_too(bob: User, signed_in: Any) -> None:
    page = text_of(signed_in(bob).get(reverse("starter-whole")))
    for question in starter_queries.shipped().questions:
        assert question.question in page
        assert question.not_fine in page


def test_latest_published_lessons_are_linked(bob: User, signed_in: Any) -> None:
    assert "No lesson is published yet." in text_of(signed_in(bob).get(reverse("starter")))
    for number in range(5):
        Lesson.objects.create(
            title=f"Lesson {number}",
            what_happened="It rained.",
            what_changes="Umbrellas.",
            state=LessonState.PUBLISHED if number else LessonState.DRAFT,
            published_at=clock.now() if number else None,
        )
    page = text_of(signed_in(bob).get(reverse("starter")))
    newest = Lesson.objects.get(title="Lesson 4")
    assert f'href="{reverse("lesson", args=[newest.pk])}">Lesson 4</a>' in page
    assert [title in page for title in ("Lesson 0", "Lesson 1", "Lesson 2", "Lesson 3")] == [False, False, True, True]


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_alice_changes_it_bob_reads_it_and_charlie_signs_in_first(alice: User, bob: User, signed_in: Any) -> None:
    sent = {"dos": "- Say hello.", "question-2-fine": "A picture of a wall."}
    answer = signed_in(alice).post(reverse("starter-edit"), typed(**sent), follow=True)
    assert "Saved: do, question 2." in text_of(answer)
    as_bob = signed_in(bob)
    page = text_of(as_bob.get(reverse("starter")))
    assert "Say hello." in page
    assert "Change these words" not in page
    assert "A picture of a wall." in text_of(as_bob.get(reverse("starter-whole")))
    assert as_bob.get(reverse("starter-edit")).status_code == 403
    assert as_bob.post(reverse("starter-edit"), typed(dos="Mine")).status_code == 403
    with pytest.raises(PermissionDenied):
        change(bob, dos="Mine")
    for name in ("starter", "starter-guide", "starter-whole", "starter-edit"):
        assert Client().get(reverse(name)).status_code == 302
    assert Starter.objects.get().dos == "- Say hello."


def test_the_record_says_which_parts_changed_and_not_the_words(alice: User) -> None:
    assert change(alice, greeting="Hello.", whom_to_ask="Ask Ada.") == ["greeting", "whom to ask"]
    record = Record.objects.get(kind="starter.changed")
    assert (record.ref, record.actor_name) == ("starter", "Alice Archer")
    assert record.before == {"version": 0}
    assert record.after == {"version": 1, "parts": ["greeting", "whom to ask"]}


def test_saving_without_a_change_keeps_nothing(alice: User, signed_in: Any) -> None:
    answer = signed_in(alice).post(reverse("starter-edit"), typed(), follow=True)
    assert "Nothing was changed." in text_of(answer)
    assert not Starter.objects.exists()
    assert not Record.objects.filter(kind="starter.changed").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dos": "  "}, "Fill in “Do”."),
        ({"question-3-question": ""}, "Fill in “Question 3”."),
        ({"question-4-outcome": "never"}, "Select a valid choice."),
        ({"question-5-fine": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_was_typed_stays_when_something_is_wrong(
    wrong: dict[str, str], said: str, alice: User, signed_in: Any
) -> None:
    mine = {"gone_wrong": "Ring Wendy & the others.", "question-1-help": "Think of the bus."}
    page = text_of(signed_in(alice).post(reverse("starter-edit"), typed(**mine, **wrong)))
    assert said in page
    assert "Ring Wendy &amp; the others." in page
    assert "Think of the bus." in page
    assert not Starter.objects.exists()


def test_nobodys_words_vanish_unseen(alice: User, signed_in: Any) -> None:
    mine = typed(donts="- Mine.")
    other = factories.person((Role.HR, None))
    change(other, donts="- Theirs.")
    browser = signed_in(alice)
    page = browser.post(reverse("starter-edit"), mine)
    assert "Somebody changed the starter while you wrote." in text_of(page)
    assert "- Mine." in text_of(page)
    assert Starter.objects.get().donts == "- Theirs."
    again = mine | {"seen": str(page.context["editor"].sections["seen"].value())}
    assert "Saved: don’t." in text_of(browser.post(reverse("starter-edit"), again, follow=True))
    assert Starter.objects.get().donts == "- Mine."
    for seen in ("", "x", "-1"):
        assert browser.post(reverse("starter-edit"), mine | {"seen": seen}).status_code == 200
    assert Starter.objects.get().version == 2


def test_a_council_can_turn_a_question_round(alice: User, bob: User, signed_in: Any) -> None:
    sent = {"question-1-advise_on": "no", "question-1-outcome": "ask"}
    signed_in(alice).post(reverse("starter-edit"), typed(**sent))
    page = text_of(signed_in(bob).get(reverse("starter-guide"), {"answers": f"yes{EXPECTED.removeprefix('no')}"}))
    assert '<h1 class="govuk-heading-l">Go ahead</h1>' in page


def test_hostile_words_are_harmless_on_every_page(alice: User, bob: User, signed_in: Any) -> None:
    texts = dict.fromkeys(SECTIONS, HOSTILE)
    for number in range(1, 6):
        texts |= {f"question-{number}-{name}": HOSTILE for name in ("question", "help", "fine", "not_fine", "advice")}
    writer, reader = signed_in(alice), signed_in(bob)
    assert writer.post(reverse("starter-edit"), typed(**texts)).status_code == 302
    guide = reverse("starter-guide")
    pages = [reverse("starter"), reverse("starter-whole"), guide]
    pages += [f"{guide}?answers={way}" for way in ("no-no", "yes", EXPECTED, "no-no-yes-yes-yes")]
    for answer in [*(reader.get(address) for address in pages), writer.get(reverse("starter-edit"))]:
        assert "alert(1)" in answer.content.decode()
        page = BeautifulSoup(answer.content, "html.parser")
        assert not page.find_all("img")
        assert [script["src"] for script in page.find_all("script")] == ["/static/moothall/dist/staff.js"]
        for element in page.find_all():
            assert not [name for name in element.attrs if name.startswith("on")]
            assert not str(element.get("href", "")).startswith("javascript")


def test_the_database_keeps_one_starter_of_five_questions(alice: User) -> None:
    change(alice, greeting="Hello.")
    assert (Starter.objects.count(), StarterQuestion.objects.count()) == (1, 5)
    extras: list[Model] = [
        Starter(pk=2, **starter_texts.SECTIONS),
        StarterQuestion(number=6, **starter_texts.QUESTIONS[0]),
        StarterQuestion(number=0, **starter_texts.QUESTIONS[0]),
    ]
    for extra in extras:
        with pytest.raises(IntegrityError), transaction.atomic():
            extra.save()


def test_the_shipped_words_can_be_saved_as_they_are() -> None:
    shipped = starter_queries.shipped()
    assert set(starter_texts.SECTIONS) == set(SECTIONS)
    assert Editor(shipped, typed()).is_valid()
    assert starter_actions.changed_parts(shipped, starter_queries.shipped()) == []


def test_only_the_current_version_is_replaced(alice: User) -> None:
    change(alice, greeting="Hello.")
    shipped: Content = starter_queries.shipped()
    with pytest.raises(ValidationError, match="Somebody changed the starter"):
        starter_actions.save_starter(alice, shipped.starter, shipped.questions, seen=0)
    assert Starter.objects.get().greeting == "Hello."
