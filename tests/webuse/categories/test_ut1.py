from pathlib import Path

import pytest

from moothall.webuse.categories import ut1
from moothall.webuse.categories.names import can_be_given
from moothall.webuse.categories.readings import Entry, Reading, Refused, UnknownList
from tests.webuse.categories.lists import UT1, need


def write(folder: Path, name: str, domains: str, urls: str = "") -> Path:
    path = folder / name
    path.mkdir()
    (path / "domains").write_text(domains)
    if urls:
        (path / "urls").write_text(urls)
    return path


def test_a_list_is_read_under_our_category(tmp_path: Path) -> None:
    path = write(tmp_path, "social_networks", "# a comment\nexample.com\n\nWWW.Example.org\n192.0.2.7\n")
    entries = (Entry("example.com", "social"), Entry("www.example.org", "social"), Entry("192.0.2.7", "social"))
    assert ut1.read(path) == Reading(entries)


def test_lines_that_are_not_used_are_counted_with_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "press", "example.com\na b\nlocalhost\nco.uk\n", "example.org/news\n")
    reading = ut1.read(path)
    assert reading.entries == (Entry("example.com", "news"),)
    assert reading.refused == (
        Refused("domains", 2, "It is not the name of a site."),
        Refused("domains", 3, "It is a single word, not a domain."),
        Refused("domains", 4, "Others register their domains under it."),
        Refused("urls", 1, "It names a page, not a site."),
    )
    assert sum(reading.counts.values()) == 4


def test_a_list_that_nobody_knows_needs_a_word_about_it(tmp_path: Path) -> None:
    path = write(tmp_path, "manga", "example.com\n")
    with pytest.raises(UnknownList, match="--as"):
        ut1.read(path)
    assert ut1.read(path, "media").entries == (Entry("example.com", "media"),)


def test_a_category_that_we_do_not_have_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "press", "example.com\n")
    with pytest.raises(ValueError, match="gossip"):
        ut1.read(path, "gossip")
    with pytest.raises(ValueError, match="unclassified"):
        ut1.read(path, "unclassified")


def test_a_folder_without_domains_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "press").mkdir()
    with pytest.raises(UnknownList, match="domains"):
        ut1.read(tmp_path / "press")


def test_signs_that_are_not_utf_8_spoil_their_line_only(tmp_path: Path) -> None:
    path = write(tmp_path, "press", "")
    (path / "domains").write_bytes(b"caf\xe9.example\nexample.com\n")
    reading = ut1.read(path)
    assert reading.entries == (Entry("example.com", "news"),)
    assert [each.line for each in reading.refused] == [1]


def test_every_name_in_the_table_is_of_a_category_of_ours() -> None:
    assert [slug for slug in ut1.CATEGORIES.values() if not can_be_given(slug)] == []
    assert ut1.CATEGORIES["webmail"] == "private"


def test_the_real_lists() -> None:
    need(UT1)
    found = {path.name: ut1.read(path) for path in ut1.lists(UT1)}
    assert set(found) == {"blog", "forums", "jobsearch", "press", "social_networks", "webmail"}
    assert {name: len(each.entries) for name, each in found.items() if name != "jobsearch"} == {
        "blog": 1497,
        "forums": 205,
        "press": 4644,
        "social_networks": 715,
        "webmail": 404,
    }
    assert len(found["jobsearch"].entries) > 60_000
    assert all(set(each.counts) == {"It names a page, not a site."} for each in found.values())
