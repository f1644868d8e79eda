"""Markdown on pages: what it says is shown, and nothing it carries does harm."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.markdown import TAGS, render

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "![a](https://tracker.example/pixel.gif)",
    "<a href='x' onclick='alert(1)'>a</a>",
    "[a](https://example.org \"' onmouseover='alert(1)\")",
    '<https://example.org/" onclick=alert(1)>',
)


class Seen(HTMLParser):
    """The tags and attributes of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def harmless(html: str) -> bool:
    seen = Seen(html)
    names = {name for name, _ in seen.attributes}
    links = [value for name, value in seen.attributes if name == "href"]
    return (
        seen.tags <= TAGS
        and names <= {"href", "class", "rel", "title"}
        and all(re.match(r"(https?:|mailto:|/|#|[^:]*$)", each) for each in links)
    )


def test_what_is_written_is_shown_in_the_house_s_own_style() -> None:
    html = render("# Trust\n\nBe **kind**.\n\n- one\n- two\n\n[Policy](/policies/)\n\n|a|b|\n|-|-|\n|1|2|")
    assert '<h2 class="govuk-heading-m">Trust</h2>' in html
    assert "<strong>kind</strong>" in html
    assert html.count("<li>") == 2
    assert 'href="/policies/"' in html
    assert "govuk-table" in html


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through(text: str) -> None:
    assert harmless(render(text))


@given(st.text(max_size=200) | st.lists(st.sampled_from(HOSTILE), max_size=4).map(" ".join))
def test_no_text_at_all_makes_anything_but_the_allowed(text: str) -> None:
    assert harmless(render(text))
