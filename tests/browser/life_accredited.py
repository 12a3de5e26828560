"""A base's life, third part: publicity with an objection, approval, the plaque, and what the public sees."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.life import Life
from tests.browser.life_declared import OFFICER, TITLE
from tests.browser.person import PATIENCE

APPROVER = "liumin"
HOLDER = "贵阳国家高新技术产业开发区管理委员会"
PLAQUE = "GYSJ-2026-001"
OBJECTION = "公示材料中入驻企业数量与实际不符，请予核查。"
FINDING = "经实地核查，入驻企业数量与申报材料一致，异议不成立。"
REPORT = "报领导小组办公室审批"


def the_list_is_publicized_and_objected_to(life: Life) -> None:
    """The notice is out; a firm objects on the portal; the objection is examined and dismissed."""
    life.at("2026-09-08", 9)
    officer, public = life.person(OFFICER), life.person(None)
    officer.opens(TITLE)
    officer.does("发布公示", told="公示已发布，公示期至2026-09-14。")
    officer.is_refused(REPORT, "公示")
    life.at("2026-09-10", 14)
    public.page.goto("/")
    public.keeps("front")
    public.page.get_by_role("link", name=re.compile("入选名单公示")).first.click()
    public.sees(TITLE, "2026-09-14")
    public.keeps("notice")
    public.page.get_by_label("单位", exact=True).check()
    public.fills(
        {"姓名或单位全称": "贵阳某数据技术有限公司", "联系方式": "0851-80000000", "异议内容": OBJECTION}
    )
    public.presses("提交异议")
    public.sees("异议受理回执", "本回执仅显示一次。", "贵阳市大数据发展管理局")
    number, code = public.page.locator(".pt-codes code").all_inner_texts()
    officer.opens(TITLE)
    officer.sees("核查处理异议")
    officer.does("异议不成立", {"核查情况与处理意见": FINDING})
    officer.is_refused(REPORT, "公示")
    public.page.goto("/public/objections/")
    public.fills({"受理编号": number, "查询码": code})
    public.presses("查询")
    public.sees("异议不成立", FINDING)


def the_office_approves_and_the_plaque_is_given(life: Life) -> None:
    """The window ends by itself; the case is reported, approved, and the plaque registered."""
    life.at("2026-09-16", 9)
    officer, approver = life.person(OFFICER), life.person(APPROVER)
    officer.opens(TITLE)
    life.await_dispatcher(officer, officer.offers().get_by_role("link", name=REPORT, exact=True))
    officer.does(REPORT, {"意见": "公示无异议，提请审批。"})
    life.at("2026-09-21", 10)
    approver.page.goto("/")
    approver.sees("待审批事项", TITLE, "达到合格线")
    approver.keeps("home")
    approver.opens(TITLE)
    approver.does("批准认定", {"意见": "同意认定。"}, told="已批准认定。")
    life.at("2026-09-24", 10)
    officer.opens(TITLE)
    officer.does("登记授牌", told=f"已登记授牌，标牌编号{PLAQUE}。")
    officer.sees("已认定")


def the_public_finds_it(life: Life) -> None:
    """In the register and as a certificate with a code that can be scanned, on a phone as well."""
    public = life.person(None)
    public.page.goto("/public/register/")
    public.keeps("register")
    public.page.get_by_role("link", name=HOLDER).click()
    public.sees(TITLE, PLAQUE)
    public.keeps("entry")
    public.page.get_by_role("link", name="证书与核验").click()
    expect(public.page.get_by_role("heading", level=1, name="有效", exact=True)).to_be_visible(
        timeout=PATIENCE
    )
    public.sees("授 牌 证 书", HOLDER, PLAQUE)
    code = public.page.get_by_alt_text("证书核验二维码")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")
    public.keeps("certificate")
    public.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert public.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
