"""Filling in a declaration: whatever happens to the line, the session or the other tab, what was typed stays."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs, sign_in
from tests.browser.filling import await_saved, cell, paste
from tests.browser.person import PATIENCE, Person
from tests.browser.server import Product

DRAFTING = "yunyan"
DRAFT = "云岩区信息技术服务产业集聚示范基地"
SENT = "修文县云计算服务产业集聚示范基地"
SUBMISSIONS = f"""
import json
from audit.models import Entry
from cases.models import Case
case = Case.objects.get(title="{SENT}")
sent = Entry.objects.filter(chain=case.chain, action="declare.submit").count()
print(json.dumps([sent, list(case.declarations.order_by("version_no").values_list("version_no", "status"))]))
"""


@pytest.fixture
def clerk(page_as: PageAs) -> Person:
    """Who fills in a draft, at its overview."""
    person = Person(page_as(DRAFTING), DRAFTING)
    person.opens(DRAFT)
    person.page.get_by_role("link", name="继续填报").click()
    person.sees("填报总览")
    return person


def opens_form(clerk: Person, code: str) -> None:
    """One form of the draft, from anywhere in it."""
    clerk.page.goto(re.sub(r"declaration/.*", f"declaration/{code}/", clerk.page.url))


def saved(page: Page, name: str, value: str) -> None:
    """After loading the page again, from another device as it were, the cell holds this."""
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(cell(page, name)).to_have_value(value)


def state(page: Page, words: str) -> None:
    """What the form says about being saved."""
    expect(page.locator("[data-save-state]")).to_contain_text(words, timeout=PATIENCE)


def test_what_is_typed_offline_is_saved_when_the_line_is_back(clerk: Person) -> None:
    opens_form(clerk, "GY_SERVICE_ORG")
    page = clerk.page
    cell(page, "rows.0.name").fill("云岩区企业服务中心")
    await_saved(page)
    page.context.set_offline(True)
    cell(page, "rows.0.business_scope").fill("政策咨询")
    state(page, "网络中断，内容已暂存在本机，将自动重试")
    cell(page, "rows.1.name").fill("云岩区法律服务站")
    page.context.set_offline(False)
    await_saved(page)
    saved(page, "rows.1.name", "云岩区法律服务站")
    expect(cell(page, "rows.0.business_scope")).to_have_value("政策咨询")


def test_what_a_closed_page_could_not_save_is_restored(clerk: Person) -> None:
    opens_form(clerk, "GY_KEY_PROJECT")
    page = clerk.page
    page.context.set_offline(True)
    cell(page, "rows.0.project_name").fill("公共技术服务平台")
    state(page, "网络中断")
    address, context = page.url, page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(cell(again, "rows.0.project_name")).to_have_value("公共技术服务平台")
    expect(again.get_by_text("上次未能保存的内容已从本机恢复")).to_be_visible()
    await_saved(again)
    saved(again, "rows.0.project_name", "公共技术服务平台")


def test_an_ended_session_keeps_the_text_until_one_has_signed_in_again(
    clerk: Person, product: Product
) -> None:
    opens_form(clerk, "GY_REPORT")
    page = clerk.page
    area = cell(page, "r6_mgmt_org")
    area.press("Control+End")
    page.keyboard.type("本段写于登录超时之前，")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.type("续写于登录超时之后。")
    state(page, "登录已超时，内容已暂存在本机")
    with page.context.expect_page() as opened:
        page.locator("[data-save-state]").get_by_role("link", name="重新登录").click()
    elsewhere = opened.value
    elsewhere.wait_for_url(re.compile("/sign-in/"))
    sign_in(elsewhere, DRAFTING, product.password(), here=True)
    elsewhere.close()
    page.bring_to_front()
    await_saved(page)
    written = area.input_value()
    assert written.endswith("本段写于登录超时之前，续写于登录超时之后。")
    saved(page, "r6_mgmt_org", written)


def another_tab(page: Page) -> Page:
    """The same form in a second window."""
    second = page.context.new_page()
    second.goto(page.url)
    return second


def failing(page: Page, code: str) -> None:
    """The server answers every save of the form with an error page."""
    page.route(
        f"**/declaration/{code}/",
        lambda route: (
            route.fulfill(status=500, content_type="text/html", body="<h1>500</h1>")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )


KEPT = "Object.keys(localStorage).filter(key => key.startsWith('lc-draft:')).length"


def test_another_tab_is_not_overwritten(clerk: Person) -> None:
    opens_form(clerk, "GY_PLAN")
    first = clerk.page
    second = another_tab(first)
    cell(first, "p3_2").fill("第一个窗口所写。")
    await_saved(first)
    cell(second, "p3_2").fill("第二个窗口所写。")
    cell(second, "p1_1").fill("别处所写，不受影响。")
    clash = second.locator("[data-cell='p3_2'] [data-clash]")
    expect(clash).to_contain_text("第一个窗口所写。", timeout=PATIENCE)
    expect(clash).to_contain_text("将此处改为：")
    expect(cell(second, "p3_2")).to_have_value("第二个窗口所写。")
    first.reload()
    expect(cell(first, "p3_2")).to_have_value("第一个窗口所写。")
    expect(cell(first, "p1_1")).to_have_value("别处所写，不受影响。")
    clash.get_by_role("button", name="采用我填写的内容").click()
    await_saved(second)
    expect(clash).to_have_count(0)
    first.reload()
    expect(cell(first, "p3_2")).to_have_value("第二个窗口所写。")


def test_cells_that_find_no_column_are_told_when_a_block_is_pasted(clerk: Person) -> None:
    opens_form(clerk, "GY_SERVICE_ORG")
    page = clerk.page
    last = page.locator("#declaration-form [name^='rows.0.']").last.get_attribute("name")
    assert last is not None
    paste(page, last, [{"fits": "贵州大学", "beyond": "多出一格"}, {"fits": "贵州师范大学", "beyond": ""}])
    expect(page.locator(".lc-toast").get_by_text("有1格超出表格的列，未粘贴")).to_be_visible(timeout=PATIENCE)
    expect(cell(page, last)).to_have_value("贵州大学")


def test_two_windows_fill_in_different_lines_at_once(clerk: Person) -> None:
    opens_form(clerk, "GY_SERVICE_ORG")
    first = clerk.page
    lines = first.locator("[data-sheet] tr[data-row]").count()
    second = another_tab(first)
    cell(first, f"rows.{lines}.name").fill("甲方所加")
    await_saved(first)
    cell(second, f"rows.{lines}.name").fill("乙方所加")
    await_saved(second)
    names = [second.locator("[data-sheet] [name$='.name']").nth(n) for n in (lines, lines + 1)]
    assert {one.input_value() for one in names} == {"甲方所加", "乙方所加"}
    second.locator("[data-sheet] tr[data-row]").nth(lines).locator("[data-remove]").click()
    await_saved(second)
    first.reload()
    expect(first.locator("[data-sheet] tr[data-row]")).to_have_count(lines + 1)


def test_a_server_error_loses_nothing(clerk: Person) -> None:
    opens_form(clerk, "GY_REPORT")
    page = clerk.page
    failing(page, "GY_REPORT")
    cell(page, "r6_mgmt_org").fill("服务器出错时所写。")
    state(page, "未能保存，请稍后重试")
    page.unroute("**/declaration/GY_REPORT/")
    await_saved(page)
    saved(page, "r6_mgmt_org", "服务器出错时所写。")


def test_a_window_without_storage_saves_all_the_same(clerk: Person) -> None:
    address = re.sub(r"declaration/.*", "declaration/GY_REPORT/", clerk.page.url)
    page = clerk.page.context.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }})"
    )
    page.goto(address)
    cell(page, "r6_mgmt_org").fill("无痕窗口所写。")
    await_saved(page)
    page.reload()
    expect(cell(page, "r6_mgmt_org")).to_have_value("无痕窗口所写。")


def test_signing_out_leaves_nothing_on_a_shared_machine(page_as: PageAs, product: Product) -> None:
    person = Person(page_as(DRAFTING), DRAFTING)
    person.opens(DRAFT)
    person.page.get_by_role("link", name="继续填报").click()
    person.sees("填报总览")
    opens_form(person, "GY_PLAN")
    page = person.page
    failing(page, "GY_PLAN")
    cell(page, "p3_2").fill("不得留在公用电脑上。")
    state(page, "未能保存")
    assert page.evaluate(KEPT) == 1
    page.locator("form[data-sign-out]").evaluate("form => form.requestSubmit()")
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("退出后将从本机清除", timeout=PATIENCE)
    product.signed_in.pop(DRAFTING, None)  # that session ends here
    with page.expect_navigation(timeout=PATIENCE):
        asked.get_by_role("button", name="确定").click()
    assert page.evaluate(KEPT) == 0


@pytest.mark.parametrize(
    ("code", "name", "typed", "told", "right"),
    [
        ("GY_SUPP", "bigdata_ent_count", "三十三家", "请填写数字，以“家”为单位", "33"),
        ("GY_OVERALL", "profit_2021", "1,23", "千位分隔符位置有误，请核对数字", "1,230"),
        ("GY_KEY_ENT", "rows.0.employees", "3.5", "请填写整数", "350"),
    ],
    ids=["field", "grid", "table"],
)
def test_a_bad_number_stays_with_its_message_beside_it(
    clerk: Person, code: str, name: str, typed: str, told: str, right: str
) -> None:
    opens_form(clerk, code)
    page = clerk.page
    control, beside = cell(page, name), page.locator(f"[data-cell='{name}'] [data-message]")
    control.fill(typed)
    expect(beside).to_contain_text(told, timeout=PATIENCE)
    expect(control).to_have_value(typed)
    expect(control).to_have_attribute("aria-invalid", "true")
    assert control.get_attribute("aria-describedby") == beside.get_attribute("id")
    page.reload()
    expect(control).to_have_value(typed)
    expect(beside).to_contain_text(told)
    expect(page.locator("#error-summary")).to_contain_text(told)
    control.fill(right)
    expect(beside).to_have_count(0, timeout=PATIENCE)


def test_a_double_click_submits_once(page_as: PageAs, product: Product) -> None:
    officer, clerk = Person(page_as("zhaolei"), "zhaolei"), Person(page_as("xiuwen"), "xiuwen")
    officer.opens(SENT)
    officer.does("退回补正", {"补正意见": "请核对软件业务收入口径。"})
    clerk.opens(SENT)
    clerk.page.get_by_role("link", name="提交申报").click()
    clerk.page.get_by_label("本单位对申报材料的真实性、合法性负责").check()
    clerk.page.get_by_role("button", name="提交申报").dblclick()
    with clerk.page.expect_navigation(timeout=PATIENCE):
        clerk.page.get_by_role("dialog").get_by_role("button", name="确定").dblclick()
    clerk.sees("申报材料接收回执", "第 2 版")
    sent, versions = json.loads(product.manage("shell", "--verbosity", "0", "-c", SUBMISSIONS))
    assert sent == 2  # the first time, and once after the correction
    assert versions == [[1, "returned"], [2, "submitted"]]
