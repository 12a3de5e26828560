"""Unsound lifecycles are caught, each with its path; sound ones pass; a naive search agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.problems import Problem
from programmes.procedures import PROCEDURES
from programmes.schema import Close, CommandSpec, Lifecycle, Pack, Step, Text
from programmes.soundness import check_soundness, possible_outcomes
from tests.factories.programmes import mini_pack

PACK = mini_pack()


def problems(change: Callable[[dict[str, Any]], object]) -> list[Problem]:
    def edit(content: dict[str, Any]) -> None:
        change(content["lifecycle"]["steps"])

    return check_soundness(mini_pack({"programme.yaml": edit}))


def test_the_mini_pack_is_sound() -> None:
    assert check_soundness(PACK) == []


REST = {"title": {"zh": "等待"}, "stage": "build", "kind": "rest", "clause": "M·第一条"}


@pytest.mark.parametrize(
    ("change", "where", "says", "path"),
    [
        (
            lambda s: s["review"]["next"].pop("selected"),
            "lifecycle.steps.review.next",
            "结果“selected”没有去向",
            ("declare", "review"),
        ),
        (
            lambda s: s["declare"]["next"].update(declined={"close": "declined"}),
            "lifecycle.steps.declare.next",
            "不会产生结果“declined”",
            ("declare",),
        ),
        (
            lambda s: s["declare"].update(params={"intake": True}),
            "lifecycle.steps.declare.next",
            "结果“declined”没有去向",
            ("declare",),
        ),
        (
            lambda s: s["publicity"].pop("params"),
            "lifecycle.steps.publicity.next",
            "不会产生结果“cleared”",
            ("declare", "review", "publicity"),
        ),
        (
            lambda s: s["review"]["next"].update(selected="nowhere"),
            "lifecycle.steps.review.selected",
            "指向的环节“nowhere”不存在",
            ("review", "nowhere"),
        ),
        (
            lambda s: s.update(island={**REST, "commands": {"withdraw": {"to": {"close": "withdrawn"}}}}),
            "lifecycle.steps.island",
            "没有通往该环节的路径",
            ("declare", "…", "island"),
        ),
        (
            lambda s: s["in_force"].pop("commands") and s.pop("revocation"),
            "lifecycle.steps.in_force",
            "等待环节没有出口",
            ("declare", "review", "publicity", "approval", "in_force"),
        ),
        (
            lambda s: s["publicity"]["next"].update(cleared="revocation") or s.pop("approval"),
            "lifecycle.steps.publicity.cleared",
            "不允许从“publicize”阶段转到“revoke”阶段",
            ("declare", "review", "publicity", "revocation"),
        ),
        (
            lambda s: s["in_force"].update(stage="build", next={"review_requested": "review"}),
            "lifecycle.steps.in_force.next",
            "不会产生结果“review_requested”",
            ("declare", "review", "publicity", "approval", "in_force"),
        ),
    ],
)
def test_what_is_unsound_is_found_with_its_path(
    change: Callable[[dict[str, Any]], object], where: str, says: str, path: tuple[str, ...]
) -> None:
    found = [p for p in problems(change) if p.where == where and says in p.message_zh]
    assert [p.path for p in found] == [path]
    assert found[0].message_en


def test_a_loop_without_an_end_is_found() -> None:
    def change(steps: dict[str, Any]) -> None:
        steps["declare"]["commands"] = {}
        steps["declare"]["next"] = {"submitted": "filing"}
        steps["filing"] = {
            "title": {"zh": "备案"},
            "stage": "file",
            "clause": "M·第一条",
            "next": {"filed": "declare", "returned": "declare", "refused": "declare"},
        }
        for name in ("review", "publicity", "approval", "in_force", "revocation"):
            del steps[name]

    found = problems(change)
    assert {(p.where, p.path) for p in found if "无法办结" in p.message_zh} == {
        ("lifecycle.steps.declare", ("declare",)),
        ("lifecycle.steps.filing", ("declare", "filing")),
    }


def test_a_start_that_does_not_exist() -> None:
    pack = mini_pack({"programme.yaml": lambda content: content["lifecycle"].update(start="begin")})
    [problem] = check_soundness(pack)
    assert problem.where == "lifecycle.start"


@pytest.mark.parametrize(
    ("stage", "values", "outcomes"),
    [
        ("declare", {}, {"submitted"}),
        ("declare", {"params": {"recommendation": True}}, {"submitted", "not_recommended"}),
        ("declare", {"params": {"intake": True}}, {"submitted", "declined"}),
        ("file", {}, {"filed", "returned", "refused"}),
        ("file", {"params": {"begin": False}}, {"filed", "returned", "refused"}),
        ("build", {}, {"review_requested", "plan_changed"}),
        (
            "build",
            {"deadlines": {"construct": {"within": "3 year", "on_due": "expire"}}},
            {"review_requested", "plan_changed", "expired"},
        ),
        ("review", {"params": {"initial": False}}, {"selected", "not_selected"}),
        ("publicize", {}, {"upheld"}),
        ("publicize", {"params": {"length": "5 working_day"}}, {"cleared", "upheld"}),
        ("accredit", {}, {"approved", "refused"}),
        ("accredit", {"params": {"plaque": False}}, {"approved", "refused"}),
        ("revoke", {}, {"agreed", "refused"}),
        ("in_force", {"kind": "rest"}, set()),
        ("build", {"kind": "rest"}, set()),
    ],
)
def test_what_a_procedure_can_produce(stage: str, values: dict[str, Any], outcomes: set[str]) -> None:
    step = Step.model_validate({"title": {"zh": "环节"}, "stage": stage, "clause": "M·第一条", **values})
    assert possible_outcomes(step) == outcomes


def test_outcomes_of_the_table_are_all_producible_somehow() -> None:
    """No procedure names an outcome that nothing in it produces."""
    for procedure in PROCEDURES.values():
        actions = [*(a for duty in procedure.duties for a in duty.actions), *procedure.system]
        assert set(procedure.outcomes) == {action.outcome for action in actions if action.outcome}


# -- the oracle ----------------------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c", "d")
Targets = dict[str, list[str | None]]


@st.composite
def lifecycles(draw: st.DrawFn) -> Targets:
    """Up to four rests, each with up to two commands that lead to a rest or close the case (None)."""
    names = NAMES[: draw(st.integers(min_value=1, max_value=4))]
    target = st.sampled_from([*names, None])
    return {name: draw(st.lists(target, max_size=2)) for name in names}


def pack_of(targets: Targets) -> Pack:
    commands = ("withdraw", "discard")
    steps = {
        name: Step(
            title=Text(zh=name),
            stage="build",
            kind="rest",
            clause="M·第一条",
            commands={
                command: CommandSpec(to=Close(close="withdrawn") if to is None else to)
                for command, to in zip(commands, leads, strict=False)
            },
        )
        for name, leads in targets.items()
    }
    programme = PACK.programme.model_copy(update={"lifecycle": Lifecycle(start="a", steps=steps)})
    return PACK.model_copy(update={"programme": programme})


def walks(targets: Targets, start: str) -> set[str]:
    """Every step that some walk of bounded length comes to: tried one after the other, nothing clever."""
    reached = [start]
    for _length in range(len(targets) + 1):
        reached += [to for name in reached for to in targets[name] if to is not None and to not in reached]
    return set(reached)


@given(lifecycles())
@settings(max_examples=200)
def test_a_naive_search_agrees(targets: Targets) -> None:
    found = check_soundness(pack_of(targets))
    reported = {p.where.removeprefix("lifecycle.steps.") for p in found}
    reachable = walks(targets, "a")
    stuck = {name for name in reachable if not targets[name]}
    assert reported == (set(targets) - reachable) | stuck
    for problem in found:
        if "路径" in problem.message_zh:
            continue
        assert problem.path[0] == "a"
        for one, next_ in zip(problem.path, problem.path[1:], strict=False):
            assert next_ in targets[one]
