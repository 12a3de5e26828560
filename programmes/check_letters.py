"""Checks of the letters that go against somebody: a refusal has one, a refusal and a return say why. 政策包检查：文书说明理由"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from programmes.actions import NOTE, REMARK, Action
from programmes.check_codes import FILE
from programmes.check_reach import letters_of, owners
from programmes.letters import PLACEHOLDER
from programmes.problems import Problem, problem
from programmes.procedures import COMMANDS, PROCEDURES
from programmes.schema import Close, Pack, SideProcedure, Step, Text
from programmes.soundness import active_duties

REASON_NAME: Final = "reason"
"""What the reasons that were typed are called, in the action and in the letter."""
OFFICIALS: Final = frozenset({"recommender", "officer", "chief", "approver", "supervisor"})
RETURNS: Final = frozenset({"returned", "rework"})
AGAINST: Final = frozenset({"declined", "refused", "not_selected", "revoked"})
"""Closures that go against the applicant."""
TAKES_AWAY: Final = frozenset({"withdrawn", "lapsed"})
DECIDED_ELSEWHERE: Final = frozenset({"record_provincial_refusal"})
"""What another authority has decided, and told the unit: here it is put on record."""


def check(pack: Pack) -> Iterator[Problem]:
    """Refusals without a letter, and letters of refusals and returns that leave the reasons out, each letter once."""
    for name, step in pack.programme.lifecycle.steps.items():
        yield from _without(f"lifecycle.steps.{name}.letters", step)
    told: set[str] = set()
    for where, owner in owners(pack):
        actions = _actions(owner)
        for code, letter in letters_of(owner).items():
            action, text = actions.get(code), pack.letters.get(letter)
            if action is None or text is None or letter in told or not needs_reason(action, owner):
                continue
            if REASON_NAME not in PLACEHOLDER.findall(text.body):
                told.add(letter)
                yield _silent(letter, text.title.zh, f"{where.rpartition('.')[2]}.{code}", str(action.label))


def needs_reason(action: Action, owner: Step | SideProcedure) -> bool:
    """Must the letter of this action say why? An official gives a reason with it, and it refuses, takes away or returns."""
    reason = next((ask for ask in action.asks if ask.key == REASON_NAME), None)
    if reason is None or action.role not in OFFICIALS:
        return False
    target = owner.next.get(action.outcome) if isinstance(owner, Step) else None
    ends_badly = isinstance(target, Close) and target.close in AGAINST
    returns = action.outcome in RETURNS or reason in (NOTE, REMARK)
    return action.tone == "danger" or returns or ends_badly


def _actions(owner: Step | SideProcedure) -> Mapping[str, Action]:
    """What may be done in a step or side run that could have a letter, by code."""
    code = owner.flow if isinstance(owner, SideProcedure) else owner.procedure if owner.kind != "rest" else ""
    procedure = PROCEDURES.get(code)
    own = {a.code: a for duty in procedure.duties for a in duty.actions} if procedure is not None else {}
    return COMMANDS | own


def _without(where: str, step: Step) -> Iterator[Problem]:
    """A refusal that nobody would be told of in writing: neither the pack nor the product has a letter for it."""
    procedure = PROCEDURES.get(step.procedure) if step.kind != "rest" else None
    params = {**(procedure.params if procedure is not None else {}), **step.params}
    told = letters_of(step)
    for action in (action for duty in active_duties(step) for action in duty.actions):
        if action.offered(params) and _decides_against(action, step) and action.code not in told:
            yield problem(
                FILE,
                where,
                Text(
                    zh=f"“{action.label}”（{action.code}）没有文书，当事人收不到书面理由",
                    en=f"{action.code} goes against somebody and has no letter",
                ),
                Text(
                    zh=f"请在 letters 中写明 {action.code}: 文书代码，文书正文写明 {{{{ reason }}}}",
                    en=f"name one under letters: {action.code}: …, with {{{{ reason }}}} in its text",
                ),
            )


def _decides_against(action: Action, step: Step) -> bool:
    """Does the action end the case against the applicant, or take away what is held? (What goes on is not decided.)"""
    if action.tone != "danger" or action.code in DECIDED_ELSEWHERE or not needs_reason(action, step):
        return False
    target = step.next.get(action.outcome)
    ends_badly = isinstance(target, Close) and target.close in AGAINST
    return ends_badly or step.standing.get(action.code) in TAKES_AWAY


def _silent(letter: str, title: str, where: str, action: str) -> Problem:
    return problem(
        f"letters/{letter}.md",
        ".",
        Text(
            zh=f"《{title}》用于“{action}”（{where}），正文没有写明理由",
            en=f"goes with {where}, which goes against somebody, and does not say why",
        ),
        Text(
            zh="请在正文中写入 {{ reason }}，办理时填写的理由将填入该处",
            en="write {{ reason }} in the text: the reasons that are typed with the action are filled in there",
        ),
    )
