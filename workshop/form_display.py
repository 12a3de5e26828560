"""A form of a copy as the designer shows it: headings, fields and columns, what names them, what is wrong at each. 表单设计呈现"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from programmes import yaml_source
from programmes.check_prefill import LAST, REGISTER
from programmes.form_cells import inputs_of
from programmes.problems import PackError, Problem
from programmes.schema import Column, Form, FormField, Section
from workshop.design_forms import Offers, Options
from workshop.designing import FOLDER, OpenForm
from workshop.field_settings import ANSWERED, KINDS
from workshop.form_uses import Index, Uses, index_of


@dataclass(slots=True)
class ColumnLine:
    """表列 as it is listed."""

    column: Column
    kind: str
    uses: Uses
    place: str


@dataclass(slots=True)
class FieldLine:
    """表单项 as it is listed, with what the checks say of it."""

    field: FormField
    kind: str
    uses: Uses
    compound: bool
    columns: list[ColumnLine]
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A heading with its fields; ``number`` is None for those under none."""

    section: Section | None
    number: int | None
    lines: list[FieldLine]


@dataclass(slots=True)
class Design:
    """表单设计: all of a form. ``problems``: of the form as a whole; ``elsewhere``: how many there are in other files."""

    groups: list[Group]
    problems: list[Problem]
    elsewhere: int
    uses: Uses


def design_of(shown: OpenForm, files: Mapping[str, bytes], problems: Iterable[Problem]) -> Design:
    """The form with what names each part of it and what is wrong there."""
    index, form = index_of(files), shown.form
    lines = {entry.key: _line(index, form, entry) for entry in form.fields}
    loose: list[Problem] = []
    elsewhere = 0
    for problem in problems:
        if problem.file != shown.file.path:
            elsewhere += 1
            continue
        key = key_at(form, problem.where)
        (lines[key].problems if key else loose).append(problem)
    placed = {key for section in form.sections for key in section.fields}
    groups = [
        Group(section, number, [lines[key] for key in section.fields if key in lines])
        for number, section in enumerate(form.sections)
    ]
    free = [line for key, line in lines.items() if key not in placed]
    if free or not groups:
        groups.insert(0, Group(None, None, free))
    return Design(groups, loose, elsewhere, index.form(form.code))


def key_at(form: Form, where: str) -> str:
    """The field that a place of the form (``fields.KEY.columns.x``) belongs to; '' when it is none."""
    head, _dot, rest = where.partition(".")
    if head != "fields" or not rest:
        return ""
    name = rest.partition(".")[0]
    keys = [entry.key for entry in form.fields]
    if name in keys:
        return name
    return max((key for key in keys if name.startswith(f"{key}_")), key=len, default="")


def _line(index: Index, form: Form, entry: FormField) -> FieldLine:
    columns = [
        ColumnLine(
            column,
            kind_name(column.type),
            index.column(form.code, entry, column.key),
            f"{entry.key}.{column.key}",
        )
        for column in entry.columns
    ]
    uses = index.field(form.code, entry)
    return FieldLine(entry, kind_name(entry.type), uses, entry.type in ("grid", "table"), columns)


def kind_name(kind: str) -> str:
    """What a kind of field is called."""
    return str(KINDS.get(kind, kind))


def offers_of(shown: OpenForm, files: Mapping[str, bytes], entry: Mapping[str, Any], kind: str) -> Offers:
    """What a field of this form may choose from: clauses, forms, places to take its value over from, headings."""
    forms = list(_forms(files))
    return Offers(
        clauses=clauses_in(files),
        links=[(form.code, f"{form.title}（{form.code}）") for form in forms if form.code != shown.form.code],
        prefills=list(_prefills(shown.form, forms, entry, kind)),
        sections=[(str(number), str(each.title)) for number, each in enumerate(shown.form.sections)],
    )


def clauses_in(files: Mapping[str, bytes]) -> Options:
    """The clauses of the pack with their summaries, as far as the file can be read."""
    value = _value(files, "clauses.yaml")
    rows: list[Any] = value if isinstance(value, list) else []
    if isinstance(value, dict):
        rows = [{"id": key, **each} for key, each in value.items() if isinstance(each, dict)]
    found = []
    for each in rows:
        if isinstance(each, dict) and each.get("id"):
            summary = each.get("summary")
            told = str(summary.get("zh", "")) if isinstance(summary, dict) else ""
            found.append((str(each["id"]), f"{each['id']} {told[:40]}".strip()))
    return found


def _forms(files: Mapping[str, bytes]) -> Iterable[Form]:
    for name in files:
        if name.startswith(FOLDER):
            try:
                yield Form.model_validate(_value(files, name))
            except ValueError:
                continue


def _value(files: Mapping[str, bytes], name: str) -> Any:
    try:
        return yaml_source.load(files[name].decode("utf-8-sig").replace("\r\n", "\n"), file=name).value
    except (KeyError, PackError, UnicodeDecodeError):
        return None


REGISTERED = {
    "name": lambda: _("单位登记信息：名称"),
    "credit_code": lambda: _("单位登记信息：统一社会信用代码"),
    "region_code": lambda: _("单位登记信息：行政区划代码"),
    "contact_name": lambda: _("单位登记信息：联系人"),
    "contact_phone": lambda: _("单位登记信息：联系电话"),
    "recommender": lambda: _("单位登记信息：推荐单位"),
}


def _prefills(
    own: Form, forms: Iterable[Form], entry: Mapping[str, Any], kind: str
) -> Iterable[tuple[str, str]]:
    """Where a value of that kind and unit may come from."""
    if kind not in ANSWERED:
        return
    yield LAST, _("上次申报填写的内容")
    if kind in ("text", "rich_text"):
        yield from ((f"register.{name}", REGISTERED[name]()) for name in REGISTER if name in REGISTERED)
    unit = entry.get("unit") or ""
    for form in forms:
        for other in form.fields if form.code != own.code else ():
            cells = [(cell.type, cell.unit) for cell in inputs_of(other)]
            if other.type == kind and cells == [(kind, unit)]:
                yield f"{form.code}.{other.key}", f"{form.title}：{other.label}"
