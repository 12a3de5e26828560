"""Printed grids as spreadsheets, over HTTP: what a file would change is shown cell by cell before anything is written."""

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
from cases.models import Case
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.workflows.pages import FRAME, browser, queries_of, read, text_of
from tests.workflows.test_case_pages import words
from tests.workflows.test_cells import row_of, send, stored
from tests.workflows.test_grid_files import GROWTH, HEADS, REVENUE
from tests.workflows.workbooks import opened, workbook

CODE = "GY_OVERALL"
FIRST = {"main_revenue_2020": "100", "main_revenue_2021": "110", "profit_2020": "5"}


def address(case: Case, name: str = "sheet", key: str = "main_revenue") -> str:
    return reverse(f"cases:{name}", args=[case.public_id, CODE, key])


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def upload(actor: Actor, case: Case, content: bytes, name: str = "指标.xlsx") -> HttpResponse:
    return browser(actor).post(address(case), {"file": SimpleUploadedFile(name, content)})


def file(*rows: list[Any]) -> bytes:
    return workbook([HEADS, *rows], title="数据")


def carried(page: HttpResponse) -> dict[str, str]:
    """What the preview sends on when it is confirmed."""
    text = text_of(page)
    cells = re.search(r'<textarea name="_cells"[^>]*>\n?(.*?)</textarea>', text, re.S)
    version = re.search(r'name="_version" value="(\d+)"', text)
    assert cells
    assert version
    return {"_cells": html.unescape(cells[1]), "_version": version[1]}


@pytest.fixture
def case(world: World) -> Case:
    case = world.draft()
    send(world.applicant, case, CODE, 0, cells=FIRST)
    return case


@pytest.fixture
def colleague(world: World) -> Actor:
    return make_actor(Role.APPLICANT, world.zone)


# -- files to save ---------------------------------------------------------------------------------------------------


def test_the_form_s_page_leads_to_import_export_and_template(world: World, case: Case) -> None:
    text = read(browser(world.applicant), reverse("cases:form", args=[case.public_id, CODE]))
    for name in ("sheet", "sheet_rows", "sheet_template"):
        assert f'href="{address(case, name)}"' in text


def test_a_template_is_blank_and_an_export_is_not_and_both_can_be_read_again(
    world: World, case: Case
) -> None:
    client = browser(world.applicant)
    empty = content_of(client.get(address(case, "sheet_template")))
    assert opened(empty)["指标"]["E2"].value is None
    full = content_of(client.get(address(case, "sheet_rows", "profit")))  # any row of the grid names it
    assert opened(full)["指标"]["E2"].value == 100
    for content in (empty, full):
        text = words(text_of(upload(world.applicant, case, content)))
        assert "“指标.xlsx”与现有内容相同" in text
    whole = content_of(client.get(reverse("cases:form_workbook", args=[case.public_id, CODE])))
    assert "“指标.xlsx”与现有内容相同" in words(text_of(upload(world.applicant, case, whole)))
    assert row_of(case, CODE).version == 1


# -- importing -------------------------------------------------------------------------------------------------------


def test_what_would_change_is_shown_cell_by_cell_and_nothing_is_written_until_confirmed(
    world: World, case: Case
) -> None:
    page = upload(world.applicant, case, file([*REVENUE, "１２０", "110.0", "约三百"], [*GROWTH, 5]))
    assert page.status_code == 200
    text = words(text_of(page))
    for said in (
        "“指标.xlsx”将改动3格",
        "读取的工作表：“数据”。",
        "有1处内容不符合要求",
        "工作表“数据”第2行“绝对值(万元)·2022年”：请填写数字，以“万元”为单位",
        "等11项指标，这些行保持不变。",
    ):
        assert said in text, said
    assert '<mark class="lc-changed">120</mark><del class="lc-was">' in text_of(page)
    assert stored(case, CODE) == FIRST
    done = browser(world.applicant).post(address(case), carried(page), follow=True)
    assert "已导入3格，其中1格内容需要更正，已在表中逐格标出。" in words(text_of(done))
    assert stored(case, CODE) == FIRST | {
        "main_revenue_2020": "120",
        "main_revenue_2022": "约三百",
        "main_revenue_growth_2020": "5",
    }


def test_an_amount_that_is_hardly_meant_is_asked_about_in_the_preview(world: World, case: Case) -> None:
    page = upload(world.applicant, case, file([*REVENUE, 100, 110, 1200000]))
    assert "请核对单位是否有误。" in words(text_of(page))


@pytest.mark.parametrize(("blanks", "left"), [("keep", "110"), ("clear", None), ("", "110")])
def test_blanks_of_the_file_keep_what_is_there_unless_it_is_to_be_cleared(
    world: World, case: Case, blanks: str, left: str | None
) -> None:
    page = upload(world.applicant, case, file([*REVENUE, 100, "", 130]))
    text = words(text_of(page))
    assert "“指标.xlsx”将改动1格" in text
    assert "文件中有1格为空，而系统中已填写" in text
    browser(world.applicant).post(address(case), carried(page) | {"blanks": blanks})
    assert stored(case, CODE).get("main_revenue_2021") == left
    assert stored(case, CODE)["main_revenue_2022"] == "130"


def test_other_cells_that_colleagues_filled_meanwhile_stay(
    world: World, case: Case, colleague: Actor
) -> None:
    page = upload(world.applicant, case, file([*REVENUE, 100, 110, 130]))
    send(colleague, case, CODE, 1, cells={"profit_2021": "6"})
    done = browser(world.applicant).post(address(case), carried(page))
    assert done.status_code == 302
    assert stored(case, CODE) == FIRST | {"main_revenue_2022": "130", "profit_2021": "6"}


