"""Hashtags, links, mentions and handles, against the networks' own conformance data and generated text."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from moothall.networks import text
from moothall.networks.text import Found
from tests.peers.needs import require

DATA = Path(__file__).parents[3] / "shared/data"
EXTRACT = DATA / "twitter-text/extract.yml"
SYNTAX = DATA / "atproto-interop/syntax"

Find = Callable[[str], list[Found]]

SECTIONS: dict[str, Find] = {
    "hashtags": text.hashtags,
    "hashtags_from_astral": text.hashtags,
    "hashtags_with_indices": text.hashtags,
    "urls": text.links,
    "urls_with_indices": text.links,
    "urls_with_directional_markers": text.links,
    "tco_urls_with_params": text.links,
    "mentions": text.mentions,
    "mentions_with_indices": text.mentions,
}
"""The sections of extract.yml that concern us. The rest is Twitter's own: lists, replies and cashtags."""


def sections() -> dict[str, list[dict[str, Any]]]:
    if not EXTRACT.exists():
        return {}
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(EXTRACT.read_text())["tests"]
    return found


def lines(name: str) -> list[str]:
    """The cases of a syntax file: one a line, except empty ones and comments. Spaces at the ends count."""
    path = SYNTAX / name
    if not path.exists():
        return []
    return [line for line in path.read_text().split("\n") if line.strip() and not line.startswith("#")]


def test_the_conformance_data_is_there() -> None:
    require(EXTRACT.exists() and SYNTAX.exists(), f"The shared test data is not at {DATA}.")


@pytest.mark.parametrize(
    ("find", "case"),
    [
        pytest.param(find, case, id=f"{name}: {case['description']}")
        for name, find in SECTIONS.items()
        for case in sections().get(name, [])
    ],
)
def test_extraction_as_twitter_text_does_it(find: Find, case: dict[str, Any]) -> None:
    found = find(case["text"])
    expected = case["expected"]
    if expected and isinstance(expected[0], dict):
        (key,) = expected[0].keys() - {"indices"}
        assert [(each.value, [each.start, each.end]) for each in found] == [
            (each[key], each["indices"]) for each in expected
        ]
    else:
        assert [each.value for each in found] == expected


@pytest.mark.parametrize("handle", lines("handle_syntax_valid.txt"))
def test_handles_that_are_valid(handle: str) -> None:
    assert text.is_handle(handle)


@pytest.mark.parametrize("handle", [*lines("handle_syntax_invalid.txt"), "", "libraries.example\n", "büro.example"])
def test_handles_that_are_not_valid(handle: str) -> None:
    assert not text.is_handle(handle)


