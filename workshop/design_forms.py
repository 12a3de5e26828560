"""The designer's forms: the settings of a field, a column, a heading, a form. Only what is touched is written. 设置页

Each shows an item as it is written (``item``) and gives it back changed (``result``): a setting that was not touched
keeps its key, or its absence, in the file.
"""

from __future__ import annotations

import copy as copying
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workshop.field_settings import (
    BY_NAME,
    CHOICES,
    COLUMN_KINDS,
    KINDS,
    ORIGINS,
    SHEETS,
    Setting,
    offered,
    useless,
)
from workshop.option_rows import Rows, said, wording

CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
COLUMN_CODE: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
Options = Sequence[tuple[str, str]]


class TextLines(forms.CharField):
    """Text with the line ends of the packs, however the browser sends them."""

    def to_python(self, value: Any) -> Any:
        text = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
        return super().to_python(text)


def _line(label: Any, initial: Any, *, required: bool = False, longest: int = 500, **kw: Any) -> forms.Field:
    shown = said(initial)
    widget = forms.Textarea({"rows": 3}) if "\n" in shown else forms.TextInput()
    longest = max(longest, len(shown))  # what stands in the file already may stay
    return TextLines(label=label, required=required, max_length=longest, initial=shown, widget=widget, **kw)


def _area(label: Any, initial: Any, rows: int = 2, **kw: Any) -> forms.Field:
    shown = said(initial)
    kw.setdefault("max_length", max(4000, len(shown)))
    return TextLines(label=label, required=False, initial=shown, widget=forms.Textarea({"rows": rows}), **kw)


