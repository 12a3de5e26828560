"""Checks of what a pack says of its titles: term and renewal, several gates, commands, the end of the measure itself.

政策包检查：称号
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from programmes.check_codes import FILE, action_codes, unknown_codes
from programmes.lifecycle import LEGAL_EDGES, Stage
from programmes.problems import Problem, problem
from programmes.procedures import PROCEDURES
from programmes.schema import Close, Pack, Step, Text
from programmes.soundness import active_duties

TERM = "end_term"
LEADING = ("request_renewal", "request_upgrade", "propose_revocation")
"""Commands that are nothing without a step that decides on them."""
ENDING = ("withdraw", "discard")
"""Commands that are nothing unless the case ends, or goes elsewhere."""


def check(pack: Pack) -> list[Problem]:
    """Problems with the titles of a pack, in the order of programme.yaml."""
    return list(_problems(pack))


def _problems(pack: Pack) -> Iterator[Problem]:
    yield from _end(pack)
    for name, step in pack.programme.lifecycle.steps.items():
        where = f"lifecycle.steps.{name}"
        yield from _body(where, step)
        yield from _term(pack, where, step)
        yield from _commands(pack, where, step)
    yield from _one_clock_each(pack)


def _end(pack: Pack) -> Iterator[Problem]:
    """The measure's last day, and what follows it."""
    programme = pack.programme
    if programme.effective_until:
        try:
            until = dt.date.fromisoformat(programme.effective_until)
        except ValueError:
            yield problem(
                FILE,
                "effective_until",
                Text(zh="有效期止日应写作 2029-03-31", en="write the date as 2029-03-31"),
            )
        else:
            if programme.effective_from and programme.effective_from > until.isoformat():
                yield problem(
                    FILE,
                    "effective_until",
                    Text(zh="有效期止日早于施行日期", en="ends before it comes into force"),
                )
    if programme.succeeded_by and not programme.effective_until:
        yield problem(
            FILE,
            "succeeded_by",
            Text(zh="写明后续政策的，应同时写明有效期止日", en="what is succeeded has a last day"),
            Text(zh="请写明 effective_until", en="give effective_until"),
        )
    if programme.succeeded_by == programme.id:
        yield problem(
            FILE,
            "succeeded_by",
            Text(zh="后续政策不能是本事项自身", en="a programme does not succeed itself"),
            Text(
                zh="同一事项的新版本以 edition 区分", en="a new version of the same programme is an edition"
            ),
        )


def _body(where: str, step: Step) -> Iterator[Problem]:
    if step.body and not any(duty.role == "approver" for duty in active_duties(step)):
        yield problem(
            FILE,
            f"{where}.body",
            Text(zh="该环节没有由审批机关办理的事项", en="nothing in this step falls to an approver"),
            Text(zh="body 只用于审批环节", en="body belongs to a step that approves"),
        )


# -- term and renewal --------------------------------------------------------------------------------------------


def _term(pack: Pack, where: str, step: Step) -> Iterator[Problem]:
    decided = _decisions(pack)
    for code, deadline in step.deadlines.items():
        if not deadline.since:
            continue
        if step.kind != "rest":
            yield problem(
                FILE,
                f"{where}.deadlines.{code}.since",
                Text(zh="since 只用于等候环节的期限", en="since belongs to the limits of a rest"),
            )
        elif deadline.since not in decided:
            yield problem(
                FILE,
                f"{where}.deadlines.{code}.since",
                Text(
                    zh=f"本项目没有作为决定的动作“{deadline.since}”",
                    en=f"no action {deadline.since!r} is decided in this programme",
                ),
                Text(zh="例如 accredit.approve", en="for instance accredit.approve"),
            )
    if not step.renews:
        return
    yield from unknown_codes(
        f"{where}.renews", step.renews, action_codes(PROCEDURES.get(step.procedure)), "动作", "action"
    )
    rests = pack.programme.lifecycle.steps.values()
    if not any(rest.kind == "rest" and TERM in rest.deadlines for rest in rests):
        yield problem(
            FILE,
            f"{where}.renews",
            Text(zh="没有可以延续的有效期", en="there is no term to renew"),
            Text(
                zh="请在等候环节的 deadlines 中写明 end_term",
                en="write end_term under the deadlines of a rest",
            ),
        )


