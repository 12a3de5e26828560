"""Where a form's values stand: the inputs behind its printed blanks. 填写位置

A simple field is one input under its key. A grid has one cell a column, stored under ``<field>_<column>``; a cell with
parts has further inputs under ``<field>_<column>_<part>``. A table is a list of rows, its inputs ``<field>.<row>.<column>``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from programmes.contacts import told_by
from programmes.schema import Choice, Column, Form, FormField, Text
from programmes.schema.forms import Holds


@dataclass(frozen=True, slots=True)
class Input:
    """填写项: one value of a form: where it is stored, how it is read, which limits hold.

    ``key`` is the key in the stored data (inside its row, for a table's column); ``cell`` names the printed cell, which
    inputs with parts share.
    """

    key: str
    cell: str
    label: Text
    type: str
    required: bool
    unit: str
    help: Text | None
    clause: str
    choices: tuple[Choice, ...]
    minimum: Decimal | None
    maximum: Decimal | None
    max_length: int
    holds: Holds | None = None
    seems: Holds | None = None
    """What the label alone tells, where the form does not say what the cell holds."""


FILES = frozenset({"file", "files"})
UNSTORED = frozenset({"form_link"})
"""Kinds without a value of their own: a link stands for other forms."""


def inputs_of(field: FormField) -> Iterator[Input]:
    """The inputs of a field that is no table: one, or one a grid cell and part."""
    if field.type != "table":
        yield from _inputs(field)


def row_inputs(field: FormField) -> tuple[Input, ...]:
    """The inputs of one row of a table."""
    return _inputs(field)


def _inputs(field: FormField) -> tuple[Input, ...]:
    """The inputs of a field, of a table's row; made once, for a form with many fields asks for them again and again."""
    if field._inputs is None:
        prefix = f"{field.key}_" if field.type == "grid" else ""
        if field.type in ("grid", "table"):
            made = [
                entry for column in field.columns for entry in _cell(field, column, f"{prefix}{column.key}")
            ]
        else:
            made = [_simple(field)] if field.type not in UNSTORED else []
        field._inputs = tuple(made)
    inputs: tuple[Input, ...] = field._inputs
    return inputs


def tables(form: Form) -> Iterator[FormField]:
    """The tables of a form."""
    return (field for field in form.fields if field.type == "table")


def field_of(form: Form, key: str) -> FormField | None:
    """The field with this key, or None."""
    return next((field for field in form.fields if field.key == key), None)


def _simple(field: FormField) -> Input:
    return Input(
        key=field.key,
        cell=field.key,
        label=field.label,
        type=field.type,
        required=field.required,
        unit=field.unit,
        help=field.help,
        clause=field.clause,
        choices=field.choices,
        minimum=field.minimum,
        maximum=field.maximum,
        max_length=field.max_length,
        holds=field.holds,
        seems=_seems(field.type, field.label, field.holds),
    )


def _seems(kind: str, label: Text, holds: Holds | None) -> Holds | None:
    return told_by(label.zh) if kind == "text" and holds is None else None


def _cell(field: FormField, column: Column, key: str) -> Iterator[Input]:
    for part in ("", *column.parts):
        label = column.label if not part else field.part_labels.get(part, Text(zh=part))
        if not part and column.parts and "" in field.part_labels:
            label = field.part_labels[""]
        yield Input(
            key=f"{key}_{part}" if part else key,
            cell=key,
            label=label,
            type=column.type,
            required=field.required and column.required,
            unit=column.unit or field.unit,
            help=column.help,
            clause=field.clause,
            choices=column.choices,
            minimum=column.minimum if column.minimum is not None else field.minimum,
            maximum=column.maximum if column.maximum is not None else field.maximum,
            max_length=field.max_length,
            holds=column.holds,
            seems=_seems(column.type, label, column.holds),
        )
