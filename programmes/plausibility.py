"""Is this amount in the right unit? Questions beside a cell that never refuse it. 合理性核对

亿元 typed where 万元 are asked is off by ten thousand, 平方公里 for 亩 by fifteen hundred: such a number stands out from the
other years of its row, from the other lines of its table, or from anything that one unit can have. Whoever meant it
leaves it as it is: a question hinders nobody from handing in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from statistics import median
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from programmes import form_values
from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.schema import Form, FormField
from programmes.units import UNITS, Measure, converted

NUMBERS = frozenset({"integer", "decimal"})
RATIO = 5000
"""So many times its neighbours: between the thousand that growth can explain and the ten thousand of 万 and 亿."""
CEILINGS: dict[Measure, tuple[str, Decimal]] = {
    "money": ("亿元", Decimal(1000)),
    "area": ("平方公里", Decimal(500)),
    "people": ("万人", Decimal(1000)),
    "firms": ("万家", Decimal(100)),
}
"""More than one declaring unit has: above it the question is asked whatever the neighbours say. Our own measure (proposed)."""
TOLD_IN: dict[Measure, tuple[str, ...]] = {
    "money": ("亿元", "万元", "元"),
    "area": ("平方公里", "亩", "平方米"),
    "people": ("万人", "人"),
    "firms": ("万家", "家"),
}
FEWEST_LINES = 5
"""Lines that a column of a table needs before one of them can be told from the rest."""
MOST_QUESTIONS = 50
"""In one table: more would be noise."""


class Figure(NamedTuple):
    """A number that stands in a form: where, what it is called among its neighbours, how much."""

    path: str
    label: str
    amount: Decimal


def questions(
    form: Form, data: Mapping[str, Any], *, faulty: Collection[str] | None = None
) -> dict[str, str]:
    """The questions that stored ``data`` raise, by path. Empty for nearly everybody.

    ``faulty``: the paths that hold something unreadable, where the data have just been read; then nothing is read again.
    """
    asked: dict[str, str] = {}
    for field in form.fields:
        if field.type == "table":
            asked |= _of_table(field, data.get(field.key) or (), faulty)
        elif field.type == "grid":
            asked |= _of_grid(field, data, faulty)
        else:
            for entry in filter(_measured, inputs_of(field)):
                if figure := _figure(entry, data, "", "", faulty):
                    asked |= _too_large(entry, [figure])
    return asked


def _of_grid(field: FormField, data: Mapping[str, Any], faulty: Collection[str] | None) -> dict[str, str]:
    """Years (or other columns) of one row, each part compared with the same part."""
    labels = {f"{field.key}_{column.key}": str(column.label) for column in field.columns}
    entries = sorted(filter(_measured, inputs_of(field)), key=lambda entry: (_part(entry), entry.unit))
    asked: dict[str, str] = {}
    for _kind, alike in groupby(entries, key=lambda entry: (_part(entry), entry.unit)):
        listed = list(alike)
        figures = [
            figure
            for entry in listed
            if (figure := _figure(entry, data, "", labels.get(entry.cell, ""), faulty))
        ]
        asked |= _too_large(listed[0], figures) | _out_of_line(listed[0], figures)
    return asked


def _part(entry: Input) -> str:
    return entry.key.removeprefix(entry.cell)


def _of_table(
    field: FormField, rows: Sequence[Mapping[str, Any]], faulty: Collection[str] | None
) -> dict[str, str]:
    asked: dict[str, str] = {}
    for entry in filter(_measured, row_inputs(field)):
        figures = [
            figure
            for number, row in enumerate(rows)
            if (figure := _figure(entry, row, f"{field.key}.{number}.", "", faulty))
        ]
        asked |= _too_large(entry, figures)
        if len(figures) >= FEWEST_LINES:
            asked |= _out_of_line(entry, figures)
    return dict(list(asked.items())[:MOST_QUESTIONS])


def _measured(entry: Input) -> bool:
    return entry.type in NUMBERS and entry.unit in UNITS


def _figure(
    entry: Input, values: Mapping[str, Any], where: str, label: str, faulty: Collection[str] | None
) -> Figure | None:
    """The number that stands at ``entry`` among ``values``, whose paths begin with ``where``; None when there is none."""
    stored, path = values.get(entry.key), f"{where}{entry.key}"
    if stored is None or stored == "" or (faulty is not None and path in faulty):
        return None
    value = form_values.typed_value(entry, stored) if faulty is None else stored
    return None if value is None else Figure(path, label, Decimal(value))


def _too_large(entry: Input, figures: Sequence[Figure]) -> dict[str, str]:
    unit, most = CEILINGS[UNITS[entry.unit].measure]
    ceiling = converted(most, unit, entry.unit)
    assert ceiling is not None
    return {
        figure.path: _("填报为%(amount)s，请核对单位是否有误。") % {"amount": told(figure.amount, entry.unit)}
        for figure in figures
        if abs(figure.amount) >= ceiling
    }


def _out_of_line(entry: Input, figures: Sequence[Figure]) -> dict[str, str]:
    """Of two the later one is asked about; of more, those far from the middle of the others."""
    filled = [figure for figure in figures if figure.amount]
    if len(filled) < 2:
        return {}
    sizes = sorted(abs(figure.amount) for figure in filled)
    middle = median(sizes)
    if len(filled) > 2 and RATIO * sizes[0] > middle and sizes[-1] < RATIO * middle:
        return {}
    asked = {}
    for place, figure in enumerate(filled):
        others = [other for other in filled if other is not figure] if len(filled) == 2 else []
        compared = abs(others[0].amount) if others else middle
        if len(filled) == 2 and not place:
            continue
        if RATIO * compared <= abs(figure.amount) or RATIO * abs(figure.amount) <= compared:
            asked[figure.path] = _compared(entry, figure, others[0] if others else _nearest(filled, compared))
    return asked


def _nearest(figures: Sequence[Figure], amount: Decimal) -> Figure:
    return min(figures, key=lambda figure: abs(abs(figure.amount) - amount))


def _compared(entry: Input, figure: Figure, other: Figure) -> str:
    amounts = {"amount": told(figure.amount, entry.unit), "other": told(other.amount, entry.unit)}
    larger = abs(figure.amount) >= abs(other.amount)
    times = abs(figure.amount / other.amount) if larger else abs(other.amount / figure.amount)
    values = amounts | {"times": f"{round(times):,}", "label": other.label}
    if other.label and larger:
        return _("填报为%(amount)s，约为“%(label)s”%(other)s的%(times)s倍，请核对单位是否有误。") % values
    if other.label:
        return _("填报为%(amount)s，仅约为“%(label)s”%(other)s的1/%(times)s，请核对单位是否有误。") % values
    if larger:
        return (
            _("填报为%(amount)s，约为本列一般水平（%(other)s）的%(times)s倍，请核对单位是否有误。") % values
        )
    return _("填报为%(amount)s，仅约为本列一般水平（%(other)s）的1/%(times)s，请核对单位是否有误。") % values


def told(amount: Decimal, unit: str) -> str:
    """12,000,000万元（即1,200亿元）: an amount as typed, and in the unit in which people would say it."""
    plain = f"{_short(amount)}{unit}"
    return next(
        (
            _("%(typed)s（即%(said)s）") % {"typed": plain, "said": f"{_short(said)}{other}"}
            for other, said in _said(amount, unit)
            if other != unit
        ),
        plain,
    )


def _said(amount: Decimal, unit: str) -> Iterator[tuple[str, Decimal]]:
    """The first unit in which the amount is one or more: 0.12万元 is 1,200元."""
    for other in TOLD_IN[UNITS[unit].measure]:
        said = converted(amount, unit, other)
        if said is not None and abs(said) >= 1:
            yield other, said
            return


def _short(amount: Decimal) -> str:
    rounded = round(amount, 4).normalize()
    return f"{rounded:,f}"
