"""Filters by which templates tell which columns of a table are added up."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from programmes import units
from workflows.forms_ui import Cell

register = template.Library()


@register.filter
def adds_up(cell: Cell) -> bool:
    """Whether a total of the cell's column means something: amounts and counts, no shares, years or prices."""
    return cell.number and units.adds_up(cell.unit)


@register.filter
def totals(cells: Iterable[Cell]) -> bool:
    """Whether any column of the table is added up."""
    return any(adds_up(cell) for cell in cells)
