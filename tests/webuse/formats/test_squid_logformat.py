import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.formats import squid
from moothall.webuse.formats.base import CannotRead, Clock
from moothall.webuse.formats.squid_logformat import pattern_of
from tests.webuse.formats.reading import groups, moment

NOON = "2026-10-10 12:55:36"


def read(logformat: str, line: str) -> dict[str, str] | None:
    pattern = pattern_of(logformat)
    found = groups(pattern, [line])[0]
    return found and {"at": moment(pattern, found), **found}


@pytest.mark.parametrize("name", ["squid", squid.LOGFORMAT, f"logformat mine {squid.LOGFORMAT}\n"])
def test_squid_s_own_format_is_known_by_name_and_by_what_it_stands_for(name: str) -> None:
    assert pattern_of(name) is squid.PATTERN


@pytest.mark.parametrize(
    ("logformat", "line"),
    [
        ("%ts.%03tu %>a %ru %un", "1791636936.123 192.0.2.10 http://www.example.com/ asha"),
        ("%>a %un [%tl] %rm %ru", "192.0.2.10 asha [10/Oct/2026:13:55:36 +0100] GET http://www.example.com/"),
        ("%tg %>a %un %>rd", "10/Oct/2026:12:55:36 +0000 192.0.2.10 asha www.example.com"),
        ("%{%Y-%m-%d %H:%M:%S}tg %>a %un %>rd:%>rP", "2026-10-10 12:55:36 192.0.2.10 asha www.example.com:443"),
        ("%{%F}tl %{%T}tl %>a %un %ssl::>sni", "2026-10-10 13:55:36 192.0.2.10 asha www.example.com"),
        ("%tl{%d.%m.%Y %H:%M:%S %z} %>a %un %ru", "10.10.2026 13:55:36 +0100 192.0.2.10 asha www.example.com:443"),
        ("%{%s}tl %6tr %>a %[un %ru", "1791636936     87 192.0.2.10 asha http://www.example.com/"),
        ("%tS %>a %#un %'ru", "1791636936.123 192.0.2.10 asha http://www.example.com/"),
        ('%ts %>a "%un" "%"{Referer}>h" %ru', r'1791636936 192.0.2.10 "asha" "a \" b" http://www.example.com/'),
        ("%ts,%>a,%un,%mt,%>rd", "1791636936,192.0.2.10,asha,text/html,www.example.com"),
        ("%ts|%>a|%un|%{Host}>h|%nothing_we_know", "1791636936|192.0.2.10|asha|www.example.com:8080|what-ever"),
        ("%ts 100%% %-12un%%%>a %/ru", "1791636936 100% asha        %192.0.2.10 http://www.example.com/"),
        ("%http::>a %ts %un %ru %icap::tt %adapt::<last_h", "192.0.2.10 1791636936 asha http://www.example.com/ 1 -"),
        ("%ts.%03tu %>a %ul %ui %ue %us %ru", "1791636936.001 192.0.2.10 asha - - - http://www.example.com/"),
    ],
)
def test_a_format_reads_the_lines_that_it_makes(logformat: str, line: str) -> None:
    found = read(logformat, line)
    assert found is not None
    assert found["at"] == NOON
    assert (found["user"], found["client"], found["host"]) == ("asha", "192.0.2.10", "www.example.com")


def test_all_that_is_wanted_is_taken_and_the_best_of_several() -> None:
    found = read(
        "%ts %ui %un %ue %>A %>a %<A %<Hs %>Hs %st %<st %>st %rm %Ss:%Sh %>rd %ru %mt",
        "1791636936 ident asha ext pc7 192.0.2.10 peer 200 403 900 800 700 GET TCP_DENIED:HIER_NONE a.example "
        "http://b.example/ text/html",
    )
    assert found is not None
    assert found.pop("at") == NOON
    assert found == {
        "time": "1791636936",
        "user": "asha",
        "client": "192.0.2.10",
        "status": "403",
        "bytes": "800",
        "method": "GET",
        "action": "TCP_DENIED",
        "host": "b.example",
    }


def test_a_question_who_is_there_is_no_refusal_where_code_and_status_stand_together() -> None:
    assert pattern_of("%ts %Ss/%03>Hs %ru").blocked == squid.BLOCKED
    assert pattern_of("%ts %Ss %03>Hs %ru").blocked == "DENIED"
    assert pattern_of("%ts %>Hs %ru").blocked_statuses == {"403"}


@pytest.mark.parametrize(
    ("logformat", "clock"),
    [
        ("%ts %ru", Clock.EPOCH),
        ("%tl %ru", Clock.WITH_ZONE),
        ("%{%F %T}tl %ru", Clock.LOCAL),
        ("%{%F %T}tg %ru", Clock.UTC),
    ],
)
def test_the_clock_is_the_code_s(logformat: str, clock: Clock) -> None:
    assert pattern_of(logformat).clock is clock


@pytest.mark.parametrize(
    ("logformat", "why"),
    [
        ("", "tells no time"),
        ("%>a %ru", "tells no time"),
        ("%{%H:%M}tl %ru", "tells no time"),
        ("useragent", "tells no host"),
        ("%ts %>a %un %rp", "tells no host"),
        ("%ts %ru %&", "“%&” is no code"),
        ("%ts %ru %{open", "“%{open” is no code"),
        ("%ts %ru %", "“%” is no code"),
        ("%ts %un%ru", "between %un and %ru"),
        ("%{%F %T %Z}tl %ru", "“%Z” in a time is not read"),
    ],
)
def test_a_format_that_cannot_be_read_says_why(logformat: str, why: str) -> None:
    with pytest.raises(CannotRead, match=why):
        pattern_of(logformat)


@pytest.mark.parametrize(
    "line",
    [
        "1791636936 http://www.example.com/a b asha Mozilla/5.0",
        "1791636936 http://www.example.com/ asha Mozilla/5.0 (X11)",
        "1791636936 http://www.example.com/ asha",
        "1791636936 http://www.example.com/ asha Mozilla/5.01791636936 http://www.example.com/ ben Mozilla/5.0",
    ],
)
def test_a_space_too_many_or_too_few_is_a_reject(line: str) -> None:
    assert read("%ts %ru %un %{User-Agent}>h", line) is None


@given(st.text(max_size=40) | st.text("%{}<>[]\"'#/-.0123456789tsluarHShmnd: ", max_size=40))
def test_any_text_makes_a_pattern_or_a_reason(logformat: str) -> None:
    try:
        pattern = pattern_of(f"%ts {logformat} %ru")
    except CannotRead:
        return
    assert groups(pattern, [""]) == [None]
