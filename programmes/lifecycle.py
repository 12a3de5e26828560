"""The stages of a case, and the legal superset of the moves between them. 阶段

One table (:data:`LEGAL_EDGES`), a reason for each move: the state machine of a case takes its sources from it, packs are
checked against it, the documentation draws it. Which of these moves exist in a programme is its pack's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from programmes.schema import Text


class Stage(models.TextChoices):
    """阶段: the procedure a case is in. No legal effect in itself; that is the standing."""

    DECLARE = "declare", _("申报")
    FILE = "file", _("备案")
    BUILD = "build", _("建设")
    REVIEW = "review", _("评审")
    PUBLICIZE = "publicize", _("公示")
    ACCREDIT = "accredit", _("认定授牌")
    IN_FORCE = "in_force", _("在册")
    REVOKE = "revoke", _("取消授牌")
    CLOSED = "closed", _("办结")


STRAIGHT_LINE = (
    Stage.DECLARE,
    Stage.FILE,
    Stage.BUILD,
    Stage.REVIEW,
    Stage.PUBLICIZE,
    Stage.ACCREDIT,
    Stage.IN_FORCE,
    Stage.REVOKE,
    Stage.CLOSED,
)
"""The order in which a case that meets with nothing unusual goes through the stages."""

Edge = tuple[str, str]

ONWARD: dict[Edge, Text] = {
    ("declare", "file"): Text(zh="提交后备案", en="a declaration is filed"),
    ("declare", "build"): Text(zh="无须备案，直接进入建设", en="the programme files nothing"),
    ("declare", "review"): Text(
        zh="无须备案和建设，直接评审", en="neither filed nor built: reviewed at once"
    ),
    ("declare", "publicize"): Text(zh="受理后直接公示", en="accepted, then shown to the public"),
    ("declare", "accredit"): Text(zh="受理后直接报批", en="accepted, then put to approval"),
    ("declare", "in_force"): Text(zh="受理即生效", en="acceptance is the decision"),
    ("file", "build"): Text(zh="备案后进入建设", en="what was filed is built"),
    ("build", "review"): Text(zh="建设完成，申请评审", en="built, and ready for review"),
    ("review", "publicize"): Text(zh="评审通过，公示名单", en="selected: the list is shown to the public"),
    ("publicize", "accredit"): Text(zh="公示无异议，报请审批", en="no objection stands: put to approval"),
    ("accredit", "in_force"): Text(zh="批准并授牌", en="approved and given the plaque"),
    ("in_force", "revoke"): Text(zh="提请取消授牌", en="its withdrawal is proposed"),
}

SIDEWAYS: dict[Edge, Text] = {
    ("file", "declare"): Text(zh="退回补正", en="returned for correction"),
    ("file", "review"): Text(zh="备案后无须建设，直接评审", en="filed and reviewed without building"),
    ("build", "file"): Text(zh="建设方案变更，重新备案", en="the plan changed and is filed again"),
    ("build", "publicize"): Text(zh="建设期内公示", en="shown to the public while building"),
    ("build", "in_force"): Text(zh="建设合格即生效", en="in force once built"),
    ("review", "build"): Text(zh="评审要求继续建设", en="sent back to go on building"),
    ("review", "declare"): Text(zh="评审要求修改申报", en="sent back to amend the declaration"),
    ("review", "accredit"): Text(zh="评审后直接报批，无须公示", en="to approval without publicity"),
    ("review", "in_force"): Text(zh="评审通过即生效", en="selection is the decision"),
    ("publicize", "build"): Text(zh="公示后进入建设", en="publicity before building"),
    ("publicize", "review"): Text(
        zh="公示期间发现问题，重新评审", en="publicity brought up something: reviewed again"
    ),
    ("publicize", "in_force"): Text(zh="公示无异议即生效", en="in force when no objection stands"),
    ("accredit", "review"): Text(zh="审批机关退回重新评审", en="sent back for a new review"),
    ("accredit", "publicize"): Text(zh="审批后公示（公布）", en="publicity after approval"),
    ("accredit", "file"): Text(zh="批准后备案", en="approval before filing"),
    ("in_force", "review"): Text(zh="到期复核或者升级评审", en="renewal or upgrade is reviewed"),
    ("in_force", "declare"): Text(zh="到期重新申报", en="declared anew when the term ends"),
    ("file", "accredit"): Text(zh="入库项目提请审议", en="what is on file is put to decision"),
    ("file", "in_force"): Text(zh="登记备案即生效", en="in force once filed"),
    ("build", "accredit"): Text(zh="重大事项提请审议", en="a major item is put to decision while building"),
    ("review", "file"): Text(zh="评审通过后备案", en="reviewed before filing"),
    ("accredit", "build"): Text(zh="审议通过后实施", en="decided, then carried out"),
    ("in_force", "build"): Text(zh="从在册项目中选定实施", en="chosen from the register and carried out"),
    ("in_force", "accredit"): Text(zh="在册期间提请审议", en="a decision is asked for while in force"),
    ("revoke", "in_force"): Text(zh="不同意取消授牌，继续有效", en="withdrawal refused: stays in force"),
}


def _table() -> dict[Edge, Text]:
    edges = {**ONWARD, **SIDEWAYS}
    for stage in STRAIGHT_LINE[:-1]:
        edges[(stage.value, stage.value)] = Text(zh="同一阶段的另一环节", en="another step of the same stage")
        edges[(stage.value, Stage.CLOSED.value)] = Text(zh="办结", en="the case ends")
    return edges


LEGAL_EDGES: dict[Edge, Text] = _table()
"""(from, to) → why a programme may need this move. Nothing leads out of ``closed``."""


BEFORE_RESULT = frozenset(
    {Stage.DECLARE, Stage.FILE, Stage.BUILD, Stage.REVIEW, Stage.PUBLICIZE, Stage.ACCREDIT}
)
REVIEWED = frozenset({Stage.REVIEW, Stage.PUBLICIZE, Stage.ACCREDIT})

LISTED = frozenset({Stage.FILE, Stage.BUILD, Stage.IN_FORCE})
"""What is on file, being built or in force."""

COMMAND_STAGES: dict[str, frozenset[Stage]] = {
    "register_intake": frozenset({Stage.DECLARE}),
    "correct_intake": frozenset({Stage.DECLARE}),
    "discard": frozenset({Stage.DECLARE}),
    "request_signature": frozenset({Stage.DECLARE}),
    "sign_declaration": frozenset({Stage.DECLARE}),
    "withdraw": BEFORE_RESULT,
    "report_progress": frozenset({Stage.BUILD, Stage.IN_FORCE}),
    "select_project": LISTED,
    "adjust_entry": LISTED,
    "exit_library": LISTED,
    "log_work": LISTED | {Stage.REVIEW},
    "raise_item": LISTED,
    "ask_opinions": LISTED | {Stage.REVIEW},
    "publish_progress": LISTED,
    "request_award": LISTED,
    "grant_reward": frozenset({Stage.BUILD, Stage.IN_FORCE}),
    "end_term": LISTED,
    "request_renewal": frozenset({Stage.IN_FORCE}),
    "request_upgrade": frozenset({Stage.IN_FORCE}),
    "transfer_holder": LISTED,
    "record_absence": frozenset({Stage.BUILD, Stage.IN_FORCE}),
    "file_supervision_report": LISTED | REVIEWED | {Stage.REVOKE},
    "register_objection": frozenset({Stage.PUBLICIZE, Stage.ACCREDIT}),
    "start_appraisal": frozenset({Stage.BUILD, Stage.IN_FORCE}),
    "propose_revocation": frozenset({Stage.IN_FORCE}),
    "report_misconduct": REVIEWED | {Stage.IN_FORCE},
    "confirm_misconduct": REVIEWED | {Stage.IN_FORCE},
    "clear_misconduct": REVIEWED | {Stage.IN_FORCE},
    "publish_case_study": frozenset({Stage.IN_FORCE}),
}
"""In which stages a command may be given at all: who may is the business of :mod:`cases.policy`."""


def sources_of(stage: str) -> list[str]:
    """The stages from which ``stage`` may be entered, in the order of the straight line: django-fsm's ``source``."""
    return [origin.value for origin in STRAIGHT_LINE if (origin.value, str(stage)) in LEGAL_EDGES]


def targets_of(stage: str) -> list[str]:
    """The stages that may follow ``stage``, in the order of the straight line."""
    return [target.value for target in STRAIGHT_LINE if (str(stage), target.value) in LEGAL_EDGES]


def mermaid() -> str:
    """The legal superset as a Mermaid state diagram, for the documentation. Re-entry of a stage is left out."""
    return "\n".join(_mermaid_lines()) + "\n"


def _mermaid_lines() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {Stage.DECLARE.value}"
    for origin, target in LEGAL_EDGES:
        if origin == target or target == Stage.CLOSED.value:
            continue
        reason = LEGAL_EDGES[origin, target].en.replace(":", ",")  # a second colon ends a Mermaid label
        yield f"    {origin} --> {target}: {reason}"
    for stage in STRAIGHT_LINE[:-1]:
        yield f"    {stage.value} --> {Stage.CLOSED.value}"
    yield f"    {Stage.CLOSED.value} --> [*]"