PIECES = st.sampled_from(
    [
        "#Libraries",
        "＃図書館",
        "#café",
        "#cafe\u0301",
        "#سیاست",
        "#Ἀθῆναι",
        "https://exampleshire.example.com/büro?q=(a)",
        "libraries.example.org/events",
        "@exampleshire",
        "👩🏽‍🚒",
        "🇬🇧",
        "✌️",
        "e\u0301",
        "شكرا",
        "\u2067abc\u2069",
        "(",
        ").",
        "\n",
        " ",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)


@given(TEXTS)
@example("👨‍👩‍👧#hashtag")
def test_positions_cut_out_exactly_what_was_found(words: str) -> None:
    encoded = words.encode()
    for find, signs in ((text.hashtags, "#＃"), (text.mentions, "@＠"), (text.links, "")):
        end = 0
        for found in find(words):
            cut = words[found.start : found.end]
            assert (cut[1:] if signs else cut) == found.value
            assert not signs or cut[0] in signs
            start_byte, end_byte = found.bytes(words)
            assert encoded[start_byte:end_byte].decode() == cut
            assert found.start >= end, "what is found stands in order and does not overlap"
            end = found.end


@given(TEXTS)
def test_hashtags_and_mentions_are_never_inside_a_link(words: str) -> None:
    for link in text.links(words):
        for found in text.hashtags(words) + text.mentions(words):
            assert found.end <= link.start or link.end <= found.start


@given(TEXTS)
def test_lengths_are_of_what_a_reader_sees(words: str) -> None:
    assert text.graphemes(words) <= len(words)
    assert text.graphemes(words + "\n\n" + words) <= 2 * text.graphemes(words) + 2


@pytest.mark.parametrize("sign", ["a", "é", "e\u0301", "👩🏽‍🚒", "🇬🇧", "✌️", "ﷺ", "नि", "각", "\r\n"])
def test_one_sign_counts_as_one(sign: str) -> None:
    assert text.graphemes(sign) == 1
    assert text.graphemes(sign * 300) == 300


def test_links_weigh_what_the_network_says() -> None:
    words = "Open late: https://exampleshire.example.com/libraries/opening-hours?week=48 (see also exampleshire.gov.uk)"
    weighed = text.with_links_of_length(words, 23)
    assert weighed == f"Open late: {'x' * 23} (see also exampleshire.gov.uk)"


@pytest.mark.parametrize(
    "words",
    ["a." * 1500, "/" + "a." * 1500, "あ." * 1500, "https://" + "a." * 1500, "a-" * 1500 + ".", "#" + "a" * 3000 + "#"],
)
def test_no_text_takes_long(words: str) -> None:
    begun = time.process_time()
    text.links(words)
    text.hashtags(words)
    text.mentions(words)
    assert time.process_time() - begun < 2


def test_a_word_with_a_long_row_of_dotted_names_is_no_link_and_its_neighbours_are() -> None:
    words = "https://a.example.com/ https://example.com/" + "a." * 20 + "html https://b.example.com/"
    assert [link.value for link in text.links(words)] == ["https://a.example.com/", "https://b.example.com/"]


# --- Hashtags that are the same ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        ["#ExDay24", "exday24", "EXDAY24", "＃ＥｘＤａｙ２４", " #exday24 ", "##ExDay24"],
        ["Zürich24", "ZÜRICH24", "Zu\u0308rich24"],
        ["Straße", "STRASSE", "STRAẞE", "strasse"],
        ["ΑΘΗΝΑΣ", "Αθηνας", "αθηνασ"],
        ["図書館", "＃図書館"],
        ["ｶﾀｶﾅ", "カタカナ"],
        ["ﬁre", "FIRE"],
    ],
)
def test_ways_to_write_one_hashtag(written: list[str]) -> None:
    assert len({text.fold_tag(each) for each in written}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("ExDay24", "ExDay25"), ("café", "cafe"), ("exday24", "exday240"), ("सी", "स")]
)
def test_hashtags_that_are_not_the_same(one: str, other: str) -> None:
    assert text.fold_tag(one) != text.fold_tag(other)


# But for half-width marks behind a loose Greek iota, which stand in no word.
LETTERS = st.text(
    st.characters(categories=["L", "M", "Nd"], exclude_characters="\uff9e\uff9f"), min_size=1, max_size=12
)


@given(LETTERS)
@example("İstanbul")
@example("ŉ")
@example("\u0345\u0308")
@example("ﱞ")
def test_folding_is_the_same_for_all_forms_and_twice_as_once(tag: str) -> None:
    folded = text.fold_tag(tag)
    assert text.fold_tag(folded) == folded
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert text.fold_tag(normalize(form, tag)) == folded  # type: ignore[arg-type]
    assert text.fold_tag(f"#{tag}") == folded


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_plain_letters_fold_as_all_others_do(tag: str) -> None:
    long_way = normalize("NFKC", normalize("NFD", tag).casefold()).strip().lstrip("#").strip()
    assert text.fold_tag(tag) == long_way


@given(TEXTS, st.sampled_from(["ExDay24", "Zürich24", "図書館"]), st.sampled_from("#＃"), TEXTS)
def test_a_hashtag_between_spaces_is_found_in_any_text(before: str, tag: str, sign: str, after: str) -> None:
    found = text.hashtags(f"{before} {sign}{tag.upper()} {after}")
    assert text.fold_tag(tag) in {text.fold_tag(each.value) for each in found}
