"""The lines of a coverage table, of which there are hundreds: written here, as a template takes longer over them."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from moothall.policies.coverage import Coverage, Line

register = template.Library()

DEEPEST = 4
"""No line stands further in."""
HIDDEN = '<td class="webuse-hidden"><span class="govuk-visually-hidden">hidden</span></td>'


@register.simple_tag
def coverage_lines(coverage: Coverage) -> SafeString:
    """The rows of the table: everybody, and each unit before its parts. What is hidden is hatched."""
    return mark_safe("".join(map(_line, (coverage.everybody, *coverage.lines))))  # noqa: S308 - every word is escaped


def _line(line: Line) -> str:
    depth = f' class="webuse-depth-{min(line.depth, DEEPEST)}"' if line.depth else ""
    return f'<tr><th scope="row"{depth}>{escape(line.label)}</th>{_cells(line)}</tr>'


def _cells(line: Line) -> str:
    if line.figure is None:
        return HIDDEN * 3
    values = (f"{line.figure.people:,}", line.figure.words, line.figure.percent)
    return "".join(f'<td class="moot-number">{value}</td>' for value in values)
