from pathlib import Path

import pytest

from moothall.webuse.categories import v2fly
from moothall.webuse.categories.names import can_be_given
from moothall.webuse.categories.readings import Entry, Refused, UnknownList
from tests.webuse.categories.lists import V2FLY, need


def test_names_alone_and_after_domain_and_full_are_used(tmp_path: Path) -> None:
    path = tmp_path / "facebook"
    path.write_text("# ours\nexample.com # the site\ndomain:example.org @cn\nfull:www.example.net\n")
    assert v2fly.read(path).entries == (
        Entry("example.com", "social"),
        Entry("example.org", "social"),
        Entry("www.example.net", "social"),
    )


def test_adverts_are_background(tmp_path: Path) -> None:
    path = tmp_path / "facebook"
    path.write_text("pixel.example.com @ads\n")
    assert v2fly.read(path).entries == (Entry("pixel.example.com", "background"),)


def test_keywords_and_patterns_are_not_used_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "facebook"
    path.write_text("keyword:face\nregexp:^face.*$\nregexp:book$\n\nmagic:example.com\nyoutube\n")
    reading = v2fly.read(path)
    assert reading.entries == ()
    assert reading.counts["It is a keyword, not a domain."] == 1
    assert reading.counts["It is a pattern, not a domain."] == 2
    assert reading.refused[-2:] == (
        Refused("facebook", 5, "It is of a kind that is not known."),
        Refused("facebook", 6, "It is a single word, not a domain."),
    )


def test_an_included_list_keeps_its_own_category(tmp_path: Path) -> None:
    (tmp_path / "all").write_text("include:whatsapp\ninclude:small\nexample.com\n")
    (tmp_path / "whatsapp").write_text("example.org\n")
    (tmp_path / "small").write_text("example.net\n")
    assert v2fly.read(tmp_path / "all", "social").entries == (
        Entry("example.org", "private"),
        Entry("example.net", "social"),
        Entry("example.com", "social"),
    )


def test_lists_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "facebook").write_text("include:threads\nexample.com\n")
    (tmp_path / "threads").write_text("include:facebook\nexample.org\n")
    assert [each.domain for each in v2fly.read(tmp_path / "facebook").entries] == ["example.org", "example.com"]


@pytest.mark.parametrize("name", ["missing", "../facebook", ""])
def test_a_list_that_is_not_beside_it_is_said(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (tmp_path / "facebook").write_text("example.org\n")
    (folder / "threads").write_text(f"\ninclude:{name}\nexample.com\n")
    reading = v2fly.read(folder / "threads")
    assert reading.entries == (Entry("example.com", "social"),)
    assert [(each.line, "not beside it" in each.reason) for each in reading.refused] == [(2, True)]


def test_a_list_that_nobody_knows_needs_a_word_about_it(tmp_path: Path) -> None:
    (tmp_path / "misskey").write_text("example.com\n")
    with pytest.raises(UnknownList, match="--as"):
        v2fly.read(tmp_path / "misskey")


def test_every_name_in_the_table_is_of_a_category_of_ours() -> None:
    assert [slug for slug in v2fly.CATEGORIES.values() if not can_be_given(slug)] == []


def test_the_real_lists() -> None:
    need(V2FLY)
    reading = v2fly.read(V2FLY / "category-social-media-!cn")
    found = dict(reading.entries)
    assert found["facebook.com"] == found["x.com"] == found["bsky.app"] == "social"
    assert found["pixel.facebook.com"] == "background"
    assert [each.line for each in reading.refused if "misskey" in each.reason] == [7]
    assert dict(v2fly.read(V2FLY / "youtube").entries)["googlevideo.com"] == "media"
