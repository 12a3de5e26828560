"""The tabs of a case: each reader gets the parts that are theirs to read, and no other."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from audit.models import ReadEntry
from cases.declarations import draft_of, save_form
from cases.models import Case
from programmes.enums import EditionStatus
from programmes.models import Edition
from tests.factories.cases import World
from tests.workflows.pages import appraisal_sent, browser, objected, rectified, suspected
from tests.workflows.test_case_pages import page, words

SECTIONS = ("declared", "review", "notices", "decisions", "upkeep")


def status(actor: Actor, case: Case, name: str) -> int:
    return browser(actor).get(reverse(f"cases:{name}", args=[case.public_id])).status_code


@pytest.mark.parametrize(
    ("who", "readable"),
    [
        ("applicant", {"declared", "notices", "decisions", "upkeep"}),
        ("officer", set(SECTIONS)),
        ("chief", set(SECTIONS)),
        ("supervisor", set(SECTIONS)),
        ("expert", {"declared", "review"}),
        ("other_applicant", None),
        ("outsider", None),
    ],
)
def test_tabs_are_offered_and_opened_alike(world: World, who: str, readable: set[str] | None) -> None:
    """A tab that is not offered is refused too; somebody who does not see the case finds nothing there."""
    case = world.scored()
    named = {"expert": world.experts[0], "outsider": world.experts[6]}
    actor = named.get(who) or getattr(world, who)
    answers = {name: status(actor, case, name) for name in SECTIONS}
    if readable is None:
        assert set(answers.values()) == {404}
        return
    assert answers == {name: 200 if name in readable else 403 for name in SECTIONS}
    overview = page(actor, case)
    offered = {name for name in SECTIONS if reverse(f"cases:{name}", args=[case.public_id]) + '"' in overview}
    assert offered == readable


def test_officers_read_every_sheet_and_what_they_come_to(world: World) -> None:
    text = words(page(world.officer, world.scored(), "review"))
    for said in ("专家1", "专家5", "5份评分表的平均分为90.00分", "达到合格线", "建设成效明显。", "产业规模"):
        assert said in text


def test_an_expert_reads_their_own_sheet_only(world: World) -> None:
    case = world.score(world.score(world.with_panel(), world.experts[0], 0.8), world.experts[1], 0.6)
    text = words(page(world.experts[0], case, "review"))
    assert "我的评分表" in text
    assert "专家1" in text
    assert "专家2" not in text
    assert "平均分" not in text


def test_the_applicant_reads_the_result_after_the_review_without_names(world: World) -> None:
    case = world.selected()
    text = words(page(world.applicant, case, "review"))
    assert "90.00" in text
    assert "专家1" not in text
    assert "产业规模" not in text


def test_reports_of_misconduct_are_read_by_offices(world: World) -> None:
    case = suspected(world)
    assert "与申报单位有往来" in page(world.supervisor, case, "review")
    assert status(world.applicant, case, "review") == 403


def test_sheets_that_do_not_count_are_told_apart(world: World) -> None:
    case = suspected(world)
    report = str(case.misconducts.get().public_id)
    case = world.do(
        case, "command.confirm_misconduct", world.supervisor, misconduct=report, reason="查证属实。"
    )
    text = words(page(world.officer, case, "review"))
    for said in ("不计入结果的评分表", "评审违纪查证属实", "查证属实", "启动追责"):
        assert said in text


@pytest.mark.parametrize(
    ("who", "content", "identity"),
    [("officer", True, True), ("supervisor", True, True), ("applicant", False, False)],
)
def test_objectors_are_named_to_those_who_handle_the_objection(
    world: World, who: str, content: bool, identity: bool
) -> None:
    text = page(getattr(world, who), objected(world), "notices")
    assert ("数据不实。" in text) is content
    assert ("某公司" in text) is identity
    assert ("0851-12345678" in text) is identity
    assert ReadEntry.objects.latest("pk").what == ("case.objectors" if identity else "case.notices")


def test_the_approving_body_decides_without_knowing_who_objected(world: World) -> None:
    case = objected(world)
    number = case.objections.get().number
    case = world.do(case, "publicize.dismiss_objection", objection=number, reason="经核查，数据属实。")
    notice = case.notices.select_related("deadline").get()
    assert notice.deadline and notice.deadline.due_at
    world.let_time_pass(notice.deadline.due_at)
    case = world.do(world.reread(case), "accredit.report_for_approval")
    text = page(world.approver, case, "notices")
    assert "经核查，数据属实。" in text
    assert "某公司" not in text


def test_decisions_lead_to_their_letters(world: World) -> None:
    case = world.filed()
    text = page(world.applicant, case, "decisions")
    letters = re.findall(r'href="([^"]*/letters/[^"]*)"', text)
    assert len(letters) == 2  # the receipt and the notice of filing
    letter = browser(world.applicant).get(letters[0]).content.decode()
    assert "备案通知书" in letter
    assert "贵阳国家高新技术产业开发区" in letter
    assert "用户" not in words(letter).split("备案通知书")[-1]


def test_a_letter_belongs_to_its_case(world: World) -> None:
    case, other = world.filed(), world.submitted("另一个基地")
    letter = case.decisions.get(action="notify_filing")
    address = reverse("cases:letter", args=[other.public_id, letter.public_id])
    assert browser(world.applicant).get(address).status_code == 404
    address = reverse("cases:letter", args=[case.public_id, letter.public_id])
    assert browser(world.other_applicant).get(address).status_code == 404


def test_who_decided_is_the_office_s_business(world: World) -> None:
    case = world.do(world.submitted(), "file.file", opinion="内部意见：数据较好。")
    name = world.officer.user.name  # type: ignore[union-attr]
    office, applicant = page(world.officer, case, "decisions"), page(world.applicant, case, "decisions")
    assert name in office
    assert "内部意见" in office
    assert name not in applicant
    assert "内部意见" not in applicant


def test_progress_appraisals_and_rectifications_are_told(world: World) -> None:
    case = world.do(world.building(), "command.report_progress", period="2020年上半年", content="完成一期。")
    assert "完成一期。" in page(world.officer, case, "upkeep")
    text = words(page(world.applicant, appraisal_sent(world), "upkeep"))
    assert "2020年度综合考评" in text
    assert "本年度工作情况。" in text


def test_a_rectification_shows_its_term_and_report(world: World) -> None:
    text = words(page(world.officer, rectified(world), "upkeep"))
    for said in ("不合格", "限期整改", "待验收", "已整改。"):
        assert said in text


# -- what was declared ---------------------------------------------------------------------------------------------


def returned(world: World) -> Case:
    return world.do(world.submitted(), "file.return_for_correction", reason="请核对主营业务收入。")


def changed(world: World, case: Case, code: str, **values: Any) -> None:
    draft = draft_of(case)
    assert draft is not None
    data = draft.data()[code] | values
    save_form(case=case, form_code=code, raw=data, expected_version=None, actor=world.applicant)


def test_a_draft_is_not_read_before_it_is_sent(world: World) -> None:
    case = returned(world)
    changed(world, case, "GY_SUPP", mgmt_org_name="尚未提交的名称")
    assert "尚未提交的名称" not in page(world.officer, case, "declared")
    case = world.do(case, "declare.submit", statement=True)
    assert "尚未提交的名称" in page(world.officer, case, "declared")


def test_what_changed_is_told_cell_by_cell(world: World) -> None:
    case = returned(world)
    rows = draft_of(case).data()["GY_KEY_ENT"]["rows"]  # type: ignore[union-attr]
    changed(world, case, "GY_KEY_ENT", rows=[{**rows[0], "name": "新增企业"}, *rows[:-1]])
    changed(world, case, "GY_SUPP", mgmt_org_name="新的管理机构")
    clock.set_clock(dt.datetime(2020, 3, 24, 9, 0, tzinfo=clock.SHANGHAI))
    case = world.do(case, "declare.submit", statement=True)
    text = words(page(world.officer, case, "declared"))
    assert "与第 1 版相比，修改 3 处" in text  # a line put in, a line gone, a name
    for said in ("新的管理机构", "新增企业", "（新增）", "（删除）", "请核对主营业务收入。"):
        assert said in text
    earlier = words(page(world.officer, case, "declared", v="1"))
    assert "新的管理机构" not in earlier
    assert "相比" not in earlier


def test_an_unknown_version_shows_the_newest(world: World) -> None:
    assert "第 1 版" in page(world.officer, world.submitted(), "declared", v="99")


def test_the_printed_declaration_has_the_printed_labels(world: World) -> None:
    text = words(page(world.officer, world.submitted(), "print"))
    for said in (
        "申 报 材 料".replace(" ", ""),
        "发展总体情况表",
        "以上数据统计截至 2019年12月31日",
        "占贵阳市行业就业人员比重(%)",
    ):
        assert said in text


def test_the_applicant_may_print_a_draft_and_it_says_so(world: World) -> None:
    case = world.draft()
    assert "草稿 · 未提交" in page(world.applicant, case, "print")
    assert status(world.officer, case, "print") == 404


# -- the policy ------------------------------------------------------------------------------------------------------


def test_citations_lead_to_the_words_of_the_policy(world: World) -> None:
    case = world.filed()
    links = set(re.findall(r'href="(/cases/policies/[^"#]*)#(c[0-9a-f]+)"', page(world.officer, case)))
    assert links
    for address, anchor in links:
        assert f'id="{anchor}"' in browser(world.officer).get(address).content.decode()


def test_an_unpublished_edition_is_nobody_s_reading(world: World) -> None:
    old = world.edition
    draft = Edition.objects.create(
        programme=old.programme,
        number="2021.1",
        status=EditionStatus.DRAFT,
        digest=old.digest,
        source=old.source,
    )
    for edition, status_code in ((old, 200), (draft, 404)):
        address = reverse("cases:policy", args=[edition.public_id])
        assert browser(world.officer).get(address).status_code == status_code
