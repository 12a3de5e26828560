"""Letters name what they promise to name: the next deadline, the year that is appraised."""

from __future__ import annotations

import datetime as dt

import pytest

from audit import clock
from programmes import packs
from tests.factories.cases import GY_DIRECTORY, World
from workflows.letters import date_text

ASKED = "请于{{ due_on }}前办理。"


def with_letters(world: World, *names: str) -> None:
    """Let the letters of that name ask for the next deadline, in an edition of a round of its own."""
    files = dict(packs.read_directory(GY_DIRECTORY))
    for name in names:
        files[f"letters/{name}.md"] += f"\n{ASKED}\n".encode()
    world.declare_under(files, number="2020.9", name="文书批次")


def test_a_letter_names_the_limit_that_its_action_set(world: World) -> None:
    with_letters(world, "submission_receipt", "filing_notice")
    case = world.filed()
    for action, duty in (("submit", "examine"), ("notify_filing", "begin")):
        due = case.items.get(duty=duty).due_on
        assert due is not None
        assert f"请于{date_text(due)}前办理。" in case.decisions.get(action=action).letter


def test_without_a_limit_the_letter_leaves_a_blank(world: World) -> None:
    with_letters(world, "filing_refusal")
    case = world.do(world.submitted(), "file.refuse_filing", reason="不可实施。")
    assert "请于＿＿＿＿前办理。" in case.decisions.get(action="refuse_filing").letter


def test_a_letter_still_rests_on_the_clause_of_the_step_it_was_taken_in(world: World) -> None:
    with_letters(world, "filing_notice")
    case = world.filed()
    decision = case.decisions.get(action="notify_filing")
    assert decision.clause == "003·附件6·第四条(二)"
    said = "依据：《贵阳市大数据及软件和信息技术服务产业集聚示范基地建设实施方案》附件6·第四条（二）。"
    assert said in decision.letter
    assert case.chain.entries.get(action="file.notify_filing").content["clause"] == decision.clause


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_notice_of_an_appraisal_names_year_and_day(world: World, by_hand: bool) -> None:
    case = world.accredited()
    if by_hand:
        clock.set_clock(dt.datetime(2021, 3, 1, 10, tzinfo=clock.SHANGHAI))
        case = world.do(case, "command.start_appraisal", period=2021, kind="composite")
    else:
        due = case.deadlines.get(duty="side:appraisal", status="running").due_on
        assert due is not None
        world.let_time_pass(due + dt.timedelta(days=1))
    letter = case.decisions.get(action="start_appraisal").letter
    due_on = case.items.get(duty="report_data").due_on
    assert due_on is not None
    assert f"开展{case.appraisals.get().period}年度考评" in letter
    assert f"请于{date_text(due_on)}前（含当日）" in letter


def test_the_notice_of_rectification_names_the_day_that_was_set(world: World) -> None:
    from tests.workflows.pages import appraisal_checked

    case = appraisal_checked(world)
    day = clock.today() + dt.timedelta(days=45)
    case = world.do(
        case, "appraise.conclude_unqualified", reason="未达标。", rectification_due=day.isoformat()
    )
    assert f"请于{date_text(day)}前（含当日）" in case.decisions.get(action="conclude_unqualified").letter
