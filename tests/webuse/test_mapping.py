from datetime import date, timedelta
from ipaddress import IPv4Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.mapping import (
    Entry,
    Network,
    Placing,
    Problem,
    normal_user,
    read_ldif,
    read_networks_csv,
    read_people_csv,
)

UNITS = {"Libraries": 1, "Archives": 2, "Fire and Rescue": 3}
DAY = date(2026, 10, 6)
days = st.dates(date(2026, 1, 1), date(2026, 3, 1))


def placing(people: list[Entry[str]] | None = None, networks: list[Entry[Network]] | None = None) -> Placing:
    return Placing(people or [], networks or [], UNITS)


def network(text: str, unit: str, since: date | None = None, until: date | None = None) -> Entry[Network]:
    return Entry(ip_network(text), unit, since, until)


@pytest.mark.parametrize(
    "raw",
    [
        *("jo.bloggs", " Jo.Bloggs ", "EXAMPLESHIRE\\Jo.Bloggs", "jo.bloggs@EXAMPLESHIRE.EXAMPLE"),
        *("EXAMPLESHIRE%5Cjo%2Ebloggs", "exampleshire\\jo.bloggs@exampleshire.example", "jo%252Ebloggs"),
    ],
)
def test_a_user_is_one_however_a_log_writes_it(raw: str) -> None:
    assert normal_user(raw) == "jo.bloggs"


@pytest.mark.parametrize("raw", ["É", "%C3%89", "%C9", "E\N{COMBINING ACUTE ACCENT}"])
def test_letters_with_accents_are_the_same_in_every_spelling(raw: str) -> None:
    assert normal_user(f"{raw}lodie") == "élodie"


@pytest.mark.parametrize("raw", [None, "", "-", " ", "Anonymous", "NT AUTHORITY\\ANONYMOUS LOGON", "%2D", "EXAMPLE\\"])
def test_nobody_is_nobody(raw: str | None) -> None:
    assert normal_user(raw) == ""


def test_a_computer_and_a_name_without_end_are_nobody() -> None:
    assert normal_user("EXAMPLESHIRE\\PC0123$") == ""
    assert normal_user("a" * 257) == normal_user("%25" * 50_000) == ""
    assert normal_user("a" * 256) == "a" * 256


@given(st.text() | st.text("%25\\@aAİßΐ-$ 4C3", max_size=40))
def test_doing_it_twice_changes_nothing(raw: str) -> None:
    assert normal_user(normal_user(raw)) == normal_user(raw)


@given(st.text("abcdefgh.", min_size=1, max_size=20))
def test_capitals_and_realms_change_nothing(user: str) -> None:
    assert normal_user(f"EXAMPLE\\{user.upper()}") == normal_user(f"{user}@EXAMPLE") == normal_user(user) == user


def test_people_are_read_with_the_days_on_which_they_moved() -> None:
    text = "User;Unit;From;Until\nEXAMPLE\\Jo;Libraries;;2026-03-31\njo;Archives;01/04/2026;\n"
    reading = read_people_csv(text)
    assert reading.problems == ()
    assert reading.entries == (
        Entry("jo", "Libraries", None, date(2026, 3, 31), 2),
        Entry("jo", "Archives", date(2026, 4, 1), None, 3),
    )


def test_days_need_not_be_given() -> None:
    assert read_people_csv("unit,user\nArchives,sam\n").entries == (Entry("sam", "Archives", line=2),)


def test_a_user_in_two_units_on_the_same_day_is_a_problem_that_names_both_lines() -> None:
    reading = read_people_csv(
        "user,unit,from,until\njo,Libraries,,2026-03-31\nsam,Archives,,\nJO,Archives,2026-03-31,\n"
    )
    assert [each.line for each in reading.entries] == [2, 3]
    words = "Lines 2 and 4 both place “jo” on the same days. Line 2 is used. Take one of them away, or change its days."
    assert reading.problems == (Problem(4, words),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-,Libraries,,", "names no user"),
        ("jo,,,", "names no unit"),
        ("jo,Libraries,soon,", "is not a day"),
        ("jo,Libraries,31/02/2026,", "is not a day"),
        ("jo,Libraries,2026-04-01,2026-03-31", "before it begins"),
        ("jo,Libraries,,,more", "5 cells"),
    ],
)
def test_a_line_that_cannot_be_used_says_what_to_do(line: str, words: str) -> None:
    reading = read_people_csv(f"user,unit,from,until\n{line}\nsam,Archives,,\n")
    assert [each.key for each in reading.entries] == ["sam"]
    assert [(each.line, words in each.text) for each in reading.problems] == [(2, True)]


@pytest.mark.parametrize("text", ["", "name,unit\njo,Libraries\n", "user,unit,shoe size\n", "user,user,unit\n"])
def test_a_first_line_that_will_not_do_is_the_only_thing_said(text: str) -> None:
    assert [each.line for each in read_people_csv(text).problems] == [1]


def test_networks_are_read() -> None:
    reading = read_networks_csv("network,unit,from\n10.20.0.0/16,Libraries,\n2001:db8::/32,Archives,2026-04-01\n")
    assert reading.entries == (
        Entry(IPv4Network("10.20.0.0/16"), "Libraries", line=2),
        Entry(ip_network("2001:db8::/32"), "Archives", date(2026, 4, 1), None, 3),
    )


def test_what_is_no_network_and_a_network_that_is_there_twice_are_problems() -> None:
    reading = read_networks_csv(
        "network,unit\n10.20.0.1/16,Libraries\nannex,Archives\n10.0.0.0/8,Archives\n10.0.0.0/8,Libraries\n"
    )
    assert [each.line for each in reading.entries] == [4]
    assert [each.line for each in reading.problems] == [2, 3, 5]
    assert "Write it like 10.20.0.0/16" in reading.problems[0].text


