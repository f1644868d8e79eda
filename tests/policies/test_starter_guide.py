"""The five questions: every way through them ends in advice."""

from itertools import product

import pytest

from moothall.policies import starter_guide, starter_queries
from moothall.policies.models.starter import QUESTIONS, Answer, Outcome

GUIDE = starter_queries.shipped().questions
WAYS = ["-".join(way) for way in product(Answer.values, repeat=QUESTIONS)]


def test_there_are_five_questions_each_with_help_and_two_examples() -> None:
    assert [each.number for each in GUIDE] == [1, 2, 3, 4, 5]
    for each in GUIDE:
        each.full_clean(validate_unique=False, validate_constraints=False)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_ends_in_advice(way: str) -> None:
    walk = starter_guide.walk(GUIDE, way)
    given = [each.answer for each in walk.answered]
    assert walk.question is None
    assert way.startswith("-".join(given))
    speaks_against = {q.number for q, said in zip(GUIDE, given, strict=False) if said == q.advise_on}
    assert {each.number for each in walk.reasons} == speaks_against
    if not speaks_against:
        assert walk.advice is None
    elif any(each.outcome == Outcome.BETTER_NOT for each in walk.reasons):
        assert walk.advice == Outcome.BETTER_NOT
        assert walk.reasons[0].outcome == Outcome.BETTER_NOT
        assert walk.answered[-1].question == walk.reasons[0], "better not ends the way at once"
    else:
        assert walk.advice == Outcome.ASK
        assert len(given) == QUESTIONS, "ask first hears the other questions too"


def test_all_three_kinds_of_advice_are_there() -> None:
    assert {starter_guide.walk(GUIDE, way).advice for way in WAYS} == {None, Outcome.ASK, Outcome.BETTER_NOT}


@pytest.mark.parametrize("length", range(QUESTIONS))
def test_part_of_the_way_leads_to_the_next_question(length: int) -> None:
    way = "-".join("yes" if each.advise_on == "no" else "no" for each in GUIDE[:length])
    walk = starter_guide.walk(GUIDE, way)
    assert walk.question == GUIDE[length]
    assert walk.then(Answer.YES) == (f"{way}-yes" if way else "yes")
    assert walk.back == way.rpartition("-")[0]


@pytest.mark.parametrize("nonsense", ["", "-", "perhaps", "YES", "no-", "no-<script>", "no--no", "0", "no\x00"])
def test_what_is_no_answer_is_asked_again(nonsense: str) -> None:
    walk = starter_guide.walk(GUIDE, nonsense)
    assert walk.question == GUIDE[1 if nonsense.startswith("no-") else 0]


def test_answers_beyond_the_end_change_nothing() -> None:
    end = "-".join(["no", "yes", "no", "no", "yes"])
    assert starter_guide.walk(GUIDE, f"{end}-no-no") == starter_guide.walk(GUIDE, end)
