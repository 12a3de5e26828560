"""Money on the screens: what may be granted before it is, what was granted, borne and paid, and what the province has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from audit.models import Entry
from cases.models import Award, Case
from cases.models.counter import Counter
from tests.factories.played import played
from tests.workflows.pages import browser, page_of, post, read, text_of

pytestmark = pytest.mark.django_db


def the_case() -> Case:
    """The play's last case, an hour after the last thing that happened in it."""
    case = Case.objects.select_related("edition", "chain").order_by("-pk")[0]
    clock.set_clock(Entry.objects.filter(chain=case.chain).order_by("-seq")[0].at + dt.timedelta(hours=1))
    return case


def decisions(actor: Actor, case: Case) -> str:
    return read(browser(actor), reverse("cases:decisions", args=[case.public_id]))


def test_before_it_is_granted_every_figure_stands_on_the_page_and_the_sum_is_filled_in() -> None:
    cast = played("gz-rd-subsidy", "steps: [{play: assessed}]")
    case = the_case()
    counters = Counter.objects.count()
    page = read(browser(cast["approver"]), page_of(case, "award.grant"))
    for figure in (
        "按政策公式核算",
        "150万元",
        "年补助最高200万元",
        "累计补助最高300万元",
        "最多可给予",
        "省科技厅承担",
    ):
        assert figure in page
    assert "此前没有获得本项支持的记录。" in page
    assert 'name="amount" value="150"' in page
    assert "三(二)2" in page
    assert "002·" not in page
    assert Counter.objects.count() == counters, "looking leaves nothing behind"
    assert not Award.objects.exists()


def test_more_than_may_be_granted_is_refused_at_the_field_and_what_was_typed_stays() -> None:
    cast = played("gz-rd-subsidy", "steps: [{play: assessed}]")
    case = the_case()
    refused = post(cast["approver"], case, "award.grant", {"amount": "150.5", "opinion": "从宽掌握。"})
    assert refused.status_code == 422
    told = text_of(refused)
    assert "金额不得超过150万元（002·三(二)2）。" in told
    assert 'id="id_amount_error"' in told
    assert 'value="150.5"' in told
    assert "从宽掌握。" in told


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"amount": "9" * 30}, "amount", "金额过大，请核对单位（应以万元为单位）。"),
        ({"amount": "100000000"}, "amount", "金额过大，请核对单位（应以万元为单位）。"),
        ({"amount": "-1"}, "amount", "金额应为不小于0的数"),
        ({"amount": "三百"}, "amount", "请填写数字。"),
        ({"granted_on": "2116-03-18"}, "granted_on", "省级决定日期不得晚于今日。"),
    ],
)
def test_a_slip_of_the_pen_is_never_entered_in_the_ledger(
    typed: dict[str, str], field: str, said: str
) -> None:
    cast = played("yc-platform-subsidy", "steps: [{play: sent}]")
    case = the_case()
    sent = {"amount": "300", "granted_on": "2016-03-01"} | typed
    refused = post(cast["officer"], case, "award.record_provincial_grant", sent)
    assert refused.status_code == 422
    told = text_of(refused)
    assert said in told
    assert f'id="id_{field}_error"' in told
    assert not Award.objects.exists()


def test_a_sum_is_understood_as_people_write_it() -> None:
    cast = played("yc-platform-subsidy", "steps: [{play: sent}]")
    case = the_case()
    sent = {"amount": "１，２００．５", "granted_on": str(clock.today())}
    assert post(cast["officer"], case, "award.record_provincial_grant", sent).status_code == 302
    assert Award.objects.get().granted == Decimal("1200.5")


def test_a_staged_award_that_was_paid_is_told_with_shares_voucher_and_ledger() -> None:
    again = """
steps:
  - {play: first}
  - {at: 2016-05-10 09:00, do: open_case, with: {title: 第二阶段}, as: two}
  - {do: fill, case: two, with: {forms: {YC_LISTING: {stage: tutoring}}}}
  - {at: 2016-05-10 10:00, do: submit, case: two}
  - {at: 2016-05-16, who: officer, do: pass_assessment, case: two}
"""
    cast = played("yc-listing-award", again.replace("tutoring", second_stage()))
    second = the_case()
    first = Case.objects.order_by("pk")[0]
    told = decisions(cast["officer"], first)
    for figure in ("50万元", "其中市财政承担", "20万元", "30万元", "已拨付", "2016-03-25", "凭证号 2016-031"):
        assert figure in told
    page = read(browser(cast["approver"]), page_of(second, "award.grant"))
    assert "高安锂云股份有限公司此前获得本项支持的情况" in page
    assert "1笔，共50万元" in page
    assert "2016年度" in page


def second_stage() -> str:
    """The code of the second stage in the pack's form."""
    from tests.factories.played import repertoire_of

    form = repertoire_of("yc-listing-award").pack.forms["YC_LISTING"]
    stage = next(field for field in form.fields if field.key == "stage")
    return stage.choices[1].code


def test_what_was_sent_to_the_province_is_awaited_and_not_granted() -> None:
    cast = played("yc-platform-subsidy", "steps: [{play: sent}]")
    told = decisions(cast["officer"], the_case())
    assert "已上报省级，等待省级决定" in told
    assert "上报不等于给予" in told
    assert "待拨付" not in told


def test_a_programme_without_money_has_no_such_section_and_no_tabs_that_stay_empty() -> None:
    cast = played("dg-plan-tasks", "steps: [{play: running}]")
    case = the_case()
    assert "补助与奖励" not in decisions(cast["officer"], case)
    cast_page = read(browser(cast["officer"]), reverse("cases:detail", args=[case.public_id]))
    assert reverse("cases:review", args=[case.public_id]) not in cast_page
    assert reverse("cases:notices", args=[case.public_id]) in cast_page
