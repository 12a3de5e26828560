"""The HTML controls of a form's cells, drawn without a template each: a sheet has thousands of them. 填写控件

Everything that people typed goes through :func:`format_html`. Names are the cells' keys, so that a posted page and a
script's request read the same (:func:`programmes.forms.clean_form`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programmes.forms import RenderCell
from programmes.schema import Choice

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FEW_CHOICES = 6
MODES = {"integer": "numeric", "decimal": "decimal", "percent": "decimal"}
TRUE_FALSE = ("true", "false")


def id_of(key: str) -> str:
    """The control's id on the page."""
    return f"id_{key}"


def error_id_of(key: str) -> str:
    """The id of the message that stands at the control."""
    return f"error_{key}"


def control(cell: RenderCell, *, in_sheet: bool, label: str, described: bool) -> SafeString:
    """The control of one cell. ``label`` is read out where no visible label belongs to it (grids, sheets).

    ``described``: a message stands at the cell.
    """
    attrs: dict[str, Any] = {"id": id_of(cell.key), "name": cell.key, "autocomplete": "off"}
    if label:
        attrs["aria-label"] = label
    if described:
        attrs |= {
            "aria-describedby": error_id_of(cell.key),
            "aria-invalid": "true" if cell.error else "false",
        }
    if cell.read_only:
        return format_html(
            '<output class="lc-calculated" id="{}">{}</output>', attrs["id"], cell.display or "—"
        )
    match cell.type:
        case "file" | "files" | "form_link":
            return format_html('<span class="lc-soft">{}</span>', _("在“申报材料”页上传"))
        case "rich_text":
            return _area(cell, attrs, in_sheet=in_sheet)
        case "boolean":
            labels = {"true": _("是"), "false": _("否")}
            chosen = [str(cell.value).lower()] if isinstance(cell.value, bool) else _listed(cell.value)
            return _one_of(
                cell, attrs, [(code, labels[code]) for code in TRUE_FALSE], chosen, in_sheet=in_sheet
            )
        case "choice":
            return _one_of(cell, attrs, _pairs(cell.choices), _listed(cell.value), in_sheet=in_sheet)
        case "multi_choice" if not in_sheet:
            return _ticks(cell, attrs)
    return _line(cell, attrs, in_sheet=in_sheet)


def is_group(cell: RenderCell, *, in_sheet: bool) -> bool:
    """Whether the control is several (radio buttons, tick boxes), to be named by a legend."""
    if in_sheet or cell.read_only:
        return False
    return cell.type == "multi_choice" or (cell.type in ("boolean", "choice") and _as_radio(cell))


def _as_radio(cell: RenderCell) -> bool:
    """Few choices of which one must be made stand open; what may be left out again is a list."""
    few = cell.type == "boolean" or len(cell.choices) <= FEW_CHOICES
    known = {*TRUE_FALSE} if cell.type == "boolean" else {choice.code for choice in cell.choices}
    typed = [str(cell.value).lower()] if isinstance(cell.value, bool) else _listed(cell.value)
    return few and cell.required and set(typed) <= known


def _pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    return [(choice.code, str(choice.label)) for choice in choices]


def _listed(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _classes(base: str, cell: RenderCell, *, in_sheet: bool) -> str:
    names = [base, "lc-cell" if in_sheet else "", "is-invalid" if cell.error else ""]
    if cell.type in MODES:
        names.append("lc-number")
    return " ".join(name for name in names if name)


def _attributes(attrs: Mapping[str, str | int | bool]) -> SafeString:
    """What Django's ``flatatt`` gives, without its price: sorted, what is true last and by its name alone."""
    ordered = sorted(attrs.items())
    named = [f' {name}="{escape(str(value))}"' for name, value in ordered if not isinstance(value, bool)]
    return SafeString("".join(named) + "".join(f" {name}" for name, value in ordered if value is True))


def _area(cell: RenderCell, attrs: dict[str, Any], *, in_sheet: bool) -> SafeString:
    text = "" if cell.value is None else str(cell.value)
    attrs |= {
        "class": _classes("form-control lc-area", cell, in_sheet=in_sheet),
        "rows": 2 if in_sheet else 5,
    }
    return format_html("<textarea{}>\n{}</textarea>", _attributes(attrs), text)


def _line(cell: RenderCell, attrs: dict[str, Any], *, in_sheet: bool) -> SafeString:
    """One line. A date gets the browser's calendar, unless it was typed in a way that only a text can keep."""
    value = cell.value
    text = "" if value is None else "、".join(_listed(value)) if isinstance(value, list) else str(value)
    if cell.type == "multi_choice" and isinstance(value, list):
        text = cell.display
    kind = "text"
    if cell.type == "date":
        kind = "date" if not in_sheet and (not text or ISO_DATE.fullmatch(text)) else "text"
    attrs |= {"type": kind, "value": text, "class": _classes("form-control", cell, in_sheet=in_sheet)}
    if cell.type in MODES:
        attrs["inputmode"] = MODES[cell.type]
    if cell.type == "date" and kind == "text":
        attrs["placeholder"] = "2020-12-31"
    return format_html("<input{}>", _attributes(attrs))


def _one_of(
    cell: RenderCell,
    attrs: dict[str, Any],
    pairs: list[tuple[str, str]],
    chosen: list[str],
    *,
    in_sheet: bool,
) -> SafeString:
    if not in_sheet and _as_radio(cell):
        return _boxes("radio", cell, attrs, pairs, set(chosen))
    known = {code for code, _label in pairs}
    options = [("", "", "")] + [(code, label, " selected" if code in chosen else "") for code, label in pairs]
    options += [
        (text, text, " selected") for text in chosen if text not in known
    ]  # as typed, with its message
    attrs |= {"class": _classes("form-select", cell, in_sheet=in_sheet)}
    drawn = format_html_join("", '<option value="{}"{}>{}</option>', ((c, m, t) for c, t, m in options))
    return format_html("<select{}>{}</select>", _attributes(attrs), drawn)


def _ticks(cell: RenderCell, attrs: dict[str, Any]) -> SafeString:
    pairs, chosen = _pairs(cell.choices), _listed(cell.value)
    known = {code for code, _label in pairs}
    pairs += [(text, text) for text in chosen if text not in known]
    return _boxes("checkbox", cell, attrs, pairs, set(chosen))


def _boxes(
    kind: str, cell: RenderCell, attrs: dict[str, Any], pairs: list[tuple[str, str]], chosen: set[str]
) -> SafeString:
    """Radio buttons or tick boxes; the first carries the cell's id, so that a link to the cell leads to it."""
    described = {k: v for k, v in attrs.items() if k in ("aria-describedby", "aria-invalid")}
    rows = []
    for place, (code, label) in enumerate(pairs):
        own = {
            "type": kind,
            "name": cell.key,
            "id": id_of(cell.key) if not place else f"{id_of(cell.key)}_{place}",
            "value": code,
            "checked": code in chosen,
            **described,
        }
        rows.append((_attributes(own), label))
    return format_html(
        '<div class="lc-options"><div>{}</div></div>',
        format_html_join("", "<label><input{}> {}</label>", rows),
    )
