"""The whole way of a concern through the pages: eight people, a decision, an appeal, a lesson."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import Notice, Unit, User
from moothall.accounts.roles import Role
from moothall.concerns import circle, queries
from moothall.concerns.letters import LetterKind
from moothall.concerns.models import Concern
from moothall.concerns.process import Outcome, State
from moothall.core import localtime
from moothall.lessons.models import Lesson
from tests import factories
from tests.concerns import making
from tests.concerns.making import GAP, noon, today

pytestmark = pytest.mark.django_db

WORDS = "On Friday the account of a service called a neighbour names."


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class Town:
    """Eight people, each in a browser of their own."""

    def __init__(self, sign_in: Callable[[User], Client]) -> None:
        self.people = {
            "reporter": factories.person(name="Rowan Pike"),
            "keeper": factories.person((Role.HR, None), name="Hanna Reed"),
            "person": factories.person(name="Charlie Brook", unit=Unit.objects.create(name="Parks")),
            "investigator": factories.person(name="Ivo Lane"),
            "decider": factories.person(name="Dana Field"),
            "appeal": factories.person(name="Abel Moss"),
            "hr": factories.person((Role.HR, None), name="Hugo Fell"),
            "mo": factories.person((Role.MONITORING_OFFICER, None), name="Moira Stone"),
        }
        self.browsers = {who: sign_in(person) for who, person in self.people.items()}
        self.reference = ""

    def email(self, who: str) -> str:
        return self.people[who].email

    def see(self, who: str, name: str = "case", *args: str, status: int = 200) -> str:
        answer = self.browsers[who].get(reverse(name, args=[self.reference, *args]))
        assert answer.status_code == status
        return text_of(answer)

    def do(self, who: str, name: str, *args: str, typed: dict[str, Any] | None = None) -> str:
        """Post something that works, and return what the next page says."""
        where = reverse(name, args=[self.reference, *args])
        answer = self.browsers[who].post(where, typed or {}, follow=True)
        assert answer.redirect_chain, text_of(answer)
        return text_of(answer)

    def write(self, kind: str) -> str:
        """Fill a letter's gaps, and send it."""
        where = reverse("case-write-letter", args=[self.reference, kind])
        draft = self.browsers["keeper"].get(where).context["form"].initial["text"]
        return self.do("keeper", "case-write-letter", kind, typed={"text": GAP.sub("as we said", draft)})

    def is_at(self, state: State) -> None:
        assert Concern.objects.get(reference=self.reference).state == state


@pytest.fixture
def town(db: None, signed_in: Any) -> Town:
    return Town(signed_in)


def when(working_days: int) -> dict[str, Any]:
    day = localtime.local(noon(working_days)).date()
    return {"at_day": day.isoformat(), "at_time": "12:00"}


def raise_it(town: Town) -> None:
    typed = {"about": "online", "words": WORDS, "whom_email": town.email("person"), "name": "named", "to": "hr"}
    answer = town.browsers["reporter"].post(reverse("concern-raise"), typed, follow=True)
    assert "It was received" in text_of(answer)
    town.reference = Concern.objects.get().reference
    assert "Received" in town.see("reporter")


def take_it_on_and_name_people(town: Town) -> None:
    assert "Take this on" in town.see("keeper")
    assert "Say which way it goes" in town.do("keeper", "case-take")
    town.see("hr", status=404)
    town.do("keeper", "case-triage", typed={"kind": "misconduct", "words": "It may be against the code."})
    missing = town.see("keeper", "case-move", "allocate")
    assert "Name an investigator first." in missing
    for part, who in (("investigator", "investigator"), ("decider", "decider"), ("appeal-officer", "appeal")):
        town.do("keeper", "case-name", part, typed={"who": town.email(who)})
    town.do("keeper", "case-move", "allocate", typed={"reasons": "A talk was had, and did not help."})
    town.is_at(State.ALLOCATED)
    town.see("person", status=404)


def tell_and_gather(town: Town) -> None:
    town.write("told")
    town.is_at(State.TOLD)
    assert "The facts are being gathered. Nothing has been decided." in town.see("person")
    town.do("person", "case-hand-in", typed={"title": "My rota", "text": "I was on leave."})
    assert "I was on leave." in town.see("investigator", "case-papers")
    evidence = {"side": "against", "title": "The post", "text": "As it stood.", "attached": [factories.upload()]}
    town.do("investigator", "case-add-evidence", typed=evidence)
    town.do("investigator", "case-report", typed={"text": "What was found.", "speaks_for": "They were on leave."})
    town.do("investigator", "case-move", "hand_over")
    town.is_at(State.GATHERED)


