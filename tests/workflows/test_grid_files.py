"""Spreadsheets of a printed grid, as offices send them: rows by their labels, columns by their headings. 指标表读取"""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.errors import Invalid
from programmes.packs import parse_files, read_directory
from programmes.schema import Pack
from tests.factories.cases import gy_pack
from tests.factories.programmes import MINI_DIRECTORY
from tests.workflows.test_spreadsheet_files import zipped
from tests.workflows.workbooks import opened, raw_workbook, saved, workbook
from workflows.spreadsheets.grid_changes import changes_of
from workflows.spreadsheets.grid_importing import GridImport, read_grid
from workflows.spreadsheets.grids import Grid, grid_of, grids_of, name_of
from workflows.spreadsheets.importing import read_upload
from workflows.spreadsheets.writing import Source, grid_file, table_file

CODE = "GY_OVERALL"
YEARS = ["2020年", "2021年", "2022年"]
HEADS = ["一级指标", "二级指标", "三级指标", "单位", *YEARS]
REVENUE = ["行业指标", "主营业务收入", "绝对值(万元)", "万元"]
GROWTH = ["行业指标", "主营业务收入", "增长率(%)", "%"]
STAFF = ["就业指标", "就业人数", "绝对值(个)", "人"]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return gy_pack()


@pytest.fixture(scope="module")
def grid(pack: Pack) -> Grid:
    (found,) = grids_of(pack.forms[CODE])
    return found


def read(pack: Pack, content: bytes, name: str = "a.xlsx") -> GridImport:
    found = grid_of(pack.forms[CODE], "main_revenue")
    assert found is not None
    return read_grid(SimpleUploadedFile(name, content), found, form_code=CODE, pack=pack)


def refusal(pack: Pack, content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(pack, content)
    assert str(refused.value.message) == refused.value.fields["file"]
    return refused.value


def template(pack: Pack, grid: Grid, data: dict[str, Any] | None = None) -> bytes:
    return grid_file(Source(pack.forms[CODE], "示范基地", "2020.1", "d" * 64), grid, data)


def plain_rows(*rows: list[Any]) -> bytes:
    return workbook([HEADS, *rows])


# -- templates -------------------------------------------------------------------------------------------------------


def test_a_template_carries_the_printed_labels_columns_and_units(pack: Pack, grid: Grid) -> None:
    book = opened(template(pack, grid))
    sheet = book["指标"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:5] == ["一级指标", "二级指标", "三级指标", "单位", "2020年"]
    assert heads[-3:] == ["2022年", "2022年·其中高级职称人员数", "指标类型"]
    assert [cell.value for cell in sheet[2]][:5] == [*REVENUE, None]
    assert [cell.value for cell in sheet[3]][:4] == GROWTH
    assert sheet.max_row == 14
    assert sheet.freeze_panes == "E2"
    assert sheet["F2"].fill.fgColor.rgb == "00E6E8EB"
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"whole", "decimal"}
    guide = " ".join(str(value) for row in book["填写说明"].values for value in row if value)
    for said in (
        "行业指标 / 主营业务收入 / 绝对值(万元)",
        "003·附件2",
        "一格两数",
        "列名、各级指标名称和单位请勿改动",
    ):
        assert said in guide
    mark = [cell.value for cell in book["_licheng"][1]]
    assert mark == ["licheng-table", "指标", CODE, "main_revenue", "d" * 64]


def test_a_grid_filled_in_and_read_again_is_the_same(pack: Pack, grid: Grid) -> None:
    data: dict[str, Any] = {
        "main_revenue_2020": "1200.50",
        "main_revenue_growth_2021": "12.5",
        "researchers_2021": 120,
        "researchers_2021_senior": 30,
        "profit_2020": "-5",
        "employees_2022": "约三百",
    }
    again = read(pack, template(pack, grid, data))
    assert changes_of(grid, data, again.cells, blanks=True) == {}
    assert set(again.cells) == set(grid.inputs)
    (told,) = again.errors
    assert str(told) == "工作表“指标”第8行“绝对值(个)·2022年”：请填写数字，以“人”为单位"


