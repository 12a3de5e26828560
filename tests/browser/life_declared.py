"""A base's life, first part: the round, the declaration in the browser, correction, filing, construction."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from config.demo.declarations import YEARS, declaration_of
from programmes import packs
from tests.browser.filling import await_saved, cell, fill_fields, paste, type_grid, type_line, upload
from tests.browser.life import ROOT, Life, written
from tests.browser.person import PATIENCE, Person

CLERK, OFFICER = "gaoxin", "wangjing"
PACK = ROOT / "programmes" / "packs" / "gy-cluster-base"
BASE = written()["bases"][CLERK]
TITLE: str = BASE["title"]
ROUND = "2026年度产业集聚示范基地申报"
CASE_NO = "GYJJ-2026-0001"
MISSING = re.compile(r"还有 (\d+) 处必填内容未完成")
FILES = {
    "m7_license": ("管理机构营业执照副本.pdf", ()),
    "m8_policy": ("产业扶持政策文件.pdf", ()),
    "m9_evidence": ("佐证材料汇编.pdf", ("(三)发展总体情况表", "(四)重点企业汇总表")),
}


def the_round_opens(life: Life) -> None:
    """何燕 opens this year's round."""
    admin = life.person("heyan")
    admin.page.locator("#nav").get_by_role("link", name="批次管理").click()
    admin.page.get_by_role("link", name="贵阳市大数据及软件和信息技术服务产业集聚示范基地").first.click()
    admin.keeps("rounds")
    admin.fills({"年度": "2026", "开始日期": "2026-03-02"})
    admin.presses("启动批次")
    admin.sees(f"“{ROUND}”已启动。", "备案审核与通知时限")


def a_zone_declares(life: Life) -> None:
    """马晓东 of the 高新区 fills in everything, sees what is missing become less, submits and has a receipt."""
    life.at("2026-03-03")
    clerk = life.person(CLERK)
    clerk.page.get_by_role("link", name="开始申报").first.click()
    clerk.keeps("start")
    clerk.fills({"项目名称": TITLE})
    clerk.presses("开始填报")
    before = missing(clerk)
    clerk.keeps("overview")
    fill_the_forms(clerk)
    after_forms = missing(clerk)
    assert 0 < after_forms < before
    clerk.page.locator("#main").get_by_role("link", name="上传材料").click()
    for item, (name, tags) in FILES.items():
        upload(clerk.page, item, name, tags)
    clerk.keeps("materials")
    clerk.page.locator("#main").get_by_role("link", name="返回填报总览").click()
    clerk.sees("材料已齐备，可以核对并提交。")
    clerk.keeps("overview")
    submit(clerk)
    clerk.sees("申报材料接收回执", CASE_NO, "第 1 版", "佐证材料汇编.pdf")


def missing(clerk: Person) -> int:
    """How many required blanks the overview counts."""
    clerk.page.goto(re.sub(r"declaration/.*", "declaration/", clerk.page.url))
    told = MISSING.search(clerk.page.locator("#main").inner_text())
    assert told, clerk.page.url
    return int(told[1])


def submit(clerk: Person) -> None:
    """From the overview, with the statement of truth."""
    clerk.page.locator("#main").get_by_role("link", name="核对并提交").first.click()
    clerk.keeps("submit")
    clerk.page.get_by_label("本单位对申报材料的真实性、合法性负责").check()
    clerk.presses("提交申报")
    expect(clerk.page.get_by_role("heading", name="申报材料接收回执")).to_be_visible(timeout=PATIENCE)


def fill_the_forms(clerk: Person) -> None:
    """Every form in its own way: texts, a printed grid, tables typed, lengthened and pasted, choices."""
    page, data = (
        clerk.page,
        declaration_of(BASE, written()["texts"], packs.parse_files(packs.read_directory(PACK))),
    )
    overview = page.url
    for code, values in data.items():
        page.goto(f"{overview}{code}/")
        rows = values.get("rows", [])
        if code == "GY_OVERALL":
            typed = [f"main_revenue_{year}" for year in YEARS]
            type_grid(page, typed, [values[name] for name in typed])
        elif code == "GY_KEY_ENT":
            type_line(page, "rows", 0, rows[0])
            page.get_by_role("button", name="增加一行").click()
            expect(cell(page, "rows.5.no")).to_be_focused()
            type_line(page, "rows", 1, rows[4])
            paste(page, "rows.2.no", rows[1:4])
            expect(cell(page, "rows.4.name")).to_have_value(rows[3]["name"])
        elif rows:
            paste(page, "rows.0.no", rows)
            expect(page.locator(".lc-toast").get_by_text(f"已粘贴{len(rows)}行")).to_be_visible()
        fill_fields(page, values)
        await_saved(page)
        expect(page.locator("[data-save-left]")).to_have_text("本表已填写完整", timeout=PATIENCE)
        clerk.keeps(code)


def the_declaration_is_corrected_and_filed(life: Life) -> None:
    """王静 sends it back once with a note; corrected, it is filed, and the zone is told."""
    life.at("2026-03-05")
    officer, clerk = life.person(OFFICER), life.person(CLERK)
    officer.opens(TITLE)
    officer.sees("审核建设方案及相关材料", "贵阳市大数据发展管理局")
    note = "请核对重点企业汇总表第一行的从业人数。"
    officer.does("退回补正", {"补正意见": note})
    life.at("2026-03-06")
    clerk.opens(TITLE)
    clerk.page.get_by_role("link", name="继续填报").click()
    clerk.sees("补正意见（一次性告知全部内容）", note)
    clerk.keeps("to_correct")
    clerk.page.get_by_role("link", name=re.compile("重点企业汇总表")).first.click()
    cell(clerk.page, "rows.0.employees").fill("336")
    await_saved(clerk.page)
    missing_nothing(clerk)
    submit(clerk)
    clerk.sees("第 2 版")
    life.at("2026-03-09")
    clerk.opens(TITLE)
    clerk.is_refused("启动建设", "不能进入建设阶段。")
    officer.opens(TITLE)
    officer.page.get_by_role("link", name="申报材料", exact=True).click()
    officer.sees("与第 1 版相比，修改 1 处", "336")
    officer.keeps("compared")
    officer.opens(TITLE)
    officer.does("准予备案", {"意见": "材料齐全，方案可行。"}, told="已准予备案，请发出备案通知。")
    officer.does("发出备案通知", told="备案情况已通知申报单位。")


def missing_nothing(clerk: Person) -> None:
    """The overview, where all is complete."""
    clerk.page.goto(re.sub(r"declaration/.*", "declaration/", clerk.page.url))
    clerk.sees("材料已齐备，可以核对并提交。")


def the_base_is_built(life: Life) -> None:
    """The zone builds, reports, and asks for the review."""
    life.at("2026-03-12")
    clerk = life.person(CLERK)
    clerk.opens(TITLE)
    clerk.does("启动建设")
    clerk.sees("按照建设方案推进项目建设，完成后申请评审")
    life.at("2026-06-30", 15)
    clerk.opens(TITLE)
    clerk.does(
        "报送建设进展",
        {"报告期": "2026年上半年", "建设进展": "公共技术服务平台建成，新入驻企业9家。"},
        told="建设进展已报送。",
    )
    life.at("2026-09-01", 10)
    clerk.opens(TITLE)
    clerk.does("申请评审", {"建设完成情况": "建设方案确定的年度任务已全部完成。"})
