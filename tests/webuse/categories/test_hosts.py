import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from moothall.webuse.categories import hosts

REGISTRIES = PublicSuffixList(only_icann=True)
labels = st.sampled_from(
    [
        *("www", "a", "city", "sande", "nes", "example", "com", "uk", "co", "gov", "sch", "ck", "jp", "kobe", "no"),
        *("vestfold", "akershus", "github", "io", "er", "xn--p1ai", "local"),
    ]
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("News.Example.COM.", "news.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("foo_bar.example.com", "foo_bar.example.com"),
        ("192.0.2.7", "192.0.2.7"),
        ("[2001:DB8:0::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_hosts_are_compared_in_one_spelling(written: str, expected: str) -> None:
    assert hosts.clean(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("", "-", ".", "a..b", ".example.com", "example.com:443", "https://example.com/", "a b", "1.2.3"),
        *("192.0.2.256", f"{'a' * 64}.com", f"{'a.' * 130}com", "exa%6Dple.com", "\ufffd.com", "\N{SNOWMAN}" * 300),
    ],
)
def test_what_is_no_host_is_none(written: str) -> None:
    assert hosts.clean(written) is None


@given(st.text(max_size=80))
def test_any_text_can_be_cleaned_and_then_is_clean(text: str) -> None:
    name = hosts.clean(text)
    assert name is None or hosts.clean(name) == name


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.libraries.exampleshire.gov.uk", "exampleshire.gov.uk"),
        ("www.example.co.uk", "example.co.uk"),
        ("gov.uk", "gov.uk"),
        ("www.gov.uk", "www.gov.uk"),
        ("www.exampleshire.example", "exampleshire.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_host_belongs_to_the_domain_that_somebody_registered(host: str, domain: str) -> None:
    assert hosts.domain(host) == domain


@pytest.mark.parametrize("host", ["alice.github.io", "alice.blogspot.com", "d111.cloudfront.net"])
def test_a_companys_customers_are_counted_as_the_company(host: str) -> None:
    assert hosts.domain(host) == host.partition(".")[2]


@pytest.mark.parametrize("host", ["intranet", "printer.local", "wpad.corp", "nas.home.lan"])
def test_what_has_no_top_level_domain_is_internal(host: str) -> None:
    assert hosts.domain(host) == hosts.INTERNAL


@given(st.lists(labels, min_size=1, max_size=6).map(".".join))
def test_the_domain_is_the_one_that_the_public_suffix_list_gives(host: str) -> None:
    if hosts.domain(host) != hosts.INTERNAL:
        assert hosts.domain(host) == (REGISTRIES.privatesuffix(host) or host)
        assert hosts.is_ending(host) == REGISTRIES.is_public(host)


def test_an_address_is_part_of_nothing() -> None:
    assert list(hosts.parents("192.0.2.7")) == ["192.0.2.7"]
    assert list(hosts.parents("a.example.com")) == ["a.example.com", "example.com", "com"]
