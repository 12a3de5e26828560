"""Checks of what is counted: votes and their rounds, titles of a year or a round, absences. 政策包检查：票数、认定数量、缺席"""

from __future__ import annotations

from collections.abc import Iterator

from programmes.check_codes import FILE, duration_problems, unknown_codes
from programmes.problems import Problem, problem
from programmes.rubrics import share_of_votes
from programmes.schema import Pack, PlacesSpec, Step, Text


def check(pack: Pack) -> list[Problem]:
    """Problems with what a pack has counted, in the order of its files."""
    return list(_problems(pack))


def _problems(pack: Pack) -> Iterator[Problem]:
    for name, step in pack.programme.lifecycle.steps.items():
        yield from _votes(pack, f"lifecycle.steps.{name}", name, step)
    for name in pack.programme.side:
        yield from _absences(pack, f"side.{name}", name)
    if pack.programme.places is not None:
        yield from _places(pack, pack.programme.places)
    for code, rubric in pack.rubrics.items():
        if rubric.vote_share:
            yield from _share(pack, code)


# -- votes -------------------------------------------------------------------------------------------------------


def _votes(pack: Pack, where: str, name: str, step: Step) -> Iterator[Problem]:
    """Another round of voting: by the panel that has voted, on a rubric that is a vote."""
    if step.procedure != "review" or step.kind == "rest":
        return
    steps = pack.programme.lifecycle.steps
    if step.params.get("revote"):
        target = step.next.get("revote")
        following = steps.get(target) if isinstance(target, str) else None
        if following is not None and not following.params.get("same_panel"):
            yield problem(
                FILE,
                f"{where}.next.revote",
                Text(zh="下一轮表决应由原专家组进行", en="the next vote is that of the same panel"),
                Text(
                    zh="请在去向环节写明 params: {same_panel: true}",
                    en="write params: {same_panel: true} in the step that it leads to",
                ),
            )
        if not _is_vote(pack, step):
            yield problem(
                FILE,
                f"{where}.params.revote",
                Text(zh="只有表决才能进行下一轮", en="only a vote is taken again"),
                Text(zh="评分表请写 aggregation: vote", en="give the rubric aggregation: vote"),
            )
    if step.params.get("same_panel") and not any(one.next.get("revote") == name for one in steps.values()):
        yield problem(
            FILE,
            f"{where}.params.same_panel",
            Text(zh="之前没有表决过的专家组", en="no panel has voted before"),
            Text(
                zh="应由另一评审环节的 next: {revote: …} 进入",
                en="another review leads here by next: {revote: …}",
            ),
        )


def _is_vote(pack: Pack, step: Step) -> bool:
    rubric = pack.rubrics.get(step.rubric or "")
    return rubric is not None and rubric.aggregation == "vote"


def _share(pack: Pack, code: str) -> Iterator[Problem]:
    rubric = pack.rubrics[code]
    try:
        share_of_votes(rubric)
    except ValueError:
        yield problem(
            "rubrics.yaml",
            f"{code}.vote_share",
            Text(zh="应写作大于1/2、不大于1的分数，例如 2/3", en="a fraction above 1/2 and up to 1: 2/3"),
            Text(zh="过半数即可的，不写 vote_share", en="for more than half, leave it out"),
        )
    if rubric.aggregation != "vote":
        yield problem(
            "rubrics.yaml",
            f"{code}.vote_share",
            Text(zh="vote_share 与 aggregation: vote 同时使用", en="vote_share goes with aggregation: vote"),
        )


# -- numbers and absences ----------------------------------------------------------------------------------------


def _places(pack: Pack, spec: PlacesSpec) -> Iterator[Problem]:
    plaque = pack.programme.plaque
    grades = {grade.code for step in pack.programme.lifecycle.steps.values() for grade in step.grades}
    tiers = grades | ({tier.code for tier in plaque.tiers} if plaque is not None else set())
    yield from unknown_codes("places.tiers", spec.tiers, tiers, "等级", "tier")
    if not spec.total and not spec.tiers:
        yield problem(
            FILE,
            "places",
            Text(zh="没有写明数量", en="there is no number"),
            Text(zh="请写明 total，或者 tiers", en="give total, or tiers"),
        )
    if spec.tiers and spec.counts_at == "accredit.approve" and not (plaque and plaque.tier_expr):
        yield problem(
            FILE,
            "places.tiers",
            Text(zh="审批时不知道所认定的等级", en="the tier is not known when it is approved"),
            Text(
                zh="请在 plaque 中写明 tiers 和 tier_expr",
                en="give tiers and tier_expr under plaque",
            ),
        )
    for where, written in (("total", spec.total), *((f"tiers.{code}", n) for code, n in spec.tiers.items())):
        slot = pack.programme.slots.get(written)
        if written and not written.isdigit() and (slot is None or slot.type != "integer"):
            yield problem(
                FILE,
                f"places.{where}",
                Text(
                    zh=f"“{written}”不是数量，也不是整数型待定值",
                    en=f"{written!r} is no number and no slot of type integer",
                ),
            )


def _absences(pack: Pack, where: str, name: str) -> Iterator[Problem]:
    side = pack.programme.side[name]
    if side.absence_window:
        yield from duration_problems({}, f"{where}.absence_window", side.absence_window)
    if not side.absence_limit:
        return
    steps = pack.programme.lifecycle.steps
    if not any("record_absence" in steps[key].commands for key in side.during if key in steps):
        yield problem(
            FILE,
            f"{where}.absence_limit",
            Text(zh="没有登记缺席的命令", en="no command records an absence"),
            Text(
                zh="请在考评所在环节的 commands 中写明 record_absence",
                en="write record_absence under the commands of the step that it runs beside",
            ),
        )
    if not side.escalate_to:
        yield problem(
            FILE,
            f"{where}.absence_limit",
            Text(zh="达到缺席次数后没有后果", en="nothing follows when the limit is reached"),
            Text(zh="请写明 escalate_to", en="give escalate_to"),
        )
