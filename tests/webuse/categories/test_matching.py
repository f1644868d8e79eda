import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.categories import matching, own, ut1, v2fly
from moothall.webuse.categories.matching import CLOSED, Match, Matcher
from moothall.webuse.categories.names import CATEGORIES, PRIVATE, UNCLASSIFIED, can_be_given
from tests.webuse.categories.lists import UT1, V2FLY, need

ours = matching.standard({}, [])
labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8).filter(lambda text: text.strip("-"))
domains = st.builds("{}.{}".format, labels, st.sampled_from(["com", "org.uk", "example", "gov.uk"]))
slugs = st.sampled_from([slug for slug in CATEGORIES if can_be_given(slug)])
layers = st.dictionaries(domains, slugs, max_size=5)


def test_the_longest_entry_wins() -> None:
    matcher = Matcher([{"example.com": "shopping", "news.example.com": "news"}])
    assert matcher.classify("www.news.example.com") == Match("example.com", "news")
    assert matcher.classify("www.example.com") == Match("example.com", "shopping")


def test_an_entry_is_not_for_names_that_only_end_alike() -> None:
    assert Matcher([{"example.com": "shopping"}]).classify("notexample.com") == Match("notexample.com", UNCLASSIFIED)


def test_of_two_layers_with_the_same_domain_the_first_is_believed() -> None:
    assert Matcher([{"example.com": "work-tools"}, {"example.com": "games"}]).classify("example.com") == Match(
        "example.com", "work-tools"
    )


def test_a_longer_entry_of_a_lower_layer_wins() -> None:
    """So that one bad page of a host with many customers is still found."""
    matcher = Matcher([{"blogspot.com": "forums"}, {"bad.blogspot.com": "malware"}])
    assert matcher.classify("bad.blogspot.com") == Match("blogspot.com", "malware")
    assert matcher.classify("good.blogspot.com") == Match("blogspot.com", "forums")


def test_what_nobody_knows_is_not_classified() -> None:
    assert ours.classify("nobody-knows-it.co.uk") == Match("nobody-knows-it.co.uk", UNCLASSIFIED)


def test_an_address_is_its_own_domain() -> None:
    assert ours.classify("192.0.2.7") == Match("192.0.2.7", UNCLASSIFIED)
    assert ours.classify("[2001:db8::1]") == Match("2001:db8::1", UNCLASSIFIED)


def test_an_address_that_a_list_names_has_its_category() -> None:
    matcher = Matcher([{"192.0.2.7": "malware", "7": "games", "2.7": "games"}])
    assert matcher.classify("192.0.2.7") == Match("192.0.2.7", "malware")
    assert matcher.classify("192.0.2.8") == Match("192.0.2.8", UNCLASSIFIED)


def test_hosts_of_the_council_itself_are_not_told_apart() -> None:
    assert ours.classify("intranet") == Match("(internal)", UNCLASSIFIED)
    assert Matcher([{"intranet": "work-tools"}]).classify("Intranet.") == Match("(internal)", "work-tools")


def test_what_is_no_host_is_no_match() -> None:
    assert ours.classify("-") is None
    assert ours.classify("a b") is None


@pytest.mark.parametrize("host", ["www.unison.org.uk", "111.nhs.uk", "nhs.uk", "MAIL.google.com", "web.whatsapp.com"])
def test_a_private_matter_is_closed(host: str) -> None:
    assert ours.classify(host) == CLOSED == Match("", PRIVATE)


def test_no_other_list_opens_what_ours_closes() -> None:
    matcher = matching.standard({"unison.org.uk": "news"}, [{"magazine.unison.org.uk": "news"}])
    assert matcher.classify("magazine.unison.org.uk") == CLOSED
    assert matcher.classify("unison.org.uk") == CLOSED


def test_the_council_may_open_what_only_an_imported_list_closes() -> None:
    matcher = matching.standard({"crm.example.com": "work-tools"}, [{"example.com": PRIVATE}])
    assert matcher.classify("crm.example.com") == Match("example.com", "work-tools")
    assert matcher.classify("example.com") == CLOSED


@given(layers, layers, domains, st.data())
def test_capitals_and_a_full_stop_at_the_end_change_nothing(
    overlay: dict[str, str], imported: dict[str, str], domain: str, data: st.DataObject
) -> None:
    matcher = matching.standard(overlay, [imported])
    host = data.draw(st.sampled_from([domain, *overlay, *imported]))
    assert matcher.classify(host.upper() + ".") == matcher.classify(host)


@given(layers, domains, labels)
def test_what_lies_below_a_domain_is_of_its_category(layer: dict[str, str], domain: str, label: str) -> None:
    matcher = Matcher([layer, {domain: "news"}])
    assert matcher.classify(f"{label}.{domain}") == matcher.classify(domain)


@given(layers, layers, st.sampled_from([each.domain for each in own.lines() if each.category == PRIVATE]), labels)
def test_a_closed_domain_is_never_told(
    overlay: dict[str, str], imported: dict[str, str], closed: str, label: str
) -> None:
    entries = {f"{label}.{closed}": "news", closed: "games"}
    matcher = matching.standard(overlay | entries, [imported | entries])
    found = {matcher.classify(host) for host in (closed, f"{label}.{closed}", *overlay, *imported)}
    assert {match.domain for match in found if match and match.category == PRIVATE} == {""}
    assert matcher.classify(f"{label}.{closed}") == CLOSED or f"{label}.{closed}" in own.entries()


def test_real_lists_together() -> None:
    need(UT1)
    need(V2FLY)
    imported = [ut1.read(UT1 / name).entries for name in ("webmail", "press", "jobsearch", "blog")]
    imported.append(v2fly.read(V2FLY / "youtube").entries)
    matcher = matching.standard({}, [dict(each) for each in imported])
    assert matcher.classify("www.zumbrota.com") == Match("zumbrota.com", "news")
    assert matcher.classify("www.youtube.co.uk") == Match("youtube.co.uk", "media")
    assert matcher.classify("zipmail.uol.com.br") == CLOSED
    assert matcher.classify("www.theguardian.com") == Match("theguardian.com", "news")


def test_two_hundred_thousand_hosts_take_about_a_second() -> None:
    """Of 50,000 sites, as in a large council's month. CPU time, and a wide bound: the machine may be busy."""
    matcher = matching.standard({}, [{f"site{number}.co.uk": "news" for number in range(0, 50_000, 3)}])
    asked = [f"host{number % 4}.site{number % 50_000}.co.uk" for number in range(200_000)]
    begun = time.process_time()
    found = [matcher.classify(host) for host in asked]
    assert time.process_time() - begun < 3
    assert found[3:5] == [Match("site3.co.uk", "news"), Match("site4.co.uk", UNCLASSIFIED)]