def test_rows_under_other_headings_or_of_other_kinds_are_other_grids(pack: Pack) -> None:
    mini = parse_files(read_directory(MINI_DIRECTORY))
    (staff,) = grids_of(mini.forms["BASIC"])
    assert (staff.title, staff.key) == ("规模", "staff")
    assert [column.heading for column in staff.columns] == ["总数", "研发", "研发·其中高级职称"]
    assert grid_of(mini.forms["BASIC"], "revenue") is None
    assert all(not grids_of(form) for code, form in pack.forms.items() if code != CODE)


# -- which row, which column -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("１２，０００．５", "12000.5"),
        ("12,000.50", "12000.50"),
        (1200.5, "1200.5"),
        ("300万元", "300"),
        ("  80 ", "80"),
    ],
)
def test_numbers_are_read_as_people_type_them(pack: Pack, grid: Grid, value: Any, stored: str) -> None:
    found = read(pack, plain_rows([*REVENUE, value]))
    changes = changes_of(grid, {}, found.cells, blanks=False)
    assert {key: change.after for key, change in changes.items()} == {"main_revenue_2020": stored}
    assert found.errors == []


def test_a_large_unit_is_asked_about_and_not_converted(pack: Pack) -> None:
    found = read(pack, plain_rows([*REVENUE, "1.2亿"]))
    assert found.cells["main_revenue_2020"] == "1.2亿"
    assert "“1.2亿”是否应填12000（单位：万元）？" in str(found.errors[0])


def test_rows_and_columns_in_another_order_are_read_by_their_names_and_told(pack: Pack) -> None:
    heads = ["单位", "2022年", "一级指标", "2020年", "二级指标", "三级指标", "2021年"]
    rows = [
        ["人", 3, "就业指标", 1, "就业人数", "绝对值(个)", 2],
        ["万元", 30, "行业指标", 10, "主营业务收入", "绝对值（万元）", 20],
    ]
    found = read(pack, workbook([heads, *rows]))
    assert [found.cells[f"employees_{year}"] for year in (2020, 2021, 2022)] == ["1", "2", "3"]
    assert [found.cells[f"main_revenue_{year}"] for year in (2020, 2021, 2022)] == ["10", "20", "30"]
    notes = " ".join(found.notes)
    assert "指标的先后与本表不同，已按指标名称对应读入。" in notes
    assert "列的先后与本表不同，已按列名对应读入。" in notes
    assert "等11项指标，这些行保持不变。" in notes


def test_merged_levels_as_the_printed_form_has_them_are_carried_down(pack: Pack) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [HEADS, [*REVENUE, 1], [None, None, GROWTH[2], "%", 2], [None, "利润", "绝对值(万元)", "万元", 3]]
    for row in [["附件2"], *rows, ["注：据实填写。"]]:
        sheet.append(row)
    sheet.merge_cells("A3:A5")
    sheet.merge_cells("B3:B4")
    found = read(pack, saved(book))
    assert found.cells["main_revenue_2020"] == "1"
    assert found.cells["main_revenue_growth_2020"] == "2"
    assert found.cells["profit_2020"] == "3"


@pytest.mark.parametrize(
    "label", ["行业指标 / 主营业务收入 / 绝对值(万元)", "主营业务收入 / 绝对值(万元)", "绝对值(万元)", "收入"]
)
def test_a_label_in_one_column_is_known_when_it_can_mean_one_row_only(pack: Pack, label: str) -> None:
    content = workbook([["指标名称", *YEARS], [label, 1, 2, 3]])
    if label.startswith("行业指标"):
        assert read(pack, content).cells["main_revenue_2020"] == "1"
    else:
        assert refusal(pack, content).code == "other_row"


