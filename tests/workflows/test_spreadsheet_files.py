"""Files that people upload for a table: what is understood in them, and what hostile ones are told. 文件读取"""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet.worksheet import Worksheet

from cases.errors import Invalid
from programmes.forms import clean_form
from programmes.schema import Choice, Column, Form, FormField, Pack, Text
from tests.factories.cases import gy_pack
from tests.workflows.workbooks import DECLARED, MAIN, line, raw_workbook, saved, workbook
from workflows.spreadsheets import guards
from workflows.spreadsheets.importing import Import, read_upload
from workflows.spreadsheets.scanning import extent_of

KINDS = (
    Choice(code="new", label=Text(zh="新建", en="New")),
    Choice(code="old", label=Text(zh="改、扩建", en="Rebuilt")),
)
FIELD = FormField(
    key="rows",
    label=Text(zh="重点建设项目"),
    type="table",
    clause="1",
    columns=(
        Column(key="name", label=Text(zh="名称", en="Name"), type="text"),
        Column(key="cost", label=Text(zh="投资额"), type="decimal", unit="万元", minimum=Decimal(0)),
        Column(key="land", label=Text(zh="用地"), type="decimal", unit="亩", required=False),
        Column(key="staff", label=Text(zh="从业人数(人)"), type="integer", unit="人", required=False),
        Column(key="share", label=Text(zh="分配比例"), type="percent", unit="%", required=False),
        Column(key="kind", label=Text(zh="性质"), type="choice", choices=KINDS, required=False),
        Column(key="state", label=Text(zh="是否开工"), type="boolean", required=False),
        Column(key="done", label=Text(zh="计划完成时间"), type="date", required=False),
        Column(key="plan", label=Text(zh="分年投资计划"), type="rich_text", required=False),
    ),
)
FORM = Form(code="F", title=Text(zh="表"), clause="1", fields=(FIELD,))
HEADS = (
    "名称",
    "投资额（万元）",
    "用地（亩）",
    "从业人数(人)",
    "分配比例（%）",
    "性质",
    "是否开工",
    "计划完成时间",
    "分年投资计划",
)
PLACES = {column.key: place for place, column in enumerate(FIELD.columns)}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return gy_pack()


def read(content: bytes, name: str = "a.xlsx", field: FormField = FIELD) -> Import:
    upload = SimpleUploadedFile(name, content)
    return read_upload(upload, field, form_code="F", digest="d", pack=gy_pack())


def refusal(content: bytes, name: str = "a.xlsx") -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(content, name)
    assert caught.value.fields["file"] == caught.value.message
    return caught.value


