"""A letter says what its reader must know, shows what is still missing, and is not sent before both are right."""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.concerns import letters, sources
from moothall.concerns.letters import MUST_TELL, OUTCOMES, Facts, LetterKind, draft, gaps, problems

DOCS = Path(__file__).parents[2] / "docs/users/fair-process.md"
TEXTS = Path(letters.__file__).parent / "letter_texts"
FULL = Facts(
    council="Anytown Council",
    date="Tuesday 6 October 2026",
    reference="C-3",
    addressee="Charlie Brook",
    from_name="Hanna Reed",
    from_role="Human resources",
    contact="Hanna Reed, hanna.reed@anytown.example",
    support="Your trade union.\nThe counselling service, day and night.",
    matter="A post of 14 September 2026 from a council account, about a neighbour.",
    raised_on="Monday 21 September 2026",
    investigator="Ivo Lane, Planning",
    facts_by="Monday 19 October 2026",
    talked_on="Thursday 24 September 2026",
    account="Libraries on Mastodon",
    pause_reason="Posts appeared in it at night that nobody in the library knows of.",
    paused_from="Tuesday 22 September 2026",
    review_on="Tuesday 29 September 2026",
    meeting_when="Friday 30 October 2026, 10:00",
    meeting_where="Town hall, room 4",
    papers_by="Wednesday 28 October 2026",
    possible_outcomes="No further action, a first written warning, or a final written warning.",
    evidence=("The post, as it was kept.", "What Dana Field said on 2 October 2026."),
    delayed="gathering the facts",
    old_date="Monday 12 October 2026",
    new_date="Monday 26 October 2026",
    delay_reason="Somebody who has to be heard is ill.",
    decided_by="Maria Ford, head of Libraries",
    decided_on="Wednesday 4 November 2026",
    outcome="A first written warning.",
    reasons="The post named the neighbour. That was not needed.",
    in_favour="It was taken down within the hour, and Charlie said sorry to the neighbour.",
    improvement="Ask a second person before a post that names somebody.",
    help="A morning with the communications team.",
    improvement_by="Friday 27 November 2026",
    warning_until="Thursday 4 November 2027",
    consequences="A further warning may follow.",
    notice="You have twelve weeks' notice.",
    last_day="Wednesday 27 January 2027",
    appeal_to="Noor Hill, head of Parks",
    appeal_how="noor.hill@anytown.example",
    appeal_by="Wednesday 18 November 2026",
    appealed_on="Thursday 12 November 2026",
    grounds="The warning stands for too long.",
    closed_on="Friday 11 December 2026",
    erased_on="Monday 13 December 2027",
)
each_kind = pytest.mark.parametrize("kind", LetterKind)


@each_kind
def test_a_letter_of_which_all_is_known_can_be_sent_as_it_is(kind: LetterKind) -> None:
    text = draft(kind, FULL)
    assert gaps(text) == []
    assert problems(kind, text) == []
    assert "Dear Charlie Brook,\n" in text
    assert text.endswith("\n\nHanna Reed\nHuman resources")


@each_kind
def test_a_letter_of_which_nothing_is_known_shows_its_gaps_and_cannot_be_sent(kind: LetterKind) -> None:
    text = draft(kind, Facts())
    assert "[the name of the addressee]" in gaps(text)
    assert problems(kind, text) == [f"Fill in {gap}." for gap in gaps(text)]


def test_a_single_missing_fact_is_the_single_gap() -> None:
    text = draft(LetterKind.MEETING, replace(FULL, meeting_when=" \n ", evidence=("  ",)))
    assert gaps(text) == ["[the date and time of the meeting]", "[the list of the papers]"]


def test_what_an_editor_left_in_brackets_is_a_gap_even_if_half_of_it_went() -> None:
    assert gaps("On [date?] at [the place\nof the meeting] or [date?], see above] and [") == [
        "[date?]",
        "[the place of the meeting]",
        "]",
        "[",
    ]


@each_kind
def test_a_letter_without_words_that_it_must_have_is_not_sent(kind: LetterKind) -> None:
    whole = draft(kind, FULL)
    for must in MUST_TELL[kind]:
        for words in must.words:
            without = re.sub(re.escape(words), "…", whole, flags=re.IGNORECASE)
            assert without != whole
            assert f"The letter does not say {must.tell}." in problems(kind, without)


@each_kind
def test_an_empty_text_is_no_letter(kind: LetterKind) -> None:
    assert len(problems(kind, "")) == len(MUST_TELL[kind]) > 0


@pytest.mark.parametrize("kind", [*OUTCOMES, LetterKind.APPEAL_RIGHT])
def test_every_outcome_names_the_appeal_its_last_day_and_somebody_new(kind: LetterKind) -> None:
    text = draft(kind, FULL)
    assert "You have the right to appeal within ten working days" in text
    assert "by Wednesday 18 November 2026. Write to Noor Hill, head of Parks, who has not been involved before" in text
    taken_back = text.replace("You have the right to appeal", "You do not have the right to appeal")
    assert any("right to appeal" in problem for problem in problems(kind, taken_back))


