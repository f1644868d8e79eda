"""What goes wrong with single lines, told one by one."""

import re

import pytest

from moothall.webuse.formats import squid
from moothall.webuse.formats.combined import Combined
from tests.webuse.formats.reading import groups
from tests.webuse.formats.written import WRITTEN, Request

ASHA = Request("asha@EXAMPLESHIRE", "www.example.com", "", "/", "192.0.2.10", "GET", "200", "1")
SQUID = (
    "1791636936.123     87 192.0.2.10 {code} 120 GET http://www.example.com/ asha HIER_DIRECT/198.51.100.7 text/html"
)


def line_of(slug: str, request: Request) -> str:
    return "".join(letter for letter, _ in WRITTEN[slug].line(request))


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_line_of_a_megabyte_is_read_like_any_other(slug: str) -> None:
    long = Request(**vars(ASHA) | {"path": "/" + "a" * 1_000_000})
    found = groups(WRITTEN[slug].pattern, [line_of(slug, long), "a" * 1_000_000, "1 " * 500_000])
    assert found[0] is not None
    assert (found[0]["user"], found[0]["host"]) == (ASHA.user, ASHA.host)
    assert found[1:] == [None, None]


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_line_cut_before_its_last_field_is_a_reject(slug: str) -> None:
    line = line_of(slug, ASHA)
    last = max(line.rfind(sign) for sign in " ,\t")
    cuts = [line[:length] for length in range(last + 1)]
    assert groups(WRITTEN[slug].pattern, cuts) == [None] * len(cuts)


@pytest.mark.parametrize("slug", WRITTEN)
def test_two_lines_in_one_are_a_reject(slug: str) -> None:
    line, other = line_of(slug, ASHA), line_of(slug, Request(**vars(ASHA) | {"user": "ben@EXAMPLESHIRE"}))
    torn = [line[:length] + other for length in range(1, len(line) + 1)]
    for found in groups(WRITTEN[slug].pattern, torn):
        assert found is None or found["user"] == "ben@EXAMPLESHIRE"
    assert groups(WRITTEN[slug].pattern, [line + other, f"{line} {other}"]) == [None, None]


def test_a_page_that_bears_somebody_s_name_does_not_blame_them() -> None:
    line = SQUID.format(code="TCP_MISS/200").replace(
        "example.com/", "example.com/ ben HIER_DIRECT/198.51.100.7 text/html"
    )
    assert groups(squid.PATTERN, [line]) == [None]


def test_a_kind_of_content_with_a_space_does_not_make_a_server_the_user() -> None:
    line = SQUID.format(code="TCP_MISS/200")
    assert groups(squid.PATTERN, [f"{line}; charset=utf-8", line.replace("text/html", "TEXT/HTML x")]) == [None, None]


@pytest.mark.parametrize(
    ("code", "is_blocked"),
    [
        ("TCP_DENIED/403", True),
        ("TCP_DENIED_REPLY/403", True),
        ("TCP_DENIED/200", True),
        ("TCP_DENIED/407", False),
        ("TCP_MISS/403", False),
        ("NONE_NONE/400", False),
    ],
)
def test_the_question_who_is_there_is_no_refusal(code: str, is_blocked: bool) -> None:
    found = groups(squid.PATTERN, [SQUID.format(code=code)])[0]
    assert found is not None
    assert bool(re.search(squid.PATTERN.blocked, found["action"])) is is_blocked


def test_without_squid_s_codes_a_refusal_is_told_by_its_status() -> None:
    line = line_of("combined", ASHA)
    plain, ended = Combined().recognise([line]), Combined().recognise([f"{line} TCP_DENIED:HIER_NONE"])
    assert plain is not None
    assert ended is not None
    assert (plain.blocked, plain.blocked_statuses) == ("", frozenset({"403"}))
    assert (ended.blocked, ended.blocked_statuses) == ("DENIED", frozenset())
