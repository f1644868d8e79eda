"""Words as the Newsroom shows them."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

from moothall.core import languages
from moothall.networks.text import links

register = template.Library()


@register.filter
def rich_text(text: str) -> SafeString:
    """Paragraphs with their links, everything else escaped. Links are found as on the other networks."""
    parts, at = [], 0
    for found in links(text):
        parts.append(escape(text[at : found.start]))
        address = found.value if "://" in found.value else f"https://{found.value}"
        parts.append(format_html('<a href="{}" rel="nofollow">{}</a>', address, found.value))
        at = found.end
    parts.append(escape(text[at:]))
    return mark_safe(linebreaks(SafeString("".join(parts))))  # noqa: S308 - every part was escaped above


@register.filter
def site(url: str) -> str:
    """The name of the site that a link leads to."""
    return urlsplit(url).hostname or ""


@register.filter
def language_name(tag: str) -> str:
    """ "Welsh" """
    return languages.name(tag)
