"""Which settings a field or a column has, kind by kind, and how each stands in the YAML. 表单项的设置

The one table of the designer. A setting that a kind has no use for is not offered, unless the field has it already:
nothing that stands in a file is hidden from who edits it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Control = Literal["line", "area", "number", "whole", "tick", "select", "several", "lines", "codes"]

NUMBERS: Final = ("integer", "decimal", "percent")
TEXTS: Final = ("text", "rich_text")
CHOICES: Final = ("choice", "multi_choice")
SHEETS: Final = ("grid", "table")
FILES: Final = ("file", "files")
ANSWERED: Final = (*TEXTS, *NUMBERS, "boolean", "date", "datetime", *CHOICES)

KINDS: Final[dict[str, str | Promise]] = {
    "text": _("单行文字"),
    "rich_text": _("多行文字"),
    "integer": _("整数"),
    "decimal": _("小数"),
    "percent": _("百分比"),
    "boolean": _("是或者否"),
    "date": _("日期"),
    "datetime": _("日期和时间"),
    "choice": _("单选"),
    "multi_choice": _("多选"),
    "table": _("明细表（可以增加行）"),
    "grid": _("一行多格（如上年、本年）"),
    "file": _("上传一个文件"),
    "files": _("上传多个文件"),
    "form_link": _("由本系统的表单代替"),
}
MOST_PRINTED: Final = 200
"""Blank lines of a table that are printed, at most."""
COLUMN_KINDS: Final = ANSWERED


@dataclass(frozen=True, slots=True)
class Setting:
    """设置: ``kinds`` have use for it (none named: all); ``column``: columns have it as well.

    ``longest``: characters of a text, the highest of a whole number.
    """

    name: str
    label: str | Promise
    control: Control
    kinds: tuple[str, ...] = ()
    column: bool = False
    default: Any = ""
    help: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    group: str = ""
    longest: int = 500


ORIGINS: Final = (("official", _("印发的栏目")), ("supplementary", _("补充栏目，供规则核对")))
SOURCES: Final = (("text", _("原文")), ("implied", _("原文推知")), ("proposed", _("建议值，原文没有规定")))
HOLDS: Final = (
    ("", _("不限")),
    ("phone", _("电话")),
    ("mobile", _("手机")),
    ("landline", _("固定电话或者传真")),
    ("email", _("电子邮箱")),
    ("postcode", _("邮政编码")),
    ("uscc", _("统一社会信用代码")),
)
PRINTED: Final = (("table", _("有表头的表格")), ("list", _("在正文中逐项编号")))

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("required", _("必填"), "tick", column=True, default=True),
    Setting("unit", _("单位"), "line", (*NUMBERS, "text", *SHEETS), column=True, longest=40),
    Setting("clause", _("依据条款"), "select"),
    Setting("origin", _("栏目来源"), "select", default="official", choices=ORIGINS),
    Setting("source", _("内容来源"), "select", default="text", choices=SOURCES),
    Setting(
        "holds",
        _("内容格式"),
        "select",
        ("text",),
        column=True,
        choices=HOLDS,
        help=_("格式不符的不予接受。"),
    ),
    Setting("minimum", _("最小值"), "number", (*NUMBERS, *SHEETS), column=True, default=None),
    Setting("maximum", _("最大值"), "number", (*NUMBERS, *SHEETS), column=True, default=None),
    Setting("max_length", _("最多字数"), "whole", (*TEXTS, *SHEETS), default=20000, longest=1_000_000),
    Setting("max_rows", _("最多填写行数"), "whole", ("table",), default=2000, longest=100_000),
    Setting(
        "parts",
        _("同一格内的其他数值"),
        "codes",
        SHEETS,
        column=True,
        default=[],
        help=_(
            "一格内要填几个数的，写明第二个起各数值的代码，用逗号隔开；名称在所属表单项的“分项名称”中填写。"
        ),
    ),
    Setting("links", _("由哪些表单代替"), "several", ("form_link",), default=[]),
    Setting("number", _("材料序号"), "whole", (*FILES, "form_link"), default=None),
    Setting(
        "visible_when",
        _("显示条件"),
        "line",
        help=_('不写则总是显示。用本表单其他项的代码书写，如 has_plan 或者 kind == "a"。'),
        group="logic",
        longest=2000,
    ),
    Setting(
        "calculated",
        _("自动计算"),
        "line",
        (*NUMBERS, "text", "boolean", "date"),
        help=_("写明算式的，该项由系统算出，不用填写，如 area_a + area_b。"),
        group="logic",
        longest=2000,
    ),
    Setting("prefill", _("预填来源"), "select", ANSWERED, group="logic"),
    Setting(
        "path",
        _("各级指标名称"),
        "lines",
        (*NUMBERS, "text", "rich_text", "grid"),
        default=[],
        help=_("按指标体系印发的表单，每行写一级，从一级指标写起。"),
        group="print",
    ),
    Setting("indicator_kind", _("指标性质"), "line", (*NUMBERS, *TEXTS, "grid"), group="print", longest=40),
    Setting(
        "printed_rows",
        _("印发表格的行数"),
        "whole",
        ("table",),
        default=0,
        group="print",
        longest=MOST_PRINTED,
    ),
    Setting(
        "printed_as", _("表格的印法"), "select", ("table",), default="table", choices=PRINTED, group="print"
    ),
    Setting(
        "printed_label",
        _("印发的名称"),
        "line",
        help=_("仅当页面上的名称与印发的不同时填写。"),
        group="print",
    ),
    Setting("printed_help", _("打印时印出填写说明"), "tick", default=False, group="print"),
)
BY_NAME: Final = {setting.name: setting for setting in SETTINGS}
OTHERS: Final = {"choices": CHOICES, "columns": SHEETS, "part_labels": SHEETS}
"""Settings with a table of their own on the page, and the kinds that use them."""


def offered(kind: str, item: Mapping[str, Any], *, column: bool) -> list[Setting]:
    """The settings to show for an item of that kind, in order."""
    return [
        setting
        for setting in SETTINGS
        if (setting.column or not column) and (_fits(setting, kind, column) or setting.name in item)
    ]


def _fits(setting: Setting, kind: str, column: bool) -> bool:
    if setting.name == "parts":
        return column and kind in (*NUMBERS, "text")
    return not setting.kinds or kind in setting.kinds


def useless(kind: str, item: Mapping[str, Any]) -> list[str]:
    """The keys that an item has and that kind has no use for."""
    known: Iterable[tuple[str, tuple[str, ...]]] = (
        *((setting.name, setting.kinds) for setting in SETTINGS if setting.name != "parts"),
        *OTHERS.items(),
    )
    return [name for name, kinds in known if name in item and kinds and kind not in kinds]
