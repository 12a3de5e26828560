"""A printed grid on the screen: blocks pasted from Excel, and a number that is asked about and confirmed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PageAs
from tests.browser.filling import await_saved, cell
from tests.browser.person import Person

DRAFTING = "yunyan"
DRAFT = "云岩区信息技术服务产业集聚示范基地"
GRID = "GY_OVERALL"


@pytest.fixture
def page(page_as: PageAs) -> Page:
    """The printed grid of a draft, being filled in."""
    clerk = Person(page_as(DRAFTING), DRAFTING)
    clerk.opens(DRAFT)
    clerk.page.get_by_role("link", name="继续填报").click()
    clerk.sees("填报总览")
    clerk.page.goto(re.sub(r"declaration/.*", f"declaration/{GRID}/", clerk.page.url))
    return clerk.page


def paste(page: Page, name: str, *rows: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", "\r\n".join(rows) + "\r\n")
    cell(page, name).focus()
    page.keyboard.press("Control+V")


def values(page: Page, *names: str) -> list[str]:
    return [cell(page, name).input_value() for name in names]


def years(row: str, part: str = "") -> list[str]:
    return [f"{row}_{year}{part}" for year in (2020, 2021, 2022)]


def test_a_block_is_laid_blank_by_blank_also_where_a_blank_holds_two_numbers(page: Page) -> None:
    rows = ["employees_growth", "researchers", "researchers_share"]
    before = values(page, *(name for row in rows for name in years(row)))
    seniors = values(page, *years("researchers", "_senior"))
    paste(page, "employees_growth_2020", "1.5\t2.5\t3.5", "410\t420\t430", "1.1\t1.2\t1.3")
    await_saved(page)
    assert values(page, *years("employees_growth")) == ["1.5", "2.5", "3.5"]
    assert values(page, *years("researchers")) == ["410", "420", "430"]
    assert values(page, *years("researchers_share")) == ["1.1", "1.2", "1.3"]
    assert values(page, *years("researchers", "_senior")) == seniors
    page.get_by_role("button", name="撤销").click()
    await_saved(page)
    page.reload()
    assert values(page, *(name for row in rows for name in years(row))) == before


def test_a_block_from_our_own_template_has_a_column_for_each_number(page: Page) -> None:
    before = values(page, *years("researchers"), *years("researchers", "_senior"))
    share = values(page, *years("researchers_share"))
    paste(page, "researchers_2020", "401\t41\t402\t42\t403\t43", "1.1\t\t1.2\t\t1.3\t")
    await_saved(page)
    assert values(page, *years("researchers")) == ["401", "402", "403"]
    assert values(page, *years("researchers", "_senior")) == ["41", "42", "43"]
    assert values(page, *years("researchers_share")) == ["1.1", "1.2", "1.3"]
    page.get_by_role("button", name="撤销").click()
    await_saved(page)
    assert values(page, *years("researchers"), *years("researchers", "_senior")) == before
    assert values(page, *years("researchers_share")) == share


def test_labels_and_what_goes_beyond_the_grid_are_told_and_overwrite_nothing(page: Page) -> None:
    before = values(page, *years("profit"))
    paste(page, "profit_2020", "二级指标\t2020年", "利润\t5")
    expect(page.get_by_text("复制的内容中有指标名称或列名，未粘贴。")).to_be_visible()
    assert values(page, *years("profit")) == before
    last = values(page, *years("fixed_investment"))
    paste(page, "fixed_investment_2022", "900\t7", "8")
    expect(page.get_by_text("有2格超出本表范围，未粘贴")).to_be_visible()
    assert values(page, *years("fixed_investment")) == [*last[:2], "900"]
    page.get_by_role("button", name="撤销").click()
    await_saved(page)


def test_the_keys_go_down_the_same_column(page: Page) -> None:
    cell(page, "researchers_2021").focus()
    page.keyboard.press("Enter")
    expect(cell(page, "researchers_share_2021")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cell(page, "researchers_2021")).to_be_focused()


def test_a_number_that_is_asked_about_is_confirmed_at_its_cell_and_listed_no_more(page: Page) -> None:
    (before,) = values(page, "fixed_investment_2022")
    blank = page.locator("[data-cell='fixed_investment_2022']")
    cell(page, "fixed_investment_2022").fill("9000000000")
    expect(blank).to_contain_text("请核对单位是否有误")
    submit = page.url.replace(f"declaration/{GRID}/", "submit/")
    blank.get_by_role("button", name="填写无误").click()
    expect(blank).to_contain_text("已确认填写无误")
    expect(blank).not_to_contain_text("请核对")
    expect(cell(page, "fixed_investment_2022")).to_be_focused()
    page.reload()
    expect(blank).to_contain_text("已确认填写无误")
    cell(page, "fixed_investment_2022").fill("9100000000")
    expect(blank).to_contain_text("9,100,000,000万元")
    await_saved(page)
    here = page.url
    page.goto(submit)
    asked = page.locator("#asked")
    asked.get_by_label("9,100,000,000万元").check()
    asked.get_by_role("button", name="所选内容填写无误").click()
    expect(page.get_by_text("已确认1处填写无误。")).to_be_visible()
    expect(page.locator("#asked").get_by_label("9,100,000,000万元")).to_have_count(0)
    page.goto(here)
    expect(blank).to_contain_text("已确认填写无误")
    cell(page, "fixed_investment_2022").fill(before)
    expect(blank).not_to_contain_text("已确认")
    await_saved(page)


def test_a_template_that_was_filled_in_is_previewed_and_taken_over(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    (before,) = values(page, "employees_2020")
    here = page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book["指标"]
    sheet["E8"] = "１，８００"
    held = io.BytesIO()
    book.save(held)
    file = FilePayload(name="指标.xlsx", mimeType="application/octet-stream", buffer=held.getvalue())
    page.get_by_role("link", name="Excel导入").click()
    assert_accessible(page)
    page.get_by_label("Excel文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="“指标.xlsx”将改动1格")).to_be_visible()
    expect(page.locator("mark.lc-changed")).to_have_text("1,800")
    assert_accessible(page)
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已导入1格。")).to_be_visible()
    assert values(page, "employees_2020") == ["1800"]
    page.goto(here)
    cell(page, "employees_2020").fill(before)
    await_saved(page)
