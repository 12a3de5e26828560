"""What an office decides for its round while a panel scores, or an appraisal is under way, counts for the next one."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from accounts.errors import Refusal
from audit import clock
from audit.chain import open_chain
from cases.facts import CaseFacts
from cases.models import Case
from programmes.models import Round
from programmes.rounds import fill_slot
from tests.factories.cases import World
from tests.workflows.pages import browser, page_of, text_of
from workflows.panel import panel_of
from workflows.results import panel_results


def decide(world: World, name: str, value: str) -> None:
    round_ = Round.objects.get(pk=world.round.pk)
    if round_.chain is None:
        round_.chain = open_chain(kind="round", key=str(round_.public_id), authority=world.authority.code)
        round_.save()
    fill_slot(round=round_, name=name, value=value, reason="局长办公会纪要", actor=world.officer)


def test_a_pass_mark_raised_after_scoring_changes_nothing(world: World) -> None:
    case = world.scored(share=0.8)  # comes to 78 points
    average = CaseFacts(case)["review.average"]
    assert 60 <= average < 95
    decide(world, "review_pass_mark", "95")
    assert shown_mark(world, case) == 60
    assert panel_results([world.reread(case)])[case.pk].result.passed is True
    case = world.do(world.reread(case), "review.select")
    assert case.stage == "publicize"
    assert shown_mark(world, case) == 60


def shown_mark(world: World, case: Case) -> object:
    view = panel_of(world.reread(case), world.officer, frozenset({"sheets", "experts", "aggregate"}))
    assert view is not None
    return view.rubric.pass_mark


def test_a_pass_mark_lowered_after_scoring_saves_nobody(world: World) -> None:
    decide(world, "review_pass_mark", "70")
    case = world.scored(share=0.6)
    decide(world, "review_pass_mark", "10")
    with pytest.raises(Refusal) as caught:
        world.do(case, "review.select")
    assert caught.value.code == "panel_not_passed"
    assert "70" in str(caught.value.message)


def test_a_panel_enlarged_after_its_forming_is_big_enough(world: World) -> None:
    case = world.with_panel()
    decide(world, "panel_size", "7")
    for expert in world.experts[:5]:
        case = world.score(case, expert)
    assert world.do(case, "review.select").stage == "publicize"


def test_before_the_panel_is_formed_the_round_decides(world: World) -> None:
    case = world.in_review()
    decide(world, "panel_size", "7")
    with pytest.raises(Refusal) as caught:
        world.do(case, "review.assign_experts", experts=[str(e.user.public_id) for e in world.experts[:5]])  # type: ignore[union-attr]
    assert caught.value.code == "bad_panel"
    assert "不得少于7人" in str(caught.value.message)


def test_the_repeated_review_holds_what_is_decided_by_then(world: World) -> None:
    case = world.selected()
    expert = world.experts[0].user
    assert expert is not None
    case = world.do(case, "command.report_misconduct", expert=[str(expert.public_id)], reason="持股。")
    row = case.misconducts.get()
    case = world.do(case, "command.confirm_misconduct", misconduct=str(row.public_id), reason="属实。")
    decide(world, "review_pass_mark", "95")
    case = world.do(
        case, "review.assign_experts", experts=[str(e.user.public_id) for e in world.experts[1:6] if e.user]
    )
    for actor in world.experts[1:6]:
        case = world.score(case, actor, 0.9)
    with pytest.raises(Refusal) as caught:
        world.do(case, "review.select")
    assert caught.value.code == "panel_not_passed"


def test_the_record_keeps_what_held(world: World) -> None:
    case = world.with_panel()
    data = case.chain.entries.get(action="review.assign_experts").content["data"]
    assert data["slots"] == {"panel_size": 5, "review_pass_mark": "60"}


def test_an_appraisal_is_judged_by_the_mark_it_began_with(world: World) -> None:
    case = world.accredited()
    clock.set_clock(dt.datetime(2021, 4, 15, 10, tzinfo=clock.SHANGHAI))
    case = world.do(case, "command.start_appraisal", period=2021, kind="composite")
    decide(world, "pass_mark", "95")
    side = world.edition.pack.programme.side["appraisal"]
    case = world.do(case, "appraise.submit_appraisal", items=dict.fromkeys(side.items["composite"], "良好。"))
    case = world.do(case, "appraise.check_appraisal", methods=["doc_check"])
    page = text_of(browser(world.officer).get(page_of(case, "appraise.conclude_qualified")))
    assert re.search(r"合格线\s*60", page)
    assert not re.search(r"合格线\s*95", page)
    rubric = world.edition.pack.rubrics["appraisal"]
    scores = {line.key: str(line.maximum * 8 / 10) for line in rubric.indicators}
    case = world.do(case, "appraise.conclude_qualified", scores=scores)
    assert case.appraisals.get().status == "concluded"
