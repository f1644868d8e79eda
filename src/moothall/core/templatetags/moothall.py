"""The components, as template tags. docs/developers/pages.md and the house-style page show each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from moothall.core import clock, localtime, states
from moothall.core import markdown as markdown_text
from moothall.core.renderers import FieldMarkup

register = template.Library()


# --- Words and marks ------------------------------------------------------------------------------------------------


@register.inclusion_tag("moothall/components/icon.html")
def icon(name: str, size: str = "") -> dict[str, str]:
    """A symbol of icons.svg, hidden from screen readers: the words beside it say the same."""
    return {"name": name, "size": size}


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML, made harmless."""
    return markdown_text.render(text)


@register.inclusion_tag("moothall/components/state.html")
def state(value: object, note: str = "") -> dict[str, Any]:
    """Icon, word and colour of a state; ``note`` follows the word ("2 of 3")."""
    return {"look": states.of_state(value), "note": note}


@register.inclusion_tag("moothall/components/capacity.html")
def capacity(value: object) -> dict[str, Any]:
    """In which capacity a channel speaks."""
    return {"look": states.of_capacity(value)}


@register.simple_tag
def when(moment: datetime | None, style: str = "long") -> SafeString:
    """A moment in words, as ``<time>``. Styles: ``long`` (with the zone), ``short``, ``relative``. Nothing for none."""
    if not moment:
        return mark_safe("")
    full = localtime.words(moment)
    shown = {
        "long": lambda: full,
        "short": lambda: localtime.short(moment),
        "relative": lambda: localtime.relative(moment, clock.now()),
    }[style]()
    title = format_html(' title="{}"', full) if shown != full else ""
    return format_html('<time datetime="{}"{}>{}</time>', moment.isoformat(timespec="seconds"), title, shown)


@register.filter
def media(name: str) -> str:
    """The address of a kept file."""
    return f"{settings.MEDIA_URL}{name}"


# --- Forms ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: FieldMarkup, size: str = "s", hide_label: bool = False) -> SafeString:
    """A field with its label, hint and errors. ``size`` of the label: ``s``, ``m`` or ``l``."""
    kind = "govuk-fieldset__legend" if bound.use_fieldset else "govuk-label"
    label_class = "govuk-visually-hidden" if hide_label else f"{kind}--{size}"
    return bound.form.render(bound.template_name, {**bound.get_context(), "label_class": label_class})


@register.inclusion_tag("moothall/components/error_summary.html")
def error_summary(*forms: "BaseForm | BaseFormSet[Any] | None") -> dict[str, Any]:
    """All that is wrong with these forms, each linked to its field; nothing if nothing is."""
    return {"errors": [error for form in forms if form for error in _errors(form)]}


def _errors(form: "BaseForm | BaseFormSet[Any]") -> list[tuple[str, str]]:
    """Pairs of link target and message."""
    if isinstance(form, BaseFormSet):
        return [error for part in form.forms for error in _errors(part)]
    prefix = form.prefix or "form"
    found = [(f"{prefix}_errors_{number}", str(error)) for number, error in enumerate(form.non_field_errors())]
    for bound in cast("Iterable[FieldMarkup]", form):  # the form renderer makes every field one
        found += [(bound.first_control, str(error)) for error in bound.errors]
    return found


