import re
from collections import Counter
from datetime import date, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from moothall.webuse.samples import KNOWN, LONDON, UNITS, domain_of, login_of, people, unit_of, write

TUESDAY, SATURDAY, CLOCKS_GO_BACK = date(2026, 9, 22), date(2026, 9, 26), date(2026, 10, 25)
NATIVE = re.compile(
    r"^(?P<time>\d{10}\.\d{3}) +(?P<taken>\d+) (?P<client>10(?:\.\d{1,3}){3}) (?P<result>[A-Z_]+/\d{3}) (?P<bytes>\d+) "
    r"(?P<method>[A-Z]+) (?:https?://)?(?P<host>[a-z0-9.-]+)\S* (?P<user>\S+) (?P<from>HIER_[A-Z]+/\S+) (?P<kind>\S+)$"
)


def log(lines: int, **chosen: object) -> list[str]:
    file = BytesIO()
    write(file, **{"lines": lines, "seed": 7, "start": TUESDAY, **chosen})
    return file.getvalue().decode().splitlines()


@pytest.fixture(scope="module")
def tuesday() -> list[re.Match[str]]:
    """A day's lines, taken apart. All of them are of Squid's native format."""
    found = [NATIVE.match(line) for line in log(120_000)]
    assert all(found)
    return found


def local(line: re.Match[str]) -> datetime:
    return datetime.fromtimestamp(float(line["time"]), LONDON)


def share(lines: list[re.Match[str]], condition) -> float:
    return sum(map(bool, map(condition, lines))) / len(lines)


def test_the_same_seed_makes_the_same_log_and_another_makes_another(tmp_path: Path):
    write(tmp_path / "access.log", lines=5_000, seed=7, start=TUESDAY)
    assert (tmp_path / "access.log").read_text().splitlines() == log(5_000)
    assert log(5_000, seed=8) != log(5_000)


@pytest.mark.parametrize("lines", [1, 24, 999, 60_000])
def test_there_are_exactly_as_many_lines_as_were_asked_for(lines):
    assert len(log(lines)) == lines


def test_every_line_has_the_ten_fields(tuesday):
    assert all(len(line.string.split()) == 10 for line in tuesday)


@pytest.mark.parametrize("day", [TUESDAY, CLOCKS_GO_BACK, date(2027, 3, 28)])
def test_lines_come_in_order_of_time_and_within_their_days(day):
    times = [line.split()[0] for line in log(20_000, start=day, days=2)]
    assert all(earlier <= later for earlier, later in pairwise(times))
    days = {datetime.fromtimestamp(float(moment), LONDON).date() for moment in times}
    assert days == {day, day.replace(day=day.day + 1)}


def test_people_work_by_day_and_on_weekdays(tuesday):
    hours = Counter(local(line).hour for line in tuesday)
    assert hours[11] > 20 * hours[3] > 0
    week = Counter(datetime.fromtimestamp(float(line.split()[0]), LONDON).date() for line in log(30_000, days=5))
    assert week[TUESDAY] > 5 * week[SATURDAY] > 0


def test_fewer_people_are_there_at_night_than_by_day(tuesday):
    users = [{line["user"] for line in tuesday if local(line).hour == hour} for hour in (3, 11)]
    assert 3 * len(users[0]) < len(users[1])


def test_social_media_is_looked_at_most_at_lunch(tuesday):
    def social(line: re.Match[str]) -> bool:
        return line["host"].endswith(("facebook.com", "youtube.com", "instagram.com", "reddit.com"))

    by_hour = [share([line for line in tuesday if local(line).hour == hour], social) for hour in (10, 12, 15)]
    assert by_hour[1] > 2 * max(by_hour[0], by_hour[2]) > 0


def test_most_are_tunnels_some_are_denied_and_some_come_from_the_proxys_store(tuesday):
    assert 0.75 < share(tuesday, lambda line: line["method"] == "CONNECT") < 0.95
    assert 0.01 < share(tuesday, lambda line: line["result"] == "TCP_DENIED/403") < 0.05
    assert 0.01 < share(tuesday, lambda line: "HIT" in line["result"]) < 0.08
    assert 0.02 < share(tuesday, lambda line: line["user"] == "-") < 0.12
    assert 0.005 < share(tuesday, lambda line: "%5c" in line["user"]) < 0.04


def test_a_refused_domain_is_only_ever_denied(tuesday):
    results = {line["result"] for line in tuesday if line["host"] == "www.bet365.com"}
    assert results == {"TCP_DENIED/403"}


def test_the_callers_domains_have_the_share_they_were_given():
    lines = [NATIVE.match(line) for line in log(60_000, known=[("youtube.com", 0.5)], leisure=(), domains=100)]
    pages = [line["host"] for line in lines if line and line["host"].startswith("www.")]
    assert 0.4 < sum(host == "www.youtube.com" for host in pages) / len(pages) < 0.6


def test_few_made_up_sites_have_much_of_the_traffic_and_many_have_little(tuesday):
    known = {f"www.{name}" for name, _ in KNOWN}
    sites = Counter(line["host"] for line in tuesday if line["host"].startswith("www.") and line["host"] not in known)
    ranked = [number for _, number in sites.most_common()]
    assert sum(ranked[:10]) > 0.2 * sum(ranked)
    assert len(ranked) > 1_000
    assert sites[f"www.{domain_of(0)}"] > 3 * sites[f"www.{domain_of(9)}"]


def test_a_few_answers_are_very_large(tuesday):
    sizes = sorted(int(line["bytes"]) for line in tuesday)
    assert sizes[-1] > 1_000 * sizes[len(sizes) // 2]


def test_a_page_is_a_burst_of_requests_of_one_person(tuesday):
    """Within ten seconds of a line of somebody's there are usually others of theirs."""
    mine: dict[str, list[float]] = {}
    for line in tuesday:
        if line["user"] != "-":
            mine.setdefault(line["user"], []).append(float(line["time"]))
    gaps = [later - earlier for times in mine.values() for earlier, later in pairwise(times)]
    assert sum(gap < 10 for gap in gaps) > 0.75 * len(gaps)


def test_no_two_people_and_no_two_sites_have_the_same_name():
    assert len({login_of(number) for number in range(20_000)}) == 20_000
    assert len({domain_of(number) for number in range(50_000)}) == 50_000


def test_each_unit_has_its_share_of_the_people_and_its_own_addresses(tuesday):
    staff = people()
    units = Counter(each.unit for each in staff)
    assert all(abs(units[name] / len(staff) - part) < 0.01 for name, part in UNITS)
    assert len({(each.unit, each.address.split(".")[1]) for each in staff}) == len(UNITS)
    address = {each.login: each.address for each in staff}
    assert all(address[line["user"]] == line["client"] for line in tuesday if line["user"] in address)


def test_a_person_stays_in_their_unit_however_many_there_are():
    assert people(50) == people(500)[:50]
    assert people(50)[7].unit == unit_of(7)
    assert {unit_of(number, [("Libraries", 3), ("Parks", 1)]) for number in range(10)} == {"Libraries", "Parks"}
