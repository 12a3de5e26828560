"""The sheet 填写说明: what each column asks, in the words of the form. 填写说明"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from audit.punctuation import listed
from programmes.form_cells import Input, inputs_of
from programmes.schema import Form, FormField
from workflows.spreadsheets.grids import Grid, name_of
from workflows.spreadsheets.layout import GUIDE_SHEET, columns_of

WIDTHS = (30, 14, 12, 10, 70)
HEADING = PatternFill("solid", fgColor="EAF1FB")


def write_guide(
    book: Workbook,
    form: Form,
    fields: Sequence[FormField],
    grids: Sequence[Grid],
    programme: str,
    edition: str,
) -> None:
    """Add the sheet for these tables and grids of ``form``."""
    sheet = book.create_sheet(GUIDE_SHEET)
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDE"[place]].width = width
    put_line(sheet, [_("填写说明")], Font(bold=True, size=14))
    put_line(sheet, [_("申报项目"), programme])
    put_line(sheet, [_("政策版本"), edition])
    put_line(sheet, [_("所属表单"), str(form.title)])
    for field in fields:
        put_line(sheet, [])
        put_line(sheet, [str(field.label)], Font(bold=True, size=12))
        put_line(sheet, [_("依据条款"), field.clause])
        put_line(sheet, [_("行数上限"), _("%(n)s行") % {"n": field.max_rows}])
        if field.help:
            put_line(sheet, [_("说明"), str(field.help)])
        heads = [_("列名"), _("类型"), _("单位"), _("必填"), _("说明")]
        put_line(sheet, heads, Font(bold=True), filled=True)
        for column in columns_of(field):
            entry = column.entry
            wanted = _("必填") if entry.required else ""
            put_line(sheet, [column.heading, kind_name(entry), entry.unit, wanted, hints_of(entry)])
    for grid in grids:
        _grid(sheet, form, grid)
    put_line(sheet, [])
    for hint in (_rules() if fields else []) + (_grid_rules() if grids else []):
        put_line(sheet, [hint])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=5)
    sheet.sheet_view.showGridLines = False


def _grid(sheet: Worksheet, form: Form, grid: Grid) -> None:
    put_line(sheet, [])
    put_line(sheet, [grid.title], Font(bold=True, size=12))
    put_line(sheet, [_("依据条款"), form.clause])
    if form.note:
        put_line(sheet, [_("说明"), str(form.note)])
    put_line(sheet, [_("指标"), _("类型"), _("单位"), _("必填"), _("说明")], Font(bold=True), filled=True)
    for field in grid.fields:
        entry = next(inputs_of(field))
        wanted = _("必填") if entry.required else ""
        help_text = str(field.help) if field.help else ""
        put_line(sheet, [name_of(field), kind_name(entry), field.unit, wanted, help_text + hints_of(entry)])


def kind_name(entry: Input) -> str:
    """What kind of value a column takes, as people say it."""
    return {
        "text": pgettext("kind of a column", "文字"),
        "rich_text": pgettext("kind of a column", "文字（可分段）"),
        "integer": pgettext("kind of a column", "整数"),
        "decimal": pgettext("kind of a column", "数字"),
        "percent": pgettext("kind of a column", "百分数"),
        "boolean": pgettext("kind of a column", "是或否"),
        "date": pgettext("kind of a column", "日期"),
        "datetime": pgettext("kind of a column", "日期和时间"),
        "choice": pgettext("kind of a column", "单选"),
        "multi_choice": pgettext("kind of a column", "多选"),
    }.get(entry.type, entry.type)


def hints_of(entry: Input) -> str:
    """What is to be known of a column: its help, its choices, its limits."""
    parts = [str(entry.help)] if entry.help else []
    if entry.type in ("choice", "multi_choice"):
        parts.append(_("可选：%(choices)s。") % {"choices": listed(choice.label for choice in entry.choices)})
    if entry.type == "multi_choice":
        parts.append(_("选多项时用顿号隔开。"))
    if entry.minimum is not None:
        parts.append(_("不得小于%(limit)s。") % {"limit": format(entry.minimum, "f")})
    if entry.maximum is not None:
        parts.append(_("不得大于%(limit)s。") % {"limit": format(entry.maximum, "f")})
    if entry.type in ("text", "rich_text") and entry.max_length < 2000:
        parts.append(_("不超过%(limit)s字。") % {"limit": entry.max_length})
    return "".join(parts)


def _rules() -> list[str]:
    return [
        _("一、第一行列名请勿改动；各列可以调换顺序，不需要的列可以删去。"),
        _("二、数字只填数值，不带单位；单位以列名所注为准。日期填如2020-12-31。"),
        _("三、填好后在系统该表下方点“Excel导入”，选择追加或替换，核对后确认。"),
        _("四、不符合要求的单元格会原样保留并逐格提示，可在系统中或本文件中改正。"),
    ]


def _grid_rules() -> list[str]:
    return [
        _("指标表：列名、各级指标名称和单位请勿改动；行、列可以调换先后。灰色格不填。"),
        _("指标表：数字只填数值，不带单位；单位以各行“单位”列所注为准。"),
        _("指标表：填好后在系统该表下方点“Excel导入”，逐格核对变动后确认；空白格默认保留系统中的现有内容。"),
    ]


def put_line(
    sheet: Worksheet, values: Sequence[str], font: Font | None = None, *, filled: bool = False
) -> None:
    """Add a line of texts below what is there; a blank one without any."""
    number = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    if not values:
        sheet.cell(number, 1).value = " "
        return
    for place, value in enumerate(values, start=1):
        cell = sheet.cell(number, place)
        cell.value, cell.data_type = value, "s"
        cell.alignment = Alignment(wrap_text=place > 1, vertical="top")
        if font is not None:
            cell.font = font
        if filled:
            cell.fill = HEADING
