import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webuse.formats.reading import groups
from tests.webuse.formats.written import WRITTEN, Request, Written, requests, zscaler_login


@pytest.mark.parametrize("slug", WRITTEN)
@settings(max_examples=80, deadline=None)
@given(made=st.lists(requests, min_size=1, max_size=20))
def test_a_line_made_of_fields_is_read_back_to_them(slug: str, made: list[Request]) -> None:
    written = WRITTEN[slug]
    lines = ["".join(letter for letter, _ in written.line(each)) for each in made]
    for request, found in zip(made, groups(written.pattern, lines), strict=True):
        assert found is not None, request
        assert found["user"] == (zscaler_login(request) if slug == "zscaler" else request.user)
        assert found["host"] == request.host
        assert found["client"] == request.client
        assert found["method"] == request.method
        assert found["status"] == request.status
        assert found["bytes"] == request.size


@pytest.mark.parametrize("slug", ["squid", "combined"])
@settings(max_examples=80, deadline=None)
@given(request_=requests, words=st.lists(st.text("abcé.-19", max_size=6), min_size=1, max_size=5))
def test_spaces_in_an_address_change_nothing(slug: str, request_: Request, words: list[str]) -> None:
    with_spaces = Request(**vars(request_) | {"path": f"{request_.path} {' '.join(words)}", "method": "GET"})
    written: Written = WRITTEN[slug]
    line = "".join(letter for letter, _ in written.line(with_spaces))
    found = groups(written.pattern, [line])[0]
    assert found is not None
    assert (found["user"], found["host"]) == (request_.user, request_.host)
