"""The generic procedures: their duties, actions and outcomes. 办理程序

This table is what packs are checked against and what :mod:`workflows.flows` implements (a test proves that the two
agree). It says nothing about a policy: which procedures a programme has, in which order, with which limits, is the
pack's business.

* A **duty** is a waiting point that somebody must act on (a work item when it is live).
* An **action** is what they may do there; ``outcome`` ends the procedure, no outcome means it goes on inside.
* A **command** is an action outside any duty (:mod:`programmes.commands`).

Each procedure has a module of its own, named by its code.
"""

from __future__ import annotations

from programmes.actions import Action, Ask, Duty, Label, Procedure
from programmes.commands import COMMANDS
from programmes.procedures.accredit import ACCREDIT
from programmes.procedures.appraise import APPRAISE
from programmes.procedures.award import AWARD
from programmes.procedures.build import BUILD
from programmes.procedures.consult import CONSULT
from programmes.procedures.declare import DECLARE
from programmes.procedures.file import FILE
from programmes.procedures.publicize import PUBLICIZE
from programmes.procedures.review import REVIEW
from programmes.procedures.revoke import REVOKE

__all__ = [
    "ACCREDIT",
    "APPRAISE",
    "AWARD",
    "BUILD",
    "COMMANDS",
    "CONSULT",
    "DECLARE",
    "FILE",
    "MAIN_LINE",
    "PROCEDURES",
    "PUBLICIZE",
    "REVIEW",
    "REVOKE",
    "SIDE_LINE",
    "STAGES_OF",
    "Action",
    "Ask",
    "Duty",
    "Label",
    "Procedure",
    "action_of",
    "duty_for_action",
    "duty_of",
    "gates",
]

PROCEDURES: dict[str, Procedure] = {
    p.code: p for p in (DECLARE, FILE, BUILD, REVIEW, PUBLICIZE, ACCREDIT, APPRAISE, REVOKE, AWARD, CONSULT)
}
SIDE_LINE = frozenset({"appraise", "consult"})
"""Procedures that run beside the main line."""
MAIN_LINE = tuple(code for code in PROCEDURES if code not in SIDE_LINE)
STAGES_OF: dict[str, tuple[str, ...]] = {"award": ("review", "accredit")}
"""The stages that a procedure may run in, where these are not the one named like it."""


def duty_of(procedure: str, code: str) -> Duty:
    """The duty ``code`` of a procedure; KeyError when there is none."""
    return next(d for d in PROCEDURES[procedure].duties if d.code == code)


def action_of(procedure: str, code: str) -> Action:
    """The action ``code`` of a procedure (duties first, then the system's); KeyError when there is none."""
    p = PROCEDURES[procedure]
    for action in [*(a for d in p.duties for a in d.actions), *p.system]:
        if action.code == code:
            return action
    raise KeyError(f"{procedure}.{code}")


def duty_for_action(procedure: str, code: str) -> Duty:
    """The duty at which ``code`` may be done; KeyError when there is none."""
    for duty in PROCEDURES[procedure].duties:
        if any(a.code == code for a in duty.actions):
            return duty
    raise KeyError(f"{procedure}.{code}")


def gates() -> frozenset[str]:
    """Every gate name that a rule's ``levels`` may use."""
    names = {f"{p.code}.{a.code}" for p in PROCEDURES.values() for d in p.duties for a in d.actions}
    names |= {f"{p.code}.{a.code}" for p in PROCEDURES.values() for a in p.system}
    return frozenset(names | {f"command.{code}" for code in COMMANDS} | {"round.open"})