def _one_clock_each(pack: Pack) -> Iterator[Problem]:
    """A limit of a rest goes on when the case comes back to it, and is known by its name: no two rests may share one."""
    owners: dict[str, str] = {}
    for name, step in pack.programme.lifecycle.steps.items():
        for code in step.deadlines if step.kind == "rest" else ():
            first = owners.setdefault(code, name)
            if first != name:
                yield problem(
                    FILE,
                    f"lifecycle.steps.{name}.deadlines.{code}",
                    Text(
                        zh=f"等候环节“{first}”已有同名的期限“{code}”，两者会混为一个期限",
                        en=f"the rest {first!r} has a limit {code!r} too; the two would be taken for one",
                    ),
                    Text(
                        zh="请只在其中一个环节写明该期限，另一环节改用其他命令",
                        en="write the limit in one of them only, and use another command in the other",
                    ),
                )


def _decisions(pack: Pack) -> set[str]:
    """The actions of the main line that somebody decides, as gates."""
    found = set()
    for step in pack.programme.lifecycle.steps.values():
        for duty in active_duties(step):
            found |= {
                f"{step.procedure}.{a.code}" for a in duty.actions if a.role not in ("applicant", "expert")
            }
    return found


# -- commands ----------------------------------------------------------------------------------------------------


def _commands(pack: Pack, where: str, step: Step) -> Iterator[Problem]:
    for code in LEADING:
        spec = step.commands.get(code)
        if spec is not None and spec.to is None:
            to = "revocation" if code == "propose_revocation" else "review"
            yield problem(
                FILE,
                f"{where}.commands.{code}",
                Text(zh="没有写明由哪一环节决定", en="nobody would decide on it"),
                Text(
                    zh=f"请写明去向，例如 {code}: {{to: {to}}}",
                    en=f"say where it leads: {code}: {{to: {to}}}",
                ),
            )
    for code in ENDING:
        spec = step.commands.get(code)
        if spec is not None and spec.to is None:
            closure = "discarded" if code == "discard" else "withdrawn"
            yield problem(
                FILE,
                f"{where}.commands.{code}",
                Text(zh="没有写明去向", en="it leads nowhere"),
                Text(
                    zh=f"例如 {code}: {{to: {{close: {closure}}}}}",
                    en=f"for instance {code}: {{to: {{close: {closure}}}}}",
                ),
            )
    if "record_absence" in step.commands and not any(
        side.flow == "appraise" for side in pack.programme.side.values()
    ):
        yield problem(
            FILE,
            f"{where}.commands.record_absence",
            Text(zh="没有可以缺席的考评", en="there is no appraisal to be absent from"),
            Text(zh="请在 side 中写明考评程序", en="write the appraisal under side"),
        )
    if step.stage == "accredit" and "register_objection" in step.commands:
        yield from _late_objection(pack, where)


def _late_objection(pack: Pack, where: str) -> Iterator[Problem]:
    """An objection that is upheld during approval leads where the publicity would have led: a case must be able to go there."""
    steps = pack.programme.lifecycle.steps
    ways = [
        step.next["upheld"]
        for step in steps.values()
        if step.procedure == "publicize" and "upheld" in step.next
    ]
    if not ways:
        yield problem(
            FILE,
            f"{where}.commands.register_objection",
            Text(zh="之前没有可以提出异议的公示", en="no publicity came before to which one could object"),
        )
    for target in ways:
        stage = (
            Stage.CLOSED.value
            if isinstance(target, Close)
            else steps[target].stage
            if target in steps
            else ""
        )
        if stage and (Stage.ACCREDIT.value, stage) not in LEGAL_EDGES:
            yield problem(
                FILE,
                f"{where}.commands.register_objection",
                Text(
                    zh=f"异议成立后不能从审批转到“{stage}”阶段",
                    en=f"an upheld objection cannot lead from approval to the stage {stage!r}",
                ),
            )