@pytest.mark.parametrize("take", [True, False])
def test_the_same_cell_is_a_conflict_that_the_person_decides(
    world: World, case: Case, colleague: Actor, take: bool
) -> None:
    page = upload(world.applicant, case, file([*REVENUE, 200, 210, 220]))
    send(colleague, case, CODE, 1, cells={"main_revenue_2021": "333"})
    again = browser(world.applicant).post(address(case), carried(page))
    assert again.status_code == 409
    text = words(text_of(again))
    assert colleague.user is not None
    for said in (
        "有1格同事刚刚修改过，未写入，请逐格选择",
        "其余2格已导入。",
        "333",
        "210",
        colleague.user.name,
    ):
        assert said in text, said
    assert stored(case, CODE)["main_revenue_2021"] == "333"
    assert stored(case, CODE)["main_revenue_2020"] == "200"
    assert json.loads(carried(again)["_cells"]) == {"main_revenue_2021": "210"}
    chosen: dict[str, Any] = {"take": ["main_revenue_2021"]} if take else {}
    browser(world.applicant).post(address(case), carried(again) | {"_contested": "1"} | chosen)
    assert stored(case, CODE)["main_revenue_2021"] == ("210" if take else "333")


def test_what_came_after_the_conflict_was_shown_is_a_conflict_again(
    world: World, case: Case, colleague: Actor
) -> None:
    page = upload(world.applicant, case, file([*REVENUE, 200]))
    send(colleague, case, CODE, 1, cells={"main_revenue_2020": "333"})
    again = browser(world.applicant).post(address(case), carried(page))
    send(colleague, case, CODE, 2, cells={"main_revenue_2020": "444"})
    chosen = {"_contested": "1", "take": "main_revenue_2020"}
    third = browser(world.applicant).post(address(case), carried(again) | chosen)
    assert third.status_code == 409
    assert "444" in words(text_of(third))
    assert stored(case, CODE)["main_revenue_2020"] == "444"


def test_confirming_twice_changes_nothing_more(world: World, case: Case) -> None:
    sent = carried(upload(world.applicant, case, file([*REVENUE, 200])))
    client = browser(world.applicant)
    assert client.post(address(case), sent).status_code == 302
    version = row_of(case, CODE).version
    told = client.post(address(case), sent, follow=True)
    assert "没有需要导入的变动，现有内容保持不变。" in words(text_of(told))
    assert row_of(case, CODE).version == version


def test_a_file_that_is_refused_is_told_and_changes_nothing(world: World, case: Case) -> None:
    for content, says in (
        (
            file([*REVENUE[:2], "绝对值(亿元)", "亿元", 1]),
            "工作表“数据”第2行“行业指标 / 主营业务收入 / 绝对值(亿元)”",
        ),
        (b"PK\x03\x04broken", "文件已损坏或不完整，无法打开。"),
    ):
        told = upload(world.applicant, case, content, name="<b>表.xlsx")
        assert told.status_code == 422
        assert says in words(text_of(told))
        assert "“&lt;b&gt;表.xlsx”未能导入" in text_of(told)
    missing = browser(world.applicant).post(address(case), {})
    assert missing.status_code == 422
    assert "请选择文件。" in text_of(missing)
    assert stored(case, CODE) == FIRST


def test_markup_in_cells_is_text_everywhere(world: World, case: Case) -> None:
    page = upload(world.applicant, case, file([*REVENUE, "</textarea><script>alert(1)</script>"]))
    assert "<script>alert" not in text_of(page)
    done = browser(world.applicant).post(address(case), carried(page), follow=True)
    assert "<script>alert" not in text_of(done)
    assert stored(case, CODE)["main_revenue_2020"] == "</textarea><script>alert(1)</script>"


@pytest.mark.parametrize(
    "cells",
    [
        "",
        "{",
        "[1]",
        "null",
        '{"no_such": "1"}',
        '{"main_revenue_2020": 1}',
        '{"main_revenue_2020": "\\ud800"}',
    ],
)
def test_what_is_no_preview_of_ours_changes_nothing(world: World, case: Case, cells: str) -> None:
    answer = browser(world.applicant).post(address(case), {"_cells": cells, "_version": "1"})
    assert answer.status_code == 422
    assert stored(case, CODE) == FIRST


@pytest.mark.parametrize("name", ["sheet", "sheet_template", "sheet_rows"])
def test_only_the_applicant_s_people_have_the_files(world: World, case: Case, name: str) -> None:
    for who, status in (("applicant", 200), ("officer", 404), ("other_applicant", 404), ("supervisor", 404)):
        assert browser(getattr(world, who)).get(address(case, name)).status_code == status


def test_what_has_been_sent_is_not_imported_into(world: World) -> None:
    case = world.submitted()
    assert browser(world.applicant).get(address(case)).status_code == 403
    assert upload(world.applicant, case, file([*REVENUE, 1])).status_code == 403


def test_the_page_costs_the_frame_and_the_draft(world: World, case: Case) -> None:
    client = browser(world.applicant)
    assert queries_of(client, address(case)) == FRAME + 5
    assert queries_of(client, address(case, "sheet_rows")) == 8
    assert "13项指标，共42格，已填3格。" in words(read(client, address(case)))