def test_two_numbers_of_one_printed_blank_have_a_column_each(pack: Pack) -> None:
    researchers = ["就业指标", "科研人员数量", "绝对值(个,高级职称人员数)", "人"]
    heads = [*HEADS[:5], "2020年·其中高级职称人员数"]
    found = read(pack, workbook([heads, [*researchers, 100, 20], [*REVENUE, 5, 7]]))
    assert found.cells["researchers_2020"] == "100"
    assert found.cells["researchers_2020_senior"] == "20"
    (told,) = found.questions
    assert "第3行“绝对值(万元)·2020年·其中高级职称人员数”：本行没有此格，内容“7”不读入" in str(told)


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        (
            [[*REVENUE[:2], "绝对值(亿元)", "亿元", 1]],
            "other_row",
            "工作表“Sheet1”第2行“行业指标 / 主营业务收入 / 绝对值(亿元)”有数据，但不是本表的指标",
        ),
        ([["", "", "", "", 5]], "other_row", "第2行“（无名称）”有数据"),
        (
            [[*REVENUE[:3], "亿元", 1]],
            "other_unit",
            "工作表“Sheet1”第2行“行业指标 / 主营业务收入 / 绝对值(万元)”的“单位”为“亿元”，本指标以“万元”为单位",
        ),
        ([[*STAFF[:3], "万人", 1]], "other_unit", "的“单位”为“万人”，本指标以“人”为单位"),
        (
            [[*REVENUE, 1], [*GROWTH, 2], [*REVENUE, 3]],
            "row_twice",
            "工作表“Sheet1”第2行和第4行都是“行业指标 / 主营业务收入 / 绝对值(万元)”",
        ),
        ([["注：据实填写"]], "no_rows", "工作表“Sheet1”中没有本表的指标"),
    ],
)
def test_labels_and_units_that_were_changed_are_told_with_sheet_and_row(
    pack: Pack, rows: list[list[Any]], code: str, says: str
) -> None:
    refused = refusal(pack, plain_rows(*rows))
    assert refused.code == code
    assert says in str(refused.message)


@pytest.mark.parametrize(
    ("heads", "code", "says"),
    [
        (
            ["2020年", "2023年", "2022年"],
            "other_column",
            "工作表“Sheet1”第1行的列名“2023年”不是本表的列，而本表的“2021年”没有找到",
        ),
        (
            ["2020年(亿元)", "2021年", "2022年"],
            "other_unit",
            "列名“2020年(亿元)”以亿元为单位，本表以万元为单位",
        ),
        (["2020年", "2020年", "2022年"], "column_twice", "列名“2020年”出现了不止一次"),
        (["甲", "乙", "丙"], "no_headings", "没有找到列名行"),
    ],
)
def test_headings_that_were_changed_are_told(pack: Pack, heads: list[str], code: str, says: str) -> None:
    refused = refusal(pack, workbook([[*HEADS[:4], *heads], [*REVENUE, 1, 2, 3]]))
    assert refused.code == code
    assert says in str(refused.message)


def test_columns_of_ones_own_and_columns_left_out_are_told(pack: Pack) -> None:
    found = read(pack, workbook([[*HEADS, "备注"], [*REVENUE, 1, 2, 3, "据报表"]]))
    assert "文件中的“备注”列不是本表的列，不读入。" in found.notes
    some = read(pack, workbook([[*HEADS[:4], "2021年"], [*REVENUE, 2]]))
    assert any(note.startswith("文件中没有“2020年”") and "这些列保持不变" in note for note in some.notes)
    assert some.cells == {"main_revenue_2021": "2"}


# -- what cells hold -------------------------------------------------------------------------------------------------


def test_a_blank_changes_nothing_unless_it_is_wanted(pack: Pack, grid: Grid) -> None:
    found = read(pack, plain_rows([*REVENUE, "", None, 3]))
    stored = {"main_revenue_2020": "1", "main_revenue_2022": "2"}
    assert set(changes_of(grid, stored, found.cells, blanks=False)) == {"main_revenue_2022"}
    both = changes_of(grid, stored, found.cells, blanks=True)
    assert both["main_revenue_2020"].after is None
    assert set(both) == {"main_revenue_2020", "main_revenue_2022"}


