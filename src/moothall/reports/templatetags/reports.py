"""What the report's templates need beside the components."""

from django import template

from moothall.reports.presenting import words
from moothall.reports.tables import Cell

register = template.Library()


@register.filter
def amount(number: Cell) -> str:
    """A number as it is read; a dash where there was nothing to count."""
    return words(number)
