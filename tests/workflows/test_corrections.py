"""补正: one list, complete, as often as the programme allows; what was asked stands beside what was changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from audit import clock
from audit.models import Entry
from cases.declarations import draft_of
from cases.enums import DeclarationStatus, DefectSource
from cases.errors import Invalid, NotAllowed
from cases.models import Case, Decision, Defect
from programmes import calendar as cal
from tests.factories.cases import World
from tests.workflows.pages import browser, page_of, post, read, recommender, text_of
from tests.workflows.variants import sent_under
from workflows import dispatcher
from workflows.correction_pages import answer_to_correction
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db

FIELD = "field:GY_SUPP.mgmt_org_name"
LIST = [
    {"target": FIELD, "problem": "管理机构名称与登记证书不一致", "remedy": "按登记证书更正"},
    {"target": "material:m7_license", "problem": "未加盖公章。", "remedy": ""},
    {"target": "", "problem": "请来电说明建设进度。", "remedy": ""},
]


def returned(world: World, case: Case, **data: Any) -> Case:
    return world.do(case, "declare.return_for_correction", **({"defects": LIST} | data))


def test_the_list_is_kept_item_by_item_and_told_as_one_letter(world: World) -> None:
    case = returned(world, sent_under(world), reason="另请注意时限。")
    draft = draft_of(case)
    assert draft is not None
    rows = list(Defect.objects.filter(declaration=draft).order_by("position"))
    assert [(row.position, row.target, row.source) for row in rows] == [
        (1, FIELD, DefectSource.OFFICER),
        (2, "material:m7_license", DefectSource.OFFICER),
        (3, "", DefectSource.OFFICER),
    ]
    decision = Decision.objects.get(action="return_for_correction")
    assert {row.decision_id for row in rows} == {decision.pk}
    lines = decision.reason.splitlines()
    assert lines[0].endswith("管理机构名称与登记证书不一致。补正要求：按登记证书更正。")
    assert lines[0].startswith("1．《")
    assert lines[2] == "3．请来电说明建设进度。"
    assert lines[3] == "另请注意时限。"
    assert decision.letter_code == "default_correction"
    assert "按登记证书更正" in decision.letter
    assert draft.note == decision.reason
    told = Entry.objects.get(chain=case.chain, action="declare.return_for_correction").content["data"]
    assert [row["target"] for row in told["defects"]] == [FIELD, "material:m7_license", ""]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"defects": [], "reason": ""}, "reason"),
        ({"defects": [{"target": FIELD, "problem": " ", "remedy": "改"}]}, "defects"),
        ({"defects": [{"target": "field:NO.such", "problem": "错"}]}, "defects"),
        ({"defects": [{"target": "", "problem": "多"}] * 101}, "defects"),
        ({"defects": ["x"]}, "defects"),
    ],
)
def test_a_list_that_says_nothing_or_points_nowhere_is_refused(
    world: World, data: dict[str, Any], field: str
) -> None:
    case = sent_under(world)
    with pytest.raises(Invalid) as refused:
        returned(world, case, **data)
    assert set(refused.value.fields) == {field}
    assert not Defect.objects.exists()
    assert draft_of(case) is None


def test_words_alone_still_do(world: World) -> None:
    case = returned(world, sent_under(world), defects=[], reason="请重新填报建设方案。")
    draft = draft_of(case)
    assert draft is not None
    assert draft.note == "请重新填报建设方案。"


def mend(world: World, case: Case, value: str) -> None:
    world.fill(case, {"GY_SUPP": {"mgmt_reg_place": "贵阳市", "mgmt_org_name": value}})


def test_what_was_asked_stands_beside_what_was_changed(world: World) -> None:
    case = returned(world, sent_under(world))
    overview = read(browser(world.applicant), reverse("cases:declaration", args=[case.public_id]))
    form = reverse("cases:form", args=[case.public_id, "GY_SUPP"])
    assert f"{form}#f-mgmt_org_name" in overview
    assert "管理机构名称与登记证书不一致" in overview
    assert "未见修改" in overview
    mend(world, case, "白云大数据管理有限公司")
    world.do(case, "declare.submit", statement=True)
    answer = answer_to_correction(Case.objects.get(pk=case.pk))
    assert answer is not None
    assert [item.touched for item in answer.items] == [True, False, None]
    assert [change.after for change in answer.items[0].changes] == ["白云大数据管理有限公司"]
    page = read(browser(world.officer), page_of(case, "declare.accept"))
    assert "白云大数据管理有限公司" in page
    assert "补正情况：与第1版相比修改" in page
    assert reverse("cases:declared", args=[case.public_id]) + "#changes" in page
    declared = read(browser(world.officer), reverse("cases:declared", args=[case.public_id]))
    assert "补正事项与修改情况" in declared


def test_once_is_once_and_the_refusal_names_the_clause(world: World) -> None:
    case = returned(world, sent_under(world, params="intake: true, corrections: 1"))
    world.do(case, "declare.submit", statement=True)
    with pytest.raises(NotAllowed) as refused:
        returned(world, case)
    assert (refused.value.code, refused.value.clause) == (
        "corrected_before",
        "003·附件6·第三条;附件6·第四条(一)",
    )
    page = browser(world.officer).get(page_of(case, "declare.return_for_correction"))
    assert page.status_code == 403
    assert "不得再次退回" in text_of(page)
    world.do(case, "declare.accept")


def test_the_recommenders_returns_are_counted_apart(world: World) -> None:
    case = sent_under(
        world,
        params="recommendation: true, intake: true, corrections: 1, recommender_returns: 1",
        outcomes="not_recommended: {close: not_selected}, declined: {close: declined}",
    )
    city = recommender(world)
    world.do(case, "declare.return_to_applicant", city, reason="请补充。")
    world.do(case, "declare.submit", statement=True)
    with pytest.raises(NotAllowed):
        world.do(case, "declare.return_to_applicant", city, reason="再补。")
    world.do(case, "declare.recommend", city)
    returned(world, case)


def test_the_page_takes_lines_drops_what_is_ticked_away_and_loses_nothing(world: World) -> None:
    case = sent_under(world)
    address = "declare.return_for_correction"
    page = read(browser(world.officer), page_of(case, address))
    assert 'name="defects.0.problem"' in page
    assert f'value="{FIELD}"' in page
    sent = {"defects.0.target": FIELD, "defects.0.problem": "", "defects.0.remedy": "按证书更正"}
    refused = post(world.officer, case, address, sent)
    assert refused.status_code == 422
    assert "第1项：请写明存在的问题" in text_of(refused)
    assert "按证书更正" in text_of(refused)
    sent |= {"defects.0.problem": "名称有误", "defects.7.problem": "不列", "defects.7.drop": "1"}
    assert post(world.officer, case, address, sent).status_code == 302
    assert list(Defect.objects.values_list("problem", flat=True)) == ["名称有误"]


def test_the_clocks_are_told_before_and_run_afterwards(world: World) -> None:
    limits = (
        "intake: {within: 5 working_day}, "
        "correct: {within: 3 working_day, on_due: correction_lapsed, source: text, clause: 003·附件6·第三条}"
    )
    case = sent_under(
        world, deadlines=limits, outcomes="declined: {close: declined}, not_corrected: {close: declined}"
    )
    page = read(browser(world.officer), page_of(case, "declare.return_for_correction"))
    assert "自收到之日起重新计算" in page
    assert "申报单位补正期限为3个工作日" in page
    assert "逾期未补正的，由系统按期办结" in page
    returned(world, case)
    item = WorkItem.objects.get(case=case, duty="draft", status="open")
    expected = cal.compute(
        start=clock.today(),
        duration=cal.Duration.parse("3 working_day"),
        calendar=cal.WorkCalendar.load(),
        start_rule=cal.StartRule.NEXT_DAY,
    ).due_on
    assert expected is not None
    assert item.due_on == expected
    overview = read(browser(world.applicant), reverse("cases:declaration", args=[case.public_id]))
    assert f"补正期限至{expected.isoformat()}止" in overview
    clock.set_clock(clock.end_of(expected) - dt.timedelta(seconds=1))
    dispatcher.run_once()
    assert Case.objects.get(pk=case.pk).closure == ""
    clock.set_clock(clock.end_of(expected))
    dispatcher.run_once()
    case = Case.objects.get(pk=case.pk)
    assert (case.closure, case.declarations.filter(status=DeclarationStatus.DRAFT).count()) == ("declined", 0)
    decision = Decision.objects.get(action="correction_lapsed")
    assert (decision.role, decision.user) == ("system", None)


def test_a_first_draft_has_no_time_for_mending(world: World) -> None:
    case = sent_under(world, deadlines="correct: {within: 3 working_day}", sent=False)
    assert WorkItem.objects.get(case=case, duty="draft", status="open").due_on is None
