"""Checks of where commands stand: in a stage where they may be given, beside what they set going. 政策包检查：命令的位置"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from programmes.check_codes import FILE
from programmes.lifecycle import COMMAND_STAGES
from programmes.problems import Problem, problem
from programmes.procedures import PROCEDURES
from programmes.schema import Pack, SideProcedure, Text

STARTERS: Final[dict[str, str]] = {"appraise": "start_appraisal", "consult": "ask_opinions"}
"""Side procedure → the command that starts a run of it."""


def check(pack: Pack) -> Iterator[Problem]:
    """Commands that could never be given where they are written, and side procedures that nothing starts."""
    for name, step in pack.programme.lifecycle.steps.items():
        for code in step.commands:
            stages = COMMAND_STAGES.get(code)
            if stages is not None and step.stage not in stages:
                allowed = sorted(str(stage) for stage in stages)
                yield problem(
                    FILE,
                    f"lifecycle.steps.{name}.commands.{code}",
                    Text(
                        zh=f"“{step.stage}”阶段不能使用命令“{code}”，写在此处永远不能办理",
                        en=f"the command {code!r} cannot be given in the stage {step.stage!r}",
                    ),
                    Text(zh=f"可用阶段：{'、'.join(allowed)}", en=f"stages: {', '.join(allowed)}"),
                )
    for flow, command in STARTERS.items():
        yield from _starters(pack, flow, command)
    yield from _rewards(pack)


def _starters(pack: Pack, flow: str, command: str) -> Iterator[Problem]:
    sides = {name: side for name, side in pack.programme.side.items() if side.flow == flow}
    title = str(PROCEDURES[flow].title)
    for name in list(sides)[1:]:
        yield problem(
            FILE,
            f"side.{name}",
            Text(
                zh=f"“{title}”只能有一个旁线程序，已有“{next(iter(sides))}”，此处写的永远不会启动",
                en=f"there is a side procedure of that kind already, {next(iter(sides))!r}: this one never starts",
            ),
            Text(
                zh="请合为一个，不同的考评以 kinds 区分" if flow == "appraise" else "请合为一个",
                en="make them one; kinds tell appraisals apart",
            ),
        )
    if not sides:
        yield from _nothing_to_start(pack, flow, command, title)
        return
    name, side = next(iter(sides.items()))
    if side.during:
        yield from _misplaced(pack, name, side, command, title)


def _nothing_to_start(pack: Pack, flow: str, command: str, title: str) -> Iterator[Problem]:
    for step_name, step in pack.programme.lifecycle.steps.items():
        if command in step.commands:
            yield problem(
                FILE,
                f"lifecycle.steps.{step_name}.commands.{command}",
                Text(
                    zh=f"没有可以启动的“{title}”程序",
                    en=f"the pack has no side procedure {flow!r} that it could start",
                ),
                Text(
                    zh=f"请在 side 中写明 flow: {flow} 的程序，或者删去该命令",
                    en=f"write one under side with flow: {flow}, or remove the command",
                ),
            )


def _misplaced(pack: Pack, name: str, side: SideProcedure, command: str, title: str) -> Iterator[Problem]:
    during = "、".join(side.during)
    for step_name, step in pack.programme.lifecycle.steps.items():
        if command in step.commands and step_name not in side.during:
            yield problem(
                FILE,
                f"lifecycle.steps.{step_name}.commands.{command}",
                Text(
                    zh=f"“{title}”（{name}）只在环节“{during}”期间进行，写在此处永远不能启动",
                    en=f"{name!r} runs beside {', '.join(side.during)} only: it can never be started here",
                ),
                Text(
                    zh=f"请将 {command} 移到上述环节，或者在 side.{name}.during 中加入“{step_name}”",
                    en=f"move {command} there, or add {step_name!r} to side.{name}.during",
                ),
            )
    for step_name in side.during:
        there = pack.programme.lifecycle.steps.get(step_name)
        if there is not None and command not in there.commands:
            yield problem(
                FILE,
                f"side.{name}.during.{step_name}",
                Text(
                    zh=f"环节“{step_name}”没有命令“{command}”，无法启动“{title}”",
                    en=f"the step {step_name!r} has no command {command!r}: nothing starts {name!r} there",
                ),
                Text(
                    zh=f"请在该环节的 commands 中写明 {command}，或者从 during 中删去该环节",
                    en=f"write {command} under the commands of that step, or leave the step out of during",
                ),
            )


def _rewards(pack: Pack) -> Iterator[Problem]:
    if any(side.ranking is not None for side in pack.programme.side.values()):
        return
    for name, step in pack.programme.lifecycle.steps.items():
        if "grant_reward" in step.commands:
            yield problem(
                FILE,
                f"lifecycle.steps.{name}.commands.grant_reward",
                Text(zh="没有可以据以奖励的考核排名", en="there is no ranking to reward by"),
                Text(
                    zh="请在考评程序中写明 ranking，或者删去该命令",
                    en="give the appraisal a ranking, or remove the command",
                ),
            )
