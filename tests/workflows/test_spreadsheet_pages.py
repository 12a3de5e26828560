"""Tables of a declaration as spreadsheets, over HTTP: templates, exports, imports in two steps. 表格导入导出"""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from cases.declarations import draft_of
from cases.models import Case
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.workflows.pages import FRAME, browser, queries_of, read, text_of
from tests.workflows.test_case_pages import words
from tests.workflows.test_declaration_pages import SCRIPT, save, stored
from tests.workflows.workbooks import opened, workbook

CODE, KEY = "GY_KEY_PROJECT", "rows"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS: list[dict[str, Any]] = [
    {"no": 1, "project_unit": "甲公司", "project_name": "数据中心", "total_investment_wan": "1200.50"},
    {"no": 2, "project_unit": "=1+1", "project_name": "-2", "content": "@sum\n第二段", "remark": "+86"},
    {"no": 3, "project_unit": "000123", "total_investment_wan": "约三百", "national_fund_status": "applying"},
]
HEADS = ["项目单位", "项目名称", "总投资(万元)"]


def address(case: Case, name: str = "sheet") -> str:
    parts: list[Any] = [case.public_id, CODE] + ([] if name == "form_workbook" else [KEY])
    return reverse(f"cases:{name}", args=parts)


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def upload(
    actor: Actor, case: Case, content: bytes, *, mode: str = "replace", name: str = "表.xlsx"
) -> HttpResponse:
    return browser(actor).post(address(case), {"mode": mode, "file": SimpleUploadedFile(name, content)})


def carried(page: HttpResponse) -> dict[str, str]:
    """What the preview sends on when it is confirmed."""
    text = text_of(page)
    rows = re.search(r'<textarea name="_rows"[^>]*>\n?(.*?)</textarea>', text, re.S)
    version = re.search(r'name="_version" value="(\d+)"', text)
    assert rows
    assert version
    return {"_rows": html.unescape(rows[1]), "_version": version[1]}


def imported(actor: Actor, case: Case, content: bytes, mode: str = "replace") -> HttpResponse:
    sent = carried(upload(actor, case, content, mode=mode)) | {"mode": mode}
    return browser(actor).post(address(case), sent, follow=True)


@pytest.fixture
def case(world: World) -> Case:
    return world.draft()


@pytest.fixture
def filled(world: World, case: Case) -> Case:
    save(world.applicant, case, CODE, {"rows": ROWS})
    return case


# -- templates and exports ------------------------------------------------------------------------------------------


