"""What a page of figures has by the hundred: the cells of its tables and the shapes of its charts.

Written here and not in a template, which takes three times as long over them.
"""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from moothall.webuse.charts import Chart, Shape
from moothall.webuse.figure_tables import Cell, Row

register = template.Library()

HIDDEN = '<td class="webuse-hidden"><span class="govuk-visually-hidden">hidden</span></td>'
UNREAD = '<td class="moot-number moot-quiet">–<span class="govuk-visually-hidden"> not read</span></td>'


@register.filter
def cells(row: Row) -> SafeString:
    """The values of a row: what is hidden is hatched, and what was never read has a dash."""
    return mark_safe("".join(map(_cell, row.cells)))  # noqa: S308 - every word is escaped


def _cell(cell: Cell) -> str:
    if cell.is_hidden:
        return HIDDEN
    return UNREAD if cell.is_unread else f'<td class="moot-number">{escape(cell.words)}</td>'


@register.filter
def shapes(chart: Chart, key: str) -> SafeString:
    """The bars or cells of a chart. ``key`` is that of its table, which the hatching is called after."""
    return mark_safe("".join(_shape(shape, key) for shape in chart.shapes))  # noqa: S308 - every word is escaped


def _shape(shape: Shape, key: str) -> str:
    across = f'x="{shape.x}" width="{shape.width}"'
    place = f'{across} y="{shape.y}" height="{shape.height}"'
    drawn = ""
    if shape.is_hidden:
        drawn = f'<rect {place} fill="url(#{key}-hatch)"><title>{escape(shape.label)}: hidden</title></rect>'
    elif not shape.gap:
        shade = f' fill-opacity="{shape.shade}"' if shape.shade else ""
        title = escape(f"{shape.label}: {shape.words}{shape.beside_words}")
        drawn = f'<rect class="webuse-bar" {place}{shade}><title>{title}</title></rect>'
    if shape.beside:
        drawn += f'<rect class="webuse-before" {across} y="{shape.beside}" height="3"></rect>'
    return drawn
