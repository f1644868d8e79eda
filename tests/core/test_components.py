"""The components' markup: what a screen reader needs is there, and what people wrote is escaped."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from lxml import html

from moothall.core import states
from moothall.core.forms import FilterForm, MomentField
from moothall.core.samples import SampleFilter, SampleForm

SPRING_GAP = {"at_day": "2027-03-28", "at_time": "01:30"}


def page(source: str, **context: Any) -> html.HtmlElement:
    rendered = Template("{% load moothall %}" + source).render(Context(context))
    return html.fragment_fromstring(rendered, create_parent="main")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("key", states.STATES)
def test_a_state_is_never_colour_alone(key: str) -> None:
    shown = page("{% state key %}", key=key)
    assert words(shown) == states.STATES[key].word
    assert shown.find(".//svg").get("aria-hidden") == "true"


def test_every_icon_that_a_state_or_capacity_names_exists() -> None:
    drawn = html.fromstring(Path(str(finders.find("moothall/icons.svg"))).read_bytes()).xpath("//symbol/@id")
    named = {look.icon for look in (*states.STATES.values(), *states.CAPACITIES.values())}
    assert named <= set(drawn)


def test_a_state_without_a_look_is_shown_by_its_word() -> None:
    assert words(page("{% state 'gone_astray' %}")) == "Gone astray"


def test_moments() -> None:
    at = datetime(2026, 10, 6, 13, 30, tzinfo=UTC)
    long = page("{% when at %}", at=at).find("time")
    assert long.text == "Tuesday 6 October 2026, 14:30 (UK time)"
    assert datetime.fromisoformat(long.get("datetime")) == at
    assert words(page("{% when at %}", at=None)) == ""


def test_what_people_wrote_is_escaped() -> None:
    nasty = "<script>x</script>"
    shown = page(
        "{% empty_state it it '/x/' %}{% notice 'red' it %}{{ it }}{% endnotice %}{% figure it it %}"
        "{% summary %}{% row it %}{{ it }}{% endrow %}{% endsummary %}{% table it %}{% endtable %}",
        it=nasty,
    )
    assert not shown.findall(".//script")


def test_a_wrong_form_says_what_is_wrong_at_the_field_and_in_the_summary() -> None:
    form = SampleForm({"title": "", "capacity": "nobody", "service": "fire", **SPRING_GAP})
    shown = page("{% error_summary form %}{{ form }}", form=form)
    title = shown.get_element_by_id("id_title")
    assert title.get("aria-describedby") == "id_title_helptext id_title_error"
    assert title.get("aria-invalid") == "true"
    assert "Fill in “Title”." in words(shown.get_element_by_id("id_title_error"))
    targets = [link.get("href").removeprefix("#") for link in shown.xpath("//a[starts-with(@href, '#')]")]
    assert len(targets) == 5  # title, capacity, channels, the moment, and the form as a whole
    for target in targets:
        shown.get_element_by_id(target)


def test_each_kind_of_control_has_its_label() -> None:
    shown = page("{{ form }}", form=SampleForm())
    for control in shown.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert shown.xpath("//label[@for=$id]", id=control.get("id")), control.get("name")
    for group in shown.iter("fieldset"):
        assert words(group.find("legend"))


def test_only_optional_fields_say_so_and_filters_do_not() -> None:
    assert words(page("{% field form.words %}", form=SampleForm())).startswith("Words (optional)")
    assert "(optional)" not in words(page("{% field form.title %}", form=SampleForm()))
    assert "(optional)" not in words(page("{{ form }}", form=SampleFilter()))


def test_a_moment_that_the_clocks_jump_over_is_refused_with_another() -> None:
    class When(FilterForm):
        at = MomentField()

    assert "Choose 02:30" in str(When(SPRING_GAP).errors["at"])


def test_a_filter_leaves_out_what_is_not_chosen_and_what_is_no_choice() -> None:
    assert SampleFilter({"q": "cake", "state": "nonsense", "service": ""}).chosen == {"q": "cake"}


def test_pages_of_a_list_keep_the_filters() -> None:
    request = RequestFactory().get("/posts/", {"state": "sent", "page": "2"})
    shown = page("{% pagination page %}", page=Paginator(range(30), 10).get_page(2), request=request)
    assert shown.xpath("//a[@rel='next']/@href") == ["?state=sent&page=3"]
    assert shown.xpath("//a[@aria-current='page']")[0].text == "2"
