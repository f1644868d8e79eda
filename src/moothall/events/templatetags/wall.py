"""What the wall's templates need."""

from datetime import datetime

import regex
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from moothall.events.models import Event
from moothall.events.running import comes_twice, words

register = template.Library()


@register.simple_tag
def clock(moment: datetime, event: Event) -> SafeString:
    """The hour and minute on the event's clocks, as ``<time>``; with the zone in the hour that comes twice."""
    here = moment.astimezone(event.tz)
    zone = f" {here:%Z}" if comes_twice(here.date(), here.time().replace(fold=0), event.tz) else ""
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), f"{here:%H:%M}{zone}")


@register.filter
def may_break(tag: str) -> SafeString:
    """A hashtag that may go on in the next line where a word of it begins: ``ExDay24`` between Ex and Day."""
    words = regex.split(r"(?<=[\p{Ll}\p{N}])(?=\p{Lu})", tag)
    return format_html_join(mark_safe("<wbr>"), "{}", ((word,) for word in words))


@register.simple_tag
def moment_words(moment: datetime, event: Event) -> str:
    """The day and time on the event's clocks, with the zone."""
    return words(moment, event.tz)