def call_and_meet(town: Town) -> None:
    assert "The post" not in town.see("person")
    town.do("keeper", "case-share")
    assert "The post" in town.see("person")
    town.do("keeper", "case-meeting", typed={**when(6), "where": "Town hall, room 4"})
    town.write("meeting")
    town.is_at(State.CALLED)
    assert "Town hall, room 4" in town.see("person")
    with making.at(noon(7)):
        assert "The meeting is over: record it." in text_of(town.browsers["decider"].get(reverse("concerns")))
        minutes = {"companion": "Fern Hale, UNISON", "notes": "They said who else knew the password."}
        town.do("decider", "case-minutes", typed=minutes)
    town.is_at(State.MET)


def decide_and_appeal(town: Town) -> None:
    town.do("decider", "case-move", "decide", typed={"outcome": "final_warning", "reasons": "It was theirs."})
    town.is_at(State.DECIDED)
    town.write("final_warning")
    assert "You can appeal until" in town.see("person")
    town.see("appeal", status=404)
    town.do("person", "case-move", "appeal", typed={"reasons": "Nobody asked who was signed in."})
    town.is_at(State.APPEALED)
    town.do("keeper", "case-meeting", typed={**when(3), "where": "Town hall, room 5"})
    town.write("appeal_meeting")
    assert "Nobody asked who was signed in." in town.see("appeal")
    with making.at(noon(3) + timedelta(hours=2)):
        town.do("appeal", "case-minutes", typed={"without_companion": "on", "notes": "The rota was read again."})
    outcomes = town.see("appeal", "case-move", "decide_appeal")
    assert "Dismissal" not in outcomes
    assert "First written warning" in outcomes
    decision = {"outcome": "no_action", "reasons": "It cannot be known who wrote it."}
    assert "Done." in town.do("appeal", "case-move", "decide_appeal", typed=decision)
    town.is_at(State.SETTLED)
    town.see("appeal", status=404)


def learn_and_close(town: Town) -> None:
    town.write("appeal_outcome")
    assert "All papers are erased on" in town.see("person")
    lesson = {
        "title": "Shared passwords",
        "what_happened": "An account was used by several people, and nobody could tell who had.",
        "what_changes": "Each has an account of their own.",
        "lesson": "yes",
    }
    town.do("keeper", "case-close", typed=lesson)
    town.is_at(State.CLOSED)
    assert Lesson.objects.get().is_confidential
    assert "Settled" in town.see("reporter")
    assert "no further action" not in town.see("reporter").lower()


def test_the_whole_way_to_a_decision_an_appeal_and_a_lesson(town: Town) -> None:
    raise_it(town)
    take_it_on_and_name_people(town)
    tell_and_gather(town)
    call_and_meet(town)
    decide_and_appeal(town)
    learn_and_close(town)
    concern = Concern.objects.get()
    assert concern.outcome == Outcome.NO_ACTION
    assert concern.erase_on == today() + timedelta(days=28)
    steps = list(concern.turns.order_by("pk").values_list("step", flat=True))
    wanted = "allocate tell hand_over call meet decide appeal decide_appeal close"
    assert steps == wanted.split()
    assert set(Notice.objects.filter(path=reverse("concerns")).values_list("text", flat=True)) == {circle.NOTICE}


def test_the_lists_count_and_name_only_what_waits_for_each(town: Town) -> None:
    raise_it(town)
    take_it_on_and_name_people(town)

    def listed(who: str) -> str:
        return text_of(town.browsers[who].get(reverse("concerns")))

    assert "Begin to gather the facts." in listed("investigator")
    assert "Tell the person." in listed("keeper")
    assert 'Concerns <span class="moot-count">1</span>' in listed("keeper")
    for who in ("person", "decider", "appeal", "hr", "mo"):
        assert queries.waiting(town.people[who]) == 0
        assert "Cases you are on" not in listed(who)
        assert "About you" not in listed(who)
    assert WORDS not in listed("keeper")
    assert "Being looked into" in listed("reporter")


def test_who_is_on_no_case_costs_every_page_one_query(django_assert_num_queries: Any) -> None:
    making.told()
    person = factories.person()
    with django_assert_num_queries(1):
        assert queries.waiting(person) == 0


def test_no_appeal_and_the_decision_stands(signed_in: Any) -> None:
    case = making.decided()
    making.letter(case, LetterKind.FIRST_WARNING)
    keeper, person = signed_in(case.keeper), signed_in(case.person)
    stand = reverse("case-move", args=[case.reference, "let_stand"])
    assert "The person can still appeal" in text_of(keeper.post(stand))
    said = text_of(person.post(reverse("case-waive-appeal", args=[case.reference]), follow=True))
    assert "You have said that you will not appeal." in said
    assert keeper.post(stand).status_code == 302
    assert Concern.objects.get().state == State.SETTLED


