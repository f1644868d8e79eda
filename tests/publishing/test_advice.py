"""Advice on how a text reads."""

import time

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moothall.publishing.advice import Advice, advice, reading_age


def about(text: str, code: str, language: str = "en") -> list[str]:
    """What the advice of that kind is about: the piece of the text, or the message if it is the whole text."""
    found = [each for each in advice(text, language) if each.code == code]
    return [each.message if each.start is None else text[each.start : each.end] for each in found]


def messages(text: str) -> list[str]:
    return [each.message for each in advice(text)]


def test_a_good_post_needs_no_advice() -> None:
    text = (
        "The library in Exampletown is open again. Come in for a book, a film or a cup of tea. 🎉\n\n"
        "See our opening times: https://exampleshire.gov.uk/libraries\n\n#LibrariesWeek #Exampleshire 1/2"
    )
    assert advice(text) == []
    assert advice("") == []


@pytest.mark.parametrize(
    ("tag", "better"),
    [
        ("librariesweek", "LibrariesWeek"),
        ("Librariesweek", "LibrariesWeek"),
        ("blackhistorymonth", "BlackHistoryMonth"),
        ("haveyoursay", "HaveYourSay"),
        ("LIBRARIESWEEK", "LibrariesWeek"),
        ("volunteersweek2026", "VolunteersWeek2026"),
        ("prideinexampleshire", "PrideInExampleshire"),
    ],
)
def test_hashtags_of_several_words_want_capitals(tag: str, better: str) -> None:
    text = f"Come along. #{tag}"
    found = Advice("camel-case", f"Write #{better}: screen readers then read it as words.", 12, len(text))
    assert found in advice(text)


@pytest.mark.parametrize(
    "tag",
    ["libraries", "Libraries", "LibrariesWeek", "librariesWeek", "hcc24", "COVID19", "covid19", "NHS", "UKHSA", "Crëyr",
     "exampleshire", "tweetathon", "lgbtqia", "potholes", "roadworks", "recycling", "libraries_week", "voterid"],
)  # fmt: skip
def test_single_words_acronyms_and_what_has_capitals_pass(tag: str) -> None:
    assert about(f"Come along. #{tag}", "camel-case") == []


def test_hashtags_in_the_middle_of_a_sentence_go_to_the_end() -> None:
    assert about("We love #LibrariesWeek, don't you?", "hashtag-in-sentence") == ["#LibrariesWeek"]
    assert "Put #One and #Two at the end" in messages("Our #One and #Two are here")[0]
    for text in (
        "We love books. #LibrariesWeek #Books",
        "We love #Books. They love us.",
        "Bins go out. #Bins @exampleshire https://example.org/a 🎉 2/3",
        "Bins go out. #Bins\n\nAnd paper too.",
    ):
        assert about(text, "hashtag-in-sentence") == []


def test_three_hashtags_and_three_emoji_in_a_post_are_enough() -> None:
    assert about("Hi. #One #Two #Three #Four", "many-hashtags") == [
        "Use at most 3 hashtags in a post, not 4: keep the best."
    ]
    assert about("Hi. #One #Two\n---\nYou. #Three #Four", "many-hashtags") == []
    assert "not 4" in about("Hi 🎉. Hi 📚. Hi 1️⃣. Hi 🇬🇧.", "many-emoji")[0]
    assert about("Hi 👨‍👩‍👧. Hi 👍🏽. Hi ❤️. © 2026 ™", "many-emoji") == []


def test_emoji_stand_alone_and_for_no_word() -> None:
    assert about("Hooray! 🎉 🎉🎉 Come in. 📚", "emoji-in-a-row") == ["🎉 🎉🎉"]
    assert about("We ❤️ our library", "emoji-for-word") == ["❤️"]
    assert about("Come in! 🎉 We are open 📚. Yes 🎈", "emoji-for-word") == []


def test_a_sentence_has_at_most_25_words() -> None:
    fits = "Word" + " word" * 24
    assert about(f"{fits}. {fits}. #One #Two", "long-sentence") == []
    assert about(f"Short. {fits} more. Short.", "long-sentence") == [f"{fits} more."]


@pytest.mark.parametrize("words", ["Click here", "read more here", "tap this link", "find out more here", "See here"])
def test_a_link_says_where_it_leads(words: str) -> None:
    assert about(f"{words}: https://example.org/a", "click-here") == [words]
    assert about("Here you can see your bins and read more", "click-here") == []


def test_block_capitals_are_hard_to_read_and_acronyms_pass() -> None:
    assert about("BREAKING NEWS: the pool is shut. DO NOT SWIM!", "capitals") == ["BREAKING NEWS", "DO NOT SWIM"]
    for text in ("The NHS and BBC", "NHS UK", "A COVID test", "I A B", "SO23 8UJ", "#LIBRARIES #WEEK"):
        assert about(text, "capitals") == []


PLAIN = "The library is open today. You can come in and read a book. We have tea and cake for all. " * 3
LEARNED = (
    "The authorities responsible recommend comprehensive consultation regarding infrastructure improvements. "
    "Considerable organisational difficulties notwithstanding, administrative responsibilities remain unaltered. "
    "Communities are consequently encouraged to familiarise themselves with the documentation available. "
    "It is online."
)


def test_what_only_the_learned_can_follow_is_said_so() -> None:
    age = reading_age(PLAIN)
    assert age is not None
    assert age < 8
    assert about(PLAIN, "reading-age") == []
    assert about(LEARNED, "reading-age") == [
        "Only a very practised reader can follow this; aim for 9 to 11: use shorter words and sentences."
    ]
    middling = (
        "The council has decided to improve several important junctions in the town centre this coming autumn. "
        "Temporary diversions will be signposted for drivers, and most local businesses will remain accessible."
    )
    assert "A reader of about 1" in about(middling, "reading-age")[0]


def test_a_short_text_has_no_reading_age() -> None:
    assert reading_age("Organisational difficulties notwithstanding.") is None


def test_in_other_languages_only_what_holds_in_any() -> None:
    text = f"CYNGOR EXAMPLESHIRE. {LEARNED} Click here. #librariesweek"
    assert {each.code for each in advice(text, "cy")} == {"capitals"}
    assert {each.code for each in advice(text, "en-GB")} >= {"capitals", "click-here", "camel-case", "reading-age"}


@hypothesis_settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(["#ab", "🎉", "NEWS", " ", ".", "\n", "@a", "word"])).map("".join))
def test_any_text_can_be_advised_on(text: str) -> None:
    for each in advice(text):
        assert each.message.endswith(".")
        if each.start is not None and each.end is not None:
            assert 0 <= each.start < each.end <= len(text)


@pytest.mark.parametrize(
    "text",
    ["#ab https://example.org/a " * 2_000, "🎉 " * 20_000, "NEWS " * 10_000, "🎉" + " " * 50_000, "#" + "a" * 50_000],
    ids=["hashtags and links", "emoji", "capitals", "spaces", "one hashtag"],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = time.process_time()
    advice(text)
    assert time.process_time() - began < 15