@register.inclusion_tag("moothall/components/post_button.html", takes_context=True)
def post_button(
    context: template.Context, label: str, url: str, style: str = "secondary", **hidden: Any
) -> dict[str, Any]:
    """A button that posts to ``url``, with further keywords as hidden fields.

    Styles: primary, secondary, warning, link.
    """
    return {
        "label": label,
        "url": url,
        "style": style,
        "hidden": hidden,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("moothall/components/filters.html", takes_context=True)
def filters(context: template.Context, form: BaseForm, label: str = "Filter") -> dict[str, Any]:
    """A row of filters whose choices stand in the address."""
    request = context["request"]
    return {"form": form, "label": label, "path": request.path, "active": bool(request.GET)}


# --- Blocks ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("moothall/components/empty_state.html")
def empty_state(why: str, label: str = "", url: str = "") -> dict[str, str]:
    """Why there is nothing here, and the one next step."""
    return {"why": why, "label": label, "url": url}


@register.simple_block_tag
def notice(content: str, tone: str = "blue", title: str = "") -> str:
    """A remark in the page that stays until dealt with. Tones: blue, green, amber, red."""
    return render_to_string("moothall/components/notice.html", {"content": content, "tone": tone, "title": title})


@register.simple_block_tag
def summary(content: str) -> str:
    """A list of names and values; holds ``{% row %}``."""
    return format_html('<dl class="moot-summary">{}</dl>', content)


@register.simple_block_tag
def row(content: str, label: str, url: str = "", action: str = "Change") -> str:
    """One name and value of a summary, with a link to change it if ``url`` is given."""
    context = {"content": content, "label": label, "url": url, "action": action}
    return render_to_string("moothall/components/row.html", context)


@register.simple_block_tag
def table(content: str, caption: str, show_caption: bool = False, choose: str = "") -> str:
    """A table that scrolls by itself where the page is narrow; holds ``<thead>`` and ``<tbody>``.

    ``choose`` is the field name of its ``{% tick %}``s, if rows can be chosen for a bulk action.
    """
    context = {"content": content, "caption": caption, "show_caption": show_caption, "choose": choose}
    return render_to_string("moothall/components/table.html", context)


@register.simple_block_tag
def timeline(content: str) -> str:
    """What happened, in order; holds ``{% moment %}``."""
    return format_html('<div class="moj-timeline">{}</div>', content)


@register.simple_block_tag
def moment(content: str, title: str, at: datetime, by: object = "", tone: str = "") -> str:
    """One entry of a timeline."""
    context = {"content": content, "empty": not content.strip(), "title": title, "at": at, "by": by, "tone": tone}
    return render_to_string("moothall/components/moment.html", context)


@register.simple_block_tag
def subnav(content: str, label: str) -> str:
    """Links between the pages of one thing; holds ``{% tab %}``."""
    return render_to_string("moothall/components/subnav.html", {"content": content, "label": label})


@register.inclusion_tag("moothall/components/tab.html")
def tab(label: str, url: str, current: bool = False, count: int | None = None) -> dict[str, Any]:
    """One link of a sub navigation."""
    return {"label": label, "url": url, "current": current, "count": count}


@register.inclusion_tag("moothall/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: "Page[Any]") -> dict[str, Any]:
    """Links to the other pages of a list, with the filters of the address kept; nothing where there is one page."""
    return {"page": page, "request": context["request"], "numbers": page.paginator.get_elided_page_range(page.number)}


@register.inclusion_tag("moothall/components/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """How far long work is, with what is left in words."""
    return {"done": done, "total": total, "left": total - done, "label": label}


@register.simple_block_tag
def figures(content: str) -> str:
    """A row of honest counters; holds ``{% figure %}``."""
    return format_html('<dl class="moot-counters">{}</dl>', content)


@register.inclusion_tag("moothall/components/figure.html")
def figure(number: object, label: str, url: str = "", tone: str = "") -> dict[str, Any]:
    """One counter."""
    return {"number": number, "label": label, "url": url, "tone": tone}


@register.simple_tag
def tick_all(name: str) -> SafeString:
    """The head of the column of ticks; a script puts a "choose all" there."""
    words = '<th scope="col"><span id="{}-select-all"></span><span class="govuk-visually-hidden">Choose</span></th>'
    return format_html(words, name)


@register.inclusion_tag("moothall/components/tick.html")
def tick(name: str, value: object, label: str) -> dict[str, Any]:
    """A checkbox that chooses one row of a list for a bulk action."""
    return {"name": name, "value": value, "label": label, "id": f"tick-{name}-{value}"}
