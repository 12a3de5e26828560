"""What a pack says of its titles: numbers, terms, votes, gates, absences, its own end. Wrong ones do not load."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from programmes import packs
from programmes.checks import check_pack
from programmes.comparison import compare
from programmes.expressions import ExpressionError, Undecided, compile_expression
from programmes.rubrics import aggregate
from programmes.schema import Pack, Rubric

PACKS = Path(__file__).parent / "packs"
Data = dict[str, Any]


def read(name: str, change: Callable[[Data], object] | None = None, file: str = "programme.yaml") -> Pack:
    files = dict(packs.read_directory(PACKS / name))
    if change is not None:
        data = copy.deepcopy(yaml.safe_load(files[file]))
        change(data)
        files[file] = yaml.safe_dump(data, allow_unicode=True).encode()
    return packs.parse_files(files)


def found(name: str, change: Callable[[Data], object], file: str = "programme.yaml") -> list[tuple[str, str]]:
    return [(problem.where, problem.message_zh) for problem in check_pack(read(name, change, file))]


@pytest.mark.parametrize("name", ["zj-specialised", "zj-teams"])
def test_the_fictional_packs_are_sound(name: str) -> None:
    assert check_pack(read(name)) == []


def steps(data: Data) -> Data:
    return data["lifecycle"]["steps"]  # type: ignore[no-any-return]


WRONG: list[tuple[str, str, str, Callable[[Data], object]]] = [
    ("zj-specialised", "effective_until", "2029-03-31", lambda d: d.update(effective_until="2027年底")),
    ("zj-specialised", "effective_until", "早于施行日期", lambda d: d.update(effective_until="2021-12-31")),
    ("zj-specialised", "succeeded_by", "有效期止日", lambda d: d.pop("effective_until")),
    ("zj-specialised", "succeeded_by", "自身", lambda d: d.update(succeeded_by="zj-specialised")),
    ("zj-specialised", "places.tiers.gold", "等级", lambda d: d["places"].update(tiers={"gold": "1"})),
    ("zj-specialised", "places", "没有写明数量", lambda d: d["places"].update(tiers={})),
    ("zj-specialised", "places.tiers.model", "不是数量", lambda d: d["places"]["tiers"].update(model="若干")),
    (
        "zj-specialised",
        "places.tiers.model",
        "不是数量",
        lambda d: d["places"]["tiers"].update(model="evaluation_every"),
    ),
    ("zj-specialised", "places.tiers", "不知道", lambda d: d["plaque"].pop("tier_expr")),
    (
        "zj-specialised",
        "lifecycle.steps.in_force.deadlines.end_term.since",
        "没有作为决定的动作",
        lambda d: steps(d)["in_force"]["deadlines"]["end_term"].update(since="file.file"),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.shelved.deadlines.end_term",
        "“in_force”已有同名的期限",
        lambda d: steps(d).update(shelved=copy.deepcopy(steps(d)["in_force"])),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.approval.deadlines.approve.since",
        "等候环节",
        lambda d: steps(d)["approval"]["deadlines"]["approve"].update(since="accredit.approve"),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.renewal.renews",
        "没有可以延续的有效期",
        lambda d: steps(d)["in_force"].pop("deadlines"),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.renewal.renews.renew",
        "没有名为“renew”的动作",
        lambda d: steps(d)["renewal"].update(renews={"renew": "expiry"}),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.in_force.commands.request_renewal",
        "没有写明由哪一环节决定",
        lambda d: steps(d)["in_force"]["commands"]["request_renewal"].pop("to"),
    ),
    (
        "zj-specialised",
        "side.evaluation.absence_limit",
        "没有登记缺席的命令",
        lambda d: steps(d)["in_force"]["commands"].pop("record_absence"),
    ),
    ("zj-specialised", "side.evaluation.absence_limit", "没有后果", lambda d: d["side"]["evaluation"].pop("escalate_to")),
    (
        "zj-specialised",
        "side.evaluation.absence_window",
        "既不是期限",
        lambda d: d["side"]["evaluation"].update(absence_window="三年"),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.in_force.commands.record_absence",
        "没有可以缺席的考评",
        lambda d: d.update(side={}),
    ),
    (
        "zj-specialised",
        "lifecycle.steps.approval.commands.register_objection",
        "不能从审批转到“declare”阶段",
        lambda d: steps(d)["publicity"]["next"].update(upheld="declare"),
    ),
    ("zj-teams", "lifecycle.steps.second_window.body", "没有由审批机关办理的事项", lambda d: steps(d)["second_window"].update(body="市科技局")),
    (
        "zj-teams",
        "lifecycle.steps.first_vote.next.revote",
        "原专家组",
        lambda d: steps(d)["second_vote"]["params"].pop("same_panel"),
    ),
    (
        "zj-teams",
        "lifecycle.steps.second_vote.params.same_panel",
        "没有表决过的专家组",
        lambda d: (steps(d)["first_vote"]["params"].pop("revote"), steps(d)["first_vote"]["next"].pop("revote")),
    ),
    ("zj-teams", "lifecycle.steps.first_vote.next", "没有去向", lambda d: steps(d)["first_vote"]["next"].pop("revote")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "where", "message", "change"), WRONG, ids=[f"{w}-{m}" for _n, w, m, _c in WRONG]
)
def test_what_is_wrong_is_told_where_it_is(
    name: str, where: str, message: str, change: Callable[[Data], object]
) -> None:
    assert any(there == where and message in told for there, told in found(name, change))


@pytest.mark.parametrize("share", ["1/2", "5/4", "0.66", "two thirds"])
def test_a_share_of_votes_is_a_fraction_above_one_half(share: str) -> None:
    told = found("zj-teams", lambda d: d["first_vote"].update(vote_share=share), "rubrics.yaml")
    assert any(where == "first_vote.vote_share" for where, _message in told)


def test_a_tier_that_is_not_there_cannot_be_counted() -> None:
    fact = "programme.accredited_this_year:gold"
    told = found("zj-specialised", lambda d: d["model_this_year"].update(fact=fact), "context.yaml")
    assert ("model_this_year", "政策包中没有“gold”") in told


def rubric(**changes: Any) -> Rubric:
    return read("zj-teams").rubrics["first_vote"].model_copy(update=changes)


@pytest.mark.parametrize(("votes", "passed"), [(3, False), (4, True), (5, True)])
def test_two_thirds_includes_two_thirds(votes: int, passed: bool) -> None:
    totals = [Decimal(1)] * votes + [Decimal(0)] * (5 - votes)
    assert aggregate(rubric(), totals).passed is passed
    assert aggregate(rubric(vote_share="3/5"), totals).passed is (votes >= 3)
    assert "2/3" in aggregate(rubric(), totals).explanation.zh


def test_an_even_number_of_votes_decides_nothing() -> None:
    assert aggregate(rubric(), [Decimal(1)] * 6).passed is None


D = dt.date


@pytest.mark.parametrize(
    ("text", "a", "b", "value"),
    [
        ("$years_between(a, b)", D(2024, 2, 29), D(2026, 2, 28), 2),
        ("$years_between(a, b)", D(2024, 3, 1), D(2026, 2, 28), 1),
        ("$years_between(b, a)", D(2024, 3, 1), D(2026, 3, 1), -2),
        ("$months_between(a, b)", D(2026, 2, 10), D(2026, 5, 10), 3),
        ("$months_between(a, b)", D(2026, 2, 11), D(2026, 5, 10), 2),
        ("$months_between(a, b)", D(2024, 1, 31), D(2024, 2, 29), 1),
        ("$days_between(a, b)", D(2024, 2, 28), D(2024, 3, 1), 2),
    ],
)
def test_lengths_of_time_between_dates(text: str, a: dt.date, b: dt.date, value: int) -> None:
    assert compile_expression(text, {"a": "date", "b": "date"}).evaluate({"a": a, "b": b}) == value


def test_lengths_of_time_are_typed_and_undecided_without_a_date() -> None:
    types = {"a": "date", "n": "integer"}
    with pytest.raises(ExpressionError):
        compile_expression("$years_between(a, n)", types)  # type: ignore[arg-type]
    with pytest.raises(ExpressionError):
        compile_expression("$years_between(a)", types)  # type: ignore[arg-type]
    assert isinstance(compile_expression("$years_between(a, a) >= 2", types).evaluate({}), Undecided)  # type: ignore[arg-type]


def test_the_comparison_speaks_in_the_words_of_the_policy() -> None:
    def change(data: Data) -> None:
        data["places"]["tiers"]["model"] = "2"
        data["effective_until"] = "2028-12-31"
        steps(data)["renewal"]["renews"] = {"approve": "decision"}
        data["side"]["evaluation"]["absence_limit"] = 3

    told = {
        change.what.zh: (change.before.zh, change.after.zh, change.clause)
        for change in compare(read("zj-specialised"), read("zj-specialised", change))
    }
    assert told["认定数量"] == (
        "每年：示范 1；成长 成长企业数量",
        "每年：示范 2；成长 成长企业数量",
        "zj·第四条",
    )
    assert told["有效期止日"][:2] == ("2027-12-31", "2028-12-31")
    assert told["“批准认定”后有效期重新起算"] == ("自原届满之日", "自决定之日", "zj·第十条")
    assert told["缺席几次视为不合格"] == ("2", "3", "zj·第十三条")


def test_another_deciding_unit_is_told_as_such() -> None:
    new = read("zj-teams", lambda data: steps(data)["talent"].update(body="市政府办公室"))
    (change,) = compare(read("zj-teams"), new)
    assert (change.what.zh, change.before.zh, change.after.zh) == ("审批单位", "市人才办", "市政府办公室")