@pytest.mark.parametrize("kind", [LetterKind.MEETING, LetterKind.APPEAL_MEETING])
def test_every_invitation_names_the_companion_and_another_day(kind: LetterKind) -> None:
    text = draft(kind, FULL)
    assert "by a colleague or by a trade-union representative, under section 10 of the Employment Relations Act" in text
    taken_back = text.replace("within the five working days after it", "within two days")
    assert any("companion" in problem for problem in problems(kind, taken_back))


def test_a_mandatory_sentence_may_be_wrapped_and_typed_in_another_way() -> None:
    text = draft(LetterKind.MEETING, FULL).replace(" ", "\r\n").upper()
    assert problems(LetterKind.MEETING, text) == []


@each_kind
def test_a_letter_never_takes_the_allegation_for_true(kind: LetterKind) -> None:
    assert not re.search(
        r"\b(guilty|offen[cs]e|offender|culprit|perpetrator|accused|your misconduct)\b", draft(kind, FULL)
    )


def test_what_was_found_and_the_papers_stand_as_they_were_given() -> None:
    assert "\n- The post, as it was kept.\n- What Dana Field said on 2 October 2026.\n" in draft(
        LetterKind.MEETING, FULL
    )
    assert "\nYour trade union.\nThe counselling service, day and night.\n" in draft(LetterKind.TOLD, FULL)


odd = st.text(st.sampled_from("{}[]%$<>&|\\#\n\r\u2028\u0085\x00 ab’1_") | st.characters(codec="utf-8"), max_size=40)
anything: dict[str, Any] = {each.name: odd for each in fields(Facts)} | {
    "evidence": st.lists(odd, max_size=3).map(tuple)
}


@each_kind
@given(facts=st.builds(Facts, **anything))
def test_no_fact_can_break_a_letter_or_pass_for_a_part_of_it(kind: LetterKind, facts: Facts) -> None:
    text = draft(kind, facts)
    known = gaps(draft(kind, Facts()))
    assert set(gaps(text)) <= set(known)
    assert problems(kind, text) == [f"Fill in {gap}." for gap in gaps(text)]


@given(odd)
def test_a_fact_of_one_line_stays_on_its_line_and_is_never_read_as_a_template(words: str) -> None:
    facts = replace(FULL, addressee="{from_name} %s {0} {head} " + words)
    lines = draft(LetterKind.DELAY, facts).splitlines()
    assert len(lines) == len(draft(LetterKind.DELAY, FULL).splitlines())
    assert next(line for line in lines if line.startswith("Dear ")).startswith("Dear {from_name} %s {0} {head}")


def test_every_text_is_a_letter_or_a_part_of_one_and_asks_for_known_facts_alone() -> None:
    texts = {path.stem: path.read_text() for path in TEXTS.iterdir()}
    parts = {name.removeprefix("_") for name in texts if name.startswith("_")}
    known = {each.name for each in fields(Facts)}
    asked = {name for text in texts.values() for name in re.findall(r"{(\w+)}", text)}
    assert texts.keys() - {f"_{part}" for part in parts} == set(LetterKind.values)
    assert asked == known | parts
    assert not known & parts


def test_facts_of_several_lines_have_their_line_to_themselves() -> None:
    long = {each.name for each in fields(Facts) if "lines" in each.metadata or each.name == "evidence"}
    for path in TEXTS.iterdir():
        for line in path.read_text().splitlines():
            assert not long & set(re.findall(r"{(\w+)}", line)) or re.fullmatch(r"{\w+}", line), (path.name, line)


def test_the_six_questions_are_those_of_the_judgment_in_its_order() -> None:
    assert [question.key for question in sources.BARBULESCU] == [
        "notice",
        "extent",
        "reasons",
        "less_intrusive",
        "consequences",
        "safeguards",
    ]
    for question in sources.BARBULESCU:
        assert question.question.endswith("?")
        assert question.help_text
        assert question.min_length >= 60


def test_every_source_can_be_looked_up() -> None:
    assert len({source.title for source in sources.SOURCES}) == len(sources.SOURCES)
    for source in sources.SOURCES:
        assert urlsplit(source.where).scheme == "https"
        assert re.fullmatch(r"(\d{4})?", source.year)
        assert source.what_for.endswith(".")


@each_kind
def test_every_letter_has_its_line_in_the_docs(kind: LetterKind) -> None:
    assert f"\n| {kind.label} |" in DOCS.read_text()


@pytest.mark.parametrize("question", sources.BARBULESCU, ids=lambda question: question.key)
def test_the_docs_ask_the_six_questions(question: sources.Question) -> None:
    assert f". {question.question}\n" in DOCS.read_text()