def one(key: str, value: Any, shape: str = "") -> Import:
    """A workbook with one line, this value under this column."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["名称", FIELD.columns[PLACES[key]].label.zh] if key != "name" else ["名称"])
    cell = sheet.cell(2, 1 if key == "name" else 2)
    cell.value = value
    if shape:
        cell.number_format = shape
    if key != "name":
        sheet.cell(2, 1).value = "甲"
    return read(saved(book))


# -- what is understood ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "shape", "stored", "told"),
    [
        ("cost", 12000, "", "12000", ""),
        ("cost", 12000.5, "#,##0.00", "12000.50", ""),
        ("cost", 0.1 + 0.2, "", "0.3", ""),
        ("cost", 1e15, "", "1000000000000000", ""),
        ("cost", "１２，５００．５", "", "12500.5", ""),
        ("cost", "1,234,567", "@", "1234567", ""),
        ("cost", "1，234，567", "@", "1234567", ""),
        ("cost", "1 200万元", "", "1200", ""),
        ("cost", "300 万元", "", "300", ""),
        ("land", "300 亩", "", "300", ""),
        ("cost", "\u200b 12\u00a0", "", "12", ""),
        ("cost", 33.3333333333, "0.00", "33.33", "已按表格中显示的33.33读入"),
        ("staff", 350.0, "", 350, ""),
        ("share", 0.125, "0.00%", "12.50", ""),
        ("share", 0.07, "0%", "7", ""),
        ("share", 12.5, "", "12.5", ""),
        ("share", "12.5％", "", "12.5", ""),
        ("kind", "新建", "", "new", ""),
        ("kind", " 改、扩建 ", "", "old", ""),
        ("kind", "new", "", "new", ""),
        ("state", True, "", True, ""),
        ("state", "否", "", False, ""),
        ("state", "√", "", True, ""),
        ("done", dt.date(2020, 12, 31), "yyyy-mm-dd", "2020-12-31", ""),
        ("done", dt.datetime(2020, 12, 31, 9, 30), "yyyy/m/d", "2020-12-31", ""),
        ("done", 44196, "", "2020-12-31", "数字44196按Excel日期读作2020-12-31"),
        ("done", 20201231, "", "2020-12-31", ""),
        ("done", "2020.12.31", "", "2020-12-31", ""),
        ("done", "2020年12月31日", "", "2020-12-31", ""),
        ("done", "2020/12/31", "", "2020-12-31", ""),
        ("name", 13800000000, "", "13800000000", ""),
        ("name", 7, "000000", "000007", ""),
        ("name", 0.25, "0%", "25%", ""),
        ("name", dt.date(2020, 12, 31), "yyyy-mm-dd", "2020-12-31", ""),
        ("name", dt.date(2020, 12, 1), 'yyyy"年"m"月"', "2020年12月", ""),
        ("name", 520102199001011234, "", "520102199001011000", "Excel对数字只保留15位"),
        ("name", "-2+3", "@", "-2+3", ""),
        ("plan", "第一年 100\n第二年 200", "", "第一年 100\n第二年 200", ""),
    ],
)
def test_what_excel_shows_is_what_is_read(key: str, value: Any, shape: str, stored: Any, told: str) -> None:
    read_in = one(key, value, shape)
    cleaned = clean_form(FORM, {"rows": read_in.rows}, partial=True)
    assert cleaned.errors == {}
    assert cleaned.data["rows"][0][key] == stored
    assert read_in.errors == []
    assert bool(read_in.questions) is bool(told)
    assert told in str(read_in.questions[0]) if told else True


@pytest.mark.parametrize(
    ("key", "value", "kept", "told"),
    [
        ("cost", "1.2亿元", "1.2亿元", "“1.2亿元”是否应填12000（单位：万元）？"),
        ("cost", "约300", "约300", "请填写数字，以“万元”为单位"),
        ("cost", -5, "-5", "不得小于0"),
        ("cost", "-1" + "0" * 400, "-1" + "0" * 400, "请填写数字"),
        ("cost", 123456789012345678901234567890, "123456789012346000000000000000", "数值过大"),
        ("cost", "1e400", "1e400", "请填写数字"),
        ("cost", "NaN", "NaN", "请填写数字"),
        ("cost", "Infinity", "Infinity", "请填写数字"),
        ("cost", 0.25, "25%", "不带百分号"),
        ("cost", dt.date(2020, 3, 5), "2020-03-05", "请填写数字"),
        ("cost", True, "是", "请填写数字"),
        ("staff", 3.5, "3.5", "请填写整数"),
        ("land", "0.2平方公里", "0.2平方公里", "是否应填300（单位：亩）"),
        ("kind", "迁建", "迁建", "请从所列选项中选择"),
        ("state", "也许", "也许", "请选择是或者否"),
        ("done", "去年底", "去年底", "请填写日期"),
        ("done", "2020-02-30", "2020-02-30", "没有这一天"),
        ("done", 3, "3", "请填写日期"),
    ],
)
def test_what_is_not_understood_is_kept_and_told_with_its_row_and_column(
    key: str, value: Any, kept: str, told: str
) -> None:
    read_in = one(key, value, "0%" if kept == "25%" else "")
    assert read_in.rows[0][key] == kept
    heading = FIELD.columns[PLACES[key]].label.zh
    assert str(read_in.errors[0]).startswith(f"第2行“{heading}")
    assert told in str(read_in.errors[0])
    assert clean_form(FORM, {"rows": read_in.rows}, partial=True).data["rows"][0][key] == kept


def test_the_calendar_of_old_macintosh_files_is_heeded() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["名称", "计划完成时间"])
    sheet.append(["甲", dt.date(2020, 12, 31)])
    sheet.cell(2, 2).number_format = "yyyy-mm-dd"
    assert read(saved(book)).rows == [{"name": "甲", "done": "2020-12-31"}]


# -- headings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "投资额（万元）",
        "投资额(万元)",
        " 投资额\n（万元） ",
        "投资额",
        "投资额*",
        "投 资 额",
        "投资额【万元】",
        "投资额（必填）",
    ],
)
def test_headings_are_known_however_they_are_written_and_ordered(heading: str) -> None:
    got = read(workbook([["附表"], [], ["用地", heading, "ＮＡＭＥ"], [12, 300, "甲"]]))
    assert got.rows == [{"land": "12", "cost": "300", "name": "甲"}]


def test_missing_and_unknown_columns_are_told() -> None:
    got = read(workbook([["名称", "投资额", "联系人"], ["甲", 1, "张三"]]))
    assert got.rows == [{"name": "甲", "cost": "1"}]
    assert "文件中没有“用地（亩）”、“从业人数(人)”" in got.notes[0]
    assert got.notes[1] == "文件中的“联系人”列不是本表的列，不读入。"


def test_a_column_that_stands_twice_is_refused() -> None:
    assert (
        refusal(workbook([["名称", "投资额", "投资额（万元）", "投资额"], ["甲", 1, 2, 3]])).code
        == "column_twice"
    )
    assert "“投资额（万元）”" in str(
        refusal(workbook([["名称", "用地", "投资额", "投资额"], [1] * 4])).message
    )


@pytest.mark.parametrize("heading", ["投资额（亿元）", "投资额(元)", "投资额（单位：亿元）"])
def test_a_column_in_another_unit_is_refused(heading: str) -> None:
    told = refusal(workbook([["名称", heading], ["甲", 1]]))
    assert told.code == "other_unit"
    assert "本表以万元为单位" in str(told.message)


def test_without_headings_nothing_is_guessed() -> None:
    assert refusal(workbook([["甲", 300], ["乙", 200]])).code == "no_headings"
    assert refusal(workbook([])).code in ("no_rows", "no_headings")
    assert str(refusal(workbook([list(HEADS)])).message) == "文件中只有列名，没有数据行。"


def test_blank_rows_and_totals_fall_away() -> None:
    rows = [["名称", "投资额"], ["甲", 1], [None, " "], ["乙", 2], ["合 计", 3]]
    got = read(workbook(rows))
    assert [row["name"] for row in got.rows] == ["甲", "乙"]
    assert "第5行是合计行，不读入。" in got.notes


def test_merged_cells_are_spread_for_texts_and_never_for_numbers() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (["名称", "性质", "投资额"], ["甲", "新建", 900], ["乙"], ["丙"], ["丁", "改、扩建", 1]):
        sheet.append(row)
    sheet.merge_cells("B2:B4")
    sheet.merge_cells("C2:C4")
    got = read(saved(book))
    assert [(r["name"], r.get("kind"), r.get("cost")) for r in got.rows] == [
        ("甲", "新建", "900"),
        ("乙", "新建", None),
        ("丙", "新建", None),
        ("丁", "改、扩建", "1"),
    ]
    assert "第2至4行“性质”是合并单元格，各行按相同内容读入。" in got.notes
    assert "第2至4行“投资额（万元）”是合并单元格，数值只读入首行，请核对。" in got.notes


def test_of_several_sheets_the_one_with_the_headings_is_read() -> None:
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    book.active.append(["说明"])
    sheet = book.create_sheet("项目表")
    sheet.append(["名称", "投资额"])
    sheet.append(["甲", 1])
    got = read(saved(book))
    assert got.rows == [{"name": "甲", "cost": "1"}]
    assert got.notes[0] == "文件有2个工作表，读取的是“项目表”。"


def test_what_a_file_says_of_its_own_size_is_not_believed() -> None:
    content = raw_workbook(
        line(1, "名称", "投资额") + line(2, "甲", "1") + line(3, "乙", "2"), dimension="A1:A1"
    )
    assert [row["cost"] for row in read(content).rows] == ["1", "2"]


# -- formulas -------------------------------------------------------------------------------------------------------


def formulas(cell: str) -> bytes:
    return raw_workbook(
        line(1, "名称", "投资额") + f'<row r="2"><c r="A2" t="inlineStr"><is><t>甲</t></is></c>{cell}</row>'
    )


def test_a_formula_gives_its_last_result() -> None:
    assert read(formulas('<c r="B2"><f>1+1</f><v>2</v></c>')).rows == [{"name": "甲", "cost": "2"}]


def test_a_formula_that_was_never_calculated_is_told_at_its_cell() -> None:
    got = read(formulas('<c r="B2"><f>SUM(C1:C9)</f></c>'))
    assert got.rows == [{"name": "甲"}]
    assert (
        str(got.errors[0])
        == "第2行“投资额（万元）”：公式没有计算结果，请在Excel或WPS中打开并保存一次，或改填数值"
    )


def test_a_formula_that_failed_is_kept_and_told() -> None:
    got = read(formulas('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'))
    assert got.rows == [{"name": "甲", "cost": "#DIV/0!"}]
    assert "公式结果有误（#DIV/0!）" in str(got.errors[0])


# -- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_csv_is_read_as_excel_and_wps_save_it(encoding: str, sign: str) -> None:
    text = f'名称{sign}投资额（万元）{sign}分年投资计划\r\n甲公司{sign}"1,200"{sign}"一年\n两年"\r\n'
    got = read(text.encode(encoding), "表.csv")
    assert got.rows == [{"name": "甲公司", "cost": "1,200", "plan": "一年\n两年"}]


# -- hostile files --------------------------------------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def encrypted_entry() -> bytes:
    """A workbook of which one entry says that it is encrypted."""
    content = bytearray(workbook([HEADS]))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


GOOD = workbook([["名称", "投资额"], ["甲", 1]])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LATE = f'<?xml version="1.0"?><!--{"x" * 100_000}--><!DOCTYPE x [<!ENTITY e "boom">]>'


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "empty_file", "文件是空的"),
        (GOOD[: len(GOOD) // 2], "malformed", "文件已损坏或不完整"),
        (GOOD[:200] + b"\0" * 50 + GOOD[250:], "malformed", "文件已损坏或不完整"),
        (b"PK\x03\x04" + b"\xff" * 500, "malformed", "文件已损坏或不完整"),
        (OLE + b"\0" * 2000 + "Workbook".encode("utf-16-le"), "old_format", "另存为“Excel工作簿（.xlsx）”"),
        (OLE + b"\0" * 9000 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "文件设有打开密码"),
        (encrypted_entry(), "encrypted", "文件设有打开密码"),
        (b"<html><table><tr><td>1</td></tr></table>", "web_page", "实际上是网页或XML"),
        (
            b'\xef\xbb\xbf<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>',
            "web_page",
            "另存为.xlsx",
        ),
        (b"%PDF-1.4\x00\x00", "not_a_spreadsheet", "这不是Excel文件"),
        (zipped(**{"word/document.xml": b"<a/>"}), "not_a_spreadsheet", "这是Word文档"),
        (zipped(**{"xl/workbook.bin": b"x"}), "binary_workbook", ".xlsb"),
        (zipped(**{"content.xml": b"<a/>"}), "open_document", ".ods"),
        (zipped(**{"a.txt": b"x"}), "not_a_spreadsheet", "这不是Excel文件"),
        (zipped(**{"xl/workbook.xml": b"<a/>"}), "malformed", "文件已损坏"),
        (zipped(**{f"xl/{n}.xml": b"<a/>" for n in range(2001)}), "too_much_inside", "文件解压后的内容过大"),
        (raw_workbook(line(1, "名称", "&d;"), prolog=LAUGHS), "entities", "XML实体定义"),
        (raw_workbook(line(1, "名称", "&e;"), prolog=OUTSIDE), "entities", "XML实体定义"),
        (raw_workbook(line(1, "名称", "&e;"), prolog=LATE), "malformed", "文件已损坏"),
        (raw_workbook('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "malformed", "文件已损坏"),
        (raw_workbook('<row r="x"><c><v>9</v></c></row>'), "malformed", "文件已损坏"),
        (raw_workbook(f'<row r="1"><c r="A1"><v>{"9" * 5000}</v></c></row>'), "malformed", "文件已损坏"),
        (raw_workbook(line(1, "名称") + "<row"), "malformed", "文件已损坏"),
        (
            raw_workbook('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
            "too_many_rows",
            "第1,048,576行仍有内容",
        ),
    ],
)
def test_files_that_are_not_read_are_told_why(content: bytes, code: str, says: str) -> None:
    told = refusal(content)
    assert (told.code, says in str(told.message)) == (code, True), (told.code, str(told.message))


def test_entities_that_come_late_are_not_expanded_either() -> None:
    for prolog in (LATE, LAUGHS.replace("<!DOCTYPE", f"<!--{'x' * 70_000}--><!DOCTYPE")):
        shared = f'{prolog}<sst xmlns="{MAIN}"><si><t>&e;</t></si></sst>'
        assert refusal(raw_workbook(line(1, "名称"), shared=shared)).code == "malformed"


def test_an_oversized_file_is_refused_before_it_is_opened(settings: Any) -> None:
    settings.SPREADSHEET_MAX_BYTES = 1000
    told = refusal(GOOD)
    assert told.code == "too_large"
    assert "超过1000" in str(told.message).replace("\xa0", "").replace(",", "")


def test_a_bomb_is_refused_by_what_it_declares(settings: Any) -> None:
    """Before anything of it is unpacked: the time does not depend on what it holds."""
    settings.SPREADSHEET_MAX_UNPACKED = 20 * 1024 * 1024
    sheet = raw_workbook(line(1, "名称") + " " * 40 * 1024 * 1024)
    strings = raw_workbook(line(1, "名称"), shared=f"{DECLARED}<sst>{' ' * 40 * 1024 * 1024}</sst>")
    assert len(sheet) < 100_000
    began = time.process_time()
    assert refusal(sheet).code == "too_much_inside"
    assert time.process_time() - began < 0.5
    settings.SPREADSHEET_MAX_UNPACKED = 300 * 1024 * 1024
    assert refusal(strings).code == "too_much_inside", "texts are read into memory whole"


def test_a_bomb_that_declares_less_than_it_holds_is_damaged() -> None:
    """No more than what is declared is ever unpacked; then the checksum does not match."""
    content = bytearray(raw_workbook(line(1, "名称") + " " * 5_000_000))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rfind(mark) if mark == b"PK\x01\x02" else content.find(b"xl/worksheets/sheet1.xml") - 30
        content[at + offset : at + offset + 4] = (1000).to_bytes(4, "little")
    assert refusal(bytes(content)).code == "malformed"


def test_a_million_empty_rows_cost_little() -> None:
    blank = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577))
    content = raw_workbook(line(1, "名称") + line(2, "甲") + blank, dimension="A1:A1048576")
    began = time.process_time()
    assert read(content).rows == [{"name": "甲"}]
    assert time.process_time() - began < 5


def test_too_many_cells_are_refused(settings: Any) -> None:
    settings.SPREADSHEET_MAX_CELLS = 10
    assert refusal(workbook([HEADS, ["甲"] * 9])).code == "too_many_cells"


def test_cells_without_anything_are_cells_too(settings: Any) -> None:
    settings.SPREADSHEET_MAX_CELLS = 10
    content = raw_workbook(line(1, "名称") + f'<row r="2">{"<c/>" * 20}<c><v>1</v></c></row>')
    assert refusal(content).code == "too_many_cells"
    foreign = f'<row r="2">{f"<x:c xmlns:x={chr(34)}{MAIN}{chr(34)}><x:v>1</x:v></x:c>" * 20}</row>'
    content = raw_workbook(line(1, "名称") + foreign + line(3, "甲"))
    assert refusal(content).code == "too_many_cells", "whatever their prefix"
    assert refusal(("名称\n" + "1," * 20).encode(), "a.csv").code == "too_many_cells"


MANY = "<c/>" * 300_000


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (f'<row r="2">{MANY}</row>', "too_much_inside"),
        (f"</sheetData><x>{MANY}</x><sheetData>", "too_much_inside"),
        ("<row/>" * 1_048_577, "too_much_inside"),
        ('<row r="2">' + "<row/>" * 10 + "</row>", "malformed"),
        ('<row r="2">' + '<row a=">"><c/></row>' * 10 + "</row>", "malformed"),
        (f'<row r="2">{"<c/><!--</row><row>-->" * 100_000}</row>', "too_much_inside"),
        (f'<row r="2"><c/><?x </row>{"<c/></row><row><c/>" * 60_000}<row> ?></row>', "too_much_inside"),
    ],
    ids=["row", "outside", "rows", "nested", "quoted", "comments", "instructions"],
)
def test_no_sheet_is_parsed_that_the_parser_would_have_to_hold_whole(
    rows: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExcelReader, "read_worksheets", lambda _reader: pytest.fail("parsed"))
    assert refusal(raw_workbook(line(1, "名称") + rows)).code == code


def test_a_sheet_in_another_encoding_or_shown_twice_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExcelReader, "read_worksheets", lambda _reader: pytest.fail("parsed"))
    parts = parts_of(GOOD)
    sheet, book = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
    wide = b"<?xml version='1.0' encoding='utf-16'?>" + parts[sheet][parts[sheet].find(b"<worksheet") :]
    assert refusal(zipped(**parts | {sheet: wide.decode().encode("utf-16")})).code == "malformed"
    one = re.search(rb"<sheet [^>]*/>", parts[book])
    assert one is not None
    twice = parts[book].replace(one[0], one[0] + one[0].replace(b'name="', b'name="2'))
    assert refusal(zipped(**parts | {book: twice})).code == "malformed"


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("said", ["<!-- dimension -->", "<!-- <dimension ref='A1'/> -->"])
def test_the_size_of_a_large_sheet_stands_in_its_own_tag(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MAX_UNSIZED_BYTES", 1000)
    large = raw_workbook(line(1, "名称") + line(2, "甲") + " " * 1000)
    assert read(large).rows == [{"name": "甲"}]
    parts = parts_of(large)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"<dimension[^>]*/>", said.encode(), parts[sheet])
    assert refusal(zipped(**parts)).code == "too_much_inside"


def test_csv_is_not_read_beyond_its_last_row() -> None:
    text = "名称\n" + "甲\n" * 100_000 + "x" * 200_000
    assert refusal(text.encode(), "a.csv").code == "too_many_rows"


def test_merged_ranges_are_counted_and_fill_a_cell_but_once() -> None:
    merged = '<mergeCell ref="A2:A4"/>' * 6000
    assert len(extent_of(io.BytesIO(f"<worksheet>{merged}</worksheet>".encode())).merged) == 5000
    rows = "".join(
        line(number, *row) for number, row in enumerate((["名称"], ["甲"], ["乙"], ["丙"]), start=1)
    )
    content = raw_workbook(rows + f"</sheetData><mergeCells>{merged}</mergeCells><sheetData>")
    assert refusal(content).code == "malformed"


def test_sixteen_thousand_columns_are_no_trouble() -> None:
    rows = [["名称", *["x"] * 16382, "投资额"], ["甲", *[1] * 16382, 5]]
    got = read(workbook(rows))
    assert got.rows == [{"name": "甲"}]
    assert "文件中没有“投资额（万元）”" in got.notes[0]


def test_ten_thousand_rows_are_counted_and_refused() -> None:
    told = refusal(workbook([["名称"], *[["甲"]] * 10_000]))
    assert told.code == "too_many_rows"
    assert "文件有10,000行数据，本表最多2,000行；未导入任何内容。" in str(told.message)


def test_strange_signs_do_no_harm() -> None:
    cells = '<c r="A2" t="inlineStr"><is><t>_xD800_a_x0000_b&#8203;</t></is></c>'
    got = read(raw_workbook(line(1, "名称") + f'<row r="2">{cells}</row>'))
    got.rows[0]["name"].encode()
    assert "\x00" not in got.rows[0]["name"]
