"""Values that a person need not type again: from the register of units, from the declaration sent last, from another form
of the same case. Offered with their source, taken only where the person ticks them, and only into blank cells. 预填

A column of one year is never copied into another: cells with a year in their label (2022年, 上年度) are matched by the
year that is meant, whatever they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.organisations import unit_above
from cases import policy
from cases.cells import understood
from cases.enums import DeclarationStatus
from cases.models import Case, Declaration
from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.form_values import read
from programmes.forms import display_value, visible_fields
from programmes.schema import Form, FormField
from workflows.declaration_checks import draft_step
from workflows.drafts import Draft

REGISTER, LAST, FILE = "register", "last", "file"
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
RELATIVE: Mapping[str, int] = {
    "前年": -2,
    "上年": -1,
    "上一年": -1,
    "去年": -1,
    "本年": 0,
    "当年": 0,
    "今年": 0,
}
SPANS = re.compile(r"(?:上|本|近|前)[一两二三四五]?(?:个)?(?:会计|财务|自然)?(?:年|季|月)|截至|目前|累计")
"""Words that mean another time each year; cells with one are taken over from a declaration of the same year only."""
LONG = 120
Meaning = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """预填项: a value for a blank cell or table; ``source`` is its code, ``said`` the same in words."""

    path: str
    label: str
    display: str
    source: str
    said: str
    value: Any
    ticked: bool


@dataclass(frozen=True, slots=True)
class _Last:
    """The declaration sent last: its round's year, its forms as they were then."""

    year: int
    form: Form
    data: Mapping[str, Any]


def offers_of(actor: Actor, draft: Draft, form: Form) -> list[Offer]:
    """What may be taken over into the blank cells of ``form``. At most three queries, none when nothing is blank."""
    data = draft.content(form.code)
    blank = list(_blank(form, data))
    if not blank:
        return []
    found: dict[str, Offer] = {}
    last = _last(actor, draft.case, form)
    for field, entry in blank:
        path = entry.key if entry is not None else field.key
        offer = next(_sources(draft, form, field, entry, last), None)
        if offer is not None:
            found[path] = offer
    return list(found.values())


def source_words(source: str, case: Case) -> str:
    """Where a value was taken from, for the reader."""
    kind, _sep, rest = source.partition(":")
    if kind == REGISTER:
        return _("取自单位登记信息")
    if kind == LAST:
        return _("取自%(year)s年度申报") % {"year": rest}
    if kind == FILE:
        row, _sep, name = rest.partition(":")
        return _("取自批量导入文件“%(name)s”第%(row)s行") % {"name": name, "row": row}
    form = case.edition.pack.forms.get(rest)
    return _("取自本次申报“%(form)s”") % {"form": form.title if form is not None else rest}


def _blank(form: Form, data: Mapping[str, Any]) -> Iterator[tuple[FormField, Input | None]]:
    for field in visible_fields(form, data):
        if field.calculated or field.type in ("file", "files", "form_link"):
            continue
        if field.type == "table":
            if not data.get(field.key):
                yield field, None
            continue
        yield from ((field, entry) for entry in inputs_of(field) if data.get(entry.key) in (None, "", []))


def _sources(
    draft: Draft, form: Form, field: FormField, entry: Input | None, last: _Last | None
) -> Iterator[Offer]:
    """The offers for one blank, the best first: what the pack names, the declaration sent last, another form."""
    case = draft.case
    kind, _dot, name = field.prefill.partition(".")
    if entry is not None and kind == REGISTER:
        value = understood(entry, _registered(case, name))
        if value is not None:
            yield _offer(case, field, entry, value, REGISTER)
    elif entry is not None and field.prefill and kind != LAST:
        value = draft.content(kind).get(name + entry.key.removeprefix(field.key))
        if value not in (None, "", []):
            yield _offer(case, field, entry, value, f"form:{kind}")
    if last is not None:
        value = _rows_of(last, field) if entry is None else _last_value(last, case, field, entry)
        if value not in (None, "", []):
            yield _offer(case, field, entry, value, f"{LAST}:{last.year}")
    if entry is not None:
        yield from _elsewhere(draft, form, field, entry)


def _offer(case: Case, field: FormField, entry: Input | None, value: Any, source: str) -> Offer:
    if entry is None:
        display = _("共%(n)s行") % {"n": len(value)}
        label, path = str(field.label), field.key
    else:
        display = display_value(entry, value)
        path = entry.key
        label = f"{field.label} {entry.label}" if field.type == "grid" else str(field.label)
    if len(display) > LONG:
        display = f"{display[:LONG]}……"
    return Offer(path, label, display, source, source_words(source, case), value, source == REGISTER)


