"""Specimen data: a form filled in with plausible values within its limits, for rehearsals and checks. 样例数据

Never used behind a real page. Amounts of all years are equal, so that growth rates of 0 agree with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.schema import Form, Pack
from programmes.schema.forms import Holds

CONTACTS: dict[Holds, str] = {
    "phone": "0851-80000000",
    "mobile": "13800000000",
    "landline": "0851-80000000",
    "email": "sample@example.cn",
    "postcode": "550001",
    "uscc": "91350100M000100Y43",
}


def specimen_form(form: Form, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Stored data of ``form`` with every input filled; ``overrides`` by key replace, None leaves the input blank."""
    data: dict[str, Any] = {}
    for field in form.fields:
        if field.type == "table":
            rows = max(field.printed_rows, 1)
            data[field.key] = [
                {cell.key: _value(cell, number) for cell in row_inputs(field)}
                for number in range(1, rows + 1)
            ]
        else:
            data |= {
                cell.key: _value(cell, 1) for cell in inputs_of(field) if cell.type not in ("file", "files")
            }
    for key, value in (overrides or {}).items():
        if value is None:
            data.pop(key, None)
        else:
            data[key] = value
    return data


def specimen_declaration(
    pack: Pack, overrides: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """Form code → stored data for every form of the starting step; ``overrides`` by form code."""
    lifecycle = pack.programme.lifecycle
    step = lifecycle.steps[lifecycle.start]
    return {code: specimen_form(pack.forms[code], (overrides or {}).get(code)) for code in step.forms}


def _value(cell: Input, number: int) -> Any:
    match cell.type:
        case "integer":
            return str(_within(cell, number if cell.key == "no" else 50))
        case "decimal":
            return str(_within(cell, 100000))
        case "percent":
            return str(_within(cell, 0))
        case "boolean":
            return True
        case "date":
            return "2019-12-31"
        case "choice":
            return cell.choices[0].code
        case "multi_choice":
            return [choice.code for choice in cell.choices[:2]]
        case _:
            holds = cell.holds or cell.seems
            return CONTACTS[holds] if holds else f"{cell.label.zh}：样例内容。"


def _within(cell: Input, wish: int) -> Decimal:
    value = Decimal(wish)
    if cell.minimum is not None:
        value = max(value, cell.minimum)
    if cell.maximum is not None:
        value = min(value, cell.maximum)
    return value
