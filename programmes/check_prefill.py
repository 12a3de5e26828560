"""Checks of where a field's value may be taken over from. 政策包检查：预填来源"""

from __future__ import annotations

from collections.abc import Iterator

from programmes.form_cells import Input, field_of, inputs_of
from programmes.problems import Problem, problem
from programmes.schema import Form, FormField, Pack, Text

REGISTER = ("name", "credit_code", "region_code", "contact_name", "contact_phone", "recommender")
"""What the register of units tells of an applicant (``register.<name>``)."""
LAST = "last"
"""The declaration of the same unit that was sent last in this programme."""


def check(pack: Pack) -> list[Problem]:
    """Every ``prefill`` names something that there is, of the kind that the field takes."""
    return [
        found
        for form in pack.forms.values()
        for field in form.fields
        if field.prefill
        for found in _field(pack, form, field)
    ]


def _field(pack: Pack, form: Form, field: FormField) -> Iterator[Problem]:
    place = f"fields.{field.key}.prefill"
    file = f"forms/{form.code}.yaml"
    if field.type in ("file", "files", "form_link") or field.calculated:
        text = Text(zh="本项不由申报单位填写，不能预填", en="nobody fills this field in: it takes no prefill")
        yield problem(file, place, text)
        return
    if field.prefill == LAST:
        return
    source, _dot, key = field.prefill.partition(".")
    if source == "register":
        if key not in REGISTER:
            known = "、".join(REGISTER)
            text = Text(
                zh=f"单位登记信息中没有“{key}”，可用：{known}", en=f"the register of units has no {key!r}"
            )
            yield problem(file, place, text)
        elif field.type not in ("text", "rich_text"):
            text = Text(zh="登记信息只能预填到文字项", en="what the register tells is text")
            yield problem(file, place, text)
        return
    other = pack.forms.get(source)
    entry = field_of(other, key) if other is not None else None
    if other is None or entry is None or other.code == form.code:
        text = Text(
            zh=f"没有表单项“{field.prefill}”", en=f"there is no field {field.prefill!r} in another form"
        )
        yield problem(file, place, text)
    elif [_kind(cell) for cell in inputs_of(entry)] != [_kind(cell) for cell in inputs_of(field)]:
        text = Text(
            zh=f"“{field.prefill}”的类型或单位与本项不同", en=f"{field.prefill!r} is of another type or unit"
        )
        yield problem(file, place, text)


def _kind(cell: Input) -> tuple[str, str]:
    return cell.type, cell.unit