EXPORT = """\
dn: CN=Jo Bloggs,OU=People,DC=exampleshire,DC=example
sAMAccountName: jbloggs
userPrincipalName: Jo.Bloggs@exampleshire.example
department: Libraries
ou: People

dn: CN=Everyone,OU=Groups,DC=exampleshire,DC=example
member: CN=Jo Bloggs,OU=People,DC=exampleshire,DC=example

dn: CN=PC0123,OU=Computers,DC=exampleshire,DC=example
sAMAccountName: PC0123$

dn: uid=sam,ou=people,dc=exampleshire,dc=example
uid: sam
departmentNumber:: RmlyZSBhbmQgUmVzY3Vl

dn: uid=alex,ou=people,dc=exampleshire,dc=example
uid: alex

dn: uid=sam2,ou=people,dc=exampleshire,dc=example
changetype: modify
uid: sam2
ou: Archives

dn: uid=again,ou=people,dc=exampleshire,dc=example
changetype: add
uid: SAM
ou: Archives
"""


def test_a_directorys_users_are_read_and_its_groups_and_computers_passed_over() -> None:
    reading = read_ldif(EXPORT)
    assert [(each.key, each.unit, each.line) for each in reading.entries] == [
        ("jbloggs", "Libraries", 1),
        ("jo.bloggs", "Libraries", 1),
        ("sam", "Fire and Rescue", 13),
    ]
    problems = {each.line: each.text for each in reading.problems}
    assert list(problems) == [17, 20, 25]
    assert "“alex” has no unit" in problems[17]
    assert "a change, not an entry" in problems[20]
    assert "Lines 13 and 25" in problems[25]


def test_a_user_is_in_the_unit_of_the_day() -> None:
    jo = placing([Entry("jo", "Libraries", None, date(2026, 3, 31)), Entry("jo", "archives", date(2026, 4, 2), None)])
    assert jo.unit_of_user("EXAMPLE\\Jo", date(2026, 3, 31)) == 1
    assert jo.unit_of_user("jo", date(2026, 4, 1)) is None
    assert jo.unit_of_user("jo", date(2026, 4, 2)) == 2
    assert jo.unit_of_user("sam", DAY) is None


def test_a_list_with_days_goes_before_an_export_without() -> None:
    both = placing([Entry("jo", "Libraries"), Entry("jo", "Archives", date(2026, 4, 1), date(2026, 4, 30))])
    assert [both.unit_of_user("jo", date(2026, month, 15)) for month in (3, 4, 5)] == [1, 2, 1]


def test_a_unit_that_there_is_not_places_nobody_and_is_told() -> None:
    jo = placing([Entry("jo", "Parks"), Entry("sam", " fire  and RESCUE ")], [network("10.0.0.0/8", "Depots")])
    assert jo.unit_of_user("jo", DAY) is None
    assert jo.unit_of_user("sam", DAY) == 3
    assert jo.unknown == ["Depots", "Parks"]


def test_the_smallest_network_of_the_day_places_an_address() -> None:
    council = placing(
        networks=[
            network("10.0.0.0/8", "Archives"),
            network("10.20.0.0/16", "Libraries", date(2026, 4, 1)),
            network("2001:db8::/32", "Fire and Rescue"),
            network("0.0.0.0/0", "Archives", date(2027, 1, 1)),
        ]
    )
    assert council.unit_of_address("10.20.30.40", date(2026, 3, 31)) == 2
    assert council.unit_of_address("10.20.30.40", date(2026, 4, 1)) == 1
    assert council.unit_of_address("::ffff:10.20.30.40", date(2026, 4, 1)) == 1
    assert council.unit_of_address("2001:db8::7%eth0", DAY) == 3
    assert council.unit_of_address("192.0.2.7", DAY) is None
    assert council.unit_of_address("192.0.2.7", date(2027, 1, 1)) == 2
    assert council.unit_of_address("-", DAY) is None


@given(
    st.dictionaries(
        st.builds(lambda address, length: ip_network((address, length), strict=False),
                  st.integers(0x0A000000, 0x0A00000F), st.integers(26, 32)),
        st.sampled_from(list(UNITS)),
    ),
    st.integers(0x0A000000, 0x0A00001F).map(ip_address),
)  # fmt: skip
def test_no_smaller_network_has_the_address(networks: dict[IPv4Network, str], address: object) -> None:
    around = [each for each in networks if address in each]
    expected = UNITS[networks[max(around, key=lambda each: each.prefixlen)]] if around else None
    entries: list[Entry[Network]] = [Entry(key, unit) for key, unit in networks.items()]
    assert placing(networks=entries).unit_of_address(str(address), DAY) == expected


@given(st.lists(st.tuples(days, st.integers(0, 20), st.sampled_from(list(UNITS))), max_size=6), days)
def test_what_is_read_never_places_a_user_twice_on_a_day(rows: list[tuple[date, int, str]], day: date) -> None:
    lines = [f"jo,{unit},{since},{since + timedelta(length)}" for since, length, unit in rows]
    reading = read_people_csv("\n".join(["user,unit,from,until", *lines]))
    assert len(reading.entries) + len(reading.problems) == len(rows)
    covering = [each for each in reading.entries if each.covers(day)]
    assert len(covering) <= 1
    expected = UNITS[covering[0].unit] if covering else None
    assert placing(list(reading.entries)).unit_of_user("jo", day) == expected
