"""A base's life, second part: initial review, a panel by lot, scores on five phones, the conclusion."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.life import Life, written
from tests.browser.life_declared import CLERK, OFFICER, TITLE
from tests.browser.person import PATIENCE, Person

CHIEF = "chenguohua"
POINTS = {
    "design": "13", "cluster": "13.5", "responsibility": "9", "scale": "17",
    "service": "13", "cultivation": "12.5", "investment": "8.5",
}  # fmt: skip
TOTAL = "86.5"
USERNAMES = {row["name"]: row["username"] for row in written()["people"] if row["role"] == "expert"}


def a_panel_is_drawn(life: Life) -> None:
    """王静 passes the initial review and lets the lot choose five experts."""
    life.at("2026-09-02")
    officer = life.person(OFFICER)
    officer.opens(TITLE)
    officer.does("初审通过", {"意见": "初审合格，提交专家评审。"})
    officer.starts("确定专家组")
    officer.presses("随机抽取")
    names = officer.page.locator(".lc-drawn strong").all_inner_texts()
    assert len(set(names)) == 5
    life.panel = [USERNAMES[name] for name in names]
    officer.sees("抽取结果", "抽取依据（候选8人，可复核）")
    officer.presses("确定专家组")
    officer.sees("已组成5人专家组。")


def experts_score_on_their_phones(life: Life) -> None:
    """Each of the five scores on a phone; the chief concludes with the mean."""
    life.at("2026-09-07")
    for place, username in enumerate(life.panel):
        score(life.person(username, PHONE), first=place == 0)
    clerk, chief = life.person(CLERK), life.person(CHIEF)
    clerk.opens(TITLE)
    told = clerk.page.locator("#main").inner_text()
    assert TOTAL not in told, "the points are told before the conclusion"
    chief.opens(TITLE)
    chief.sees("5份评分表", "达到合格线")
    chief.does("列入入选名单", {"意见": "专家评审通过，列入入选名单。"})
    chief.keeps("case")
    clerk.page.reload()
    clerk.sees("评审通过，列入入选名单")
    named = {name for name, username in USERNAMES.items() if username in life.panel}
    told = clerk.page.locator("#main").inner_text()
    assert not [name for name in named if name in told], "applicants do not learn who scored"


def score(expert: Person, *, first: bool) -> None:
    """From the expert's home to the submitted sheet; the first one forgets something and is told."""
    page = expert.page
    expert.sees("待评审（1件）")
    expert.keeps("home")
    page.get_by_role("link", name=re.compile("开始评分")).click()
    declared = page.get_by_role("link", name=re.compile("查看申报材料")).get_attribute("href")
    assert declared and page.request.get(declared).status == 200
    for name, points in POINTS.items():
        if not (first and name == "scale"):
            page.locator(f"[name='points.{name}']").fill(points)
    page.get_by_role("radio", name="是").check()
    if first:
        submit_sheet(expert)
        expect(page.locator("[data-error-for='points.scale']")).to_be_visible(timeout=PATIENCE)
        stepped = page.get_by_role("button", name="产业规模加分")
        page.locator("[name='points.scale']").fill("16.5")
        stepped.click()
        expect(page.locator("[name='points.scale']")).to_have_value("17")
    expect(page.locator("[data-total]")).to_have_text(TOTAL)
    page.get_by_role("textbox", name="评审意见").fill("建设基础扎实，产业特色鲜明。")
    expert.keeps("sheet")
    submit_sheet(expert)
    expert.sees("我的评分", f"{TOTAL} / 100分")
    expert.keeps("scored")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def submit_sheet(expert: Person) -> None:
    """Press, and say yes."""
    expert.page.get_by_role("button", name="提交评分").click()
    expert.page.get_by_role("dialog").get_by_role("button", name="确定").click()
