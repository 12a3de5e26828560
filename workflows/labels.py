"""What duties and actions are called: the edition's own wording where it has one, else the generic one. 名称

A pack writes its wording once for duties and actions of a step together. Where an action has the code of a duty of the
same procedure (``accredit.approve``), the wording is the duty's: a button must not read like the page around it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import clock
from cases.models import Case
from cases.relations import is_nominated
from programmes.procedures import COMMANDS, PROCEDURES, SIDE_LINE, Label, action_of, duty_of
from programmes.schema import SideProcedure, Step, Text, side_with_flow
from workflows.enums import ItemStatus, Track
from workflows.models import StageRun, WorkItem

BESIDE_ACTIONS: dict[str, Label] = {
    "case.open": gettext_lazy("起草了申报"),
    "case.nominate": gettext_lazy("提名了申报单位"),
    "case.unsealed": gettext_lazy("申报材料启封，首次查阅"),
    "publicize.lodge_objection": gettext_lazy("收到异议"),
    "review.draw": gettext_lazy("随机抽取了评审专家"),
}
"""Entries of a case's record that are no action of a procedure."""


def owner_of(case: Case, procedure: str, run: StageRun | None = None) -> Step | SideProcedure | None:
    """The step or side procedure of the pinned edition to which ``procedure`` belongs, seen from where the case is.

    Its own step; else the step that an outcome leads to next; else the first of that kind. No query, given the pack.
    """
    programme = case.edition.pack.programme
    if run is not None and run.track == Track.SIDE:
        return programme.side.get(run.step)
    steps = programme.lifecycle.steps
    here = steps.get(case.step)
    if here is not None and procedure in (here.procedure, "command"):
        return here
    if procedure in SIDE_LINE:
        return programme.side.get(side_with_flow(programme, procedure))
    following = [steps[target] for target in here.next.values() if isinstance(target, str)] if here else []
    return next((step for step in [*following, *steps.values()] if step.procedure == procedure), here)


def duty_name(item: WorkItem) -> str:
    """What an open item is called. No query when its case, edition and run are loaded."""
    wording = _wording(owner_of(item.case, item.procedure, item.run))
    if item.procedure == "command":
        return str(wording.get(item.duty) or COMMANDS[item.duty].label)
    return str(wording.get(item.duty) or duty_of(item.procedure, item.duty).title)


def action_name(case: Case, name: str, run: StageRun | None = None) -> str:
    """What an action (``<procedure>.<action>`` or ``command.<action>``) is called in this case."""
    procedure, _sep, code = name.partition(".")
    wording = _wording(owner_of(case, procedure, run))
    if name == "command.discard" and is_nominated(case):
        return _("谢绝提名")
    if procedure == "command":
        return str(wording.get(code) or COMMANDS[code].label)
    shared = any(duty.code == code for duty in PROCEDURES[procedure].duties)
    own = None if shared else wording.get(code)
    return str(own or action_of(procedure, code).label)


def step_name(case: Case) -> str:
    """The title of the step in which the case stands; the stage where the edition knows no such step."""
    step = case.edition.pack.programme.lifecycle.steps.get(case.step)
    return str(step.title) if step is not None else case.get_stage_display()


def told_done(item: WorkItem) -> str:
    """Who dealt with an item that is no longer open, when, and what they decided."""
    when = clock.local(item.done_at).strftime("%Y-%m-%d %H:%M") if item.done_at else ""
    if item.status == ItemStatus.CANCELLED:
        return _("该事项已于%(when)s撤销，无需再办理。") % {"when": when}
    who = item.done_by.name if item.done_by else _("系统")
    label = action_name(item.case, f"{item.procedure}.{item.outcome}", item.run)
    return _("该事项已由%(who)s于%(when)s办结（%(label)s）。") % {"who": who, "when": when, "label": label}


def deed(action: str) -> str:
    """What an entry of a case's record says was done, for lists over many cases; the code where nobody named it."""
    procedure, _sep, code = action.partition(".")
    if action in BESIDE_ACTIONS:
        return str(BESIDE_ACTIONS[action])
    try:
        spec = COMMANDS[code] if procedure == "command" else action_of(procedure, code)
    except KeyError:
        return action
    return str(spec.done or spec.label)


def _wording(owner: Step | SideProcedure | None) -> Mapping[str, Text]:
    return owner.labels if owner is not None else {}
