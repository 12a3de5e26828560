"""One turn of the door: everything an action needs while it is being carried out. 办理"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from accounts.actors import Actor
from cases.models import Appraisal, Case, Decision, Declaration
from cases.relations import Relations
from programmes.procedures import Action, Ask
from programmes.rules import Verdict
from programmes.schema import Close, FormField, Pack, SideProcedure, Step, Text
from workflows.models import StageRun, WorkItem

FORM = "form"
FORM_LABEL = Text(zh="考核填报表", en="Form of the appraisal")
GRADE = "grade"
GRADE_LABEL = Text(zh="评审结果", en="Result of the review")


def own_asks(owner: Step | SideProcedure, gate: str) -> tuple[Ask, ...]:
    """What the policy asks with an action beside the procedure; a review with grades asks which one."""
    fields = owner.asks.get(gate.partition(".")[2], ())
    if gate == "review.select" and isinstance(owner, Step) and owner.grades:
        grade = FormField(
            key=GRADE, label=GRADE_LABEL, type="choice", clause=owner.clause, choices=owner.grades
        )
        fields = (grade, *fields)
    asked = tuple(
        Ask(field.key, field.label, field.type, field.required, field.help or "", field) for field in fields
    )
    if gate == "appraise.submit_appraisal" and isinstance(owner, SideProcedure) and owner.form:
        return (Ask(FORM, FORM_LABEL, "form"), *asked)
    return asked


@dataclass
class Turn:
    """The locked case, who acts, what was sent, and what comes of it. Lives within one transaction."""

    case: Case
    actor: Actor
    procedure: str
    """Procedure code, or ``command``."""
    action: Action
    now: dt.datetime
    raw: dict[str, Any]
    relations: Relations
    run: StageRun | None = None
    item: WorkItem | None = None
    data: dict[str, Any] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    """Facts that this action is about to make true."""
    draft: Declaration | None = None
    """The open draft that this action sends, held; its data are ``form_data``."""
    form_data: dict[str, dict[str, Any]] | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    decision: Decision | None = None
    record: dict[str, Any] = field(default_factory=dict)
    """What the chained record tells beside who, when and what."""
    letter_values: dict[str, Any] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)
    """Number and tier, when this action gives them."""
    recorded: dict[str, Any] = field(default_factory=dict)
    """What the policy has recorded with the action, as it is stored."""
    prepared: object = None
    """What was worked out before the rules were asked, for the change itself."""
    outcome: str = ""
    """The outcome, where it is not the action's own (a grade)."""
    moves_token: bool = True
    """False: the item is closed, but its flow task goes on waiting (a seat changes hands)."""
    stops_run: str = ""
    """An outcome that ends the live main run at once."""
    leads: str | Close | None = None
    """Where the outcome leads, where it is not the step's own (an objection to an earlier publicity)."""
    entry: str = ""
    """The duty at which the next run begins."""
    message: str = ""

    @property
    def gate(self) -> str:
        """The action's full name, as policy and rules know it."""
        return f"{self.procedure}.{self.action.code}"

    @property
    def pack(self) -> Pack:
        """The pinned edition's pack."""
        return self.case.edition.pack

    @property
    def step(self) -> Step:
        """The step the case stands in."""
        return self.pack.programme.lifecycle.steps[self.case.step]

    @property
    def side(self) -> SideProcedure:
        """The side procedure this turn belongs to."""
        assert self.run is not None
        return self.pack.programme.side[self.run.step]

    @property
    def appraisal(self) -> Appraisal:
        """The appraisal this turn belongs to."""
        assert self.run is not None
        assert self.run.appraisal is not None
        found: Appraisal = self.run.appraisal
        return found

    @property
    def owner(self) -> Step | SideProcedure:
        """Whose clauses, letters and labels apply."""
        return self.side if self.run is not None and self.run.track == "side" else self.step

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What is asked: by the procedure, then by the policy."""
        return (*self.action.asks, *own_asks(self.owner, self.gate))

    @property
    def clause(self) -> str:
        """The clause this action rests on."""
        owner = self.owner
        command = owner.commands.get(self.action.code) if isinstance(owner, Step) else None
        return owner.clauses.get(self.action.code) or (command.clause if command else "") or owner.clause