def _registered(case: Case, name: str) -> str:
    unit = case.applicant
    match name:
        case "name":
            return unit.name
        case "credit_code":
            return unit.uscc
        case "region_code" | "contact_name" | "contact_phone":
            return str(getattr(unit, name) or "")
        case "recommender":
            above = unit_above(
                organisation=unit, role=Role.RECOMMENDER, programme_code=case.edition.pack.programme.id
            )
            return above.name if above is not None else ""
    return ""


# The declaration sent last ------------------------------------------------------------------------------------------


def _last(actor: Actor, case: Case, form: Form) -> _Last | None:
    """Of the same applicant in the same programme, another case that the actor may see."""
    sent = (
        Declaration.objects.filter(
            case__in=policy.visible(actor).filter(applicant=case.applicant, programme=case.programme),
            submitted_at__isnull=False,
        )
        .exclude(case=case)
        .exclude(status=DeclarationStatus.DRAFT)
        .select_related("case__round", "case__edition")
        .defer("case__edition__source")
        .order_by("-submitted_at", "-pk")
        .first()
    )
    if sent is None:
        return None
    old = sent.case.edition.pack.forms.get(form.code)
    row = sent.forms.filter(form_code=form.code).first()
    if old is None or row is None:
        return None
    return _Last(sent.case.round.year, old, row.data)


def _last_value(last: _Last, case: Case, field: FormField, entry: Input) -> Any:
    wanted = _meaning(field, entry, case.round.year)
    for old in last.form.fields:
        if old.type != field.type:
            continue
        for cell in inputs_of(old):
            if _meaning(old, cell, last.year) == wanted:
                value = last.data.get(cell.key)
                reading = read(entry, value)
                return None if reading.error else reading.value
    return None


def _meaning(field: FormField, entry: Input, year: int) -> Meaning:
    """What a cell asks: its key, or, where its label speaks of a time, what is asked at which time."""
    column = next((c for c in field.columns if entry.cell == f"{field.key}_{c.key}"), None)
    words = f"{field.label} {column.label if column is not None else ''}"
    part = entry.key.removeprefix(entry.cell)
    kind = (entry.type, entry.unit, tuple(choice.code for choice in entry.choices))
    years = tuple(int(found) for found in YEAR.findall(words))
    if years:
        plain = YEAR.sub("", words if field.type != "grid" else str(field.label))
        return (field.key if field.type == "grid" else plain, part, years, kind)
    for word, shift in RELATIVE.items():
        if word in words:
            return (re.sub(rf"{word}度?", "", words), part, (year + shift,), kind)
    if SPANS.search(words):
        return (entry.key, part, ("of", year), kind)
    return (entry.key, part, (), kind)


def _rows_of(last: _Last, field: FormField) -> list[dict[str, Any]]:
    """The lines of last time, as far as their columns mean the same; none where the columns speak of years."""
    old = next((each for each in last.form.fields if each.key == field.key and each.type == "table"), None)
    if old is None:
        return []
    before = {cell.key: cell for cell in row_inputs(old)}
    same = [
        cell.key
        for cell in row_inputs(field)
        if cell.key in before
        and (before[cell.key].type, before[cell.key].unit) == (cell.type, cell.unit)
        and str(before[cell.key].label) == str(cell.label)
        and not _of_a_time(str(cell.label))
    ]
    lines = [
        {key: line[key] for key in same if line.get(key) not in (None, "")}
        for line in last.data.get(field.key) or []
    ]
    return [line for line in lines if line][: field.max_rows]


def _of_a_time(label: str) -> bool:
    return bool(YEAR.search(label) or SPANS.search(label) or any(word in label for word in RELATIVE))


# Other forms of the same case ---------------------------------------------------------------------------------------


def _elsewhere(draft: Draft, form: Form, field: FormField, entry: Input) -> Iterator[Offer]:
    """The very same cell (key, label, type, unit) in another form, filled in."""
    forms = draft.case.edition.pack.forms
    for code in draft_step(draft.case).forms:
        data = draft.content(code)
        if code == form.code or data.get(entry.key) in (None, "", []):
            continue
        for other in forms[code].fields:
            for cell in inputs_of(other) if other.type == field.type else ():
                alike = (cell.type, cell.unit, str(cell.label)) == (entry.type, entry.unit, str(entry.label))
                if cell.key == entry.key and alike and str(other.label) == str(field.label):
                    yield _offer(draft.case, field, entry, data[cell.key], f"form:{code}")