def test_a_template_has_the_printed_headings_types_choices_and_a_guide(world: World, case: Case) -> None:
    response = browser(world.applicant).get(address(case, "sheet_template"))
    assert response["Content-Type"] == XLSX
    assert "attachment" in response["Content-Disposition"]
    book = opened(content_of(response))
    sheet = book["重点项目"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["序号", "项目单位", "项目名称"]
    assert "总投资(万元)" in heads
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == 1
    kinds = {rule.type for rule in sheet.data_validations.dataValidation}
    assert kinds == {"whole", "decimal", "list"}
    listed = next(rule for rule in sheet.data_validations.dataValidation if rule.type == "list")
    assert listed.formula1.startswith("'_choices'!$A$1")
    assert book["_choices"].sheet_state == book["_licheng"].sheet_state == "veryHidden"
    guide = " ".join(str(value) for row in book["填写说明"].values for value in row if value)
    for said in ("003·", "2000行", "必填", "万元", "正在申报", "单选"):
        assert said in guide
    mark = [cell.value for cell in book["_licheng"][1]]
    assert mark == ["licheng-table", "重点项目", CODE, KEY, case.edition.digest]


def test_nothing_that_somebody_typed_leaves_as_a_formula(world: World, filled: Case) -> None:
    content = content_of(browser(world.applicant).get(address(filled, "sheet_rows")))
    cells = [
        cell for row in opened(content)["重点项目"].iter_rows() for cell in row if cell.value is not None
    ]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    risky = [cell for cell in cells if str(cell.value)[0] in "=+-@" and cell.data_type == "s"]
    assert len(risky) == 4
    assert all(cell.quotePrefix for cell in risky)


def test_an_export_imported_again_is_the_same(world: World, filled: Case) -> None:
    before = stored(filled, CODE)
    content = content_of(browser(world.applicant).get(address(filled, "sheet_rows")))
    imported(world.applicant, filled, content)
    assert stored(filled, CODE) == before
    assert before["rows"][2]["total_investment_wan"] == "约三百"


def test_every_table_of_a_full_declaration_round_trips(world: World) -> None:
    case = world.fill(world.draft())
    client = browser(world.applicant)
    for code, key in (("GY_KEY_ENT", "rows"), ("GY_KEY_PROJECT", "rows"), ("GY_SERVICE_ORG", "rows")):
        before = stored(case, code)
        content = content_of(client.get(reverse("cases:sheet_rows", args=[case.public_id, code, key])))
        to = reverse("cases:sheet", args=[case.public_id, code, key])
        page = client.post(to, {"mode": "replace", "file": SimpleUploadedFile("a.xlsx", content)})
        client.post(to, carried(page) | {"mode": "replace"})
        assert stored(case, code) == before, code


def test_a_whole_form_is_one_workbook_that_can_be_imported_too(world: World) -> None:
    case = world.fill(world.draft())
    client = browser(world.applicant)
    content = content_of(client.get(address(case, "form_workbook")))
    assert opened(content).sheetnames == ["重点项目", "填写说明", "_choices", "_licheng"]
    assert imported(world.applicant, case, content).status_code == 200
    grid = content_of(client.get(reverse("cases:form_workbook", args=[case.public_id, "GY_OVERALL"])))
    sheet = opened(grid)["指标"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[-4:] == ["2021年·其中高级职称人员数", "2022年", "2022年·其中高级职称人员数", "指标类型"]
    assert sheet.max_row == 14
    items = content_of(client.get(reverse("cases:form_workbook", args=[case.public_id, "GY_SUPP"])))
    assert "万元" in [cell.value for cell in opened(items)["单项内容"]["C"]]


# -- importing ------------------------------------------------------------------------------------------------------


def test_reading_a_file_writes_nothing_until_it_is_confirmed(world: World, case: Case) -> None:
    content = workbook([HEADS, ["甲公司", "数据中心", 1200], ["乙公司", "云平台", "约三百"]])
    page = upload(world.applicant, case, content)
    text = words(text_of(page))
    assert page.status_code == 200
    for said in (
        "“表.xlsx”读入2行",
        "有1处内容不符合要求",
        "第3行“总投资(万元)”：请填写数字",
        "文件中没有“序号”",
    ):
        assert said in text
    assert stored(case, CODE) == {}
    done = browser(world.applicant).post(address(case), carried(page) | {"mode": "replace"}, follow=True)
    assert "已导入2行，其中1处内容需要更正" in words(text_of(done))
    rows = stored(case, CODE)["rows"]
    assert [row["project_unit"] for row in rows] == ["甲公司", "乙公司"]
    assert rows[1]["total_investment_wan"] == "约三百"
    assert 'value="约三百"' in text_of(done)


def test_rows_are_appended_or_replaced_as_chosen(world: World, filled: Case) -> None:
    content = workbook([HEADS, ["丁公司", "平台", 5]])
    imported(world.applicant, filled, content, "append")
    assert [row.get("project_unit") for row in stored(filled, CODE)["rows"]] == [
        "甲公司",
        "=1+1",
        "000123",
        "丁公司",
    ]
    imported(world.applicant, filled, content, "replace")
    assert [row.get("project_unit") for row in stored(filled, CODE)["rows"]] == ["丁公司"]


def test_the_other_fields_of_the_form_stay(world: World, case: Case) -> None:
    save(world.applicant, case, "GY_KEY_ENT", {"as_of_date": "2019年12月", "rows": [{"name": "旧"}]})
    to = reverse("cases:sheet", args=[case.public_id, "GY_KEY_ENT", "rows"])
    client = browser(world.applicant)
    file = SimpleUploadedFile("a.xlsx", workbook([["企业名称"], ["新"]]))
    page = client.post(to, {"mode": "replace", "file": file})
    client.post(to, carried(page) | {"mode": "replace"})
    assert stored(case, "GY_KEY_ENT") == {"as_of_date": "2019年12月", "rows": [{"name": "新"}]}


def test_more_rows_than_there_is_room_for_are_told_before_anything_is_written(
    world: World, filled: Case
) -> None:
    content = workbook([["项目名称"], *[[f"项目{n}"] for n in range(1998)]])
    told = upload(world.applicant, filled, content, mode="append")
    assert told.status_code == 422
    assert "现有3行，再追加1998行将超过2000行的上限，还可以追加1997行；未导入任何内容。" in words(
        text_of(told)
    )
    assert upload(world.applicant, filled, content, mode="replace").status_code == 200
    assert len(stored(filled, CODE)["rows"]) == 3


def test_what_a_colleague_wrote_meanwhile_is_not_replaced(world: World, filled: Case) -> None:
    page = upload(world.applicant, filled, workbook([HEADS, ["丁公司", "平台", 5]]))
    colleague = make_actor(Role.APPLICANT, world.zone)
    save(colleague, filled, CODE, {"rows": [{"project_unit": "同事填的"}]}, version=1)
    again = browser(world.applicant).post(address(filled), carried(page) | {"mode": "replace"})
    assert again.status_code == 409
    assert colleague.user is not None
    assert colleague.user.name in text_of(again)
    assert "本次导入尚未保存" in text_of(again)
    assert [row["project_unit"] for row in stored(filled, CODE)["rows"]] == ["同事填的"]
    assert json.loads(carried(again)["_rows"])[0]["project_unit"] == "丁公司"
    done = browser(world.applicant).post(address(filled), carried(again) | {"mode": "append"})
    assert done.status_code == 302
    assert [row["project_unit"] for row in stored(filled, CODE)["rows"]] == ["同事填的", "丁公司"]


def test_confirming_twice_does_not_append_twice(world: World, filled: Case) -> None:
    sent = carried(upload(world.applicant, filled, workbook([HEADS, ["甲", "乙", 5]]))) | {"mode": "append"}
    client = browser(world.applicant)
    assert client.post(address(filled), sent).status_code == 302
    again = client.post(address(filled), sent, follow=True)
    assert "这1行已经导入，未重复追加。" in words(text_of(again))
    assert len(stored(filled, CODE)["rows"]) == 4


def test_more_text_than_can_be_sent_back_is_told(world: World, case: Case, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
    content = workbook([["项目主要建设内容"], *[["字" * 1000]] * 20])
    told = upload(world.applicant, case, content)
    assert told.status_code == 422
    assert "文件中的文字过多，无法一次导入" in text_of(told)


def test_a_template_of_another_table_is_refused(world: World, case: Case) -> None:
    client = browser(world.applicant)
    other = client.get(reverse("cases:sheet_template", args=[case.public_id, "GY_KEY_ENT", "rows"]))
    told = upload(world.applicant, case, content_of(other))
    assert told.status_code == 422
    assert "这个文件是“重点企业”的模板，不是“重点项目”的模板。" in words(text_of(told))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd\u202excod.xlsx", "passwdxcod.xlsx"),
        ("<b>项目&表.xlsx", "&lt;b&gt;项目&amp;表.xlsx"),
        (f"{'长' * 180}.xlsx", "长…长长.xlsx"),
        ("CON .xlsx", "CON .xlsx"),
    ],
)
def test_strange_names_and_broken_files_are_told_and_lose_nothing(
    world: World, filled: Case, name: str, shown: str
) -> None:
    before = stored(filled, CODE)
    told = upload(world.applicant, filled, b"PK\x03\x04broken", name=name)
    assert told.status_code == 422
    text = text_of(told)
    assert "文件已损坏或不完整，无法打开。" in text
    assert shown in text
    assert "<b>" not in text
    assert "\u202e" not in text
    assert stored(filled, CODE) == before


def test_without_a_file_one_is_asked_for(world: World, case: Case) -> None:
    told = browser(world.applicant).post(address(case), {"mode": "append"})
    assert told.status_code == 422
    assert "请选择文件。" in text_of(told)


def test_markup_in_cells_is_text_everywhere(world: World, case: Case) -> None:
    page = upload(world.applicant, case, workbook([["项目名称", SCRIPT], [SCRIPT, 1]]))
    assert "<script>alert" not in text_of(page)
    assert json.loads(carried(page)["_rows"])[0]["project_name"] == SCRIPT
    done = browser(world.applicant).post(address(case), carried(page) | {"mode": "replace"}, follow=True)
    assert "<script>alert" not in text_of(done)
    assert stored(case, CODE)["rows"][0]["project_name"] == SCRIPT


@pytest.mark.parametrize(
    "rows", ["", "{", "[1]", "{}x", '["a"]', "null", "[[]]", '[{"project_name": "\\ud800"}]']
)
def test_what_is_no_preview_of_ours_changes_nothing(world: World, filled: Case, rows: str) -> None:
    before = stored(filled, CODE)
    answer = browser(world.applicant).post(
        address(filled), {"_rows": rows, "_version": "1", "mode": "replace"}
    )
    assert answer.status_code == 422
    assert stored(filled, CODE) == before


def test_a_session_that_ends_at_the_preview_keeps_what_was_read(world: World, case: Case) -> None:
    page = upload(world.applicant, case, workbook([HEADS, ["甲", "乙", 5]]))
    client = browser(world.applicant)
    client.logout()
    answer = client.post(address(case), carried(page) | {"mode": "replace"})
    assert answer.status_code == 401
    assert 'name="_rows"' in text_of(answer)


# -- who, and what it costs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sheet", "sheet_template", "sheet_rows", "form_workbook"])
def test_only_the_applicant_s_people_have_the_files(world: World, case: Case, name: str) -> None:
    for who, status in (("applicant", 200), ("officer", 404), ("other_applicant", 404), ("supervisor", 404)):
        assert browser(getattr(world, who)).get(address(case, name)).status_code == status


def test_what_has_been_sent_is_not_imported_into(world: World) -> None:
    case = world.submitted()
    assert browser(world.applicant).get(address(case)).status_code == 403
    assert upload(world.applicant, case, workbook([HEADS, ["甲", "乙", 5]])).status_code == 403


@pytest.mark.parametrize("place", [(CODE, "nothing"), ("GY_KEY_ENT", "as_of_date"), ("NO_SUCH", KEY)])
def test_what_is_no_table_is_not_found(world: World, case: Case, place: tuple[str, str]) -> None:
    to = reverse("cases:sheet", args=[case.public_id, *place])
    assert browser(world.applicant).get(to).status_code == 404


def test_the_page_costs_the_frame_and_the_draft(world: World, filled: Case) -> None:
    client = browser(world.applicant)
    assert queries_of(client, address(filled)) == FRAME + 5
    assert queries_of(client, address(filled, "sheet_rows")) == 8
    assert "下载现有3行" in words(read(client, address(filled)))


def test_the_draft_is_still_whole(world: World, filled: Case) -> None:
    imported(world.applicant, filled, workbook([HEADS, ["甲", "乙", 5]]))
    draft = draft_of(filled)
    assert draft is not None
    assert set(draft.data()) == {CODE}
