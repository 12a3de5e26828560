"""A base's life, last part: an appraisal that fails, the plaque taken away, the record verified."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.life import Life, written
from tests.browser.life_accredited import APPROVER, HOLDER, PLAQUE
from tests.browser.life_declared import CLERK, OFFICER, TITLE
from tests.browser.life_reviewed import CHIEF
from tests.browser.person import PATIENCE, Person

REASON = "公共服务水平和政策措施落实情况未达到要求。"
NOT_DONE = "公共服务平台未按期建成，整改未到位。"


def the_appraisal_fails(life: Life) -> None:
    """Started, reported, checked, unqualified; what was to be put right is not."""
    officer, clerk, chief = life.person(OFFICER), life.person(CLERK), life.person(CHIEF)
    life.at("2026-10-12")
    officer.opens(TITLE)
    officer.does("启动考评", told="已启动2026年度考评。")
    life.at("2026-10-15")
    clerk.opens(TITLE)
    clerk.starts("报送考评材料")
    report_items(clerk)
    clerk.presses("报送考评材料")
    clerk.sees("考评材料已报送。")
    life.at("2026-10-20")
    officer.opens(TITLE)
    officer.starts("核查通过")
    officer.fills({"考评方式": ["信息报送", "资料核查", "实地考察"]})
    officer.presses("核查通过")
    officer.sees("核查完成，可以作出考评结论。")
    life.at("2026-10-23")
    chief.opens(TITLE)
    chief.does("考评不合格，限期整改", {"理由": REASON, "整改期限": "2026-11-20"})
    life.at("2026-11-18")
    clerk.opens(TITLE)
    clerk.does("报送整改报告", {"整改情况": "公共服务平台尚在建设。"}, told="整改报告已报送。")
    life.at("2026-11-24")
    chief.opens(TITLE)
    chief.does("验收不合格", {"理由": NOT_DONE}, told="整改验收不合格，请按程序提请取消授牌。")


def report_items(clerk: Person) -> None:
    """What the appraisal asks, item by item."""
    for key, text in written()["texts"]["appraisal"].items():
        clerk.page.locator(f"[name='items.{key}']").fill(text)


def the_plaque_is_taken_away(life: Life) -> None:
    """Proposed, agreed to; the certificate says so to anybody who asks."""
    officer, approver, public = life.person(OFFICER), life.person(APPROVER), life.person(None)
    life.at("2026-11-26")
    officer.opens(TITLE)
    officer.does("提请取消授牌", {"理由": NOT_DONE}, told="已提请取消授牌，待审批机关审定。")
    life.at("2026-12-03")
    approver.opens(TITLE)
    approver.does("同意取消授牌", {"理由": "同意取消授牌。"}, told="已同意取消授牌。")
    public.page.reload()
    verdict = public.page.get_by_role("heading", level=1, name="已取消授牌")
    expect(verdict).to_be_visible(timeout=PATIENCE)
    public.keeps("certificate")
    public.sees(f"{HOLDER}的标牌已于 2026-12-03 取消，本证书不再有效。", PLAQUE)
    public.page.goto("/public/register/")
    expect(public.page.get_by_role("link", name=HOLDER)).to_have_count(0)


def the_record_is_whole(life: Life) -> None:
    """The supervisor reads the record and verifies its chain."""
    watcher = life.person("sunjian")
    watcher.page.locator("#nav").get_by_role("link", name="办理留痕").click()
    watcher.keeps("record")
    watcher.page.locator("#main").get_by_role("link", name=TITLE).first.click()
    watcher.sees("同意取消授牌")
    watcher.keeps("chain")
    watcher.page.get_by_role("button", name="核验本链").click()
    watcher.sees("核验结论：完好", "逐条核对无误")
    watcher.keeps("verified")