def test_the_last_day_to_appeal_is_said_and_held(signed_in: Any) -> None:
    case = making.decided()
    making.letter(case, LetterKind.FIRST_WARNING)
    last: date = localtime.local(noon(10)).date()
    address, appeal = reverse("case", args=[case.reference]), reverse("case-move", args=[case.reference, "appeal"])
    person = signed_in(case.person)
    assert f"You can appeal until {localtime.day_words(last)}" in text_of(person.get(address))
    with making.at(noon(11)):
        assert "You can appeal until" not in text_of(person.get(address))
        late = text_of(person.post(appeal, {"reasons": "I was away."}))
        assert "The time to appeal is over." in late
        assert "I was away." in late
    assert Concern.objects.get().state == State.DECIDED


def test_an_informal_way_ends_it(signed_in: Any) -> None:
    case = making.taken()
    keeper = signed_in(case.keeper)

    def post(name: str, *args: str, **typed: str) -> int:
        status: int = keeper.post(reverse(name, args=[case.reference, *args]), typed).status_code
        return status

    assert post("case-triage", kind="misconduct", words="A slip.") == 302
    assert post("case-move", "talk") == 302
    assert post("case-move", "agree", reasons="They will ask first.") == 302
    assert Concern.objects.get().outcome == Outcome.INFORMAL
    assert signed_in(case.person).get(reverse("case", args=[case.reference])).status_code == 404


def test_what_is_passed_on_reaches_the_named_contact_with_its_words_alone(signed_in: Any) -> None:
    case, contact = making.taken(whom="Somebody in parks"), factories.person(name="Ada Vale")
    keeper = signed_in(case.keeper)
    contacts = reverse("concern-contacts")
    assert keeper.post(contacts, {"safeguarding": contact.email}).status_code == 302
    triage = reverse("case-triage", args=[case.reference])
    keeper.post(triage, {"kind": "safeguarding", "words": "A child may be at risk."})
    shown = text_of(signed_in(contact).get(reverse("case", args=[case.reference])))
    assert making.WORDS in shown
    assert "A child may be at risk." in shown
    assert case.reporter.name not in shown
    assert case.keeper.name not in shown


def test_nobody_is_named_to_pass_it_on_to(signed_in: Any) -> None:
    case = making.taken()
    typed = {"kind": "complaint", "words": "It is about a missed bin."}
    said = text_of(signed_in(case.keeper).post(reverse("case-triage", args=[case.reference]), typed))
    assert "Nobody is named for" in said
    assert "It is about a missed bin." in said
    assert Concern.objects.get().state == State.RAISED


def test_the_keeper_hands_the_case_to_another(signed_in: Any) -> None:
    case = making.told()
    keeper = signed_in(case.keeper)
    give = reverse("case-name", args=[case.reference, "keeper"])
    said = text_of(keeper.post(give, {"who": case.decider.email}))
    assert "Only somebody who receives concerns can keep a case" in said
    assert keeper.post(give, {"who": case.hr.email})["Location"] == reverse("concerns")
    assert keeper.get(reverse("case", args=[case.reference])).status_code == 404
    assert signed_in(case.hr).get(reverse("case", args=[case.reference])).status_code == 200


def test_a_meeting_is_postponed_and_what_is_due_put_off(signed_in: Any) -> None:
    case = making.called()
    keeper, person = signed_in(case.keeper), signed_in(case.person)
    why = {"why": "The companion is away that week."}
    assert keeper.post(reverse("case-postpone", args=[case.reference]), why).status_code == 302
    assert Concern.objects.get().state == State.GATHERED
    assert "Town hall, room 4" not in text_of(person.get(reverse("case", args=[case.reference])))
    put_off = reverse("case-put-off", args=[case.reference])
    early = {"until": today().isoformat(), "why": "A witness is ill."}
    said = text_of(keeper.post(put_off, early))
    assert "Choose a day after the one on which it is due." in said
    assert "A witness is ill." in said
    later = localtime.local(noon(20)).date()
    assert keeper.post(put_off, {**early, "until": later.isoformat()}).status_code == 302
    shown = text_of(person.get(reverse("case", args=[case.reference])))
    assert "A witness is ill." in shown
    assert f"{later.day} {later:%B %Y}" in shown


def test_what_is_late_is_marked(signed_in: Any) -> None:
    case = making.told()
    keeper = signed_in(case.keeper)
    assert "Late" not in text_of(keeper.get(reverse("concerns")))
    with making.at(noon(21)):
        assert "Late" in text_of(keeper.get(reverse("concerns")))
        assert "Gathering the facts was due on" in text_of(keeper.get(reverse("case", args=[case.reference])))