def test_a_formula_that_failed_is_not_taken_and_one_that_was_never_calculated_neither(pack: Pack) -> None:
    labels = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in REVENUE)
    failed = formulas_with(labels, '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    found = read(pack, failed)
    assert "main_revenue_2020" not in found.cells
    assert "公式结果有误（#DIV/0!），请核对；本格未读入，保持不变" in str(found.errors[0])
    never = read(pack, formulas_with(labels, "<c><f>1+1</f></c>"))
    assert "main_revenue_2020" not in never.cells
    assert "公式没有计算结果" in str(never.errors[0])
    fine = read(pack, formulas_with(labels, "<c><f>1+1</f><v>2</v></c>"))
    assert fine.cells["main_revenue_2020"] == "2"


def formulas_with(labels: str, cell: str) -> bytes:
    heads = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in HEADS[:5])
    return raw_workbook(f"<row>{heads}</row><row>{labels}{cell}</row>")


def test_a_merged_number_is_read_once_and_told(pack: Pack) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet.append([*REVENUE, 7])
    sheet.merge_cells("E2:G2")
    found = read(pack, saved(book))
    assert found.cells["main_revenue_2020"] == "7"
    assert found.cells["main_revenue_2021"] == ""
    assert "工作表“Sheet”第2行“2020年”是合并单元格，数值只读入第一格，请核对。" in found.notes


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_is_read_as_well(pack: Pack, encoding: str) -> None:
    text = '一级指标,二级指标,三级指标,单位,2020年\n就业指标,科研人员数量,"绝对值(个,高级职称人员数)",人,"1,200"\n'
    found = read(pack, text.encode(encoding), "a.csv")
    assert found.cells == {"researchers_2020": "1,200"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04broken", "malformed"),
        (b"<html><table></table></html>", "web_page"),
        (zipped(**{"word/document.xml": b"<w/>"}), "not_a_spreadsheet"),
    ],
)
def test_files_that_are_no_workbook_are_refused_as_for_tables(pack: Pack, content: bytes, code: str) -> None:
    assert refusal(pack, content).code == code


def test_bombs_and_oversized_files_are_refused_as_for_tables(pack: Pack, settings: Any) -> None:
    settings.SPREADSHEET_MAX_BYTES = 1000
    assert refusal(pack, plain_rows([*REVENUE, 1])).code == "too_large"
    settings.SPREADSHEET_MAX_BYTES = 10**7
    settings.SPREADSHEET_MAX_CELLS = 20
    assert refusal(pack, plain_rows(*[[*REVENUE, 1]] * 9)).code == "too_many_cells"


def test_a_template_of_another_table_is_refused_by_name(pack: Pack, grid: Grid) -> None:
    form = pack.forms["GY_KEY_PROJECT"]
    field = next(each for each in form.fields if each.key == "rows")
    other = table_file(Source(form, "示范基地", "2020.1", "d" * 64), field)
    assert "是“重点项目”的模板" in str(refusal(pack, other).message)
    with pytest.raises(Invalid) as refused:
        read_upload(
            SimpleUploadedFile("a.xlsx", template(pack, grid)),
            field,
            form_code=form.code,
            digest="d" * 64,
            pack=pack,
        )
    assert f"是“{grid.title}”的模板" in str(refused.value.message)


def test_every_row_is_known_by_the_labels_that_its_template_prints(pack: Pack, grid: Grid) -> None:
    data = {key: number for number, key in enumerate(grid.inputs, start=1)}
    again = read(pack, template(pack, grid, dict(data)))
    assert {key: again.cells[key] for key in data} == {key: str(value) for key, value in data.items()}
    assert len({name_of(field) for field in grid.fields}) == len(grid.fields) == 13
