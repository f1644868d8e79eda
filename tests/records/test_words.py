"""Whatever is kept can be told: each kind in the code is a noun and a verb, and has its words."""

import pytest
import regex

from moothall.contributions.models import State
from moothall.publishing.models.deliveries import DeliveryState
from moothall.records import words
from moothall.records.models import Record
from moothall.records.secret import SECRET_KINDS
from tests.records import kinds
from tests.records.kinds import SHAPE, Use

USES = list(kinds.used())


def test_the_code_is_really_read() -> None:
    places = {use.place.partition(":")[0] for use in USES}
    assert {"accounts/actions.py", "records/listening.py", "records/actions.py", "publishing/approving.py"} <= places
    assert len(USES) > 100


@pytest.mark.parametrize("use", USES, ids=lambda use: use.place)
def test_every_kind_in_the_code_is_a_noun_and_a_verb_and_has_its_words(use: Use) -> None:
    assert use.kinds, "Nothing in this module says which kind it keeps."
    for kind in use.kinds:
        said = regex.sub(r"\\(.)", r"\1", kind)
        assert SHAPE.fullmatch(said.replace(kinds.ANY, "any")), f"{said} is no noun.verb"
        if said.startswith(SECRET_KINDS):
            continue
        assert any(regex.fullmatch(kind, known) for known in words.KINDS), f"Give {said} its words in records/words.py."


def test_kinds_that_are_made_of_states_have_their_words() -> None:
    made = {f"delivery.{state.value}" for state in DeliveryState} | {f"contribution.{state.value}" for state in State}
    assert made <= set(words.KINDS)


def test_the_table_itself_is_in_order() -> None:
    assert list(words.KINDS) == sorted(words.KINDS)
    for kind, said in words.KINDS.items():
        assert SHAPE.fullmatch(kind)
        assert said == said.strip(" .")
        assert said[0].islower(), "It is read after a name."
    assert {words.noun(kind) for kind in words.KINDS} == set(words.NOUNS), "Each group has its name, and none is empty."


def test_nothing_can_be_chosen_that_is_kept_out() -> None:
    for _, choices in words.choices():
        assert not any(f"{value}.".startswith(SECRET_KINDS) for value, _ in choices)
    assert {value for _, choices in words.choices() for value, _ in choices} == {*words.KINDS, *words.NOUNS}


def test_a_kind_without_words_is_told_by_its_own() -> None:
    assert words.what_was_done(Record(kind="post.approved")) == "approved a post"
    assert words.what_was_done(Record(kind="ready_made.turned_over")) == "ready made: turned over"
