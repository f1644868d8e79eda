"""Lines out of what proxies send, whatever the pieces in which it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.importing.framing import LONGEST_FRAME, Framer, message

LINE = (
    b"1790000000.123     45 10.0.3.7 TCP_MISS/200 4512 GET http://www.site.example/ jo HIER_DIRECT/192.0.2.1 text/html"
)


def heard(*pieces: bytes) -> list[bytes]:
    framer = Framer()
    return [line for piece in pieces for line in framer.feed(piece)] + framer.end()


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"<134>",
        b"<134>Oct  6 10:00:00 proxy1 (squid-1)[1234]: ",
        b"<134>Oct 16 10:00:00 proxy1.exampleshire.example squid: ",
        b"<134>Oct  6 10:00:00 squid[1234]: ",
        b"<134>Oct  6 10:00:00 proxy1 ",
        b"<134>2026-10-06T10:00:00.123456+01:00 proxy1 squid[1234]: ",
        b"<134>1 2026-10-06T10:00:00.123Z proxy1 squid 1234 - - ",
        b"<134>1 2026-10-06T10:00:00.123Z proxy1 squid - access - \xef\xbb\xbf",
        b'<134>1 2026-10-06T10:00:00Z proxy1 squid 1 ID47 [a@32473 b="c\\]d" e="f]g"][h@32473 i="j k"] ',
    ],
)
def test_a_header_is_taken_off_and_the_line_stays(header: bytes) -> None:
    assert message(header + LINE) == LINE


def test_a_line_that_only_begins_like_a_header_stays() -> None:
    assert message(b"<html> 1790000000") == b"<html> 1790000000"


def test_counted_messages_and_lines_are_told_apart_one_by_one() -> None:
    counted = b"<134>1 - - - - - - " + LINE
    sent = b"%d %s" % (len(counted), counted) + LINE + b"\r\n" + b"%d %s" % (len(counted), counted) + b"\n" + LINE
    assert heard(sent) == [LINE] * 4


def test_a_counted_message_of_several_lines_is_one() -> None:
    counted = b"<134>a\nb\n"
    assert heard(b"%d %s" % (len(counted), counted)) == [b"a b"]


def test_what_is_without_its_end_when_the_proxy_hangs_up_is_taken_as_it_is() -> None:
    assert heard(LINE + b"\n" + LINE[:40]) == [LINE, LINE[:40]]


@pytest.mark.parametrize("frame", [b"%s\n", b"3000003 <1>%s"])
def test_an_endless_line_is_cut_and_the_next_is_heard(frame: bytes) -> None:
    endless = (frame % (b"x" * 3_000_000)) + LINE + b"\n"
    lines = heard(*(endless[at : at + 50_000] for at in range(0, len(endless), 50_000)))
    assert [len(line) > 64 * 1024 for line in lines] == [True, False]
    assert len(lines[0]) <= LONGEST_FRAME
    assert lines[1] == LINE


@given(
    lines=st.lists(st.binary(min_size=1, max_size=60).filter(lambda line: line.strip(b"\r\n\0") and b"\n" not in line)),
    counted=st.lists(st.booleans(), min_size=1),
    cuts=st.lists(st.integers(1, 30), min_size=1),
)
def test_the_pieces_in_which_it_comes_make_no_difference(
    lines: list[bytes], counted: list[bool], cuts: list[int]
) -> None:
    sent = b""
    for number, line in enumerate(lines):
        framed = b"<134>1 - - - - - - " + line
        sent += b"%d %s" % (len(framed), framed) if counted[number % len(counted)] else b"x" + line + b"\n"
    pieces, at = [], 0
    for number in range(len(sent)):
        size = cuts[number % len(cuts)]
        pieces.append(sent[at : at + size])
        at += size
    assert heard(*pieces) == heard(sent)
    assert len(heard(sent)) == len(lines)
