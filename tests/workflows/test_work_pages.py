"""Home by role and the worklist: what each is told, and that it costs the same however much there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from cases.models import Case
from tests.factories.accounts import make_actor, make_user
from tests.factories.cases import World
from tests.workflows.pages import (
    FRAME,
    browser,
    multiply,
    objected,
    open_item,
    queries_of,
    read,
    recommender,
    reported,
    revoking,
)
from workflows.due import due_of

HOME, LIST = "/work/", "/work/list/"


# -- homes -------------------------------------------------------------------------------------------------------------


def test_the_applicant_reads_where_the_case_is_on_whom_it_waits_and_until_when(world: World) -> None:
    case = world.submitted()
    page = read(browser(world.applicant), HOME)
    item = open_item(case, "examine")
    assert case.title in page
    assert case.case_no in page
    assert "审核建设方案及相关材料" in page
    assert "市大数据局" in page
    assert due_of(item).text in page
    assert str(item.due_on) in page
    assert "申报材料接收回执" in page
    assert "2020年度产业集聚示范基地申报" in page


def test_the_applicant_finds_what_to_do_first(world: World) -> None:
    world.draft()
    page = read(browser(world.applicant), HOME)
    assert page.index("需要贵单位办理") < page.index("我的案件")
    assert "编制建设方案并填报申报材料" in page


def test_an_applicant_without_cases_is_offered_to_begin(world: World) -> None:
    page = read(browser(world.other_applicant), HOME)
    assert "还没有申报" in page
    assert "/cases/start" in page


def test_the_applicant_is_not_told_of_what_stays_inside(world: World) -> None:
    case = world.scored()
    expert = world.experts[0].user
    assert expert is not None
    world.do(case, "command.report_misconduct", expert=[str(expert.public_id)], reason="有往来。")
    page = read(browser(world.applicant), HOME)
    assert "违纪" not in page
    assert not any(e.user.name in page for e in world.experts if e.user)


@pytest.mark.parametrize(
    ("day", "tile", "words"),
    [
        (dt.date(2020, 3, 20), "其他待办", "还剩10个工作日"),
        (dt.date(2020, 4, 1), "3个工作日内到期", "还剩2个工作日"),
        (dt.date(2020, 4, 3), "今日到期", "今日到期"),
        (dt.date(2020, 4, 5), "已逾期", "已逾期"),
        (dt.date(2020, 4, 8), "已逾期", "已逾期2个工作日"),
    ],
)
def test_the_office_sees_what_turns_red_next(world: World, day: dt.date, tile: str, words: str) -> None:
    world.submitted()
    clock.set_clock(clock.start_of(day) + dt.timedelta(hours=10))
    response = browser(world.officer).get(HOME)
    urgency = response.context["home"].urgency
    counts = dict(
        zip(
            ("已逾期", "今日到期", "3个工作日内到期", "其他待办"),
            (urgency.late, urgency.today, urgency.soon, urgency.other),
            strict=True,
        )
    )
    assert counts == {name: int(name == tile) for name in counts}
    assert words in response.content.decode()


def test_the_office_counts_live_cases_by_stage(world: World) -> None:
    world.submitted(title="甲")
    world.filed(title="乙")
    world.do(world.submitted(title="丙"), "command.withdraw", reason="不报了。")
    world.draft("丁")
    home = browser(world.chief).get(HOME).context["home"]
    assert {stage.code: stage.count for stage in home.stages if stage.count} == {"file": 2}
    assert [case.title for case in home.moved][:2] == ["丙", "乙"]


def test_the_expert_reads_only_what_is_theirs(world: World) -> None:
    case = world.with_panel()
    world.score(case, world.experts[0])
    one = read(browser(world.experts[0]), HOME)
    assert "待评审（0件）" in one
    assert "90分" in one or "分</strong>" in one
    two = read(browser(world.experts[1]), HOME)
    assert "待评审（1件）" in two
    assert case.title in two
    assert str(open_item(case, "score", world.experts[1]).public_id) in two
    assert "还没有提交过评分" in two
    for page, own in ((one, 0), (two, 1)):
        assert not any(e.user.name in page for n, e in enumerate(world.experts) if n != own and e.user)


def test_the_approver_reads_what_the_steps_before_came_to(world: World) -> None:
    case = reported(world)
    page = read(browser(world.approver), HOME)
    assert "5份评分表的平均分为" in page
    assert "达到合格线" in page
    assert "公示期满" in page
    assert "无异议" in page
    assert "公示无异议，提请审批。" in page
    assert "前序环节未发现不符合项" in page
    assert case.title in page


def test_the_approver_is_told_what_was_decided_in_spite_of_a_rule(world: World) -> None:
    case = world.scored(GY_SUPP={"key_enterprise_count": "0"})
    world.do(case, "review.select", explanations={"R-GY-17": "正在培育。"})
    world.do(case, "publicize.publish_notice")
    deadline = case.notices.select_related("deadline").get().deadline
    assert deadline is not None and deadline.due_at is not None
    world.let_time_pass(deadline.due_at)
    world.do(case, "accredit.report_for_approval")
    page = read(browser(world.approver), HOME)
    assert "骨干企业（003·方案·三(二)）" in page
    assert "前序环节未发现不符合项" not in page


def test_the_approver_reads_why_a_revocation_is_proposed(world: World) -> None:
    revoking(world)
    page = read(browser(world.approver), HOME)
    assert "整改验收不合格。" in page
    assert "专家评审" not in page


def test_recommenders_and_operators_have_a_home(world: World) -> None:
    assert "审核推荐" in read(browser(recommender(world)), HOME)
    assert "我的申报" in read(browser(make_actor(Role.OPERATOR, world.zone)), HOME)


def test_the_supervisor_without_a_room_reads_who_is_late_and_who_did_what_today(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.views.work.ELSEWHERE", {})
    late = world.submitted(title="逾期的")
    clock.set_clock(dt.datetime(2020, 4, 8, 10, tzinfo=clock.SHANGHAI))
    world.do(world.submitted(title="今日的"), "file.file")
    page = read(browser(world.supervisor), HOME)
    assert "逾期未办（1项）" in page
    assert "已逾期2个工作日" in page
    assert "市大数据局" in page
    assert "准予备案" in page
    assert "提交了申报材料" in page
    assert world.officer.user is not None
    assert world.officer.user.name in page
    assert page.index("逾期的") < page.index("今日的")
    assert late.title in page


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.POLICY_ADMIN])
def test_whose_home_is_another_room_is_taken_there(
    world: World, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.views.work.ELSEWHERE", {role: "accounts:profile"})
    response = browser(make_actor(role, world.authority)).get(HOME)
    assert response.status_code == 302
    assert response["Location"] == "/accounts/profile/"


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.SYSTEM_ADMIN, "建立、停用用户账号"),
        (Role.SECURITY_ADMIN, "授予、变更和终止任职授权"),
        (Role.AUDIT_ADMIN, "核验留痕链是否完整"),
        (Role.POLICY_ADMIN, "编制、校验、推演和发布政策版本"),
    ],
)
def test_administrators_read_what_they_may_do(
    world: World, role: Role, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.views.work.ELSEWHERE", {})
    world.submitted(title="机密的案件")
    page = read(browser(make_actor(role, world.authority)), HOME)
    assert words in page
    assert "机密的案件" not in page


def test_somebody_without_a_role_is_told_so(world: World) -> None:
    client = Client()
    client.force_login(make_user("没有授权的人"))
    assert "您目前没有有效的任职授权" in read(client, HOME)
    assert client.get(LIST).status_code == 403
    assert Client().get(HOME).status_code == 302


# -- the same number of queries, whatever there is --------------------------------------------------------------------


def _drafts(world: World) -> Actor:
    world.submitted()
    return world.applicant


def _office(world: World) -> Actor:
    objected(world)
    return world.officer


def _approver(world: World) -> Actor:
    reported(world)
    return world.approver


def _expert(world: World) -> Actor:
    world.with_panel()
    return world.experts[0]


@pytest.mark.parametrize(
    ("first", "more", "own"),
    [
        pytest.param(_drafts, lambda w: [w.draft(f"草稿{n}") for n in range(4)], 5, id="applicant"),
        pytest.param(
            _office, lambda w: multiply(open_item(Case.objects.get(), "handle"), 29), 4, id="officer"
        ),
        pytest.param(
            _approver, lambda w: multiply(open_item(Case.objects.get(), "approve"), 9), 8, id="approver"
        ),
        pytest.param(
            _expert,
            lambda w: multiply(open_item(Case.objects.get(), "score", w.experts[0]), 9),
            2,
            id="expert",
        ),
    ],
)
def test_a_home_costs_the_same_with_one_and_with_many(
    world: World, first: Callable[[World], Actor], more: Callable[[World], object], own: int
) -> None:
    client = browser(first(world))
    assert queries_of(client, HOME) == FRAME + own
    more(world)
    assert queries_of(client, HOME) == FRAME + own


def test_the_supervisors_own_home_costs_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.views.work.ELSEWHERE", {})
    world.submitted()
    clock.set_clock(dt.datetime(2020, 4, 8, 10, tzinfo=clock.SHANGHAI))
    client = browser(world.supervisor)
    world.submitted(title="今日的")
    first = queries_of(client, HOME)
    multiply(open_item(Case.objects.order_by("pk")[0], "examine"), 9)
    for number in range(3):
        world.submitted(title=f"又一个{number}")
    assert queries_of(client, HOME) == first