def text_fields(
    name: str, label: str, value: Any, *, required: bool, area: bool = False
) -> dict[str, forms.Field]:
    """The two inputs of a wording: Chinese, and its English."""
    value = value if isinstance(value, Mapping) else {}
    zh, en = label, gettext("%(label)s（英文）") % {"label": label}
    if area:
        return {f"{name}_zh": _area(zh, value.get("zh")), f"{name}_en": _area(en, value.get("en"))}
    return {
        f"{name}_zh": _line(zh, value.get("zh"), required=required),
        f"{name}_en": _line(en, value.get("en")),
    }


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be chosen on a page: clauses, forms, sources of prefilled values, headings."""

    clauses: Options
    links: Options = ()
    prefills: Options = ()
    sections: Options = ()


class EntryForm(forms.Form):
    """表单项或者表列的设置.

    ``item``: as it is written ({} for a new one, to which ``key`` and ``clause`` are proposed); ``kind``: for which the
    settings are shown; ``fixed``: its code is used and stays; ``taken``: codes that others have; ``typed``: what was
    typed before the page was drawn for another kind.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        item: Mapping[str, Any],
        kind: str,
        column: bool,
        offers: Offers,
        taken: Iterable[str] = (),
        fixed: bool = False,
        section: int | None = None,
        key: str = "",
        clause: str = "",
        typed: QueryDict | None = None,
    ) -> None:
        super().__init__(data)
        self.item, self.kind, self.column, self.taken = item, kind, column, set(taken)
        self.changes_kind = bool(item) and kind != item.get("type")
        self.dropped = useless(kind, item) if self.changes_kind else []
        kept = {name: value for name, value in item.items() if name not in self.dropped}
        self.settings = offered(kind, kept, column=column)
        self._start(fixed, key, offers, section)
        proposed = {"clause": clause} if not item and not column else {}
        for setting in self.settings:
            self.fields[setting.name] = _field(setting, proposed | kept, offers)
        source = data if data is not None else typed
        self.rows = self._rows(kept, source)
        if typed is not None:
            self._take(typed)

    def _start(self, fixed: bool, key: str, offers: Offers, section: int | None) -> None:
        item = self.item
        if not fixed:
            help_text = _("规则引用该项时使用，由英文字母、数字和下划线组成，以字母开头。")
            self.fields["key"] = _line(
                _("代码"), item.get("key", key), required=True, longest=64, help_text=help_text
            )
        self.fields |= text_fields("label", gettext("名称"), item.get("label"), required=True)
        kinds = [(code, name) for code, name in KINDS.items() if not self.column or code in COLUMN_KINDS]
        if self.kind not in dict(kinds):
            kinds.append((self.kind, KINDS.get(self.kind, self.kind)))
        self.fields["type"] = forms.ChoiceField(label=_("类型"), choices=kinds, initial=self.kind)
        if offers.sections:
            self.fields["section"] = forms.ChoiceField(
                label=_("所在小节"),
                choices=[*offers.sections, *([("", _("不在任何小节"))] if section is None else [])],
                initial="" if section is None else str(section),
                required=section is not None,
            )
        self.fields |= text_fields("help", gettext("填写说明"), item.get("help"), required=False, area=True)

    def _rows(self, kept: Mapping[str, Any], typed: QueryDict | None) -> dict[str, Rows]:
        rows = {}
        if self.kind in CHOICES or "choices" in kept:
            shown = typed is not None and "choice_code" in typed
            known = Rows.of_choices(kept.get("choices"))
            rows["choices"] = Rows.typed("choice", typed, known) if shown and typed else known
        if (not self.column and "part_labels" in kept) or (self.kind in SHEETS and _has_parts(kept)):
            shown = typed is not None and "part_code" in typed
            known = Rows.of_parts(kept.get("part_labels"))
            rows["part_labels"] = Rows.typed("part", typed, known) if shown and typed else known
        return rows

    def _take(self, typed: QueryDict) -> None:
        """Show again what was typed. Nothing ticked is something typed where the page had the boxes."""
        drawn = typed.get("drawn", self.kind)
        for name, field in self.fields.items():
            if isinstance(field, forms.BooleanField):
                field.initial = name in typed
            elif isinstance(field, forms.MultipleChoiceField):
                if drawn in (self.kind, *BY_NAME[name].kinds):
                    field.initial = typed.getlist(name)
            elif name in typed and name != "type":
                field.initial = typed[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        lowest, highest = given.get("minimum"), given.get("maximum")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("maximum", _("最大值小于最小值。"))
        if not self.column and not given.get("clause") and given.get("source") != "proposed":
            self.add_error("clause", _("请选择依据条款；原文没有规定的，内容来源选“建议值”。"))
        if self.kind == "form_link" and "links" in self.fields and not given.get("links"):
            self.add_error("links", _("请至少选择一张表单。"))
        for name, rows in self.rows.items():
            if not rows.check(needed=name == "choices" and self.kind in CHOICES):
                self.add_error(None, _("请更正选项或者分项名称中标出的内容。"))
        return given

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        pattern = COLUMN_CODE if self.column else CODE
        if not pattern.fullmatch(key):
            raise forms.ValidationError(_("代码由英文字母、数字和下划线组成，以字母开头，不超过64个字符。"))
        if key in self.taken:
            raise forms.ValidationError(_("本表单已有代码为“%(key)s”的项。") % {"key": key})
        return key

    @property
    def target(self) -> int | None:
        """The heading chosen, from 0."""
        chosen = self.cleaned_data.get("section", "")
        return int(chosen) if chosen else None

    def result(self) -> dict[str, Any]:
        """The item as it shall be written: what was not touched as it is."""
        given = self.cleaned_data
        item = {
            name: copying.deepcopy(value) for name, value in self.item.items() if name not in self.dropped
        }
        if "key" in given and ("key" not in item or "key" in self.changed_data):
            item["key"] = given["key"]
        if item.get("type") != self.kind:
            item["type"] = self.kind
        for name in ("label", "help"):
            if {f"{name}_zh", f"{name}_en"} & set(self.changed_data) or (
                name == "label" and name not in item
            ):
                _put(
                    item,
                    name,
                    wording(item.get(name), given[f"{name}_zh"], given[f"{name}_en"]),
                    name == "help",
                )
        for setting in self.settings:
            if setting.name in self.changed_data or (setting.name == "clause" and not self.item):
                self._set(item, setting, given[setting.name])
        for name, rows in self.rows.items():
            self._set_rows(item, name, rows)
        return item

    def _set(self, item: dict[str, Any], setting: Setting, value: Any) -> None:
        if setting.control == "lines":
            value = [line.strip() for line in value.split("\n") if line.strip()]
        elif setting.control == "codes":
            value = [code for code in re.split(r"[\s,，、]+", value) if code]
        elif setting.control == "number" and isinstance(value, Decimal):
            value = int(value) if value == value.to_integral_value() else value
        if setting.name == "clause":
            item["clause"] = value
        elif value == setting.default or value is None:
            item.pop(setting.name, None)
        else:
            item[setting.name] = value

    def _set_rows(self, item: dict[str, Any], name: str, rows: Rows) -> None:
        new: Any = rows.choices(item.get(name)) if name == "choices" else rows.labels(item.get(name))
        if new:
            item[name] = new
        else:
            item.pop(name, None)


def _put(item: dict[str, Any], name: str, wording: dict[str, Any], optional: bool) -> None:
    if optional and not any(wording.values()):
        item.pop(name, None)
    else:
        item[name] = wording


def _has_parts(item: Mapping[str, Any]) -> bool:
    return any(each.get("parts") for each in item.get("columns") or () if isinstance(each, Mapping))


def _field(setting: Setting, item: Mapping[str, Any], offers: Offers) -> forms.Field:
    value = item.get(setting.name, setting.default)
    common: dict[str, Any] = {"label": setting.label, "required": False, "help_text": setting.help}
    match setting.control:
        case "tick":
            return forms.BooleanField(initial=value is True, **common)
        case "number":
            return forms.DecimalField(initial=value, max_digits=24, **common)
        case "whole":
            most = max(setting.longest, value) if isinstance(value, int) else setting.longest
            return forms.IntegerField(initial=value, min_value=0, max_value=most, **common)
        case "select":
            return forms.ChoiceField(
                choices=_choices(setting, str(value or ""), offers), initial=value, **common
            )
        case "several":
            options = list(offers.links)
            options += [(str(code), str(code)) for code in value if str(code) not in dict(options)]
            return forms.MultipleChoiceField(
                choices=options, initial=value, widget=forms.CheckboxSelectMultiple, **common
            )
        case "lines":
            return _area(initial="\n".join(map(str, value)), rows=3, **_without(common))
        case "codes":
            return _line(initial=", ".join(map(str, value)), **_without(common))
        case _:
            return _line(initial=value, longest=setting.longest, **_without(common))


def _without(common: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in common.items() if name != "required"}


def _choices(setting: Setting, value: str, offers: Offers) -> list[tuple[str, Any]]:
    if setting.choices:
        return list(setting.choices)
    options: list[tuple[str, Any]] = list(offers.clauses if setting.name == "clause" else offers.prefills)
    if value and value not in dict(options):
        options.insert(0, (value, value))
    blank = _("请选择") if setting.name == "clause" else _("不预填")
    return [("", blank), *options]


class SectionForm(forms.Form):
    """小节的设置."""

    def __init__(self, data: QueryDict | None = None, *, item: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.item = item
        self.fields |= text_fields("title", gettext("小节标题"), item.get("title"), required=True)
        self.fields |= text_fields("help", gettext("说明"), item.get("help"), required=False, area=True)
        self.fields["printed"] = forms.ChoiceField(
            label=_("打印时"),
            choices=[
                ("heading", _("印出标题")),
                ("rows", _("逐项成行，不印标题")),
                ("foot", _("印在表尾")),
            ],
            initial=item.get("printed", "heading"),
        )

    def result(self) -> dict[str, Any]:
        """The heading as it shall be written."""
        given = self.cleaned_data
        item = copying.deepcopy(dict(self.item))
        for name in ("title", "help"):
            if {f"{name}_zh", f"{name}_en"} & set(self.changed_data):
                _put(
                    item,
                    name,
                    wording(item.get(name), given[f"{name}_zh"], given[f"{name}_en"]),
                    name == "help",
                )
        if "printed" in self.changed_data:
            _put_plain(item, "printed", given["printed"], "heading")
        return item


FORM_KINDS = (
    ("form", _("一般表单")),
    ("grid", _("指标表（各级指标、各年数值）")),
    ("table", _("汇总表")),
    ("outline", _("提纲")),
    ("materials", _("材料清单")),
)


class FormSettings(forms.Form):
    """表单的设置; with ``new`` its code as well."""

    def __init__(
        self, data: QueryDict | None = None, *, item: Mapping[str, Any], clauses: Options, new: bool = False
    ) -> None:
        super().__init__(data)
        self.item = item
        if new:
            self.fields["code"] = _line(
                _("表单代码"),
                "",
                required=True,
                longest=64,
                help_text=_(
                    "如 GY_SUPPLEMENT，也是文件的名称；由英文字母、数字和下划线组成，以字母开头，确定后不改。"
                ),
            )
        self.fields |= text_fields("title", gettext("表单名称"), item.get("title"), required=True)
        self.fields["kind"] = forms.ChoiceField(
            label=_("表单种类"), choices=FORM_KINDS, initial=item.get("kind", "form")
        )
        self.fields["origin"] = forms.ChoiceField(
            label=_("表单来源"),
            choices=[("official", _("政策印发的附表")), ("supplementary", _("补充表单"))],
            initial=item.get("origin", "official"),
        )
        options = _choices(BY_NAME["clause"], str(item.get("clause", "")), Offers(clauses))
        self.fields["clause"] = forms.ChoiceField(
            label=_("依据条款"), choices=options, initial=item.get("clause", "")
        )
        self.fields |= text_fields("note", gettext("说明"), item.get("note"), required=False, area=True)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            raise forms.ValidationError(_("代码由英文字母、数字和下划线组成，以字母开头，不超过64个字符。"))
        return code

    def result(self) -> dict[str, Any]:
        """The form's own keys as they shall be written."""
        given = self.cleaned_data
        item = copying.deepcopy(dict(self.item))
        if "code" in given:
            item["code"] = given["code"]
        for name in ("title", "note"):
            if {f"{name}_zh", f"{name}_en"} & set(self.changed_data):
                _put(
                    item,
                    name,
                    wording(item.get(name), given[f"{name}_zh"], given[f"{name}_en"]),
                    name == "note",
                )
        if "clause" in self.changed_data or "clause" not in item:
            item["clause"] = given["clause"]
        for name, default in (("kind", "form"), ("origin", "official")):
            if name in self.changed_data:
                _put_plain(item, name, given[name], default)
        return item


def _put_plain(item: dict[str, Any], name: str, value: str, default: str) -> None:
    if value == default:
        item.pop(name, None)
    else:
        item[name] = value


__all__ = ["ORIGINS", "EntryForm", "FormSettings", "Offers", "Rows", "SectionForm"]
