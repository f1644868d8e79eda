import pytest

from moothall.webuse.categories import overlay
from moothall.webuse.categories.readings import Entry, Reading


def reasons(text: str) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in overlay.read(text).refused]


def test_the_councils_own_list_is_read() -> None:
    text = "domain;category;why\nLibraries.Exampleshire.example;learning;our catalogue\nintranet;Work-tools;\n"
    assert overlay.read(text) == Reading(
        (Entry("libraries.exampleshire.example", "learning"), Entry("intranet", "work-tools"))
    )


def test_the_reason_for_a_line_need_not_be_given() -> None:
    assert overlay.read("category,domain\nnews,example.com\n").entries == (Entry("example.com", "news"),)


def test_a_whole_registry_may_be_named() -> None:
    assert overlay.read("domain,category\nsch.uk,learning\n").entries == (Entry("sch.uk", "learning"),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("example.com,gossip", "is not a category"),
        ("example.com,unclassified", "is not a category"),
        ("https://example.com/news,news", "is not a domain"),
        ("*.example.com,news", "is not a domain"),
        (",news", "is not a domain"),
        ("uk,news", "all there is under .uk"),
        ("example.com,news,why,more", "4 cells"),
        ("magazine.unison.org.uk,news", "private matter"),
    ],
)
def test_a_line_that_cannot_be_used_says_what_to_do(line: str, words: str) -> None:
    [(number, reason)] = reasons(f"domain,category,why\nexample.org,news,\n{line}\n")
    assert number == 3
    assert words in reason


def test_a_domain_that_is_there_twice_says_both_lines() -> None:
    text = "domain,category\nexample.com,news\nEXAMPLE.com,games\n"
    assert reasons(text) == [(3, "Line 2 has “example.com” already. Take one of them away.")]
    assert overlay.read(text).entries == (Entry("example.com", "news"),)


@pytest.mark.parametrize("text", ["", "site,category\nexample.com,news\n", "domain,category,domain\n", "domain\n"])
def test_a_first_line_that_will_not_do_is_the_only_thing_said(text: str) -> None:
    assert [number for number, _ in reasons(text)] == [1]
    assert overlay.read(text).entries == ()


def test_a_closed_domain_may_be_closed_again() -> None:
    assert reasons("domain,category\nunison.org.uk,private\n") == []
